package cnn

import (
	"math"
	"slices"
)

// positive moves the values of an input to 0.2…2.2.
func positive(i int) func([]*Tensor) {
	return func(in []*Tensor) {
		for j, v := range in[i].storage.data {
			in[i].storage.data[j] = v + 1.2
		}
	}
}

// away moves the values of an input away from 0, where the function bends.
func away(i int) func([]*Tensor) {
	return func(in []*Tensor) {
		for j, v := range in[i].storage.data {
			in[i].storage.data[j] = v + float32(math.Copysign(0.1, float64(v)))
		}
	}
}

// spread gives every cell of an input a value of its own, far from the others,
// so that maxima have no ties and do not change in a finite difference.
func distinct(i int) func([]*Tensor) {
	return func(in []*Tensor) {
		d := in[i].storage.data
		order := make([]int, len(d))
		for j := range order {
			order[j] = j
		}
		slices.SortFunc(order, func(a, b int) int {
			if d[a] < d[b] {
				return -1
			}
			return 1
		})
		for rank, j := range order {
			d[j] = 0.1*float32(rank) - 3
		}
	}
}

func cellRows() []row {
	cells := func(name string, op func(*Tensor) *Tensor, f func(float64) float64, adjust func([]*Tensor)) row {
		return row{name: name, shapes: [][]int{{2, 3, 5}}, op: of(op), want: cellwise(f), adjust: adjust}
	}
	relu := func(v float64) float64 { return max(0, v) }
	logistic := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	rows := []row{
		cells("Neg", Neg, func(v float64) float64 { return -v }, nil),
		cells("Scale", func(x *Tensor) *Tensor { return Scale(x, 2.5) }, func(v float64) float64 { return 2.5 * v }, nil),
		cells("Shift", func(x *Tensor) *Tensor { return Shift(x, 2.5) }, func(v float64) float64 { return 2.5 + v }, nil),
		cells("Pow", func(x *Tensor) *Tensor { return Pow(x, 3) }, func(v float64) float64 { return v * v * v }, nil),
		cells("Pow 0", func(x *Tensor) *Tensor { return Pow(x, 0) }, func(v float64) float64 { return 1 }, nil),
		cells("Pow fraction", func(x *Tensor) *Tensor { return Pow(x, -0.75) }, func(v float64) float64 { return math.Pow(v, -0.75) }, positive(0)),
		cells("Exp", Exp, math.Exp, nil),
		cells("Log", Log, math.Log, positive(0)),
		cells("Sqrt", Sqrt, math.Sqrt, positive(0)),
		cells("Abs", Abs, math.Abs, away(0)),
		cells("Clamp", func(x *Tensor) *Tensor { return Clamp(x, -0.5, 0.25) }, func(v float64) float64 { return min(max(v, -0.5), 0.25) }, nil),
		cells("ReLU", ReLU, relu, away(0)),
		cells("LeakyReLU", func(x *Tensor) *Tensor { return LeakyReLU(x, 0.125) }, func(v float64) float64 { return relu(v) - 0.125*relu(-v) }, away(0)),
		cells("Sigmoid", Sigmoid, logistic, nil),
		cells("Tanh", Tanh, math.Tanh, nil),
	}
	wrong := func(op func(a, b *Tensor) *Tensor) []func() {
		return []func(){func() { op(Zeros(2, 3), Zeros(2, 4)) }, func() { op(Zeros(2, 3), Zeros(2)) }}
	}
	pairs := func(name string, op func(a, b *Tensor) *Tensor, f func(a, b float64) float64, adjust func([]*Tensor)) {
		for _, c := range []struct {
			about string
			a, b  []int
		}{{"", []int{2, 3, 5}, []int{2, 3, 5}}, {" one per channel", []int{2, 3, 2, 2}, []int{3, 1, 1}}, {" both repeated", []int{4, 1, 5}, []int{3, 1}}, {" scalar", []int{}, []int{2, 3}}, {" row and column", []int{3, 1}, []int{1, 4}}} {
			rows = append(rows, row{name: name + c.about, shapes: [][]int{c.a, c.b}, adjust: adjust, wrong: wrong(op),
				op: func(in []*Tensor) *Tensor { return op(in[0], in[1]) },
				want: same(func(in []*Tensor) (out []float64) {
					shape := broadcast(name, in[0], in[1])
					for at := range cellsOf(shape) {
						i := indexOf(at, shape)
						out = append(out, f(in[0].At(within(i, in[0].shape)...), in[1].At(within(i, in[1].shape)...)))
					}
					return out
				})})
		}
	}
	pairs("Add", Add, func(a, b float64) float64 { return a + b }, nil)
	pairs("Sub", Sub, func(a, b float64) float64 { return a - b }, nil)
	pairs("Mul", Mul, func(a, b float64) float64 { return a * b }, nil)
	pairs("Div", Div, func(a, b float64) float64 { return a / b }, positive(1))
	pairs("Maximum", Maximum, func(a, b float64) float64 { return max(a, b) }, nil)
	dropped := func(in []*Tensor) *Tensor { Seed(7); return Dropout(in[0], 0.25) }
	return append(rows, row{name: "Dropout", shapes: [][]int{{2, 3, 5}}, op: dropped, want: same(func(in []*Tensor) (out []float64) {
		Seed(7)
		key := Rand().Uint64()
		for i, v := range in[0].Values() {
			if float64(mix(key+uint64(i))>>11)/(1<<53) < 0.25 {
				v = 0
			}
			out = append(out, float64(v)/0.75)
		}
		return out
	})})
}

