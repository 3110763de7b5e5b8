package cnn

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// MatMul multiplies matrices: y[i,j] = Σ a[i,k]·b[k,j] for a of N×K and b of K×M
// gives N×M. A vector of K on the right counts as a column, on the left as a
// row, and gives a vector.
func MatMul(a, b *Tensor) *Tensor {
	n, k, m, shape := productShape(a, b)
	a, b = a.contiguous(), b.contiguous()
	y := result("MatMul", shape, a, b)
	if y.IsShapeOnly() {
		return y
	}
	y.costs(n * k * m)
	compute.Product{M: n, N: m, K: k}.Gemm(y.data(), a.data(), b.data(), nil, false, false, nil)
	return y.made(func() {
		if da, add := a.into(); da != nil { // dy·bᵀ
			compute.Product{M: n, N: k, K: m, TransB: true}.Gemm(da, y.grad.data, b.data(), nil, add, false, nil)
		}
		if db, add := b.into(); db != nil { // aᵀ·dy
			compute.Product{M: k, N: m, K: n, TransA: true}.Gemm(db, a.data(), y.grad.data, nil, add, false, nil)
		}
	})
}

// productShape checks that a fits b and returns the sizes and the result's shape.
func productShape(a, b *Tensor) (n, k, m int, shape []int) {
	given("MatMul", a, b)
	as, bs := a.shape, b.shape
	if len(as) < 1 || len(as) > 2 || len(bs) < 1 || len(bs) > 2 || as[len(as)-1] != bs[0] {
		fix := ""
		if len(as) == 2 && len(bs) == 2 && as[0] == bs[0] {
			fix = "transpose the left one"
		} else if len(as) == 2 && len(bs) == 2 && as[1] == bs[1] {
			fix = "transpose the right one"
		} else if len(as) > 2 || len(bs) > 2 {
			fix = "multiply matrix by matrix: Index(i) is the one at place i"
		}
		panic(misfit("MatMul", "N×K and K×M with the same K", fix, NamedShape{"left", a.Shape()}, NamedShape{"right", b.Shape()}))
	}
	n, k, m, shape = 1, bs[0], 1, []int{}
	if len(as) == 2 {
		n, shape = as[0], append(shape, as[0])
	}
	if len(bs) == 2 {
		m, shape = bs[1], append(shape, bs[1])
	}
	return n, k, m, shape
}

// Affine returns x·Wᵀ + b, the fully connected layer: y[n,o] = b[o] + Σ x[n,i]·w[o,i]
// for x of N×In (or one In), w of Out×In and b of Out. A nil b adds nothing.
func Affine(x, w, b *Tensor) *Tensor {
	checkAffine(x, w, b)
	return affine(x.contiguous(), w.contiguous(), b.contiguous())
}

// affine is Affine of tensors that lie side by side.
func affine(x, w, b *Tensor) *Tensor {
	out, in := w.shape[0], w.shape[1]
	n := x.Size() / in
	shape := []int{n, out}
	y := result("Affine", shape[2-len(x.shape):], x, w, b)
	if y.IsShapeOnly() {
		return y
	}
	y.costs(n * in * out)
	compute.Product{M: n, N: out, K: in, TransB: true}.Gemm(y.data(), x.data(), w.data(), b.dataOrNil(), false, false, w.weights())
	return y.made(func() {
		if dx, add := x.into(); dx != nil { // dy·W
			compute.Product{M: n, N: in, K: out}.Gemm(dx, y.grad.data, w.data(), nil, add, false, w.weights())
		}
		if dw, add := w.into(); dw != nil { // dyᵀ·x
			compute.Product{M: out, N: in, K: n, TransA: true}.Gemm(dw, y.grad.data, x.data(), nil, add, false, nil)
		}
		if db, add := b.into(); db != nil {
			compute.BackwardBias(db, y.grad.data, n, out, 1, add)
		}
	})
}

func checkAffine(x, w, b *Tensor) {
	given("Affine", x, w)
	switch {
	case len(w.shape) != 2 || len(x.shape) < 1 || len(x.shape) > 2 || x.shape[len(x.shape)-1] != w.shape[1]:
		fix := ""
		if len(x.shape) > 2 && len(w.shape) == 2 && cellsOf(x.shape[1:]) == w.shape[1] {
			fix = "use Flatten first"
		} else if len(w.shape) == 2 && len(x.shape) > 0 && x.shape[len(x.shape)-1] == w.shape[0] {
			fix = "use Transpose(w): the weights are Out×In"
		} else if len(w.shape) == 2 && len(x.shape) > 0 {
			fix = fmt.Sprintf("use weights of %s", Dims([]int{w.shape[0], cellsOf(x.shape[min(1, len(x.shape)-1):])}))
		}
		panic(misfit("Affine", "N×In and Out×In with the same In", fix, NamedShape{"input", x.Shape()}, NamedShape{"weights", w.Shape()}))
	case b != nil && (len(b.shape) != 1 || b.shape[0] != w.shape[0]):
		panic(misfit("Affine", "one bias for every output", fmt.Sprintf("use a bias of %d", w.shape[0]), NamedShape{"bias", b.Shape()}, NamedShape{"weights", w.Shape()}))
	}
}
