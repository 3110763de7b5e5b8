package compute

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGemmMatchesItsDefinition(t *testing.T) {
	ways(t, func(t *testing.T) {
		for _, s := range [][3]int{{1, 1, 1}, {1, 16, 8}, {1, 100, 300}, {5, 10, 84}, {6, 16, 256}, {7, 17, 257}, {64, 120, 400},
			{30, 64, 32}, {25, 70, 600}, {97, 65, 33}, {100, 100, 520}, {12, 33, 7}} {
			for form := range 4 {
				g := Product{M: s[0], N: s[1], K: s[2], TransA: form&1 != 0, TransB: form&2 != 0}
				t.Run(fmt.Sprint(g), func(t *testing.T) { checkProduct(t, g) })
			}
		}
	})
}

// defineProduct is the float64 definition, with the sums of absolute products.
func defineProduct(g Product, a, b, bias []float32) (want, abs []float64) {
	want, abs = make([]float64, g.M*g.N), make([]float64, g.M*g.N)
	for i := range g.M {
		for j := range g.N {
			sum, all := float64(bias[j]), math.Abs(float64(bias[j]))
			for k := range g.K {
				ai, bi := i*g.K+k, k*g.N+j
				if g.TransA {
					ai = k*g.M + i
				}
				if g.TransB {
					bi = j*g.K + k
				}
				sum += float64(a[ai]) * float64(b[bi])
				all += math.Abs(float64(a[ai]) * float64(b[bi]))
			}
			want[i*g.N+j], abs[i*g.N+j] = sum, all
		}
	}
	return want, abs
}

func checkProduct(t *testing.T, g Product) {
	defer SetThreads(Threads())
	r := rand.New(rand.NewPCG(1, uint64(g.M)))
	a, b, bias := random(r, g.M*g.K), random(r, g.K*g.N), random(r, g.N)
	want, abs := defineProduct(g, a, b, bias)
	var first []float32
	cache := new(Cache)
	for _, threads := range []int{1, 2, 3, 8} {
		SetThreads(threads)
		c := make([]float32, g.M*g.N)
		for i := range c {
			c[i] = float32(math.NaN())
		}
		g.Gemm(c, a, b, bias, false, false, cache)
		if e, at := worst(c, want, abs); !(e < 3e-6) {
			t.Fatalf("%d threads: value %d is %v, want %v (error %.1e)", threads, at, c[at], want[at], e)
		}
		if first == nil {
			first = slices.Clone(c)
		} else if !slices.Equal(first, c) {
			t.Fatalf("%d threads give other bits than one", threads)
		}
		for i := range c {
			c[i] = 1
		}
		g.Gemm(c, a, b, nil, true, true, nil)
		for i := range c {
			if w := max(0, want[i]-float64(bias[i%g.N])+1); math.Abs(float64(c[i])-w) > 1e-4*(1+abs[i]) {
				t.Fatalf("added and rectified, value %d is %v, want %v", i, c[i], w)
			}
		}
	}
}
