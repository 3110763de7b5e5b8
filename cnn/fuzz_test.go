package cnn

import (
	"errors"
	"math"
	"slices"
	"testing"
)

// a supply of sizes and numbers read off the fuzzer's bytes.
type supply struct {
	bytes []byte
	seed  uint64
}

// number returns a number between least and most.
func (s *supply) number(least, most int) int {
	if len(s.bytes) == 0 {
		return least
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return least + int(b)%(most-least+1)
}

// tensor returns a tensor of drawn numbers in −1…1.
func (s *supply) tensor(shape ...int) *Tensor {
	s.seed++
	return FromData(drawnAlike(s.seed, 0, cellsOf(shape)), shape...)
}

// shape returns a shape of up to four axes.
func (s *supply) shape() []int {
	shape := make([]int, s.number(0, 4))
	for i := range shape {
		shape[i] = s.number(1, 5)
	}
	return shape
}

// refused calls f and returns the mistake it panics with; any other panic is a
// fault.
func refused(t *testing.T, f func()) (mistake error) {
	t.Helper()
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		err, _ := r.(error)
		if s, u := (*ShapeError)(nil), (*UsageError)(nil); !errors.As(err, &s) && !errors.As(err, &u) {
			panic(r)
		}
		mistake = err
	}()
	f()
	return nil
}

// FuzzShapes hands every operation tensors of any shape: it computes, or says
// what is wrong; and tensors with a shape only get the same answer.
func FuzzShapes(f *testing.F) {
	rows := table()
	for i := range rows {
		f.Add(uint16(i), []byte{4, 1, 2, 3, 3, 4, 0, 1, 1, 1, 3, 2, 2, 2})
		f.Add(uint16(i), []byte{2, 3, 3, 2, 1, 2, 1, 2})
		f.Add(uint16(i), []byte{})
	}
	f.Fuzz(func(t *testing.T, which uint16, sizes []byte) {
		r, s := rows[int(which)%len(rows)], &supply{sizes, uint64(which)}
		var real, shapes []*Tensor
		for i := range r.shapes {
			x := s.tensor(s.shape()...)
			if slices.Contains(r.constant, i) {
				x = Zeros(x.shape...)
				real, shapes = append(real, x), append(shapes, x)
				continue
			}
			real, shapes = append(real, Parameter(x)), append(shapes, ShapeOnly(x.shape...))
		}
		var y, z *Tensor
		mistake := refused(t, func() { y = r.op(real) })
		if shapeMistake := refused(t, func() { z = r.op(shapes) }); mistake == nil && shapeMistake != nil {
			t.Fatalf("real tensors fit, shapes do not: %v", shapeMistake)
		}
		if mistake != nil {
			return
		}
		if !slices.Equal(y.Shape(), z.Shape()) {
			t.Fatalf("shape %s, with shapes only %s", Dims(y.shape), Dims(z.shape))
		}
		if y.tracked {
			y.Backward(Ones(y.shape...))
			for i, x := range real {
				if x.tracked && !slices.Equal(x.Grad().Shape(), x.Shape()) {
					t.Fatalf("gradient %d of another shape", i)
				}
			}
		}
	})
}

// FuzzPool draws sizes and options: the fast pools say what their steps say, or
// both refuse.
func FuzzPool(f *testing.F) {
	f.Add(uint64(1), []byte{1, 2, 6, 6, 2, 2, 2, 0, 0, 1, 1, 0, 0})
	f.Add(uint64(2), []byte{1, 1, 7, 5, 3, 2, 1, 1, 1, 1, 1, 1, 1})
	f.Add(uint64(3), []byte{2, 3, 9, 9, 3, 3, 3, 1, 0, 2, 2, 1, 0})
	f.Fuzz(func(t *testing.T, seed uint64, sizes []byte) {
		s := &supply{sizes, seed}
		x := s.tensor(s.number(1, 2), s.number(1, 3), s.number(1, 12), s.number(1, 20))
		k := s.number(1, 4)
		opts := []Option{Stride(s.number(1, 4), s.number(1, 4)), Padding(s.number(0, 2), s.number(0, 2)), Dilation(s.number(1, 2), s.number(1, 2))}
		if s.number(0, 1) == 1 {
			opts = append(opts, Ceil())
		}
		count := CountPadding(s.number(0, 1) == 1)
		check := func(steps []PoolStep, y *Tensor) {
			values, scales := make([]float64, len(steps)), make([]float64, len(steps))
			for i, step := range steps {
				values[i], scales[i] = step.Value, 1
			}
			near(t, y, values, scales, 1e-5)
		}
		if refused(t, func() { MaxPool2DSteps(x, k, opts...) }) != nil {
			if refused(t, func() { MaxPool2D(x, k, opts...) }) == nil {
				t.Fatal("only the steps are refused")
			}
			return
		}
		check(MaxPool2DSteps(x, k, opts...), MaxPool2D(x, k, opts...))
		check(AvgPool2DSteps(x, k, append(opts, count)...), AvgPool2D(x, k, append(opts, count)...))
	})
}

