package cnn

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// How many rows, columns, and matrices of a tensor are printed before the
// middle is left out.
const (
	mostLines    = 16
	mostMatrices = 8
)

// String prints one number, a vector, a matrix in rows, or the matrices of a
// tensor with more axes; the middle of a large one is left out.
func (t *Tensor) String() string {
	switch {
	case t == nil:
		return "Tensor <nil>"
	case t.IsShapeOnly():
		return "Tensor " + Dims(t.shape) + " (shape only)"
	case t.isGone():
		return "Tensor " + Dims(t.shape) + " (returned to its Workspace)"
	case len(t.shape) == 0:
		return number(t.Item())
	case len(t.shape) == 1:
		return strings.TrimSuffix(grid(t.Detach().Reshape(1, -1)), "\n")
	case len(t.shape) == 2:
		return grid(t.Detach())
	}
	return t.Detach().matrices()
}

// matrices prints the maps of a tensor with more than two axes, each under its
// index.
func (t *Tensor) matrices() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Tensor %s\n", Dims(t.shape))
	leading := t.shape[:len(t.shape)-2]
	n := cellsOf(leading)
	for i := range min(n, mostMatrices) {
		m, name := t, "["
		for _, at := range indexOf(i, leading) {
			m, name = m.Index(at), name+fmt.Sprint(at)+","
		}
		b.WriteString(name + ":,:]\n" + grid(m))
	}
	if n > mostMatrices {
		fmt.Fprintf(&b, "… %d more\n", n-mostMatrices)
	}
	return b.String()
}

// grid prints a matrix in aligned columns.
func grid(t *Tensor) string {
	cells := excerpt(t)
	width := 0
	for _, row := range cells {
		for _, c := range row {
			width = max(width, len([]rune(c)))
		}
	}
	var b strings.Builder
	for _, row := range cells {
		for j, c := range row {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strings.Repeat(" ", width-len([]rune(c))) + c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// excerpt returns the numbers of a matrix as text, with … for what is left out.
func excerpt(t *Tensor) [][]string {
	var cells [][]string
	for _, i := range shown(t.shape[0]) {
		var row []string
		for _, j := range shown(t.shape[1]) {
			if i < 0 || j < 0 {
				row = append(row, "…")
			} else {
				row = append(row, number(t.At(i, j)))
			}
		}
		cells = append(cells, row)
	}
	return cells
}

// shown returns the places 0…n−1 to print, with −1 for those left out.
func shown(n int) []int {
	var places []int
	for i := range n {
		switch {
		case n <= mostLines || i < mostLines/2 || i >= n-mostLines/2:
			places = append(places, i)
		case i == mostLines/2:
			places = append(places, -1)
		}
	}
	return places
}

// number writes a value with at most four significant digits.
func number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e6 {
		return strconv.FormatFloat(v+0, 'f', -1, 64) // + 0 turns −0 into 0
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// HTML shows a vector or a matrix as a table and anything else as text, for
// notebooks.
func (t *Tensor) HTML() string {
	if t == nil || t.IsShapeOnly() || t.isGone() || len(t.shape) == 0 || len(t.shape) > 2 {
		return `<pre style="margin:0;padding:0">` + html.EscapeString(t.String()) + "</pre>"
	}
	m := t.Detach().Reshape(-1, t.shape[len(t.shape)-1])
	var b strings.Builder
	fmt.Fprintf(&b, `<table><caption style="caption-side:bottom">%s</caption>`, Dims(t.shape))
	for _, row := range excerpt(m) {
		b.WriteString("<tr>")
		for _, c := range row {
			b.WriteString(`<td style="text-align:right">` + c + "</td>")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</table>")
	return b.String()
}
