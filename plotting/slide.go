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

// mostFrames bounds the size of a stepper.
const mostFrames = 1000

// Slide moves the kernel over its input, step by step: the window, the
// products that are summed, and the output filling up. The steps are those of
// [cnn.CrossCorrelateSteps]; padding, stride and dilation are read from them.
// With more than a thousand steps, the first thousand are shown.
//
//	plotting.Slide(x, k, cnn.CrossCorrelateSteps(x, k))
func Slide(input, kernel Picture, steps []cnn.Step) *Figure {
	s := newSlide("Slide", matrixOf("Slide", input), matrixOf("Slide", kernel), steps)
	body := stack(14, centre,
		beside(20,
			labelled(say("input ", "输入 ")+s.x.size(), s.inputBlock()),
			line("⋆", 22, muted),
			labelled(say("kernel ", "卷积核 ")+s.k.size(), s.kernelBlock()),
			line("=", 22, muted),
			labelled(say("output ", "输出 ")+s.y.size(), s.outputBlock())),
		s.sums())
	about := sayf("a kernel %s slides over an input %s in %d steps and fills an output %s",
		"%s 的卷积核在 %s 的输入上滑动 %d 步，填满 %s 的输出", s.k.size(), s.x.size(), len(steps), s.y.size())
	return newFigure(body, about, about+"\n"+s.table(), s.spoken()...)
}

// A slide is the state of one Slide figure.
type slide struct {
	x, k, y                  plane
	all, steps               []cnn.Step // as given, and as animated
	dilation                 int
	top, left, bottom, right int // cells of padding that are drawn around x
	cell                     float64
	fx, fk, fy               format
}

func (p plane) size() string { return cnn.Dims([]int{p.rows, p.cols}) }

func newSlide(op string, x, k plane, steps []cnn.Step) *slide {
	if len(steps) == 0 {
		misuse(op, "got no steps: make them with cnn.CrossCorrelateSteps(input, kernel)")
	}
	s := &slide{x: x, k: k, all: steps, steps: steps[:min(len(steps), mostFrames)]}
	s.dilation = s.findDilation(op)
	for _, st := range steps {
		s.y.rows, s.y.cols = max(s.y.rows, st.Row+1), max(s.y.cols, st.Col+1)
		s.top, s.left = max(s.top, -st.Top), max(s.left, -st.Left)
		s.bottom, s.right = max(s.bottom, st.Top+s.spanRows()-x.rows), max(s.right, st.Left+s.spanCols()-x.cols)
	}
	// Padding is the same on both sides; a stride may leave some unused.
	s.bottom, s.right = max(s.bottom, s.top), max(s.right, s.left)
	s.y.values = make([]float64, s.y.rows*s.y.cols)
	for _, st := range steps {
		s.y.values[st.Row*s.y.cols+st.Col] = st.Sum
	}
	s.fx, s.fk, s.fy = formatOf(x.values), formatOf(k.values), formatOf(s.y.values)
	s.cell = s.chooseCell()
	return s
}

func (s *slide) spanRows() int { return (s.k.rows-1)*s.dilation + 1 }
func (s *slide) spanCols() int { return (s.k.cols-1)*s.dilation + 1 }

// findDilation returns the distance between the cells of the window, which a
// step does not say: the smallest at which all products hold the input's
// values.
func (s *slide) findDilation(op string) int {
	for d := 1; d <= max(s.x.rows, s.x.cols)+1; d++ {
		if s.fits(d) {
			return d
		}
	}
	misuse(op, "the steps do not belong to this input %s and kernel %s: make them with cnn.CrossCorrelateSteps(input, kernel) of the same two", s.x.size(), s.k.size())
	return 0
}

func (s *slide) fits(dilation int) bool {
	for _, st := range s.all {
		if len(st.Products) != s.k.rows*s.k.cols || st.Row < 0 || st.Col < 0 {
			return false
		}
		for n, p := range st.Products {
			i, j := st.Top+n/s.k.cols*dilation, st.Left+n%s.k.cols*dilation
			want := 0.0
			if s.x.inside(i, j) {
				want = s.x.at(i, j)
			}
			if p.Input != want && !math.IsNaN(want) {
				return false
			}
		}
	}
	return true
}

// chooseCell makes the three matrices fit beside each other, 700 wide.
func (s *slide) chooseCell() float64 {
	widest := 0.0
	for _, f := range []struct {
		format
		values []float64
	}{{s.fx, s.x.values}, {s.fk, s.k.values}, {s.fy, s.y.values}} {
		for _, v := range f.values {
			widest = max(widest, glyph.Width(f.String(v), 14))
		}
	}
	cols := s.left + s.x.cols + s.right + s.k.cols + s.y.cols
	rows := max(s.top+s.x.rows+s.bottom, s.y.rows, s.k.rows)
	return max(4, math.Floor(min(max(40, widest+14), 640/float64(cols), 440/float64(rows))))
}

