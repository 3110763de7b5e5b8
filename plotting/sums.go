package plotting

import (
	"fmt"
	"image/color"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

const (
	sumSize   = 15.0
	sumHeight = 24.0
)

// sums writes out what every step adds up: a line of products for each row of
// the kernel, the terms under each other in columns that stay where they are.
func (s *slide) sums() block {
	c := s.sumColumns()
	if c.end-c.starts[0] > 620 || s.k.rows > 7 || len(s.steps)*len(s.k.values) > 4000 {
		return s.shortSums(c)
	}
	b := block{w: c.end + c.sum, h: sumHeight * float64(s.k.rows)}
	for n, st := range s.steps {
		nodes := []scene.Node{sumText(0, 0, scene.Start, ink, fmt.Sprintf("y[%d,%d] =", st.Row, st.Col))}
		for m, p := range st.Products {
			nodes = append(nodes, s.product(c, m, p, m+1 < len(st.Products))...)
		}
		nodes = append(nodes, sumText(c.end, s.k.rows-1, scene.Start, ink, "="))
		sum := sumText(c.end+c.equals, s.k.rows-1, scene.Start, blue, s.fy.String(st.Sum))
		sum.Size = sumSize + 2
		b.add(scene.During(n, n, append(nodes, sum)...))
	}
	return b
}

// sumColumns are the places of the terms of a sum.
type sumColumns struct {
	starts         []float64 // of the columns
	inputs         []float64 // widths of their first factors
	widths         []float64 // widths of their terms
	plus, equals   float64
	head, end, sum float64 // widths before and up to the equals sign, and after it
}

func (s *slide) sumColumns() sumColumns {
	n := s.k.cols
	c := sumColumns{
		starts: make([]float64, n), inputs: make([]float64, n), widths: make([]float64, n),
		plus: glyph.Width(" + ", sumSize), equals: glyph.Width("= ", sumSize),
		head: glyph.Width(fmt.Sprintf("y[%d,%d] = ", s.y.rows, s.y.cols), sumSize),
	}
	for _, st := range s.steps {
		for m, p := range st.Products {
			c.inputs[m%n] = max(c.inputs[m%n], glyph.Width(s.fx.String(p.Input)+"×", sumSize))
		}
		c.sum = max(c.sum, c.equals+glyph.Width(s.fy.String(st.Sum), sumSize+2))
	}
	for m, w := range s.k.values {
		c.widths[m%n] = max(c.widths[m%n], c.inputs[m%n]+glyph.Width(s.fk.String(w), sumSize))
	}
	c.end = c.head
	for j := range n {
		c.starts[j] = c.end
		c.end += c.widths[j] + c.plus
	}
	c.end -= c.plus - glyph.Width(" ", sumSize)
	return c
}

// product writes input × weight into its column, the weight in the kernel's
// colour.
func (s *slide) product(c sumColumns, m int, p cnn.Product, more bool) []scene.Node {
	row, col := m/s.k.cols, m%s.k.cols
	times := c.starts[col] + c.inputs[col]
	nodes := []scene.Node{
		sumText(times, row, scene.End, ink, s.fx.String(p.Input)+"×"),
		sumText(times, row, scene.Start, weightInk, s.fk.String(p.Weight)),
	}
	if more {
		nodes = append(nodes, sumText(c.starts[col]+c.widths[col]+c.plus/2, row, scene.Middle, muted, "+"))
	}
	return nodes
}

func sumText(x float64, row int, a scene.Anchor, c color.Color, text string) scene.Text {
	return scene.Text{X: x, Y: (float64(row) + .5) * sumHeight, Size: sumSize, Anchor: a, Centred: true, Color: c, String: text}
}

// shortSums is for kernels whose products would not fit.
func (s *slide) shortSums(c sumColumns) block {
	of := sayf("sum of %d products = ", "%d 个乘积之和 = ", len(s.k.values))
	b := block{w: c.head + glyph.Width(of, sumSize) + c.sum, h: sumHeight}
	for n, st := range s.steps {
		text := fmt.Sprintf("y[%d,%d] = %s%s", st.Row, st.Col, of, s.fy.String(st.Sum))
		b.add(scene.During(n, n, sumText(0, 0, scene.Start, ink, text)))
	}
	return b
}
