package plotting

import (
	"fmt"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// PoolBackward steps through the way back of a pooling: the gradient of every
// output goes to the cell that won its window, or in equal parts to all cells of
// an average. The gradient is that of the output.
//
//	plotting.PoolBackward(x, cnn.MaxPool2DSteps(x, 2), dy)
func PoolBackward(input Picture, steps []cnn.PoolStep, gradient Picture) *Figure {
	p := &poolBack{pool: newPool("PoolBackward", input, steps), dys: planes("PoolBackward", gradient)}
	if len(p.dys) != len(p.ys) || p.dys[0].rows != p.ys[0].rows || p.dys[0].cols != p.ys[0].cols {
		misuse("PoolBackward", "a gradient %s does not belong to an output %s: want the same shape", cnn.Dims(gradient.Shape()), sizeOfAll(p.ys))
	}
	p.distribute()
	about := say(
		fmt.Sprintf("the gradient of pooling goes back to an input %s in %s", sizeOf(input), plural(len(steps), "step")),
		fmt.Sprintf("池化的梯度分 %d 步传回 %s 的输入", len(steps), sizeOf(input)))
	text := []string{about}
	for _, dx := range p.dxs {
		text = append(text, dx.table())
	}
	return newFigure(stack(14, centre, p.body(), captions(p.said)), about, strings.Join(text, "\n"), p.said...)
}

// A poolBack is what PoolBackward shows.
type poolBack struct {
	*pool
	dys, dxs []plane    // gradients of output and input
	given    [][][]gift // of every channel and cell
	said     []string
}

// A gift is what a cell of the input has received up to a frame.
type gift struct {
	frame int
	value float64
}

// distribute passes every gradient on, step by step.
func (p *poolBack) distribute() {
	for _, x := range p.xs {
		p.dxs = append(p.dxs, plane{x.rows, x.cols, make([]float64, len(x.values))})
		p.given = append(p.given, make([][]gift, len(x.values)))
	}
	f := formatOf(valuesOf(p.dys))
	for n, st := range p.steps {
		d := p.dys[st.Channel].at(st.Row, st.Col)
		if st.Winner >= 0 {
			c := st.Cells[st.Winner]
			p.give(n, st.Channel, c, d)
			p.said = append(p.said, sayf("∂L/∂y[%d,%d] = %s goes to x[%d,%d], which won", "∂L/∂y[%d,%d] = %s 传给胜出的 x[%d,%d]", st.Row, st.Col, f.String(d), c.Row, c.Col))
			continue
		}
		part := d / float64(len(st.Cells))
		for _, c := range st.Cells {
			p.give(n, st.Channel, c, part)
		}
		p.said = append(p.said, sayf("∂L/∂y[%d,%d] = %s goes in equal parts to %d cells, %s each", "∂L/∂y[%d,%d] = %s 平均分给 %d 个格子，每个 %s", st.Row, st.Col, f.String(d), len(st.Cells), number(part)))
	}
}

// give adds to a cell; what falls into the padding is lost.
func (p *poolBack) give(frame, channel int, c cnn.Cell, d float64) {
	dx := p.dxs[channel]
	if !dx.inside(c.Row, c.Col) {
		return
	}
	n := c.Row*dx.cols + c.Col
	dx.values[n] += d
	p.given[channel][n] = append(p.given[channel][n], gift{frame, dx.values[n]})
}

func (p *poolBack) body() block {
	var xs, dxs, dys []block
	for c := range p.xs {
		xs, dxs, dys = append(xs, p.inputBlock(c)), append(dxs, p.receiving(c)), append(dys, p.sending(c))
	}
	h := max(xs[0].h, dys[0].h)
	for c := range p.xs {
		xs[c], dxs[c], dys[c] = middle(xs[c], h), middle(dxs[c], h), middle(dys[c], h)
	}
	arrow := block{w: 36, h: 10, nodes: []scene.Node{scene.Arrow(muted, 1.5, scene.Point{X: 36, Y: 5}, scene.Point{X: 0, Y: 5})}}
	return beside(20,
		labelled(say("input", "输入"), stack(10, centre, xs...)),
		labelled(say("gradient of the input", "输入的梯度"), stack(10, centre, dxs...)),
		arrow,
		labelled(say("gradient of the output", "输出的梯度"), stack(10, centre, dys...)))
}

// receiving draws the gradient of the input as it grows.
func (p *poolBack) receiving(channel int) block {
	dx := p.dxs[channel]
	g := squares(dx.rows, dx.cols, p.cell)
	b := block{w: g.w(), h: g.h()}
	b.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Fill: white}))
	b.add(g.lines(rule, 1)...)
	all := append([]float64{0}, valuesOf(p.dxs)...)
	tone, f := scaleOf(all), formatOf(all)
	size := g.textSize(all, f, 14)
	var marks []scene.Node
	for n, gifts := range p.given[channel] {
		for k, gift := range gifts {
			last := len(p.steps) - 1
			if k+1 < len(gifts) {
				last = gifts[k+1].frame - 1
			}
			ground := tone.color(gift.value)
			cell := []scene.Node{g.rect(n/dx.cols, n%dx.cols, 1, 1, scene.Style{Fill: ground})}
			if size > 0 {
				cell = append(cell, g.write(n/dx.cols, n%dx.cols, f.String(gift.value), size, on(ground)))
			}
			b.add(scene.During(gift.frame, last, cell...))
			marks = append(marks, scene.During(gift.frame, gift.frame, g.rect(n/dx.cols, n%dx.cols, 1, 1, scene.Style{Stroke: green, Width: 2.5})))
		}
	}
	b.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Stroke: rule, Width: 1}))
	b.add(marks...)
	return b
}

// sending draws the gradient of the output, and which part of it is on its way.
func (p *poolBack) sending(channel int) block {
	dy := p.dys[channel]
	g := squares(dy.rows, dy.cols, p.cell)
	b := heat(dy, g, toneScale(valuesOf(p.dys)), formatOf(valuesOf(p.dys)))
	for n, st := range p.steps {
		if st.Channel == channel {
			b.add(scene.During(n, n, g.rect(st.Row, st.Col, 1, 1, scene.Style{Stroke: red, Width: 2.5})))
		}
	}
	return b
}
