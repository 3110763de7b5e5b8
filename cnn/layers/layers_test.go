package layers_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

func lenet() layers.Layer {
	return layers.Sequential(
		layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(2),
		layers.Conv2D(6, 16, 5), layers.ReLU(), layers.MaxPool2D(2),
		layers.Flatten(),
		layers.Linear(400, 120), layers.ReLU(),
		layers.Linear(120, 84), layers.ReLU(),
		layers.Linear(84, 10),
	)
}

func ExampleSummary() {
	fmt.Println(layers.Summary(layers.Sequential(
		layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(2),
		layers.Flatten(), layers.Linear(6*14*14, 10),
	), 1, 1, 28, 28))
	// Output:
	//    layer             output     parameters  multiply-adds   memory  sees  jump
	// 0  Conv2D(1→6, 5×5)  1×6×28×28         156        117,600  18.8 kB     5     1
	// 1  ReLU              1×6×28×28           0              0  18.8 kB     5     1
	// 2  MaxPool2D(2×2)    1×6×14×14           0              0   4704 B     6     2
	// 3  Flatten           1×1176              0              0   4704 B   all   all
	// 4  Linear(1176→10)   1×10           11,770         11,760     40 B   all   all
	//    total                            11,926        129,360  47.1 kB
}

func ExampleReport_Explain() {
	fmt.Println(layers.Summary(lenet(), 1, 1, 28, 28).Explain(3))
	// Output:
	// Conv2D(6→16, 5×5): 1×6×14×14 → 1×16×10×10
	// size: ⌊(n + 2p − k)/s⌋ + 1 = ⌊(14 + 2·0 − 5)/1⌋ + 1 = 10
	// parameters: (in·kh·kw + 1)·out = (6·5·5 + 1)·16 = 2,416
	// multiply-adds: in·kh·kw·n·out·h·w = 6·5·5·1·16·10·10 = 240,000
	// memory: 1,600 · 4 B = 6400 B
	// receptive field: r + (k − 1)·j = 6 + (5 − 1)·2 = 14
	// jump: j·s = 2·1 = 2
}

func TestForwardOfShapesAgreesWithNumbers(t *testing.T) {
	for _, c := range []struct {
		name  string
		layer layers.Layer
		in    []int
	}{
		{"lenet", lenet(), []int{2, 1, 28, 28}},
		{"groups", layers.Conv2D(4, 8, 3, cnn.Groups(2), cnn.Same()), []int{1, 4, 5, 7}},
		{"batch norm", layers.BatchNorm2D(3), []int{2, 3, 4, 4}},
		{"concat", layers.Concat(layers.Conv2D(2, 3, 1), layers.MaxPool2D(3, cnn.Stride(1), cnn.Padding(1))), []int{1, 2, 5, 6}},
		{"residual", layers.Residual(layers.Conv2D(2, 2, 3, cnn.Padding(1))), []int{1, 2, 5, 6}},
		{"average", layers.GlobalAvgPool2D(), []int{2, 3, 4, 5}},
		{"per position", layers.PerPositionBias(3, 4), []int{2, 1, 3, 4}},
		{"dropout", layers.Dropout(0.5), []int{2, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			real, shape := c.layer.Forward(cnn.Normal(0, 1, c.in...)), c.layer.Forward(cnn.ShapeOnly(c.in...))
			if fmt.Sprint(real.Shape()) != fmt.Sprint(shape.Shape()) {
				t.Errorf("%v, but of a shape alone %v", real.Shape(), shape.Shape())
			}
		})
	}
}

func TestChainFusesReLU(t *testing.T) {
	cnn.Seed(3)
	conv := layers.Conv2D(3, 4, 3)
	x := cnn.Normal(0, 1, 1, 3, 6, 6)
	fused := layers.Sequential(conv, layers.ReLU()).Forward(x)
	apart := cnn.ReLU(conv.Forward(x))
	if fmt.Sprint(fused.Values()) != fmt.Sprint(apart.Values()) {
		t.Error("a convolution and its ReLU in one pass give other values")
	}
}

func TestSameSeedSameWeights(t *testing.T) {
	draw := func() []float32 {
		cnn.Seed(5)
		net := lenet()
		layers.Summary(net, 1, 1, 28, 28) // draws nothing
		return layers.NamedParameters(net)[2].Tensor.Values()
	}
	if fmt.Sprint(draw()) != fmt.Sprint(draw()) {
		t.Error("the same seed gives other weights")
	}
}

