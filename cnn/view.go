package cnn

import (
	"fmt"
	"slices"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// view returns a tensor over t's storage whose layout is f of t's. Its gradient
// goes back to the same cells: f of the dense layout tells which.
func (t *Tensor) view(op string, f func(layout) layout) *Tensor {
	given(op, t)
	y := t.alias(f(t.layout))
	y.node.op = op
	if t.IsShapeOnly() {
		y.layout = dense(y.shape)
		return y
	}
	t.need(op)
	y.record(op, []*Tensor{t})
	if !y.tracked {
		return y.made(nil)
	}
	return y.made(func() {
		if dt := t.adding(); dt != nil {
			l := f(dense(t.shape))
			l.scatterAdd(dt, y.grad.data)
		}
	})
}

// same returns a view of all cells of t where they lie.
func (t *Tensor) same(op string) *Tensor {
	given(op, t)
	y := t.alias(t.layout)
	y.node.op = op
	if t.IsShapeOnly() {
		return y
	}
	y.record(op, []*Tensor{t})
	return y.made(func() { y.handOver(t) })
}

// contiguous returns t, or a copy of it whose cells lie side by side:
// operations ask for it once, at the door. An argument left out stays nil.
func (t *Tensor) contiguous() *Tensor {
	if t == nil || t.IsShapeOnly() || t.isDense() {
		return t
	}
	y := result("Copy", t.Shape(), t)
	t.gather(y.storage.data, t.need("Copy").data)
	return y.made(func() {
		dt, add := t.into()
		accumulate(dt, y.grad.data, add)
	})
}

// SharesData says whether t and u are views of the same data, so that changing
// one may change the other.
func (t *Tensor) SharesData(u *Tensor) bool {
	given("SharesData", t, u)
	return t.storage != nil && t.storage == u.storage
}

// Reshape returns the same values with another shape; one length may be −1 and
// follows from the others. It is a view unless the cells do not lie side by
// side.
func (t *Tensor) Reshape(shape ...int) *Tensor {
	given("Reshape", t)
	x := t.contiguous()
	y := &Tensor{storage: x.storage, issue: x.issue, lab: x.lab}
	y.setShape(inferred(t, shape))
	y.pack()
	y.offset = x.offset
	y.node.op = "Reshape"
	if y.IsShapeOnly() {
		return y
	}
	y.record("Reshape", []*Tensor{x})
	return y.made(func() { y.handOver(x) })
}

// inferred fills in a length of −1 and checks that the number of values stays.
func inferred(t *Tensor, shape []int) []int {
	to, free := slices.Clone(shape), false
	if i := slices.Index(to, -1); i >= 0 {
		to[i] = 1
		to[i], free = max(1, t.Size()/max(1, cellsOf(to))), true
	}
	checkShape("Reshape", to)
	if cellsOf(to) != t.Size() && free {
		panic(&ShapeError{"Reshape", []NamedShape{{"tensor", t.Shape()}, {"shape", slices.Clone(shape)}},
			fmt.Sprintf("the %d values of tensor %s do not fill the shape %s evenly", t.Size(), Dims(t.shape), Dims(shape)), "other lengths whose product divides the number of values", ""})
	}
	if cellsOf(to) != t.Size() {
		panic(&ShapeError{"Reshape", []NamedShape{{"tensor", t.Shape()}, {"shape", slices.Clone(shape)}},
			fmt.Sprintf("tensor %s has %d values, %s needs %d", Dims(t.shape), t.Size(), Dims(to), cellsOf(to)), "the same number of values", "let one length be −1: it follows from the others"})
	}
	return to
}

// Flatten joins all axes but the first: N×C×H×W becomes N×(C·H·W), in the order
// channel, row, column.
func Flatten(x *Tensor) *Tensor {
	given("Flatten", x)
	if len(x.shape) == 0 {
		panic(&ShapeError{"Flatten", []NamedShape{{"input", nil}}, "input is a scalar", "at least one axis", ""})
	}
	return x.Reshape(x.shape[0], -1)
}

// Transpose returns a view with the axes in another order: Transpose(x, 0, 2, 3, 1)
// makes N×H×W×C of N×C×H×W. Without axes it reverses them: rows become columns.
func Transpose(x *Tensor, axes ...int) *Tensor {
	given("Transpose", x)
	order := make([]int, len(x.shape))
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	if len(axes) > 0 {
		order = permutation(x, axes)
	}
	return x.view("Transpose", func(l layout) layout {
		t := layout{make([]int, len(order)), make([]int, len(order)), l.offset}
		for i, a := range order {
			t.shape[i], t.strides[i] = l.shape[a], l.strides[a]
		}
		return t
	})
}

func permutation(x *Tensor, axes []int) []int {
	order := make([]int, len(axes))
	for i, a := range axes {
		order[i] = axisOf("Transpose", x, a)
	}
	sorted := slices.Clone(order)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != len(x.shape) || len(axes) != len(x.shape) {
		panic(&ShapeError{"Transpose", []NamedShape{{"input", x.Shape()}}, fmt.Sprintf("axes %v do not order the %d axes of %s", axes, len(x.shape), Dims(x.shape)), "every axis once", ""})
	}
	return order
}

// Slice returns the cells from..to−1 along an axis, as a view.
func Slice(x *Tensor, axis, from, to int) *Tensor { return slice("Slice", x, axis, from, to) }

func slice(op string, x *Tensor, axis, from, to int) *Tensor {
	a := axisOf(op, x, axis)
	if from < 0 || to > x.shape[a] || from >= to {
		panic(&ShapeError{op, []NamedShape{{"input", x.Shape()}}, fmt.Sprintf("cells %d to %d do not lie on axis %d of %s", from, to, a, Dims(x.shape)), fmt.Sprintf("0 ≤ from < to ≤ %d", x.shape[a]), sliceFix(from, to, x.shape[a])})
	}
	return x.view(op, func(l layout) layout {
		l.shape = slices.Clone(l.shape)
		l.shape[a] = to - from
		l.offset += from * l.strides[a]
		return l
	})
}

// sliceFix translates places that count from the end, as in Python.
func sliceFix(from, to, n int) string {
	for _, p := range []int{from, to} {
		if p < 0 && p >= -n {
			return fmt.Sprintf("write %d for %d: places count from the start", n+p, p)
		}
	}
	return ""
}

// Channel returns channel c as a view: of C×H×W the map H×W, of N×C×H×W the
// maps N×H×W.
func (t *Tensor) Channel(c int) *Tensor {
	needAxes("Channel", "C×H×W or N×C×H×W", t, 3, 4)
	return t.pick("Channel", len(t.shape)-3, c)
}

// Index returns what lies at place i of the first axis, as a view: image i of a
// batch, row i of a matrix.
func (t *Tensor) Index(i int) *Tensor {
	given("Index", t)
	if len(t.shape) == 0 {
		panic(&ShapeError{"Index", []NamedShape{{"tensor", nil}}, "the tensor is a scalar", "at least one axis", "use Item"})
	}
	return t.pick("Index", 0, i)
}

// pick returns place i of an axis and drops the axis.
func (t *Tensor) pick(op string, axis, i int) *Tensor {
	if i < 0 || i >= t.shape[axis] {
		panic(&ShapeError{op, []NamedShape{{"tensor", t.Shape()}}, fmt.Sprintf("%d lies outside axis %d of %s", i, axis, Dims(t.shape)), fmt.Sprintf("0 to %d", t.shape[axis]-1), ""})
	}
	return t.view(op, func(l layout) layout {
		l.offset += i * l.strides[axis]
		l.shape = slices.Delete(slices.Clone(l.shape), axis, axis+1)
		l.strides = slices.Delete(slices.Clone(l.strides), axis, axis+1)
		return l
	})
}

// Crop returns the height×width part of the maps whose first cell is at (top,
// left), as a view.
func (t *Tensor) Crop(top, left, height, width int) *Tensor {
	given("Crop", t)
	if len(t.shape) < 2 {
		panic(&ShapeError{"Crop", []NamedShape{{"tensor", t.Shape()}}, fmt.Sprintf("tensor %s has no rows and columns", Dims(t.shape)), "H×W, C×H×W or N×C×H×W", ""})
	}
	return slice("Crop", slice("Crop", t, -2, top, top+height), -1, left, left+width)
}

// Flip reverses the order along the given axes; without axes along the last
// two, which turns a kernel by 180 degrees. It is a view.
func Flip(x *Tensor, axes ...int) *Tensor {
	given("Flip", x)
	if len(axes) == 0 {
		if len(x.shape) < 2 {
			axes = []int{-1}
		} else {
			axes = []int{-2, -1}
		}
	}
	axes = slices.Clone(axes)
	for i, a := range axes {
		if axes[i] = axisOf("Flip", x, a); slices.Contains(axes[:i], axes[i]) {
			panic(misuse("Flip", "", "axis %d is given twice", a))
		}
	}
	return x.view("Flip", func(l layout) layout {
		l.strides = slices.Clone(l.strides)
		for _, a := range axes {
			l.offset += (l.shape[a] - 1) * l.strides[a]
			l.strides[a] = -l.strides[a]
		}
		return l
	})
}

// accumulate writes y to dx, or adds it; nothing for a nil dx.
func accumulate(dx, y []float32, add bool) {
	switch {
	case dx == nil:
	case add:
		compute.Axpy(dx, y, 1)
	default:
		copy(dx, y)
	}
}
