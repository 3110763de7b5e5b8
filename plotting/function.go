package plotting

import (
	"math"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// Func draws a function from low to high and, dashed, its derivative, measured
// as (f(x+h) − f(x−h)) / 2h. Where either jumps, its curve is interrupted.
func Func(name string, f func(x float64) float64, low, high float64) *Figure {
	const samples = 601
	if f == nil || !(low < high) || !finite(low) || !finite(high) {
		misuse("Func", "cannot draw %q from %g to %g: want a function and low < high", name, low, high)
	}
	xs, ys, slopes := make([]float64, samples), make([]float64, samples), make([]float64, samples)
	h := (high - low) * 1e-5
	for i := range samples {
		x := low + (high-low)*float64(i)/(samples-1)
		xs[i], ys[i], slopes[i] = x, f(x), (f(x+h)-f(x-h))/(2*h)
	}
	a := Axes{Title: name, X: "x"}
	p := newPlot(a)
	keys := []key{{name: name, color: blue}, {name: name + "′", color: red, dash: dashes[1]}}
	for i, values := range [][]float64{ys, slopes} {
		for _, run := range smooth(xs, values) {
			p.Add(&plotter.Line{XYs: run, LineStyle: draw.LineStyle{Color: keys[i].color, Width: 2.5, Dashes: lengths(keys[i].dash)}})
		}
	}
	text := sayf("%s and its derivative for x from %s to %s", "%s 及其导数，x 从 %s 到 %s", name, number(low), number(high))
	return newFigure(a.finish(p, keys), text, text+"\n"+samplesOf(name, xs, ys, slopes))
}

// smooth cuts a sampled curve where it is not finite or jumps: where one step
// is larger than a tenth of the whole and five times its neighbours.
func smooth(xs, ys []float64) (runs []plotter.XYs) {
	s := scaleOf(ys)
	step := func(i int) float64 {
		if i < 1 || i >= len(ys) {
			return 0
		}
		return math.Abs(ys[i] - ys[i-1])
	}
	var run plotter.XYs
	for i, y := range ys {
		jump := step(i) > (s.high-s.low)/10 && step(i) > 5*min(step(i-1), step(i+1))
		if (jump || !finite(y)) && run != nil {
			runs, run = append(runs, run), nil
		}
		if finite(y) {
			run = append(run, plotter.XY{X: xs[i], Y: y})
		}
	}
	if run != nil {
		runs = append(runs, run)
	}
	return runs
}

// samplesOf writes nine rows of a table of values.
func samplesOf(name string, xs, ys, slopes []float64) string {
	rows := []string{"x: f(x), f′(x)"}
	for i := 0; i < len(xs); i += (len(xs) - 1) / 8 {
		rows = append(rows, number(xs[i])+": "+number(ys[i])+", "+number(slopes[i]))
	}
	return strings.Join(rows, "\n")
}