func TestInitializersKeepTheSpread(t *testing.T) {
	cnn.Seed(1)
	for _, c := range []struct {
		name string
		init layers.Initializer
		want float64
	}{{"He", layers.He, 1}, {"Gaussian 0.01", layers.Gaussian(0.01), 0.01 * math.Sqrt(512/2.0)}} {
		var net []layers.Layer
		for range 4 {
			net = append(net, layers.Linear(512, 512), layers.ReLU())
		}
		chain := layers.Sequential(net...)
		layers.Initialize(chain, c.init)
		x := cnn.Normal(0, 1, 64, 512)
		before, after := cnn.Norm(x, 2).Item(), cnn.Norm(chain.Forward(x), 2).Item()
		if got := math.Pow(after/before, 1.0/4); math.Abs(got/c.want-1) > 0.1 {
			t.Errorf("%s: the spread changes by %.3f a layer, want %.3f", c.name, got, c.want)
		}
	}
}

// Uniform draws end at their bounds and have the deviation bound/√3.
func TestBoundsOfInitializers(t *testing.T) {
	for name, c := range map[string]struct {
		init layers.Initializer
		want float64
	}{"Xavier": {layers.Xavier, math.Sqrt(6. / (300 + 100))}, "PyTorch": {layers.PyTorchDefault, 1 / math.Sqrt(300)}} {
		l := layers.Linear(300, 100)
		layers.Initialize(l, c.init)
		most, deviation := cnn.Max(cnn.Abs(l.Weight())).Item(), cnn.Norm(l.Weight(), 2).Item()/math.Sqrt(300*100)
		if most > c.want || most < 0.99*c.want || math.Abs(deviation*math.Sqrt(3)/c.want-1) > 0.02 {
			t.Errorf("%s: values up to %v with deviation %v, want %v and %v", name, most, deviation, c.want, c.want/math.Sqrt(3))
		}
	}
}

