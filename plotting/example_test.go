package plotting_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/plotting"
)

func ExampleSlide() {
	stripes := cnn.Matrix(
		[]float64{1, 1, 0, 0},
		[]float64{1, 1, 0, 0},
	)
	edge := cnn.Matrix([]float64{1, -1})
	fmt.Println(plotting.Slide(stripes, edge, cnn.CrossCorrelateSteps(stripes, edge)))
	// Output:
	// a kernel 1×2 slides over an input 2×4 in 6 steps and fills an output 2×3
	// y[0,0] = 1×1 + 1×-1 = 0
	// y[0,1] = 1×1 + 0×-1 = 1
	// y[0,2] = 0×1 + 0×-1 = 0
	// y[1,0] = 1×1 + 1×-1 = 0
	// y[1,1] = 1×1 + 0×-1 = 1
	// y[1,2] = 0×1 + 0×-1 = 0
	// 0 1 0
	// 0 1 0
}

func ExampleMatrix() {
	fmt.Println(plotting.Matrix(plotting.Titled("weights", cnn.Matrix([]float64{1, 0, -1}, []float64{2, 0, -2.5}))))
	// Output:
	// weights: matrix 2×3
	//    1    0   −1
	//    2    0 −2.5
}

func ExampleImage() {
	fmt.Println(plotting.Image(cnn.Matrix([]float64{0, .5, 1}, []float64{1, .5, 0})))
	// Output:
	// grey picture 2×3, values 0 to 1
	//   ==@@
	// @@==
}

func ExampleImages() {
	photo := cnn.Matrix([]float64{10, 10, 0, 0}, []float64{10, 10, 0, 0})
	fmt.Println(plotting.Images(
		plotting.Titled("photo", photo),
		plotting.Titled("edges", cnn.CrossCorrelate(photo, cnn.Matrix([]float64{1, -1}))),
	))
	// Output:
	// 2 pictures:
	// photo: grey picture 2×4, values 0 to 10
	// edges: grey picture 2×3, values 0 to 10
}

func ExamplePool() {
	x := cnn.Matrix([]float64{1, 3, 2, 1}, []float64{2, 9, 1, 1}, []float64{1, 3, 2, 3}, []float64{5, 6, 1, 2})
	fmt.Println(plotting.Pool(x, cnn.MaxPool2DSteps(x, 2)))
	// Output:
	// pooling over an input 4×4 in 4 steps fills an output 2×2
	// 9 2
	// 6 3
}

func ExamplePoolBackward() {
	x := cnn.Matrix([]float64{1, 3, 2, 1}, []float64{2, 9, 1, 1}, []float64{1, 3, 2, 3}, []float64{5, 6, 1, 2})
	dy := cnn.Matrix([]float64{1, 2}, []float64{3, 4})
	fmt.Println(plotting.PoolBackward(x, cnn.MaxPool2DSteps(x, 2), dy))
	// Output:
	// the gradient of pooling goes back to an input 4×4 in 4 steps
	// 0 0 2 0
	// 0 1 0 0
	// 0 0 0 4
	// 0 3 0 0
}

func ExampleLine() {
	fmt.Println(plotting.Line(plotting.Axes{X: "epoch", Y: "loss"},
		plotting.Series{Name: "training", Y: []float64{2.3, 1.1, .6, .4}},
		plotting.Series{Name: "test", Y: []float64{2.3, 1.2, .8, .9}}))
	// Output:
	// loss over epoch
	// training: 4 points, first 2.3, last 0.4, lowest 0.4 at 4, highest 2.3 at 1
	// test: 4 points, first 2.3, last 0.9, lowest 0.8 at 3, highest 2.3 at 1
}

func ExampleFunc() {
	fmt.Println(plotting.Func("ReLU", func(x float64) float64 { return max(0, x) }, -4, 4))
	// Output:
	// ReLU and its derivative for x from −4 to 4
	// x: f(x), f′(x)
	// −4: 0, 0
	// −3: 0, 0
	// −2: 0, 0
	// −1: 0, 0
	// 0: 0, 0.5
	// 1: 1, 1
	// 2: 2, 1
	// 3: 3, 1
	// 4: 4, 1
}

func ExampleHistogram() {
	fmt.Println(plotting.Histogram(plotting.Axes{X: "weight"}, []float64{-1, 0, 0, 1}, 3))
	// Output: 4 values from −1 to 1, mean 0, standard deviation 0.7071
}

func ExampleBars() {
	fmt.Println(plotting.Bars(plotting.Axes{X: "milliseconds"}, plotting.Bar{Name: "loop", Value: 31}, plotting.Bar{Name: "product", Value: .4}))
	// Output:
	// milliseconds
	// loop: 31
	// product: 0.4
}

