package cnn

import (
	"math"
)

func lossRows() []row {
	// softmax in float64, by the formula and nothing else.
	softmax := func(v []float64) []float64 {
		p, total := make([]float64, len(v)), 0.0
		for i, a := range v {
			p[i] = math.Exp(a)
			total += p[i]
		}
		for i := range p {
			p[i] /= total
		}
		return p
	}
	byRow := func(f func(v []float64) []float64) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) (out []float64) {
			x := in[0].Reshape(-1, in[0].Dim(-1))
			for i := range x.Dim(0) {
				var v []float64
				for j := range x.Dim(1) {
					v = append(v, x.At(i, j))
				}
				out = append(out, f(v)...)
			}
			return out
		})
	}
	logs := func(v []float64) []float64 {
		p := softmax(v)
		for i := range p {
			p[i] = math.Log(p[i])
		}
		return p
	}
	labels := func(in []*Tensor) { copy(in[1].storage.data, []float32{2, 0, 3}) }
	entropy := func(weight func(in []*Tensor, n, c int) float64) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) []float64 {
			x := in[0].Reshape(-1, in[0].Dim(-1))
			all, _ := byRow(logs)(in)
			loss := 0.0
			for i, l := range all {
				loss -= weight(in, i/4, i%4) * l
			}
			return []float64{loss / float64(x.Dim(0))}
		})
	}
	hot := func(in []*Tensor, n, c int) float64 {
		if len(in[1].shape) == 0 && in[1].Item() == float64(c) || len(in[1].shape) == 1 && in[1].At(n) == float64(c) {
			return 1
		}
		return 0
	}
	meanOf := func(f func(a, b float64) float64) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) []float64 {
			a, b, s := in[0].Values(), in[1].Values(), 0.0
			for i := range a {
				s += f(float64(a[i]), float64(b[i])) / float64(len(a))
			}
			return []float64{s}
		})
	}
	two := func(f func(a, b *Tensor) *Tensor) func([]*Tensor) *Tensor {
		return func(in []*Tensor) *Tensor { return f(in[0], in[1]) }
	}
	scalar := []func(){func() { Softmax(Scalar(1)) }}
	return []row{
		{name: "Softmax", shapes: [][]int{{2, 3, 4}}, op: of(Softmax), want: byRow(softmax), wrong: scalar},
		{name: "LogSoftmax", shapes: [][]int{{2, 3, 4}}, op: of(LogSoftmax), want: byRow(logs), wrong: []func(){func() { LogSoftmax(Scalar(1)) }}},
		{name: "CrossEntropy", shapes: [][]int{{3, 4}, {3}}, constant: []int{1}, adjust: labels, op: two(CrossEntropy), want: entropy(hot),
			wrong: []func(){
				func() { CrossEntropy(Zeros(3, 4), Zeros(4)) }, func() { CrossEntropy(Zeros(3, 4), Zeros(3, 5)) }, func() { CrossEntropy(Zeros(3, 4, 2), Zeros(3, 4)) },
			}},
		{name: "CrossEntropy one sample", shapes: [][]int{{4}, {}}, constant: []int{1}, adjust: labels, op: two(CrossEntropy), want: entropy(hot)},
		{name: "CrossEntropy probabilities", shapes: [][]int{{3, 4}, {3, 4}}, constant: []int{1}, adjust: positive(1), op: two(CrossEntropy),
			want: entropy(func(in []*Tensor, n, c int) float64 { return in[1].At(n, c) })},
		{name: "BinaryCrossEntropy", shapes: [][]int{{3, 4}, {3, 4}}, constant: []int{1}, op: two(BinaryCrossEntropy),
			adjust: func(in []*Tensor) {
				for i, v := range in[0].storage.data {
					in[0].storage.data[i] = 0.5 + 0.4*v
					in[1].storage.data[i] = float32(i % 2)
				}
			},
			want:  meanOf(func(p, y float64) float64 { return -y*math.Log(p) - (1-y)*math.Log(1-p) }),
			wrong: []func(){func() { BinaryCrossEntropy(Zeros(3), Zeros(3, 1)) }}},
		{name: "MeanSquaredError", shapes: [][]int{{3, 4}, {3, 4}}, op: two(MeanSquaredError), want: meanOf(func(a, b float64) float64 { return (a - b) * (a - b) }),
			wrong: []func(){func() { MeanSquaredError(Zeros(3), Zeros(3, 1)) }}},
		{name: "OneHot", shapes: [][]int{{2, 3}}, noGrad: true, op: func(in []*Tensor) *Tensor { return OneHot(in[0], 4) },
			adjust: func(in []*Tensor) { copy(in[0].storage.data, []float32{0, 1, 2, 3, 2, 1}) },
			want: same(func(in []*Tensor) (out []float64) {
				for _, l := range in[0].Values() {
					r := make([]float64, 4)
					r[int(l)] = 1
					out = append(out, r...)
				}
				return out
			})},
	}
}

