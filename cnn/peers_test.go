package cnn

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// A peerCase is one call that PyTorch computed in float64; see peers/peers.py.
type peerCase struct {
	Op      string `json:"op"`
	Seed    uint64 `json:"seed"`
	In      [][]int
	Options struct {
		Stride, Pad, Dilation, Extra, Half, Axes, To []int
		Value                                        []float64
		Groups, Size, Classes                        int
		Ceil, Count, Align, Nearest                  bool
	} `json:"opt"`
	Out       []int
	Result    []float64   `json:"y"`
	Gradients [][]float64 `json:"g"`
}

// drawn fills a slice with the numbers that peers.py draws.
func drawnAlike(seed, stream uint64, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(float64(mix(seed*1000003+stream*7919+uint64(i)+1)>>40)/(1<<23) - 1)
	}
	return values
}

// inputs draws the arguments.
func (c *peerCase) inputs() (in []*Tensor) {
	for i, shape := range c.In {
		x := FromData(drawnAlike(c.Seed, uint64(i), cellsOf(shape)), shape...)
		switch kind := peerKinds[c.Op]; {
		case strings.Contains(kind[i], "positive"):
			x = Shift(x, 1.25)
		case strings.Contains(kind[i], "probability"):
			x = Shift(Scale(x, 0.375), 0.5)
		case strings.Contains(kind[i], "label"):
			for j, v := range x.Data() {
				x.Data()[j] = float32(math.Floor(float64(v+1) / 2 * float64(c.Options.Classes)))
			}
		case strings.Contains(kind[i], "bit"):
			for j, v := range x.Data() {
				x.Data()[j] = 0
				if v > 0 {
					x.Data()[j] = 1
				}
			}
		}
		if !strings.Contains(peerKinds[c.Op][i], "constant") {
			x = Parameter(x)
		}
		in = append(in, x)
	}
	return in
}

// peerKinds says how the arguments of an operation are drawn.
var peerKinds = map[string][5]string{
	"Div": {1: "positive"}, "Pow": {"positive"}, "Log": {"positive"}, "Sqrt": {"positive"},
	"CrossEntropy": {1: "label constant"}, "CrossEntropy probabilities": {1: "constant"}, "OneHot": {"label constant"},
	"BinaryCrossEntropy": {"probability", "bit constant"}, "BatchNormWith": {3: "constant", 4: "positive constant"},
}

