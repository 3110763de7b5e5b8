package plotting

import (
	"fmt"
	"math"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Pool moves a pooling window over its input, step by step: the window, the
// cell that wins, and the output filling up. The steps are those of
// [cnn.MaxPool2DSteps] or [cnn.AvgPool2DSteps]. Channels lie under each other.
//
//	plotting.Pool(x, cnn.MaxPool2DSteps(x, 2))
func Pool(input Picture, steps []cnn.PoolStep) *Figure {
	p := newPool("Pool", input, steps)
	about := say(
		fmt.Sprintf("pooling over an input %s in %s fills an output %s", sizeOf(input), plural(len(steps), "step"), sizeOfAll(p.ys)),
		fmt.Sprintf("在 %s 的输入上池化 %d 步，得到 %s 的输出", sizeOf(input), len(steps), sizeOfAll(p.ys)))
	lines := []string{about}
	for _, y := range p.ys {
		lines = append(lines, y.table())
	}
	spoken := make([]string, len(p.steps))
	for n, st := range p.steps {
		spoken[n] = st.String()
	}
	return newFigure(p.body(), about, strings.Join(lines, "\n"), spoken...)
}

// A pool is what a Pool figure shows.
type pool struct {
	xs, ys                   []plane
	steps                    []cnn.PoolStep
	rows, cols               int // of the window, with gaps
	top, left, bottom, right int // padding
	cell                     float64
	fx, fy                   format
}

func newPool(op string, input Picture, steps []cnn.PoolStep) *pool {
	if len(steps) == 0 {
		misuse(op, "got no steps: make them with cnn.MaxPool2DSteps(input, size)")
	}
	p := &pool{xs: planes(op, input), steps: steps[:min(len(steps), mostFrames)]}
	h, w := 0, 0
	for n, st := range steps {
		if !p.belongs(st) {
			misuse(op, "step %d does not belong to this input %s: make the steps with cnn.MaxPool2DSteps(input, size) of the same", n, cnn.Dims(input.Shape()))
		}
		h, w = max(h, st.Row+1), max(w, st.Col+1)
		p.top, p.left = max(p.top, -st.Top), max(p.left, -st.Left)
		for _, c := range st.Cells {
			p.rows, p.cols = max(p.rows, c.Row-st.Top+1), max(p.cols, c.Col-st.Left+1)
		}
	}
	for range p.xs {
		p.ys = append(p.ys, plane{h, w, make([]float64, h*w)})
	}
	for _, st := range steps {
		p.ys[st.Channel].values[st.Row*w+st.Col] = st.Value
		p.bottom, p.right = max(p.bottom, st.Top+p.rows-p.xs[0].rows), max(p.right, st.Left+p.cols-p.xs[0].cols)
	}
	p.fx, p.fy = formatOf(valuesOf(p.xs)), formatOf(valuesOf(p.ys))
	p.cell = p.chooseCell()
	return p
}

func (p *pool) belongs(st cnn.PoolStep) bool {
	if st.Image != 0 || st.Channel < 0 || st.Channel >= len(p.xs) || st.Row < 0 || st.Col < 0 || len(st.Cells) == 0 || st.Winner >= len(st.Cells) {
		return false
	}
	x := p.xs[st.Channel]
	for _, c := range st.Cells {
		if x.inside(c.Row, c.Col) && x.at(c.Row, c.Col) != c.Value && !math.IsNaN(c.Value) {
			return false
		}
	}
	return true
}

func (p *pool) chooseCell() float64 {
	widest := 0.0
	for _, v := range valuesOf(p.xs) {
		widest = max(widest, glyph.Width(p.fx.String(v), 14))
	}
	for _, v := range valuesOf(p.ys) {
		widest = max(widest, glyph.Width(p.fy.String(v), 14))
	}
	cols := p.left + p.xs[0].cols + p.right + p.ys[0].cols
	rows := len(p.xs) * (p.top + p.xs[0].rows + p.bottom)
	return max(4, math.Floor(min(max(40, widest+14), 600/float64(cols), 480/float64(rows))))
}

func (p *pool) body() block {
	var inputs, outputs []block
	for c := range p.xs {
		inputs = append(inputs, p.inputBlock(c))
		outputs = append(outputs, p.outputBlock(c))
	}
	if len(p.xs) > 1 {
		for c := range p.xs {
			name := line(fmt.Sprint(say("channel", "通道"), " ", c), 11, muted)
			h := max(inputs[c].h, outputs[c].h)
			inputs[c] = stack(3, centre, middle(inputs[c], h), name)
			outputs[c] = stack(3, centre, middle(outputs[c], h), name)
		}
	}
	arrow := block{w: 36, h: 10, nodes: []scene.Node{scene.Arrow(muted, 1.5, scene.Point{X: 0, Y: 5}, scene.Point{X: 36, Y: 5})}}
	return stack(14, centre,
		beside(20,
			labelled(say("input ", "输入 ")+sizeOfAll(p.xs), stack(8, centre, inputs...)),
			arrow,
			labelled(say("output ", "输出 ")+sizeOfAll(p.ys), stack(8, centre, outputs...))),
		p.lines())
}

// middle makes a block h high.
func middle(b block, h float64) block {
	return block{b.w, h, []scene.Node{b.at(0, (h-b.h)/2)}}
}

func (p *pool) inputBlock(c int) block {
	x := p.xs[c]
	g := squares(p.top+x.rows+p.bottom, p.left+x.cols+p.right, p.cell)
	inner := squares(x.rows, x.cols, p.cell)
	b := block{w: g.w(), h: g.h()}
	dx, dy := float64(p.left)*p.cell, float64(p.top)*p.cell
	tone, size := toneScale(valuesOf(p.xs)), inner.textSize(valuesOf(p.xs), p.fx, 14)
	b.add(paddingCells(x, g)...)
	b.add(heatCells(x, inner, tone).at(dx, dy))
	for n, st := range p.steps {
		if st.Channel == c {
			b.add(scene.During(n, n, p.window(g, st)...))
		}
	}
	b.add(numbers(x, inner, p.fx, size, tone).at(dx, dy))
	return b
}

// window outlines the cells of a step and marks the winner.
func (p *pool) window(g grid, st cnn.PoolStep) (nodes []scene.Node) {
	for i, c := range st.Cells {
		tint := shade(orange, .35)
		if i == st.Winner {
			tint = shade(green, .55)
		}
		nodes = append(nodes, g.rect(c.Row+p.top, c.Col+p.left, 1, 1, scene.Style{Fill: tint, Stroke: white, Width: 1}))
	}
	return append(nodes, g.rect(st.Top+p.top, st.Left+p.left, p.rows, p.cols, scene.Style{Stroke: red, Width: 2.5}))
}

func (p *pool) outputBlock(c int) block {
	var fills []fill
	for n, st := range p.steps {
		if st.Channel == c {
			fills = append(fills, fill{n, st.Row, st.Col, st.Value})
		}
	}
	return filling(squares(p.ys[c].rows, p.ys[c].cols, p.cell), fills, len(p.steps), valuesOf(p.ys), p.fy)
}

// lines write every step out, the winner in the colour of its cell.
func (p *pool) lines() block {
	b := block{h: sumHeight}
	for n, st := range p.steps {
		row := p.line(st)
		b.w = max(b.w, row.w)
		b.add(scene.During(n, n, row.nodes...))
	}
	return b
}

func (p *pool) line(st cnn.PoolStep) (row block) {
	write := func(text string, t scene.Text) {
		t.X, t.Y, t.Size, t.Centred, t.String = row.w, sumHeight/2, sumSize, true, text
		row.w += t.Width()
		row.add(t)
	}
	plain, open, comma, end := scene.Text{Color: ink}, "(", " + ", fmt.Sprintf(")/%d = ", len(st.Cells))
	if st.Winner >= 0 {
		open, comma, end = "max(", ", ", ") = "
	}
	write(fmt.Sprintf("y[%d,%d] = %s", st.Row, st.Col, open), plain)
	for i, c := range st.Cells {
		if i > 0 {
			write(comma, plain)
		}
		switch {
		case i == 16 && len(st.Cells) > 17:
			write("…", plain)
		case i > 16 && len(st.Cells) > 17:
		case i == st.Winner:
			write(p.fx.String(c.Value), scene.Text{Color: rgb(0x00734f)})
		default:
			write(p.fx.String(c.Value), plain)
		}
		if i >= 16 {
			comma = ""
		}
	}
	write(end, plain)
	write(p.fy.String(st.Value), scene.Text{Color: blue})
	return row
}
