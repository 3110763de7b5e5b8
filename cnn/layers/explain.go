package layers

import (
	"fmt"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// An Explanation says how the numbers of a row of a report come about.
type Explanation struct {
	Layer string // its name and its shapes
	Facts []Fact
	words vocabulary
}

// A Fact is one number and the formula it comes from, with the numbers filled in.
type Fact struct {
	What string // "size", "parameters" …
	How  string // symbols and numbers, no words
}

// String writes the layer and under it a line for every fact.
func (e *Explanation) String() string {
	lines := []string{e.Layer}
	for _, f := range e.Facts {
		lines = append(lines, e.words.say(f.What)+e.words.say(": ")+f.How)
	}
	return strings.Join(lines, "\n")
}

// Translated returns the explanation with its words replaced, as
// [Report.Translated] does.
func (e *Explanation) Translated(words func(english string) string) *Explanation {
	t := *e
	t.words = words
	return &t
}

// Explain says how the numbers of row i come about: the formulas with the
// numbers filled in.
func (r *Report) Explain(i int) *Explanation {
	if i < 0 || i >= len(r.Rows) {
		panic(&cnn.UsageError{Op: "Explain", Problem: fmt.Sprintf("there is no row %d", i), Fix: fmt.Sprintf("the rows are 0 to %d", len(r.Rows)-1)})
	}
	w := r.Rows[i]
	var facts []Fact
	switch l := w.Layer.(type) {
	case *Convolution:
		facts = l.explain(w)
	case *Pooling:
		facts = append(explainSize(w, l.size, l.size, l.movement), Fact{"parameters", "0"})
	case *FullyConnected:
		n := size(w.Out) / l.out
		facts = []Fact{
			{"parameters", fmt.Sprintf("(in + 1)·out = (%d + 1)·%d = %s", l.in, l.out, thousands(w.Parameters))},
			{"multiply-adds", fmt.Sprintf("n·in·out = %d·%d·%d = %s", n, l.in, l.out, thousands(w.MultiplyAdds))},
		}
	default:
		facts = []Fact{{"parameters", thousands(w.Parameters)}}
	}
	facts = append(facts, Fact{"memory", fmt.Sprintf("%s · 4 B = %s", thousands(w.Bytes/4), memory(w.Bytes))})
	if k, ok := w.Layer.(Windowed); ok && w.Receptive > 0 {
		extent, stride := k.Window()
		facts = append(facts,
			Fact{"receptive field", fmt.Sprintf("r + (k − 1)·j = %d + (%d − 1)·%d = %d", w.before.size, extent, w.before.jump, w.Receptive)},
			Fact{"jump", fmt.Sprintf("j·s = %d·%d = %d", w.before.jump, stride, w.Jump)})
	}
	return &Explanation{Layer: fmt.Sprintf("%s: %s → %s", w.Name, cnn.Dims(w.In), cnn.Dims(w.Out)), Facts: facts, words: r.words}
}

func (c *Convolution) explain(w Row) []Fact {
	in := c.in / c.movement.Groups
	facts := explainSize(w, c.kh, c.kw, c.movement)
	taps := fmt.Sprintf("%d·%d·%d", in, c.kh, c.kw)
	bias, filled := " + 1", fmt.Sprintf("(%s + 1)·%d", taps, c.out)
	if c.noBias {
		bias, filled = "", fmt.Sprintf("%s·%d", taps, c.out)
	}
	channels := "in"
	if c.movement.Groups > 1 {
		channels = fmt.Sprintf("in/%d", c.movement.Groups)
	}
	outputs := make([]string, len(w.Out))
	for i, n := range w.Out {
		outputs[i] = fmt.Sprint(n)
	}
	return append(facts,
		Fact{"parameters", fmt.Sprintf("(%s·kh·kw%s)·out = %s = %s", channels, bias, filled, thousands(w.Parameters))},
		Fact{"multiply-adds", fmt.Sprintf("%s·kh·kw·n·out·h·w = %s·%s = %s", channels, taps, strings.Join(outputs, "·"), thousands(w.MultiplyAdds))})
}

// explainSize writes the size formula for rows and columns.
func explainSize(w Row, kh, kw int, m cnn.Movement) []Fact {
	n := len(w.In)
	if m.Same {
		return []Fact{
			{"rows", fmt.Sprintf("⌈n/s⌉ = ⌈%d/%d⌉ = %d", w.In[n-2], m.StrideH, w.Out[n-2])},
			{"columns", fmt.Sprintf("⌈n/s⌉ = ⌈%d/%d⌉ = %d", w.In[n-1], m.StrideW, w.Out[n-1])},
		}
	}
	rows := explainAxis(w.In[n-2], m.Top+m.Bottom, m.DilationH*(kh-1)+1, m.StrideH, w.Out[n-2], m.Ceil)
	columns := explainAxis(w.In[n-1], m.Left+m.Right, m.DilationW*(kw-1)+1, m.StrideW, w.Out[n-1], m.Ceil)
	if rows == columns {
		return []Fact{{"size", rows}}
	}
	return []Fact{{"rows", rows}, {"columns", columns}}
}

// explainAxis writes ⌊(n + 2p − k)/s⌋ + 1 with its numbers.
func explainAxis(n, padding, k, s, out int, ceil bool) string {
	open, shut := "⌊", "⌋"
	if ceil {
		open, shut = "⌈", "⌉"
	}
	total := fmt.Sprintf("2·%d", padding/2)
	if padding%2 != 0 {
		total = fmt.Sprint(padding)
	}
	return fmt.Sprintf("%s(n + 2p − k)/s%s + 1 = %s(%d + %s − %d)/%d%s + 1 = %d", open, shut, open, n, total, k, s, shut, out)
}

// ReceptiveField returns how many rows of the input a value of the last map
// depends on (by the widest path), and the jump between neighbours.
func ReceptiveField(net Layer, shape ...int) (size, jump int) {
	size, jump = 1, 1
	for _, row := range Summary(net, shape...).Rows {
		if row.Receptive >= size {
			size, jump = row.Receptive, row.Jump
		}
	}
	return size, jump
}
