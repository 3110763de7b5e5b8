package layers

import "github.com/convnotes/convnotes/cnn"

// A Chain runs layers one after the other.
type Chain struct {
	layers []Layer
	name   string
}

// Sequential returns layers in a row: the output of one is the input of the next.
func Sequential(layers ...Layer) *Chain {
	checkLayers("Sequential", layers)
	return &Chain{layers: layers, name: "Sequential"}
}

// Block returns layers in a row under a name, such as Inception 3a.
func Block(name string, layers ...Layer) *Chain {
	checkLayers(name, layers)
	return &Chain{layers, name}
}

func checkLayers(op string, layers []Layer) {
	for i, l := range layers {
		if l == nil {
			panic(&cnn.UsageError{Op: op, Problem: "layer " + join("", i) + " is nil"})
		}
	}
}

// Forward runs the layers. A convolution and the ReLU behind it run in one pass.
func (c *Chain) Forward(x *cnn.Tensor) *cnn.Tensor {
	for i := 0; i < len(c.layers); i++ {
		if conv, ok := c.layers[i].(*Convolution); ok && i+1 < len(c.layers) && isReLU(c.layers[i+1]) {
			x = conv.forward(x, true)
			i++
			continue
		}
		x = c.layers[i].Forward(x)
	}
	return x
}

func isReLU(l Layer) bool {
	f, ok := l.(*Function)
	return ok && f.name == "ReLU"
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

// Forward joins the outputs.
func (s *Side) Forward(x *cnn.Tensor) *cnn.Tensor { return forward(s, x) }

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
