package plotting

import (
	"math"

	"github.com/convnotes/convnotes/cnn"
)

// The 6×6 input and the vertical edge kernel of lesson 6.
func lectureInput() *cnn.Tensor {
	return cnn.Matrix(
		[]float64{3, 0, 1, 2, 7, 4},
		[]float64{1, 5, 8, 9, 3, 1},
		[]float64{2, 7, 2, 5, 1, 3},
		[]float64{0, 1, 3, 1, 7, 8},
		[]float64{4, 2, 1, 6, 2, 8},
		[]float64{2, 4, 5, 2, 3, 9},
	)
}

func lectureKernel() *cnn.Tensor {
	return cnn.Matrix([]float64{1, 0, -1}, []float64{1, 0, -1}, []float64{1, 0, -1})
}

func lectureOutput() *cnn.Tensor { return cnn.CrossCorrelate(lectureInput(), lectureKernel()) }

func stripes() *cnn.Tensor {
	return cnn.Matrix([]float64{1, 1, 0, 0, 0, 0, 1, 1}, []float64{1, 1, 0, 0, 0, 0, 1, 1})
}

func edges() *cnn.Tensor { return cnn.Matrix([]float64{1, -1}) }

func ramp8() *cnn.Tensor {
	t := cnn.Zeros(8, 8)
	for i := range 8 {
		for j := range 8 {
			t.Set(float64(i+j)/14, i, j)
		}
	}
	return t
}

func colours() *cnn.Tensor {
	t := cnn.Zeros(3, 6, 9)
	for i := range 6 {
		for j := range 9 {
			t.Set(float64(j)/8, 0, i, j)
			t.Set(float64(i)/5, 1, i, j)
			t.Set(1-float64(j)/8, 2, i, j)
		}
	}
	return t
}

func sine(rows, cols int) *cnn.Tensor {
	t := cnn.Zeros(rows, cols)
	for i := range rows {
		for j := range cols {
			t.Set(math.Sin(float64(i)/4)*math.Cos(float64(j)/6), i, j)
		}
	}
	return t
}

// Two channels and three filters, K, K+1 and K+2, of "Dive into Deep Learning",
// section 7.4.
func twoChannels() (x, k *cnn.Tensor) {
	x = cnn.FromValues([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 2, 3, 3)
	k = cnn.FromValues([]float64{
		0, 1, 2, 3, 1, 2, 3, 4,
		1, 2, 3, 4, 2, 3, 4, 5,
		2, 3, 4, 5, 3, 4, 5, 6,
	}, 3, 2, 2, 2)
	return x, k
}

// The 4×4 map that lesson 8 pools.
func poolInput() *cnn.Tensor {
	return cnn.Matrix([]float64{1, 3, 2, 1}, []float64{2, 9, 1, 1}, []float64{1, 3, 2, 3}, []float64{5, 6, 1, 2})
}

// waves fills a tensor so that every map and every filter differs.
func waves(shape ...int) *cnn.Tensor {
	size := 1
	for _, n := range shape {
		size *= n
	}
	h, w := shape[len(shape)-2], shape[len(shape)-1]
	values := make([]float64, size)
	for n := range values {
		m, i, j := n/(h*w), float64(n/w%h), float64(n%w)
		a := float64(m) * .7
		values[n] = math.Sin((i*math.Cos(a)+j*math.Sin(a))*(4+float64(m%3))/float64(h)) / float64(1+m%4)
	}
	return cnn.FromValues(values, shape...)
}
