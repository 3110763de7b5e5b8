package plotting

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Graph draws a computation graph: what was computed from what, with values
// and gradients.
//
//	plotting.Graph(cnn.Inspect(loss))
//	plotting.Graph(j.Inspect())
func Graph(nodes []cnn.Node) *Figure {
	g := newGraph("Graph", nodes)
	text := make([]string, len(nodes))
	for i, n := range nodes {
		text[i] = fmt.Sprintf("#%d %s", i, n)
	}
	body := g.edges(nil, rule, 1.2)
	for i, n := range nodes {
		body.add(g.box(i, true)...)
		if n.Value != nil && n.Value.Grad != 0 {
			body.add(g.gradient(i, n.Value.Grad))
		}
	}
	about := say("computation graph of "+plural(len(nodes), "node")+": ", fmt.Sprintf("%d 个节点的计算图：", len(nodes)))
	return newFigure(body, about+sentence(text), strings.TrimSpace(about)+"\n"+strings.Join(text, "\n"))
}

// Backpropagation steps through a computation graph, first forward, value by
// value, and then backward, gradient by gradient. Like Backward, it sets the
// gradients of the values.
func Backpropagation(v *cnn.Value) *Figure {
	if v == nil {
		misuse("Backpropagation", "got nil: want a *cnn.Value")
	}
	nodes := v.Inspect()
	g := newGraph("Backpropagation", nodes)
	b := &backpropagation{graph: g, steps: v.BackwardSteps()}
	if n := len(b.said()); n > mostFrames {
		misuse("Backpropagation", "%d steps are too many to show: want a graph with fewer values", n)
	}
	said := b.said()
	body := stack(12, centre, b.body(), captions(said))
	return newFigure(body, said[0]+" … "+said[len(said)-1], strings.Join(said, "\n"), said...).withLastStill()
}

// A graph is a drawing of nodes in columns.
type graph struct {
	nodes  []cnn.Node
	place  placement
	w, h   float64 // of the whole
	wide   []float64
	x      []float64 // left edges of the columns
	height float64   // of a box
}

const (
	graphGap  = 44.0
	graphStep = 22.0 // between boxes of a column
)

