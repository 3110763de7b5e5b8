package plotting

import (
	"math"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/glyph"
)

// Matrix draws an H×W tensor as a heat map with the numbers in its cells. Blue
// is large; where there are negative values, they are vermilion and zero is
// white. Large matrices show colours only.
func Matrix(p Picture) *Figure {
	m := matrixOf("Matrix", p)
	title := titleOf(p)
	f, s := formatOf(m.values), scaleOf(m.values)
	g := matrixGrid(m, f)
	what := sayf("matrix %s", "矩阵 %s", cnn.Dims([]int{m.rows, m.cols}))
	if title != "" {
		what = title + say(": ", "：") + what
	}
	about := what + rangeOf(s)
	caption := ""
	if g.textSize(m.values, f, 14) == 0 {
		caption = cnn.Dims([]int{m.rows, m.cols}) + rangeOf(s)
	}
	body := titled(title, numbered(g, heat(m, g, s.color, f)), caption)
	return newFigure(body, about, what+"\n"+m.table())
}

// matrixGrid makes cells that hold the widest number, of a matrix that fits
// into 640 × 640.
func matrixGrid(m plane, f format) grid {
	const most = 640
	g := squares(m.rows, m.cols, 40)
	for _, v := range m.values {
		g.cw = max(g.cw, math.Ceil(glyph.Width(f.String(v), 14))+12)
	}
	if g.w() > most || g.h() > most {
		return squares(m.rows, m.cols, min(40, wholeAbove3(most/float64(max(m.rows, m.cols)))))
	}
	return g
}

// wholeAbove3 keeps cells that are seen as such of equal size.
func wholeAbove3(cell float64) float64 {
	if cell > 3 {
		return math.Floor(cell)
	}
	return cell
}

// rangeOf says which values occur.
func rangeOf(s scale) string {
	if s.low == s.high {
		return sayf(", all values %s", "，所有值都是 %s", number(s.low))
	}
	return sayf(", values %s to %s", "，值从 %s 到 %s", number(s.low), number(s.high))
}
