package plotting

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// body puts input, kernel and output beside each other, and the sums below.
func (s *slide) body() block {
	var inputs, kernels, outputs []block
	for c := range s.xs {
		inputs = append(inputs, s.inputBlock(c))
		kernels = append(kernels, s.kernelBlock(c))
	}
	for m := range s.ys {
		outputs = append(outputs, s.outputBlock(m))
	}
	in, k, out := say("input", "输入"), say("kernel", "卷积核"), say("output", "输出")
	parts := []block{
		beside(20,
			labelled(in+" "+sizeOfAll(s.xs), s.column(inputs, say("channel", "通道"))),
			line("⋆", 22, muted),
			labelled(k+" "+sizeOfAll(s.ks[0]), s.kernelColumn(kernels)),
			line("=", 22, muted),
			labelled(out+" "+s.outputSize(), s.column(outputs, say("filter", "过滤器")))),
		s.sums(),
	}
	if caption := s.caption(); caption != "" {
		parts = append(parts, line(caption, captionSize, muted))
	}
	return stack(14, centre, parts...)
}

// caption says how the window moves, where that is not one cell at a time over
// the bare input, and what it leaves out.
func (s *slide) caption() string {
	caption := s.settings()
	if s.leavesOut() {
		if caption != "" {
			caption += say("; ", "；")
		}
		caption += say("no window covers the crossed-out cells", "没有窗口覆盖到划掉的格子")
	}
	return caption
}

func sizeOfAll(planes []plane) string {
	if len(planes) == 1 {
		return planes[0].size()
	}
	return cnn.Dims([]int{len(planes), planes[0].rows, planes[0].cols})
}

// column stacks channels or maps, numbered when there are several.
func (s *slide) column(blocks []block, name string) block {
	if len(blocks) == 1 {
		return blocks[0]
	}
	for i, b := range blocks {
		blocks[i] = stack(3, centre, b, line(fmt.Sprint(name, " ", i), 11, muted))
	}
	return stack(8, centre, blocks...)
}

// kernelColumn keeps every channel of the kernel beside its channel of the
// input, and says which filter it is.
func (s *slide) kernelColumn(blocks []block) block {
	if len(s.xs) == 1 {
		return overlay(blocks[0], s.filterNames(blocks[0].h+3))
	}
	h := s.cell * float64(s.top+s.xs[0].rows+s.bottom)
	for i, b := range blocks {
		blocks[i] = stack(3, centre, block{b.w, max(h, b.h), []scene.Node{b.at(0, (max(h, b.h)-b.h)/2)}}, line(" ", 11, muted))
	}
	all := stack(8, centre, blocks...)
	return overlay(all, s.filterNames(all.h-14))
}

// filterNames writes which filter is at work, at height y.
func (s *slide) filterNames(y float64) block {
	var b block
	if len(s.ks) == 1 {
		return b
	}
	for m := range s.ks {
		first, last := s.framesOf(m)
		name := line(fmt.Sprint(say("filter", "过滤器"), " ", m), 11, weightInk)
		b.add(scene.During(first, last, name.at((float64(s.ks[0][0].cols)*max(s.cell, 16)-name.w)/2, y)))
		b.h = y + name.h
	}
	return b
}

// framesOf returns the first and the last frame of a filter.
func (s *slide) framesOf(filter int) (first, last int) {
	first, last = -1, -2
	for n, st := range s.steps {
		if st.Map == filter {
			if first < 0 {
				first = n
			}
			last = n
		}
	}
	return first, last
}

// inputBlock draws one channel with its padding, and the window in every frame.
func (s *slide) inputBlock(c int) block {
	x := s.xs[c]
	g := squares(s.top+x.rows+s.bottom, s.left+x.cols+s.right, s.cell)
	inner := squares(x.rows, x.cols, s.cell)
	b := block{w: g.w(), h: g.h()}
	dx, dy := float64(s.left)*s.cell, float64(s.top)*s.cell
	tone := toneScale(valuesOf(s.xs))
	size := inner.textSize(valuesOf(s.xs), s.fx, 14)
	b.add(paddingCells(x, g)...)
	b.add(heatCells(x, inner, tone).at(dx, dy))
	b.add(s.crossedOut(inner).at(dx, dy))
	for n, st := range s.steps {
		if s.meets(st, c) {
			b.add(scene.During(n, n, s.window(g, st)...))
		}
	}
	b.add(paddingZeros(x, g, s.top, s.left, size)...)
	b.add(numbers(x, inner, s.fx, size, tone).at(dx, dy))
	b.add(s.windowWeights(g, c)...)
	return b
}

