package cnn_test

import (
	"fmt"
	"math"

	"github.com/convnotes/convnotes/cnn"
)

func ExampleReLU() {
	fmt.Println(cnn.ReLU(cnn.Vector(-2, 0, 3)))
	// Output: 0 0 3
}

func ExampleLeakyReLU() {
	fmt.Println(cnn.LeakyReLU(cnn.Vector(-2, 0, 3), 0.5))
	// Output: -1  0  3
}

func ExampleSigmoid() {
	fmt.Println(cnn.Sigmoid(cnn.Vector(-1000, 0, 2)))
	// Output: 0    0.5 0.8808
}

func ExampleTanh() {
	fmt.Println(cnn.Tanh(cnn.Vector(-1, 0, 1)))
	// Output: -0.7616       0  0.7616
}

func ExampleSub() {
	fmt.Println(cnn.Sub(cnn.Vector(5, 6), cnn.Vector(1, 2)))
	// Output: 4 4
}

// The product cell by cell; one number for each channel is C×1×1.
func ExampleMul() {
	image := cnn.Ones(2, 1, 2)
	perChannel := cnn.Vector(10, 20).Reshape(2, 1, 1)
	fmt.Print(cnn.Mul(image, perChannel))
	// Output:
	// Tensor 2×1×2
	// [0,:,:]
	// 10 10
	// [1,:,:]
	// 20 20
}

func ExampleDiv() {
	fmt.Println(cnn.Div(cnn.Vector(1, 6), cnn.Scalar(2)))
	// Output: 0.5   3
}

func ExampleMaximum() {
	fmt.Println(cnn.Maximum(cnn.Vector(1, 5), cnn.Vector(3, 2)))
	// Output: 3 5
}

func ExampleNeg() {
	fmt.Println(cnn.Neg(cnn.Vector(1, -2)))
	// Output: -1  2
}

func ExampleScale() {
	fmt.Println(cnn.Scale(cnn.Vector(1, 2), 3))
	// Output: 3 6
}

func ExampleShift() {
	fmt.Println(cnn.Shift(cnn.Vector(1, 2), 10))
	// Output: 11 12
}

func ExamplePow() {
	fmt.Println(cnn.Pow(cnn.Vector(1, 2, 3), 2))
	// Output: 1 4 9
}

func ExampleExp() {
	fmt.Println(cnn.Exp(cnn.Vector(0, 1)))
	// Output: 1 2.718
}

func ExampleLog() {
	fmt.Println(cnn.Log(cnn.Vector(1, math.E, 0)))
	// Output: 0    1 -Inf
}

func ExampleSqrt() {
	fmt.Println(cnn.Sqrt(cnn.Vector(4, 9, -1)))
	// Output: 2   3 NaN
}

func ExampleAbs() {
	fmt.Println(cnn.Abs(cnn.Vector(-2, 3)))
	// Output: 2 3
}

func ExampleClamp() {
	fmt.Println(cnn.Clamp(cnn.Vector(-0.5, 0.25, 1.5), 0, 1)) // colours of an image
	// Output: 0 0.25    1
}

func ExampleConvolveSteps() {
	echo := cnn.Matrix([]float64{1, 0.5})
	fmt.Println(cnn.ConvolveSteps(cnn.Matrix([]float64{1, 2, 3}), echo)[0])
	// Output: y[0,0] = 1×0.5 + 2×1 = 2.5
}

// Columns of a matrix beside each other.
func ExampleConcatAlong() {
	fmt.Print(cnn.ConcatAlong(-1, cnn.Zeros(2, 1), cnn.Ones(2, 2)))
	// Output:
	// 0 1 1
	// 0 1 1
}

// Images become a batch.
func ExampleStack() {
	fmt.Println(cnn.Stack(cnn.ShapeOnly(3, 32, 32), cnn.ShapeOnly(3, 32, 32)))
	// Output: Tensor 2×3×32×32 (shape only)
}

func ExampleAffine() {
	x := cnn.Matrix([]float64{1, 2, 3})                       // one sample of three features
	w := cnn.Matrix([]float64{1, 0, 0}, []float64{0, 10, 10}) // two neurons
	fmt.Print(cnn.Affine(x, w, cnn.Vector(0.5, 0)))
	// Output:
	// 1.5  50
}

// Five channels of one pixel, as in AlexNet: every channel is divided by what
// its neighbours bring.
func ExampleLocalResponseNorm() {
	x := cnn.Full(100, 5, 1, 1)
	fmt.Println(cnn.LocalResponseNorm(x, 5, 1e-4, 0.75, 2).Reshape(-1))
	// Output: 29.91 26.08 23.24 26.08 29.91
}