// peerOps computes every operation of peers.py with ours.
var peerOps = map[string]func(x []*Tensor, c *peerCase) *Tensor{
	"CrossCorrelate": func(x []*Tensor, c *peerCase) *Tensor { return CrossCorrelate(x[0], x[1], c.window(x)...) },
	"Same":           func(x []*Tensor, c *peerCase) *Tensor { return CrossCorrelate(x[0], x[1], Same()) },
	"Convolve":       func(x []*Tensor, c *peerCase) *Tensor { return Convolve(x[0], x[1], c.window(x)...) },
	"CrossCorrelateTransposed": func(x []*Tensor, c *peerCase) *Tensor {
		return CrossCorrelateTransposed(x[0], x[1], append(c.window(x), OutputPadding(c.Options.Extra...))...)
	},
	"AsMatrix": func(x []*Tensor, c *peerCase) *Tensor {
		return AsMatrix(x[0], c.Options.To, Stride(c.Options.Stride...), Padding(c.Options.Pad...))
	},
	"MaxPool2D":       func(x []*Tensor, c *peerCase) *Tensor { return MaxPool2D(x[0], c.Options.Size, c.pool()...) },
	"AvgPool2D":       avgPool,
	"GlobalAvgPool2D": func(x []*Tensor, c *peerCase) *Tensor { return GlobalAvgPool2D(x[0]) },
	"GlobalMaxPool2D": func(x []*Tensor, c *peerCase) *Tensor { return GlobalMaxPool2D(x[0]) },
	"AdaptiveAvgPool2D": func(x []*Tensor, c *peerCase) *Tensor {
		return AdaptiveAvgPool2D(x[0], c.Options.To[0], c.Options.To[1])
	},
	"AdaptiveMaxPool2D": func(x []*Tensor, c *peerCase) *Tensor {
		return AdaptiveMaxPool2D(x[0], c.Options.To[0], c.Options.To[1])
	},
	"Pad":       func(x []*Tensor, c *peerCase) *Tensor { return Pad(x[0], c.Options.Pad...) },
	"Flatten":   func(x []*Tensor, c *peerCase) *Tensor { return Flatten(x[0]) },
	"Reshape":   func(x []*Tensor, c *peerCase) *Tensor { return x[0].Reshape(x[0].Dim(3), -1) },
	"Transpose": func(x []*Tensor, c *peerCase) *Tensor { return Transpose(x[0], c.Options.Axes...) },
	"Flip":      func(x []*Tensor, c *peerCase) *Tensor { return Flip(x[0], c.Options.Axes...) },
	"Slice": func(x []*Tensor, c *peerCase) *Tensor {
		return Slice(x[0], c.Options.Axes[0], c.Options.Axes[1], c.Options.Axes[2])
	},
	"ConcatAlong":  func(x []*Tensor, c *peerCase) *Tensor { return ConcatAlong(c.Options.Axes[0], x...) },
	"Stack":        func(x []*Tensor, c *peerCase) *Tensor { return Stack(x...) },
	"MatMul":       func(x []*Tensor, c *peerCase) *Tensor { return MatMul(x[0], x[1]) },
	"Affine":       func(x []*Tensor, c *peerCase) *Tensor { return Affine(x[0], x[1], x[2]) },
	"Add":          func(x []*Tensor, c *peerCase) *Tensor { return Add(x[0], x[1]) },
	"Sub":          func(x []*Tensor, c *peerCase) *Tensor { return Sub(x[0], x[1]) },
	"Mul":          func(x []*Tensor, c *peerCase) *Tensor { return Mul(x[0], x[1]) },
	"Div":          func(x []*Tensor, c *peerCase) *Tensor { return Div(x[0], x[1]) },
	"Maximum":      func(x []*Tensor, c *peerCase) *Tensor { return Maximum(x[0], x[1]) },
	"Neg":          func(x []*Tensor, c *peerCase) *Tensor { return Neg(x[0]) },
	"Scale":        func(x []*Tensor, c *peerCase) *Tensor { return Scale(x[0], c.Options.Value[0]) },
	"Shift":        func(x []*Tensor, c *peerCase) *Tensor { return Shift(x[0], c.Options.Value[0]) },
	"Pow":          func(x []*Tensor, c *peerCase) *Tensor { return Pow(x[0], c.Options.Value[0]) },
	"Exp":          func(x []*Tensor, c *peerCase) *Tensor { return Exp(x[0]) },
	"Log":          func(x []*Tensor, c *peerCase) *Tensor { return Log(x[0]) },
	"Sqrt":         func(x []*Tensor, c *peerCase) *Tensor { return Sqrt(x[0]) },
	"Abs":          func(x []*Tensor, c *peerCase) *Tensor { return Abs(x[0]) },
	"Clamp":        func(x []*Tensor, c *peerCase) *Tensor { return Clamp(x[0], -c.Options.Value[0], c.Options.Value[0]) },
	"Sum":          func(x []*Tensor, c *peerCase) *Tensor { return Sum(x[0], c.Options.Axes...) },
	"Mean":         func(x []*Tensor, c *peerCase) *Tensor { return Mean(x[0], c.Options.Axes...) },
	"Max":          func(x []*Tensor, c *peerCase) *Tensor { return Max(x[0], c.Options.Axes...) },
	"Min":          func(x []*Tensor, c *peerCase) *Tensor { return Min(x[0], c.Options.Axes...) },
	"ArgMax":       func(x []*Tensor, c *peerCase) *Tensor { return ArgMax(x[0], c.Options.Axes[0]) },
	"Norm":         func(x []*Tensor, c *peerCase) *Tensor { return Norm(x[0], c.Options.Value[0]) },
	"ReLU":         func(x []*Tensor, c *peerCase) *Tensor { return ReLU(x[0]) },
	"LeakyReLU":    func(x []*Tensor, c *peerCase) *Tensor { return LeakyReLU(x[0], c.Options.Value[0]) },
	"Sigmoid":      func(x []*Tensor, c *peerCase) *Tensor { return Sigmoid(x[0]) },
	"Tanh":         func(x []*Tensor, c *peerCase) *Tensor { return Tanh(x[0]) },
	"Softmax":      func(x []*Tensor, c *peerCase) *Tensor { return Softmax(x[0]) },
	"LogSoftmax":   func(x []*Tensor, c *peerCase) *Tensor { return LogSoftmax(x[0]) },
	"CrossEntropy": func(x []*Tensor, c *peerCase) *Tensor { return CrossEntropy(x[0], x[1]) },
	"CrossEntropy probabilities": func(x []*Tensor, c *peerCase) *Tensor {
		return CrossEntropy(x[0], x[1])
	},
	"BinaryCrossEntropy": func(x []*Tensor, c *peerCase) *Tensor { return BinaryCrossEntropy(x[0], x[1]) },
	"MeanSquaredError":   func(x []*Tensor, c *peerCase) *Tensor { return MeanSquaredError(x[0], x[1]) },
	"OneHot":             func(x []*Tensor, c *peerCase) *Tensor { return OneHot(x[0], c.Options.Classes) },
	"LocalResponseNorm": func(x []*Tensor, c *peerCase) *Tensor {
		return LocalResponseNorm(x[0], c.Options.Size, c.Options.Value[0], c.Options.Value[1], c.Options.Value[2])
	},
	"BatchNorm":     func(x []*Tensor, c *peerCase) *Tensor { y, _, _ := BatchNorm(x[0], x[1], x[2], 1e-3); return y },
	"BatchNormWith": func(x []*Tensor, c *peerCase) *Tensor { return BatchNormWith(x[0], x[3], x[4], x[1], x[2], 1e-3) },
	"AffineGrid": func(x []*Tensor, c *peerCase) *Tensor {
		return AffineGrid(x[0], c.Options.To[0], c.Options.To[1], c.sampling()...)
	},
	"GridSample": func(x []*Tensor, c *peerCase) *Tensor { return GridSample(x[0], Scale(x[1], 1.25), c.sampling()...) },
	"ThenReLU": func(x []*Tensor, c *peerCase) *Tensor {
		return CrossCorrelate(x[0], x[1], append(c.window(x), ThenReLU())...)
	},
	"Concat":  func(x []*Tensor, c *peerCase) *Tensor { return Concat(x...) },
	"Index":   func(x []*Tensor, c *peerCase) *Tensor { return x[0].Index(c.Options.Axes[0]) },
	"Channel": func(x []*Tensor, c *peerCase) *Tensor { return x[0].Channel(c.Options.Axes[0]) },
	"Crop": func(x []*Tensor, c *peerCase) *Tensor {
		a := c.Options.Axes
		return x[0].Crop(a[0], a[1], a[2], a[3])
	},
	"Resize": func(x []*Tensor, c *peerCase) *Tensor {
		return Resize(x[0], c.Options.To[0], c.Options.To[1], c.sampling()...)
	},
}

