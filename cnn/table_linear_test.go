package cnn

import (
	"math"
)

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
