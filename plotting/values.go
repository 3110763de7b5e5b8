package plotting

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/kernel/display"
)

// A Picture is what can be drawn: a *cnn.Tensor, or anything else with a shape
// and values.
type Picture interface {
	Shape() []int
	At(index ...int) float64
}

// Titled gives a picture a title, for [Images] and its relatives.
func Titled(title string, p Picture) Picture { return titledPicture{p, title} }

type titledPicture struct {
	Picture
	title string
}

func titleOf(p Picture) string {
	if t, ok := p.(titledPicture); ok {
		return t.title
	}
	return ""
}

// A plane is a copy of rows × cols values.
type plane struct {
	rows, cols int
	values     []float64
}

func (p plane) at(i, j int) float64 { return p.values[i*p.cols+j] }

func (p plane) inside(i, j int) bool { return i >= 0 && j >= 0 && i < p.rows && j < p.cols }

// planes copies a picture's channels: H×W is one, C×H×W are C. Leading axes of
// length one are dropped; a vector is one row.
func planes(op string, p Picture) []plane {
	shape := shapeOf(op, p)
	for len(shape) > 3 && shape[0] == 1 {
		shape = shape[1:]
	}
	for len(shape) < 3 {
		shape = append([]int{1}, shape...)
	}
	if len(shape) > 3 {
		misuse(op, "%s has %d axes: want H×W or C×H×W; take one image of a batch with Index", cnn.Dims(p.Shape()), len(p.Shape()))
	}
	result := make([]plane, shape[0])
	for c := range result {
		result[c] = slab(p, shape[1], shape[2], c)
	}
	return result
}

// shapeOf checks that there is something to draw.
func shapeOf(op string, p Picture) []int {
	if p == nil {
		misuse(op, "got nil: want a tensor")
	}
	if s, ok := p.(interface{ IsShapeOnly() bool }); ok && s.IsShapeOnly() {
		misuse(op, "the tensor %s has a shape but no values: make it with cnn.Zeros, cnn.Matrix or an operation on values", cnn.Dims(p.Shape()))
	}
	for _, n := range p.Shape() {
		if n == 0 {
			misuse(op, "the tensor %s is empty", cnn.Dims(p.Shape()))
		}
	}
	return p.Shape()
}

// slab reads the last two axes of a picture, the axes before them at fixed
// places; leading axes of the picture that are not named are at 0.
func slab(p Picture, rows, cols int, outer ...int) plane {
	index := make([]int, len(p.Shape()))
	set := func(fromEnd, v int) {
		if k := len(index) - fromEnd; k >= 0 {
			index[k] = v
		}
	}
	for i, v := range outer {
		set(2+len(outer)-i, v)
	}
	result := plane{rows, cols, make([]float64, 0, rows*cols)}
	for i := range rows {
		set(2, i)
		for j := range cols {
			set(1, j)
			result.values = append(result.values, p.At(index...))
		}
	}
	return result
}

// filters copies the weights of a layer: Out×In×Kh×Kw, or less for one filter
// or one channel.
func filters(op string, p Picture) [][]plane {
	shape := append([]int(nil), shapeOf(op, p)...)
	for len(shape) < 4 {
		shape = append([]int{1}, shape...)
	}
	if len(shape) > 4 {
		misuse(op, "%s has %d axes: want the weights of a layer, Out×In×Kh×Kw", cnn.Dims(p.Shape()), len(shape))
	}
	result := make([][]plane, shape[0])
	for o := range result {
		for c := range shape[1] {
			result[o] = append(result[o], slab(p, shape[2], shape[3], o, c))
		}
	}
	return result
}

// matrixOf copies a picture that must have one channel.
func matrixOf(op string, p Picture) plane {
	all := planes(op, p)
	if len(all) != 1 {
		misuse(op, "%s has %d channels: want one matrix H×W; draw channels with FeatureMaps", cnn.Dims(p.Shape()), len(all))
	}
	return all[0]
}

// misuse panics with what was wrong, as package cnn does.
func misuse(op, format string, args ...any) {
	panic(&cnn.ShapeError{Op: "plotting." + op, Problem: fmt.Sprintf(format, args...)})
}

// say picks the words of the session's language.
func say(en, zh string) string {
	if display.Language() == "zh" {
		return zh
	}
	return en
}

// sayf is say with values.
func sayf(en, zh string, args ...any) string { return fmt.Sprintf(say(en, zh), args...) }

// sentence puts facts behind each other.
func sentence(facts []string) string { return strings.Join(facts, say("; ", "；")) }

// mixed writes Chinese and foreign words behind each other, with a space where
// the two meet.
func mixed(words ...string) string {
	var b strings.Builder
	last := rune(-1)
	for _, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		if last >= 0 && unicode.Is(unicode.Han, last) != unicode.Is(unicode.Han, first) {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		last, _ = utf8.DecodeLastRuneInString(w)
	}
	return b.String()
}

// plural counts things in English.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// A format writes the numbers of one matrix with at most so many decimals, and
// without those that are zero: 1.00 is a number near 1.
type format struct {
	decimals int
	verb     byte
}

// formatOf finds the fewest decimals, at most two, that show all values; where
// all are tiny, or one is huge, numbers get two significant digits instead.
func formatOf(values []float64) format {
	f, largest := format{verb: 'f'}, 0.0
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		largest = max(largest, math.Abs(v))
		for f.decimals < 2 && !whole(v*math.Pow10(f.decimals)) {
			f.decimals++
		}
	}
	if largest >= 1e6 || largest > 0 && largest < 0.05 {
		f.verb = 'g'
	}
	return f
}

// whole allows for values that were rounded to float32.
func whole(v float64) bool { return math.Abs(v-math.Round(v)) <= 1e-6*max(1, math.Abs(v)) }

func (f format) String(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "−∞"
	}
	decimals := 0
	for decimals < f.decimals && !whole(v*math.Pow10(decimals)) {
		decimals++
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if f.verb == 'g' {
		s = strconv.FormatFloat(v, 'g', 2, 64)
	}
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-") // no negative zero
	}
	return strings.ReplaceAll(s, "-", "−")
}

// number writes one value with at most four significant digits.
func number(v float64) string {
	v += 0 // no negative zero
	return strings.ReplaceAll(strconv.FormatFloat(v, 'g', 4, 64), "-", "−")
}

// table writes a matrix as text, its middle left out where it is large.
func (p plane) table() string {
	const most = 12
	f := formatOf(p.values)
	rows, cols := excerpt(p.rows, most), excerpt(p.cols, most)
	width := 1
	for _, v := range p.values {
		width = max(width, len([]rune(f.String(v))))
	}
	var b strings.Builder
	for _, i := range rows {
		for k, j := range cols {
			cell := "…"
			if i >= 0 && j >= 0 {
				cell = f.String(p.at(i, j))
			}
			if k > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strings.Repeat(" ", max(0, width-len([]rune(cell)))) + cell)
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// excerpt returns the indices 0 … n−1, with −1 for those left out when there
// are more than most.
func excerpt(n, most int) (indices []int) {
	for i := range n {
		switch {
		case n <= most || i < most/2 || i >= n-most/2+1:
			indices = append(indices, i)
		case i == most/2:
			indices = append(indices, -1)
		}
	}
	return indices
}
