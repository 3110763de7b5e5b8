// Package scene describes a drawing once, for two back ends: SVG and PNG.
//
// Lengths are CSS pixels, x to the right and y down. A scene may have frames:
// what stands in a During is seen only in some of them, and a stepper turns
// the pages.
package scene

import (
	"image"
	"image/color"
	"math"

	"github.com/convnotes/convnotes/plotting/internal/glyph"
)

// A Scene is a drawing of the given size.
type Scene struct {
	Width, Height float64
	nodes         []Node
}

// New returns an empty scene.
func New(width, height float64) *Scene { return &Scene{Width: width, Height: height} }

// Add draws nodes over what is there.
func (s *Scene) Add(nodes ...Node) { s.nodes = append(s.nodes, nodes...) }

// A Node is a part of a scene.
type Node interface{ paint(p painter) }

// A painter is a back end.
type painter interface {
	path(Path, Style)
	text(Text)
	image(Image)
	move(dx, dy float64, nodes []Node)
	page(first, last int, nodes []Node)
}

// A Style says how a path is drawn. A nil colour is none.
type Style struct {
	Fill, Stroke color.Color
	Width        float64   // of the stroke
	Dash         []float64 // lengths of dash and gap in turn
}

// A Shape is a path in a style.
type Shape struct {
	Path Path
	Style
}

func (s Shape) paint(p painter) { p.path(s.Path, s.Style) }

// A Rect may have rounded corners.
type Rect struct {
	X, Y, W, H, Radius float64
	Style
}

func (r Rect) paint(p painter) { p.path(rounded(r), r.Style) }

// An Ellipse is given by its centre and half axes.
type Ellipse struct {
	X, Y, RX, RY float64
	Style
}

func (e Ellipse) paint(p painter) {
	const k = 0.5522847498 // the best cubic for a quarter of a circle
	var q Path
	q.Move(e.X+e.RX, e.Y)
	q.Cube(e.X+e.RX, e.Y+k*e.RY, e.X+k*e.RX, e.Y+e.RY, e.X, e.Y+e.RY)
	q.Cube(e.X-k*e.RX, e.Y+e.RY, e.X-e.RX, e.Y+k*e.RY, e.X-e.RX, e.Y)
	q.Cube(e.X-e.RX, e.Y-k*e.RY, e.X-k*e.RX, e.Y-e.RY, e.X, e.Y-e.RY)
	q.Cube(e.X+k*e.RX, e.Y-e.RY, e.X+e.RX, e.Y-k*e.RY, e.X+e.RX, e.Y)
	q.Close()
	p.path(q, e.Style)
}

// Line joins points.
func Line(color color.Color, width float64, points ...Point) Shape {
	return Shape{Polyline(points...), Style{Stroke: color, Width: width}}
}

// Arrow joins points and ends in a head.
func Arrow(color color.Color, width float64, points ...Point) Group {
	last := len(points) - 1
	tip, from := points[last], points[last-1]
	dx, dy := tip.X-from.X, tip.Y-from.Y
	length := math.Hypot(dx, dy)
	if length == 0 {
		return Group{}
	}
	dx, dy = dx/length, dy/length
	long, half := 4+3*width, 2.2+1.2*width
	base := Point{tip.X - long*dx, tip.Y - long*dy}
	shaft := append(append([]Point(nil), points[:last]...), base)
	head := Polyline(tip, Point{base.X - half*dy, base.Y + half*dx}, Point{base.X + half*dy, base.Y - half*dx})
	head.Close()
	return Group{Nodes: []Node{Line(color, width, shaft...), Shape{head, Style{Fill: color}}}}
}

// An Anchor is the part of a text that lies at its X.
type Anchor int

const (
	Start Anchor = iota
	Middle
	End
)

// A Text is one line. Y is its baseline, or half the height of its capitals
// above it when Centred.
type Text struct {
	X, Y, Size float64
	Anchor     Anchor
	Centred    bool
	Angle      float64 // counter-clockwise, in degrees, about X, Y
	Color      color.Color
	String     string
}

func (t Text) paint(p painter) {
	if t.String != "" {
		p.text(t)
	}
}

// Width returns how far the text reaches.
func (t Text) Width() float64 { return glyph.Width(t.String, t.Size) }

// origin returns where the first letter starts, before turning.
func (t Text) origin() (dx, dy float64) {
	switch t.Anchor {
	case Middle:
		dx = -t.Width() / 2
	case End:
		dx = -t.Width()
	}
	if t.Centred {
		dy = t.Size * glyph.CapHeight / glyph.Em / 2
	}
	return dx, dy
}

// An Image fills a rectangle; its pixels stay sharp unless Smooth.
type Image struct {
	X, Y, W, H float64
	Picture    image.Image
	Smooth     bool
}

func (i Image) paint(p painter) { p.image(i) }

// A Group is moved as one.
type Group struct {
	DX, DY float64
	Nodes  []Node
}

func (g Group) paint(p painter) { p.move(g.DX, g.DY, g.Nodes) }

// During holds nodes that are seen from frame first to frame last.
func During(first, last int, nodes ...Node) Node { return page{first, last, nodes} }

type page struct {
	first, last int
	nodes       []Node
}

func (g page) paint(p painter) { p.page(g.first, g.last, g.nodes) }