func ExampleScatter() {
	fmt.Println(plotting.Scatter(plotting.Axes{Title: "houses"}, plotting.Series{Name: "price", X: []float64{50, 80}, Y: []float64{110, 155}}))
	// Output:
	// houses
	// price: 2 points, first 110, last 155, lowest 110 at 50, highest 155 at 80
}

func ExampleConfusion() {
	fmt.Println(plotting.Confusion([]string{"cat", "dog"}, [][]int{{8, 2}, {1, 9}}))
	// Output:
	// confusion matrix, 17 of 20 right: 85 %
	// rows: truth, columns: prediction
	//    8    2  cat
	//    1    9  dog
}

func ExamplePredictions() {
	picture := cnn.Matrix([]float64{0, 1}, []float64{1, 0})
	fmt.Println(plotting.Predictions([]string{"cat", "dog"},
		plotting.Prediction{Image: picture, Probabilities: []float64{.3, .7}, Truth: 1},
		plotting.Prediction{Image: picture, Probabilities: []float64{.6, .4}, Truth: 1}))
	// Output:
	// predictions for 2 images, 1 of 2 right
	// dog 70 %, cat 30 % (it is dog)
	// cat 60 %, dog 40 % (it is dog)
}

func ExampleFilters() {
	fmt.Println(plotting.Filters(cnn.Matrix([]float64{1, 0, -1})))
	// Output:
	// 1 filter of 1×1×3, values −1 to 1
	// filter 0, channel 0
	//  1  0 −1
}

func ExampleFeatureMaps() {
	fmt.Println(plotting.FeatureMaps(cnn.Arange(8).Reshape(2, 2, 2)))
	// Output:
	// 2 feature maps of 2×2, values 0 to 7
	// map 0: values 0 to 3
	// map 1: values 4 to 7
}

func ExampleFeatureColors() {
	// three maps: the picture's halves, its quarters, nothing
	maps := cnn.FromValues([]float64{0, 0, 4, 4, 0, 0, 4, 4, 0, 2, 0, 2, 0, 2, 0, 2, 1, 1, 1, 1, 1, 1, 1, 1}, 3, 2, 4)
	fmt.Println(plotting.FeatureColors(maps))
	// Output:
	// 3 feature maps of 2×4 in colour: red, green and blue are the principal components with 80 %, 20 % and 0 % of the variance
	// ..====##
	// ..====##
}

func ExampleAugmented() {
	picture := cnn.Matrix([]float64{0, 1}, []float64{1, 1})
	fmt.Println(plotting.Augmented("RandomFlip()", data.RandomFlip(), 1, picture, plotting.Titled("a row", cnn.Vector(1, 0, 1))))
	// Output:
	// 2 pictures before and after RandomFlip(), seed 1
	// picture 0 is changed in 4 of 5 epochs
	// a row is changed in 0 of 5 epochs
}

func ExampleCosts() {
	net := layers.Sequential(layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(2), layers.Flatten(), layers.Linear(6*14*14, 10))
	fmt.Println(plotting.Costs(net, 1, 1, 28, 28))
	// Output:
	// parameters: 11,926; multiply-adds: 129,360
	// Conv2D(1→6, 5×5): 156 (1.3 %), 117,600 (90.9 %)
	// Linear(1176→10): 11,770 (98.7 %), 11,760 (9.1 %)
}

func ExampleArchitecture() {
	net := layers.Sequential(layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(2), layers.Flatten(), layers.Linear(6*14*14, 10))
	fmt.Println(plotting.Architecture(net, 1, 1, 28, 28))
	// Output:
	// 11,926 parameters, 129,360 multiply-adds
	// input: 1×28×28
	// Conv2D(1→6, 5×5): 6×28×28, 156 parameters, 117,600 multiply-adds
	// MaxPool2D(2×2): 6×14×14
	// Flatten: 1176
	// Linear(1176→10): 10, 11,770 parameters, 11,760 multiply-adds
}