// FuzzMatMul draws sizes: the fast product is the sum of products.
func FuzzMatMul(f *testing.F) {
	f.Add(uint64(1), []byte{3, 4, 5})
	f.Add(uint64(2), []byte{1, 0, 70})
	f.Add(uint64(3), []byte{63, 16, 33})
	f.Fuzz(func(t *testing.T, seed uint64, sizes []byte) {
		s := &supply{sizes, seed}
		n, k, m := s.number(1, 80), s.number(1, 80), s.number(1, 80)
		a, b, c := s.tensor(n, k), s.tensor(k, m), s.tensor(m, k)
		values, scales := product(n, m, k, func(i, j int) float64 { return a.At(i, j) }, func(i, j int) float64 { return b.At(i, j) })
		near(t, MatMul(a, b), values, scales, 1e-5)
		values, scales = product(n, m, k, func(i, j int) float64 { return a.At(i, j) }, func(i, j int) float64 { return c.At(j, i) })
		near(t, Affine(a, c, nil), values, scales, 1e-5)
	})
}

// FuzzCrossCorrelateTransposed holds ⟨y, A·x⟩ = ⟨Aᵀ·y, x⟩: the transposed form
// is the transpose of the cross-correlation.
func FuzzCrossCorrelateTransposed(f *testing.F) {
	f.Add(uint64(1), []byte{1, 2, 5, 5, 1, 3, 3})
	f.Add(uint64(2), []byte{1, 1, 7, 6, 2, 2, 3, 2, 1, 1, 0, 2, 1})
	f.Fuzz(func(t *testing.T, seed uint64, sizes []byte) {
		s := &supply{sizes, seed}
		g := s.number(1, 2)
		x := s.tensor(s.number(1, 2), g*s.number(1, 2), s.number(1, 9), s.number(1, 9))
		k := s.tensor(g*s.number(1, 3), x.Dim(1)/g, s.number(1, 4), s.number(1, 4))
		opts := []Option{Stride(s.number(1, 3), s.number(1, 3)), Padding(s.number(0, 2), s.number(0, 2)), Dilation(s.number(1, 2), s.number(1, 2)), Groups(g)}
		var a *Tensor
		if refused(t, func() { a = CrossCorrelate(x, k, opts...) }) != nil {
			return
		}
		y := s.tensor(a.Shape()...)
		var b *Tensor
		if refused(t, func() { b = CrossCorrelateTransposed(y, k, opts...) }) != nil {
			return
		}
		// A stride may leave rows and columns unread; the transpose ends before them.
		inner := x.Crop(0, 0, b.Dim(2), b.Dim(3))
		left, right := Sum(Mul(y, CrossCorrelate(inner, k, opts...))).Item(), Sum(Mul(b, inner)).Item()
		if scale := Norm(y, 2).Item() * Norm(a, 2).Item(); math.Abs(left-right) > 1e-4*(1+scale) {
			t.Fatalf("⟨y, A·x⟩ = %v, ⟨Aᵀ·y, x⟩ = %v", left, right)
		}
	})
}

// FuzzResize draws sizes: values stay within those of the image, and the same
// size changes nothing.
func FuzzResize(f *testing.F) {
	f.Add(uint64(1), []byte{4, 5, 7, 3, 0})
	f.Add(uint64(2), []byte{1, 1, 7, 3, 1})
	f.Fuzz(func(t *testing.T, seed uint64, sizes []byte) {
		s := &supply{sizes, seed}
		x := s.tensor(s.number(1, 9), s.number(1, 9))
		opts := [][]SampleOption{nil, {AlignCorners()}, {Nearest()}}[s.number(0, 2)]
		y := Resize(x, s.number(1, 20), s.number(1, 20), opts...)
		if Max(y).Item() > Max(x).Item()+1e-6 || Min(y).Item() < Min(x).Item()-1e-6 {
			t.Fatal("values beyond those of the image")
		}
		near(t, Resize(x, x.Dim(0), x.Dim(1), opts...), float64s(x), ones(x.Size()), 1e-6)
	})
}

func float64s(x *Tensor) (values []float64) {
	for _, v := range x.Values() {
		values = append(values, float64(v))
	}
	return values
}

func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }
