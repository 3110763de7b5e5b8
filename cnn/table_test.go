package cnn

import (
	"math"
	"slices"
)

// table is the conformance table: one row, or several, for every operation.
func table() []row {
	return slices.Concat(correlateRows(), viewRows(), cellRows(), reduceRows(), linearRows(), poolRows(), joinRows(), lossRows(), normalizeRows(), sampleRows())
}

// notOperations make tensors of something else than tensors, or hand one on.
var notOperations = map[string]bool{
	"Zeros": true, "Ones": true, "Full": true, "ShapeOnly": true, "Scalar": true, "Vector": true, "Matrix": true,
	"FromValues": true, "FromData": true, "Arange": true, "Linspace": true, "Eye": true,
	"Parameter": true, "Clone": true, "Detach": true, "Grad": true, "Keep": true,
	"Uniform": true, "Normal": true,
}

// anyShape take tensors of every shape.
var anyShape = map[string]bool{
	"Neg": true, "Scale": true, "Shift": true, "Pow": true, "Exp": true, "Log": true, "Sqrt": true, "Abs": true, "Clamp": true,
	"ReLU": true, "LeakyReLU": true, "Sigmoid": true, "Tanh": true, "Norm": true, "Dropout": true, "OneHot": true,
}

// of makes an operation of one tensor into one for the table.
func of(f func(*Tensor) *Tensor) func([]*Tensor) *Tensor {
	return func(in []*Tensor) *Tensor { return f(in[0]) }
}

func correlateRows() []row {
	steps := func(opts ...Option) func([]*Tensor) ([]float64, []float64) {
		return func(in []*Tensor) ([]float64, []float64) {
			return stepValues(CrossCorrelateSteps(in[0], in[1], opts...))
		}
	}
	correlate := func(name string, x, k []int, opts ...Option) row {
		return row{name: "CrossCorrelate " + name, shapes: [][]int{x, k}, want: steps(opts...),
			op: func(in []*Tensor) *Tensor { return CrossCorrelate(in[0], in[1], opts...) }}
	}
	withBias := func(in []*Tensor, opts ...Option) []Option { return append([]Option{Bias(in[2])}, opts...) }
	rows := []row{
		{name: "CrossCorrelate", shapes: [][]int{{2, 3, 6, 7}, {4, 3, 3, 2}}, want: steps(),
			op: func(in []*Tensor) *Tensor { return CrossCorrelate(in[0], in[1]) },
			wrong: []func(){
				func() { CrossCorrelate(ShapeOnly(1, 3, 28, 28), ShapeOnly(6, 1, 5, 5)) },
				func() { CrossCorrelate(Zeros(3, 3), Zeros(4, 4)) },
				func() { CrossCorrelate(Zeros(3), Zeros(3)) },
				func() { CrossCorrelate(Zeros(3, 5, 5), Zeros(3, 3)) },
				func() { CrossCorrelate(Zeros(1, 4, 5, 5), Zeros(4, 4, 3, 3), Groups(2)) },
				func() { CrossCorrelate(Zeros(1, 4, 5, 5), Zeros(3, 2, 3, 3), Groups(2)) },
				func() { CrossCorrelate(Zeros(5, 5), Zeros(3, 3), Dilation(3)) },
				func() { CrossCorrelate(Zeros(1, 1, 5, 5), Zeros(2, 1, 3, 3), Bias(Zeros(3))) },
			}},
		correlate("matrix", []int{5, 7}, []int{3, 2}),
		correlate("one kernel over channels", []int{3, 5, 7}, []int{3, 3, 2}),
		correlate("one image", []int{3, 5, 7}, []int{2, 3, 3, 2}),
		correlate("matrix with several kernels", []int{5, 7}, []int{2, 1, 3, 2}),
		correlate("1×1", []int{2, 5, 3, 4}, []int{3, 5, 1, 1}),
		correlate("1×1 stride 2", []int{2, 5, 5, 4}, []int{3, 5, 1, 1}, Stride(2)),
		correlate("stride", []int{2, 2, 8, 9}, []int{3, 2, 3, 3}, Stride(2, 3)),
		correlate("padding", []int{2, 2, 5, 4}, []int{3, 2, 3, 3}, Padding(1, 2)),
		correlate("padding per side", []int{2, 2, 5, 4}, []int{3, 2, 3, 3}, Padding(0, 2, 3, 1), Stride(2)),
		correlate("padding beyond the kernel", []int{2, 2}, []int{2, 2}, Padding(4)),
		correlate("same", []int{1, 2, 7, 6}, []int{2, 2, 4, 3}, Same()),
		correlate("same, stride 2", []int{1, 2, 7, 6}, []int{2, 2, 3, 2}, Same(), Stride(2)),
		correlate("valid", []int{1, 2, 7, 6}, []int{2, 2, 3, 2}, Valid()),
		correlate("dilation", []int{1, 2, 9, 8}, []int{2, 2, 3, 2}, Dilation(2, 3), Padding(2)),
		correlate("groups", []int{2, 4, 5, 6}, []int{6, 2, 3, 3}, Groups(2), Padding(1)),
		correlate("each channel its own", []int{2, 3, 5, 6}, []int{3, 1, 3, 3}, Groups(3)),
		{name: "CrossCorrelate bias", shapes: [][]int{{2, 3, 5, 5}, {4, 3, 2, 2}, {4}},
			op: func(in []*Tensor) *Tensor { return CrossCorrelate(in[0], in[1], withBias(in, Stride(2))...) },
			want: func(in []*Tensor) ([]float64, []float64) {
				return stepValues(CrossCorrelateSteps(in[0], in[1], withBias(in, Stride(2))...))
			}},
		{name: "CrossCorrelate bias, then ReLU", shapes: [][]int{{2, 3, 5, 5}, {4, 3, 3, 3}, {4}},
			op: func(in []*Tensor) *Tensor { return CrossCorrelate(in[0], in[1], withBias(in, Same(), ThenReLU())...) },
			want: func(in []*Tensor) ([]float64, []float64) {
				return stepValues(CrossCorrelateSteps(in[0], in[1], withBias(in, Same(), ThenReLU())...))
			}},
		{name: "Convolve", shapes: [][]int{{2, 5, 7}, {3, 2, 3, 2}}, want: convolution,
			op: func(in []*Tensor) *Tensor { return Convolve(in[0], in[1]) },
			wrong: []func(){
				func() { Convolve(Zeros(1, 3, 8, 8), Zeros(1, 2, 3, 3)) },
				func() { Convolve(Zeros(2, 2), Zeros(3, 3)) },
			}},
	}
	return rows
}

