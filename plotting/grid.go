package plotting

import (
	"image"
	"image/color"
	"math"

	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// A grid is a matrix of cells at 0, 0.
type grid struct {
	rows, cols int
	cw, ch     float64 // width and height of a cell
}

func squares(rows, cols int, side float64) grid { return grid{rows, cols, side, side} }

func (g grid) w() float64 { return float64(g.cols) * g.cw }
func (g grid) h() float64 { return float64(g.rows) * g.ch }

// rect covers rows × cols cells from row i, column j.
func (g grid) rect(i, j, rows, cols int, st scene.Style) scene.Rect {
	return scene.Rect{X: float64(j) * g.cw, Y: float64(i) * g.ch, W: float64(cols) * g.cw, H: float64(rows) * g.ch, Style: st}
}

// write centres a text in cell i, j.
func (g grid) write(i, j int, s string, size float64, c color.Color) scene.Text {
	return scene.Text{X: (float64(j) + .5) * g.cw, Y: (float64(i) + .5) * g.ch, Size: size, Anchor: scene.Middle, Centred: true, Color: c, String: s}
}

// textSize returns the largest size, at most that asked for, at which all
// values of a matrix fit into its cells, or 0 when that is too small to read.
func (g grid) textSize(values []float64, f format, size float64) float64 {
	widest := 0.0
	for _, v := range values {
		widest = max(widest, glyph.Width(f.String(v), 1))
	}
	size = min(size, (g.cw-4)/max(widest, 1e-9), g.ch*.6)
	if size < 7 {
		return 0
	}
	return math.Floor(size*2) / 2
}

// heat draws a matrix with its values as colours, and as numbers where they
// can be read.
func heat(p plane, g grid, tone func(v float64) color.NRGBA, f format) block {
	return overlay(heatCells(p, g, tone), numbers(p, g, f, g.textSize(p.values, f, 14), tone))
}

func heatCells(p plane, g grid, tone func(v float64) color.NRGBA) block {
	b := block{w: g.w(), h: g.h()}
	picture := image.NewNRGBA(image.Rect(0, 0, p.cols, p.rows))
	for n, v := range p.values {
		picture.SetNRGBA(n%p.cols, n/p.cols, tone(v))
	}
	b.add(scene.Image{W: g.w(), H: g.h(), Picture: picture, Smooth: min(g.cw, g.ch) < 1})
	b.add(g.lines(white, 1)...)
	b.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Stroke: rule, Width: 1}))
	return b
}

// numbers writes the values of a matrix into its cells; size 0 is none.
func numbers(p plane, g grid, f format, size float64, tone func(v float64) color.NRGBA) block {
	b := block{w: g.w(), h: g.h()}
	for n, v := range p.values {
		if size > 0 {
			b.add(g.write(n/p.cols, n%p.cols, f.String(v), size, on(tone(v))))
		}
	}
	return b
}

// hasLines reports whether cells are large enough for borders between them.
func (g grid) hasLines() bool { return min(g.cw, g.ch) >= 14 }

// lines are the borders between cells.
func (g grid) lines(c color.Color, width float64) (nodes []scene.Node) {
	if !g.hasLines() {
		return nil
	}
	for i := 1; i < g.rows; i++ {
		y := float64(i) * g.ch
		nodes = append(nodes, scene.Line(c, width, scene.Point{X: 0, Y: y}, scene.Point{X: g.w(), Y: y}))
	}
	for j := 1; j < g.cols; j++ {
		x := float64(j) * g.cw
		nodes = append(nodes, scene.Line(c, width, scene.Point{X: x, Y: 0}, scene.Point{X: x, Y: g.h()}))
	}
	return nodes
}

// dashed draws lines and rectangles with dashes.
func dashed(nodes []scene.Node) []scene.Node {
	for i, n := range nodes {
		switch n := n.(type) {
		case scene.Shape:
			n.Dash = []float64{3, 3}
			nodes[i] = n
		case scene.Rect:
			n.Dash = []float64{3, 3}
			nodes[i] = n
		}
	}
	return nodes
}

// numbered puts small indices beside rows and over columns.
func numbered(g grid, b block) block {
	if min(g.cw, g.ch) < 16 {
		return b
	}
	const room = 18
	result := block{w: b.w + room, h: b.h + room, nodes: []scene.Node{b.at(room, room)}}
	label := func(x, y float64, n int) scene.Text {
		return scene.Text{X: x, Y: y, Size: 10, Anchor: scene.Middle, Centred: true, Color: muted, String: formatOf(nil).String(float64(n))}
	}
	for i := range g.rows {
		result.add(label(room/2-1, room+(float64(i)+.5)*g.ch, i))
	}
	for j := range g.cols {
		result.add(label(room+(float64(j)+.5)*g.cw, room/2, j))
	}
	return result
}
