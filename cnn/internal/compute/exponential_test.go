package compute

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestExponentialsAreRight compares eˣ, the sigmoid and the hyperbolic tangent with
// float64 over all that float32 can hold, and near 0 in all digits.
func TestExponentialsAreRight(t *testing.T) {
	ways(t, func(t *testing.T) {
		x := []float32{0, float32(math.Copysign(0, -1)), 88.7, 88.72284, 88.8, 200, 3e38, -87.4, -103.9, -104.1, -3e38,
			float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 1e-45, -1e-40}
		for v := -105.0; v < 90; v += 0.0137 {
			x = append(x, float32(v))
		}
		for v := 1e-30; v < 3; v *= 1.07 {
			x = append(x, float32(v), float32(-v))
		}
		for name, c := range map[string]struct {
			kernel func(y, x *float32, n int)
			want   func(float64) float64
		}{
			"exp":     {isa.exp8, math.Exp},
			"sigmoid": {isa.sigmoid8, func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }},
			"tanh":    {isa.tanh8, math.Tanh},
		} {
			y := make([]float32, len(x))
			eights(y, x, c.kernel)
			for i, v := range x {
				got, want := float64(y[i]), c.want(float64(v))
				if w := float32(want); y[i] == w && math.Signbit(got) == math.Signbit(want) || w != w && got != got {
					continue
				}
				if off := math.Abs(got - want); !(off <= 3e-7*math.Abs(want)+2e-45) {
					t.Errorf("%s of %v is %v, want %v", name, v, got, want)
				}
			}
		}
	})
}

// TestPlacesMakeNoDifference: a value gives the same bits wherever it stands.
func TestPlacesMakeNoDifference(t *testing.T) {
	ways(t, func(t *testing.T) {
		for _, f := range []func(y, x []float32){Sigmoid, Tanh} {
			x := random(rand.New(rand.NewPCG(3, 3)), 40)
			all := make([]float32, len(x))
			f(all, x)
			for at := range x {
				part := make([]float32, len(x)-at)
				f(part, x[at:])
				if !slices.Equal(part, all[at:]) {
					t.Fatalf("from %d on other values: %v, want %v", at, part, all[at:])
				}
			}
		}
	})
}

// TestOptimizersRoundAsInGo: Adam and RMSProp give the bits of the generic loop.
func TestOptimizersRoundAsInGo(t *testing.T) {
	ways(t, func(t *testing.T) {
		fast := isa
		defer func() { isa = fast }()
		for _, n := range []int{1, 7, 8, 9, 100} {
			r := rand.New(rand.NewPCG(4, uint64(n)))
			g := random(r, n)
			step := func(set kernelSet) (w, m, v []float32) {
				isa = set
				r := rand.New(rand.NewPCG(5, uint64(n)))
				w, m, v = random(r, n), random(r, n), random(r, n)
				for i := range v {
					v[i] *= v[i]
				}
				for k := range 5 {
					Adam(w, g, m, v, 0.01, 0.9, 0.999, 1e-8, 0.1, k+1)
					RMSProp(w, g, v, 0.01, 0.99, 1e-8, 0.1)
				}
				return w, m, v
			}
			w, m, v := step(fast)
			ww, wm, wv := step(genericSet)
			if !slices.Equal(w, ww) || !slices.Equal(m, wm) || !slices.Equal(v, wv) {
				t.Errorf("%d cells: other bits: %v, want %v", n, w, ww)
			}
		}
	})
}
