package compute

import (
	"math/rand/v2"
	"testing"
)

// fourteen is the generic set with products of 14 rows, as AVX-512 has them: the
// drivers are tested with it on machines that have no AVX-512.
func fourteen() kernelSet {
	s := genericSet
	s.name, s.tileRows = "generic with 14 rows", 14
	s.rows16, s.rows16at = []rowsKernel{nil}, genericRows16At(s.tileRows)
	for n := 1; n <= s.tileRows; n++ {
		s.rows16 = append(s.rows16, genericRows16(n))
	}
	return s
}

func TestDriversWithFourteenRows(t *testing.T) {
	oldISA, oldMethod := isa, method
	defer func() { isa, method = oldISA, oldMethod }()
	isa = fourteen()
	r := rand.New(rand.NewPCG(14, 14))
	for _, method = range []string{"winograd", "direct"} {
		for _, g := range geometries {
			checkConv(t, complete(g.Conv), 1)
		}
		for range 20 {
			if g, ok := convFrom(r.Uint64()); ok {
				checkConv(t, g, r.Uint64())
			}
		}
	}
	for _, s := range [][3]int{{1, 1, 1}, {5, 10, 84}, {13, 17, 40}, {14, 16, 256}, {15, 17, 257}, {30, 64, 32}, {64, 120, 400}, {97, 65, 33}} {
		for form := range 4 {
			checkProduct(t, Product{M: s[0], N: s[1], K: s[2], TransA: form&1 != 0, TransB: form&2 != 0})
		}
	}
}
