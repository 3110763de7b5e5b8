package explain_test

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/explain"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
)

// The picture that an edge detector answers to most is an edge.
func ExampleMaximize() {
	conv := layers.Conv2D(1, 1, 2).WithoutBias()
	conv.Weight().CopyFrom(cnn.FromValues([]float64{-1, 1, -1, 1}, 1, 1, 2, 2))
	f := explain.Maximize(conv, explain.Filter(0, 0), explain.Ascent{}, 1, 2, 2)
	fmt.Println(f.Picture.Values(), f.After)
	// Output: [0 1 0 1] 2
}

func ExampleSees() {
	fmt.Println(explain.Sees(models.LeeDigits(), 3, 10, 10, 1, 28, 28))
	// Output: {20 20 28 28}
}
