package plotting

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

const (
	sumSize   = 15.0
	sumHeight = 24.0
)

// sums writes out what every step adds up, the terms under each other in
// columns that stay where they are: a line for each row of the kernel, or with
// several channels a line for each channel and one for their sum.
func (s *slide) sums() block {
	c := s.sumColumns()
	written := c.end-c.head <= 660 && len(s.steps)*len(s.all[0].Products) <= 4000
	switch {
	case len(s.ks[0]) > 1:
		return s.channelSums(c, written && len(s.ks[0]) <= 8)
	case !written || s.ks[0][0].rows > 7:
		return s.shortSums()
	}
	rows := s.ks[0][0].rows
	b := block{w: c.end + c.sum, h: sumHeight * float64(rows)}
	for n, st := range s.steps {
		nodes := []scene.Node{sumText(0, 0, scene.Start, ink, s.place(st)+" =")}
		for m, p := range st.Products {
			nodes = append(nodes, s.product(c, m, p, m+1 < len(st.Products))...)
		}
		nodes = append(nodes, sumText(c.end, rows-1, scene.Start, ink, s.rest(st)+"="))
		nodes = append(nodes, s.result(c.end+glyph.Width(s.rest(st)+"= ", sumSize), rows-1, st.Sum))
		b.add(scene.During(n, n, nodes...))
	}
	return b
}

// channelSums has a line for every channel when written, and below them the
// line that adds the channels up.
func (s *slide) channelSums(c sumColumns, written bool) block {
	f := formatOf(s.channelTotals())
	last, b := 0, block{}
	if written {
		last = len(s.ks[0])
	}
	for n, st := range s.steps {
		var nodes []scene.Node
		for m, p := range st.Products {
			if written {
				nodes = append(nodes, s.product(c, m, p, (m+1)%len(s.ks[0][0].values) > 0)...)
			}
		}
		total := s.place(st) + " = "
		for i, t := range s.totals(st) {
			if written {
				name := sayf("channel %d:", "通道 %d：", st.Products[0].Channel+i)
				nodes = append(nodes, sumText(0, i, scene.Start, muted, name), sumText(c.end, i, scene.Start, ink, "= "+f.String(t)))
			}
			switch {
			case i == 0:
				total += f.String(t)
			case t < 0:
				total += " − " + f.String(-t)
			default:
				total += " + " + f.String(t)
			}
		}
		total += strings.TrimRight(" "+strings.TrimLeft(s.rest(st), " "), " ") + " = "
		text := sumText(0, last, scene.Start, ink, total)
		result := s.result(text.Width(), last, st.Sum)
		b.w = max(b.w, result.X+result.Width())
		b.add(scene.During(n, n, append(nodes, text, result)...))
	}
	if written {
		b.w = max(b.w, c.end+c.sum)
	}
	b.h = sumHeight * float64(last+1)
	return b
}

// totals are the sums of a step's channels.
func (s *slide) totals(st cnn.Step) []float64 {
	totals := make([]float64, len(s.ks[0]))
	for m, p := range st.Products {
		totals[m/len(s.ks[0][0].values)] += p.Input * p.Weight
	}
	return totals
}

func (s *slide) channelTotals() (all []float64) {
	for _, st := range s.steps {
		all = append(all, s.totals(st)...)
	}
	return all
}

// plus writes a term behind a sum.
func plus(v float64) string {
	if v < 0 {
		return " − " + number(-v)
	}
	return " + " + number(v)
}

func (s *slide) result(x float64, row int, sum float64) scene.Text {
	t := sumText(x, row, scene.Start, blue, s.fy.String(sum))
	t.Size = sumSize + 2
	return t
}

// place names the cell of the output, with its map when there are several.
func (s *slide) place(st cnn.Step) string {
	if len(s.ys) > 1 {
		return fmt.Sprintf("y[%d,%d,%d]", st.Map, st.Row, st.Col)
	}
	return fmt.Sprintf("y[%d,%d]", st.Row, st.Col)
}

// rest is what follows the products: the bias, and ReLU where it changed the
// sum.
func (s *slide) rest(st cnn.Step) (text string) {
	total := st.Bias
	for _, p := range st.Products {
		total += p.Input * p.Weight
	}
	if st.HasBias {
		text = plus(st.Bias) + " "
	}
	if math.Abs(total-st.Sum) > 1e-6*max(1, math.Abs(total)) {
		text += "= " + number(total) + " → ReLU "
	}
	return text
}

// sumColumns are the places of the terms of a sum.
type sumColumns struct {
	starts   []float64
	inputs   []float64 // widths of their first factors
	widths   []float64 // widths of their terms
	plus     float64
	head     float64 // width before the first term
	end, sum float64 // width up to the equals sign, and from there on
}

// columnOf returns the column and the row of the sum in which product m stands.
func (s *slide) columnOf(m int) (column, row int) {
	n := s.termsInRow()
	return m % n, m / n
}

func (s *slide) termsInRow() int {
	if len(s.ks[0]) > 1 {
		return len(s.ks[0][0].values)
	}
	return s.ks[0][0].cols
}

func (s *slide) sumColumns() sumColumns {
	n := s.termsInRow()
	c := sumColumns{
		starts: make([]float64, n), inputs: make([]float64, n), widths: make([]float64, n),
		plus: glyph.Width(" + ", sumSize),
	}
	if len(s.ks[0]) > 1 {
		c.head = glyph.Width(sayf("channel %d: ", "通道 %d：", len(s.xs)-1), sumSize)
	}
	for _, st := range s.steps {
		c.head = max(c.head, glyph.Width(s.place(st)+" = ", sumSize))
		for m, p := range st.Products {
			j, _ := s.columnOf(m)
			c.inputs[j] = max(c.inputs[j], glyph.Width(s.fx.String(p.Input)+"×", sumSize))
			c.widths[j] = max(c.widths[j], glyph.Width(s.fk.String(p.Weight), sumSize)) // of the weight
		}
		c.sum = max(c.sum, glyph.Width(s.rest(st)+"= ", sumSize)+glyph.Width(s.fy.String(st.Sum), sumSize+2))
	}
	c.end = c.head
	for j := range n {
		c.widths[j] += c.inputs[j]
		c.starts[j] = c.end
		c.end += c.widths[j] + c.plus
	}
	c.end -= c.plus - glyph.Width(" ", sumSize)
	return c
}

// product writes input × weight into its column, the weight in the kernel's
// colour.
func (s *slide) product(c sumColumns, m int, p cnn.Product, more bool) []scene.Node {
	col, row := s.columnOf(m)
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
func (s *slide) shortSums() block {
	b := block{h: sumHeight}
	for n, st := range s.steps {
		text := sumText(0, 0, scene.Start, ink, s.inShort(st))
		b.w = max(b.w, text.Width())
		b.add(scene.During(n, n, text))
	}
	return b
}

func (s *slide) inShort(st cnn.Step) string {
	of := sayf("sum of %d products", "%d 个乘积之和", len(st.Products))
	return s.place(st) + " = " + of + " " + s.rest(st) + "= " + s.fy.String(st.Sum)
}
