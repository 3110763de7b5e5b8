package cnn

import (
	"slices"
)

func poolRows() []row {
	steps := func(steps func(*Tensor, int, ...Option) []PoolStep, size int, opts []Option) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) (out []float64) {
			for _, s := range steps(in[0], size, opts...) {
				out = append(out, s.Value)
			}
			return out
		})
	}
	var rows []row
	both := func(about string, x []int, size int, opts ...Option) {
		rows = append(rows,
			row{name: "MaxPool2D" + about, shapes: [][]int{x}, adjust: distinct(0), want: steps(MaxPool2DSteps, size, opts), op: func(in []*Tensor) *Tensor { return MaxPool2D(in[0], size, opts...) },
				wrong: []func(){func() { MaxPool2D(Zeros(2, 2), 3) }, func() { MaxPool2D(Zeros(4), 2) }}},
			row{name: "AvgPool2D" + about, shapes: [][]int{x}, want: steps(AvgPool2DSteps, size, opts), op: func(in []*Tensor) *Tensor { return AvgPool2D(in[0], size, opts...) },
				wrong: []func(){func() { AvgPool2D(Zeros(2, 2), 3) }, func() { AvgPool2D(Zeros(4), 2) }}})
	}
	both("", []int{2, 3, 6, 4}, 2)
	both(" matrix", []int{5, 7}, 2)
	both(" overlap", []int{2, 7, 7}, 3, Stride(2))
	both(" ceil", []int{1, 2, 6, 8}, 3, Stride(2), Ceil())
	both(" padding", []int{1, 2, 5, 6}, 3, Stride(1, 2), Padding(1))
	both(" padding on one side, ceil", []int{1, 2, 6, 6}, 3, Stride(2), Padding(0, 1, 1, 0), Ceil())
	both(" dilation", []int{1, 2, 7, 8}, 2, Stride(2), Dilation(3, 2))
	both(" every second pixel", []int{1, 1, 5, 4}, 1, Stride(2))
	without := []Option{Stride(2), Padding(1), Ceil(), CountPadding(false)}
	wholeWrong := func(op func(*Tensor) *Tensor) []func() { return []func(){func() { op(Zeros(2, 2)) }} }
	per := func(f func(v []float64) float64) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) (out []float64) {
			for p := range 6 {
				var v []float64
				for i := range 12 {
					v = append(v, float64(in[0].Values()[p*12+i]))
				}
				out = append(out, f(v))
			}
			return out
		})
	}
	mean := func(v []float64) (s float64) {
		for _, a := range v {
			s += a / float64(len(v))
		}
		return s
	}
	largest := func(v []float64) float64 { return slices.Max(v) }
	adaptive := func(name string, adjust func([]*Tensor), op func(*Tensor, int, int) *Tensor, f func(v []float64) float64) row {
		return row{name: name, shapes: [][]int{{2, 3, 5, 7}}, adjust: adjust,
			op: func(in []*Tensor) *Tensor { return op(in[0], 3, 2) },
			want: same(func(in []*Tensor) (out []float64) {
				for n := range 2 {
					for c := range 3 {
						for _, rs := range [][2]int{{0, 2}, {1, 4}, {3, 5}} { // ⌊5i/3⌋ to ⌈5(i+1)/3⌉
							for _, qs := range [][2]int{{0, 4}, {3, 7}} { // ⌊7j/2⌋ to ⌈7(j+1)/2⌉
								var v []float64
								for r := rs[0]; r < rs[1]; r++ {
									for q := qs[0]; q < qs[1]; q++ {
										v = append(v, in[0].At(n, c, r, q))
									}
								}
								out = append(out, f(v))
							}
						}
					}
				}
				return out
			}),
			wrong: []func(){func() { op(Zeros(4), 1, 1) }, func() { op(Zeros(4, 4), 0, 1) }}}
	}
	return append(rows,
		row{name: "AvgPool2D without padding", shapes: [][]int{{1, 2, 6, 7}}, want: steps(AvgPool2DSteps, 3, without), op: func(in []*Tensor) *Tensor { return AvgPool2D(in[0], 3, without...) }},
		row{name: "GlobalAvgPool2D", shapes: [][]int{{2, 3, 3, 4}}, op: of(GlobalAvgPool2D), want: per(mean), wrong: wholeWrong(GlobalAvgPool2D)},
		row{name: "GlobalMaxPool2D", shapes: [][]int{{2, 3, 3, 4}}, adjust: distinct(0), op: of(GlobalMaxPool2D), want: per(largest), wrong: wholeWrong(GlobalMaxPool2D)},
		adaptive("AdaptiveAvgPool2D", nil, AdaptiveAvgPool2D, mean),
		adaptive("AdaptiveMaxPool2D", distinct(0), AdaptiveMaxPool2D, largest),
	)
}

