package scene

import (
	"math"
	"slices"
)

// outline returns polygons that together cover the stroke of a run: a
// rectangle for every line and a disc at every joint, all turning the same
// way, so that where they overlap they count once.
func (r run) outline(width float64) (polygons [][]Point) {
	points, half := distinct(r.points), width/2
	if r.closed && len(points) > 1 && points[0] != points[len(points)-1] {
		points = append(points, points[0])
	}
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		length := math.Hypot(b.X-a.X, b.Y-a.Y)
		nx, ny := -half*(b.Y-a.Y)/length, half*(b.X-a.X)/length
		polygons = append(polygons, []Point{{a.X + nx, a.Y + ny}, {b.X + nx, b.Y + ny}, {b.X - nx, b.Y - ny}, {a.X - nx, a.Y - ny}})
		if i < len(points)-1 || r.closed {
			polygons = append(polygons, disc(b, half))
		}
	}
	return polygons
}

func distinct(points []Point) (kept []Point) {
	for i, p := range points {
		if i == 0 || math.Hypot(p.X-kept[len(kept)-1].X, p.Y-kept[len(kept)-1].Y) > 1e-6 {
			kept = append(kept, p)
		}
	}
	return kept
}

func disc(centre Point, radius float64) []Point {
	n := 8 + int(2*min(radius, 100))
	points := make([]Point, n)
	for i := range points {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / float64(n))
		points[i] = Point{centre.X + radius*cos, centre.Y + radius*sin}
	}
	return points
}

// dashes cuts a run into the pieces that are drawn.
func (r run) dashes(pattern []float64) (pieces []run) {
	points := distinct(r.points)
	if r.closed && len(points) > 1 {
		points = append(points, points[0])
	}
	if !(slices.Min(pattern) > 0) {
		return []run{r}
	}
	at, left, drawn := 0, pattern[0], true
	piece := run{}
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		length := math.Hypot(b.X-a.X, b.Y-a.Y)
		if drawn && len(piece.points) == 0 {
			piece.points = []Point{a}
		}
		for done := 0.0; done < length; {
			step := min(left, length-done)
			done += step
			left -= step
			p := Point{a.X + (b.X-a.X)*done/length, a.Y + (b.Y-a.Y)*done/length}
			if drawn {
				piece.points = append(piece.points, p)
			}
			if left > 1e-9 {
				continue
			}
			if drawn {
				pieces = append(pieces, piece)
			}
			at, drawn = (at+1)%len(pattern), !drawn
			left, piece = pattern[at], run{points: []Point{p}}
		}
	}
	if drawn && len(piece.points) > 1 {
		pieces = append(pieces, piece)
	}
	return pieces
}
