package layers

import (
	"fmt"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// Explain says how the numbers of row i come about: the formulas with the
// numbers filled in.
func (r *Report) Explain(i int) string {
	if i < 0 || i >= len(r.Rows) {
		panic(&cnn.UsageError{Op: "Explain", Problem: fmt.Sprintf("there is no row %d", i), Fix: fmt.Sprintf("the rows are 0 to %d", len(r.Rows)-1)})
	}
	w := r.Rows[i]
	lines := []string{fmt.Sprintf("%s: %s → %s", w.Name, cnn.Dims(w.In), cnn.Dims(w.Out))}
	switch l := w.Layer.(type) {
	case *Convolution:
		lines = append(lines, l.explain(w)...)
	case *Pooling:
		lines = append(lines, explainSize(w, l.size, l.size, l.movement)...)
		lines = append(lines, "parameters: none, nothing is learned")
	case *FullyConnected:
		lines = append(lines,
			fmt.Sprintf("parameters: (in + 1)·out = (%d + 1)·%d = %s", l.in, l.out, thousands(w.Parameters)),
			fmt.Sprintf("multiply-adds: in·out for each of %d = %d·%d = %s", size(w.Out)/l.out, l.in, l.out, thousands(w.MultiplyAdds)))
	default:
		lines = append(lines, fmt.Sprintf("parameters: %s", thousands(w.Parameters)))
	}
	lines = append(lines, fmt.Sprintf("memory: %s values · 4 bytes = %s", thousands(w.Bytes/4), memory(w.Bytes)))
	if k, ok := w.Layer.(Windowed); ok && w.Receptive > 0 {
		extent, stride := k.Window()
		lines = append(lines, fmt.Sprintf("receptive field: r + (k − 1)·j = %d + (%d − 1)·%d = %d; jump: j·s = %d·%d = %d",
			w.before.size, extent, w.before.jump, w.Receptive, w.before.jump, stride, w.Jump))
	}
	return strings.Join(lines, "\n")
}

func (c *Convolution) explain(w Row) []string {
	in := c.in / c.movement.Groups
	lines := explainSize(w, c.kh, c.kw, c.movement)
	taps := fmt.Sprintf("%d·%d·%d", in, c.kh, c.kw)
	bias, filled := " + 1", fmt.Sprintf("(%s + 1)·%d", taps, c.out)
	if c.noBias {
		bias, filled = "", fmt.Sprintf("%s·%d", taps, c.out)
	}
	channels := "in"
	if c.movement.Groups > 1 {
		channels = fmt.Sprintf("in/%d", c.movement.Groups)
	}
	return append(lines,
		fmt.Sprintf("parameters: (%s·kh·kw%s)·out = %s = %s", channels, bias, filled, thousands(w.Parameters)),
		fmt.Sprintf("multiply-adds: %s·kh·kw for every output value = %s·%s = %s", channels, taps, thousands(size(w.Out)), thousands(w.MultiplyAdds)))
}

// explainSize writes the size formula for rows and columns.
func explainSize(w Row, kh, kw int, m cnn.Movement) []string {
	n := len(w.In)
	if m.Same {
		return []string{fmt.Sprintf("size: ⌈n/s⌉ = ⌈%d/%d⌉ = %d rows, ⌈%d/%d⌉ = %d columns", w.In[n-2], m.StrideH, w.Out[n-2], w.In[n-1], m.StrideW, w.Out[n-1])}
	}
	rows := explainAxis(w.In[n-2], m.Top+m.Bottom, m.DilationH*(kh-1)+1, m.StrideH, w.Out[n-2], m.Ceil)
	columns := explainAxis(w.In[n-1], m.Left+m.Right, m.DilationW*(kw-1)+1, m.StrideW, w.Out[n-1], m.Ceil)
	if rows == columns {
		return []string{"size: " + rows}
	}
	return []string{"rows: " + rows, "columns: " + columns}
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
