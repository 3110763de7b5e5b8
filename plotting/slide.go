package plotting

import (
	"fmt"
	"math"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/glyph"
)

// mostFrames bounds the size of a stepper.
const mostFrames = 1000

// Slide moves the kernel over its input, step by step: the window, the
// products that are summed, and the output filling up. The steps are those of
// [cnn.CrossCorrelateSteps]; padding, stride, dilation, bias and channels are
// read from them. With several channels, the input's lie under each other, each
// beside the channel of the filter that it meets; with several filters, one
// follows the other. With more than a thousand steps, the first thousand are
// shown.
//
//	plotting.Slide(x, k, cnn.CrossCorrelateSteps(x, k))
func Slide(input, kernel Picture, steps []cnn.Step) *Figure {
	s := newSlide("Slide", input, kernel, steps)
	about := say(
		fmt.Sprintf("a kernel %s slides over an input %s in %s and fills an output %s", sizeOf(kernel), sizeOf(input), plural(len(steps), "step"), s.outputSize()),
		fmt.Sprintf("%s 的卷积核在 %s 的输入上滑动 %d 步，填满 %s 的输出", sizeOf(kernel), sizeOf(input), len(steps), s.outputSize()))
	if settings := s.settings(); settings != "" {
		about += say(": ", "：") + settings
	}
	return newFigure(s.body(), about, about+"\n"+s.table(), s.spoken()...)
}

// sizeOf writes a shape without leading ones.
func sizeOf(p Picture) string {
	shape := p.Shape()
	for len(shape) > 2 && shape[0] == 1 {
		shape = shape[1:]
	}
	return cnn.Dims(shape)
}

func (p plane) size() string { return cnn.Dims([]int{p.rows, p.cols}) }

// A slide is what a Slide figure shows.
type slide struct {
	xs                       []plane   // channels of the input
	ks                       [][]plane // filters and their channels
	ys                       []plane   // output maps
	all, steps               []cnn.Step
	downStep, rightStep      int // dilation
	top, left, bottom, right int // cells of padding that are drawn around the input
	covered                  []bool
	cell                     float64
	fx, fk, fy               format
}

func newSlide(op string, input, kernel Picture, steps []cnn.Step) *slide {
	if len(steps) == 0 {
		misuse(op, "got no steps: make them with cnn.CrossCorrelateSteps(input, kernel)")
	}
	s := &slide{xs: planes(op, input), ks: filters(op, kernel), all: steps, steps: steps[:min(len(steps), mostFrames)]}
	if len(input.Shape()) == 3 && len(kernel.Shape()) == 2 {
		misuse(op, "a kernel %s does not belong to an input %s: want C×Kh×Kw", cnn.Dims(kernel.Shape()), cnn.Dims(input.Shape()))
	}
	s.downStep, s.rightStep = s.dilation()
	for n, st := range steps {
		if !s.belongs(st) {
			misuse(op, "step %d does not belong to this input %s and kernel %s: make the steps with cnn.CrossCorrelateSteps(input, kernel) of the same two",
				n, cnn.Dims(input.Shape()), cnn.Dims(kernel.Shape()))
		}
	}
	s.measure()
	s.fillOutput()
	s.fx, s.fk, s.fy = formatOf(valuesOf(s.xs)), formatOf(valuesOf(s.allKernels())), formatOf(valuesOf(s.ys))
	s.cell = s.chooseCell()
	return s
}

// dilation is the distance between the cells of the window.
func (s *slide) dilation() (down, right int) {
	k, products := s.ks[0][0], s.all[0].Products
	down, right = 1, 1
	if k.cols > 1 && len(products) > 1 {
		right = products[1].Col - products[0].Col
	}
	if k.rows > 1 && len(products) > k.cols {
		down = products[k.cols].Row - products[0].Row
	}
	return max(1, down), max(1, right)
}

