package layers

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
)

// A Transformer turns, scales and shifts its input the way a small network, the
// localisation network, asks for: the Spatial Transformer layer. It is trained
// with the rest of the network, in front of the input or of any feature map.
//
// Jaderberg, Simonyan, Zisserman and Kavukcuoglu, "Spatial transformer
// networks", 2015.
type Transformer struct {
	localisation  Layer // ends in the numbers of the transformation
	numbers       int   // 6, or 4
	height, width int
}

// SpatialTransformer returns the layer with all six numbers of an affine map,
// θ = a b c / d e f: every output point (x′, y′) reads the input at
// (a·x′ + b·y′ + c, d·x′ + e·y′ + f). localisation makes features values of
// N×C×H×W; a linear layer behind it, which begins with the identity, makes the
// six. The output is N×C×height×width.
func SpatialTransformer(localisation Layer, features, height, width int) *Transformer {
	return newTransformer(localisation, features, height, width, 1, 0, 0, 0, 1, 0)
}

// SpatialAttention returns the layer with four numbers, θ = a 0 c / 0 e f: it
// zooms and shifts only, like an eye that looks somewhere.
func SpatialAttention(localisation Layer, features, height, width int) *Transformer {
	return newTransformer(localisation, features, height, width, 1, 0, 1, 0)
}

func newTransformer(localisation Layer, features, height, width int, start ...float64) *Transformer {
	head := Linear(features, len(start))
	fill(head.Weight(), func() float64 { return 0 })
	for i, v := range start {
		head.Bias().Set(v, i)
	}
	return &Transformer{Sequential(localisation, head), len(start), height, width}
}

// Forward transforms every picture of a batch.
func (t *Transformer) Forward(x *cnn.Tensor) *cnn.Tensor { return forward(t, x) }

// Through runs the localisation network by run.
func (t *Transformer) Through(x *cnn.Tensor, run func(Layer, *cnn.Tensor) *cnn.Tensor) *cnn.Tensor {
	theta := t.matrix(run(t.localisation, x))
	if x.IsShapeOnly() {
		return cnn.ShapeOnly(x.Dim(0), x.Dim(1), t.height, t.width)
	}
	return cnn.GridSample(x, cnn.AffineGrid(theta, t.height, t.width))
}

// Theta returns the transformations N×2×3 that the layer chooses for a batch.
func (t *Transformer) Theta(x *cnn.Tensor) *cnn.Tensor { return t.matrix(t.localisation.Forward(x)) }

// matrix turns N×6 or N×4 into N×2×3.
func (t *Transformer) matrix(numbers *cnn.Tensor) *cnn.Tensor {
	n := numbers.Dim(0)
	if t.numbers == 6 {
		return numbers.Reshape(n, 2, 3)
	}
	if numbers.IsShapeOnly() {
		return cnn.ShapeOnly(n, 2, 3)
	}
	place := cnn.Matrix( // a c e f → a 0 c 0 e f
		[]float64{1, 0, 0, 0, 0, 0},
		[]float64{0, 0, 1, 0, 0, 0},
		[]float64{0, 0, 0, 0, 1, 0},
		[]float64{0, 0, 0, 0, 0, 1})
	return cnn.MatMul(numbers, place).Reshape(n, 2, 3)
}

// Children returns the localisation network.
func (t *Transformer) Children() []Layer { return []Layer{t.localisation} }

// Parameters returns those of the localisation network.
func (t *Transformer) Parameters() []*cnn.Tensor { return t.localisation.Parameters() }

// Name returns SpatialTransformer(6 → 24×24).
func (t *Transformer) Name() string {
	return fmt.Sprintf("SpatialTransformer(%d → %d×%d)", t.numbers, t.height, t.width)
}
