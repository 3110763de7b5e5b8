package data_test

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
)

// Arrays of NumPy (data.LoadNPZ) become a set: pictures of N×C×H×W from 0 to 1,
// and a label each.
func ExampleNewImages() {
	x, y := cnn.FromValues([]float64{0, 255, 51, 102}, 2, 1, 2), cnn.Vector(1, 0) // as from a file
	var labels []int
	for _, v := range y.Values() {
		labels = append(labels, int(v))
	}
	set := data.NewImages(cnn.Scale(x, 1./255).Reshape(2, 1, 1, 2), labels, []string{"cat", "dog"})
	fmt.Println(set)
	fmt.Printf("%s %.1f\n", set.ClassName(set.Label(0)), set.Image(1).Values())
	// Output:
	// 2 pictures of 1×1×2 in 2 classes
	// dog [0.2 0.4]
}

// What a training sees of a picture follows from seed, epoch and place alone.
func ExampleAugmentation_At() {
	x := cnn.FromValues([]float64{1, 2, 3}, 1, 1, 3)
	flip := data.RandomFlip()
	for epoch := range 4 {
		fmt.Println(flip.At(x, 1, epoch, 0).Values())
	}
	// Output:
	// [3 2 1]
	// [3 2 1]
	// [1 2 3]
	// [3 2 1]
}
