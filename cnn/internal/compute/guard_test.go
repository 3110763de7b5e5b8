//go:build unix

package compute

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// guarded returns a copy of s that ends where a page begins that must not be
// touched (or, with before, begins where one ends): a kernel that reads or
// writes past the slice ends the test.
func guarded(t *testing.T, s []float32, before bool) []float32 {
	page := unix.Getpagesize()
	size := (4*len(s) + page - 1) / page * page
	m, err := unix.Mmap(-1, 0, size+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(m) })
	for _, guard := range [][]byte{m[:page], m[page+size:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	at := page + size - 4*len(s)
	if before {
		at = page
	}
	g := unsafe.Slice((*float32)(unsafe.Pointer(&m[at])), len(s))
	copy(g, s)
	return g
}

func TestNothingIsTouchedOutside(t *testing.T) {
	ways(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(2, 2))
		for _, before := range []bool{false, true} {
			place := func(n int) []float32 { return guarded(t, random(r, n), before) }
			var convs []Conv
			for _, c := range geometries {
				convs = append(convs, complete(c.Conv))
			}
			for range 40 {
				if g, ok := convFrom(r.Uint64()); ok {
					convs = append(convs, g)
				}
			}
			for _, g := range convs {
				x, w, bias := place(g.N*g.C*g.H*g.W), place(g.Out*g.C/g.Groups*g.Kh*g.Kw), place(g.Out)
				y, dx, dw := place(g.N*g.Out*g.OutH()*g.OutW()), place(len(x)), place(len(w))
				for _, add := range []bool{false, true} {
					g.Forward(y, x, w, bias, add, nil)
					g.BackwardData(dx, y, w, add, nil)
					g.BackwardWeights(dw, y, x, add)
				}
			}
			for _, n := range []int{1, 6, 15, 16, 17, 64, 100} {
				for form := range 4 {
					g := Product{M: n, N: 2*n + 1, K: n + 30, TransA: form&1 != 0, TransB: form&2 != 0}
					g.Gemm(place(g.M*g.N), place(g.M*g.K), place(g.K*g.N), place(g.N), false, true, nil)
				}
			}
			for range 40 {
				g := Product{M: 1 + r.IntN(70), N: 1 + r.IntN(70), K: 1 + r.IntN(300), TransA: r.IntN(2) == 0, TransB: r.IntN(2) == 0}
				g.Gemm(place(g.M*g.N), place(g.M*g.K), place(g.K*g.N), nil, r.IntN(2) == 0, false, nil)
			}
			for _, wide := range []int{2, 3, 8, 10, 14, 16, 17, 18, 31, 46} {
				g := Pool{Planes: 3, H: 6, W: wide, Kh: 2, Kw: 2, StrideH: 2, StrideW: 2, DilationH: 1, DilationW: 1, OutH: 3, OutW: wide / 2}
				arg := asInts(place(9 * (wide / 2)))
				g.Max(place(9*(wide/2)), arg, place(18*wide))
				g.MaxBackward(place(18*wide), place(9*(wide/2)), arg, false)
				g.Max(place(9*(wide/2)), nil, place(18*wide))
			}
			for _, side := range []int{5, 7, 14, 33} {
				g := Pool{Planes: 3, H: side, W: side, Kh: 3, Kw: 3, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Top: 1, Left: 1, Bottom: 1, Right: 1, OutH: side, OutW: side}
				g.Max(place(3*side*side), nil, place(3*side*side))
				g.Max(place(3*side*side), asInts(place(3*side*side)), place(3*side*side))
				out := (side-3)/2 + 1
				g = Pool{Planes: 3, H: side, W: side, Kh: 3, Kw: 3, StrideH: 2, StrideW: 2, DilationH: 1, DilationW: 1, OutH: out, OutW: out}
				g.Max(place(3*out*out), asInts(place(3*out*out)), place(3*side*side))
			}
			for range 40 {
				g := Pool{Planes: 1 + r.IntN(9), H: 3 + r.IntN(12), W: 3 + r.IntN(40), Kh: 1 + r.IntN(3), Kw: 1 + r.IntN(3), StrideH: 1 + r.IntN(3), StrideW: 1 + r.IntN(3), DilationH: 1, DilationW: 1}
				g.OutH, g.OutW = (g.H-g.Kh)/g.StrideH+1, (g.W-g.Kw)/g.StrideW+1
				in, out := g.Planes*g.H*g.W, g.Planes*g.OutH*g.OutW
				arg := asInts(place(out))
				g.Max(place(out), arg, place(in))
				g.Max(place(out), nil, place(in))
				g.MaxBackward(place(in), place(out), arg, r.IntN(2) == 0)
				g.Avg(place(out), place(in))
				g.AvgBackward(place(in), place(out), r.IntN(2) == 0)
			}
			for _, n := range []int{1, 7, 8, 9, 23} {
				ReLUBackward(place(n), place(n), place(n), true)
				ReLUBackward(place(n), place(n), place(n), false)
				Mul(place(n), place(n), place(n))
				MulAdd(place(n), place(n), place(n))
				Axpy(place(n), place(n), 0.5)
				Softmax(place(3*n), place(3*n), 3, n)
				LogSoftmax(place(3*n), place(3*n), 3, n)
				SGD(place(n), place(n), place(n), 0.1, 0.9, 0, false)
				Add(place(n), place(n), place(n))
				ReLU(place(n), place(n))
				Sum(place(n))
				BackwardBias(place(n), place(3*n*9), 3, n, 9, false)
				BackwardBias(place(n), place(3*n), 3, n, 1, false)
			}
		}
	})
}