func avgPool(x []*Tensor, c *peerCase) *Tensor {
	return AvgPool2D(x[0], c.Options.Size, append(c.pool(), CountPadding(c.Options.Count))...)
}

func (c *peerCase) window(x []*Tensor) []Option {
	o := c.Options
	opts := []Option{Stride(o.Stride...), Padding(o.Pad...), Dilation(o.Dilation...), Groups(o.Groups)}
	if len(x) > 2 {
		opts = append(opts, Bias(x[2]))
	}
	return opts
}

func (c *peerCase) pool() []Option {
	opts := []Option{Stride(c.Options.Stride...), Padding(c.Options.Half...)}
	if c.Op == "MaxPool2D" {
		opts = append(opts, Dilation(c.Options.Dilation...))
	}
	if c.Options.Ceil {
		opts = append(opts, Ceil())
	}
	return opts
}

func (c *peerCase) sampling() (opts []SampleOption) {
	if c.Options.Align {
		opts = append(opts, AlignCorners())
	}
	if c.Options.Nearest {
		opts = append(opts, Nearest())
	}
	return opts
}

// products checks the two inner products of a result or a gradient.
func (c *peerCase) products(t *testing.T, what string, values []float32, stream uint64, want []float64) {
	t.Helper()
	for i := range want {
		var sum, scale float64
		for j, r := range drawnAlike(c.Seed, stream+uint64(i), len(values)) {
			p := float64(r) * float64(values[j])
			sum, scale = sum+p, scale+math.Abs(p)
		}
		if d := math.Abs(sum - want[i]); !(d <= 2e-5*(scale+0.1)) {
			t.Errorf("case %d, %v %+v: inner product of the %s is %.8g, PyTorch has %.8g", c.Seed, c.In, c.Options, what, sum, want[i])
		}
	}
}

func TestPeers(t *testing.T) {
	file, err := os.Open("testdata/peers.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string][]*peerCase{}
	for lines := bufio.NewScanner(unzipped); lines.Scan(); {
		c := new(peerCase)
		if err := json.Unmarshal(lines.Bytes(), c); err != nil {
			t.Fatal(err)
		}
		cases[c.Op] = append(cases[c.Op], c)
	}
	for op, f := range peerOps {
		t.Run(op, func(t *testing.T) {
			if len(cases[op]) < 200 {
				t.Fatalf("%d cases, want 200", len(cases[op]))
			}
			for _, c := range cases[op] {
				c.compare(t, f)
			}
		})
		delete(cases, op)
	}
	for op := range cases {
		t.Errorf("no function computes %s", op)
	}
}

func (c *peerCase) compare(t *testing.T, f func([]*Tensor, *peerCase) *Tensor) {
	in := c.inputs()
	y := f(in, c)
	if !slices.Equal(y.Shape(), c.Out) {
		t.Errorf("case %d, %v %+v: shape %s, PyTorch has %s", c.Seed, c.In, c.Options, Dims(y.Shape()), Dims(c.Out))
		return
	}
	c.products(t, "result", y.Values(), 100, c.Result)
	if len(c.Gradients) == 0 {
		return
	}
	y.Backward(FromData(drawnAlike(c.Seed, 200, y.Size()), y.Shape()...))
	for i, want := range c.Gradients {
		c.products(t, "gradient of an input", in[i].Grad().Values(), 300+2*uint64(i), want)
	}
}

// Every row of the conformance table but the one that draws numbers is compared
// with PyTorch.
func TestEveryOperationHasPeers(t *testing.T) {
	for _, r := range table() {
		name, _, _ := strings.Cut(r.name, " ")
		if peerOps[name] == nil && name != "Dropout" {
			t.Errorf("%s is not compared with PyTorch", name)
		}
	}
}
