package compute

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestMaxPoolMatchesItsDefinition(t *testing.T) {
	ways(t, func(t *testing.T) {
		for _, g := range []Pool{
			{Planes: 6, H: 28, W: 28, Kh: 2, Kw: 2, StrideH: 2, StrideW: 2, OutH: 14, OutW: 14},
			{Planes: 3, H: 17, W: 33, Kh: 2, Kw: 2, StrideH: 2, StrideW: 2, OutH: 8, OutW: 16},
			{Planes: 3, H: 10, W: 10, Kh: 2, Kw: 2, StrideH: 2, StrideW: 2, OutH: 5, OutW: 5},
			{Planes: 4, H: 7, W: 6, Kh: 2, Kw: 2, StrideH: 2, StrideW: 2, OutH: 3, OutW: 3},
			{Planes: 5, H: 2, W: 3, Kh: 2, Kw: 2, StrideH: 2, StrideW: 2, OutH: 1, OutW: 1},
			{Planes: 9, H: 2, W: 2, Kh: 2, Kw: 2, StrideH: 2, StrideW: 2, OutH: 1, OutW: 1},
			{Planes: 2, H: 14, W: 13, Kh: 3, Kw: 3, StrideH: 2, StrideW: 2, OutH: 6, OutW: 6},
			{Planes: 2, H: 14, W: 13, Kh: 3, Kw: 3, StrideH: 2, StrideW: 2, OutH: 7, OutW: 6},
			{Planes: 2, H: 9, W: 19, Kh: 3, Kw: 3, StrideH: 1, StrideW: 1, Top: 1, Left: 1, Bottom: 1, Right: 1, OutH: 9, OutW: 19},
			{Planes: 1, H: 9, W: 19, Kh: 2, Kw: 3, StrideH: 1, StrideW: 2, DilationH: 3, DilationW: 2, Left: 1, OutH: 6, OutW: 8},
			{Planes: 3, H: 7, W: 7, Kh: 3, Kw: 3, StrideH: 1, StrideW: 1, Top: 1, Left: 1, Bottom: 1, Right: 1, OutH: 7, OutW: 7},
			{Planes: 3, H: 14, W: 14, Kh: 3, Kw: 3, StrideH: 2, StrideW: 2, Top: 1, Left: 1, Bottom: 1, Right: 1, OutH: 7, OutW: 7},
			{Planes: 1, H: 70, W: 150, Kh: 3, Kw: 3, StrideH: 1, StrideW: 1, Top: 1, Left: 1, Bottom: 1, Right: 1, OutH: 70, OutW: 150},
			{Planes: 2, H: 9, W: 8, Kh: 4, Kw: 5, StrideH: 1, StrideW: 1, Top: 2, Left: 2, Bottom: 1, Right: 2, OutH: 9, OutW: 8},
			{Planes: 2, H: 6, W: 11, Kh: 6, Kw: 11, StrideH: 1, StrideW: 1, OutH: 1, OutW: 1},
			{Planes: 2, H: 3, W: 2, Kh: 5, Kw: 4, StrideH: 3, StrideW: 3, Top: 2, Left: 2, Bottom: 2, Right: 2, OutH: 1, OutW: 1},
			{Planes: 2, H: 8, W: 9, Kh: 1, Kw: 1, StrideH: 3, StrideW: 4, OutH: 3, OutW: 3},
		} {
			g.DilationH, g.DilationW = max(1, g.DilationH), max(1, g.DilationW)
			t.Run(fmt.Sprint(g), func(t *testing.T) { checkMaxPool(t, g) })
		}
	})
}

func checkMaxPool(t *testing.T, g Pool) {
	r := rand.New(rand.NewPCG(5, 5))
	x := make([]float32, g.Planes*g.H*g.W)
	for i := range x { // few values, so that windows have ties, and some that are no numbers
		x[i] = float32(r.IntN(5) - 2)
		if r.IntN(40) == 0 {
			x[i] = float32(math.NaN())
		}
	}
	size := g.OutH * g.OutW
	y, arg, alone := make([]float32, g.Planes*size), make([]int32, g.Planes*size), make([]float32, g.Planes*size)
	g.Max(y, arg, x)
	g.Max(alone, nil, x)
	for p := range g.Planes {
		for i := range g.OutH {
			for j := range g.OutW {
				at := p*size + i*g.OutW + j
				best, place := float32(math.Inf(-1)), -1
				for u := range g.Kh {
					for v := range g.Kw {
						r, q := i*g.StrideH-g.Top+u*g.DilationH, j*g.StrideW-g.Left+v*g.DilationW
						if r < 0 || q < 0 || r >= g.H || q >= g.W {
							continue
						}
						if c := x[p*g.H*g.W+r*g.W+q]; place < 0 || c > best || c != c && best == best {
							best, place = c, r*g.W+q
						}
					}
				}
				same := func(v float32) bool { return v == best || v != v && best != best }
				if !same(y[at]) || int(arg[at]) != place || !same(alone[at]) {
					t.Fatalf("plane %d, window %d,%d: %v at %d (alone %v), want %v at %d", p, i, j, y[at], arg[at], alone[at], best, place)
				}
			}
		}
	}
	checkMaxBackward(t, g, arg)
}

// checkMaxBackward sends every gradient to the place of its maximum.
func checkMaxBackward(t *testing.T, g Pool, arg []int32) {
	r := rand.New(rand.NewPCG(6, 6))
	dy := random(r, len(arg))
	for _, add := range []bool{false, true} {
		got := random(r, g.Planes*g.H*g.W)
		want := make([]float32, len(got))
		if add {
			copy(want, got)
		}
		for i, place := range arg {
			want[i/(g.OutH*g.OutW)*g.H*g.W+int(place)] += dy[i]
		}
		g.MaxBackward(got, dy, arg, add)
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("gradient (add %v) of cell %d is %v, want %v", add, i, got[i], want[i])
			}
		}
	}
}