// within is the index in a smaller shape that broadcasting matches with index.
func within(index, shape []int) []int {
	i := slices.Clone(index[len(index)-len(shape):])
	for a := range i {
		i[a] = min(i[a], shape[a]-1)
	}
	return i
}

func reduceRows() []row {
	x := [][]int{{2, 3, 4}}
	// reduced applies f to the values that meet in every cell of the result,
	// whose index g gives.
	reduced := func(n int, g func(i []int) int, f func(v []float64) float64) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) (out []float64) {
			parts := make([][]float64, n)
			for at, v := range in[0].Values() {
				p := g(indexOf(at, in[0].shape))
				parts[p] = append(parts[p], float64(v))
			}
			for _, p := range parts {
				out = append(out, f(p))
			}
			return out
		})
	}
	total := func(v []float64) (s float64) {
		for _, a := range v {
			s += a
		}
		return s
	}
	mean := func(v []float64) float64 { return total(v) / float64(len(v)) }
	largest := func(v []float64) float64 { return slices.Max(v) }
	smallest := func(v []float64) float64 { return slices.Min(v) }
	where := func(v []float64) float64 { return float64(slices.Index(v, slices.Max(v))) }
	all := func(i []int) int { return 0 }
	middle := func(i []int) int { return i[1] }
	outer := func(i []int) int { return 4*i[0] + i[2] }
	wrong := func(op func(*Tensor, ...int) *Tensor) []func() {
		return []func(){func() { op(Zeros(2, 3), 2) }, func() { op(Scalar(1), 0) }}
	}
	norm := func(p float64) func([]*Tensor) ([]float64, []float64) {
		return reduced(1, all, func(v []float64) (s float64) {
			for _, a := range v {
				s += math.Pow(math.Abs(a), p)
			}
			return math.Pow(s, 1/p)
		})
	}
	return []row{
		{name: "Sum", shapes: x, op: func(in []*Tensor) *Tensor { return Sum(in[0]) }, want: reduced(1, all, total), wrong: wrong(Sum)},
		{name: "Sum axes", shapes: x, op: func(in []*Tensor) *Tensor { return Sum(in[0], 0, -1) }, want: reduced(3, middle, total)},
		{name: "Sum middle axis", shapes: x, op: func(in []*Tensor) *Tensor { return Sum(in[0], 1) }, want: reduced(8, outer, total)},
		{name: "Mean", shapes: x, op: func(in []*Tensor) *Tensor { return Mean(in[0]) }, want: reduced(1, all, mean), wrong: wrong(Mean)},
		{name: "Mean axes", shapes: x, op: func(in []*Tensor) *Tensor { return Mean(in[0], 0, -1) }, want: reduced(3, middle, mean)},
		{name: "Max", shapes: x, adjust: distinct(0), op: func(in []*Tensor) *Tensor { return Max(in[0]) }, want: reduced(1, all, largest), wrong: wrong(Max)},
		{name: "Max axes", shapes: x, adjust: distinct(0), op: func(in []*Tensor) *Tensor { return Max(in[0], 1) }, want: reduced(8, outer, largest)},
		{name: "Min", shapes: x, adjust: distinct(0), op: func(in []*Tensor) *Tensor { return Min(in[0], 0, 2) }, want: reduced(3, middle, smallest), wrong: wrong(Min)},
		{name: "ArgMax", shapes: x, noGrad: true, op: func(in []*Tensor) *Tensor { return ArgMax(in[0], 1) }, want: reduced(8, outer, where),
			wrong: []func(){func() { ArgMax(Zeros(2, 3), 2) }}},
		{name: "Norm", shapes: x, adjust: away(0), op: func(in []*Tensor) *Tensor { return Norm(in[0], 2) }, want: norm(2)},
		{name: "Norm 1", shapes: x, adjust: away(0), op: func(in []*Tensor) *Tensor { return Norm(in[0], 1) }, want: norm(1)},
		{name: "Norm 3", shapes: x, adjust: away(0), op: func(in []*Tensor) *Tensor { return Norm(in[0], 3) }, want: norm(3)},
		{name: "Norm of the largest", shapes: x, adjust: distinct(0), op: func(in []*Tensor) *Tensor { return Norm(in[0], math.Inf(1)) },
			want: reduced(1, all, func(v []float64) float64 { return max(slices.Max(v), -slices.Min(v)) })},
	}
}