// convolution is y[o,i,j] = Σ x[c, i+Kh−1−u, j+Kw−1−v]·k[o,c,u,v] for one image.
func convolution(in []*Tensor) (values, scales []float64) {
	x, k := in[0], in[1]
	kh, kw := k.Dim(2), k.Dim(3)
	for o := range k.Dim(0) {
		for i := range x.Dim(1) - kh + 1 {
			for j := range x.Dim(2) - kw + 1 {
				var sum, scale float64
				for c := range x.Dim(0) {
					for u := range kh {
						for v := range kw {
							p := x.At(c, i+kh-1-u, j+kw-1-v) * k.At(o, c, u, v)
							sum += p
							scale += max(p, -p)
						}
					}
				}
				values, scales = append(values, sum), append(scales, scale)
			}
		}
	}
	return values, scales
}

// picked is the definition of a view: the cells of the input at the indices
// that f gives for every index of the output.
func picked(shape []int, f func(i []int) []int) func([]*Tensor) ([]float64, []float64) {
	return same(func(in []*Tensor) (out []float64) {
		for at := range cellsOf(shape) {
			out = append(out, in[0].At(f(indexOf(at, shape))...))
		}
		return out
	})
}

func viewRows() []row {
	x := [][]int{{2, 3, 4, 5}}
	view := func(name string, op func(*Tensor) *Tensor, shape []int, f func(i []int) []int, wrong ...func()) row {
		return row{name: name, shapes: x, op: of(op), want: picked(shape, f), wrong: wrong}
	}
	flat := func(i []int) []int { return indexOf(rowMajor(i, []int{2, 60}), x[0]) }
	return []row{
		view("Reshape", func(x *Tensor) *Tensor { return x.Reshape(2, -1) }, []int{2, 60}, flat,
			func() { Zeros(2, 3).Reshape(4, 2) }, func() { Zeros(2, 3).Reshape(4, -1) }, func() { Zeros(2, 3).Reshape(-1, -1) }, func() { Zeros(2, 3).Reshape(0, 6) }),
		view("Flatten", Flatten, []int{2, 60}, flat, func() { Flatten(Scalar(1)) }),
		view("Transpose", func(x *Tensor) *Tensor { return Transpose(x, 0, 2, 3, 1) }, []int{2, 4, 5, 3},
			func(i []int) []int { return []int{i[0], i[3], i[1], i[2]} },
			func() { Transpose(Zeros(2, 3), 0) }, func() { Transpose(Zeros(2, 3), 0, 0) }, func() { Transpose(Zeros(2, 3), 0, 2) }),
		view("Transpose all", func(x *Tensor) *Tensor { return Transpose(x) }, []int{5, 4, 3, 2},
			func(i []int) []int { return []int{i[3], i[2], i[1], i[0]} }),
		view("Slice", func(x *Tensor) *Tensor { return Slice(x, -2, 1, 3) }, []int{2, 3, 2, 5},
			func(i []int) []int { return []int{i[0], i[1], i[2] + 1, i[3]} },
			func() { Slice(Zeros(2, 3), 2, 0, 1) }, func() { Slice(Zeros(2, 3), 1, 0, 4) }, func() { Slice(Zeros(2, 3), 1, 2, 2) }, func() { Slice(Zeros(2, 3), 1, -1, 2) }),
		view("Channel", func(x *Tensor) *Tensor { return x.Channel(1) }, []int{2, 4, 5},
			func(i []int) []int { return []int{i[0], 1, i[1], i[2]} },
			func() { Zeros(2, 3).Channel(0) }, func() { Zeros(2, 3, 4).Channel(2) }),
		view("Index", func(x *Tensor) *Tensor { return x.Index(1) }, []int{3, 4, 5},
			func(i []int) []int { return []int{1, i[0], i[1], i[2]} },
			func() { Scalar(1).Index(0) }, func() { Zeros(2).Index(2) }),
		view("Crop", func(x *Tensor) *Tensor { return x.Crop(1, 2, 3, 2) }, []int{2, 3, 3, 2},
			func(i []int) []int { return []int{i[0], i[1], i[2] + 1, i[3] + 2} },
			func() { Zeros(4).Crop(0, 0, 1, 1) }, func() { Zeros(4, 4).Crop(2, 2, 3, 1) }, func() { Zeros(4, 4).Crop(0, 0, 0, 1) }),
		view("Flip", func(x *Tensor) *Tensor { return Flip(x) }, []int{2, 3, 4, 5},
			func(i []int) []int { return []int{i[0], i[1], 3 - i[2], 4 - i[3]} },
			func() { Flip(Zeros(2, 3), 2) }),
		view("Flip channels", func(x *Tensor) *Tensor { return Flip(x, 1) }, []int{2, 3, 4, 5},
			func(i []int) []int { return []int{i[0], 2 - i[1], i[2], i[3]} }),
	}
}

