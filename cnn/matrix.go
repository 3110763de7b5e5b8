package cnn

import (
	"fmt"
	"slices"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// AsMatrix writes the cross-correlation with kernel k as a matrix: one row for
// every output cell, one column for every input cell, so that
//
//	MatMul(AsMatrix(k, []int{C, H, W}), x.Reshape(-1))
//
// is CrossCorrelate(x, k) of an image of C×H×W (or H×W), flattened. Most cells
// are 0 (a neuron sees its window only) and every weight occurs once in each
// row (the neurons of a map share their weights). Options are those of
// [CrossCorrelate] but Bias and ThenReLU.
func AsMatrix(k *Tensor, input []int, opts ...Option) *Tensor {
	if len(input) != 2 && len(input) != 3 {
		panic(&ShapeError{"AsMatrix", []NamedShape{{"input", slices.Clone(input)}}, "input " + Dims(input) + " is not one image", "[]int{H, W} or []int{C, H, W}", ""})
	}
	g, w := correlation("AsMatrix", ShapeOnly(input...), k, opts)
	if w.bias != nil || w.relu {
		panic(misuse("AsMatrix", "leave it out", "a bias or ReLU is not part of the matrix"))
	}
	k = k.contiguous()
	columns := g.C * g.H * g.W
	y := result("AsMatrix", []int{g.Out * g.OutH() * g.OutW(), columns}, k)
	if y.IsShapeOnly() {
		return y
	}
	clear(y.data())
	eachWeight(g, func(row, column, weight int) { y.data()[row*columns+column] = k.data()[weight] })
	return y.made(func() {
		dk := k.adding()
		eachWeight(g, func(row, column, weight int) { dk[weight] += y.grad.data[row*columns+column] })
	})
}

// eachWeight calls f for every output cell, input cell and the weight between
// them, of one image.
func eachWeight(g *compute.Conv, f func(row, column, weight int)) {
	in := g.C / g.Groups
	row := 0
	for o := range g.Out {
		first := o / (g.Out / g.Groups) * in
		for i := range g.OutH() {
			for j := range g.OutW() {
				for t := range in * g.Kh * g.Kw {
					c, u, v := t/(g.Kh*g.Kw), t/g.Kw%g.Kh, t%g.Kw
					r, q := i*g.StrideH-g.Top+u*g.DilationH, j*g.StrideW-g.Left+v*g.DilationW
					if r >= 0 && q >= 0 && r < g.H && q < g.W {
						f(row, ((first+c)*g.H+r)*g.W+q, o*in*g.Kh*g.Kw+t)
					}
				}
				row++
			}
		}
	}
}

// CrossCorrelateTransposed goes the other way of [CrossCorrelate]: every cell
// of x puts a copy of the kernel, times its value, into the result, and copies
// that overlap add up. Its matrix is the transpose of [AsMatrix]. It takes x of
// N×Out×H×W (or Out×H×W) and the same kernel k of Out×C×Kh×Kw, and gives
// N×C×H′×W′ with
//
//	H′ = (H−1)·s − p_top − p_bottom + d·(Kh−1) + 1 + output padding.
//
// Options: [Stride], [Padding] (which takes cells off the result), [Dilation],
// [Groups], [OutputPadding] and [Bias] (one for each of the C maps).
func CrossCorrelateTransposed(x, k *Tensor, opts ...Option) *Tensor {
	g, w := transposition(x, k, opts)
	x, k, b := x.contiguous(), k.contiguous(), w.bias.contiguous()
	shape := []int{g.N, g.C, g.H, g.W}
	y := result("CrossCorrelateTransposed", shape[4-len(x.shape):], x, k, b)
	if y.IsShapeOnly() {
		return y
	}
	y.costs(g.N * g.C / g.Groups * g.Out * x.Dim(-2) * x.Dim(-1) * g.Kh * g.Kw)
	g.BackwardData(y.data(), x.data(), k.data(), false, k.weights())
	if b != nil {
		shift, plane := b.data(), g.H*g.W
		for i := range y.data() {
			y.data()[i] += shift[i/plane%g.C]
		}
	}
	return y.made(func() {
		dy := y.grad.data
		if dx, add := x.into(); dx != nil {
			back := dx
			if add {
				back = y.lab.slice(len(dx))
			}
			g.Forward(back, dy, k.data(), nil, false, k.weights())
			if add {
				compute.Add(dx, dx, back)
				y.lab.returnSlice(back)
			}
		}
		if dk, add := k.into(); dk != nil {
			g.BackwardWeights(dk, x.data(), dy, add)
		}
		if db, add := b.into(); db != nil {
			compute.BackwardBias(db, dy, g.N, g.C, g.H*g.W, add)
		}
	})
}

// transposition returns the geometry of the cross-correlation whose transpose
// is wanted.
func transposition(x, k *Tensor, opts []Option) (*compute.Conv, *window) {
	const op = "CrossCorrelateTransposed"
	given(op, x, k)
	if len(x.shape) != 3 && len(x.shape) != 4 || len(k.shape) != 4 || x.Dim(-3) != k.shape[0] {
		fix := ""
		if len(x.shape) > 2 && len(k.shape) == 4 && x.Dim(-3) == k.shape[1] {
			fix = "put the input's channels first: Transpose(k, 1, 0, 2, 3)"
		}
		panic(misfit(op, "N×Out×H×W and Out×C×Kh×Kw with the same Out", fix, NamedShape{"input", x.Shape()}, NamedShape{"kernel", k.Shape()}))
	}
	w := newWindow(op, k.shape[2], k.shape[3], 1, 1, "Stride Padding Dilation Groups Bias OutputPadding ", opts)
	if k.shape[0]%w.groups != 0 {
		panic(misfit(op, fmt.Sprintf("Out divisible by %d groups", w.groups), "", NamedShape{"kernel", k.Shape()}))
	}
	xs, channels := fourAxes(x.shape), k.shape[1]*w.groups
	if b := w.bias; b != nil && !slices.Equal(b.shape, []int{channels}) {
		panic(misfit(op, "one bias for every output map", fmt.Sprintf("use a bias of %d", channels), NamedShape{"bias", b.Shape()}, NamedShape{"kernel", k.Shape()}))
	}
	w.x, w.k = x, k
	h, v := w.rows.transposedSize(w, xs[2]), w.cols.transposedSize(w, xs[3])
	return w.conv([4]int{xs[0], channels, h, v}, k.shape[0]), w
}

// transposedSize returns the length that outputSize makes n of.
func (a *axis) transposedSize(w *window, n int) int {
	if a.extra >= a.stride {
		panic(misuse(w.op, "", "output padding of %d is not below the stride %d", a.extra, a.stride))
	}
	size := (n-1)*a.stride - a.before - a.after + a.extent() + a.extra
	if size < 1 {
		shapes, _, _ := w.arguments(a, n)
		panic(&ShapeError{w.op, shapes, fmt.Sprintf("padding of %d and %d leaves nothing of %d cells", a.before, a.after, size+a.before+a.after), "a result of at least one cell", "use less padding"})
	}
	return size
}
