package cnn

import (
	"fmt"
	"math"
	"slices"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// Add returns a + b, cell by cell. Shapes that differ are broadcast: axes are
// matched from the last, and an axis that is missing or has length 1 counts as
// repeated, so that N×C×H×W + C×1×1 adds one number to every channel.
func Add(a, b *Tensor) *Tensor { return pairwise("Add", a, b, sum) }

// Sub returns a − b, cell by cell, with broadcasting as in [Add].
func Sub(a, b *Tensor) *Tensor { return pairwise("Sub", a, b, minus) }

// Mul returns a·b, cell by cell, with broadcasting as in [Add]; the product of
// matrices is [MatMul].
func Mul(a, b *Tensor) *Tensor { return pairwise("Mul", a, b, times) }

// Div returns a/b, cell by cell, with broadcasting as in [Add].
func Div(a, b *Tensor) *Tensor { return pairwise("Div", a, b, over) }

// Maximum returns the larger of a and b, cell by cell, with broadcasting as in
// [Add]. Where they are equal the gradient goes to both in halves.
func Maximum(a, b *Tensor) *Tensor { return pairwise("Maximum", a, b, larger) }

// A pair is a function of two numbers with its two slopes, given a, b and y.
type pair struct {
	f      func(a, b float32) float32
	da, db func(a, b, y float32) float32

	// For equal shapes, or nil: the function, and adding to the gradients.
	whole          func(y, a, b []float32)
	wholeA, wholeB func(dx, dy, a, b []float32)
}

var (
	sum = &pair{f: func(a, b float32) float32 { return a + b }, da: one, db: one,
		whole: compute.Add, wholeA: addOn(1), wholeB: addOn(1)}
	minus = &pair{f: func(a, b float32) float32 { return a - b }, da: one, db: func(_, _, _ float32) float32 { return -1 },
		wholeA: addOn(1), wholeB: addOn(-1)}
	times = &pair{f: func(a, b float32) float32 { return a * b },
		da: func(_, b, _ float32) float32 { return b }, db: func(a, _, _ float32) float32 { return a },
		whole: compute.Mul, wholeA: func(dx, dy, _, b []float32) { compute.MulAdd(dx, dy, b) }, wholeB: func(dx, dy, a, _ []float32) { compute.MulAdd(dx, dy, a) }}
	over = &pair{f: func(a, b float32) float32 { return a / b },
		da: func(_, b, _ float32) float32 { return 1 / b }, db: func(_, b, y float32) float32 { return -y / b }}
	larger = &pair{f: func(a, b float32) float32 { return max(a, b) },
		da: func(a, b, _ float32) float32 { return share(a, b) }, db: func(a, b, _ float32) float32 { return share(b, a) }}
)

func one(_, _, _ float32) float32 { return 1 }

// addOn adds a multiple of the gradient.
func addOn(s float32) func(dx, dy, a, b []float32) {
	return func(dx, dy, _, _ []float32) { compute.Axpy(dx, dy, s) }
}

// share is the part of the gradient that a gets of max(a, b).
func share(a, b float32) float32 {
	switch {
	case a > b:
		return 1
	case a < b:
		return 0
	}
	return 0.5
}

// pairwise computes p of a and b with broadcasting.
func pairwise(op string, a, b *Tensor, p *pair) *Tensor {
	shape := broadcast(op, a, b)
	a, b = a.contiguous(), b.contiguous()
	y := result(op, shape, a, b)
	if y.IsShapeOnly() {
		return y
	}
	equal := slices.Equal(a.shape, b.shape)
	if equal && p.whole != nil {
		p.whole(y.data(), a.data(), b.data())
	} else {
		out, av, bv := y.data(), a.data(), b.data()
		match(shape, a.shape, b.shape, func(at, i, j int) { out[at] = p.f(av[i], bv[j]) })
	}
	return y.made(func() {
		if equal && p.wholeA != nil {
			if a.tracked {
				p.wholeA(a.adding(), y.grad.data, a.data(), b.data())
			}
			if b.tracked {
				p.wholeB(b.adding(), y.grad.data, a.data(), b.data())
			}
			return
		}
		p.passOn(a, b, y, a, func(i, _ int) int { return i }, p.da)
		p.passOn(a, b, y, b, func(_, j int) int { return j }, p.db)
	})
}

// passOn adds to the gradient of x, which is a or b; sums over repeated cells
// are float64.
func (p *pair) passOn(a, b, y, x *Tensor, place func(i, j int) int, slope func(a, b, y float32) float32) {
	if !x.tracked {
		return
	}
	dx, out, av, bv := x.adding(), y.data(), a.data(), b.data()
	if x.Size() == y.Size() {
		match(y.shape, a.shape, b.shape, func(at, i, j int) { dx[place(i, j)] += y.grad.data[at] * slope(av[i], bv[j], out[at]) })
		return
	}
	sums := make([]float64, len(dx))
	match(y.shape, a.shape, b.shape, func(at, i, j int) {
		sums[place(i, j)] += float64(y.grad.data[at] * slope(av[i], bv[j], out[at]))
	})
	for i, s := range sums {
		dx[i] += float32(s)
	}
}

// broadcast returns the shape of a pairwise result.
func broadcast(op string, a, b *Tensor) []int {
	given(op, a, b)
	n := max(len(a.shape), len(b.shape))
	shape := make([]int, n)
	for i := range n {
		la, lb := lengthFromEnd(a.shape, n-i), lengthFromEnd(b.shape, n-i)
		if la != lb && la != 1 && lb != 1 {
			panic(misfit(op, "axes that are equal or 1, matched from the last", broadcastFix(a, b), NamedShape{"left", a.Shape()}, NamedShape{"right", b.Shape()}))
		}
		shape[i] = max(la, lb)
	}
	return shape
}

// broadcastFix guesses along which axis a vector was meant to count: one number
// for each channel, or for each row.
func broadcastFix(a, b *Tensor) string {
	for _, p := range []struct {
		name        string
		one, larger []int
	}{{"a", a.shape, b.shape}, {"b", b.shape, a.shape}} {
		if len(p.one) != 1 {
			continue
		}
		if axis := slices.Index(p.larger, p.one[0]); axis >= 0 {
			return reshaping(p.name, append([]int{p.one[0]}, slices.Repeat([]int{1}, len(p.larger)-1-axis)...)) + fmt.Sprintf(" for one number at each place of axis %d", axis)
		}
	}
	return ""
}

func lengthFromEnd(shape []int, i int) int {
	if i > len(shape) {
		return 1
	}
	return shape[len(shape)-i]
}

// match calls f for every cell of shape with the cells of a and b that meet
// there, all dense.
func match(shape, a, b []int, f func(at, i, j int)) {
	la, lb := repeated(a, shape), repeated(b, shape)
	if len(shape) == 0 {
		f(0, 0, 0)
		return
	}
	last := len(shape) - 1
	index := make([]int, last)
	n, sa, sb := shape[last], la.strides[last], lb.strides[last]
	for at, i, j := 0, 0, 0; ; at += n {
		for k := range n {
			f(at+k, i+k*sa, j+k*sb)
		}
		axis := last - 1
		for ; axis >= 0; axis-- {
			i, j = i+la.strides[axis], j+lb.strides[axis]
			if index[axis]++; index[axis] < shape[axis] {
				break
			}
			i, j = i-la.strides[axis]*shape[axis], j-lb.strides[axis]*shape[axis]
			index[axis] = 0
		}
		if axis < 0 {
			return
		}
	}
}

// repeated returns the layout of a dense tensor seen as one of a larger shape:
// stride 0 along the axes that are repeated.
func repeated(from, to []int) layout {
	d, l := dense(from), layout{shape: to, strides: make([]int, len(to))}
	for i := range from {
		if at := len(to) - len(from) + i; from[i] != 1 {
			l.strides[at] = d.strides[i]
		}
	}
	return l
}

// Neg returns −x.
func Neg(x *Tensor) *Tensor { return scaled("Neg", x, -1, 0) }

// Scale returns s·x.
func Scale(x *Tensor, s float64) *Tensor { return scaled("Scale", x, s, 0) }

// Shift returns x + s.
func Shift(x *Tensor, s float64) *Tensor { return scaled("Shift", x, 1, s) }

// scaled returns s·x + t.
func scaled(op string, x *Tensor, s, t float64) *Tensor {
	s32, t32 := float32(s), float32(t)
	return each(op, x, func(v float32) float32 { return s32*v + t32 }, func(_, _ float32) float32 { return s32 })
}

// Pow returns xᵉ for a fixed exponent.
func Pow(x *Tensor, e float64) *Tensor {
	return each("Pow", x, in64(func(v float64) float64 { return math.Pow(v, e) }), func(x, _ float32) float32 {
		if e == 0 {
			return 0
		}
		return float32(e * math.Pow(float64(x), e-1))
	})
}

// Exp returns eˣ.
func Exp(x *Tensor) *Tensor {
	return each("Exp", x, in64(math.Exp), func(_, y float32) float32 { return y })
}

// Log returns the natural logarithm: −Inf of 0, NaN of negative values.
func Log(x *Tensor) *Tensor {
	return each("Log", x, in64(math.Log), func(x, _ float32) float32 { return 1 / x })
}

// Sqrt returns the square root: NaN of negative values.
func Sqrt(x *Tensor) *Tensor {
	return each("Sqrt", x, in64(math.Sqrt), func(_, y float32) float32 { return 0.5 / y })
}

// Abs returns |x|; its gradient at 0 is 0.
func Abs(x *Tensor) *Tensor {
	return each("Abs", x, in64(math.Abs), func(x, _ float32) float32 {
		switch {
		case x > 0:
			return 1
		case x < 0:
			return -1
		}
		return 0
	})
}

// Clamp moves values below low to low and above high to high; there the
// gradient is 0.
func Clamp(x *Tensor, low, high float64) *Tensor {
	if !(low <= high) {
		panic(misuse("Clamp", "", "the lower bound %g is not below the upper bound %g", low, high))
	}
	l, h := float32(low), float32(high)
	return each("Clamp", x, func(v float32) float32 { return min(max(v, l), h) }, func(x, _ float32) float32 {
		if x < l || x > h {
			return 0
		}
		return 1
	})
}

// in64 makes a function of float64 one of float32.
func in64(f func(float64) float64) func(float32) float32 {
	return func(v float32) float32 { return float32(f(float64(v))) }
}

// each applies f to every cell; slope is f's derivative, given x and y = f(x).
func each(op string, x *Tensor, f func(float32) float32, slope func(x, y float32) float32) *Tensor {
	given(op, x)
	x = x.contiguous()
	y := result(op, x.shape, x)
	if y.IsShapeOnly() {
		return y
	}
	compute.Map(y.data(), x.data(), f)
	return y.made(func() {
		dx, add := x.into()
		compute.MapBackward(dx, y.grad.data, x.data(), y.data(), add, slope)
	})
}