func rowMajor(index, shape []int) (at int) {
	for a, i := range index {
		at = at*shape[a] + i
	}
	return at
}

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

// product is Σ a(i,k)·b(k,j) of n×m cells with its scale.
func product(n, m, k int, a, b func(i, j int) float64) (values, scales []float64) {
	for i := range n {
		for j := range m {
			var sum, scale float64
			for l := range k {
				p := a(i, l) * b(l, j)
				sum, scale = sum+p, scale+math.Abs(p)
			}
			values, scales = append(values, sum), append(scales, scale)
		}
	}
	return values, scales
}

func linearRows() []row {
	at := func(x *Tensor) func(i, j int) float64 { return func(i, j int) float64 { return x.At(i, j) } }
	affine := func(in []*Tensor) ([]float64, []float64) {
		v, s := product(3, 4, 5, at(in[0]), func(k, o int) float64 { return in[1].At(o, k) })
		for i := range v {
			if len(in) > 2 {
				v[i] += in[2].At(i % 4)
			}
		}
		return v, s
	}
	return []row{
		{name: "MatMul", shapes: [][]int{{3, 5}, {5, 4}}, op: func(in []*Tensor) *Tensor { return MatMul(in[0], in[1]) },
			want: func(in []*Tensor) ([]float64, []float64) { return product(3, 4, 5, at(in[0]), at(in[1])) },
			wrong: []func(){
				func() { MatMul(Zeros(2, 3), Zeros(2, 3)) }, func() { MatMul(Zeros(2, 3, 4), Zeros(4, 3)) }, func() { MatMul(Scalar(1), Zeros(1)) },
			}},
		{name: "MatMul vector", shapes: [][]int{{3, 5}, {5}}, op: func(in []*Tensor) *Tensor { return MatMul(in[0], in[1]) },
			want: func(in []*Tensor) ([]float64, []float64) {
				return product(3, 1, 5, at(in[0]), func(k, _ int) float64 { return in[1].At(k) })
			}},
		{name: "MatMul two vectors", shapes: [][]int{{5}, {5}}, op: func(in []*Tensor) *Tensor { return MatMul(in[0], in[1]) },
			want: func(in []*Tensor) ([]float64, []float64) {
				return product(1, 1, 5, func(_, k int) float64 { return in[0].At(k) }, func(k, _ int) float64 { return in[1].At(k) })
			}},
		{name: "MatMul large", shapes: [][]int{{70, 33}, {33, 65}}, op: func(in []*Tensor) *Tensor { return MatMul(in[0], Slice(in[1], 1, 0, 64)) },
			want: func(in []*Tensor) ([]float64, []float64) { return product(70, 64, 33, at(in[0]), at(in[1])) }},
		{name: "Affine", shapes: [][]int{{3, 5}, {4, 5}, {4}}, op: func(in []*Tensor) *Tensor { return Affine(in[0], in[1], in[2]) }, want: affine,
			wrong: []func(){
				func() { Affine(Zeros(2, 3), Zeros(3, 4), Zeros(4)) }, func() { Affine(Zeros(2, 3), Zeros(4, 3), Zeros(3)) }, func() { Affine(Zeros(2, 3, 1, 1), Zeros(4, 3), nil) },
			}},
		{name: "Affine without bias", shapes: [][]int{{3, 5}, {4, 5}}, op: func(in []*Tensor) *Tensor { return Affine(in[0], in[1], nil) }, want: affine},
		{name: "Affine of a vector", shapes: [][]int{{5}, {4, 5}, {4}}, op: func(in []*Tensor) *Tensor { return Affine(in[0], in[1], in[2]) },
			want: func(in []*Tensor) ([]float64, []float64) {
				v, s := product(1, 4, 5, func(_, k int) float64 { return in[0].At(k) }, func(k, o int) float64 { return in[1].At(o, k) })
				for i := range v {
					v[i] += in[2].At(i)
				}
				return v, s
			}},
		{name: "AsMatrix", shapes: [][]int{{3, 2, 3, 2}}, op: func(in []*Tensor) *Tensor { return AsMatrix(in[0], []int{2, 5, 4}, Stride(2, 1), Padding(1)) },
			want: same(func(in []*Tensor) []float64 {
				return asMatrix([]int{2, 5, 4}, func(x *Tensor) *Tensor { return CrossCorrelate(x, in[0], Stride(2, 1), Padding(1)) })
			}),
			wrong: []func(){func() { AsMatrix(Zeros(3, 3), []int{5}) }, func() { AsMatrix(Zeros(3, 3), []int{2, 2}) }}},
		{name: "AsMatrix groups", shapes: [][]int{{4, 1, 2, 2}}, op: func(in []*Tensor) *Tensor { return AsMatrix(in[0], []int{2, 3, 4}, Groups(2), Dilation(2)) },
			want: same(func(in []*Tensor) []float64 {
				return asMatrix([]int{2, 3, 4}, func(x *Tensor) *Tensor { return CrossCorrelate(x, in[0], Groups(2), Dilation(2)) })
			})},
		{name: "AsMatrix of a matrix", shapes: [][]int{{2, 2}}, op: func(in []*Tensor) *Tensor { return AsMatrix(in[0], []int{3, 3}) },
			want: same(func(in []*Tensor) []float64 {
				return asMatrix([]int{3, 3}, func(x *Tensor) *Tensor { return CrossCorrelate(x, in[0]) })
			})},
		transposedRow("", []int{2, 3, 4, 5}, []int{3, 2, 3, 2}, []func(){
			func() { CrossCorrelateTransposed(Zeros(1, 2, 3, 3), Zeros(3, 2, 2, 2)) },
			func() { CrossCorrelateTransposed(Zeros(3, 3), Zeros(2, 2)) },
			func() { CrossCorrelateTransposed(Zeros(1, 3, 1, 1), Zeros(3, 2, 2, 2), Padding(1)) },
		}),
		transposedRow(" options", []int{2, 4, 4, 3}, []int{4, 2, 3, 2}, nil, Stride(2, 3), Padding(1), OutputPadding(1, 0), Groups(2)),
		transposedRow(" dilation", []int{1, 2, 4, 3}, []int{2, 2, 2, 2}, nil, Dilation(2), Padding(0, 1)),
		transposedRow(" one image", []int{2, 4, 3}, []int{2, 2, 2, 2}, nil, Stride(2)),
		{name: "CrossCorrelateTransposed bias", shapes: [][]int{{2, 3, 2, 2}, {3, 4, 2, 2}, {4}},
			op: func(in []*Tensor) *Tensor { return CrossCorrelateTransposed(in[0], in[1], Bias(in[2])) },
			want: func(in []*Tensor) ([]float64, []float64) {
				v, s := transposed(in[0], in[1], nil)
				for i := range v {
					v[i] += in[2].At(i / 9 % 4)
				}
				return v, s
			}},
	}
}

