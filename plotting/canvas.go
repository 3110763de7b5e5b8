package plotting

import (
	"image"
	"image/color"
	"math"
	"sync"

	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// useFont lets gonum measure text with the font that figures are drawn with,
// which unlike gonum's own has Chinese.
var useFont = sync.OnceFunc(func() {
	f := font.Font{Typeface: "Micro Hei", Variant: "Sans"}
	font.DefaultCache.Add(font.Collection{{Font: f, Face: (*opentype.Font)(glyph.Font())}})
	plot.DefaultFont, plotter.DefaultFont = f, f
})

// drawn draws a plot of gonum's as a block; a point of gonum's is a CSS pixel.
func drawn(p *plot.Plot, width, height float64) block {
	c := &canvas{h: height, block: block{w: width, h: height}}
	c.state.see = turn{a: 1, d: 1}
	vg.Initialize(c)
	p.Draw(draw.NewCanvas(c, vg.Length(width), vg.Length(height)))
	return c.block
}

// A canvas is gonum's drawing surface, whose y points up, over a block.
type canvas struct {
	h     float64
	block block
	state pen
	stack []pen
}

type pen struct {
	width float64
	dash  []float64
	color color.Color
	see   turn
	angle float64 // of see, in degrees
}

// A turn maps x, y to a·x + c·y + e, b·x + d·y + f.
type turn struct{ a, b, c, d, e, f float64 }

// then returns the turn that applies u first.
func (t turn) then(u turn) turn {
	return turn{
		t.a*u.a + t.c*u.b, t.b*u.a + t.d*u.b,
		t.a*u.c + t.c*u.d, t.b*u.c + t.d*u.d,
		t.a*u.e + t.c*u.f + t.e, t.b*u.e + t.d*u.f + t.f,
	}
}

func (c *canvas) place(p vg.Point) (x, y float64) {
	t, px, py := c.state.see, float64(p.X), float64(p.Y)
	return t.a*px + t.c*py + t.e, c.h - (t.b*px + t.d*py + t.f)
}

func (c *canvas) SetLineWidth(w vg.Length) { c.state.width = float64(w) }

func (c *canvas) SetLineDash(pattern []vg.Length, _ vg.Length) {
	c.state.dash = nil
	for _, l := range pattern {
		c.state.dash = append(c.state.dash, float64(l))
	}
}

func (c *canvas) SetColor(to color.Color) {
	if to == nil {
		to = color.Black
	}
	c.state.color = to
}

func (c *canvas) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	c.state.see = c.state.see.then(turn{a: cos, b: sin, c: -sin, d: cos})
	c.state.angle += rad * 180 / math.Pi
}

func (c *canvas) Translate(p vg.Point) {
	c.state.see = c.state.see.then(turn{a: 1, d: 1, e: float64(p.X), f: float64(p.Y)})
}

func (c *canvas) Scale(x, y float64) { c.state.see = c.state.see.then(turn{a: x, d: y}) }

func (c *canvas) Push() { c.stack = append(c.stack, c.state) }

func (c *canvas) Pop() {
	last := len(c.stack) - 1
	c.state, c.stack = c.stack[last], c.stack[:last]
}

func (c *canvas) Stroke(p vg.Path) {
	if c.state.width > 0 {
		c.block.add(scene.Shape{Path: c.path(p), Style: scene.Style{Stroke: c.state.color, Width: c.state.width, Dash: c.state.dash}})
	}
}

func (c *canvas) Fill(p vg.Path) {
	c.block.add(scene.Shape{Path: c.path(p), Style: scene.Style{Fill: c.state.color}})
}

func (c *canvas) path(p vg.Path) (q scene.Path) {
	for _, s := range p {
		x, y := c.place(s.Pos)
		switch s.Type {
		case vg.MoveComp:
			q.Move(x, y)
		case vg.LineComp:
			q.Line(x, y)
		case vg.ArcComp:
			c.arc(&q, s)
		case vg.CurveComp:
			x1, y1 := c.place(s.Control[0])
			if len(s.Control) == 1 {
				q.Quad(x1, y1, x, y)
				continue
			}
			x2, y2 := c.place(s.Control[1])
			q.Cube(x1, y1, x2, y2, x, y)
		case vg.CloseComp:
			q.Close()
		}
	}
	return q
}

// arc follows a circle in steps of at most 15 degrees.
func (c *canvas) arc(q *scene.Path, s vg.PathComp) {
	n := max(1, int(math.Ceil(math.Abs(s.Angle)/(math.Pi/12))))
	for i := range n + 1 {
		sin, cos := math.Sincos(s.Start + s.Angle*float64(i)/float64(n))
		x, y := c.place(vg.Point{X: s.Pos.X + s.Radius*vg.Length(cos), Y: s.Pos.Y + s.Radius*vg.Length(sin)})
		if i == 0 && len(*q) == 0 {
			q.Move(x, y)
		} else {
			q.Line(x, y)
		}
	}
}

func (c *canvas) FillString(f font.Face, p vg.Point, text string) {
	x, y := c.place(p)
	c.block.add(scene.Text{X: x, Y: y, Size: float64(f.Font.Size), Angle: c.state.angle, Color: c.state.color, String: text})
}

func (c *canvas) DrawImage(r vg.Rectangle, picture image.Image) {
	x0, y0 := c.place(vg.Point{X: r.Min.X, Y: r.Max.Y})
	x1, y1 := c.place(vg.Point{X: r.Max.X, Y: r.Min.Y})
	c.block.add(scene.Image{X: x0, Y: y0, W: x1 - x0, H: y1 - y0, Picture: picture})
}
