package cnn_test

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
)

func ExampleCrossCorrelate() {
	stripes := cnn.Matrix(
		[]float64{1, 1, 0, 0, 0, 0, 1, 1},
		[]float64{1, 1, 0, 0, 0, 0, 1, 1},
	)
	edge := cnn.Matrix([]float64{1, -1})
	fmt.Print(cnn.CrossCorrelate(stripes, edge))
	// Output:
	//  0  1  0  0  0 -1  0
	//  0  1  0  0  0 -1  0
}

func ExampleCrossCorrelateSteps() {
	x := cnn.Arange(9).Reshape(3, 3)
	k := cnn.Arange(4).Reshape(2, 2)
	for _, s := range cnn.CrossCorrelateSteps(x, k) {
		fmt.Println(s)
	}
	// Output:
	// y[0,0] = 0×0 + 1×1 + 3×2 + 4×3 = 19
	// y[0,1] = 1×0 + 2×1 + 4×2 + 5×3 = 25
	// y[1,0] = 3×0 + 4×1 + 6×2 + 7×3 = 37
	// y[1,1] = 4×0 + 5×1 + 7×2 + 8×3 = 43
}

// A batch of two colour images, four kernels, a bias for each, stride 2.
func ExampleCrossCorrelate_batch() {
	x := cnn.Zeros(2, 3, 32, 32)
	k := cnn.Zeros(4, 3, 5, 5)
	b := cnn.Vector(1, 2, 3, 4)
	y := cnn.CrossCorrelate(x, k, cnn.Bias(b), cnn.Stride(2), cnn.Same())
	fmt.Println(cnn.Dims(y.Shape()), y.At(1, 3, 0, 0))
	// Output: 2×4×16×16 4
}

func ExampleConvolve() {
	// Every input starts an echo, and echoes add up.
	x := cnn.Matrix([]float64{1, 2, 3})
	echo := cnn.Matrix([]float64{1, 0.5})
	fmt.Print(cnn.Convolve(x, echo, cnn.Padding(0, 1)))
	// Output:
	//   1 2.5   4 1.5
}

func ExampleOutputSize() {
	fmt.Println(cnn.OutputSize(28, 5, cnn.Padding(2)))
	for _, k := range []int{1, 3, 5, 7} {
		fmt.Print(cnn.OutputSize(28, k, cnn.Stride(2)), " ")
	}
	// Output:
	// 28
	// 14 13 12 11
}

func ExampleShapeError() {
	defer func() { fmt.Println(recover()) }()
	cnn.CrossCorrelate(cnn.ShapeOnly(1, 3, 28, 28), cnn.ShapeOnly(6, 1, 5, 5))
	// Output: ShapeError: CrossCorrelate: input 1×3×28×28 does not fit kernel 6×1×5×5: want N×C×H×W and Out×C×Kh×Kw with the same C; use a kernel of 6×3×5×5 or an input of 1×1×28×28
}

func ExampleShapeOnly() {
	x := cnn.ShapeOnly(1, 1, 28, 28) // which sizes come out?
	y := cnn.CrossCorrelate(x, cnn.ShapeOnly(6, 1, 5, 5), cnn.Padding(2))
	fmt.Println(y)
	// Output: Tensor 1×6×28×28 (shape only)
}

func ExampleValue() {
	a, b, c := cnn.NewValue(5), cnn.NewValue(3), cnn.NewValue(2)
	v := a.Add(b.Mul(c))
	j := v.Scale(3) // J = 3(a + bc)
	j.Backward()
	fmt.Println(v.Data, j.Data)
	fmt.Println(a.Grad, b.Grad, c.Grad)
	// Output:
	// 11 33
	// 3 6 9
}

func ExampleTensor_Backward() {
	// Learn the kernel (1, −1) from an image and its edges.
	x := cnn.Ones(6, 8)
	for i := range 6 {
		for j := 2; j < 6; j++ {
			x.Set(0, i, j)
		}
	}
	y := cnn.CrossCorrelate(x, cnn.Matrix([]float64{1, -1}))
	k := cnn.Parameter(cnn.Matrix([]float64{0, 0}))
	for range 50 {
		errors := cnn.CrossCorrelate(x, k)
		errors.Backward(difference(errors, y)) // ∂½Σ(ŷ−y)² = ŷ−y
		k.Update(func(w, g []float32) {
			for i := range w {
				w[i] -= 0.05 * g[i]
			}
		})
		k.ZeroGrad()
	}
	fmt.Printf("%.2f %.2f\n", k.At(0, 0), k.At(0, 1))
	// Output: 1.00 -1.00
}

