package cnn

import (
	"fmt"
	"slices"
	"strings"
)

// Dims formats a shape as 1×28×28; a tensor without axes is a "scalar".
func Dims(shape []int) string {
	if len(shape) == 0 {
		return "scalar"
	}
	s := make([]string, len(shape))
	for i, n := range shape {
		s[i] = fmt.Sprint(n)
	}
	return strings.Join(s, "×")
}

// A ShapeError says which operation was given shapes that do not fit, what
// would fit, and the likely fix. Operations panic with it.
type ShapeError struct {
	Op      string       // the function called: "CrossCorrelate"
	Shapes  []NamedShape // what it was given, by role
	Problem string       // "input 1×3×28×28 does not fit kernel 6×1×5×5"
	Want    string       // what would fit: "N×C×H×W and Out×C×Kh×Kw with the same C"
	Fix     string       // what to try, or ""
}

// A NamedShape is the shape of one argument and the part it plays.
type NamedShape struct {
	Name  string // "input", "kernel" …
	Shape []int
}

func (s NamedShape) String() string { return s.Name + " " + Dims(s.Shape) }

// Error writes all of it as one sentence that stands alone.
func (e *ShapeError) Error() string {
	s := "ShapeError: " + e.Op + ": " + e.Problem
	if e.Want != "" {
		s += ": want " + e.Want
	}
	if e.Fix != "" {
		s += "; " + e.Fix
	}
	return s
}

// misfit is the ShapeError of arguments that do not fit each other.
func misfit(op, want, fix string, shapes ...NamedShape) *ShapeError {
	names := make([]string, len(shapes))
	for i, s := range shapes {
		names[i] = s.String()
	}
	problem := names[0] + " is not possible"
	if len(names) > 1 {
		problem = names[0] + " does not fit " + strings.Join(names[1:], " and ")
	}
	return &ShapeError{op, shapes, problem, want, fix}
}

// reshaping is the fix that gives a tensor another shape.
func reshaping(name string, shape []int) string {
	return fmt.Sprintf("use %s.Reshape(%s)", name, strings.ReplaceAll(Dims(shape), "×", ", "))
}

// A UsageError says that an operation was asked for something impossible that
// has nothing to do with shapes: a stride of 0, a label outside the classes,
// Backward twice. Operations panic with it.
type UsageError struct {
	Op, Problem, Fix string
}

func (e *UsageError) Error() string {
	s := e.Op + ": " + e.Problem
	if e.Fix != "" {
		s += "; " + e.Fix
	}
	return s
}

func misuse(op, fix, format string, args ...any) *UsageError {
	return &UsageError{op, fmt.Sprintf(format, args...), fix}
}

const (
	// maxCells is how many values a tensor may have: 2 GiB of float32, five
	// times the largest weights of VGG. A slip of the pen ends in a message, not
	// in a machine without memory.
	maxCells = 1 << 29
	// maxShape is the same for a tensor that has only a shape.
	maxShape = 1 << 53
)

// checkShape panics unless every axis has at least one cell and their product
// can be counted.
func checkShape(op string, shape []int) { limitShape(op, shape, maxShape) }

// checkRoom panics unless, beyond checkShape, the cells fit in memory.
func checkRoom(op string, shape []int) { limitShape(op, shape, maxCells) }

func limitShape(op string, shape []int, limit int) {
	cells := 1
	for _, n := range shape {
		if n < 1 {
			panic(&ShapeError{op, []NamedShape{{"shape", slices.Clone(shape)}}, "shape " + Dims(shape) + " is not possible", "at least 1 cell along every axis", ""})
		}
		if cells > limit/n {
			panic(&ShapeError{op, []NamedShape{{"shape", slices.Clone(shape)}}, "shape " + Dims(shape) + " is too large", fmt.Sprintf("at most %d values", limit), "use smaller images or batches"})
		}
		cells *= n
	}
}

func cellsOf(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// given panics for an argument that is nil.
func given(op string, xs ...*Tensor) {
	for _, x := range xs {
		if x == nil {
			panic(misuse(op, "give it a value first: a function of yours may have returned nil", "a tensor is nil"))
		}
	}
}

// axisOf resolves an axis that may count from the end (−1 is the last).
func axisOf(op string, x *Tensor, axis int) int {
	given(op, x)
	n := len(x.shape)
	if axis < -n || axis >= n {
		panic(&ShapeError{op, []NamedShape{{"input", x.Shape()}}, fmt.Sprintf("input %s has no axis %d", Dims(x.shape), axis), fmt.Sprintf("an axis from %d to %d", -n, n-1), ""})
	}
	return (axis + n) % n
}

// needAxes panics unless x has one of the given numbers of axes.
func needAxes(op, want string, x *Tensor, axes ...int) {
	given(op, x)
	if !slices.Contains(axes, len(x.shape)) {
		fix, count := "", fmt.Sprint(len(x.shape), " axes")
		if n := len(x.shape); n > 1 && slices.Contains(axes, n+1) {
			fix = reshaping("x", append([]int{1}, x.shape...))
		} else if n == 1 {
			count = "one axis"
		}
		panic(&ShapeError{op, []NamedShape{{"input", x.Shape()}}, fmt.Sprintf("input %s has %s", Dims(x.shape), count), want, fix})
	}
}

// A layout says where the cells of a tensor lie in its storage.
type layout struct {
	shape, strides []int
	offset         int
}

// dense returns the row-major layout of a shape.
func dense(shape []int) layout {
	l := layout{shape: shape, strides: make([]int, len(shape))}
	l.pack()
	return l
}

// pack sets the strides so that the cells lie row-major without gaps.
func (l *layout) pack() {
	step := 1
	for i := len(l.shape) - 1; i >= 0; i-- {
		l.strides[i] = step
		step *= l.shape[i]
	}
}

// isDense says whether the cells lie row-major without gaps.
func (l *layout) isDense() bool {
	step := 1
	for i := len(l.shape) - 1; i >= 0; i-- {
		if l.shape[i] != 1 && l.strides[i] != step {
			return false
		}
		step *= l.shape[i]
	}
	return true
}

// runs calls f for every row along the last axis: at counts the cells before
// it, i is the place of its first cell, step the distance of its cells, n how
// many there are.
func (l *layout) runs(f func(at, i, step, n int)) {
	last := len(l.shape) - 1
	if last < 0 {
		f(0, l.offset, 1, 1)
		return
	}
	index := make([]int, last)
	n, step := l.shape[last], l.strides[last]
	for at, i := 0, l.offset; ; at += n {
		f(at, i, step, n)
		a := last - 1
		for ; a >= 0; a-- {
			i += l.strides[a]
			if index[a]++; index[a] < l.shape[a] {
				break
			}
			i -= l.strides[a] * l.shape[a]
			index[a] = 0
		}
		if a < 0 {
			return
		}
	}
}

// gather copies the cells of l out of src, in order.
func (l *layout) gather(dst, src []float32) {
	l.runs(func(at, i, step, n int) {
		if step == 1 {
			copy(dst[at:at+n], src[i:i+n])
			return
		}
		for j := range n {
			dst[at+j] = src[i+j*step]
		}
	})
}

// scatterAdd adds src, in order, to the cells of l in dst.
func (l *layout) scatterAdd(dst, src []float32) {
	l.runs(func(at, i, step, n int) {
		for j := range n {
			dst[i+j*step] += src[at+j]
		}
	})
}