func TestLayersWithoutWeights(t *testing.T) {
	x := cnn.Matrix([]float64{-2, 0, 1})
	for _, c := range []struct {
		layer layers.Layer
		want  string
	}{
		{layers.ReLU(), "[0.000 0.000 1.000]"},
		{layers.LeakyReLU(0.1), "[-0.200 0.000 1.000]"},
		{layers.Sigmoid(), "[0.119 0.500 0.731]"},
		{layers.Tanh(), "[-0.964 0.000 0.762]"},
		{layers.ScaledTanh(), "[-1.493 0.000 1.000]"},
		{layers.Softmax(), "[0.035 0.259 0.705]"},
		{layers.Func("half", func(x *cnn.Tensor) *cnn.Tensor { return cnn.Scale(x, 0.5) }), "[-1.000 0.000 0.500]"},
	} {
		if got := fmt.Sprintf("%.3f", c.layer.Forward(x).Values()); got != c.want || len(c.layer.Parameters()) != 0 {
			t.Errorf("%s: %s, want %s", layers.NameOf(c.layer), got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	net := layers.Sequential(layers.Conv2D(1, 2, 3), layers.Sequential(layers.BatchNorm2D(2), layers.ReLU()), twice{})
	var names []string
	for _, p := range append(layers.NamedParameters(net), layers.NamedState(net)...) {
		names = append(names, p.Name)
	}
	want := "0.weight 0.bias 1.0.weight 1.0.bias 2.0 1.0.running_mean 1.0.running_var 2.state.0"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("names %s, want %s", got, want)
	}
	if got := layers.Summary(net, 1, 1, 5, 5).Rows[3].Name; got != "twice" {
		t.Errorf("a layer of one's own is called %s", got)
	}
}

var weight, calls = cnn.Parameter(cnn.Scalar(2)), cnn.Zeros(1)

// twice is a layer as a student writes it.
type twice struct{}

func (twice) Forward(x *cnn.Tensor) *cnn.Tensor { return cnn.Mul(x, weight) }
func (twice) Parameters() []*cnn.Tensor         { return []*cnn.Tensor{weight} }
func (twice) State() []*cnn.Tensor              { return []*cnn.Tensor{calls} }

func TestTrainingMode(t *testing.T) {
	net := layers.Sequential(layers.Dropout(0.5), layers.BatchNorm2D(2))
	x := cnn.Normal(3, 2, 64, 2)
	layers.Train(net, true)
	y := net.Forward(x)
	if m := cnn.Mean(y).Item(); math.Abs(m) > 1e-4 {
		t.Errorf("in training the mean of a normalised batch is %v", m)
	}
	layers.Train(net, false)
	if layers.NamedState(net)[0].Tensor.At(0) == 0 {
		t.Error("training left no running average")
	}
	if got := layers.Dropout(0.5).Forward(x); fmt.Sprint(got.Values()) != fmt.Sprint(x.Values()) {
		t.Error("dropout drops in use")
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for name, f := range map[string]func(){
		"Conv2D: 4→6 maps cannot be cut into 4 groups": func() { layers.Conv2D(4, 6, 3, cnn.Groups(4)) },
		"CrossCorrelate: input 1×3×28×28":              func() { lenet().Forward(cnn.ShapeOnly(1, 3, 28, 28)) },
		"Sequential: layer 1 is nil":                   func() { layers.Sequential(layers.ReLU(), nil) },
	} {
		func() {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.Contains(r, name) {
					t.Errorf("got %q, want it to say %q", r, name)
				}
			}()
			f()
		}()
	}
}

// A network in use releases what it has no use for any more, but nothing that a
// layer of the student's may remember.
func TestForwardReleasesWhatNobodySees(t *testing.T) {
	var seen []*cnn.Tensor
	remember := func() layers.Layer {
		return layers.Func("remember", func(x *cnn.Tensor) *cnn.Tensor { seen = append(seen, x); return x })
	}
	conv := func() layers.Layer { return layers.Conv2D(4, 4, 3, cnn.Padding(1)) }
	nets := map[string]layers.Layer{
		"a row":              layers.Sequential(conv(), layers.ReLU(), remember(), conv(), layers.Dropout(0.5), conv(), layers.BatchNorm2D(4), conv()),
		"identities":         layers.Sequential(layers.Dropout(0.5), remember(), layers.Dropout(0.5), conv(), remember(), layers.Dropout(0.5), conv(), conv()),
		"branches":           layers.Sequential(conv(), layers.Concat(layers.Dropout(0.5), conv(), layers.Sequential(conv(), remember())), layers.Conv2D(12, 4, 1), conv()),
		"shortcuts":          layers.Sequential(conv(), layers.Residual(layers.Sequential(conv(), layers.Tanh(), remember(), conv())), conv()),
		"a block in a block": layers.Sequential(conv(), layers.Block("inner", conv(), layers.Block("innermost", remember(), conv())), conv(), layers.Flatten(), layers.Linear(4*6*6, 3)),
	}
	for name, net := range nets {
		x := cnn.Normal(0, 1, 2, 4, 6, 6)
		seen = nil
		want := net.Forward(x).Values()
		var then [][]float32
		for _, s := range seen {
			then = append(then, s.Values())
		}
		seen = nil
		lab := cnn.NewWorkspace()
		cnn.NoGrad(func() {
			got := net.Forward(lab.Lend(x))
			if !slices.Equal(got.Values(), want) {
				t.Errorf("%s: other numbers in a workspace", name)
			}
			for i, s := range seen {
				if !slices.Equal(s.Values(), then[i]) {
					t.Errorf("%s: what layer %d remembered has changed", name, i)
				}
			}
		})
	}
}

// In training nothing is released whose values a gradient needs, though it has
// none itself: what a network makes of its input in front of the first weights.
func TestForwardKeepsWhatGradientsNeed(t *testing.T) {
	conv := func() layers.Layer { return layers.Conv2D(4, 4, 3, cnn.Padding(1)) }
	pool := func() layers.Layer { return layers.AvgPool2D(2) }
	for name, net := range map[string]layers.Layer{
		"a row":       layers.Sequential(pool(), pool(), conv(), layers.ReLU(), conv(), layers.Flatten(), layers.Linear(4*3*3, 2)),
		"branches":    layers.Sequential(pool(), layers.Concat(layers.Sequential(pool(), conv()), pool()), layers.Conv2D(8, 2, 1)),
		"a shortcut":  layers.Sequential(pool(), layers.Residual(layers.Sequential(layers.Tanh(), conv()))),
		"transformer": layers.Sequential(pool(), layers.SpatialTransformer(layers.Sequential(pool(), layers.Flatten()), 36, 6, 6), conv()),
	} {
		x := cnn.Normal(0, 1, 2, 4, 12, 12)
		gradients := func(x *cnn.Tensor) (all [][]float32) {
			for _, p := range net.Parameters() {
				p.ZeroGrad()
			}
			cnn.Sum(cnn.Mul(net.Forward(x), net.Forward(x))).Backward()
			for _, p := range net.Parameters() {
				all = append(all, p.Grad().Values())
			}
			return all
		}
		want := gradients(x)
		if got := gradients(cnn.NewWorkspace().Lend(x)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: other gradients in a workspace", name)
		}
	}
}
