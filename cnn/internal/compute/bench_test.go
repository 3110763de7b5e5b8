package compute

import (
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkLeNet times the parts of a training step of LeNet-5 on 64 pictures;
// best-µs is the shortest time, which neighbours on the machine disturb least.
func BenchmarkLeNet(b *testing.B) {
	const n = 64
	r := rand.New(rand.NewPCG(1, 1))
	f := func(cells int) []float32 { return random(r, cells) }
	conv1 := complete(Conv{N: n, C: 1, H: 28, W: 28, Out: 6, Kh: 5, Kw: 5, Top: 2, Bottom: 2, Left: 2, Right: 2})
	conv2 := complete(Conv{N: n, C: 6, H: 14, W: 14, Out: 16, Kh: 5, Kw: 5})
	pool1 := Pool{Planes: n * 6, H: 28, W: 28, Kh: 2, Kw: 2, StrideH: 2, StrideW: 2, DilationH: 1, DilationW: 1, OutH: 14, OutW: 14}
	pool2 := Pool{Planes: n * 16, H: 10, W: 10, Kh: 2, Kw: 2, StrideH: 2, StrideW: 2, DilationH: 1, DilationW: 1, OutH: 5, OutW: 5}
	x, y1, d1, m1 := f(n*784), f(n*4704), f(n*4704), f(n*4704)
	p1, g1, a1 := f(n*1176), f(n*1176), make([]int32, n*1176)
	y2, d2, m2 := f(n*1600), f(n*1600), f(n*1600)
	p2, g2, a2 := f(n*400), f(n*400), make([]int32, n*400)
	w1, b1, w2, b2 := f(150), f(6), f(2400), f(16)
	dw1, db1, dw2, db2 := f(150), f(6), f(2400), f(16)
	pool1.Max(p1, a1, y1)
	pool2.Max(p2, a2, y2)
	forward, backward := fullyConnected(f, n)
	for _, part := range []struct {
		name string
		run  func()
	}{
		{"conv1 forward", func() { conv1.Forward(y1, x, w1, b1, true, nil) }},
		{"pool1 forward", func() { pool1.Max(p1, a1, y1) }},
		{"conv2 forward", func() { conv2.Forward(y2, p1, w2, b2, true, nil) }},
		{"pool2 forward", func() { pool2.Max(p2, a2, y2) }},
		{"fully connected forward", forward},
		{"fully connected backward", backward},
		{"pool2 backward", func() { pool2.MaxBackward(d2, g2, a2, false) }},
		{"relu2 backward", func() { ReLUBackward(m2, d2, y2, false) }},
		{"conv2 data", func() { conv2.BackwardData(g1, m2, w2, false, nil) }},
		{"conv2 weights", func() { conv2.BackwardWeights(dw2, m2, p1, false) }},
		{"conv2 bias", func() { BackwardBias(db2, m2, n, 16, 100, false) }},
		{"pool1 backward", func() { pool1.MaxBackward(d1, g1, a1, false) }},
		{"relu1 backward", func() { ReLUBackward(m1, d1, y1, false) }},
		{"conv1 weights", func() { conv1.BackwardWeights(dw1, m1, x, false) }},
		{"conv1 bias", func() { BackwardBias(db1, m1, n, 6, 784, false) }},
	} {
		b.Run(part.name, func(b *testing.B) { best(b, part.run) })
	}
}

// fullyConnected returns the three last layers of LeNet, forward and backward.
func fullyConnected(f func(int) []float32, n int) (forward, backward func()) {
	sizes := []int{400, 120, 84, 10}
	var y, dy, w, dw, bias, db [][]float32
	for i, s := range sizes {
		y, dy = append(y, f(n*s)), append(dy, f(n*s))
		if i > 0 {
			w, dw = append(w, f(s*sizes[i-1])), append(dw, f(s*sizes[i-1]))
			bias, db = append(bias, f(s)), append(db, f(s))
		}
	}
	return func() {
			for i := range w {
				(&Product{M: n, N: sizes[i+1], K: sizes[i], TransB: true}).Gemm(y[i+1], y[i], w[i], bias[i], false, i < 2, nil)
			}
		}, func() {
			for i := len(w) - 1; i >= 0; i-- {
				(&Product{M: n, N: sizes[i], K: sizes[i+1]}).Gemm(dy[i], dy[i+1], w[i], nil, false, false, nil)
				(&Product{M: sizes[i+1], N: sizes[i], K: n, TransA: true}).Gemm(dw[i], dy[i+1], y[i], nil, false, false, nil)
				BackwardBias(db[i], dy[i+1], n, sizes[i+1], 1, false)
			}
		}
}

// best runs f and reports its shortest time.
func best(b *testing.B, f func()) {
	least := time.Hour
	for b.Loop() {
		t := time.Now()
		f()
		least = min(least, time.Since(t))
	}
	b.ReportMetric(float64(least.Nanoseconds())/1e3, "best-µs")
}
