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
				"Add":         func(y []float32) { Add(y, a, b) },
				"Mul":         func(y []float32) { Mul(y, a, b) },
				"ReLU":        func(y []float32) { ReLU(y, a) },
				"ReLUGrad":    func(y []float32) { ReLUBackward(y, c, a, false) },
				"ReLUGradAdd": func(y []float32) { ReLUBackward(y, c, a, true) },
				"Axpy":        func(y []float32) { Axpy(y, a, 0.5) },
				"SGD":         func(y []float32) { SGD(y, a, slices.Clone(c), 0.125, 0.5, 0.25, false) },
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