func difference(a, b *cnn.Tensor) *cnn.Tensor {
	d := a.Clone()
	for i := range d.Dim(0) {
		for j := range d.Dim(1) {
			d.Set(a.At(i, j)-b.At(i, j), i, j)
		}
	}
	return d
}

// A network of one convolution, trained for a few steps: forward, loss,
// Backward, update.
func Example() {
	cnn.Seed(1)
	x := cnn.Normal(0, 1, 8, 1, 6, 6) // eight images
	labels := cnn.Vector(0, 1, 0, 1, 0, 1, 0, 1)
	k := cnn.Parameter(cnn.Normal(0, 0.3, 4, 1, 3, 3))
	w := cnn.Parameter(cnn.Normal(0, 0.3, 2, 16))
	b := cnn.Parameter(cnn.Zeros(2))

	scores := func() *cnn.Tensor {
		h := cnn.MaxPool2D(cnn.ReLU(cnn.CrossCorrelate(x, k)), 2) // 8×4×2×2
		return cnn.Affine(cnn.Flatten(h), w, b)
	}
	for range 200 {
		cnn.CrossEntropy(scores(), labels).Backward()
		for _, p := range []*cnn.Tensor{k, w, b} {
			p.Update(func(values, gradient []float32) {
				for i := range values {
					values[i] -= 0.1 * gradient[i]
				}
			})
			p.ZeroGrad()
		}
	}
	fmt.Println(cnn.ArgMax(scores(), 1))
	// Output: 0 1 0 1 0 1 0 1
}

func ExampleMaxPool2D() {
	x := cnn.Matrix(
		[]float64{1, 3, 2, 1},
		[]float64{2, 9, 1, 1},
		[]float64{1, 3, 2, 3},
		[]float64{5, 6, 1, 2},
	)
	fmt.Print(cnn.MaxPool2D(x, 2))
	fmt.Println(cnn.MaxPool2DSteps(x, 2)[0])
	// Output:
	// 9 2
	// 6 3
	// y[0,0] = max(1, 3, 2, 9) = 9
}

func ExampleAvgPool2D() {
	x := cnn.Matrix([]float64{1, 3, 2, 1}, []float64{2, 9, 1, 1})
	fmt.Println(cnn.AvgPool2D(x, 2))
	fmt.Println(cnn.AvgPool2DSteps(x, 2)[0])
	// Output:
	// 3.75 1.25
	//
	// y[0,0] = (1 + 3 + 2 + 9)/4 = 3.75
}

func ExampleAdd() {
	x := cnn.Matrix([]float64{1, 2, 3}, []float64{4, 5, 6})
	perColumn := cnn.Vector(10, 20, 30)
	perRow := cnn.Matrix([]float64{100}, []float64{200})
	fmt.Print(cnn.Add(cnn.Add(x, perColumn), perRow))
	// Output:
	// 111 122 133
	// 214 225 236
}

func ExampleMatMul() {
	a := cnn.Matrix([]float64{1, 2}, []float64{3, 4})
	fmt.Print(cnn.MatMul(a, cnn.Matrix([]float64{0, 1}, []float64{1, 0})))
	fmt.Println(cnn.MatMul(a, cnn.Vector(1, 1)))
	// Output:
	// 2 1
	// 4 3
	// 3 7
}

func ExampleSoftmax() {
	scores := cnn.Vector(1, 2, 3, 4)
	fmt.Println(cnn.Softmax(scores))
	fmt.Println(cnn.CrossEntropy(scores, cnn.Scalar(2)))
	// Output:
	// 0.03206 0.08714  0.2369  0.6439
	// 1.44
}

func ExampleAsMatrix() {
	k := cnn.Matrix([]float64{1, -1})
	fmt.Print(cnn.AsMatrix(k, []int{1, 4})) // each row is one neuron
	// Output:
	//  1 -1  0  0
	//  0  1 -1  0
	//  0  0  1 -1
}

