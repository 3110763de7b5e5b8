package cnn

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestCS231nMaxPool(t *testing.T) {
	x := Linspace(-0.3, 0.4, 2*3*4*4).Reshape(2, 3, 4, 4)
	agree(t, "out", MaxPool2D(x, 2), flatValues(golden(t, "cs231n_maxpool")["out"]), 1e-6)
}

func TestWorkedPooling(t *testing.T) {
	lecture := rows("1 3 2 1\n2 9 1 1\n1 3 2 3\n5 6 1 2")
	five := rows("1 3 2 1 3\n2 9 1 1 5\n1 3 2 3 2\n8 3 5 1 0\n5 6 1 2 9")
	for _, c := range []struct {
		name      string
		got, want *Tensor
	}{
		{"max", MaxPool2D(lecture, 2), rows("9 2\n6 3")},
		{"average", AvgPool2D(lecture, 2), rows("3.75 1.25\n3.75 2")},
		{"5×5, window 3, stride 1", MaxPool2D(five, 3, Stride(1)), rows("9 9 5\n9 9 5\n8 6 9")},
		{"map 1", MaxPool2D(CrossCorrelate(lee, filter1), 2), rows("3 0\n3 1")},
		{"map 2", MaxPool2D(CrossCorrelate(lee, filter2), 2), rows("-1 1\n0 3")},
		{"every second pixel", AvgPool2D(five, 1, Stride(2)), rows("1 2 3\n1 2 2\n5 1 9")},
		{"the whole map", GlobalAvgPool2D(FromValues([]float64{1, 2, 3, 4, 0, 0, 0, 8}, 2, 2, 2)), Vector(2.5, 2)},
		{"a maximum of negatives", MaxPool2D(Full(-3, 2, 2), 2, Padding(1)), Full(-3, 2, 2)},
		{"a step", Vector(MaxPool2DSteps(lecture, 2)[1].Value), Vector(2)},
	} {
		if !slices.Equal(c.got.Shape(), c.want.Shape()) || !slices.Equal(c.got.Values(), c.want.Values()) {
			t.Errorf("%s: got\n%vwant\n%v", c.name, c.got, c.want)
		}
	}
	if s := MaxPool2DSteps(lecture, 2)[1]; s.String() != "y[0,1] = max(2, 1, 1, 1) = 2" {
		t.Error(s)
	}
	if s := AvgPool2DSteps(lecture, 2)[0]; s.String() != "y[0,0] = (1 + 3 + 2 + 9)/4 = 3.75" {
		t.Error(s)
	}
}

// The paper's form: α is not divided by the number of channels.
func TestLocalResponseNormOfAlexNet(t *testing.T) {
	x := Linspace(-2, 3, 8*2*2).Reshape(1, 8, 2, 2)
	agree(t, "out", LocalResponseNorm(x, 5, 1e-4, 0.75, 2), flatValues(golden(t, "lrn_alexnet_k2_n5_a1e-4_b0.75")["out"]), 1e-6)
	large := LocalResponseNorm(Scale(x, 100), 5, 1e-4, 0.75, 2)
	column := Slice(Slice(large, 2, 0, 1), 3, 0, 1)
	agree(t, "large values", column, []float64{-40.75543499, -27.59818988, -14.03301174, -1.6453616, 12.38335878, 17.23726452, 26.31551643, 36.05885315}, 1e-5)
}