// asMatrix finds the matrix of a linear function by its images of unit tensors.
func asMatrix(input []int, f func(*Tensor) *Tensor) []float64 {
	n := cellsOf(input)
	var columns [][]float32
	for i := range n {
		unit := Zeros(input...)
		unit.storage.data[i] = 1
		columns = append(columns, f(unit).Values())
	}
	var out []float64
	for r := range columns[0] {
		for c := range n {
			out = append(out, float64(columns[c][r]))
		}
	}
	return out
}

func transposedRow(about string, x, k []int, wrong []func(), opts ...Option) row {
	return row{name: "CrossCorrelateTransposed" + about, shapes: [][]int{x, k}, wrong: wrong,
		op:   func(in []*Tensor) *Tensor { return CrossCorrelateTransposed(in[0], in[1], opts...) },
		want: func(in []*Tensor) ([]float64, []float64) { return transposed(in[0], in[1], opts) }}
}

// transposed is the product of each image with the transpose of AsMatrix.
func transposed(x, k *Tensor, opts []Option) (values, scales []float64) {
	g, w := transposition(x, k, opts)
	var kept []Option
	kept = append(kept, Stride(g.StrideH, g.StrideW), Padding(g.Top, g.Bottom, g.Left, g.Right), Dilation(g.DilationH, g.DilationW), Groups(w.groups))
	m := AsMatrix(k, []int{g.C, g.H, g.W}, kept...)
	x = x.Reshape(g.N, -1)
	return product(g.N, m.Dim(1), m.Dim(0), func(n, r int) float64 { return x.At(n, r) }, func(r, c int) float64 { return m.At(r, c) })
}

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