func ExampleCrossCorrelateTransposed() {
	x := cnn.Matrix([]float64{1, 2}).Reshape(1, 1, 2)
	k := cnn.Matrix([]float64{1, 10}).Reshape(1, 1, 1, 2)
	fmt.Print(cnn.CrossCorrelateTransposed(x, k, cnn.Stride(1, 2)).Channel(0))
	// Output:
	//  1 10  2 20
}

func ExampleTensor_Channel() {
	image := cnn.Zeros(3, 2, 2) // red, green, blue
	red := image.Channel(0)
	red.Set(1, 0, 1) // a view: this changes the image
	fmt.Print(image)
	// Output:
	// Tensor 3×2×2
	// [0,:,:]
	// 0 1
	// 0 0
	// [1,:,:]
	// 0 0
	// 0 0
	// [2,:,:]
	// 0 0
	// 0 0
}

func ExampleConcat() {
	a, b := cnn.ShapeOnly(1, 64, 28, 28), cnn.ShapeOnly(1, 128, 28, 28)
	fmt.Println(cnn.Concat(a, b))
	// Output: Tensor 1×192×28×28 (shape only)
}

func ExamplePad() {
	fmt.Print(cnn.Pad(cnn.Ones(1, 2), 1))
	// Output:
	// 0 0 0 0
	// 0 1 1 0
	// 0 0 0 0
}

func ExampleOneHot() {
	fmt.Print(cnn.OneHot(cnn.Vector(2, 0), 4))
	// Output:
	// 0 0 1 0
	// 1 0 0 0
}

// A network of your own with its gradient checked against finite differences.
func ExampleGradCheck() {
	report := cnn.GradCheck(func(in []*cnn.Tensor) *cnn.Tensor {
		return cnn.Tanh(cnn.MatMul(in[0], in[1]))
	}, cnn.Normal(0, 1, 2, 3), cnn.Normal(0, 1, 3, 2))
	fmt.Println(report.OK, report.Checked)
	// Output: true 12
}

func ExampleInspect() {
	x := cnn.Vector(1, 2)
	w := cnn.Parameter(cnn.Vector(3, 4))
	w.SetName("w")
	for i, n := range cnn.Inspect(cnn.Sum(cnn.Mul(x, w))) {
		fmt.Printf("#%d %v\n", i, n)
	}
	// Output:
	// #0 leaf 2
	// #1 w = leaf 2
	// #2 Mul(#0, #1) 2
	// #3 Sum(#2) scalar
}

// Half a turn of an image, the inverse map of a spatial transformer.
func ExampleGridSample() {
	x := cnn.Matrix([]float64{1, 2}, []float64{3, 4})
	half := cnn.Matrix([]float64{-1, 0, 0}, []float64{0, -1, 0})
	fmt.Print(cnn.GridSample(x, cnn.AffineGrid(half, 2, 2)))
	// Output:
	// 4 3
	// 2 1
}

func ExampleResize() {
	x := cnn.Matrix([]float64{0, 4})
	fmt.Print(cnn.Resize(x, 1, 4))
	fmt.Print(cnn.Resize(x, 1, 4, cnn.Nearest()))
	// Output:
	// 0 1 3 4
	// 0 0 4 4
}

func ExampleDropout() {
	cnn.Seed(1)
	y := cnn.Dropout(cnn.Ones(1000), 0.5)
	fmt.Printf("values 0 or %v, mean %.1f\n", cnn.Max(y), cnn.Mean(y).Item())
	// Output: values 0 or 2, mean 1.0
}

func ExampleNoGrad() {
	w := cnn.Parameter(cnn.Vector(1))
	cnn.NoGrad(func() { fmt.Println(cnn.Exp(w).IsTracked()) })
	fmt.Println(cnn.Exp(w).IsTracked())
	// Output:
	// false
	// true
}

func ExampleCheckNaN() {
	cnn.CheckNaN(true)
	defer cnn.CheckNaN(false)
	defer func() { fmt.Println(recover()) }()
	x := cnn.Sub(cnn.Vector(1, 2), cnn.Vector(1, 1))
	cnn.Mul(cnn.Log(x), x)
	// Output: CheckNaN: Log made -Inf at [0] of its result 2; likely causes: a logarithm or root of a value that is not positive, a division by 0, or a learning rate that is too large
}
