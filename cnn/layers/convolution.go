package layers

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
)

// A Convolution cross-correlates its input with learned kernels and adds a
// learned bias per output map.
type Convolution struct {
	*weights
	in, out, kh, kw int
	movement        cnn.Movement
	options         []cnn.Option
}

// Conv2D returns a convolution of in maps to out maps with size×size kernels:
// (in/groups·size² + 1)·out parameters. Options: cnn.Stride, Padding, Same,
// Dilation, Groups.
func Conv2D(in, out, size int, opts ...cnn.Option) *Convolution {
	return Conv2DRect(in, out, size, size, opts...)
}

// Conv2DRect is [Conv2D] with kernels of height×width.
func Conv2DRect(in, out, height, width int, opts ...cnn.Option) *Convolution {
	m := cnn.KernelMovement(opts...)
	for _, n := range []int{in, out, height, width} {
		if n < 1 {
			panic(&cnn.ShapeError{Op: "Conv2D", Problem: fmt.Sprintf("%d→%d maps with %d×%d kernels is not possible", in, out, height, width), Want: "numbers from 1"})
		}
	}
	if in%m.Groups != 0 || out%m.Groups != 0 {
		panic(&cnn.ShapeError{Op: "Conv2D", Problem: fmt.Sprintf("%d→%d maps cannot be cut into %d groups", in, out, m.Groups),
			Want: fmt.Sprintf("numbers of maps divisible by %d", m.Groups)})
	}
	taps := in / m.Groups * height * width
	return &Convolution{newWeights(taps, out/m.Groups*height*width, out, in/m.Groups, height, width), in, out, height, width, m, opts}
}

// WithoutBias takes the bias away, as in front of a batch normalisation.
func (c *Convolution) WithoutBias() *Convolution {
	c.noBias = true
	return c
}

// Forward returns the feature maps of N×in×H×W (or in×H×W).
func (c *Convolution) Forward(x *cnn.Tensor) *cnn.Tensor { return c.forward(x, false) }

// forward may apply ReLU in the same pass.
func (c *Convolution) forward(x *cnn.Tensor, relu bool) *cnn.Tensor {
	weight, bias := c.both(x)
	opts := append(make([]cnn.Option, 0, len(c.options)+2), c.options...)
	switch {
	case bias == nil:
	case bias == c.bias:
		opts = append(opts, c.adding)
	default:
		opts = append(opts, cnn.Bias(bias))
	}
	if relu {
		opts = append(opts, cnn.ThenReLU())
	}
	return cnn.CrossCorrelate(x, weight, opts...)
}

// Movement returns stride, padding, dilation and groups.
func (c *Convolution) Movement() cnn.Movement { return c.movement }

// Name returns Conv2D(1→6, 5×5).
func (c *Convolution) Name() string {
	return fmt.Sprintf("Conv2D(%d→%d, %s)", c.in, c.out, c.Kernel())
}

// Kernel returns the size of the kernels.
func (c *Convolution) Kernel() string { return fmt.Sprintf("%d×%d", c.kh, c.kw) }

// Window returns what a receptive field needs.
func (c *Convolution) Window() (extent, stride int) {
	return c.movement.DilationH*(c.kh-1) + 1, c.movement.StrideH
}

// MultiplyAdds returns the products of one batch: every output cell takes
// in/groups·kh·kw.
func (c *Convolution) MultiplyAdds(_, out []int) int {
	return size(out) * (c.in / c.movement.Groups) * c.kh * c.kw
}

// A FullyConnected layer multiplies with a learned matrix and adds a bias.
type FullyConnected struct {
	*weights
	in, out int
}

// Linear returns a fully connected layer of in values to out values:
// (in + 1)·out parameters.
func Linear(in, out int) *FullyConnected {
	if in < 1 || out < 1 {
		panic(&cnn.ShapeError{Op: "Linear", Problem: fmt.Sprintf("%d→%d values is not possible", in, out), Want: "numbers from 1"})
	}
	return &FullyConnected{newWeights(in, out, out, in), in, out}
}

// Forward returns x·Wᵀ + b for x of N×in (or in).
func (f *FullyConnected) Forward(x *cnn.Tensor) *cnn.Tensor {
	weight, bias := f.both(x)
	return cnn.Affine(x, weight, bias)
}

// Name returns Linear(400→120).
func (f *FullyConnected) Name() string { return fmt.Sprintf("Linear(%d→%d)", f.in, f.out) }

// MultiplyAdds returns in·out products for each of the batch.
func (f *FullyConnected) MultiplyAdds(_, out []int) int { return size(out) * f.in }

// A PerPosition layer adds a bias of its own to every position of a map, the
// same for all maps: AlphaGo's last layer.
type PerPosition struct {
	height, width int
	bias          *cnn.Tensor
}

// PerPositionBias returns a layer that adds a learned bias to each of
// height×width positions, 0 at first.
func PerPositionBias(height, width int) *PerPosition {
	return &PerPosition{height, width, cnn.Parameter(cnn.Zeros(1, height, width))}
}

// Forward adds the bias to N×C×height×width.
func (p *PerPosition) Forward(x *cnn.Tensor) *cnn.Tensor {
	if x.IsShapeOnly() {
		return cnn.Add(x, cnn.ShapeOnly(1, p.height, p.width))
	}
	return cnn.Add(x, p.bias)
}

// Parameters returns the biases.
func (p *PerPosition) Parameters() []*cnn.Tensor { return []*cnn.Tensor{p.bias} }

// Name returns PerPositionBias(19×19).
func (p *PerPosition) Name() string { return fmt.Sprintf("PerPositionBias(%d×%d)", p.height, p.width) }

func (p *PerPosition) names() []string { return []string{"bias"} }

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
