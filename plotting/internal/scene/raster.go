package scene

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"

	"github.com/convnotes/convnotes/plotting/internal/glyph"
)

// Scale is how many pixels of a PNG stand for one CSS pixel, so that figures
// stay sharp on dense screens and on paper.
const Scale = 2

// Raster draws one frame of the scene with scale pixels a unit, on a
// transparent ground.
func (s *Scene) Raster(frame int, scale float64) *image.RGBA {
	ground := image.NewRGBA(image.Rect(0, 0, int(math.Ceil(s.Width*scale)), int(math.Ceil(s.Height*scale))))
	r := &raster{to: ground, see: matrix{scale, 0, 0, scale, 0, 0}, frame: frame}
	paint(r, s.nodes)
	return ground
}

// PNG draws one frame of the scene as a PNG file, with a palette where that
// suffices.
func (s *Scene) PNG(frame int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, reduced(s.Raster(frame, Scale))); err != nil {
		panic("scene: " + err.Error()) // only for an image without an area
	}
	return b.Bytes()
}

func paint(p painter, nodes []Node) {
	for _, n := range nodes {
		n.paint(p)
	}
}

type raster struct {
	to    *image.RGBA
	see   matrix // from the scene to pixels: a scale, then a shift
	frame int
	area  vector.Rasterizer
}

func (r *raster) page(first, last int, nodes []Node) {
	if first <= r.frame && r.frame <= last {
		paint(r, nodes)
	}
}

func (r *raster) move(dx, dy float64, nodes []Node) {
	old := r.see
	r.see.e, r.see.f = old.e+dx*old.a, old.f+dy*old.d
	paint(r, nodes)
	r.see = old
}

func (r *raster) path(p Path, st Style) {
	runs := p.transform(r.see).near().flatten()
	if st.Fill != nil {
		polygons := make([][]Point, len(runs))
		for i, run := range runs {
			polygons[i] = run.points
		}
		r.fill(polygons, st.Fill)
	}
	if st.Stroke == nil || st.Width <= 0 {
		return
	}
	if len(st.Dash) > 0 {
		runs = r.dashed(runs, st.Dash)
	}
	var polygons [][]Point
	for _, run := range runs {
		polygons = append(polygons, run.outline(min(st.Width*r.see.a, far))...)
	}
	r.fill(polygons, st.Stroke)
}

func (r *raster) dashed(runs []run, pattern []float64) (pieces []run) {
	scaled := make([]float64, len(pattern))
	for i, d := range pattern {
		scaled[i] = d * r.see.a
	}
	for _, run := range runs {
		pieces = append(pieces, run.dashes(scaled)...)
	}
	return pieces
}

func (r *raster) text(t Text) {
	dx, dy := t.origin()
	k := t.Size / glyph.Em
	sin, cos := math.Sincos(-t.Angle * math.Pi / 180)
	at := r.see.apply(Point{t.X, t.Y})
	m := matrix{cos * r.see.a, sin * r.see.a, -sin * r.see.a, cos * r.see.a, at.X, at.Y}
	var p Path
	for _, c := range t.String {
		g := glyph.Of(c)
		p = append(p, letter(g.Outline, k, dx, dy)...)
		dx += float64(g.Advance) * k
	}
	var polygons [][]Point
	for _, run := range p.transform(m).near().flatten() {
		polygons = append(polygons, run.points)
	}
	r.fill(polygons, t.Color)
}

// letter returns an outline scaled by k and moved to x, y.
func letter(outline sfnt.Segments, k, x, y float64) (p Path) {
	for _, s := range outline {
		var q [3]Point
		for i, a := range s.Args {
			q[i] = Point{x + k*float64(a.X)/64, y + k*float64(a.Y)/64}
		}
		p = append(p, segment{"MLQC"[s.Op], q})
	}
	return p
}

func (r *raster) image(i Image) {
	a, b := r.see.apply(Point{i.X, i.Y}), r.see.apply(Point{i.X + i.W, i.Y + i.H})
	target := image.Rect(round(a.X), round(a.Y), round(b.X), round(b.Y))
	scaler := draw.Scaler(draw.NearestNeighbor)
	if i.Smooth {
		scaler = draw.CatmullRom
	}
	scaler.Scale(r.to, target, i.Picture, i.Picture.Bounds(), draw.Over, nil)
}

func round(v float64) int { return int(math.Round(v)) }

// fill covers polygons, whose union is taken, with a colour.
func (r *raster) fill(polygons [][]Point, c color.Color) {
	if len(polygons) == 1 {
		if exact, ok := pixels(polygons[0]); ok {
			draw.Draw(r.to, exact, image.NewUniform(c), image.Point{}, draw.Over)
			return
		}
	}
	area := bounds(polygons).Intersect(r.to.Bounds())
	if area.Empty() {
		return
	}
	r.area.Reset(area.Dx(), area.Dy())
	x, y := float64(area.Min.X), float64(area.Min.Y)
	for _, p := range polygons {
		if len(p) < 3 {
			continue
		}
		r.area.MoveTo(float32(p[0].X-x), float32(p[0].Y-y))
		for _, q := range p[1:] {
			r.area.LineTo(float32(q.X-x), float32(q.Y-y))
		}
		r.area.ClosePath()
	}
	r.area.Draw(r.to, area, image.NewUniform(c), image.Point{})
}

// pixels returns the rectangle that a polygon is, if it covers whole pixels.
func pixels(p []Point) (r image.Rectangle, ok bool) {
	if len(p) != 4 || p[0].Y != p[1].Y || p[1].X != p[2].X || p[2].Y != p[3].Y || p[3].X != p[0].X {
		return r, false
	}
	for _, q := range p {
		if q.X != math.Trunc(q.X) || q.Y != math.Trunc(q.Y) {
			return r, false
		}
	}
	return image.Rect(int(p[0].X), int(p[0].Y), int(p[2].X), int(p[2].Y)), true
}

func bounds(polygons [][]Point) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range polygons {
		for _, q := range p {
			x0, y0, x1, y1 = min(x0, q.X), min(y0, q.Y), max(x1, q.X), max(y1, q.Y)
		}
	}
	if len(polygons) == 0 || x0 > x1 {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1)))
}