func newGraph(op string, nodes []cnn.Node) *graph {
	if len(nodes) == 0 {
		misuse(op, "got no nodes: want the graph of a value or a tensor, from its Inspect")
	}
	inputs := make([][]int, len(nodes))
	for i, n := range nodes {
		for _, j := range n.Inputs {
			if j < 0 || j >= i {
				misuse(op, "node %d is made from node %d: want what it is made from before it in the list", i, j)
			}
		}
		inputs[i] = n.Inputs
	}
	g := &graph{nodes: nodes, place: placeGraph(inputs), height: 40}
	if nodes[0].Value != nil {
		g.height = 58
	}
	for c, column := range g.place.columns {
		w := 44.0
		for _, n := range column {
			if n >= 0 {
				w = max(w, glyph.Width(g.head(n), 13)+18, glyph.Width(g.middle(n), 12)+18, 72*b2f(nodes[n].Value != nil))
			}
		}
		if c > 0 {
			g.w += graphGap
		}
		g.wide, g.x = append(g.wide, w), append(g.x, g.w)
		g.w += w
		g.h = max(g.h, float64(len(column))*(g.height+graphStep)-graphStep)
	}
	return g
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// head names a node: x, or h = ×.
func (g *graph) head(i int) string {
	n := g.nodes[i]
	switch {
	case n.Op == "" && n.Name == "":
		return say("constant", "常数")
	case n.Op == "":
		return n.Name
	case n.Name == "":
		return n.Op
	}
	return n.Name + " = " + n.Op
}

func (g *graph) middle(i int) string {
	n := g.nodes[i]
	if n.Value != nil {
		return number(n.Value.Data)
	}
	if len(n.Shape) == 0 {
		return say("scalar", "标量")
	}
	return cnn.Dims(n.Shape)
}

// at returns the top left corner of a node or of a passing place.
func (g *graph) at(n, column int) (x, y float64) {
	count := float64(len(g.place.columns[column]))
	tall := count*(g.height+graphStep) - graphStep
	return g.x[column], (g.h-tall)/2 + float64(g.place.row[n])*(g.height+graphStep)
}

// box draws a node, with its value or shape unless that is still unknown.
func (g *graph) box(i int, known bool) []scene.Node {
	c := g.place.column[i]
	x, y := g.at(i, c)
	fill := rgb(0xe3e8ee)
	if g.nodes[i].Op != "" {
		fill = shade(sky, .35)
	}
	style := scene.Style{Fill: fill, Stroke: mix(fill, ink, .4), Width: 1.2}
	if !known {
		style = scene.Style{Fill: white, Stroke: rule, Width: 1.2, Dash: []float64{4, 3}}
	}
	nodes := []scene.Node{
		scene.Rect{X: x, Y: y, W: g.wide[c], H: g.height, Radius: 6, Style: style},
		g.text(i, 13, 13, ink, g.head(i)),
	}
	if known {
		nodes = append(nodes, g.text(i, 30, 12, rgb(0x00568a), g.middle(i)))
	}
	return nodes
}

func (g *graph) text(i int, dy, size float64, c color.Color, s string) scene.Text {
	x, y := g.at(i, g.place.column[i])
	return scene.Text{X: x + g.wide[g.place.column[i]]/2, Y: y + dy, Size: size, Anchor: scene.Middle, Centred: true, Color: c, String: s}
}

func (g *graph) gradient(i int, v float64) scene.Text {
	return g.text(i, 47, 12, weightInk, "∂ "+number(v))
}

// edges draws the arrows to the nodes given, or all.
func (g *graph) edges(to []int, c color.Color, width float64) block {
	b := block{w: g.w, h: g.h}
	for i, n := range g.nodes {
		if to != nil && !contains(to, i) {
			continue
		}
		for _, j := range n.Inputs {
			b.add(g.edge(j, i, c, width)...)
		}
	}
	return b
}

func contains(list []int, n int) bool {
	for _, m := range list {
		if m == n {
			return true
		}
	}
	return false
}

// edge is a curve through the passing places, with a head.
func (g *graph) edge(from, to int, c color.Color, width float64) []scene.Node {
	column := g.place.column[from]
	x, y := g.at(from, column)
	at := scene.Point{X: x + g.wide[column], Y: y + g.height/2}
	var path scene.Path
	path.Move(at.X, at.Y)
	for k, n := range append(append([]int(nil), g.place.via[[2]int{from, to}]...), to) {
		nx, ny := g.at(n, column+1+k)
		end := scene.Point{X: nx, Y: ny + g.height/2}
		if n == to {
			end.X -= 7
		}
		bend := (end.X - at.X) / 2
		path.Cube(at.X+bend, at.Y, end.X-bend, end.Y, end.X, end.Y)
		if n < 0 {
			end.X += g.wide[column+1+k]
			path.Line(end.X, end.Y)
		}
		at = end
	}
	shaft := scene.Shape{Path: path, Style: scene.Style{Stroke: c, Width: width}}
	head := scene.Polygon(scene.Point{X: at.X + 7, Y: at.Y}, scene.Point{X: at.X - 1, Y: at.Y - 4}, scene.Point{X: at.X - 1, Y: at.Y + 4})
	return []scene.Node{shaft, scene.Shape{Path: head, Style: scene.Style{Fill: c}}}
}

// backpropagation shows a graph in frames: the leaves, every computed value,
// the seed, and every step backward.
type backpropagation struct {
	*graph
	steps []cnn.ValueStep
}

// computed lists the nodes that are not leaves, in the order of computing.
func (b *backpropagation) computed() (order []int) {
	for i, n := range b.nodes {
		if len(n.Inputs) > 0 {
			order = append(order, i)
		}
	}
	return order
}

func (b *backpropagation) said() []string {
	said := []string{say("Forward: the values that are given.", "前向：已知的值。")}
	for _, i := range b.computed() {
		in := make([]string, len(b.nodes[i].Inputs))
		for k, j := range b.nodes[i].Inputs {
			in[k] = b.called(j)
		}
		said = append(said, sayf("Forward: %s of %s is %s.", "前向：对 %[2]s 做 %[1]s，得 %[3]s。", b.nodes[i].Op, list(in), b.middle(i)))
	}
	last := len(b.nodes) - 1
	said = append(said, sayf("Backward begins: the gradient of %s by itself is 1.", "反向开始：%s 对自身的梯度是 1。", b.called(last)))
	for _, s := range b.steps {
		var out []string
		for _, j := range unique(s.Inputs) {
			out = append(out, b.called(j)+": "+number(s.Grads[j]))
		}
		said = append(said, sayf("Backward through %s; gradients %s.", "反向经过 %s；梯度 %s。", b.called(s.Node), list(out)))
	}
	return said
}

// called is a short name of a node.
func (b *backpropagation) called(i int) string {
	if n := b.nodes[i].Name; n != "" {
		return n
	}
	if len(b.nodes[i].Inputs) == 0 {
		return b.middle(i)
	}
	return b.nodes[i].Op
}

func unique(list []int) (once []int) {
	for _, n := range list {
		if !contains(once, n) {
			once = append(once, n)
		}
	}
	return once
}

func (b *backpropagation) body() block {
	computed := b.computed()
	last := 1 + len(computed) + len(b.steps)
	body := b.edges(nil, rule, 1.2)
	for f, i := range computed { // frames 1 …
		body.add(scene.During(f+1, f+1, b.edges([]int{i}, blue, 2).nodes...))
	}
	for f, s := range b.steps {
		at := 2 + len(computed) + f
		body.add(scene.During(at, at, b.edges([]int{s.Node}, red, 2).nodes...))
	}
	frame := map[int]int{}
	for f, i := range computed {
		frame[i] = f + 1
	}
	for i := range b.nodes {
		if f := frame[i]; f > 0 {
			body.add(scene.During(0, f-1, b.box(i, false)...))
		}
		body.add(scene.During(frame[i], last, b.box(i, true)...))
		body.add(b.gradients(i, 1+len(computed), last)...)
	}
	return body
}

// gradients shows the gradient of a node from the frame where it first gets
// one, and how it grows.
func (b *backpropagation) gradients(i, seed, last int) (nodes []scene.Node) {
	value, from, known := 1.0, seed, i == len(b.nodes)-1
	for f, s := range b.steps {
		if !contains(s.Inputs, i) {
			continue
		}
		at := seed + 1 + f
		if known {
			nodes = append(nodes, scene.During(from, at-1, b.gradient(i, value)))
		}
		value, from, known = s.Grads[i], at, true
	}
	if known {
		nodes = append(nodes, scene.During(from, last, b.gradient(i, value)))
	}
	return nodes
}
