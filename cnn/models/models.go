// Package models has the networks of the lectures, one file each, written as
// their tables read: from logistic regression to GoogLeNet and AlphaGo's policy
// network, with small twins that train in class on 28×28 pictures.
//
// Every constructor returns a layers.Layer (mostly a *layers.Chain) that ends in
// scores; training uses cnn.CrossEntropy, which has the softmax inside. Nothing
// is drawn or computed before the first use: layers.Summary of VGG-16 needs no
// memory.
package models

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// conv is a convolution followed by ReLU: size×size, keeping the map's size when
// size is odd and the stride is 1, unless options say otherwise.
func conv(in, out, size int, opts ...cnn.Option) layers.Layer {
	return layers.Sequential(layers.Conv2D(in, out, size, opts...), layers.ReLU())
}

// row puts layers and lists of layers in one row.
func row(parts ...[]layers.Layer) *layers.Chain {
	var all []layers.Layer
	for _, p := range parts {
		all = append(all, p...)
	}
	return layers.Sequential(all...)
}

// withReLU returns a layer and the ReLU behind it.
func withReLU(l layers.Layer) []layers.Layer { return []layers.Layer{l, layers.ReLU()} }

// one makes a list of layers.
func list(l ...layers.Layer) []layers.Layer { return l }