// inputBlock draws the input with its padding, and the window in every frame.
func (s *slide) inputBlock() block {
	g := squares(s.top + s.x.rows + s.bottom, s.left + s.x.cols + s.right, s.cell)
	b := block{w: g.w(), h: g.h()}
	inner := squares(s.x.rows, s.x.cols, s.cell)
	x, y := float64(s.left)*s.cell, float64(s.top)*s.cell
	b.add(s.paddingCells(g)...)
	size := inner.textSize(s.x.values, s.fx, 14)
	tone := toneScale(s.x.values)
	b.add(heatCells(s.x, inner, tone).at(x, y))
	for n, st := range s.steps {
		b.add(scene.During(n, n, s.window(g, st)...))
	}
	b.add(numbers(s.x, inner, s.fx, size, tone).at(x, y))
	b.add(s.windowWeights(g)...)
	return b
}

// window outlines the cells that a step covers.
func (s *slide) window(g grid, st cnn.Step) (nodes []scene.Node) {
	i, j := st.Top+s.top, st.Left+s.left
	tint := scene.Style{Fill: color.NRGBA{orange.R, orange.G, orange.B, 110}}
	if s.dilation == 1 {
		nodes = append(nodes, g.rect(i, j, s.k.rows, s.k.cols, tint))
	} else {
		for u := range s.k.rows {
			for v := range s.k.cols {
				nodes = append(nodes, g.rect(i+u*s.dilation, j+v*s.dilation, 1, 1, tint))
			}
		}
	}
	return append(nodes, g.rect(i, j, s.spanRows(), s.spanCols(), scene.Style{Stroke: red, Width: 2.5}))
}

// windowWeights writes the weights small into the window's cells.
func (s *slide) windowWeights(g grid) (nodes []scene.Node) {
	if s.cell < 36 {
		return nil
	}
	for n, st := range s.steps {
		var texts []scene.Node
		for m := range s.k.values {
			i, j := st.Top+s.top+m/s.k.cols*s.dilation, st.Left+s.left+m%s.k.cols*s.dilation
			texts = append(texts, scene.Text{X: float64(j+1)*s.cell - 3, Y: float64(i+1)*s.cell - 4, Size: 9, Anchor: scene.End, Color: weightInk, String: "×" + s.fk.String(s.k.values[m])})
		}
		nodes = append(nodes, scene.During(n, n, texts...))
	}
	return nodes
}

// paddingCells draws the zeros around the input.
func (s *slide) paddingCells(g grid) []scene.Node {
	if g.rows == s.x.rows && g.cols == s.x.cols {
		return nil
	}
	nodes := dashed(append(g.lines(rule, 1), g.rect(0, 0, g.rows, g.cols, scene.Style{Stroke: rule, Width: 1})))
	for i := range g.rows {
		for j := range g.cols {
			if !s.x.inside(i-s.top, j-s.left) && s.cell >= 14 {
				nodes = append(nodes, g.write(i, j, "0", min(13, s.cell*.45), faint))
			}
		}
	}
	return nodes
}

func (s *slide) kernelBlock() block {
	g := squares(s.k.rows, s.k.cols, max(s.cell, 16))
	tint := func(float64) color.NRGBA { return mix(white, orange, .43) }
	b := heat(s.k, g, tint, s.fk)
	b.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Stroke: red, Width: 2.5}))
	return b
}

// outputBlock fills the output, one cell a frame.
func (s *slide) outputBlock() block {
	g := squares(s.y.rows, s.y.cols, s.cell)
	b := block{w: g.w(), h: g.h()}
	b.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Fill: white}))
	b.add(g.lines(rule, 1)...)
	tone, size := scaleOf(s.y.values), g.textSize(s.y.values, s.fy, 14)
	last := len(s.steps) - 1
	for n, st := range s.steps {
		ground := tone.color(st.Sum)
		cell := []scene.Node{g.rect(st.Row, st.Col, 1, 1, scene.Style{Fill: ground, Stroke: white, Width: 1})}
		if size > 0 {
			cell = append(cell, g.write(st.Row, st.Col, s.fy.String(st.Sum), size, on(ground)))
		}
		b.add(scene.During(n, last, cell...))
	}
	b.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Stroke: rule, Width: 1}))
	for n, st := range s.steps {
		b.add(scene.During(n, n, g.rect(st.Row, st.Col, 1, 1, scene.Style{Stroke: red, Width: 2.5})))
	}
	return b
}

// spoken returns the line of every frame, as the step itself writes it.
func (s *slide) spoken() []string {
	lines := make([]string, len(s.steps))
	for n, st := range s.steps {
		lines[n] = st.String()
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
	return strings.Join(lines, "\n") + "\n" + s.y.table()
}
