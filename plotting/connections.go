package plotting

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Connections draws a convolution as what it is, a layer of neurons that see
// few inputs and share their weights: the cells of the input in a column, the
// cells of the output in another, a line for every product. Lines of one weight
// have its colour; the stepper goes from neuron to neuron, and the first stays
// visible for comparison.
//
//	plotting.Connections(x, k, cnn.CrossCorrelateSteps(x, k))
func Connections(input, kernel Picture, steps []cnn.Step) *Figure {
	s := newSlide("Connections", input, kernel, steps)
	const most = 64
	if n := len(s.xs[0].values); len(s.xs) > 1 || len(s.ks) > 1 || n > most {
		misuse("Connections", "an input %s and a kernel %s have too many connections to draw: want one channel, one filter and at most %d cells",
			cnn.Dims(input.Shape()), cnn.Dims(kernel.Shape()), most)
	}
	c := &connections{s}
	k := len(s.ks[0][0].values)
	about := sayf("%d neurons see at most %d of %d inputs each and share %[2]d weights; fully connected there would be %[4]d weights.",
		"%d 个神经元每个最多看到 %d 个输入（共 %d 个），共用 %[2]d 个权重；全连接则有 %[4]d 个权重。", len(steps), k, len(s.xs[0].values), len(steps)*len(s.xs[0].values))
	body := stack(12, centre, beside(36, c.kernel(), c.wires()), line(about, 12, muted), captions(withMinus(c.spoken())))
	return newFigure(body, about, about+"\n"+strings.Join(c.spoken(), "\n"), c.spoken()...)
}

type connections struct{ *slide }

const (
	wireStep   = 15.0
	wireLength = 260.0
)

// weightColor tells up to nine weights apart.
func weightColor(m int) color.NRGBA {
	colors := append(append([]color.NRGBA(nil), palette...), rgb(0x8a6d00), rgb(0x7b5aa6))
	return colors[m%len(colors)]
}

func (c *connections) kernel() block {
	k := c.ks[0][0]
	g := squares(k.rows, k.cols, 40)
	b := block{w: g.w(), h: g.h()}
	for m, w := range k.values {
		ground := shade(weightColor(m), .8)
		b.add(g.rect(m/k.cols, m%k.cols, 1, 1, scene.Style{Fill: ground, Stroke: white, Width: 2}))
		b.add(g.write(m/k.cols, m%k.cols, c.fk.String(w), min(14, g.textSize(k.values, c.fk, 14)), on(ground)))
	}
	return labelled(say("kernel ", "卷积核 ")+k.size(), b)
}

// heightOf returns where the n-th of count nodes lies in a column.
func (c *connections) heightOf(n, count int) float64 {
	all := len(c.xs[0].values)
	step := wireStep * float64(all) / float64(max(count, 1))
	if count > all {
		step = wireStep
	} else if step > 34 {
		step = 34
	}
	middle := wireStep * float64(max(all, len(c.steps))) / 2
	return 24 + middle + (float64(n)-float64(count-1)/2)*step
}

func (c *connections) wires() block {
	x := c.xs[0]
	h := 24 + wireStep*float64(max(len(x.values), len(c.steps))) + 6
	const left, label = 64.0, 12.0
	right := left + wireLength
	b := block{w: right + 110, h: h}
	b.add(under(left, 8, 12, say("input", "输入")), under(right, 8, 12, say("output", "输出")))
	b.add(c.edges(0, left, right, true)...)
	for n := range c.steps {
		b.add(scene.During(n, n, c.edges(n, left, right, false)...))
	}
	for n, v := range x.values {
		y := c.heightOf(n, len(x.values))
		b.add(scene.Ellipse{X: left, Y: y, RX: 5, RY: 5, Style: scene.Style{Fill: white, Stroke: muted, Width: 1.2}})
		text := fmt.Sprintf("x[%d,%d] = %s", n/x.cols, n%x.cols, c.fx.String(v))
		b.add(scene.Text{X: left - label, Y: y, Size: 9.5, Anchor: scene.End, Centred: true, Color: muted, String: text})
	}
	for n, st := range c.steps {
		b.add(c.neuron(n, st, right)...)
	}
	shift := max(0, c.labelWidth()-left+label)
	return block{b.w + shift, b.h, []scene.Node{b.at(shift, 0)}}
}

func (c *connections) labelWidth() (w float64) {
	x := c.xs[0]
	for n, v := range x.values {
		w = max(w, glyph.Width(fmt.Sprintf("x[%d,%d] = %s", n/x.cols, n%x.cols, c.fx.String(v)), 9.5))
	}
	return w
}

// neuron draws a cell of the output: empty, at work, or filled.
func (c *connections) neuron(n int, st cnn.Step, x float64) []scene.Node {
	y, last := c.heightOf(n, len(c.steps)), len(c.steps)-1
	circle := scene.Ellipse{X: x, Y: y, RX: 6, RY: 6, Style: scene.Style{Fill: white, Stroke: faint, Width: 1.2}}
	at, done := circle, circle
	at.Style = scene.Style{Fill: shade(blue, .5), Stroke: blue, Width: 2}
	done.Fill = shade(blue, .2)
	text := scene.Text{X: x + 12, Y: y, Size: 10.5, Centred: true, Color: ink, String: fmt.Sprintf("%s = %s", c.place(st), c.fy.String(st.Sum))}
	nodes := []scene.Node{circle, scene.During(n, n, at), scene.During(n, last, text)}
	if n < last {
		nodes = append(nodes, scene.During(n+1, last, done))
	}
	return nodes
}

// edges draws the products of one step; products with the padding have no
// input.
func (c *connections) edges(n int, left, right float64, pale bool) (nodes []scene.Node) {
	x := c.xs[0]
	for m, p := range c.steps[n].Products {
		if !x.inside(p.Row, p.Col) {
			continue
		}
		ink, width := weightColor(m), 2.0
		if pale {
			ink, width = shade(ink, .4), 1
		}
		from := scene.Point{X: left + 5, Y: c.heightOf(p.Row*x.cols+p.Col, len(x.values))}
		nodes = append(nodes, scene.Line(ink, width, from, scene.Point{X: right - 6, Y: c.heightOf(n, len(c.steps))}))
	}
	return nodes
}

// withMinus sets the minus signs of lines that Go wrote.
func withMinus(lines []string) []string {
	set := make([]string, len(lines))
	for i, l := range lines {
		set[i] = strings.ReplaceAll(l, "-", "−")
	}
	return set
}
