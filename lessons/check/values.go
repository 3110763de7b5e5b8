package check

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// An array is a value as checks see it: numbers with a shape.
type array struct {
	shape []int
	data  []float64
}

// arrayOf reads numbers, slices of them, slices of slices, truth values and
// tensors.
func arrayOf(v any) (array, bool) {
	switch v := v.(type) {
	case nil:
		return array{}, false
	case *cnn.Tensor:
		return arrayOfTensor(v)
	}
	return arrayOfValue(reflect.ValueOf(v))
}

func arrayOfTensor(t *cnn.Tensor) (array, bool) {
	if t == nil || t.IsShapeOnly() {
		return array{}, false
	}
	a := array{shape: append([]int{}, t.Shape()...)}
	for i := range count(a.shape) {
		a.data = append(a.data, t.At(unravel(i, a.shape)...))
	}
	return a, true
}

func arrayOfValue(v reflect.Value) (array, bool) {
	switch {
	case !v.IsValid():
		return array{}, false
	case v.CanInt():
		return array{data: []float64{float64(v.Int())}}, true
	case v.CanUint():
		return array{data: []float64{float64(v.Uint())}}, true
	case v.CanFloat():
		return array{data: []float64{v.Float()}}, true
	case v.Kind() == reflect.Bool:
		if v.Bool() {
			return array{data: []float64{1}}, true
		}
		return array{data: []float64{0}}, true
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		return arrayOfSlice(v)
	}
	return array{}, false
}

func arrayOfSlice(v reflect.Value) (array, bool) {
	a := array{shape: []int{v.Len()}}
	for i := range v.Len() {
		element, ok := arrayOf(v.Index(i).Interface())
		if !ok || i > 0 && !sameShape(element.shape, a.shape[1:]) {
			return array{}, false
		}
		a.shape = append(a.shape[:1], element.shape...)
		a.data = append(a.data, element.data...)
	}
	return a, true
}

func sameShape(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func count(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// unravel turns the place in row-major order into an index: 5 in 2×3 is [1 2].
func unravel(i int, shape []int) []int {
	index := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		index[d] = i % shape[d]
		i /= shape[d]
	}
	return index
}

// near says whether a and b agree within tolerance, relative to the larger where
// that is above 1. NaN agrees with NaN.
func near(a, b, tolerance float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.IsNaN(a) && math.IsNaN(b)
	}
	if a == b {
		return true
	}
	return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b))
}

// firstWrong returns the place of the first element that differs, and how many do.
func firstWrong(got, want array, tolerance float64) (first, wrong int) {
	first = -1
	for i := range want.data {
		if near(got.data[i], want.data[i], tolerance) {
			continue
		}
		if wrong++; first < 0 {
			first = i
		}
	}
	return first, wrong
}

func (a array) agrees(b array, tolerance float64) bool {
	if !sameShape(a.shape, b.shape) {
		return false
	}
	_, wrong := firstWrong(a, b, tolerance)
	return wrong == 0
}

func shapeText(shape []int) string {
	switch len(shape) {
	case 0:
		return say("a single number", "一个数")
	case 1:
		return fmt.Sprintf(say("%d numbers", "%d 个数"), shape[0])
	}
	return cnn.Dims(shape)
}

// place names an element: [1,2], counted from 0.
func place(index []int) string {
	words := make([]string, len(index))
	for i, n := range index {
		words[i] = fmt.Sprint(n)
	}
	return "[" + strings.Join(words, ",") + "]"
}

func (a array) String() string {
	switch len(a.shape) {
	case 0:
		return short(a.data[0])
	case 1:
		return "[" + row(a.data, 0) + "]"
	}
	if len(a.data) > 100 {
		return shapeText(a.shape)
	}
	cols := a.shape[len(a.shape)-1]
	width := 0
	for _, v := range a.data {
		width = max(width, len(short(v)))
	}
	var rows []string
	for i := 0; i+cols <= len(a.data) && cols > 0; i += cols {
		rows = append(rows, row(a.data[i:i+cols], width))
	}
	return strings.Join(rows, "\n")
}

func row(values []float64, width int) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprintf("%*s", width, short(v))
	}
	return strings.Join(words, " ")
}

func shorts(values []float64) []string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = short(v)
	}
	return words
}

// short writes a number as a lesson does: at most four significant digits, but
// whole numbers whole.
func short(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e12 {
		return fmt.Sprintf("%.0f", v+0)
	}
	return fmt.Sprintf("%.4g", v)
}