// Outputs and gradients of PyTorch's affine_grid and grid_sample on the 4×4
// image 0…15, also where points fall on pixels and the slope to the right and
// down counts.
func TestSpatialTransformer(t *testing.T) {
	for _, name := range []string{"identity", "rot90", "zoom2", "zoomout", "shift", "rot30"} {
		for _, align := range []bool{true, false} {
			set := fmt.Sprintf("stn_%s_align%s", name, map[bool]string{true: "True", false: "False"}[align])
			t.Run(set, func(t *testing.T) {
				g := golden(t, set)
				var opts []SampleOption
				if align {
					opts = append(opts, AlignCorners())
				}
				theta := Parameter(FromValues(flatValues(g["theta"]), 1, 2, 3))
				image := Parameter(Arange(16).Reshape(1, 1, 4, 4))
				y := GridSample(image, AffineGrid(theta, 4, 4, opts...), opts...)
				agree(t, "out", y, flatValues(g["out"]), 1e-5)
				y.Backward(Linspace(0, 1, 16).Reshape(1, 1, 4, 4))
				agree(t, "dimg", image.Grad(), flatValues(g["dimg"]), 1e-5)
				agree(t, "dtheta", theta.Grad(), flatValues(g["dtheta"]), 1e-5)
			})
		}
	}
}

// The lecture's point (1.6, 2.4): weights 0.36, 0.24, 0.24, 0.16.
func TestBilinearWeights(t *testing.T) {
	x := Matrix([]float64{1, 2, 3}, []float64{4, 5, 6}, []float64{7, 8, 9})
	// Row 1.6 and column 2.4, counted from 1, are 0.6 and 1.4 from 0; corners
	// aligned, the last pixel is 2.
	at := func(pixel float64) float64 { return pixel - 1 }
	s := GridSampleSteps(x, FromValues([]float64{at(1.4), at(0.6)}, 1, 1, 2), AlignCorners())[0]
	want := []Corner{{0, 1, 0.24, 2}, {0, 2, 0.16, 3}, {1, 1, 0.36, 5}, {1, 2, 0.24, 6}}
	for i, c := range s.Corners {
		if math.Abs(c.Weight-want[i].Weight) > 1e-6 || c.Row != want[i].Row || c.Col != want[i].Col || c.Value != want[i].Value {
			t.Errorf("corner %d: %v, want %v", i, c, want[i])
		}
	}
	if math.Abs(s.Value-4.2) > 1e-6 {
		t.Errorf("value %v, want 4.2", s.Value)
	}
}

func TestSoftmaxNumbers(t *testing.T) {
	z := Parameter(Vector(1, 2, 3, 4))
	agree(t, "softmax", Softmax(z), []float64{0.0320586, 0.08714432, 0.23688282, 0.64391426}, 1e-6)
	loss := CrossEntropy(z, Scalar(2))
	agree(t, "loss", loss, []float64{1.4401896986}, 1e-6)
	loss.Backward()
	agree(t, "gradient", z.Grad(), []float64{0.0320586, 0.08714432, -0.76311718, 0.64391426}, 1e-6)
	agree(t, "large", Softmax(Vector(1000, -1000, 1000)), []float64{0.5, 0, 0.5}, 1e-6)
	agree(t, "masked", Softmax(Vector(0, math.Inf(-1), 0)), []float64{0.5, 0, 0.5}, 1e-6)
	agree(t, "certain", LogSoftmax(Vector(1000, 0)), []float64{0, -1000}, 1e-6)
	agree(t, "sigmoid", Sigmoid(Vector(0, 2, 1000, -1000)), []float64{0.5, 0.88079708, 1, 0}, 1e-6)
	agree(t, "impossible", BinaryCrossEntropy(Vector(0, 1), Vector(1, 0)), []float64{100}, 1e-6)
}

// The course on logistic regression of deeplearning.ai, week 2: one step.
func TestLogisticRegression(t *testing.T) {
	w, b := Parameter(Matrix([]float64{1, 2})), Parameter(Vector(2))
	x := Transpose(Matrix([]float64{1, 2, -1}, []float64{3, 4, -3.2})) // three samples
	y := FromValues([]float64{1, 0, 1}, 3, 1)
	loss := BinaryCrossEntropy(Sigmoid(Affine(x, w, b)), y)
	loss.Backward()
	agree(t, "dw", w.Grad(), []float64{0.99845601, 2.39507239}, 1e-4)
	agree(t, "db", b.Grad(), []float64{0.00145557813678}, 1e-4)
	// J is 5.8015 in float64; in float32 σ(10) already rounds.
	agree(t, "J", loss, []float64{5.801545319394553}, 1e-4)
}