func normalizeRows() []row {
	lrn := func(size int, alpha, beta, k float64) row {
		return row{name: "LocalResponseNorm", shapes: [][]int{{2, 6, 2, 3}}, op: func(in []*Tensor) *Tensor { return LocalResponseNorm(in[0], size, alpha, beta, k) },
			want: same(func(in []*Tensor) (out []float64) {
				for at := range in[0].Size() {
					i, s := indexOf(at, in[0].shape), 0.0
					for c := max(0, i[1]-size/2); c <= min(5, i[1]+size/2); c++ {
						v := in[0].At(i[0], c, i[2], i[3])
						s += v * v
					}
					out = append(out, in[0].At(i...)/math.Pow(k+alpha*s, beta))
				}
				return out
			}),
			wrong: []func(){func() { LocalResponseNorm(Zeros(2, 2), 5, 1, 1, 1) }}}
	}
	other := lrn(3, 0.5, 0.6, 1)
	other.name = "LocalResponseNorm strong"
	normalized := func(moments func(in []*Tensor, c int, v []float64) (m, s float64)) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) (out []float64) {
			x := in[0]
			for at := range x.Size() {
				i := indexOf(at, x.shape)
				var v []float64
				for j := range x.Size() {
					if k := indexOf(j, x.shape); k[1] == i[1] {
						v = append(v, x.At(k...))
					}
				}
				m, s := moments(in, i[1], v)
				out = append(out, in[1].At(i[1])*(x.At(i...)-m)/math.Sqrt(s+1e-3)+in[2].At(i[1]))
			}
			return out
		})
	}
	measured := func(_ []*Tensor, _ int, v []float64) (m, s float64) {
		for _, a := range v {
			m += a / float64(len(v))
		}
		for _, a := range v {
			s += (a - m) * (a - m) / float64(len(v))
		}
		return m, s
	}
	given := func(in []*Tensor, c int, _ []float64) (m, s float64) { return in[3].At(c), in[4].At(c) }
	norm := func(in []*Tensor) *Tensor { y, _, _ := BatchNorm(in[0], in[1], in[2], 1e-3); return y }
	with := func(in []*Tensor) *Tensor { return BatchNormWith(in[0], in[3], in[4], in[1], in[2], 1e-3) }
	return []row{
		lrn(5, 1e-4, 0.75, 2), other,
		{name: "BatchNorm", shapes: [][]int{{2, 3, 2, 3}, {3}, {3}}, op: norm, want: normalized(measured),
			wrong: []func(){func() { BatchNorm(Zeros(2, 3, 4), Zeros(3), Zeros(3), 1) }, func() { BatchNorm(Zeros(2, 3), Zeros(2), Zeros(3), 1) }}},
		{name: "BatchNorm features", shapes: [][]int{{5, 3}, {3}, {3}}, op: norm, want: normalized(measured)},
		{name: "BatchNormWith", shapes: [][]int{{2, 3, 2, 3}, {3}, {3}, {3}, {3}}, constant: []int{3, 4}, adjust: positive(4), op: with, want: normalized(given),
			wrong: []func(){func() { BatchNormWith(Zeros(2, 3), Zeros(2), Zeros(3), Zeros(3), Zeros(3), 1) }}},
	}
}
