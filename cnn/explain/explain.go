// Package explain looks into a trained network: what its layers answer, what
// they answer to most, and which pixels a decision depends on.
//
// Nothing in it changes a weight.
package explain

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// An Activation is what one layer made of an input.
type Activation struct {
	Path   string // of the layer, such as 3.0.1
	Name   string
	Layer  layers.Layer
	Output *cnn.Tensor
}

// Activations runs a network on a batch (N×…) and returns the output of every
// layer that contains no others, in order.
func Activations(net layers.Layer, x *cnn.Tensor) (all []Activation) {
	watch(net, x, func(a Activation) bool {
		all = append(all, a)
		return true
	})
	return all
}

// watch runs a network and hands every layer's output to f, until f says no:
// then it returns nil.
func watch(net layers.Layer, x *cnn.Tensor, f func(Activation) bool) (y *cnn.Tensor) {
	type enough struct{}
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(enough); !ok {
				panic(p)
			}
		}
	}()
	return visit("", net, x, func(a Activation) bool {
		if !f(a) {
			panic(enough{}) // the only way out of a container's Through
		}
		return true
	})
}

func visit(path string, l layers.Layer, x *cnn.Tensor, f func(Activation) bool) *cnn.Tensor {
	c, ok := l.(layers.Container)
	if !ok {
		y := l.Forward(x)
		f(Activation{path, layers.NameOf(l), l, y})
		return y
	}
	children, next := c.Children(), 0
	return c.Through(x, func(child layers.Layer, x *cnn.Tensor) *cnn.Tensor {
		i := next % len(children)
		for children[i] != child {
			i = (i + 1) % len(children)
		}
		next = i + 1
		at := fmt.Sprint(i)
		if path != "" {
			at = path + "." + at
		}
		return visit(at, child, x, f)
	})
}

// At returns the output of the layer number i, counted as in layers.Summary, for
// a batch x. The layers behind it do not run, so x may have any size that those
// before it take.
func At(net layers.Layer, i int, x *cnn.Tensor) *cnn.Tensor {
	n := -1
	var found *cnn.Tensor
	watch(net, x, func(a Activation) bool {
		if n++; n == i {
			found = a.Output
		}
		return n < i
	})
	if found == nil {
		panic(&cnn.UsageError{Op: "explain", Problem: fmt.Sprintf("there is no layer %d", i), Fix: fmt.Sprintf("the rows of layers.Summary are 0 to %d", n)})
	}
	return found
}

// Filters returns the kernels of the first convolution, Out×C×Kh×Kw: they can be
// read directly, since its input is the picture.
func Filters(net layers.Layer) *cnn.Tensor {
	var found *cnn.Tensor
	layers.Walk(net, func(_ string, l layers.Layer) {
		if c, ok := l.(*layers.Convolution); ok && found == nil {
			found = c.Weight().Clone()
		}
	})
	if found == nil {
		panic(&cnn.UsageError{Op: "Filters", Problem: "the network has no convolution"})
	}
	return found
}

// Responses returns how strongly each map of layer i answers to one picture
// (C×H×W): the mean of its values.
func Responses(net layers.Layer, i int, picture *cnn.Tensor) []float64 {
	y := At(net, i, batch(picture))
	var r []float64
	for c := range y.Dim(1) {
		r = append(r, cnn.Mean(cnn.Slice(y, 1, c, c+1)).Item())
	}
	return r
}

// batch makes a batch of one picture.
func batch(picture *cnn.Tensor) *cnn.Tensor {
	return picture.Reshape(append([]int{1}, picture.Shape()...)...)
}

// DeadUnits returns the maps (or features) of layer i that are 0 for every
// picture of a batch: behind a ReLU they pass no gradient, so nothing can make
// them answer.
func DeadUnits(net layers.Layer, i int, x *cnn.Tensor) (dead []int) {
	y := At(net, i, x)
	for c := range y.Dim(1) {
		part := cnn.Slice(y, 1, c, c+1)
		if cnn.Max(part).Item() <= 0 && cnn.Min(part).Item() >= 0 {
			dead = append(dead, c)
		}
	}
	return dead
}