// meets reports whether a step's filter looks at channel c.
func (s *slide) meets(st cnn.Step, c int) bool { return s.kernelOf(st, c) != nil }

// kernelOf returns the channel of a step's filter that lies over channel c of
// the input, or nil: with groups, a filter looks at a part of the channels.
func (s *slide) kernelOf(st cnn.Step, c int) *plane {
	filter := s.ks[st.Map]
	if k := c - st.Products[0].Channel; k >= 0 && k < len(filter) {
		return &filter[k]
	}
	return nil
}

// window outlines the cells that a step covers.
func (s *slide) window(g grid, st cnn.Step) (nodes []scene.Node) {
	i, j, k := st.Top+s.top, st.Left+s.left, s.ks[0][0]
	frame := scene.Style{Stroke: red, Width: 2.5}
	if s.downStep == 1 && s.rightStep == 1 {
		frame.Fill = windowTint
		return []scene.Node{g.rect(i, j, k.rows, k.cols, frame)}
	}
	for n := range k.values {
		nodes = append(nodes, g.rect(i+n/k.cols*s.downStep, j+n%k.cols*s.rightStep, 1, 1, scene.Style{Fill: windowTint}))
	}
	return append(nodes, g.rect(i, j, s.spanRows(), s.spanCols(), frame))
}

// windowWeights writes the weights small into the window's cells.
func (s *slide) windowWeights(g grid, c int) (nodes []scene.Node) {
	if s.cell < 36 {
		return nil
	}
	for n, st := range s.steps {
		k := s.kernelOf(st, c)
		if k == nil {
			continue
		}
		var texts []scene.Node
		for m, w := range k.values {
			i, j := st.Top+s.top+m/k.cols*s.downStep, st.Left+s.left+m%k.cols*s.rightStep
			texts = append(texts, scene.Text{X: float64(j+1)*s.cell - 3, Y: float64(i+1)*s.cell - 4, Size: 10.5, Anchor: scene.End, Color: windowInk, String: "×" + s.fk.String(w)})
		}
		nodes = append(nodes, scene.During(n, n, texts...))
	}
	return nodes
}

func (s *slide) leavesOut() bool {
	for _, c := range s.covered {
		if !c {
			return true
		}
	}
	return false
}

// crossedOut marks the cells of the input that no window covers, because the
// stride does not divide.
func (s *slide) crossedOut(g grid) block {
	var b block
	for n, c := range s.covered {
		if !c {
			x, y := float64(n%g.cols)*g.cw, float64(n/g.cols)*g.ch
			b.add(scene.Line(faint, 1, scene.Point{X: x + 2, Y: y + g.ch - 2}, scene.Point{X: x + g.cw - 2, Y: y + 2}))
		}
	}
	return b
}

// kernelBlock draws what lies over channel c in every frame.
func (s *slide) kernelBlock(c int) block {
	k := s.ks[0][0]
	g := squares(k.rows, k.cols, max(s.cell, 16))
	b := block{w: g.w(), h: g.h()}
	tint := func(float64) color.NRGBA { return mix(white, orange, .43) }
	for m := range s.ks {
		first, last := s.framesOf(m)
		if first < 0 {
			continue
		}
		if k := s.kernelOf(s.steps[first], c); k != nil {
			picture := overlay(heatCells(*k, g, tint), numbers(*k, g, s.fk, g.textSize(valuesOf(s.allKernels()), s.fk, 14), tint))
			picture.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Stroke: red, Width: 2.5}))
			b.add(scene.During(first, last, picture.nodes...))
		}
	}
	return b
}

// outputBlock fills one map, one cell a frame.
func (s *slide) outputBlock(filter int) block {
	var fills []fill
	for n, st := range s.steps {
		if st.Map == filter {
			fills = append(fills, fill{n, st.Row, st.Col, st.Sum})
		}
	}
	y := s.ys[filter]
	return filling(squares(y.rows, y.cols, s.cell), fills, len(s.steps), valuesOf(s.ys), s.fy)
}

// spoken returns the line of every frame, as the step itself writes it unless
// that is too long to listen to.
func (s *slide) spoken() []string {
	lines := make([]string, len(s.steps))
	for n, st := range s.steps {
		lines[n] = st.String()
		if len(st.Products) > 30 {
			lines[n] = s.inShort(st)
		}
	}
	return lines
}

// table lists the first steps and the whole output as text.
func (s *slide) table() string {
	const most = 16
	lines := s.spoken()
	if len(lines) > most {
		lines = append(lines[:most:most], fmt.Sprintf("… (%d)", len(s.all)))
	}
	for _, y := range s.ys {
		lines = append(lines, y.table())
	}
	return strings.Join(lines, "\n")
}
