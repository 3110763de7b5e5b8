package plotting

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// A mark is the shape of the points of a series, which tells it from others for
// those who do not see their colours: a circle, or so many corners, the first
// at an angle from the right.
type mark struct {
	corners int
	from    float64 // degrees
}

var marks = []mark{{}, {4, 45}, {3, 90}, {4, 0}, {3, -90}, {5, 90}}

// at returns the corners at the distance r from the middle, y growing upwards.
func (m mark) at(r float64) []scene.Point {
	points := make([]scene.Point, m.corners)
	for i := range points {
		sin, cos := math.Sincos(m.from*math.Pi/180 + 2*math.Pi*float64(i)/float64(m.corners))
		points[i] = scene.Point{X: r * cos, Y: r * sin}
	}
	return points
}

// bigger makes up for the corners, so that all marks look equally large.
const bigger = 1.35

// DrawGlyph draws the mark into a plot.
func (m mark) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, p vg.Point) {
	if m.corners == 0 {
		draw.CircleGlyph{}.DrawGlyph(c, style, p)
		return
	}
	var path vg.Path
	for i, q := range m.at(bigger * float64(style.Radius)) {
		at := vg.Point{X: p.X + vg.Length(q.X), Y: p.Y + vg.Length(q.Y)}
		if i == 0 {
			path.Move(at)
		} else {
			path.Line(at)
		}
	}
	path.Close()
	c.SetColor(style.Color)
	c.Fill(path)
}

// sample draws the mark for a legend, its middle at x, y.
func (m mark) sample(x, y, r float64, style scene.Style) scene.Node {
	if m.corners == 0 {
		return scene.Ellipse{X: x, Y: y, RX: r, RY: r, Style: style}
	}
	points := m.at(bigger * r)
	for i, p := range points {
		points[i] = scene.Point{X: x + p.X, Y: y - p.Y}
	}
	return scene.Shape{Path: scene.Polygon(points...), Style: style}
}