// belongs checks a step against the input and the kernel.
func (s *slide) belongs(st cnn.Step) bool {
	if st.Image != 0 || st.Map < 0 || st.Map >= len(s.ks) || st.Row < 0 || st.Col < 0 {
		return false
	}
	k := s.ks[st.Map][0]
	if len(st.Products) != len(s.ks[st.Map])*k.rows*k.cols {
		return false
	}
	for n, p := range st.Products {
		m := n % (k.rows * k.cols)
		if p.Row != st.Top+m/k.cols*s.downStep || p.Col != st.Left+m%k.cols*s.rightStep || p.Channel < 0 || p.Channel >= len(s.xs) {
			return false
		}
		x, want := s.xs[p.Channel], 0.0
		if x.inside(p.Row, p.Col) {
			want = x.at(p.Row, p.Col)
		}
		if p.Input != want && !math.IsNaN(want) {
			return false
		}
	}
	return true
}

// measure finds the padding, the size of the output and what is covered.
func (s *slide) measure() {
	x, rows, cols := s.xs[0], 0, 0
	s.covered = make([]bool, x.rows*x.cols)
	for _, st := range s.all {
		rows, cols = max(rows, st.Row+1), max(cols, st.Col+1)
		s.top, s.left = max(s.top, -st.Top), max(s.left, -st.Left)
		s.bottom, s.right = max(s.bottom, st.Top+s.spanRows()-x.rows), max(s.right, st.Left+s.spanCols()-x.cols)
		for _, p := range st.Products {
			if x.inside(p.Row, p.Col) {
				s.covered[p.Row*x.cols+p.Col] = true
			}
		}
	}
	// Padding is the same on both sides; a stride may leave some unused.
	s.bottom, s.right = max(s.bottom, s.top), max(s.right, s.left)
	for range s.ks {
		s.ys = append(s.ys, plane{rows, cols, make([]float64, rows*cols)})
	}
}

// settings names padding, stride and dilation where the steps have them.
func (s *slide) settings() string {
	var parts []string
	name := func(en, zh string, down, right, none int) {
		switch {
		case down == none && right == none:
		case down == right:
			parts = append(parts, fmt.Sprint(say(en, zh), " ", down))
		default:
			parts = append(parts, fmt.Sprint(say(en, zh), " ", down, "×", right))
		}
	}
	down, right := s.stride()
	name("padding", "填充", s.top, s.left, 0)
	name("stride", "步长", down, right, 1)
	name("dilation", "空洞", s.downStep, s.rightStep, 1)
	return strings.Join(parts, say(", ", "，"))
}

// stride is how far apart windows are; along an axis with one window, as along
// the other.
func (s *slide) stride() (down, right int) {
	for _, st := range s.all {
		if st.Row == 1 {
			down = st.Top + s.top
		}
		if st.Col == 1 {
			right = st.Left + s.left
		}
	}
	if down == 0 {
		down = right
	}
	if right == 0 {
		right = down
	}
	return max(1, down), max(1, right)
}

func (s *slide) fillOutput() {
	for _, st := range s.all {
		s.ys[st.Map].values[st.Row*s.ys[0].cols+st.Col] = st.Sum
	}
}

func (s *slide) spanRows() int { return (s.ks[0][0].rows-1)*s.downStep + 1 }
func (s *slide) spanCols() int { return (s.ks[0][0].cols-1)*s.rightStep + 1 }

func (s *slide) allKernels() (all []plane) {
	for _, filter := range s.ks {
		all = append(all, filter...)
	}
	return all
}

func valuesOf(planes []plane) (values []float64) {
	for _, p := range planes {
		values = append(values, p.values...)
	}
	return values
}

func (s *slide) outputSize() string {
	if len(s.ys) == 1 {
		return s.ys[0].size()
	}
	return cnn.Dims([]int{len(s.ys), s.ys[0].rows, s.ys[0].cols})
}

// chooseCell makes everything fit beside each other, about 700 wide.
func (s *slide) chooseCell() float64 {
	widest := 0.0
	for _, part := range []struct {
		format
		planes []plane
	}{{s.fx, s.xs}, {s.fk, s.allKernels()}, {s.fy, s.ys}} {
		for _, v := range valuesOf(part.planes) {
			widest = max(widest, glyph.Width(part.String(v), 14))
		}
	}
	x, k, y := s.xs[0], s.ks[0][0], s.ys[0]
	cols := s.left + x.cols + s.right + k.cols + y.cols
	rows := max(len(s.xs)*max(s.top+x.rows+s.bottom, k.rows), len(s.ys)*y.rows)
	return max(4, math.Floor(min(max(40, widest+14), 640/float64(cols), 480/float64(rows))))
}