func joinRows() []row {
	// joined is the definition by index: which input, and where in it.
	joined := func(shape []int, f func(i []int) (int, []int)) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) (out []float64) {
			for at := range cellsOf(shape) {
				n, i := f(indexOf(at, shape))
				out = append(out, in[n].At(i...))
			}
			return out
		})
	}
	return []row{
		{name: "Concat", shapes: [][]int{{2, 3, 2, 2}, {2, 1, 2, 2}}, op: func(in []*Tensor) *Tensor { return Concat(in...) },
			want: joined([]int{2, 4, 2, 2}, func(i []int) (int, []int) { return i[1] / 3, []int{i[0], i[1] % 3, i[2], i[3]} }),
			wrong: []func(){
				func() { Concat() }, func() { Concat(Zeros(1, 2, 4, 4), Zeros(1, 2, 3, 4)) }, func() { Concat(Zeros(2, 2), Zeros(2)) }, func() { Concat(Scalar(1), Scalar(1)) },
			}},
		{name: "Concat one image", shapes: [][]int{{1, 2, 2}, {2, 2, 2}}, op: func(in []*Tensor) *Tensor { return Concat(in...) },
			want: joined([]int{3, 2, 2}, func(i []int) (int, []int) { return min(i[0], 1), []int{max(0, i[0]-1), i[1], i[2]} })},
		{name: "Concat twice the same", shapes: [][]int{{2, 3}}, op: func(in []*Tensor) *Tensor { return Concat(in[0], in[0]) },
			want: joined([]int{2, 6}, func(i []int) (int, []int) { return 0, []int{i[0], i[1] % 3} })},
		{name: "ConcatAlong", shapes: [][]int{{2, 3, 2}, {2, 3, 4}}, op: func(in []*Tensor) *Tensor { return ConcatAlong(-1, in...) },
			want: joined([]int{2, 3, 6}, func(i []int) (int, []int) {
				if i[2] < 2 {
					return 0, i
				}
				return 1, []int{i[0], i[1], i[2] - 2}
			}),
			wrong: []func(){func() { ConcatAlong(2, Zeros(2, 2)) }, func() { ConcatAlong(0) }, func() { ConcatAlong(0, Zeros(2, 2), Zeros(2, 3)) }}},
		{name: "Stack", shapes: [][]int{{2, 3}, {2, 3}}, op: func(in []*Tensor) *Tensor { return Stack(in...) },
			want:  joined([]int{2, 2, 3}, func(i []int) (int, []int) { return i[0], i[1:] }),
			wrong: []func(){func() { Stack() }, func() { Stack(Zeros(2), Zeros(3)) }}},
		{name: "Pad", shapes: [][]int{{2, 3, 4}}, op: func(in []*Tensor) *Tensor { return Pad(in[0], 1, 0, 2, 3) },
			want: same(func(in []*Tensor) (out []float64) {
				for at := range 2 * 4 * 9 {
					i, v := indexOf(at, []int{2, 4, 9}), 0.0
					if r, q := i[1]-1, i[2]-2; r >= 0 && q >= 0 && q < 4 {
						v = in[0].At(i[0], r, q)
					}
					out = append(out, v)
				}
				return out
			}),
			wrong: []func(){func() { Pad(Zeros(4), 1) }}},
	}
}
