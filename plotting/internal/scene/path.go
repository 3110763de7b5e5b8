package scene

import "math"

// A Point is a place in a scene.
type Point struct{ X, Y float64 }

// A Path is a sequence of lines and curves.
type Path []segment

type segment struct {
	op byte // M, L, Q, C or Z, as in SVG
	to [3]Point
}

func (p *Path) Move(x, y float64) { p.add('M', Point{x, y}) }
func (p *Path) Line(x, y float64) { p.add('L', Point{x, y}) }
func (p *Path) Quad(x1, y1, x, y float64) {
	p.add('Q', Point{x1, y1}, Point{x, y})
}
func (p *Path) Cube(x1, y1, x2, y2, x, y float64) {
	p.add('C', Point{x1, y1}, Point{x2, y2}, Point{x, y})
}
func (p *Path) Close() { p.add('Z') }

func (p *Path) add(op byte, to ...Point) {
	s := segment{op: op}
	copy(s.to[:], to)
	*p = append(*p, s)
}

// points returns how many points an operation has; its last is where it ends.
func (s segment) points() int {
	switch s.op {
	case 'M', 'L':
		return 1
	case 'Q':
		return 2
	case 'C':
		return 3
	}
	return 0
}

// Polyline joins points by lines.
func Polyline(points ...Point) Path {
	var p Path
	for i, q := range points {
		if i == 0 {
			p.Move(q.X, q.Y)
		} else {
			p.Line(q.X, q.Y)
		}
	}
	return p
}

// Polygon is a closed Polyline.
func Polygon(points ...Point) Path {
	p := Polyline(points...)
	p.Close()
	return p
}

func rounded(r Rect) Path {
	var p Path
	x, y, w, h := r.X, r.Y, r.W, r.H
	c := min(r.Radius, w/2, h/2)
	if c <= 0 {
		return Polygon(Point{x, y}, Point{x + w, y}, Point{x + w, y + h}, Point{x, y + h})
	}
	p.Move(x+c, y)
	p.Line(x+w-c, y)
	p.Quad(x+w, y, x+w, y+c)
	p.Line(x+w, y+h-c)
	p.Quad(x+w, y+h, x+w-c, y+h)
	p.Line(x+c, y+h)
	p.Quad(x, y+h, x, y+h-c)
	p.Line(x, y+c)
	p.Quad(x, y, x+c, y)
	p.Close()
	return p
}

// A matrix maps x, y to a·x + c·y + e, b·x + d·y + f.
type matrix struct{ a, b, c, d, e, f float64 }

func (m matrix) apply(p Point) Point {
	return Point{m.a*p.X + m.c*p.Y + m.e, m.b*p.X + m.d*p.Y + m.f}
}

// transform returns the path seen through m.
func (p Path) transform(m matrix) Path {
	q := make(Path, len(p))
	for i, s := range p {
		for k := range s.points() {
			s.to[k] = m.apply(s.to[k])
		}
		q[i] = s
	}
	return q
}

// far is beyond every drawing, in pixels.
const far = 1 << 16

// near keeps a path within bounds in which the rasterizer can count; what is
// not a number lies at 0.
func (p Path) near() Path {
	clamp := func(v float64) float64 {
		if math.IsNaN(v) {
			return 0
		}
		return max(-far, min(v, far))
	}
	for i, s := range p {
		for k, q := range s.to {
			p[i].to[k] = Point{clamp(q.X), clamp(q.Y)}
		}
	}
	return p
}

// A run is a path without curves.
type run struct {
	points []Point
	closed bool
}

// flatten replaces curves by lines that stray from them less than a tenth of a
// unit.
func (p Path) flatten() (runs []run) {
	var at Point
	for _, s := range p {
		if s.op == 'M' {
			runs = append(runs, run{})
		}
		if len(runs) == 0 {
			continue
		}
		r := &runs[len(runs)-1]
		switch s.op {
		case 'Z':
			r.closed = true
		case 'Q':
			r.points = append(r.points, bend(at, s.to[0], s.to[0], s.to[1], true)...)
		case 'C':
			r.points = append(r.points, bend(at, s.to[0], s.to[1], s.to[2], false)...)
		default:
			r.points = append(r.points, s.to[0])
		}
		if n := s.points(); n > 0 {
			at = s.to[n-1]
		}
	}
	return runs
}

// bend returns points along a curve from a to d, without a.
func bend(a, b, c, d Point, quadratic bool) []Point {
	size := math.Hypot(b.X-a.X, b.Y-a.Y) + math.Hypot(c.X-b.X, c.Y-b.Y) + math.Hypot(d.X-c.X, d.Y-c.Y)
	n := int(math.Ceil(1.5*math.Sqrt(size))) + 1
	points := make([]Point, n)
	for i := range points {
		t := float64(i+1) / float64(n)
		u := 1 - t
		if quadratic {
			points[i] = Point{u*u*a.X + 2*u*t*b.X + t*t*d.X, u*u*a.Y + 2*u*t*b.Y + t*t*d.Y}
		} else {
			points[i] = Point{
				u*u*u*a.X + 3*u*u*t*b.X + 3*u*t*t*c.X + t*t*t*d.X,
				u*u*u*a.Y + 3*u*u*t*b.Y + 3*u*t*t*c.Y + t*t*t*d.Y,
			}
		}
	}
	return points
}
