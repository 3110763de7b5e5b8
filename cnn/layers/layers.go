// Package layers has the operations of package cnn with weights: what a
// network is built from.
//
// A constructor reads like a noun, layers.Conv2D(1, 6, 5), and returns a type of
// the full name, *Convolution. Networks are values:
//
//	lenet := layers.Sequential(
//		layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(2),
//		layers.Conv2D(6, 16, 5), layers.ReLU(), layers.MaxPool2D(2),
//		layers.Flatten(),
//		layers.Linear(400, 120), layers.ReLU(),
//		layers.Linear(120, 84), layers.ReLU(),
//		layers.Linear(84, 10),
//	)
//	layers.Summary(lenet, 1, 1, 28, 28)
//
// Any type with the two methods of [Layer] is a layer, one declared in a cell
// too; [Func] makes one of a function. Weights are drawn when they are first
// needed, from a seed taken when the layer is made: a network that only sees
// shapes (cnn.ShapeOnly) needs no memory, and draws the same weights later.
package layers

import "github.com/convnotes/convnotes/cnn"

// A Layer computes a tensor from a tensor. More can be said by the optional
// interfaces below.
type Layer interface {
	Forward(x *cnn.Tensor) *cnn.Tensor
	// Parameters returns the tensors that training changes, always the same
	// ones in the same order; nil when there are none.
	Parameters() []*cnn.Tensor
}

// A Container is made of other layers.
type Container interface {
	Layer
	Children() []Layer
	// Through computes Forward, but calls run(child, x) where Forward calls
	// child.Forward(x): the way to watch what happens inside.
	Through(x *cnn.Tensor, run func(child Layer, x *cnn.Tensor) *cnn.Tensor) *cnn.Tensor
}

// A Trainable layer behaves differently while the network trains.
type Trainable interface{ SetTraining(on bool) }

// A Named layer says what stands in a summary.
type Named interface{ Name() string }

// A Stateful layer has values that are saved though no gradient changes them,
// such as running averages.
type Stateful interface{ State() []*cnn.Tensor }

// A Windowed layer looks at windows of its input; a summary computes receptive
// fields from it.
type Windowed interface {
	// Window returns the rows a window spans and how far it moves.
	Window() (extent, stride int)
}

// A Costed layer knows its multiply-adds for shapes in and out.
type Costed interface{ MultiplyAdds(in, out []int) int }

// A Kerneled layer tells its kernel for the summary, such as 5×5.
type Kerneled interface{ Kernel() string }

// Train switches a network, with all that is in it, to training (dropout drops,
// batch normalisation uses the batch) or back to use.
func Train(net Layer, on bool) {
	Walk(net, func(_ string, l Layer) {
		if t, ok := l.(Trainable); ok {
			t.SetTraining(on)
		}
	})
}

// Walk calls f for a layer and all that is in it, outermost first, with its
// path: "" for the network, "2" for its third layer, "2.0" for the first in that.
func Walk(net Layer, f func(path string, l Layer)) { walk("", net, f) }

func walk(path string, l Layer, f func(string, Layer)) {
	f(path, l)
	c, ok := l.(Container)
	if !ok {
		return
	}
	for i, child := range c.Children() {
		walk(join(path, i), child, f)
	}
}

// leaves calls f for the layers that contain no others.
func leaves(net Layer, f func(path string, l Layer)) {
	Walk(net, func(path string, l Layer) {
		if _, ok := l.(Container); !ok {
			f(path, l)
		}
	})
}

// forward is Forward of a container.
func forward(c Container, x *cnn.Tensor) *cnn.Tensor {
	return c.Through(x, func(child Layer, x *cnn.Tensor) *cnn.Tensor { return child.Forward(x) })
}

// parameters collects those of all layers.
func parameters(all []Layer) (p []*cnn.Tensor) {
	for _, l := range all {
		p = append(p, l.Parameters()...)
	}
	return p
}

// noParameters is embedded in layers without weights.
type noParameters struct{}

// Parameters returns nil: there is nothing to train.
func (noParameters) Parameters() []*cnn.Tensor { return nil }
