// Package baduk has the board of the game of Go (baduk, weiqi): stones, captures,
// legal moves, liberties, and positions as planes for a network.
package baduk

import (
	"fmt"
	"strings"
)

// A Stone is what lies on a point.
type Stone int8

// The contents of a point.
const (
	Empty Stone = iota
	Black
	White
)

// Other returns the opponent's colour.
func (s Stone) Other() Stone { return Black + White - s }

// A Point is row and column, from 0 at the upper left.
type Point struct{ Row, Col int }

// A Board is a position and who moves next.
type Board struct {
	Size  int
	Next  Stone
	cells []Stone
	ko    Point // where the opponent may not retake at once
	hasKo bool
	age   []int // moves since a stone was played
	moves int
}

// New returns an empty board of size lines, Black to move.
func New(size int) *Board {
	if size < 2 || size > 25 {
		panic(fmt.Sprintf("baduk: a board of %d lines is not possible: want 2 to 25", size))
	}
	return &Board{Size: size, Next: Black, cells: make([]Stone, size*size), age: make([]int, size*size)}
}

// Parse reads a position from rows of ".", "X" (Black) and "O" (White).
func Parse(text string, next Stone) (*Board, error) {
	rows := strings.Fields(text)
	if len(rows) < 2 || len(rows) > 25 {
		return nil, fmt.Errorf("baduk: %d rows; expected 2 to 25", len(rows))
	}
	b := New(len(rows))
	b.Next = next
	for i, row := range rows {
		if len(row) != len(rows) {
			return nil, fmt.Errorf("baduk: row %d has %d points; expected %d", i+1, len(row), len(rows))
		}
		for j, c := range row {
			k := strings.IndexRune(".XO", c)
			if k < 0 {
				return nil, fmt.Errorf("baduk: row %d has %q; expected . X or O", i+1, c)
			}
			b.cells[i*b.Size+j] = Stone(k)
		}
	}
	return b, nil
}

// Clone returns a copy.
func (b *Board) Clone() *Board {
	c := *b
	c.cells = append([]Stone(nil), b.cells...)
	c.age = append([]int(nil), b.age...)
	return &c
}

// At returns what lies on a point.
func (b *Board) At(p Point) Stone { return b.cells[b.index(p)] }

func (b *Board) index(p Point) int { return p.Row*b.Size + p.Col }

// On says whether a point lies on the board.
func (b *Board) On(p Point) bool {
	return p.Row >= 0 && p.Col >= 0 && p.Row < b.Size && p.Col < b.Size
}

// Neighbours returns the two to four points beside a point.
func (b *Board) Neighbours(p Point) (all []Point) {
	for _, d := range [4]Point{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
		if n := (Point{p.Row + d.Row, p.Col + d.Col}); b.On(n) {
			all = append(all, n)
		}
	}
	return all
}

// Group returns the stones connected with the one on p, and their liberties: the
// empty points beside them, each once.
func (b *Board) Group(p Point) (stones, liberties []Point) {
	colour := b.At(p)
	if colour == Empty {
		return nil, nil
	}
	seen := map[Point]bool{p: true}
	stones = []Point{p}
	for i := 0; i < len(stones); i++ {
		for _, n := range b.Neighbours(stones[i]) {
			if seen[n] {
				continue
			}
			switch b.At(n) {
			case colour:
				stones = append(stones, n)
			case Empty:
				liberties = append(liberties, n)
			default:
				continue
			}
			seen[n] = true
		}
	}
	return stones, liberties
}

// Liberties returns how many liberties the group on p has; 0 for an empty point.
func (b *Board) Liberties(p Point) int {
	_, l := b.Group(p)
	return len(l)
}

// Legal says whether the next player may play on p: it is empty, no suicide, and
// does not retake a ko.
func (b *Board) Legal(p Point) bool {
	_, err := b.after(p)
	return err == nil
}

// Play puts the next player's stone on p, takes what it captures off the board,
// and passes the turn.
func (b *Board) Play(p Point) error {
	next, err := b.after(p)
	if err != nil {
		return err
	}
	*b = *next
	return nil
}

// Pass passes the turn.
func (b *Board) Pass() { b.Next, b.hasKo = b.Next.Other(), false }

// after returns the position after a move.
func (b *Board) after(p Point) (*Board, error) {
	switch {
	case !b.On(p):
		return nil, fmt.Errorf("baduk: %v lies outside the board of %d lines", p, b.Size)
	case b.At(p) != Empty:
		return nil, fmt.Errorf("baduk: there is a stone on %v", p)
	case b.hasKo && p == b.ko:
		return nil, fmt.Errorf("baduk: %v would retake the ko at once", p)
	}
	c := b.Clone()
	c.cells[c.index(p)] = b.Next
	var taken []Point
	for _, n := range c.Neighbours(p) {
		if c.At(n) == b.Next.Other() && c.Liberties(n) == 0 {
			stones, _ := c.Group(n)
			for _, s := range stones {
				c.cells[c.index(s)] = Empty
			}
			taken = append(taken, stones...)
		}
	}
	group, liberties := c.Group(p)
	if len(liberties) == 0 {
		return nil, fmt.Errorf("baduk: %v would be suicide", p)
	}
	c.hasKo = len(taken) == 1 && len(group) == 1 && len(liberties) == 1
	if c.hasKo {
		c.ko = taken[0]
	}
	c.moves++
	c.age[c.index(p)] = c.moves
	c.Next = b.Next.Other()
	return c, nil
}

// Captures returns how many stones the next player would take by playing on p.
func (b *Board) Captures(p Point) int {
	c, err := b.after(p)
	if err != nil {
		return 0
	}
	n := 0
	for i, s := range b.cells {
		if s == b.Next.Other() && c.cells[i] == Empty {
			n++
		}
	}
	return n
}

// LegalMoves lists the points the next player may play on, row by row.
func (b *Board) LegalMoves() (all []Point) {
	for i := range b.cells {
		if p := (Point{i / b.Size, i % b.Size}); b.Legal(p) {
			all = append(all, p)
		}
	}
	return all
}

// String draws the board with ".", "X" and "O".
func (b *Board) String() string {
	var s strings.Builder
	for i, c := range b.cells {
		s.WriteByte(".XO"[c])
		if i%b.Size == b.Size-1 {
			s.WriteByte('\n')
		}
	}
	return s.String()
}
