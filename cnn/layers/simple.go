package layers

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
)

// A Function is a layer without weights, made of a function.
type Function struct {
	noParameters
	name string
	f    func(*cnn.Tensor) *cnn.Tensor
	ours bool // keeps no tensor it has seen
}

// Func makes a layer of a function: layers.Func("double", func(x *cnn.Tensor) *cnn.Tensor { … }).
func Func(name string, f func(x *cnn.Tensor) *cnn.Tensor) *Function {
	return &Function{name: name, f: f}
}

// own makes a layer of a function that keeps nothing.
func own(name string, f func(x *cnn.Tensor) *cnn.Tensor) *Function {
	return &Function{name: name, f: f, ours: true}
}

// Forward calls the function.
func (f *Function) Forward(x *cnn.Tensor) *cnn.Tensor { return f.f(x) }

// Name returns the name given to Func.
func (f *Function) Name() string { return f.name }

// ReLU returns the layer max(0, x).
func ReLU() *Function { return own("ReLU", cnn.ReLU) }

// LeakyReLU returns the layer max(x, slope·x).
func LeakyReLU(slope float64) *Function {
	return own(fmt.Sprintf("LeakyReLU(%g)", slope), func(x *cnn.Tensor) *cnn.Tensor { return cnn.LeakyReLU(x, slope) })
}

// Sigmoid returns the layer 1/(1+e⁻ˣ).
func Sigmoid() *Function { return own("Sigmoid", cnn.Sigmoid) }

// Tanh returns the layer (eˣ−e⁻ˣ)/(eˣ+e⁻ˣ).
func Tanh() *Function { return own("Tanh", cnn.Tanh) }

// ScaledTanh returns the activation of the 1998 LeNet, 1.7159·tanh(2x/3): ±1 stay
// ±1.
func ScaledTanh() *Function {
	return own("1.7159·tanh(2x/3)", func(x *cnn.Tensor) *cnn.Tensor {
		return cnn.Scale(cnn.Tanh(cnn.Scale(x, 2.0/3)), 1.7159)
	})
}

// Softmax returns the layer that turns scores into probabilities. Networks that
// are trained with cnn.CrossEntropy end without it: the loss has it inside.
func Softmax() *Function { return own("Softmax", cnn.Softmax) }

// Flatten returns the layer N×C×H×W → N×(C·H·W).
func Flatten() *Function { return own("Flatten", cnn.Flatten) }

// GlobalAvgPool2D returns the layer that averages every map into one number.
func GlobalAvgPool2D() *Function { return own("GlobalAvgPool2D", cnn.GlobalAvgPool2D) }

// LocalResponseNorm returns AlexNet's normalisation over size neighbouring
// channels; see cnn.LocalResponseNorm.
func LocalResponseNorm(size int, alpha, beta, k float64) *Function {
	return own(fmt.Sprintf("LocalResponseNorm(%d)", size), func(x *cnn.Tensor) *cnn.Tensor {
		return cnn.LocalResponseNorm(x, size, alpha, beta, k)
	})
}

// A Pooling layer takes the maximum or the mean of windows.
type Pooling struct {
	noParameters
	name     string
	size     int
	movement cnn.Movement
	options  []cnn.Option
	pool     func(*cnn.Tensor, int, ...cnn.Option) *cnn.Tensor
}

// MaxPool2D returns the layer that takes the largest value of every size×size
// window; it moves by its size unless cnn.Stride says otherwise. Options:
// cnn.Stride, Padding, Ceil, Dilation.
func MaxPool2D(size int, opts ...cnn.Option) *Pooling {
	return &Pooling{name: "MaxPool2D", size: size, movement: cnn.PoolMovement(size, opts...), options: opts, pool: cnn.MaxPool2D}
}

// AvgPool2D returns the layer that averages every size×size window; see
// [MaxPool2D].
func AvgPool2D(size int, opts ...cnn.Option) *Pooling {
	return &Pooling{name: "AvgPool2D", size: size, movement: cnn.PoolMovement(size, opts...), options: opts, pool: cnn.AvgPool2D}
}

// Forward pools every map.
func (p *Pooling) Forward(x *cnn.Tensor) *cnn.Tensor { return p.pool(x, p.size, p.options...) }

