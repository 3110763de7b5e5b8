package data

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/convnotes/convnotes/cnn/data/baduk"
)

// Generated pictures follow from their seed, the same everywhere.

func generator(seed, kind uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, kind)) }

// generated draws n pictures of size×size in classes that take turns.
func generated(n, size int, seed, kind uint64, names []string, draw func(r *rand.Rand, class int, set func(row, column int, v float64))) *Images {
	r := generator(seed, kind)
	s := &Images{shape: []int{1, size, size}, names: names, floats: make([]float32, n*size*size), labels: make([]int, n)}
	for i := range n {
		picture := s.floats[i*size*size : (i+1)*size*size]
		s.labels[i] = i % len(names)
		draw(r, s.labels[i], func(row, column int, v float64) {
			if row >= 0 && column >= 0 && row < size && column < size {
				picture[row*size+column] = float32(min(1, max(0, v)))
			}
		})
	}
	return s
}

// Shapes returns n pictures of filled squares, disks, triangles and crosses of
// random size at random places.
func Shapes(n, size int, seed uint64) *Images {
	return generated(n, size, seed, 1, []string{"square", "disk", "triangle", "cross"}, func(r *rand.Rand, class int, set func(int, int, float64)) {
		half := float64(size) * (0.15 + 0.15*r.Float64())
		cy, cx := half+r.Float64()*(float64(size)-2*half), half+r.Float64()*(float64(size)-2*half)
		bright := 0.6 + 0.4*r.Float64()
		for i := range size {
			for j := range size {
				y, x := (float64(i)+0.5-cy)/half, (float64(j)+0.5-cx)/half
				inside := map[int]bool{
					0: math.Abs(x) <= 1 && math.Abs(y) <= 1,
					1: x*x+y*y <= 1,
					2: y <= 1 && math.Abs(x) <= (y+1)/2,
					3: math.Abs(x) <= 1 && math.Abs(y) <= 1 && (math.Abs(x) <= 0.35 || math.Abs(y) <= 0.35),
				}
				if inside[class] {
					set(i, j, bright)
				}
			}
		}
	})
}

// Strokes returns n pictures with one straight stroke: lying, standing, rising or
// falling.
func Strokes(n, size int, seed uint64) *Images {
	return generated(n, size, seed, 2, []string{"lying", "standing", "rising", "falling"}, func(r *rand.Rand, class int, set func(int, int, float64)) {
		length := size/2 + r.IntN(size/3+1)
		i, j := r.IntN(max(1, size-length+1)), r.IntN(max(1, size-length+1))
		across := r.IntN(size)
		for k := range length {
			switch class {
			case 0:
				set(across, j+k, 1)
			case 1:
				set(i+k, across, 1)
			case 2:
				set(i+length-1-k, j+k, 1)
			case 3:
				set(i+k, j+k, 1)
			}
		}
	})
}

// Edges returns n pictures that are dark on one side and bright on the other:
// with the bright side right, left, below or above.
func Edges(n, size int, seed uint64) *Images {
	return generated(n, size, seed, 3, []string{"right", "left", "below", "above"}, func(r *rand.Rand, class int, set func(int, int, float64)) {
		at := size/4 + r.IntN(size/2+1)
		for i := range size {
			for j := range size {
				bright := map[int]bool{0: j >= at, 1: j < at, 2: i >= at, 3: i < at}[class]
				v := 0.1 + 0.1*r.Float64()
				if bright {
					v += 0.7
				}
				set(i, j, v)
			}
		}
	})
}

// ClutteredDigits returns n pictures of 1×40×40 with one digit of Digits,
// enlarged to 14 to 22 pixels, anywhere, among eight patches of 6×6 from other
// digits: what the Spatial Transformer is to find. training takes digits from the
// first 1,437, else from the last 360.
func ClutteredDigits(n int, training bool, seed uint64) (*Images, error) {
	all, err := Digits()
	if err != nil {
		return nil, err
	}
	from := all.Slice(1437, all.Len())
	if training {
		from = all.Slice(0, 1437)
	}
	const size = 40
	r := generator(seed, 4)
	s := &Images{shape: []int{1, size, size}, names: DigitNames, floats: make([]float32, n*size*size), labels: make([]int, n)}
	for i := range n {
		picture := s.floats[i*size*size : (i+1)*size*size]
		for range 8 {
			other := enlarged(from, r.IntN(from.Len()), 14+r.IntN(9))
			paste(picture, size, other.cut(r.IntN(other.size-6), r.IntN(other.size-6), 6), r.IntN(size-6), r.IntN(size-6))
		}
		k := r.IntN(from.Len())
		s.labels[i] = from.Label(k)
		digit := enlarged(from, k, 14+r.IntN(9))
		paste(picture, size, digit, r.IntN(size-digit.size+1), r.IntN(size-digit.size+1))
	}
	return s, nil
}

// A patch is a square of pixels.
type patch struct {
	size   int
	pixels []float32
}

// enlarged returns picture i of a set of 8×8 at another size, between pixels by
// nearness.
func enlarged(s *Images, i, size int) patch {
	p := patch{size, make([]float32, size*size)}
	from := make([]float32, 64)
	s.copy(from, i)
	at := func(y, x int) float64 { return float64(from[min(7, max(0, y))*8+min(7, max(0, x))]) }
	for r := range size {
		for c := range size {
			y, x := (float64(r)+0.5)*8/float64(size)-0.5, (float64(c)+0.5)*8/float64(size)-0.5
			y0, x0 := int(math.Floor(y)), int(math.Floor(x))
			a, b := y-float64(y0), x-float64(x0)
			p.pixels[r*size+c] = float32((1-a)*((1-b)*at(y0, x0)+b*at(y0, x0+1)) + a*((1-b)*at(y0+1, x0)+b*at(y0+1, x0+1)))
		}
	}
	return p
}

func (p patch) cut(top, left, size int) patch {
	c := patch{size, make([]float32, size*size)}
	for i := range size {
		copy(c.pixels[i*size:(i+1)*size], p.pixels[(top+i)*p.size+left:])
	}
	return c
}

// paste takes the brighter of picture and patch.
func paste(picture []float32, size int, p patch, top, left int) {
	for i := range p.size {
		for j := range p.size {
			at := &picture[(top+i)*size+left+j]
			*at = max(*at, p.pixels[i*p.size+j])
		}
	}
}

// AtariMoves returns n positions of Go on a board of size lines with one group
// of the opponent's in atari; the label is the point (row·size + column) that
// captures it, the picture three planes: own stones, the opponent's, empty
// points. liberties adds so many planes of liberties.
func AtariMoves(n, size, liberties int, seed uint64) *Images {
	r := generator(seed, 5)
	s := &Images{shape: []int{3 + liberties, size, size}, labels: make([]int, n)}
	for p := range size * size {
		s.names = append(s.names, fmt.Sprintf("%d,%d", p/size, p%size))
	}
	for i := range n {
		b, move := baduk.Atari(size, r)
		s.labels[i] = move.Row*size + move.Col
		s.floats = append(s.floats, baduk.Planes(b)...)
		if liberties > 0 {
			s.floats = append(s.floats, baduk.LibertyPlanes(b, liberties)...)
		}
	}
	return s
}