func ExampleBatchNorm() {
	x := cnn.Matrix([]float64{1, 10}, []float64{3, 30}) // two samples of two features
	y, mean, variance := cnn.BatchNorm(x, cnn.Ones(2), cnn.Zeros(2), 0)
	fmt.Print(y)
	fmt.Println(mean)
	fmt.Println(variance)
	// Output:
	// -1 -1
	//  1  1
	//  2 20
	//   1 100
}

func ExampleBatchNormWith() {
	x := cnn.Matrix([]float64{1, 10}) // one sample is enough
	fmt.Print(cnn.BatchNormWith(x, cnn.Vector(2, 20), cnn.Vector(1, 100), cnn.Ones(2), cnn.Zeros(2), 0))
	// Output:
	// -1 -1
}

func ExampleGlobalAvgPool2D() {
	x := cnn.FromValues([]float64{1, 2, 3, 4, 0, 0, 0, 8}, 2, 2, 2) // two maps
	fmt.Println(cnn.GlobalAvgPool2D(x), cnn.GlobalMaxPool2D(x))
	// Output: 2.5   2 4 8
}

func ExampleGlobalMaxPool2D() {
	fmt.Println(cnn.GlobalMaxPool2D(cnn.ShapeOnly(8, 512, 7, 7)))
	// Output: Tensor 8×512 (shape only)
}

func ExampleMaxPool2DSteps() {
	x := cnn.Matrix([]float64{1, 3, 2, 1}, []float64{2, 9, 1, 1})
	for _, s := range cnn.MaxPool2DSteps(x, 2) {
		fmt.Println(s)
	}
	// Output:
	// y[0,0] = max(1, 3, 2, 9) = 9
	// y[0,1] = max(2, 1, 1, 1) = 2
}

func ExampleAvgPool2DSteps() {
	x := cnn.Matrix([]float64{1, 3}, []float64{2, 6})
	fmt.Println(cnn.AvgPool2DSteps(x, 2)[0])
	// Output: y[0,0] = (1 + 3 + 2 + 6)/4 = 3
}

// Maps of any size become 2×2.
func ExampleAdaptiveAvgPool2D() {
	fmt.Print(cnn.AdaptiveAvgPool2D(cnn.Arange(9).Reshape(3, 3), 2, 2))
	// Output:
	// 2 3
	// 5 6
}

func ExampleAdaptiveMaxPool2D() {
	fmt.Print(cnn.AdaptiveMaxPool2D(cnn.Arange(9).Reshape(3, 3), 2, 2))
	// Output:
	// 4 5
	// 7 8
}

func ExampleSum() {
	x := cnn.Matrix([]float64{1, 2, 3}, []float64{4, 5, 6})
	fmt.Println(cnn.Sum(x), cnn.Sum(x, 0), cnn.Sum(x, 1))
	// Output: 21 5 7 9  6 15
}

// The mean of every channel of a batch.
func ExampleMean() {
	fmt.Println(cnn.Mean(cnn.Ones(8, 3, 4, 4), 0, 2, 3))
	// Output: 1 1 1
}

func ExampleMax() {
	x := cnn.Matrix([]float64{1, 9, 3}, []float64{4, 5, 6})
	fmt.Println(cnn.Max(x), cnn.Max(x, 1), cnn.ArgMax(x, 1))
	// Output: 9 9 6 1 2
}

func ExampleMin() {
	fmt.Println(cnn.Min(cnn.Matrix([]float64{1, 9}, []float64{4, 5}), 0))
	// Output: 1 5
}

// The predicted class of every row of scores.
func ExampleArgMax() {
	scores := cnn.Matrix([]float64{0.1, 2, -1}, []float64{3, 0, 1})
	fmt.Println(cnn.ArgMax(scores, 1))
	// Output: 1 0
}

func ExampleNorm() {
	x := cnn.Vector(3, -4)
	fmt.Println(cnn.Norm(x, 1), cnn.Norm(x, 2), cnn.Norm(x, math.Inf(1)))
	// Output: 7 5 4
}

// Where a quarter turn reads: the point (x, y) = (−y′, x′) for every output pixel.
func ExampleAffineGrid() {
	turn := cnn.Matrix([]float64{0, -1, 0}, []float64{1, 0, 0})
	fmt.Print(cnn.AffineGrid(turn, 1, 2))
	// Output:
	// Tensor 1×2×2
	// [0,:,:]
	//    0 -0.5
	//    0  0.5
}

// A point between four pixels.
func ExampleGridSampleSteps() {
	x := cnn.Matrix([]float64{0, 10}, []float64{20, 30})
	point := cnn.Vector(-0.25, 0).Reshape(1, 1, 2)
	fmt.Println(cnn.GridSampleSteps(x, point)[0])
	// Output: y[0,0] = 0.375×0 + 0.125×10 + 0.375×20 + 0.125×30 = 12.5
}

