package cnn

import "slices"

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