// Movement returns stride, padding and rounding.
func (p *Pooling) Movement() cnn.Movement { return p.movement }

// Name returns MaxPool2D(2×2).
func (p *Pooling) Name() string { return fmt.Sprintf("%s(%s)", p.name, p.Kernel()) }

// Kernel returns the size of the window.
func (p *Pooling) Kernel() string { return fmt.Sprintf("%d×%d", p.size, p.size) }

// Window returns what a receptive field needs.
func (p *Pooling) Window() (extent, stride int) {
	return p.movement.DilationH*(p.size-1) + 1, p.movement.StrideH
}

// A Drop layer sets values to 0 at random while the network trains.
type Drop struct {
	noParameters
	p        float64
	training bool
}

// Dropout returns the layer that drops each value with probability p while the
// network trains, and passes everything on in use.
func Dropout(p float64) *Drop {
	cnn.Dropout(cnn.ShapeOnly(1), p) // refuses an impossible p here, not in training
	return &Drop{p: p}
}

// Forward drops while the network trains.
func (d *Drop) Forward(x *cnn.Tensor) *cnn.Tensor {
	if !d.training {
		return x
	}
	return cnn.Dropout(x, d.p)
}

// SetTraining switches dropping on and off.
func (d *Drop) SetTraining(on bool) { d.training = on }

// Name returns Dropout(0.5).
func (d *Drop) Name() string { return fmt.Sprintf("Dropout(%g)", d.p) }

// A BatchNormalization layer normalises every channel over the batch, and by
// running averages in use.
type BatchNormalization struct {
	channels       int
	gamma, beta    *cnn.Tensor
	mean, variance *cnn.Tensor
	epsilon        float64
	training       bool
}

const batchNormMomentum = 0.1 // share of the batch in the running averages

// BatchNorm2D returns the layer for channels maps (or features): 2·channels
// parameters, and as many running values.
func BatchNorm2D(channels int) *BatchNormalization {
	return &BatchNormalization{channels: channels,
		gamma: cnn.Parameter(cnn.Ones(channels)), beta: cnn.Parameter(cnn.Zeros(channels)),
		mean: cnn.Zeros(channels), variance: cnn.Ones(channels), epsilon: 1e-5}
}

// WithEpsilon changes what is added to the variance, 1e-5 at first.
func (b *BatchNormalization) WithEpsilon(e float64) *BatchNormalization {
	b.epsilon = e
	return b
}

// Forward normalises N×C×H×W or N×C.
func (b *BatchNormalization) Forward(x *cnn.Tensor) *cnn.Tensor {
	if !b.training || x.IsShapeOnly() {
		return cnn.BatchNormWith(x, b.mean, b.variance, b.gamma, b.beta, b.epsilon)
	}
	y, mean, variance := cnn.BatchNorm(x, b.gamma, b.beta, b.epsilon)
	n := float64(x.Size() / b.channels)
	move(b.mean, mean, 1)
	move(b.variance, variance, n/max(1, n-1)) // the unbiased estimate, as PyTorch keeps it
	return y
}

// move moves a running average towards a value.
func move(average, to *cnn.Tensor, scale float64) {
	a, b := average.Values(), to.Values()
	for i := range a {
		a[i] += batchNormMomentum * (float32(scale)*b[i] - a[i])
	}
	average.CopyFrom(cnn.FromData(a, average.Shape()...))
}

// Parameters returns scale and shift.
func (b *BatchNormalization) Parameters() []*cnn.Tensor { return []*cnn.Tensor{b.gamma, b.beta} }

// State returns the running mean and variance.
func (b *BatchNormalization) State() []*cnn.Tensor { return []*cnn.Tensor{b.mean, b.variance} }

// SetTraining chooses between the batch's statistics and the running ones.
func (b *BatchNormalization) SetTraining(on bool) { b.training = on }

// Name returns BatchNorm2D(64).
func (b *BatchNormalization) Name() string { return fmt.Sprintf("BatchNorm2D(%d)", b.channels) }

func (b *BatchNormalization) names() []string      { return []string{"weight", "bias"} }
func (b *BatchNormalization) stateNames() []string { return []string{"running_mean", "running_var"} }
