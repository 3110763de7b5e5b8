package baduk

import "math/rand/v2"

// Planes writes a position as numbers for a network, plane by plane and row by
// row: the next player's stones, the opponent's, empty points.
func Planes(b *Board) []float32 {
	n := len(b.cells)
	x := make([]float32, 3*n)
	for i, c := range b.cells {
		switch c {
		case b.Next:
			x[i] = 1
		case Empty:
			x[2*n+i] = 1
		default:
			x[n+i] = 1
		}
	}
	return x
}

// LibertyPlanes writes the liberties of every group: plane k has a 1 where a
// stone's group has k+1 liberties, the last where it has as many as there are
// planes or more.
func LibertyPlanes(b *Board, planes int) []float32 {
	n := len(b.cells)
	x := make([]float32, planes*n)
	for i := range b.cells {
		if l := b.Liberties(Point{i / b.Size, i % b.Size}); l > 0 {
			x[(min(l, planes)-1)*n+i] = 1
		}
	}
	return x
}

// A Symmetry turns and mirrors the board: quarter turns clockwise, after a
// mirroring left to right.
type Symmetry struct {
	Turns  int
	Mirror bool
}

// Symmetries returns the eight of a square.
func Symmetries() (all []Symmetry) {
	for _, m := range []bool{false, true} {
		for t := range 4 {
			all = append(all, Symmetry{t, m})
		}
	}
	return all
}

// Point returns where a point of a board of size lines goes.
func (s Symmetry) Point(p Point, size int) Point {
	if s.Mirror {
		p.Col = size - 1 - p.Col
	}
	for range s.Turns {
		p.Row, p.Col = p.Col, size-1-p.Row
	}
	return p
}

// Board returns the position turned, with the same player to move.
func (s Symmetry) Board(b *Board) *Board {
	c := New(b.Size)
	c.Next = b.Next
	for i, stone := range b.cells {
		c.cells[c.index(s.Point(Point{i / b.Size, i % b.Size}, b.Size))] = stone
	}
	return c
}

// Atari draws a position in which exactly one of the opponent's groups has a
// single liberty, and returns that liberty: the move that captures it.
func Atari(size int, r *rand.Rand) (*Board, Point) {
	for {
		b := New(size)
		for range size*size/4 + r.IntN(size*size/4) {
			b.Play(Point{r.IntN(size), r.IntN(size)}) // an illegal move is left out
		}
		if p, ok := b.onlyAtari(); ok && b.Legal(p) {
			return b, p
		}
	}
}

// onlyAtari returns the last liberty of the opponent's only group in atari.
func (b *Board) onlyAtari() (found Point, ok bool) {
	for i, c := range b.cells {
		if c != b.Next.Other() {
			continue
		}
		_, l := b.Group(Point{i / b.Size, i % b.Size})
		if len(l) != 1 || ok && l[0] == found {
			continue
		}
		if ok {
			return Point{}, false
		}
		found, ok = l[0], true
	}
	return found, ok
}