func TestValue(t *testing.T) {
	a, b, c := NewValue(5), NewValue(3), NewValue(2)
	v := a.Add(b.Mul(c))
	j := v.Scale(3)
	j.Backward()
	if v.Data != 11 || j.Data != 33 || a.Grad != 3 || b.Grad != 6 || c.Grad != 9 {
		t.Error(v, j, a, b, c)
	}
	j.Backward() // again from zero
	if a.Grad != 3 {
		t.Error("the second Backward added:", a)
	}
}

// The expression of micrograd's README: g = 24.7041, dg/da = 138.8338,
// dg/db = 645.5773.
func TestMicrograd(t *testing.T) {
	a, b := NewValue(-4).Named("a"), NewValue(2).Named("b")
	c := a.Add(b)
	d := a.Mul(b).Add(b.Pow(3))
	c = c.Add(c.Shift(1))
	c = c.Add(NewValue(1).Add(c).Add(a.Neg()))
	d = d.Add(d.Scale(2).Add(b.Add(a).ReLU()))
	d = d.Add(d.Scale(3).Add(b.Sub(a).ReLU()))
	e := c.Sub(d)
	f := e.Pow(2)
	g := f.Scale(0.5)
	g = g.Add(NewValue(10).Div(f))
	g.Backward()
	for _, n := range []struct {
		name      string
		got, want float64
	}{{"g", g.Data, 24.7041}, {"dg/da", a.Grad, 138.8338}, {"dg/db", b.Grad, 645.5773}} {
		if math.Abs(n.got-n.want) > 5e-5 {
			t.Errorf("%s = %v, want %v", n.name, n.got, n.want)
		}
	}
}

// Every function of a Value against a finite difference.
func TestValueSlopes(t *testing.T) {
	two := NewValue(2)
	for name, f := range map[string]func(*Value) *Value{
		"Add": func(v *Value) *Value { return v.Add(two).Add(v) }, "Sub": func(v *Value) *Value { return two.Sub(v) },
		"Mul": func(v *Value) *Value { return v.Mul(v).Mul(two) }, "Div": func(v *Value) *Value { return two.Div(v).Div(two) },
		"Scale": func(v *Value) *Value { return v.Scale(-3) }, "Shift": func(v *Value) *Value { return v.Shift(4) }, "Neg": (*Value).Neg,
		"Pow": func(v *Value) *Value { return v.Pow(-1.5) }, "Exp": (*Value).Exp, "Log": (*Value).Log, "Tanh": (*Value).Tanh,
		"Sigmoid": (*Value).Sigmoid, "ReLU": (*Value).ReLU, "ReLU of negatives": func(v *Value) *Value { return v.Neg().ReLU() },
	} {
		const at, h = 0.7, 1e-5
		v := NewValue(at)
		f(v).Backward()
		numeric := (f(NewValue(at+h)).Data - f(NewValue(at-h)).Data) / (2 * h)
		if math.Abs(v.Grad-numeric) > 1e-6 {
			t.Errorf("%s: gradient %v, finite difference %v", name, v.Grad, numeric)
		}
	}
}

func TestValueSteps(t *testing.T) {
	a, b := NewValue(2).Named("a"), NewValue(3).Named("b")
	y := a.Mul(b).Add(a)
	nodes := y.Inspect()
	var lines []string
	for _, n := range nodes {
		lines = append(lines, n.String())
	}
	want := []string{"a = leaf: value 2, gradient 0", "b = leaf: value 3, gradient 0", "×(#0, #1): value 6, gradient 0", "+(#2, #0): value 8, gradient 0"}
	if !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
	steps := y.BackwardSteps()
	if len(steps) != 2 || steps[0].Node != 3 || !slices.Equal(steps[0].Grads, []float64{1, 0, 1, 1}) || !slices.Equal(steps[1].Grads, []float64{4, 2, 1, 1}) {
		t.Errorf("%+v", steps)
	}
}
