package compute

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkPasses measures every way to compute on this machine, on one thread,
// and beside the speed prints the worst error against the float64 definition, in
// units of the sum of absolute products (Winograd's: of the largest of the map).
// BENCHMARKS.md keeps what it prints, also of the tag noasm and of WebAssembly.
func BenchmarkPasses(b *testing.B) {
	oldISA, oldMethod, oldThreads := isa, method, Threads()
	defer func() { isa, method = oldISA, oldMethod; SetThreads(oldThreads) }()
	SetThreads(1)
	b.Run("product", benchProduct)
	for _, g := range []Conv{
		padded(Conv{N: 1, C: 3, H: 64, W: 64, Out: 64, Kh: 7, Kw: 7, StrideH: 2, StrideW: 2}, 3),
		{N: 1, C: 192, H: 28, W: 28, Out: 96, Kh: 1, Kw: 1},
		padded(Conv{N: 1, C: 64, H: 28, W: 28, Out: 64, Kh: 3, Kw: 3}, 1),
		padded(Conv{N: 1, C: 32, H: 28, W: 28, Out: 64, Kh: 5, Kw: 5}, 2),
	} {
		g = complete(g)
		method = ""
		if _, ok := winogradOf(g.planForward()); ok {
			benchConv(b, g, "winograd")
		}
		method = "direct"
		benchConv(b, g, "direct")
	}
}

func benchProduct(b *testing.B) {
	const n = 256
	r := rand.New(rand.NewPCG(1, 1))
	x, y, z := random(r, n*n), random(r, n*n), make([]float32, n*n)
	want, abs := defineProduct(Product{M: n, N: n, K: n}, x, y, make([]float32, n))
	measure(b, 2*n*n*n, z, want, abs, func() { Product{M: n, N: n, K: n}.Gemm(z, x, y, nil, false, false, nil) })
}

// benchConv measures the three passes of g.
func benchConv(b *testing.B, g Conv, way string) {
	r := rand.New(rand.NewPCG(1, 2))
	x, w, bias := random(r, g.N*g.C*g.H*g.W), random(r, g.Out*g.C*g.Kh*g.Kw), make([]float32, g.Out)
	dy := random(r, g.N*g.Out*g.OutH()*g.OutW())
	y, dx, dw, cache := make([]float32, len(dy)), make([]float32, len(x)), make([]float32, len(w)), new(Cache)
	d := define(&g, x, w, bias, dy)
	if way == "winograd" {
		overMaps(d.yAbs, g.OutH()*g.OutW())
		overMaps(d.dxAbs, g.H*g.W)
		overMaps(d.dwAbs, g.Kh*g.Kw)
	}
	work := 2 * len(dy) * g.C * g.Kh * g.Kw
	name := fmt.Sprintf("%d×%d %s ", g.Kh, g.Kw, way)
	b.Run(name+"forward", func(b *testing.B) {
		measure(b, work, y, d.y, d.yAbs, func() { g.Forward(y, x, w, nil, false, cache) })
	})
	b.Run(name+"gradient of the input", func(b *testing.B) {
		measure(b, work, dx, d.dx, d.dxAbs, func() { g.BackwardData(dx, dy, w, false, cache) })
	})
	if way == "winograd" && g.Kh == 5 {
		return // the gradient of these weights is direct
	}
	b.Run(name+"gradient of the weights", func(b *testing.B) {
		measure(b, work, dw, d.dw, d.dwAbs, func() { g.BackwardWeights(dw, dy, x, false) })
	})
}

func measure(b *testing.B, work int, got []float32, want, abs []float64, f func()) {
	f()
	e, _ := worst(got, want, abs)
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(work)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
	b.ReportMetric(e*1e7, "error·1e7")
}
