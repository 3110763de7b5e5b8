package compute

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestKernelsAgree holds every set to the generic one, element by element, at
// lengths around the vectors' and with values that are no numbers.
func TestKernelsAgree(t *testing.T) {
	ways(t, func(t *testing.T) {
		fast := isa
		r := rand.New(rand.NewPCG(8, 8))
		for _, n := range []int{1, 7, 8, 9, 31, 64, 1000} {
			a, b, c := random(r, n), random(r, n), random(r, n)
			a[n/2], b[n/3] = float32(math.NaN()), float32(math.Inf(1))
			for name, f := range map[string]func(y []float32){
				"Add":               func(y []float32) { Add(y, a, b) },
				"Mul":               func(y []float32) { Mul(y, a, b) },
				"ReLU":              func(y []float32) { ReLU(y, a) },
				"ReLUGrad":          func(y []float32) { ReLUBackward(y, c, a, false) },
				"ReLUGrad in place": func(y []float32) { ReLUBackward(y, y, a, false) },
				"ReLUGradAdd":       func(y []float32) { ReLUBackward(y, c, a, true) },
				"Axpy":              func(y []float32) { Axpy(y, a, 0.5) },
				"SGD":               func(y []float32) { SGD(y, a, slices.Clone(c), 0.125, 0.5, 0.25, false) },
			} {
				got, want := slices.Clone(c), slices.Clone(c)
				isa = fast
				f(got)
				isa = genericSet
				f(want)
				isa = fast
				for i := range want {
					if d := math.Abs(float64(got[i] - want[i])); !(d < 1e-5) && !(want[i] != want[i] && got[i] != got[i]) && got[i] != want[i] {
						t.Fatalf("%s of %d: value %d is %v, want %v", name, n, i, got[i], want[i])
					}
				}
			}
		}
	})
}

func TestSumsMatchTheirDefinition(t *testing.T) {
	ways(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 9))
		for _, g := range [][3]int{{1, 1, 1}, {3, 5, 1}, {64, 84, 1}, {7, 16, 1}, {2, 3, 5}, {3, 6, 784}, {4, 9, 100}, {2, 2, 8}} {
			n, channels, plane := g[0], g[1], g[2]
			x := random(r, n*channels*plane)
			want := make([]float64, channels)
			for i, v := range x {
				want[i/plane%channels] += float64(v)
			}
			for _, add := range []bool{false, true} {
				db := make([]float32, channels)
				for o := range db {
					db[o] = 1
				}
				BackwardBias(db, x, n, channels, plane, add)
				for o, got := range db {
					if add {
						got--
					}
					if d := math.Abs(float64(got) - want[o]); !(d < 1e-5) {
						t.Fatalf("bias gradient of %v (add %v): channel %d is %v, want %v", g, add, o, got, want[o])
					}
				}
			}
			var all float64
			for _, v := range want {
				all += v
			}
			if d := math.Abs(Sum(x) - all); !(d < 1e-9) {
				t.Fatalf("sum of %d is off by %g", len(x), d)
			}
		}
	})
}
