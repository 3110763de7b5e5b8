package cnn

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"weak"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

func TestBackwardMistakes(t *testing.T) {
	w := func() *Tensor { return Parameter(Vector(1, 2)) }
	for _, c := range []struct {
		name string
		f    func()
		want string
	}{
		{"nothing to learn", func() { Sum(Vector(1)).Backward() }, "is a Parameter"},
		{"no gradient", func() { Vector(1).Grad() }, "has no gradient"},
		{"twice", func() { y := Sum(w()); y.Backward(); y.Backward() }, "it ran on this result already"},
		{"twice through a part", func() { x := Exp(w()); a, b := Sum(x), Mean(x); a.Backward(); b.Backward() }, "already ran through the result of Exp"},
		{"values changed", func() { p := w(); y := Sum(Mul(p, p)); p.Set(3, 0); y.Backward() }, "were changed"},
		{"a value changed of two", func() { p, q := w(), w(); y := Sum(Mul(p, q)); p.Set(3, 0); y.Backward() }, "were changed"},
		{"a result changed", func() { x := Exp(w()); y := Sum(x); x.Set(3, 0); y.Backward() }, "were changed"},
		{"two starts", func() { y := Sum(w()); y.Backward(Scalar(1), Scalar(1)) }, "want one at most"},
		{"inside NoGrad", func() { var y *Tensor; NoGrad(func() { y = Sum(w()) }); y.Backward() }, "is a Parameter"},
	} {
		if e := usageError(t, c.f); !strings.Contains(e.Error(), c.want) {
			t.Errorf("%s: %q does not say %q", c.name, e, c.want)
		}
	}
	for _, f := range []func(){func() { Exp(w()).Backward() }, func() { Exp(w()).Backward(Scalar(1)) }} {
		shapeError(t, f)
	}
}