func sampleRows() []row {
	steps := func(opts ...SampleOption) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) (out []float64) {
			for _, s := range GridSampleSteps(in[0], in[1], opts...) {
				out = append(out, s.Value)
			}
			return out
		})
	}
	// between keeps sampling points away from pixels, where the slope jumps.
	between := func(n int) func([]*Tensor) {
		return func(in []*Tensor) {
			g := in[1].storage.data
			for i := range g {
				g[i] = (2*(float32(int(g[i]*4))+0.3+0.05*float32(i%7))+1)/float32(n) - 1
			}
		}
	}
	sample := func(name string, x, grid []int, opts ...SampleOption) row {
		return row{name: "GridSample" + name, shapes: [][]int{x, grid}, adjust: between(5), want: steps(opts...), op: func(in []*Tensor) *Tensor { return GridSample(in[0], in[1], opts...) },
			wrong: []func(){
				func() { GridSample(Zeros(2, 3, 4, 4), Zeros(1, 2, 2, 2)) }, func() { GridSample(Zeros(4, 4), Zeros(2, 2, 3)) }, func() { GridSample(Zeros(2, 3, 4, 4), Zeros(2, 2, 2)) },
			}}
	}
	affine := func(name string, theta []int, opts ...SampleOption) row {
		return row{name: "AffineGrid" + name, shapes: [][]int{theta}, op: func(in []*Tensor) *Tensor { return AffineGrid(in[0], 3, 4, opts...) },
			want: same(func(in []*Tensor) (out []float64) {
				t := in[0].Reshape(-1, 2, 3)
				for n := range t.Dim(0) {
					for i := range 3 {
						for j := range 4 {
							x, y := -1+(2*float64(j)+1)/4, -1+(2*float64(i)+1)/3
							if len(opts) > 0 {
								x, y = -1+2*float64(j)/3, float64(i)-1
							}
							for r := range 2 {
								out = append(out, t.At(n, r, 0)*x+t.At(n, r, 1)*y+t.At(n, r, 2))
							}
						}
					}
				}
				return out
			}),
			wrong: []func(){func() { AffineGrid(Zeros(3, 2), 2, 2) }, func() { AffineGrid(Zeros(6), 2, 2) }, func() { AffineGrid(Zeros(2, 3), 0, 2) }}}
	}
	// tent is linear interpolation written as a sum over all pixels: each counts
	// with 1 − its distance, where that is positive.
	tent := func(height, width int, align bool) func([]*Tensor) ([]float64, []float64) {
		place := func(i, size, n int) float64 {
			at := (float64(i)+0.5)*float64(n)/float64(size) - 0.5
			if align {
				at = float64(i) * float64(n-1) / float64(size-1)
			}
			return min(max(at, 0), float64(n-1))
		}
		return same(func(in []*Tensor) (out []float64) {
			x := in[0]
			h, w := x.Dim(-2), x.Dim(-1)
			for p := range x.Size() / (h * w) {
				for i := range height {
					for j := range width {
						var v float64
						for r := range h {
							for q := range w {
								near := max(0, 1-math.Abs(place(i, height, h)-float64(r))) * max(0, 1-math.Abs(place(j, width, w)-float64(q)))
								v += near * float64(x.Values()[(p*h+r)*w+q])
							}
						}
						out = append(out, v)
					}
				}
			}
			return out
		})
	}
	resize := func(name string, x []int, h, w int, align bool, opts ...SampleOption) row {
		return row{name: "Resize" + name, shapes: [][]int{x}, op: func(in []*Tensor) *Tensor { return Resize(in[0], h, w, opts...) }, want: tent(h, w, align),
			wrong: []func(){func() { Resize(Zeros(4), 2, 2) }, func() { Resize(Zeros(4, 4), 2, 0) }}}
	}
	nearest := row{name: "Resize nearest", shapes: [][]int{{2, 3, 5}}, op: func(in []*Tensor) *Tensor { return Resize(in[0], 7, 3, Nearest()) },
		want: picked([]int{2, 7, 3}, func(i []int) []int { return []int{i[0], i[1] * 3 / 7, i[2] * 5 / 3} })}
	return []row{
		affine("", []int{2, 3}), affine(" batch", []int{2, 2, 3}), affine(" aligned", []int{2, 2, 3}, AlignCorners()),
		sample("", []int{2, 3, 5, 5}, []int{2, 3, 4, 2}), sample(" matrix", []int{5, 5}, []int{3, 4, 2}), sample(" one image", []int{2, 5, 5}, []int{2, 2, 2}),
		sample(" aligned", []int{2, 3, 5, 4}, []int{2, 3, 4, 2}, AlignCorners()), sample(" nearest", []int{2, 3, 5, 5}, []int{2, 3, 4, 2}, Nearest()),
		resize("", []int{2, 3, 4, 5}, 7, 3, false), resize(" matrix, smaller", []int{6, 5}, 2, 3, false), resize(" aligned", []int{2, 4, 5}, 7, 3, true, AlignCorners()), nearest,
	}
}
