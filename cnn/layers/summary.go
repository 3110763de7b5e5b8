package layers

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/convnotes/convnotes/cnn"
)

// A Report lists what every layer of a network makes of an input of one shape:
// a table in a notebook and in a terminal.
type Report struct {
	Input []int
	Rows  []Row
	words vocabulary
}

// A vocabulary says how a word of a report is written; nil leaves it English.
type vocabulary func(english string) string

func (v vocabulary) say(english string) string {
	if v == nil {
		return english
	}
	return v(english)
}

// Translated returns the report with each of its words, such as "layer" and
// "total", replaced by what words makes of it. Names of layers stay.
func (r *Report) Translated(words func(english string) string) *Report {
	t := *r
	t.words = words
	return &t
}

// A Row is one layer that contains no others.
type Row struct {
	Path   string // its indices, such as 3.0.1
	Layer  Layer
	Name   string
	Kernel string // such as 5×5; empty without
	In     []int
	Out    []int

	Parameters   int
	MultiplyAdds int // products of the whole batch; additions of a bias do not count
	Bytes        int // of the output, in float32

	// Receptive is how many rows of the network's input a value of the output
	// depends on (0 where every layer sees everything), Jump how many of them lie
	// between neighbours.
	Receptive, Jump int
	before          field
}

// A field is the receptive field of one value of a map.
type field struct{ size, jump int }

// Summary runs a network on a tensor that is only a shape and reports every
// layer: layers.Summary(net, 1, 3, 224, 224). It computes nothing, so VGG-16
// costs nothing.
//
// Multiply-adds are counted as one, not as two operations. Receptive fields grow
// by r ← r + (k−1)·j, j ← j·s; where paths join, the largest counts.
func Summary(net Layer, shape ...int) *Report {
	r := &Report{Input: shape}
	r.visit("", net, cnn.ShapeOnly(shape...), field{1, 1})
	return r
}

// visit runs one layer and reports it, or what is in it.
func (r *Report) visit(path string, l Layer, x *cnn.Tensor, f field) (*cnn.Tensor, field) {
	c, ok := l.(Container)
	if !ok {
		return r.leaf(path, l, x, f)
	}
	children := c.Children()
	_, chain := l.(*Chain)
	next, largest := 0, f
	y := c.Through(x, func(child Layer, x *cnn.Tensor) *cnn.Tensor {
		i := indexFrom(children, child, next)
		next = i + 1
		var out field
		x, out = r.visit(join(path, i), child, x, f)
		if chain {
			f = out
		}
		if out.size > largest.size || chain {
			largest = out
		}
		return x
	})
	return y, largest
}

// indexFrom finds a child, the search beginning after the last one.
func indexFrom(children []Layer, l Layer, from int) int {
	for i := range children {
		if j := (from + i) % len(children); children[j] == l {
			return j
		}
	}
	return from
}

func (r *Report) leaf(path string, l Layer, x *cnn.Tensor, f field) (*cnn.Tensor, field) {
	y := l.Forward(x)
	row := Row{Path: path, Layer: l, Name: NameOf(l), In: x.Shape(), Out: y.Shape(), Parameters: countParameters(l), Bytes: 4 * y.Size(), before: f}
	if k, ok := l.(Kerneled); ok {
		row.Kernel = k.Kernel()
	}
	if c, ok := l.(Costed); ok {
		row.MultiplyAdds = c.MultiplyAdds(row.In, row.Out)
	}
	f = f.through(l, row.In, row.Out)
	row.Receptive, row.Jump = f.size, f.jump
	r.Rows = append(r.Rows, row)
	return y, f
}

// through grows a field by a layer; one that looks at everything ends it.
func (f field) through(l Layer, in, out []int) field {
	if w, ok := l.(Windowed); ok && f.size > 0 {
		extent, stride := w.Window()
		return field{f.size + (extent-1)*f.jump, f.jump * stride}
	}
	if len(in) != len(out) || f.size == 0 {
		return field{}
	}
	if _, ok := l.(*FullyConnected); ok {
		return field{}
	}
	return f
}

// NameOf returns the name of a layer, or its type.
func NameOf(l Layer) string {
	if n, ok := l.(Named); ok {
		return n.Name()
	}
	name := fmt.Sprintf("%T", l)
	return name[strings.LastIndexByte(name, '.')+1:]
}

// Output returns the shape of the last layer's output.
func (r *Report) Output() []int {
	if len(r.Rows) == 0 {
		return r.Input
	}
	return r.Rows[len(r.Rows)-1].Out
}

// Parameters returns the sum over the layers.
func (r *Report) Parameters() int { return r.sum(func(w Row) int { return w.Parameters }) }

// MultiplyAdds returns the sum over the layers.
func (r *Report) MultiplyAdds() int { return r.sum(func(w Row) int { return w.MultiplyAdds }) }

// Bytes returns the memory of all outputs together, which training needs.
func (r *Report) Bytes() int { return r.sum(func(w Row) int { return w.Bytes }) }

func (r *Report) sum(f func(Row) int) (n int) {
	for _, w := range r.Rows {
		n += f(w)
	}
	return n
}

func (r *Report) head() []string {
	head := []string{""}
	for _, word := range []string{"layer", "output", "parameters", "multiply-adds", "memory", "sees", "jump"} {
		head = append(head, r.words.say(word))
	}
	return head
}

// cells returns the table, the last row the totals.
func (r *Report) cells() [][]string {
	var rows [][]string
	for _, w := range r.Rows {
		rows = append(rows, []string{w.Path, w.Name, cnn.Dims(w.Out), thousands(w.Parameters), thousands(w.MultiplyAdds), memory(w.Bytes),
			r.spread(w.Receptive), r.spread(w.Jump)})
	}
	return append(rows, []string{"", r.words.say("total"), "", thousands(r.Parameters()), thousands(r.MultiplyAdds()), memory(r.Bytes()), "", ""})
}

// String returns the table in columns.
func (r *Report) String() string {
	rows := append([][]string{r.head()}, r.cells()...)
	wide := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			wide[i] = max(wide[i], columns(c))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, c := range row {
			pad := strings.Repeat(" ", wide[i]-columns(c))
			if i < 3 {
				line += c + pad + "  "
			} else {
				line += pad + c + "  "
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// columns is how wide a terminal writes a text: a Chinese character takes two.
func columns(s string) (n int) {
	for _, c := range s {
		n++
		if unicode.Is(unicode.Han, c) {
			n++
		}
	}
	return n
}

// HTML returns the table for a notebook.
func (r *Report) HTML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<table style=\"white-space:nowrap;font-size:13px\"><caption>%s %s</caption><thead><tr>", r.words.say("input"), cnn.Dims(r.Input))
	b.WriteString("<td></td>") // the places of the layers need no head
	for j, h := range r.head()[1:] {
		fmt.Fprintf(&b, "<th scope=\"col\" style=\"text-align:%s\">%s</th>", align(j+1), h)
	}
	b.WriteString("</tr></thead><tbody>")
	for i, row := range r.cells() {
		b.WriteString("<tr>")
		for j, c := range row {
			tag := "td"
			if i == len(r.Rows) && c != "" {
				tag = "th"
			}
			fmt.Fprintf(&b, "<%s style=\"text-align:%s\">%s</%s>", tag, align(j), c, tag)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// align is to the left for names and shapes, to the right for numbers.
func align(column int) string {
	if column < 3 {
		return "left"
	}
	return "right"
}

// thousands writes 61706 as 61,706.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func memory(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 10_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}

func (r *Report) spread(n int) string {
	if n == 0 {
		return r.words.say("all")
	}
	return fmt.Sprint(n)
}
