package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// Histogram counts values in bins of equal width; bins 0 chooses their number.
// Values that are not finite are left out, and the text says how many.
func Histogram(a Axes, values []float64, bins int) *Figure {
	var kept plotter.Values
	for _, v := range values {
		if finite(v) {
			kept = append(kept, v)
		}
	}
	if len(kept) == 0 {
		misuse("Histogram", "got %d values, none of them finite", len(values))
	}
	if bins < 0 {
		misuse("Histogram", "%d bins: want a positive number, or 0 to have it chosen", bins)
	}
	if bins == 0 {
		bins = min(40, max(5, int(math.Ceil(math.Sqrt(float64(len(kept)))))))
	}
	h, err := plotter.NewHist(kept, bins)
	if err != nil {
		misuse("Histogram", "%v", err)
	}
	h.FillColor = sky
	h.LineStyle = draw.LineStyle{Color: blue, Width: 1}
	if a.Y == "" {
		a.Y = say("count", "个数")
	}
	p := newPlot(a)
	p.Add(h)
	text := histogramText(kept, len(values)-len(kept))
	return newFigure(a.finish(p, nil), say("histogram: ", "直方图：")+text, text)
}

func histogramText(values plotter.Values, left int) string {
	sum, squares := 0.0, 0.0
	for _, v := range values {
		sum += v
	}
	mean := sum / float64(len(values))
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	s := scaleOf(values)
	text := fmt.Sprintf(say("%d values from %s to %s, mean %s, standard deviation %s", "%d 个值，从 %s 到 %s，平均值 %s，标准差 %s"),
		len(values), number(s.low), number(s.high), number(mean), number(math.Sqrt(squares/float64(len(values)))))
	if left > 0 {
		text += sayf("; %d not finite, left out", "；另有 %d 个不是有限的值，没有画出", left)
	}
	return text
}