func ExampleAlignCorners() {
	x := cnn.Matrix([]float64{0, 3})
	fmt.Print(cnn.Resize(x, 1, 4))
	fmt.Print(cnn.Resize(x, 1, 4, cnn.AlignCorners()))
	// Output:
	//    0 0.75 2.25    3
	// 0 1 2 3
}

func ExampleLogSoftmax() {
	fmt.Println(cnn.LogSoftmax(cnn.Vector(1000, 0))) // the logarithm of e⁻¹⁰⁰⁰ is no −Inf
	// Output: 0 -1000
}

func ExampleCrossEntropy() {
	scores := cnn.Parameter(cnn.Matrix([]float64{1, 2, 3, 4}))
	loss := cnn.CrossEntropy(scores, cnn.Vector(2)) // the right class is 2
	loss.Backward()
	fmt.Println(loss)
	fmt.Print(scores.Grad()) // p − 1 for the right class, p for the others
	// Output:
	// 1.44
	// 0.03206 0.08714 -0.7631  0.6439
}

func ExampleBinaryCrossEntropy() {
	fmt.Println(cnn.BinaryCrossEntropy(cnn.Vector(0.5, 0.9), cnn.Vector(1, 1)))
	// Output: 0.3993
}

func ExampleMeanSquaredError() {
	fmt.Println(cnn.MeanSquaredError(cnn.Vector(1, 2), cnn.Vector(1, 4)))
	// Output: 2
}

func ExampleTensor_Reshape() {
	fmt.Print(cnn.Arange(6).Reshape(2, -1))
	// Output:
	// 0 1 2
	// 3 4 5
}

func ExampleFlatten() {
	fmt.Println(cnn.Flatten(cnn.ShapeOnly(64, 16, 5, 5)))
	// Output: Tensor 64×400 (shape only)
}

// Images of H×W×C, as files have them, become C×H×W.
func ExampleTranspose() {
	fmt.Println(cnn.Transpose(cnn.ShapeOnly(32, 30, 3), 2, 0, 1))
	fmt.Print(cnn.Transpose(cnn.Matrix([]float64{1, 2, 3})))
	// Output:
	// Tensor 3×32×30 (shape only)
	// 1
	// 2
	// 3
}

func ExampleSlice() {
	fmt.Println(cnn.Slice(cnn.Arange(10), 0, 2, 5))
	// Output: 2 3 4
}

func ExampleTensor_Index() {
	batch := cnn.Arange(4).Reshape(2, 2)
	fmt.Println(batch.Index(1))
	// Output: 2 3
}

func ExampleTensor_Crop() {
	fmt.Print(cnn.Arange(16).Reshape(4, 4).Crop(1, 1, 2, 2))
	// Output:
	//  5  6
	//  9 10
}

func ExampleFlip() {
	x := cnn.Matrix([]float64{1, 2}, []float64{3, 4})
	fmt.Print(cnn.Flip(x))    // half a turn
	fmt.Print(cnn.Flip(x, 1)) // left and right
	// Output:
	// 4 3
	// 2 1
	// 2 1
	// 4 3
}

// One step of Backward at a time.
func ExampleBackwardSteps() {
	x := cnn.Parameter(cnn.Vector(1, 2))
	loss := cnn.Sum(cnn.Pow(x, 2))
	nodes := cnn.Inspect(loss)
	for _, s := range cnn.BackwardSteps(loss) {
		fmt.Printf("%s hands on %v: %v\n", nodes[s.Node].Op, s.Gradient, s.Gradients[0])
	}
	// Output:
	// Sum hands on 1: 1 1
	// Pow hands on 1 1: 2 4
}

func ExampleGroups() {
	x := cnn.ShapeOnly(1, 32, 28, 28)
	depthwise := cnn.ShapeOnly(32, 1, 3, 3) // each channel has a kernel of its own
	fmt.Println(cnn.CrossCorrelate(x, depthwise, cnn.Groups(32), cnn.Same()))
	// Output: Tensor 1×32×28×28 (shape only)
}

func ExampleDilation() {
	fmt.Println(cnn.OutputSize(7, 3), cnn.OutputSize(7, 3, cnn.Dilation(2))) // 3 cells span 5
	// Output: 5 3
}

func ExampleCeil() {
	fmt.Println(cnn.OutputSize(112, 3, cnn.Stride(2)), cnn.OutputSize(112, 3, cnn.Stride(2), cnn.Ceil()))
	// Output: 55 56
}

func ExamplePadding() {
	k := cnn.Ones(1, 3)
	fmt.Print(cnn.CrossCorrelate(cnn.Ones(1, 3), k, cnn.Padding(0, 0, 2, 0))) // two cells on the left
	// Output:
	// 1 2 3
}