func TestGradKeepsItsValues(t *testing.T) {
	w := Parameter(Vector(1, 2))
	step := func() { Sum(Mul(w, w)).Backward() }
	step()
	first := w.Grad()
	step() // adds
	second := w.Grad()
	w.ZeroGrad()
	zero := w.Grad()
	step()
	w.Update(func(_, g []float32) { g[0] = 99 })
	for _, c := range []struct {
		name string
		got  *Tensor
		want []float32
	}{{"first", first, []float32{2, 4}}, {"second", second, []float32{4, 8}}, {"after ZeroGrad", zero, []float32{0, 0}}, {"changed by Update", w.Grad(), []float32{99, 4}}} {
		if !slices.Equal(c.got.Values(), c.want) {
			t.Errorf("%s gradient %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestDetachAndNoGrad(t *testing.T) {
	w := Parameter(Vector(2, 3))
	y := Sum(Mul(w, w.Detach()))
	y.Backward()
	if got := w.Grad().Values(); !slices.Equal(got, []float32{2, 3}) {
		t.Errorf("gradient %v, want the detached factor", got)
	}
	NoGrad(func() {
		if Exp(w).IsTracked() {
			t.Error("NoGrad tracks")
		}
	})
	if !Exp(w).IsTracked() {
		t.Error("nothing is tracked after NoGrad")
	}
}

// One long chain: Backward is no recursion that could run out of stack.
func TestDeepGraph(t *testing.T) {
	w := Parameter(Scalar(1))
	y := w
	for range 100_000 {
		y = Shift(y, 0)
	}
	y.Backward()
	if g := w.Grad().Item(); g != 1 {
		t.Errorf("gradient %v through a long chain, want 1", g)
	}
}

func TestInspect(t *testing.T) {
	x, w := Ones(1, 2), Parameter(Ones(3, 2))
	w.SetName("w")
	h := Affine(x, w, nil)
	y := Sum(Mul(h, h))
	var lines []string
	for _, n := range Inspect(y) {
		lines = append(lines, n.String())
	}
	want := []string{"leaf 1×2", "w = leaf 3×2", "Affine(#0, #1) 1×3", "Mul(#2, #2) 1×3", "Sum(#3) scalar"}
	if !slices.Equal(lines, want) {
		t.Errorf("%q, want %q", lines, want)
	}
	steps := BackwardSteps(y)
	if len(steps) != 3 || steps[0].Node != 4 || steps[2].Node != 2 {
		t.Fatalf("%d steps: %+v", len(steps), steps)
	}
	if g := steps[1].Gradients[0].Values(); !slices.Equal(g, []float32{4, 4, 4}) {
		t.Errorf("gradient of h %v, want 2h", g)
	}
	if g := w.Grad().Values(); !slices.Equal(g, []float32{4, 4, 4, 4, 4, 4}) || steps[2].Gradients[0] != nil {
		t.Errorf("gradient of w %v", g)
	}
}

func TestGradCheckFindsMistakes(t *testing.T) {
	x := Vector(0.5, -1, 2)
	wrong := func(in []*Tensor) *Tensor { // x², with the slope x
		x := in[0]
		y := result("Wrong", x.shape, x)
		for i, v := range x.data() {
			y.data()[i] = v * v
		}
		return y.made(func() {
			for i, v := range x.data() {
				x.adding()[i] += y.grad.data[i] * v
			}
		})
	}
	r := GradCheck(wrong, x)
	if r.OK || r.Checked != 3 || r.Worst.Input != 0 || !slices.Equal(r.Worst.Index, []int{2}) || !strings.Contains(r.String(), "WRONG") {
		t.Error(r)
	}
	kinks := GradCheck(func(in []*Tensor) *Tensor { return ReLU(in[0]) }, Vector(1, 0, -1, 0.004))
	if !kinks.OK || kinks.Kinks != 2 || kinks.Checked != 2 {
		t.Error("kinks of ReLU:", kinks)
	}
	ties := GradCheck(func(in []*Tensor) *Tensor { return MaxPool2D(in[0], 2) }, Matrix([]float64{3, 3, 1, 2}, []float64{1, 1, 0, 0}))
	if !ties.OK || ties.Kinks != 2 {
		t.Error("ties of a maximum:", ties)
	}
	if r := GradCheck(func(in []*Tensor) *Tensor { return ReLU(in[0]) }, Vector(0)); r.OK || r.Checked != 0 || !strings.Contains(r.String(), "gradient NOT CHECKED") {
		t.Error("nothing compared is not right:", r)
	}
	noNumber := func(in []*Tensor) *Tensor { // the slope 0/0 at one place of the first input
		y := Mul(in[0], in[1])
		back := y.node.back
		y.node.back = func() { back(); in[0].adding()[1] = float32(math.NaN()) }
		return y
	}
	if r := GradCheck(noNumber, Vector(1, 2, 3), Vector(4, 5, 6)); r.OK || r.Kinks != 0 || r.Worst.Input != 0 || !slices.Equal(r.Worst.Index, []int{1}) {
		t.Error("a gradient that is no number:", r)
	}
}

func TestCheckNaN(t *testing.T) {
	CheckNaN(true)
	defer CheckNaN(false)
	w := Parameter(Vector(1, -1))
	for _, c := range []struct {
		name string
		f    func()
		want string
	}{
		{"made", func() { Sqrt(w) }, "Sqrt made NaN at [1] of its result 2"},
		{"given", func() { Exp(Parameter(Vector(math.NaN()))) }, "Exp was given NaN"},
		{"given, without a gradient", func() { CrossCorrelate(Full(math.Inf(1), 3, 3), Ones(2, 2)) }, "CrossCorrelate was given +Inf"},
		{"given to a view", func() { Vector(1, math.NaN()).Reshape(2, 1) }, "Reshape was given NaN"},
		{"given, in NoGrad", func() { NoGrad(func() { Mul(w, Vector(1, math.NaN())) }) }, "Mul was given NaN"},
		{"in the gradient", func() { Sum(Pow(Parameter(Vector(0)), 0.5)).Backward() }, "gradient of Pow made +Inf at [0]"},
	} {
		func() {
			defer func() {
				var e *NaNError
				if err, ok := recover().(error); !ok || !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s: %v does not say %q", c.name, err, c.want)
				}
			}()
			c.f()
		}()
	}
	Sum(Exp(w)).Backward() // nothing to find
	if nodes := Inspect(Exp(Vector(1))); len(nodes) != 1 {
		t.Errorf("the check keeps what a result without gradient was made from: %v", nodes)
	}
}

var errStop = errors.New("stop")

func TestSetThreads(t *testing.T) {
	defer SetThreads(Threads())
	SetThreads(3)
	if Threads() != 3 || compute.Threads() != 3 {
		t.Error(Threads())
	}
	usageError(t, func() { SetThreads(0) })
}

func TestYield(t *testing.T) {
	defer SetYield(nil)
	x, k := Parameter(Ones(1, 8, 32, 32)), Parameter(Ones(16, 8, 3, 3))
	calls := 0
	SetYield(func() error { calls++; return nil })
	y := CrossCorrelate(x, k)
	if calls == 0 {
		t.Error("a large layer never yields")
	}
	calls = 0
	for range 200 {
		y = Add(y, y)
	}
	Sum(y).Backward()
	if calls < 2 {
		t.Errorf("%d yields in a long backward pass", calls)
	}
	// Layers with few results and much work.
	row := Parameter(Ones(1, 1100))
	for range 3 {
		row = Affine(row, Parameter(Ones(1100, 1100)), nil)
	}
	s := Sum(row)
	calls = 0
	s.Backward()
	if calls < 3 {
		t.Errorf("%d yields in the backward pass of three layers of a million weights", calls)
	}
	calls = 0
	for range 100 {
		Shift(Scalar(1), 1)
	}
	if calls != 0 {
		t.Errorf("%d yields for hardly any work", calls)
	}

	SetYield(func() error { return errStop })
	before := k.Values()
	err := func() (err error) {
		defer func() { err = recover().(error) }()
		CrossCorrelate(x, k)
		return nil
	}()
	var stopped *Interrupted
	if !errors.As(err, &stopped) || !errors.Is(err, errStop) {
		t.Errorf("ended with %v, want Interrupted by %v", err, errStop)
	}
	if !slices.Equal(k.Values(), before) {
		t.Error("weights changed")
	}
}

// A tensor kept from an earlier step keeps its values; others say that they
// are gone.
func TestWorkspaceKeep(t *testing.T) {
	lab, w := NewWorkspace(), Parameter(Vector(1, 2))
	x := lab.Lend(Vector(3, 4))
	y := Mul(x, w)
	kept := y.Keep()
	gone := Exp(y)
	own := Exp(kept) // no longer of the workspace
	Sum(Add(gone, own)).Backward()
	gradient := w.Grad()
	want, wantGradient, wantOwn := kept.Values(), gradient.Values(), own.Values()
	lab.Reset()
	for range 3 { // later steps use the storage that came back
		z := Mul(lab.Lend(Vector(7, 8)), w)
		Sum(Exp(Exp(z))).Backward()
		w.ZeroGrad()
		lab.Reset()
	}
	if !slices.Equal(kept.Values(), want) || !slices.Equal(gradient.Values(), wantGradient) || !slices.Equal(own.Values(), wantOwn) {
		t.Error("a kept tensor changed:", kept, gradient, own)
	}
	if e := usageError(t, func() { gone.At(0) }); !strings.Contains(e.Error(), "went back to their Workspace") {
		t.Error(e)
	}
	if s := gone.String(); !strings.Contains(s, "returned") {
		t.Error(s)
	}
}

func TestWorkspaceRelease(t *testing.T) {
	lab, x := NewWorkspace(), Vector(1, 2)
	lent := lab.Lend(x)
	a := Scale(lent, 2)
	b := Scale(a, 3)
	lent.Release() // the numbers are not the workspace's
	a.Release()
	usageError(t, func() { a.At(0) })
	c := Scale(b, 2)
	if !c.SharesData(c.Reshape(2, 1)) || c.SharesData(b) || c.storage != a.storage {
		t.Error("what is released is not used for the next result")
	}
	if !slices.Equal(c.Values(), []float32{12, 24}) || !slices.Equal(b.Values(), []float32{6, 12}) || !slices.Equal(x.Values(), []float32{1, 2}) {
		t.Error(x.Values(), b.Values(), c.Values())
	}
	kept := c.Keep()
	c.Release()
	if d := Scale(b, 5); d.SharesData(kept) {
		t.Error("what is kept was released")
	}
	lab.Reset()
	one, two := Scale(lab.Lend(x), 1), Scale(lab.Lend(x), 1)
	if one.SharesData(two) {
		t.Error("the same storage lent twice")
	}
	w := Parameter(Vector(3, 4))
	y := Mul(lab.Lend(x), w)
	y.Release()
	Sum(y).Backward() // a gradient needs it: it is still there
}

// step is a training step of a small network with an Update; the workspace may
// be nil.
func step(lab *Workspace, x, labels *Tensor, p []*Tensor) {
	if lab != nil {
		x = lab.Lend(x)
	}
	h := MaxPool2D(CrossCorrelate(x, p[0], Bias(p[1]), Padding(2), ThenReLU()), 2)
	h = MaxPool2D(CrossCorrelate(h, p[2], Bias(p[3]), ThenReLU()), 2)
	h = ReLU(Affine(Flatten(h), p[4], p[5]))
	h = ReLU(Affine(h, p[6], p[7]))
	CrossEntropy(Affine(h, p[8], p[9]), labels).Backward()
	for _, w := range p {
		w.Update(func(values, gradient []float32) { compute.SGD(values, gradient, nil, 0.01, 0, 0, false) })
		w.ZeroGrad()
	}
	if lab != nil {
		lab.Reset()
	}
}

func lenet() (x, labels *Tensor, p []*Tensor) {
	Seed(3)
	for _, shape := range [][]int{{6, 1, 5, 5}, {6}, {16, 6, 5, 5}, {16}, {120, 400}, {120}, {84, 120}, {84}, {10, 84}, {10}} {
		p = append(p, Parameter(Normal(0, 0.1, shape...)))
	}
	labels = Zeros(8)
	for i := range 8 {
		labels.Set(float64(i), i)
	}
	return Normal(0, 1, 8, 1, 28, 28), labels, p
}

// What is kept of a step, its loss or its parameters, keeps nothing else in
// memory.
func TestKeptTensorsLetTheGraphGo(t *testing.T) {
	for name, keep := range map[string]func(*Tensor) *Tensor{
		"Detach": (*Tensor).Detach, "Clone": (*Tensor).Clone, "Parameter": Parameter,
		"Keep":  func(x *Tensor) *Tensor { return x.Detach().Keep() },
		"Index": func(x *Tensor) *Tensor { return x.Detach().Reshape(1).Index(0) },
	} {
		w := Parameter(Vector(1, 2))
		inner := Exp(w)
		loss := Sum(inner)
		loss.Backward()
		gone, kept, gradient := weak.Make(inner), keep(loss), w.Grad()
		inner, loss = nil, nil
		for range 10 {
			if runtime.GC(); gone.Value() == nil {
				break
			}
		}
		if gone.Value() != nil {
			t.Errorf("%s keeps what the tensor was made from", name)
		}
		runtime.KeepAlive(kept)
		runtime.KeepAlive(gradient)
		runtime.KeepAlive(w)
	}
}

// A workspace changes where values lie, never which they are.
func TestWorkspaceTrainsAlike(t *testing.T) {
	var weights [][]*Tensor
	for _, lab := range []*Workspace{nil, NewWorkspace()} {
		x, labels, p := lenet()
		for range 3 {
			step(lab, x, labels, p)
		}
		weights = append(weights, p)
	}
	for i := range weights[0] {
		if !slices.EqualFunc(weights[0][i].Values(), weights[1][i].Values(), sameBits) {
			t.Errorf("weights %d differ after three steps", i)
		}
	}
}

func TestSteadyStepAllocatesLittle(t *testing.T) {
	defer compute.SetThreads(compute.Threads())
	compute.SetThreads(1)
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties pools of scratch memory
	x, labels, p := lenet()
	lab := NewWorkspace()
	for range 3 {
		step(lab, x, labels, p)
	}
	const steps = 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range steps {
		step(lab, x, labels, p)
	}
	runtime.ReadMemStats(&after)
	objects, bytes := (after.Mallocs-before.Mallocs)/steps, (after.TotalAlloc-before.TotalAlloc)/steps
	t.Logf("%d allocations, %d bytes a step", objects, bytes)
	if objects > 64 {
		t.Errorf("%d allocations a step", objects)
	}
	if bytes > 64<<10 { // the first feature map alone has 150 KB
		t.Errorf("%d bytes a step: tensor storage is allocated anew", bytes)
	}
}

// What is kept about weights never outlives a change of them, however it comes.
func TestWeightsMayChange(t *testing.T) {
	x, row := Normal(0, 1, 2, 16, 18, 18), Normal(0, 1, 40, 64)
	for _, c := range []struct {
		name   string
		change func(w *Tensor)
	}{
		{"Set", func(w *Tensor) { w.Set(5, make([]int, w.Axes())...) }},
		{"Set of a view", func(w *Tensor) { w.Reshape(-1).Set(5, 3) }},
		{"CopyFrom", func(w *Tensor) { w.CopyFrom(Normal(0, 1, w.Shape()...)) }},
		{"Update", func(w *Tensor) {
			Sum(w).Backward()
			w.Update(func(v, g []float32) { v[0] += g[0] })
		}},
		{"Data", func(w *Tensor) { w.Data()[1] = 7 }},
	} {
		kernel, matrix := Parameter(Normal(0, 1, 32, 16, 3, 3)), Parameter(Normal(0, 1, 48, 64))
		data := kernel.Data // also: a slice handed out before
		if c.name != "Data" {
			data = nil
		}
		for round := range 3 {
			for _, w := range []*Tensor{kernel, matrix} {
				of := func(w *Tensor) *Tensor {
					if w.Axes() == 4 {
						return CrossCorrelate(x, w, Padding(1))
					}
					return Affine(row, w, nil)
				}
				of(w)
				c.change(w)
				if got, want := of(w).Values(), of(w.Clone()).Values(); !slices.Equal(got, want) {
					t.Errorf("%s, round %d: the result of %s weights is of older ones", c.name, round, Dims(w.shape))
				}
			}
			if data != nil {
				data()[round] = 9
			}
		}
	}
}

// Several goroutines may compute at once, on tensors of their own or sharing
// weights they only read, and may draw random numbers.
func TestConcurrentUse(t *testing.T) {
	k := Parameter(Normal(0, 1, 4, 2, 3, 3))
	x := Normal(0, 1, 2, 2, 9, 9)
	want := CrossCorrelate(x, k).Values()
	var group sync.WaitGroup
	errs := make(chan error, 8)
	for range 8 {
		group.Go(func() {
			for range 20 {
				if got := CrossCorrelate(x, k).Values(); !slices.Equal(got, want) {
					errs <- fmt.Errorf("another result beside other goroutines")
					return
				}
				Uniform(0, 1, 3)
				Dropout(x, 0.5)
			}
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
}

// A mistake names the function called, not one inside it.
func TestMistakesNameTheFunctionCalled(t *testing.T) {
	lab := NewWorkspace()
	gone := Exp(lab.Lend(Ones(3, 3)))
	lab.Reset()
	for want, f := range map[string]func(){
		"CrossCorrelateSteps: ": func() { CrossCorrelateSteps(Ones(3, 3), ShapeOnly(2, 2)) },
		"ConvolveSteps: ":       func() { ConvolveSteps(ShapeOnly(3, 3), Ones(2, 2)) },
		"MaxPool2DSteps: ":      func() { MaxPool2DSteps(ShapeOnly(4, 4), 2) },
		"GridSampleSteps: ":     func() { GridSampleSteps(ShapeOnly(4, 4), Ones(1, 1, 2)) },
		"Exp: ":                 func() { Exp(gone) },
		"MatMul: ":              func() { MatMul(Ones(3, 3), gone) },
		"Transpose: ":           func() { Transpose(gone) },
		"BatchNorm: ε = -1":     func() { BatchNorm(Ones(2, 1), Ones(1), Ones(1), -1) },
		"BatchNormWith: ε = -1": func() { BatchNormWith(Ones(2, 1), Ones(1), Ones(1), Ones(1), Ones(1), -1) },
		"BinaryCrossEntropy: the label 2 does not lie between 0 and 1": func() { BinaryCrossEntropy(Full(0.5, 1), Vector(2)) },
		"Resize: an option is nil":                                     func() { Resize(Ones(2, 2), 1, 1, nil) },
		"GridSample: an option is nil":                                 func() { GridSample(Ones(2, 2), Ones(1, 1, 2), nil) },
		"AffineGrid: an option is nil":                                 func() { AffineGrid(Ones(2, 3), 1, 1, nil) },
		"pooling: the option Same means nothing here":                  func() { PoolMovement(2, Same()) },
	} {
		if e := usageError(t, f); !strings.HasPrefix(e.Error(), want) {
			t.Errorf("%q does not begin with %q", e, want)
		}
	}
	for want, f := range map[string]func(){
		"Arange":   func() { Arange(0) },
		"Linspace": func() { Linspace(0, 1, -1) },
		"Eye":      func() { Eye(0) },
		"Ones":     func() { Ones(2, 0) },
	} {
		if e := shapeError(t, f); e.Op != want {
			t.Errorf("%v does not name %s", e, want)
		}
	}
}

// Every method says so when its tensor is nil; printing works.
func TestNilTensors(t *testing.T) {
	var none *Tensor
	v := reflect.ValueOf(none)
	for i := range v.NumMethod() {
		m := v.Method(i)
		name := v.Type().Method(i).Name
		if name == "String" || name == "HTML" {
			continue
		}
		in := make([]reflect.Value, m.Type().NumIn())
		for j := range in {
			in[j] = reflect.Zero(m.Type().In(j))
		}
		call := m.Call
		if m.Type().IsVariadic() {
			call = m.CallSlice
		}
		if e := usageError(t, func() { call(in) }); e.Error() != name+": a tensor is nil; give it a value first: a function of yours may have returned nil" {
			t.Errorf("%s: %v", name, e)
		}
	}
	for _, f := range []func(){func() { Inspect(nil) }, func() { BackwardSteps(nil) }, func() { NewWorkspace().Lend(nil) }, func() { GradCheck(func(in []*Tensor) *Tensor { return nil }, Ones(1)) }} {
		usageError(t, f)
	}
}

// An operation leaves the slices of its caller as they are.
func TestArgumentsStayAsTheyAre(t *testing.T) {
	axes := []int{-1, -2}
	x := Ones(2, 3)
	Flip(x, axes...)
	Sum(x, axes...)
	Transpose(x, axes...)
	shape := []int{3, -1}
	x.Reshape(shape...)
	if !slices.Equal(axes, []int{-1, -2}) || !slices.Equal(shape, []int{3, -1}) {
		t.Error(axes, shape)
	}
}
