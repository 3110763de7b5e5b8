package cnn

// largeRows has a row for every loop that is shared among threads, of a size
// that makes several chunks of it.
func largeRows() (rows []row) {
	large := func(name string, op func(in []*Tensor) *Tensor, shapes ...[]int) {
		rows = append(rows, row{name: name + " large", shapes: shapes, op: op})
	}
	one := func(name string, op func(*Tensor) *Tensor, shape ...int) { large(name, of(op), shape) }
	two := func(name string, op func(a, b *Tensor) *Tensor, a, b []int) {
		large(name, func(in []*Tensor) *Tensor { return op(in[0], in[1]) }, a, b)
	}
	maps := []int{4, 16, 40, 41}
	for name, op := range map[string]func(*Tensor) *Tensor{
		"Exp": Exp, "Scale": func(x *Tensor) *Tensor { return Scale(x, 0.3) }, "ReLU": ReLU, "Tanh": Tanh, "Sigmoid": Sigmoid,
		"Sum": func(x *Tensor) *Tensor { return Sum(x) }, "Mean": func(x *Tensor) *Tensor { return Mean(x, 0, 2, 3) },
		"Max": func(x *Tensor) *Tensor { return Max(x, 1) }, "Norm": func(x *Tensor) *Tensor { return Norm(x, 2) },
		"Flip": func(x *Tensor) *Tensor { return Flip(x) }, "Pad": func(x *Tensor) *Tensor { return Pad(x, 1, 2) },
		"Concat":  func(x *Tensor) *Tensor { return Concat(x, x) },
		"Dropout": func(x *Tensor) *Tensor { Seed(7); return Dropout(x, 0.25) },
		"Softmax": func(x *Tensor) *Tensor { return Softmax(x) }, "LogSoftmax": func(x *Tensor) *Tensor { return LogSoftmax(x) },
		"MaxPool2D":         func(x *Tensor) *Tensor { return MaxPool2D(x, 2) },
		"MaxPool2D overlap": func(x *Tensor) *Tensor { return MaxPool2D(x, 3, Stride(2), Ceil()) },
		"MaxPool2D padding": func(x *Tensor) *Tensor { return MaxPool2D(x, 3, Stride(1), Padding(1)) },
		"MaxPool2D dilated": func(x *Tensor) *Tensor { return MaxPool2D(x, 2, Stride(1), Dilation(3)) },
		"AvgPool2D":         func(x *Tensor) *Tensor { return AvgPool2D(x, 3, Stride(1), Padding(1)) },
		"GlobalAvgPool2D":   GlobalAvgPool2D, "GlobalMaxPool2D": GlobalMaxPool2D,
		"AdaptiveAvgPool2D": func(x *Tensor) *Tensor { return AdaptiveAvgPool2D(x, 7, 9) },
		"LocalResponseNorm": func(x *Tensor) *Tensor { return LocalResponseNorm(x, 5, 0.5, 0.75, 2) },
		"Resize":            func(x *Tensor) *Tensor { return Resize(x, 55, 31) },
	} {
		one(name, op, maps...)
	}
	for name, op := range map[string]func(a, b *Tensor) *Tensor{"Add": Add, "Sub": Sub, "Mul": Mul, "Maximum": Maximum} {
		two(name, op, maps, maps)
		two(name+" per channel", op, maps, []int{16, 1, 1})
	}
	two("GridSample", func(x, g *Tensor) *Tensor { return GridSample(x, g) }, maps, []int{4, 40, 40, 2})
	two("MatMul", MatMul, []int{130, 170}, []int{170, 150})
	two("MeanSquaredError", MeanSquaredError, maps, maps)
	two("CrossCorrelateTransposed", func(x, k *Tensor) *Tensor { return CrossCorrelateTransposed(x, k, Stride(2)) }, []int{2, 8, 20, 20}, []int{8, 8, 3, 3})
	large("Affine", func(in []*Tensor) *Tensor { return Affine(in[0], in[1], in[2]) }, []int{256, 400}, []int{120, 400}, []int{120})
	large("BatchNorm", func(in []*Tensor) *Tensor { y, _, _ := BatchNorm(in[0], in[1], in[2], 1e-3); return y }, maps, []int{16}, []int{16})
	rows = append(rows, row{name: "CrossEntropy large", shapes: [][]int{{4096, 10}, {4096}}, constant: []int{1},
		adjust: func(in []*Tensor) {
			for i := range in[1].storage.data {
				in[1].storage.data[i] = float32(i % 10)
			}
		},
		op: func(in []*Tensor) *Tensor { return CrossEntropy(in[0], in[1]) }})
	return rows
}
