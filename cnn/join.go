package cnn

import (
	"fmt"
	"slices"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// Pad surrounds every map H×W, C×H×W or N×C×H×W with zeros: p cells on every
// side; two numbers are for rows and columns, four for top, bottom, left and
// right.
func Pad(x *Tensor, p ...int) *Tensor {
	needAxes("Pad", "H×W, C×H×W or N×C×H×W", x, 2, 3, 4)
	w := newWindow("Pad", 1, 1, 1, 1, "Padding ", []Option{Padding(p...)})
	shape := x.Shape()
	h, v := len(shape)-2, len(shape)-1
	shape[h] += w.rows.before + w.rows.after
	shape[v] += w.cols.before + w.cols.after
	x = x.contiguous()
	y := result("Pad", shape, x)
	if y.IsShapeOnly() {
		return y
	}
	inner := dense(shape)
	inner.shape, inner.offset = x.shape, w.rows.before*shape[v]+w.cols.before
	clear(y.data())
	inner.scatterAdd(y.data(), x.data())
	return y.made(func() {
		dx := x.adding()
		values := make([]float32, len(dx))
		inner.gather(values, y.grad.data)
		accumulate(dx, values, true)
	})
}

// Concat joins tensors along the channels: N×Cᵢ×H×W along axis 1, Cᵢ×H×W along
// axis 0, N×Fᵢ along axis 1 and vectors along their only axis. All other
// lengths are equal. [ConcatAlong] joins along any axis.
func Concat(xs ...*Tensor) *Tensor {
	if len(xs) == 0 {
		panic(&ShapeError{Op: "Concat", Problem: "there is nothing to join", Want: "at least one tensor"})
	}
	given("Concat", xs[0])
	axis := 0
	if n := len(xs[0].shape); n == 2 || n == 4 {
		axis = 1
	}
	return concat("Concat", axis, xs)
}

// ConcatAlong joins tensors along an axis; all other lengths are equal.
func ConcatAlong(axis int, xs ...*Tensor) *Tensor {
	if len(xs) == 0 {
		panic(&ShapeError{Op: "ConcatAlong", Problem: "there is nothing to join", Want: "at least one tensor"})
	}
	return concat("ConcatAlong", axisOf("ConcatAlong", xs[0], axis), xs)
}

// Stack puts tensors of one shape beside each other along a new first axis: N
// images C×H×W become one batch N×C×H×W.
func Stack(xs ...*Tensor) *Tensor {
	if len(xs) == 0 {
		panic(&ShapeError{Op: "Stack", Problem: "there is nothing to join", Want: "at least one tensor"})
	}
	given("Stack", xs...)
	raised := make([]*Tensor, len(xs))
	for i, x := range xs {
		if !slices.Equal(x.shape, xs[0].shape) {
			panic(misfit("Stack", "equal shapes", "resize or crop them first", NamedShape{fmt.Sprint("tensor ", i), x.Shape()}, NamedShape{"tensor 0", xs[0].Shape()}))
		}
		raised[i] = x.Reshape(append([]int{1}, x.shape...)...)
	}
	return concat("Stack", 0, raised)
}

func concat(op string, axis int, xs []*Tensor) *Tensor {
	given(op, xs...)
	shape := joinedShape(op, axis, xs)
	inputs := make([]*Tensor, len(xs))
	for i, x := range xs {
		inputs[i] = x.contiguous()
	}
	y := result(op, shape, inputs...)
	if y.IsShapeOnly() {
		return y
	}
	blocks(axis, shape, inputs, func(x *Tensor, from, to, n int) { copy(y.data()[to:to+n], x.data()[from:from+n]) })
	return y.made(func() {
		for _, x := range inputs {
			x.adding() // all of it exists before blocks are added
		}
		blocks(axis, shape, inputs, func(x *Tensor, from, to, n int) {
			if x.tracked {
				accumulate(x.grad.data[from:from+n], y.grad.data[to:to+n], true)
			}
		})
	})
}

// joinedShape checks that the tensors fit along an axis.
func joinedShape(op string, axis int, xs []*Tensor) []int {
	if len(xs[0].shape) == 0 {
		panic(&ShapeError{op, []NamedShape{{"tensor 0", nil}}, "a scalar has no axis to join along", "at least one axis", "use Stack"})
	}
	shape := xs[0].Shape()
	for i, x := range xs[1:] {
		same := len(x.shape) == len(shape)
		for a := 0; same && a < len(shape); a++ {
			same = a == axis || x.shape[a] == shape[a]
		}
		if !same {
			panic(misfit(op, fmt.Sprintf("equal lengths along every axis but %d", axis), "check padding and stride of the branches",
				NamedShape{fmt.Sprint("tensor ", i+1), x.Shape()}, NamedShape{"tensor 0", xs[0].Shape()}))
		}
		shape[axis] += x.shape[axis]
	}
	return shape
}

// blocks calls f for every run of n cells that lies side by side both in an
// input (at from) and in the result (at to), several at once.
func blocks(axis int, shape []int, inputs []*Tensor, f func(x *Tensor, from, to, n int)) {
	whole := cellsOf(shape[axis:])
	compute.For(cellsOf(shape[:axis]), max(1, 1<<14/whole), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			before := i * whole
			for _, x := range inputs {
				n := cellsOf(x.shape[axis:])
				f(x, i*n, before, n)
				before += n
			}
		}
	})
}