func ExamplePaths() {
	block := layers.Concat(layers.Conv2D(3, 4, 1), layers.Sequential(layers.Conv2D(3, 2, 1), layers.Conv2D(2, 5, 3, cnn.Padding(1))))
	fmt.Println(plotting.Paths(block, 1, 3, 8, 8))
	// Output:
	// The input 3×8×8 goes into all 2 paths.
	// Path 1: 4 channels; 16 parameters, 768 multiply-adds.
	// Path 2: 5 channels; 103 parameters, 6,144 multiply-adds.
	// Joined: 4 + 5 = 9 channels; 119 parameters in all.
	// Concat: 9×8×8, 119 parameters, 6,912 multiply-adds
	//   Conv2D(3→4, 1×1): 4×8×8, 16 parameters, 768 multiply-adds
	//   Conv2D(3→2, 1×1): 2×8×8, 8 parameters, 384 multiply-adds → Conv2D(2→5, 3×3): 5×8×8, 95 parameters, 5,760 multiply-adds
}

func ExampleReceptiveField() {
	fmt.Println(plotting.ReceptiveField(9, plotting.Window{Size: 3}, plotting.Window{Size: 2, Stride: 2}, plotting.Window{Size: 3}))
	// Output:
	// A cell of the input sees itself: r = 1, j = 1.
	// A value of layer 1 sees 3×3 cells: r = 1 + (3 − 1)·1 = 3, j = 1.
	// A value of layer 2 sees 4×4 cells: r = 3 + (2 − 1)·1 = 4, j = 2.
	// A value of layer 3 sees 8×8 cells: r = 4 + (3 − 1)·2 = 8, j = 2.
}

func ExampleReceptiveOverlay() {
	net := layers.Sequential(layers.Conv2D(1, 6, 5), layers.AvgPool2D(2), layers.Conv2D(6, 16, 5))
	fmt.Println(plotting.ReceptiveOverlay(cnn.Zeros(32, 32), net))
	// Output:
	// receptive fields on an image: Conv2D(1→6, 5×5): 5×5
	// AvgPool2D(2×2): 6×6
	// Conv2D(6→16, 5×5): 14×14
}

func ExampleNetwork() {
	fmt.Println(plotting.Network(4, 3, 1))
	// Output: fully connected network: input: 4 → hidden: 3 → output: 1; 19 weights and biases
}

func ExampleGraph() {
	a, b := cnn.NewValue(5).Named("a"), cnn.NewValue(3).Named("b")
	j := a.Mul(b).Named("J")
	j.Backward()
	fmt.Println(plotting.Graph(j.Inspect()))
	// Output:
	// computation graph of 3 nodes:
	// #0 a = leaf: value 5, gradient 3
	// #1 b = leaf: value 3, gradient 5
	// #2 J = ×(#0, #1): value 15, gradient 1
}

func ExampleBackpropagation() {
	a, b, c := cnn.NewValue(5).Named("a"), cnn.NewValue(3).Named("b"), cnn.NewValue(2).Named("c")
	u := b.Mul(c).Named("u")
	v := a.Add(u).Named("v")
	fmt.Println(plotting.Backpropagation(v.Scale(3).Named("J")))
	// Output:
	// Forward: the values that are given.
	// Forward: × of b, c is 6.
	// Forward: + of a, u is 11.
	// Forward: ×3 of v is 33.
	// Backward begins: the gradient of J by itself is 1.
	// Backward through J; gradients v: 3.
	// Backward through v; gradients a: 3, u: 3.
	// Backward through u; gradients b: 6, c: 9.
}

func ExampleConnections() {
	x, k := cnn.Matrix([]float64{1, 1, 0}), cnn.Matrix([]float64{1, -1})
	fmt.Println(plotting.Connections(x, k, cnn.CrossCorrelateSteps(x, k)))
	// Output:
	// 2 neurons see at most 2 of 3 inputs each and share 2 weights; fully connected there would be 6 weights.
	// y[0,0] = 1×1 + 1×-1 = 0
	// y[0,1] = 1×1 + 0×-1 = 1
}

func ExampleLive() {
	live := plotting.NewLive("LeNet", "epoch")
	for epoch := range 3 {
		live.Add("loss", "training", float64(epoch+1), 2.3*math.Exp(-float64(epoch)))
	}
	live.Done()
	fmt.Println(live.Figure())
	// Output:
	// LeNet
	// loss over epoch
	// training: 3 points, first 2.3, last 0.3113, lowest 0.3113 at 3, highest 2.3 at 1
}

func ExampleFigure_Save() {
	folder, err := os.MkdirTemp("", "figures")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	figure := plotting.Network(2, 1)
	for _, name := range []string{"net.png", "net.svg", "net.html", "net.gif"} {
		if err := figure.Save(filepath.Join(folder, name)); err != nil {
			fmt.Println("want a name that ends in .png, .svg or .html")
			continue
		}
		fmt.Println("saved", name)
	}
	// Output:
	// saved net.png
	// saved net.svg
	// saved net.html
	// want a name that ends in .png, .svg or .html
}
