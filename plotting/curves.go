package plotting

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// A Series is a row of points. Without X, they lie at 1, 2, 3, …, as epochs
// do.
type Series struct {
	Name  string
	X, Y  []float64
	Marks bool // draw the points instead of a line through them
	pale  bool // a thin line in the background
}

// Line draws series as lines over common axes: losses, accuracies. Values that
// are not finite leave a gap.
//
//	plotting.Line(plotting.Axes{X: "epoch", Y: "loss"},
//		plotting.Series{Name: "training", Y: losses})
func Line(a Axes, series ...Series) *Figure { return newFigure(a.lines("Line", series)) }

// Scatter draws the points of series. With [Line] and Marks, points and lines
// share their axes.
func Scatter(a Axes, series ...Series) *Figure {
	marked := append([]Series(nil), series...)
	for i := range marked {
		marked[i].Marks = true
	}
	return newFigure(a.lines("Scatter", marked))
}

// lines returns what newFigure wants.
func (a Axes) lines(op string, series []Series) (body block, alt, text string) {
	if len(series) == 0 {
		misuse(op, "got no series: want at least one plotting.Series")
	}
	p := newPlot(a)
	var legend []key
	facts := []string{}
	i, whole := 0, true
	for _, s := range series {
		runs := s.runs(op, a.LogY)
		whole = whole && wholeX(runs)
		k := key{s.Name, palette[i%len(palette)], dashes[i%len(dashes)], s.Marks, marks[i%len(marks)]}
		if s.pale {
			k.color, k.dash = shade(faint, .7), nil
		} else {
			i++
		}
		for _, run := range runs {
			p.Add(s.plotters(run, k)...)
		}
		if s.Name != "" {
			legend = append(legend, k)
		}
		facts = append(facts, s.facts(runs))
	}
	if len(series) == 1 && a.Title == "" && a.Y != "" {
		legend = nil // the axis says it
	}
	p.X.Tick.Marker = ticks{whole: whole}
	alt = sayf("plot of %s", "%s 的图", a.subject()) + say(": ", "：") + sentence(facts)
	return a.finish(p, legend), alt, a.subject() + "\n" + strings.Join(facts, "\n")
}

// wholeX reports whether all points lie at whole numbers, as epochs do.
func wholeX(runs []plotter.XYs) bool {
	for _, run := range runs {
		for _, p := range run {
			if p.X != math.Trunc(p.X) {
				return false
			}
		}
	}
	return true
}

// subject names the plot in a sentence.
func (a Axes) subject() string {
	switch {
	case a.Title != "":
		return a.Title
	case a.X != "" && a.Y != "":
		return say(a.Y+" over "+a.X, mixed(a.Y, "随", a.X, "的变化"))
	}
	return say("values", "数值")
}

// runs checks a series and cuts it where values are not finite.
func (s Series) runs(op string, log bool) (runs []plotter.XYs) {
	if s.X != nil && len(s.X) != len(s.Y) {
		misuse(op, "series %q has %d values of X and %d of Y: want as many", s.Name, len(s.X), len(s.Y))
	}
	var run plotter.XYs
	for i, y := range s.Y {
		x := float64(i + 1)
		if s.X != nil {
			x = s.X[i]
		}
		if finite(x) && finite(y) && (y > 0 || !log) {
			run = append(run, plotter.XY{X: x, Y: y})
		} else if run != nil {
			runs, run = append(runs, run), nil
		}
	}
	if run != nil {
		runs = append(runs, run)
	}
	return runs
}

func (s Series) plotters(run plotter.XYs, k key) []plot.Plotter {
	points := &plotter.Scatter{XYs: run, GlyphStyle: draw.GlyphStyle{Color: k.color, Radius: 3.5, Shape: draw.CircleGlyph{}}}
	if s.Marks {
		points.Shape = k.shape
		return []plot.Plotter{points}
	}
	if s.pale {
		return []plot.Plotter{&plotter.Line{XYs: run, LineStyle: draw.LineStyle{Color: k.color, Width: 1.2}}}
	}
	line := &plotter.Line{XYs: run, LineStyle: draw.LineStyle{Color: k.color, Width: 2.2, Dashes: lengths(k.dash)}}
	if len(run) <= 12 {
		return []plot.Plotter{line, points}
	}
	return []plot.Plotter{line}
}

// facts says in words where a series starts, ends and turns.
func (s Series) facts(runs []plotter.XYs) string {
	name := s.Name
	if name == "" {
		name = say("values", "数值")
	}
	var all plotter.XYs
	for _, r := range runs {
		all = append(all, r...)
	}
	if len(all) == 0 {
		return name + say(": no finite values", "：没有有限的值")
	}
	if len(all) == 1 {
		return name + say(": ", "：") + sayf("%s at %s", "%s（在 %s）", number(all[0].Y), number(all[0].X))
	}
	low, high := all[0], all[0]
	for _, p := range all {
		if p.Y < low.Y {
			low = p
		}
		if p.Y > high.Y {
			high = p
		}
	}
	return fmt.Sprintf(say(
		"%s: %d points, first %s, last %s, lowest %s at %s, highest %s at %s",
		"%s：%d 个点，第一个 %s，最后一个 %s，最小 %s（在 %s），最大 %s（在 %s）"),
		name, len(all), number(all[0].Y), number(all[len(all)-1].Y),
		number(low.Y), number(low.X), number(high.Y), number(high.X))
}
