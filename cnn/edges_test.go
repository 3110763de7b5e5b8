package cnn

import (
	"math"
	"slices"
	"testing"
)

// Where a function bends, ties or has no number, the documentation says what
// counts; where PyTorch says something, it says the same.
func TestEdges(t *testing.T) {
	nan := math.NaN()
	slope := func(f func(x *Tensor) *Tensor, values ...float64) []float64 {
		x := Parameter(Vector(values...))
		Sum(f(x)).Backward()
		return float64s(x.Grad())
	}
	matrix := func(f func(x *Tensor) *Tensor) func(x *Tensor) *Tensor {
		return func(x *Tensor) *Tensor { return f(x.Reshape(2, 2)) }
	}
	for _, c := range []struct {
		name      string
		got, want []float64
	}{
		{"ReLU at 0", slope(ReLU, -1, 0, 1), []float64{0, 0, 1}},
		{"Abs at 0", slope(Abs, -1, 0, 1), []float64{-1, 0, 1}},
		{"Clamp at its bounds", slope(func(x *Tensor) *Tensor { return Clamp(x, 0, 1) }, -1, 0, 1, 2), []float64{0, 1, 1, 0}},
		{"Maximum of equals", slope(func(x *Tensor) *Tensor { return Maximum(x, Ones(3)) }, 0, 1, 2), []float64{0, 0.5, 1}},
		{"Max of equals", slope(func(x *Tensor) *Tensor { return Max(x) }, 1, 2, 2), []float64{0, 1, 0}},
		{"Min of equals", slope(func(x *Tensor) *Tensor { return Min(x) }, 2, 1, 1), []float64{0, 1, 0}},
		{"Norm at 0", slope(func(x *Tensor) *Tensor { return Norm(x, 2) }, 0, 0), []float64{0, 0}},
		{"Pow 0 at 0", slope(func(x *Tensor) *Tensor { return Pow(x, 0) }, 0), []float64{0}},
		{"MaxPool2D of equals", slope(matrix(func(x *Tensor) *Tensor { return MaxPool2D(x, 2) }), 1, 2, 2, 2), []float64{0, 1, 0, 0}},
		{"AdaptiveMaxPool2D of equals", slope(matrix(func(x *Tensor) *Tensor { return AdaptiveMaxPool2D(x, 1, 1) }), 1, 2, 2, 2), []float64{0, 1, 0, 0}},
		{"certain and wrong", slope(func(x *Tensor) *Tensor { return BinaryCrossEntropy(x, Vector(1)) }, 0), []float64{float64(float32(-1e12))}},
		{"ArgMax of equals", float64s(ArgMax(Vector(1, 2, 2), 0)), []float64{1}},
		{"the first of equals wins a step", []float64{float64(MaxPool2DSteps(Full(3, 2, 2), 2)[0].Winner)}, []float64{0}},
		{"nearest takes the even one of two", float64s(GridSample(Matrix([]float64{0, 1, 2, 3}), FromValues([]float64{-0.5, 0, 0.5, 0}, 1, 2, 2), Nearest())), []float64{0, 2}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	for name, y := range map[string]*Tensor{
		"ReLU": ReLU(Vector(nan)), "Max": Max(Vector(1, nan, 3)), "Min": Min(Vector(3, nan, 1)), "Maximum": Maximum(Vector(nan), Vector(1)),
		"MaxPool2D": MaxPool2D(Matrix([]float64{1, nan}, []float64{3, 2}), 2), "AdaptiveMaxPool2D": AdaptiveMaxPool2D(Matrix([]float64{1, nan}, []float64{3, 2}), 1, 1),
		"fused ReLU": CrossCorrelate(Full(nan, 2, 2), Ones(2, 2), ThenReLU()),
	} {
		if v := y.Values()[0]; v == v {
			t.Errorf("%s loses a NaN: %v", name, v)
		}
	}
	usageError(t, func() { CrossCorrelateTransposed(Ones(1, 2, 2), Ones(1, 1, 2, 2), Stride(2), OutputPadding(2)) })
	y := Exp(Parameter(Vector(1)))
	y.Set(3, 0)
	usageError(t, func() { y.Backward() })
}

// A slice that Data handed out belongs to whoever has it, also in a workspace.
func TestDataIsNotLentAgain(t *testing.T) {
	lab := NewWorkspace()
	x := lab.Lend(Vector(1, 2))
	data := Exp(x).Data()
	want := slices.Clone(data)
	for range 3 {
		lab.Reset()
		Scale(lab.Lend(Vector(7, 8)), 5)
	}
	if !slices.Equal(data, want) {
		t.Error(data, want)
	}
}

// Recorded steps of Backward keep their gradients, in a workspace too.
func TestStepsInAWorkspace(t *testing.T) {
	x, k := Normal(0, 1, 1, 1, 6, 6), Parameter(Normal(0, 1, 2, 1, 3, 3))
	steps := func(lab *Workspace) (all [][]float32) {
		if lab != nil {
			x = lab.Lend(x)
		}
		y := Sum(CrossCorrelate(x, k, ThenReLU()).Reshape(-1))
		k.ZeroGrad()
		recorded := BackwardSteps(y)
		for _, s := range recorded {
			all = append(all, s.Gradient.Values())
		}
		return all
	}
	want, lab := steps(nil), NewWorkspace()
	for range 2 {
		if got := steps(lab); !slices.EqualFunc(got, want, func(a, b []float32) bool { return slices.Equal(a, b) }) {
			t.Error(got, want)
		}
		lab.Reset()
	}
}
