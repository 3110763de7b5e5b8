package explain

import (
	"fmt"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// A Region is a rectangle of the input: rows Top to Bottom−1, columns Left to
// Right−1; parts outside the picture are cut off.
type Region struct{ Top, Left, Bottom, Right int }

// Sees returns the part of a picture of the given shape (C×H×W) on which cell
// (row, column) of layer i depends: which pixels can change it at all, by any
// path through the network.
func Sees(net layers.Layer, i, row, column int, shape ...int) Region {
	rows := layers.Summary(net, append([]int{1}, shape...)...).Rows
	if i < 0 || i >= len(rows) {
		panic(&cnn.UsageError{Op: "Sees", Problem: fmt.Sprintf("there is no layer %d", i), Fix: fmt.Sprintf("the rows of layers.Summary are 0 to %d", len(rows)-1)})
	}
	h, w := shape[len(shape)-2], shape[len(shape)-1]
	if len(rows[i].Out) != 4 {
		return Region{0, 0, h, w}
	}
	y := upTo(net, "", rows[:i+1], 0, span{row, row})
	x := upTo(net, "", rows[:i+1], 1, span{column, column})
	return Region{max(0, y.first), max(0, x.first), min(h, y.last+1), min(w, x.last+1)}
}

// A span is a range of cells along one axis, 0 for rows and 1 for columns.
type span struct{ first, last int }

var everything = span{-1 << 30, 1 << 30}

func (s span) and(t span) span { return span{min(s.first, t.first), max(s.last, t.last)} }

// upTo returns on what of the input of a layer a span of its last row depends;
// rows are those of the layer up to the one asked for.
func upTo(l layers.Layer, path string, rows []layers.Row, axis int, s span) span {
	c, ok := l.(layers.Container)
	if !ok {
		return under(rows[0], axis, s)
	}
	children, parts := c.Children(), split(c, path, rows)
	last := len(parts) - 1
	for len(parts[last]) == 0 {
		last--
	}
	s = upTo(children[last], join(path, last), parts[last], axis, s)
	if _, chain := l.(*layers.Chain); chain {
		s = chained(children[:last], path, parts, axis, s)
	}
	return s
}

// through returns on what of the input of a layer a span of its output depends.
func through(l layers.Layer, path string, rows []layers.Row, axis int, s span) span {
	c, ok := l.(layers.Container)
	if !ok {
		return under(rows[0], axis, s)
	}
	children, parts := c.Children(), split(c, path, rows)
	switch l.(type) {
	case *layers.Chain:
		return chained(children, path, parts, axis, s)
	case *layers.Side:
		all := through(children[0], join(path, 0), parts[0], axis, s)
		for k := range children {
			all = all.and(through(children[k], join(path, k), parts[k], axis, s))
		}
		return all
	case *layers.Shortcut:
		return s.and(through(children[0], join(path, 0), parts[0], axis, s))
	}
	return everything // a transformer reads where its small network says
}

func chained(children []layers.Layer, path string, parts [][]layers.Row, axis int, s span) span {
	for k := len(children) - 1; k >= 0; k-- {
		s = through(children[k], join(path, k), parts[k], axis, s)
	}
	return s
}

// split gives every child of a container its rows.
func split(c layers.Container, path string, rows []layers.Row) [][]layers.Row {
	parts := make([][]layers.Row, len(c.Children()))
	for k := range parts {
		at := join(path, k)
		for _, r := range rows {
			if r.Path == at || strings.HasPrefix(r.Path, at+".") {
				parts[k] = append(parts[k], r)
			}
		}
	}
	return parts
}

func join(path string, k int) string {
	if path == "" {
		return fmt.Sprint(k)
	}
	return fmt.Sprintf("%s.%d", path, k)
}

// under returns which cells of the input of a row a span of its output lies over;
// the padding is none of them.
func under(r layers.Row, axis int, s span) span {
	w, ok := r.Layer.(layers.Windowed)
	switch {
	case !ok && len(r.In) != len(r.Out):
		return everything
	case !ok:
		return s
	}
	extent, stride := w.Window()
	before := 0
	if m, ok := r.Layer.(interface{ Movement() cnn.Movement }); ok {
		extent, stride, before = moved(r, m.Movement(), axis, extent)
	}
	return span{max(0, s.first*stride-before), min(r.In[2+axis]-1, s.last*stride-before+extent-1)}
}

// moved returns the window of a convolution or a pool along an axis, and the
// padding in front of it; extent is that of the rows.
func moved(r layers.Row, m cnn.Movement, axis, extent int) (_, stride, before int) {
	stride, before = m.StrideH, m.Top
	if axis == 1 {
		taps := (extent-1)/m.DilationH + 1
		if c, ok := r.Layer.(*layers.Convolution); ok {
			taps = c.Weight().Dim(3)
		}
		extent, stride, before = (taps-1)*m.DilationW+1, m.StrideW, m.Left
	}
	if m.Same {
		before = max(0, (r.Out[2+axis]-1)*stride+extent-r.In[2+axis]) / 2
	}
	return extent, stride, before
}
