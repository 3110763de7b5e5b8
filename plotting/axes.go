package plotting

import (
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Axes says what the axes of a plot are. The zero value is a plot without
// labels.
type Axes struct {
	Title string
	X, Y  string // labels; epoch, loss and accuracy are written in the language of the figures
	LogY  bool   // a logarithmic y axis, for values above zero
	small bool
}

const (
	plotWidth  = 560
	plotHeight = 320
)

// size is that of a plot with its labels.
func (a Axes) size() (w, h float64) {
	if a.small {
		return 380, 240
	}
	return plotWidth, plotHeight
}

// Plot shows a plot made with gonum.org/v1/plot.
func Plot(p *plot.Plot) *Figure {
	if p == nil {
		misuse("Plot", "got nil: want a plot of gonum.org/v1/plot")
	}
	about := say("plot", "图")
	if p.Title.Text != "" {
		about += say(": ", "：") + p.Title.Text
	}
	return newFigure(drawn(p, plotWidth, plotHeight), about, about)
}

// newPlot returns an empty plot in the style of our figures.
func newPlot(a Axes) *plot.Plot {
	useFont()
	p := plot.New()
	p.BackgroundColor = nil
	p.X.Label.Text, p.Y.Label.Text = a.X, a.Y
	if a.LogY {
		p.Y.Scale = plot.LogScale{}
	}
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.LineStyle = draw.LineStyle{Color: muted, Width: 1}
		axis.Tick.LineStyle = axis.LineStyle
		axis.Tick.Length = 4
		axis.Tick.Label.Color, axis.Tick.Label.Font.Size = muted, 11
		axis.Label.TextStyle.Color, axis.Label.TextStyle.Font.Size = ink, 12.5
		axis.Label.Padding = 4
		axis.Tick.Marker = ticks{log: a.LogY && axis == &p.Y}
	}
	p.X.Padding, p.Y.Padding = 3, 3
	grid := plotter.NewGrid()
	grid.Vertical = draw.LineStyle{}
	grid.Horizontal = draw.LineStyle{Color: edge, Width: 1}
	p.Add(grid)
	return p
}

// ticks are multiples of 1, 2 or 5 times a power of ten.
type ticks struct{ log, whole bool }

func (t ticks) Ticks(low, high float64) (marks []plot.Tick) {
	if t.log {
		for _, m := range (plot.LogTicks{Prec: -1}).Ticks(low, high) {
			if m.Label != "" {
				m.Label = number(m.Value)
			}
			marks = append(marks, m)
		}
		return marks
	}
	step := niceStep(low, high)
	if t.whole {
		step = max(step, 1)
	}
	for i := math.Ceil(low/step - 1e-9); i*step <= high+step*1e-9; i++ {
		marks = append(marks, plot.Tick{Value: i * step, Label: number(i * step)})
	}
	return marks
}

// niceStep divides a range into four to nine.
func niceStep(low, high float64) float64 {
	if !(low < high) {
		return 1
	}
	raw := (high - low) / 5
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*power {
			return m * power
		}
	}
	return 10 * power
}

// widen lets an axis end at a tick where the data come near to it.
func widen(axis *plot.Axis) {
	step := niceStep(axis.Min, axis.Max)
	if low := math.Floor(axis.Min/step+1e-9) * step; axis.Min-low < .6*step {
		axis.Min = low
	}
	if high := math.Ceil(axis.Max/step-1e-9) * step; high-axis.Max < .6*step {
		axis.Max = high
	}
}

// finish puts the title and the legend over a plot.
func (a Axes) finish(p *plot.Plot, legend []key) block {
	if !a.LogY {
		widen(&p.Y)
	}
	w, h := a.size()
	body := drawn(p, w, h)
	if len(legend) > 0 {
		body = stack(8, centre, legendOf(legend, w), body)
	}
	return titled(a.Title, body, "")
}

// A key explains a colour.
type key struct {
	name  string
	color color.Color
	dash  []float64
	mark  bool
	shape mark
}

func legendOf(keys []key, width float64) block {
	entries := make([]block, len(keys))
	for i, k := range keys {
		sample := block{w: 24, h: 10}
		if k.mark {
			sample.add(k.shape.sample(12, 5, 4, scene.Style{Fill: k.color}))
		} else {
			l := scene.Line(k.color, 2.5, scene.Point{X: 0, Y: 5}, scene.Point{X: 24, Y: 5})
			l.Dash = k.dash
			sample.add(l)
		}
		entries[i] = beside(6, sample, line(k.name, 12, ink))
	}
	return wrapped(18, width, entries)
}

// wrapped puts blocks beside each other in as many rows as they need.
func wrapped(gap, width float64, blocks []block) block {
	var rows []block
	first, w := 0, 0.0
	for i, b := range blocks {
		if i > first && w+gap+b.w > width {
			rows = append(rows, beside(gap, blocks[first:i]...))
			first, w = i, 0
		}
		w += gap + b.w
	}
	return stack(4, centre, append(rows, beside(gap, blocks[first:]...))...)
}

// dashes are the patterns of lines, so that colour is not all that tells them
// apart.
var dashes = [][]float64{nil, {8, 4}, {2, 3}, {10, 3, 2, 3}}

func lengths(pattern []float64) (l []vg.Length) {
	for _, v := range pattern {
		l = append(l, vg.Length(v))
	}
	return l
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// list joins names as a sentence does.
func list(names []string) string { return strings.Join(names, say(", ", "、")) }
