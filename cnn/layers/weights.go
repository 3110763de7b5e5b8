package layers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"

	"github.com/convnotes/convnotes/cnn"
)

// An Initializer draws the weights of a layer; in and out count the values that
// go into and come out of one neuron (fan-in and fan-out).
type Initializer func(r *rand.Rand, in, out int) float64

// Xavier draws uniformly from ±√(6/(in+out)), which keeps the spread of values
// and gradients through layers of tanh or sigmoid.
//
// Glorot and Bengio, "Understanding the difficulty of training deep feedforward
// neural networks", 2010.
func Xavier(r *rand.Rand, in, out int) float64 {
	return symmetric(r, math.Sqrt(6/float64(in+out)))
}

// He draws from a normal distribution with deviation √(2/in), which keeps the
// spread through layers of ReLU.
//
// He et al., "Delving deep into rectifiers", 2015.
func He(r *rand.Rand, in, _ int) float64 { return r.NormFloat64() * math.Sqrt(2/float64(in)) }

// PyTorchDefault draws uniformly from ±1/√in, as PyTorch does for weights and
// biases of convolutions and linear layers unless told otherwise.
func PyTorchDefault(r *rand.Rand, in, _ int) float64 {
	return symmetric(r, 1/math.Sqrt(float64(in)))
}

// Gaussian returns an initializer with a fixed deviation, such as the 0.01 of
// AlexNet.
func Gaussian(deviation float64) Initializer {
	return func(r *rand.Rand, _, _ int) float64 { return r.NormFloat64() * deviation }
}

func symmetric(r *rand.Rand, bound float64) float64 { return (2*r.Float64() - 1) * bound }

// Initialize draws all weights of convolutions and linear layers anew, biases
// set to 0: Initialize(net, layers.He).
func Initialize(net Layer, f Initializer) {
	Walk(net, func(_ string, l Layer) {
		if w, ok := l.(interface{ learned() *weights }); ok {
			w.learned().initialize(f)
		}
	})
}

// weights are the weight and the bias of a layer, drawn when first needed.
type weights struct {
	shape   []int // of the weight; the first length is the outputs
	in, out int
	seed    uint64
	noBias  bool

	once   sync.Once
	weight *cnn.Tensor
	bias   *cnn.Tensor
	adding cnn.Option // of the bias, for convolutions
}

func newWeights(in, out int, shape ...int) *weights {
	return &weights{shape: shape, in: in, out: out, seed: cnn.Rand().Uint64()}
}

// learned makes Initialize find them.
func (w *weights) learned() *weights { return w }

// both returns weight and bias for an input: shapes alone for one that is only
// a shape.
func (w *weights) both(x *cnn.Tensor) (weight, bias *cnn.Tensor) {
	if x.IsShapeOnly() {
		if !w.noBias {
			bias = cnn.ShapeOnly(w.shape[0])
		}
		return cnn.ShapeOnly(w.shape...), bias
	}
	w.draw()
	return w.weight, w.bias
}

// draw draws as PyTorch does by default.
func (w *weights) draw() {
	w.once.Do(func() {
		w.weight = cnn.Parameter(cnn.Zeros(w.shape...))
		if !w.noBias {
			w.bias = cnn.Parameter(cnn.Zeros(w.shape[0]))
			w.adding = cnn.Bias(w.bias)
		}
		r := rand.New(rand.NewPCG(w.seed, 1))
		fill(w.weight, func() float64 { return PyTorchDefault(r, w.in, w.out) })
		fill(w.bias, func() float64 { return PyTorchDefault(r, w.in, w.out) })
	})
}

func (w *weights) initialize(f Initializer) {
	w.draw()
	r := rand.New(rand.NewPCG(w.seed, 1))
	fill(w.weight, func() float64 { return f(r, w.in, w.out) })
	fill(w.bias, func() float64 { return 0 })
}

func fill(t *cnn.Tensor, draw func() float64) {
	if t == nil {
		return
	}
	rows := t.Detach().Reshape(1, -1)
	if t.Axes() > 1 {
		rows = rows.Reshape(t.Dim(0), -1)
	}
	row := make([]float32, rows.Dim(1)) // the weights of VGG-16 are too large to stand in memory twice
	for i := range rows.Dim(0) {
		for j := range row {
			row[j] = float32(draw())
		}
		rows.Index(i).CopyFrom(cnn.FromData(row, len(row)))
	}
}

// Weight returns the weights, Out×In×Kh×Kw or Out×In.
func (w *weights) Weight() *cnn.Tensor { w.draw(); return w.weight }

// Bias returns the biases, nil when the layer was made without.
func (w *weights) Bias() *cnn.Tensor { w.draw(); return w.bias }

// Parameters returns weight and bias.
func (w *weights) Parameters() []*cnn.Tensor {
	w.draw()
	if w.bias == nil {
		return []*cnn.Tensor{w.weight}
	}
	return []*cnn.Tensor{w.weight, w.bias}
}

// count returns the number of parameters without drawing them.
func (w *weights) count() int {
	n := 1
	for _, d := range w.shape {
		n *= d
	}
	if w.noBias {
		return n
	}
	return n + w.shape[0]
}

func (w *weights) names() []string { return []string{"weight", "bias"} }

// A NamedTensor is a parameter or a running value with its path, such as
// "3.weight".
type NamedTensor struct {
	Name   string
	Tensor *cnn.Tensor
}

// NamedParameters returns the parameters of a network with their paths: the
// indices of the layers, and weight or bias (or a number, in layers of your own).
func NamedParameters(net Layer) (all []NamedTensor) {
	leaves(net, func(path string, l Layer) {
		all = append(all, named(path, l, l.Parameters(), "names")...)
	})
	return all
}

// NamedState returns the values that are saved beside the parameters; in layers
// of your own they are called state.0, state.1.
func NamedState(net Layer) (all []NamedTensor) {
	leaves(net, func(path string, l Layer) {
		if s, ok := l.(Stateful); ok {
			all = append(all, named(path, l, s.State(), "state")...)
		}
	})
	return all
}

func named(path string, l Layer, tensors []*cnn.Tensor, kind string) (all []NamedTensor) {
	var names []string
	switch n := l.(type) {
	case interface{ stateNames() []string }:
		if kind == "state" {
			names = n.stateNames()
			break
		}
		names = l.(interface{ names() []string }).names()
	case interface{ names() []string }:
		names = n.names()
	}
	for i, t := range tensors {
		name := strconv.Itoa(i)
		switch {
		case i < len(names):
			name = names[i]
		case kind == "state":
			name = "state." + name
		}
		if path != "" {
			name = path + "." + name
		}
		all = append(all, NamedTensor{name, t})
	}
	return all
}

func join(path string, i int) string {
	if path == "" {
		return strconv.Itoa(i)
	}
	return fmt.Sprintf("%s.%d", path, i)
}

// CountParameters returns the number of values that training changes; it draws
// none of them.
func CountParameters(net Layer) (n int) {
	leaves(net, func(_ string, l Layer) { n += countParameters(l) })
	return n
}

func countParameters(l Layer) (n int) {
	if c, ok := l.(interface{ count() int }); ok {
		return c.count()
	}
	for _, p := range l.Parameters() {
		n += p.Size()
	}
	return n
}
