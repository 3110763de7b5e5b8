package cnn

import (
	"math"
	"slices"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// Sum adds up the values along the given axes, which disappear; without axes it
// adds up all of them into one number. Sums are float64 inside.
func Sum(x *Tensor, axes ...int) *Tensor { return summed("Sum", x, axes, 1) }

// Mean returns the average along the given axes, which disappear, or of all
// values.
func Mean(x *Tensor, axes ...int) *Tensor {
	n := cellsOf(x.without("Mean", axes))
	n = x.Size() / n
	return summed("Mean", x, axes, 1/float64(n))
}

// Max returns the largest value along the given axes, which disappear, or of
// all. The gradient goes to the first cell that has it.
func Max(x *Tensor, axes ...int) *Tensor {
	return extreme("Max", x, axes, func(v, best float32) bool { return v > best })
}

// Min returns the smallest value along the given axes, which disappear, or of
// all. The gradient goes to the first cell that has it.
func Min(x *Tensor, axes ...int) *Tensor {
	return extreme("Min", x, axes, func(v, best float32) bool { return v < best })
}

// ArgMax returns where along an axis the largest value lies, the first of equal
// ones: the predicted class of every row of scores is ArgMax(scores, 1). It has
// no gradient.
func ArgMax(x *Tensor, axis int) *Tensor {
	a := axisOf("ArgMax", x, axis)
	shape := slices.Delete(x.Shape(), a, a+1)
	x = x.Detach().contiguous()
	y := result("ArgMax", shape, x)
	if y.IsShapeOnly() {
		return y
	}
	for at, best := range winners(x, []int{a}, func(v, best float32) bool { return v > best }) {
		y.data()[at] = float32(indexOf(int(best), x.shape)[a])
	}
	return y.made(nil)
}

// Norm returns the p-norm (Σ|x|ᵖ)^(1/p) of all values: 1 sums the absolute
// values, 2 is the length of the vector, math.Inf(1) the largest absolute
// value. At 0 its gradient is 0.
func Norm(x *Tensor, p float64) *Tensor {
	given("Norm", x)
	switch {
	case math.IsInf(p, 1):
		return Max(Abs(x))
	case p == 1:
		return Sum(Abs(x))
	case !(p > 1):
		panic(misuse("Norm", "", "p = %g is not possible: want at least 1", p))
	}
	x = x.contiguous()
	y := result("Norm", []int{}, x)
	if y.IsShapeOnly() {
		return y
	}
	var sum float64
	for _, v := range x.data() {
		sum += math.Pow(math.Abs(float64(v)), p)
	}
	norm := math.Pow(sum, 1/p)
	y.data()[0] = float32(norm)
	return y.made(func() {
		dx := x.adding()
		for i, v := range x.data() {
			if v != 0 {
				slope := math.Copysign(math.Pow(math.Abs(float64(v))/norm, p-1), float64(v))
				dx[i] += y.grad.data[0] * float32(slope)
			}
		}
	})
}

// without returns the shape of x after the axes are gone; no axes means all.
func (x *Tensor) without(op string, axes []int) []int {
	given(op, x)
	if len(axes) == 0 {
		return []int{}
	}
	gone := x.marked(op, axes)
	shape := []int{}
	for a, n := range x.shape {
		if !gone[a] {
			shape = append(shape, n)
		}
	}
	return shape
}

// marked says which axes are meant; no axes means all.
func (x *Tensor) marked(op string, axes []int) []bool {
	gone := make([]bool, len(x.shape))
	if len(axes) == 0 {
		for a := range gone {
			gone[a] = true
		}
	}
	for _, a := range axes {
		a = axisOf(op, x, a)
		if gone[a] {
			panic(misuse(op, "", "axis %d is given twice", a))
		}
		gone[a] = true
	}
	return gone
}

// fold returns the layout over x's shape of a result without the given axes:
// stride 0 along them.
func fold(op string, x *Tensor, axes []int) layout {
	l := layout{shape: x.shape, strides: make([]int, len(x.shape))}
	gone := x.marked(op, axes)
	step := 1
	for a := len(x.shape) - 1; a >= 0; a-- {
		if !gone[a] {
			l.strides[a] = step
			step *= x.shape[a]
		}
	}
	return l
}

// summed returns s times the sum along axes.
func summed(op string, x *Tensor, axes []int, s float64) *Tensor {
	shape, l := x.without(op, axes), fold(op, x, axes)
	x = x.contiguous()
	y := result(op, shape, x)
	if y.IsShapeOnly() {
		return y
	}
	if y.Size() == 1 {
		y.data()[0] = float32(s * compute.Sum(x.data()))
	} else {
		sums := make([]float64, y.Size())
		values := x.data()
		l.runs(func(at, i, step, n int) {
			for j := range n {
				sums[i+j*step] += float64(values[at+j])
			}
		})
		for i, v := range sums {
			y.data()[i] = float32(s * v)
		}
	}
	return y.made(func() {
		dx, s := x.adding(), float32(s)
		l.runs(func(at, i, step, n int) {
			for j := range n {
				dx[at+j] += s * y.grad.data[i+j*step]
			}
		})
	})
}

// winners returns, for every cell of the result, the place in x of the value
// that beats all others along axes. NaN beats everything.
func winners(x *Tensor, axes []int, beats func(v, best float32) bool) []int32 {
	l := fold("Max", x, axes)
	values := x.data()
	places := x.lab.ints(cellsOf(x.without("Max", axes)))
	for i := range places {
		places[i] = -1
	}
	l.runs(func(at, i, step, n int) {
		for j := range n {
			p := &places[i+j*step]
			if v := values[at+j]; *p < 0 || beats(v, values[*p]) || v != v && values[*p] == values[*p] {
				*p = int32(at + j)
			}
		}
	})
	return places
}

func extreme(op string, x *Tensor, axes []int, beats func(v, best float32) bool) *Tensor {
	shape := x.without(op, axes)
	x = x.contiguous()
	y := result(op, shape, x)
	if y.IsShapeOnly() {
		return y
	}
	places := winners(x, axes, beats)
	for i, p := range places {
		y.data()[i] = x.data()[p]
	}
	return y.made(func() {
		dx := x.adding()
		for i, p := range places {
			dx[p] += y.grad.data[i]
		}
	})
}
