package layers

import (
	"slices"

	"github.com/convnotes/convnotes/cnn"
)

// A Chain runs layers one after the other.
type Chain struct {
	layers  []Layer
	forgets []bool // by layer
	name    string
}

// Sequential returns layers in a row: the output of one is the input of the next.
func Sequential(layers ...Layer) *Chain {
	return Block("Sequential", layers...)
}

// Block returns layers in a row under a name, such as Inception 3a.
func Block(name string, layers ...Layer) *Chain {
	checkLayers(name, layers)
	c := &Chain{layers: layers, name: name}
	for _, l := range layers {
		c.forgets = append(c.forgets, forgets(l))
	}
	return c
}

// forgets tells whether a layer is known to keep neither what it is given nor
// what it returns.
func forgets(l Layer) bool {
	switch l := l.(type) {
	case *Convolution, *FullyConnected, *PerPosition, *Pooling, *Drop, *BatchNormalization:
		return true
	case *Function:
		return l.ours
	case *Chain, *Side, *Shortcut:
		return !slices.ContainsFunc(l.(Container).Children(), func(c Layer) bool { return !forgets(c) })
	}
	return false
}

func checkLayers(op string, layers []Layer) {
	for i, l := range layers {
		if l == nil {
			panic(&cnn.UsageError{Op: op, Problem: "layer " + join("", i) + " is nil"})
		}
	}
}

// Forward runs the layers. A convolution and the ReLU behind it run in one pass,
// and what nobody will look at any more is released.
func (c *Chain) Forward(x *cnn.Tensor) *cnn.Tensor {
	input, free := x, false
	for i := 0; i < len(c.layers); i++ {
		was, forgotten := x, free && c.forgets[i]
		if conv, ok := c.layers[i].(*Convolution); ok && i+1 < len(c.layers) && isReLU(c.layers[i+1]) {
			x = conv.forward(x, true)
			i++
		} else {
			x = c.layers[i].Forward(x)
		}
		same := x.SharesData(was)
		if forgotten && !same && !x.IsTracked() { // else x's gradient may need the values
			was.Release()
		}
		free = c.forgets[i] && !x.SharesData(input) && (free || !same) // nobody but the next layer sees x
	}
	return x
}

func isReLU(l Layer) bool {
	f, ok := l.(*Function)
	return ok && f.ours && f.name == "ReLU"
}

// Through runs the layers by run.
func (c *Chain) Through(x *cnn.Tensor, run func(Layer, *cnn.Tensor) *cnn.Tensor) *cnn.Tensor {
	for _, l := range c.layers {
		x = run(l, x)
	}
	return x
}

// Children returns the layers.
func (c *Chain) Children() []Layer { return c.layers }

// Parameters returns those of all layers.
func (c *Chain) Parameters() []*cnn.Tensor { return parameters(c.layers) }

// Name returns Sequential or the name of the block.
func (c *Chain) Name() string { return c.name }

// Side runs layers side by side and joins their channels.
type Side struct{ layers []Layer }

// Concat returns layers side by side, each on the same input, their outputs
// joined on the channels: GoogLeNet's Inception.
func Concat(layers ...Layer) *Side {
	checkLayers("Concat", layers)
	return &Side{layers}
}

// Forward joins the outputs and releases them.
func (s *Side) Forward(x *cnn.Tensor) *cnn.Tensor {
	outs := make([]*cnn.Tensor, len(s.layers))
	for i, l := range s.layers {
		outs[i] = l.Forward(x)
	}
	y := cnn.Concat(outs...)
	for i, l := range s.layers {
		if forgets(l) && !outs[i].SharesData(x) && !y.IsTracked() {
			outs[i].Release()
		}
	}
	return y
}

// Through joins what run returns.
func (s *Side) Through(x *cnn.Tensor, run func(Layer, *cnn.Tensor) *cnn.Tensor) *cnn.Tensor {
	outs := make([]*cnn.Tensor, len(s.layers))
	for i, l := range s.layers {
		outs[i] = run(l, x)
	}
	return cnn.Concat(outs...)
}

// Children returns the layers.
func (s *Side) Children() []Layer { return s.layers }

// Parameters returns those of all layers.
func (s *Side) Parameters() []*cnn.Tensor { return parameters(s.layers) }

// Name returns Concat.
func (s *Side) Name() string { return "Concat" }

// A Shortcut adds its input to what its layer makes of it.
type Shortcut struct{ layer Layer }

// Residual returns x + layer(x), ResNet's block; the shapes are equal.
func Residual(layer Layer) *Shortcut {
	checkLayers("Residual", []Layer{layer})
	return &Shortcut{layer}
}

// Forward returns x + layer(x).
func (s *Shortcut) Forward(x *cnn.Tensor) *cnn.Tensor { return forward(s, x) }

// Through adds what run returns.
func (s *Shortcut) Through(x *cnn.Tensor, run func(Layer, *cnn.Tensor) *cnn.Tensor) *cnn.Tensor {
	return cnn.Add(x, run(s.layer, x))
}

// Children returns the layer.
func (s *Shortcut) Children() []Layer { return []Layer{s.layer} }

// Parameters returns those of the layer.
func (s *Shortcut) Parameters() []*cnn.Tensor { return s.layer.Parameters() }

// Name returns Residual.
func (s *Shortcut) Name() string { return "Residual" }
