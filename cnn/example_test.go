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
