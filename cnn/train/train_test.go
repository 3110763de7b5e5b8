package train_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/internal/compute"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
	"github.com/convnotes/convnotes/cnn/train"
)

func digits(t testing.TB) (training, test *data.Images) {
	all, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	return all.Slice(0, 1437), all.Slice(1437, 1797)
}

func digitNet() layers.Layer {
	return layers.Sequential(
		layers.Conv2D(1, 16, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(2),
		layers.Conv2D(16, 32, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(2),
		layers.Flatten(),
		layers.Linear(128, 64), layers.ReLU(),
		layers.Linear(64, 10),
	)
}

func TestDigitsAreLearned(t *testing.T) {
	training, test := digits(t)
	cnn.Seed(1)
	net := digitNet()
	var history train.History
	err := train.Fit(net, training, train.Options{Epochs: 12, Optimizer: train.SGD{Rate: 0.05, Momentum: 0.9}, Schedule: train.Cosine(),
		Augment: data.RandomShift(1), Validation: test, History: &history})
	if err != nil {
		t.Fatal(err)
	}
	r := train.Evaluate(net, test)
	t.Log(r)
	if r.Accuracy < 0.93 {
		t.Errorf("%v after 12 epochs", r)
	}
	if first, last := history.Epochs[0].Loss, history.Epochs[11].Loss; !(last < first/3) {
		t.Errorf("the loss went from %v to %v", first, last)
	}
	if c := train.NewConfusion(net, test); math.Abs(c.Accuracy()-r.Accuracy) > 1e-9 {
		t.Errorf("the confusion matrix says %v, the evaluation %v", c.Accuracy(), r.Accuracy)
	}
}

func TestOptimizersLearn(t *testing.T) {
	training, _ := digits(t)
	for name, o := range map[string]train.Optimizer{
		"SGD": train.SGD{Rate: 0.1}, "momentum": train.SGD{Rate: 0.02, Momentum: 0.9}, "Nesterov": train.SGD{Rate: 0.02, Momentum: 0.9, Nesterov: true},
		"Adam": train.Adam{Rate: 0.002}, "AdamW": train.AdamW{Rate: 0.002, Decay: 0.01}, "RMSProp": train.RMSProp{Rate: 0.001}, "own": plain{0.1},
	} {
		cnn.Seed(1)
		net := layers.Sequential(layers.Flatten(), layers.Linear(64, 32), layers.ReLU(), layers.Linear(32, 10))
		if err := train.Fit(net, training, train.Options{Epochs: 6, Optimizer: o}); err != nil {
			t.Fatal(err)
		}
		if r := train.Evaluate(net, training); r.Accuracy < 0.9 {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// plain is an optimizer as a student writes it.
type plain struct{ rate float64 }

func (p plain) Start(weights []*cnn.Tensor) train.Stepper {
	return train.StepFunc(func(factor float64) {
		for _, w := range weights {
			w.Update(func(values, gradient []float32) {
				for i := range values {
					values[i] -= float32(p.rate*factor) * gradient[i]
				}
			})
		}
	})
}

// Three steps of the recipe of 2012 by hand: v ← 0.9v + g + 5e-4·w, w ← w − 0.01v.
func TestMomentumByHand(t *testing.T) {
	w := cnn.Parameter(cnn.Vector(1))
	s := train.SGD{Rate: 0.01, Momentum: 0.9, Decay: 5e-4}.Start([]*cnn.Tensor{w})
	want, v := 1.0, 0.0
	for range 3 {
		w.ZeroGrad()
		cnn.Sum(cnn.Mul(w, w)).Backward()
		s.Step(1)
		v = 0.9*v + 2*want + 5e-4*want
		want -= 0.01 * v
	}
	if got := w.At(0); math.Abs(got-want) > 1e-6 {
		t.Errorf("w = %v, want %v", got, want)
	}
}

func bits(net layers.Layer) string {
	var b strings.Builder
	for _, p := range net.Parameters() {
		for _, v := range p.Values() {
			fmt.Fprintf(&b, "%08x", math.Float32bits(v))
		}
	}
	return b.String()
}

func TestResumeTakesTheSameSteps(t *testing.T) {
	training, _ := digits(t)
	part := training.Head(300)
	path := filepath.Join(t.TempDir(), "net.safetensors")
	for name, o := range map[string]train.Optimizer{"momentum": train.SGD{Rate: 0.05, Momentum: 0.9}, "Adam": train.Adam{Rate: 0.002}} {
		options := train.Options{Epochs: 4, Optimizer: o, Schedule: train.Cosine(), Augment: data.RandomShift(1)}
		build := func() layers.Layer {
			cnn.Seed(7)
			return layers.Sequential(digitNet(), layers.Dropout(0.2))
		}
		whole := build()
		if err := train.Fit(whole, part, options); err != nil {
			t.Fatal(err)
		}
		first, o1 := build(), options
		o1.Checkpoint = path
		o1.OnEpoch = func(e *train.Epoch) {
			if e.Number == 1 {
				e.Stop()
			}
		}
		if err := train.Fit(first, part, o1); err != nil {
			t.Fatal(err)
		}
		c, err := train.LoadCheckpoint(path)
		if err != nil {
			t.Fatal(err)
		}
		second, o2 := layers.Sequential(digitNet(), layers.Dropout(0.2)), options
		o2.Resume = c
		if err := train.Fit(second, part, o2); err != nil {
			t.Fatal(err)
		}
		if bits(whole) != bits(second) {
			t.Errorf("%s: a resumed training has other weights", name)
		}
		var differ *layers.MismatchError
		wider := layers.Sequential(layers.Sequential(layers.Flatten(), layers.Linear(64, 10)), layers.Dropout(0.2))
		if err := train.Fit(wider, part, o2); !errors.As(err, &differ) || len(differ.Extra) == 0 || !strings.Contains(err.Error(), differ.Extra[0]) {
			t.Errorf("%s: a checkpoint of another network: %v", name, err)
		}
		o2.Optimizer = train.SGD{Rate: 0.05}
		untouched := bits(first)
		if err := train.Fit(first, part, o2); err == nil || !strings.Contains(err.Error(), "another optimizer") || bits(first) != untouched {
			t.Errorf("%s: a checkpoint of another optimizer: %v", name, err)
		}
	}
}

// Patience goes on where it was: a resumed training stops in the same epoch, with
// the same best weights, also when these are older than the checkpoint.
func TestResumeKeepsPatience(t *testing.T) {
	training, test := digits(t)
	path := filepath.Join(t.TempDir(), "net.safetensors")
	var h train.History
	options := train.Options{Epochs: 60, Optimizer: train.Adam{Rate: 0.02}, Validation: test, Patience: 4, History: &h}
	build := func() layers.Layer {
		cnn.Seed(3)
		return layers.Sequential(layers.Conv2D(1, 8, 3), layers.BatchNorm2D(8), layers.ReLU(), layers.Flatten(), layers.Linear(288, 10))
	}
	whole := build()
	if err := train.Fit(whole, training.Head(100), options); err != nil {
		t.Fatal(err)
	}
	epochs := len(h.Epochs)
	stopped := options
	stopped.History, stopped.Checkpoint = nil, path
	stopped.OnEpoch = func(e *train.Epoch) {
		if e.Number == epochs-3 { // one after the best
			e.Stop()
		}
	}
	if err := train.Fit(build(), training.Head(100), stopped); err != nil {
		t.Fatal(err)
	}
	c, err := train.LoadCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a checkpoint serves again
		again := build()
		h, options.Resume = train.History{}, c
		if err := train.Fit(again, training.Head(100), options); err != nil {
			t.Fatal(err)
		}
		if len(h.Epochs) != 2 || bits(again) != bits(whole) {
			t.Errorf("%d epochs, want 2 of %d; the same weights: %v", len(h.Epochs), epochs, bits(again) == bits(whole))
		}
	}
}

func TestInterruptKeepsTheWeights(t *testing.T) {
	training, _ := digits(t)
	cnn.Seed(1)
	net := digitNet()
	before := bits(net)
	ctx, cancel := context.WithCancel(context.Background())
	cnn.SetYield(ctx.Err)
	defer cnn.SetYield(nil)
	steps := 0
	err := train.Fit(net, training, train.Options{Epochs: 50, OnStep: func(*train.Step) {
		if steps++; steps == 20 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the error is %v", err)
	}
	if bits(net) == before {
		t.Error("nothing was learned before the interrupt")
	}
	if steps > 100 {
		t.Errorf("%d more steps after the interrupt", steps-20)
	}
}

func TestWhatAStepShowsIsKept(t *testing.T) {
	training, _ := digits(t)
	net := digitNet()
	var kept []*cnn.Tensor
	var then [][]float32
	err := train.Fit(net, training.Head(200), train.Options{OnStep: func(s *train.Step) {
		kept = append(kept, s.Output(), s.Target())
		then = append(then, s.Output().Values(), s.Target().Values())
	}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range kept {
		if fmt.Sprint(kept[i].Values()) != fmt.Sprint(then[i]) {
			t.Fatalf("the %s of step %d has changed", []string{"output", "target"}[i%2], i/2)
		}
	}
}

// A step reaches every weight, on every way to compute (.ci/test ways).
func TestAStepMovesEveryWeight(t *testing.T) {
	clothes, err := data.FashionMNIST(64)
	if err != nil {
		t.Fatal(err)
	}
	cnn.Seed(1)
	net := layers.Sequential(
		layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(2),
		layers.Conv2D(6, 16, 3, cnn.Padding(1)), layers.ReLU(), layers.BatchNorm2D(16), layers.AvgPool2D(2),
		layers.Conv2D(16, 16, 3, cnn.Padding(1)), layers.ReLU(),
		layers.Flatten(), layers.Linear(16*7*7, 20), layers.ReLU(), layers.Linear(20, 10))
	before := make([]*cnn.Tensor, len(net.Parameters()))
	for i, p := range net.Parameters() {
		before[i] = p.Clone()
	}
	if err := train.Fit(net, clothes, train.Options{BatchSize: 16, Optimizer: train.SGD{Rate: 0.05}}); err != nil {
		t.Fatal(err)
	}
	for i, p := range net.Parameters() {
		if slices.Equal(p.Values(), before[i].Values()) {
			t.Errorf("parameter %d, %s, is as it was", i, cnn.Dims(p.Shape()))
		}
	}
}

func TestThreadsDoNotMatter(t *testing.T) {
	training, _ := digits(t)
	var first string
	for _, n := range []int{1, 2, 3, 8} {
		compute.SetThreads(n)
		cnn.Seed(2)
		net := digitNet()
		if err := train.Fit(net, training.Head(300), train.Options{Epochs: 2, Augment: data.RandomAffine(10, 0.9, 1.1, 0.1)}); err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = bits(net)
		} else if bits(net) != first {
			t.Errorf("%d threads give other weights", n)
		}
	}
	compute.SetThreads(2)
}

// A steady step takes no storage for tensors; at most 64 small objects are new,
// for networks of LeNet's size.
func TestAStepAllocatesLittle(t *testing.T) {
	if raced {
		t.Skip("the race detector empties pools at random")
	}
	clothes, err := data.FashionMNIST(64 * 40)
	if err != nil {
		t.Fatal(err)
	}
	compute.SetThreads(2)
	var bytes, objects []float64
	var last memory
	err = train.Fit(models.LeNet(), clothes, train.Options{BatchSize: 64, Optimizer: train.SGD{Rate: 0.01, Momentum: 0.9}, OnStep: func(s *train.Step) {
		now := readMemory()
		if s.Number > 10 {
			bytes = append(bytes, now.bytes-last.bytes)
			objects = append(objects, now.objects-last.objects)
		}
		last = readMemory()
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("a step makes %.0f objects of %.0f bytes", median(objects), median(bytes))
	if b := median(bytes); b > 16<<10 {
		t.Errorf("a step takes %.0f bytes of new memory, want at most 16 KiB", b)
	}
	if n := median(objects); n > 64 {
		t.Errorf("a step makes %.0f objects, want at most 64", n)
	}
}

func TestPatienceBringsTheBestBack(t *testing.T) {
	training, test := digits(t)
	cnn.Seed(1)
	if h := patient(t, digitNet(), training, test, 0.01); len(h.Epochs) == 60 {
		t.Error("patience never ended")
	}
}

// patient trains with patience, holds the network that comes out to the best epoch
// and returns the course of the training.
func patient(t *testing.T, net layers.Layer, training, test *data.Images, rate float64) (h train.History) {
	t.Helper()
	err := train.Fit(net, training.Head(100), train.Options{Epochs: 60, Optimizer: train.Adam{Rate: rate}, Validation: test, Patience: 3, History: &h})
	if err != nil {
		t.Fatal(err)
	}
	best := math.Inf(1)
	for _, e := range h.Epochs {
		best = min(best, e.Validation.Loss)
	}
	if got := train.Evaluate(net, test).Loss; math.Abs(got-best) > 1e-5 {
		t.Errorf("the loss is %v, the best was %v", got, best)
	}
	return h
}

// What a layer counts while it trains belongs to the best weights too, and a
// training without a best epoch (all losses NaN) keeps what it has.
func TestPatienceKeepsRunningAverages(t *testing.T) {
	training, test := digits(t)
	cnn.Seed(1)
	net := layers.Sequential(layers.Conv2D(1, 8, 3), layers.BatchNorm2D(8), layers.ReLU(), layers.Flatten(), layers.Linear(288, 10))
	patient(t, net, training, test, 0.02)
	nan := func(output, target *cnn.Tensor) *cnn.Tensor {
		return cnn.Scale(cnn.CrossEntropy(output, target), math.NaN())
	}
	if err := train.Fit(net, training.Head(100), train.Options{Epochs: 5, Loss: nan, Validation: test, Patience: 2}); err != nil {
		t.Error(err)
	}
}

// fixed says the same of every sample: that it is class k of 3.
type fixed struct{ k []int }

func (f fixed) Forward(x *cnn.Tensor) *cnn.Tensor {
	y := cnn.Zeros(x.Dim(0), 3)
	for i := range x.Dim(0) {
		y.Set(1, i, f.k[int(x.At(i, 0))])
	}
	return y
}

func (fixed) Parameters() []*cnn.Tensor { return nil }

func TestConfusion(t *testing.T) {
	x := cnn.Matrix([]float64{0}, []float64{1}, []float64{2}, []float64{3}, []float64{4}, []float64{5})
	set := data.NewImages(x, []int{0, 0, 0, 1, 1, 2}, []string{"cat", "dog", "owl"})
	c := train.NewConfusion(fixed{[]int{0, 0, 1, 1, 0, 1}}, set)
	if got := fmt.Sprint(c.Counts, c.Names); got != "[[2 1 0] [1 1 0] [0 1 0]] [cat dog owl]" {
		t.Errorf("the counts are %s", got)
	}
	if got, want := c.String(), "     2     1     0\n     1     1     0\n     0     1     0\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for k, want := range []string{"0.667 0.667", "0.333 0.500", "NaN 0.000"} {
		if got := fmt.Sprintf("%.3f %.3f", c.Precision(k), c.Recall(k)); got != want {
			t.Errorf("precision and recall of class %d: %s, want %s", k, got, want)
		}
	}
	if got := c.Accuracy(); got != 0.5 {
		t.Errorf("accuracy %v, want 3 of 6", got)
	}
}

func TestSchedules(t *testing.T) {
	for name, c := range map[string]struct {
		s    train.Schedule
		want string // the factors of steps 0, 2, 4 … of 10
	}{
		"constant": {train.Constant(), "[1.00 1.00 1.00 1.00 1.00]"},
		"decay":    {train.StepDecay(4, 0.5), "[1.00 1.00 0.50 0.50 0.25]"},
		"cosine":   {train.Cosine(), "[1.00 0.90 0.65 0.35 0.10]"},
		"warm-up":  {train.Warmup(4, train.Cosine()), "[0.25 0.75 1.00 0.75 0.25]"},
	} {
		var got []float64
		for step := 0; step < 10; step += 2 {
			got = append(got, c.s(step, 10))
		}
		if fmt.Sprintf("%.2f", got) != c.want {
			t.Errorf("%s: %.2f, want %s", name, got, c.want)
		}
	}
}

// With the rate 1 and no momentum the step is the gradient, whose norm is bounded.
func TestClip(t *testing.T) {
	x := data.NewImages(cnn.Full(100, 4, 2), []int{0, 0, 0, 0}, nil)
	for _, c := range []struct{ bound, want float64 }{{0.5, 0.5}, {1e6, math.Sqrt(2*100*100 + 1)}} {
		cnn.Seed(1)
		net := layers.Sequential(layers.Linear(2, 3))
		before := append(net.Parameters()[0].Values(), net.Parameters()[1].Values()...)
		first := func(output, _ *cnn.Tensor) *cnn.Tensor { return cnn.Mean(cnn.Slice(output, 1, 0, 1)) } // gradient 100, 100 and 1
		if err := train.Fit(net, x, train.Options{BatchSize: 4, Optimizer: train.SGD{Rate: 1}, Clip: c.bound, Loss: first}); err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, v := range append(net.Parameters()[0].Values(), net.Parameters()[1].Values()...) {
			sum += math.Pow(float64(v-before[i]), 2)
		}
		if got := math.Sqrt(sum); math.Abs(got/c.want-1) > 1e-3 {
			t.Errorf("bound %v: the step is %v long, want %v", c.bound, got, c.want)
		}
	}
}

// A layer in two places has one set of weights, which takes one step.
func TestSharedWeightsTakeOneStep(t *testing.T) {
	cnn.Seed(1)
	shared := layers.Linear(2, 2)
	x := data.NewImages(cnn.Matrix([]float64{1, 2}, []float64{3, -1}), []int{0, 1}, nil)
	net := layers.Sequential(shared, layers.Tanh(), shared)
	input, labels := x.Tensors()
	cnn.CrossEntropy(net.Forward(input), labels).Backward()
	want := cnn.Sub(shared.Weight().Detach(), cnn.Scale(shared.Weight().Grad(), 0.1)).Values()
	for _, p := range net.Parameters() {
		p.ZeroGrad()
	}
	if err := train.Fit(net, x, train.Options{BatchSize: 2, Optimizer: train.SGD{Rate: 0.1}}); err != nil {
		t.Fatal(err)
	}
	for i, got := range shared.Weight().Values() {
		if math.Abs(float64(got-want[i])) > 1e-6 {
			t.Errorf("weight %d is %v, want %v", i, got, want[i])
		}
	}
}

// More data: the gap between training and test becomes smaller.
func TestLearningCurve(t *testing.T) {
	training, test := digits(t)
	build := func() layers.Layer {
		cnn.Seed(1)
		return layers.Sequential(layers.Flatten(), layers.Linear(64, 32), layers.ReLU(), layers.Linear(32, 10))
	}
	curve, err := train.LearningCurve(build, training, test, []int{20, 200, 1400}, train.Options{Epochs: 10, Optimizer: train.Adam{Rate: 0.01}})
	if err != nil || len(curve) != 3 {
		t.Fatal(curve, err)
	}
	gap := func(p train.Point) float64 { return p.Training.Accuracy - p.Test.Accuracy }
	t.Log(curve)
	if curve[0].Samples != 20 || !(curve[2].Test.Accuracy > curve[0].Test.Accuracy+0.1) || !(gap(curve[2]) < gap(curve[0])) {
		t.Errorf("the curve is %v", curve)
	}
}

func TestTopK(t *testing.T) {
	scores := cnn.Matrix([]float64{.1, .5, .2, .9, .3, .7})
	for _, c := range []struct {
		label float64
		k     int
		want  float64
	}{{3, 1, 1}, {2, 5, 1}, {2, 1, 0}, {0, 5, 0}} {
		if got := train.TopK(scores, cnn.Vector(c.label), c.k); got != c.want {
			t.Errorf("class %v in the best %d: %v, want %v", c.label, c.k, got, c.want)
		}
	}
}

func TestSigmoidLeNetStaysAtChance(t *testing.T) {
	clothes, err := data.FashionMNIST(1000)
	if err != nil {
		t.Fatal(err)
	}
	cnn.Seed(1)
	x, y := clothes.Head(64).Tensors()
	for name, net := range map[string]layers.Layer{"sigmoid": models.LeNetSigmoid(), "ReLU": models.LeNet()} {
		sizes := train.GradientSizes(net, x, y)
		ratio := sizes[0].Mean / sizes[len(sizes)-1].Mean
		t.Logf("%s: %.2g of the last layer's gradient reaches the first", name, ratio)
		if name == "sigmoid" && ratio > 0.05 || name == "ReLU" && ratio < 0.05 {
			t.Errorf("%s: the ratio is %v", name, ratio)
		}
	}
}
