package models

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// NiN returns Network in Network as d2l builds it, for 224×224 pictures with
// the given channels: 1 channel and 10 classes make 1,992,166 parameters.
//
// Lin, Chen and Yan, "Network in network", 2013.
func NiN(channels, classes int) *layers.Chain {
	return layers.Sequential(
		NiNBlock(channels, 96, 11, cnn.Stride(4)), layers.MaxPool2D(3, cnn.Stride(2)),
		NiNBlock(96, 256, 5, cnn.Padding(2)), layers.MaxPool2D(3, cnn.Stride(2)),
		NiNBlock(256, 384, 3, cnn.Padding(1)), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Dropout(0.5),
		NiNBlock(384, classes, 3, cnn.Padding(1)), layers.GlobalAvgPool2D(),
	)
}

// NiNImageNet returns the form trained on ImageNet with Caffe, whose pooling
// rounds up and whose last block is wider inside: 7,595,176 parameters.
func NiNImageNet() *layers.Chain {
	pool := func() layers.Layer { return layers.MaxPool2D(3, cnn.Stride(2), cnn.Ceil()) }
	return layers.Sequential(
		NiNBlock(3, 96, 11, cnn.Stride(4)), pool(),
		NiNBlock(96, 256, 5, cnn.Padding(2)), pool(),
		NiNBlock(256, 384, 3, cnn.Padding(1)), pool(),
		layers.Dropout(0.5),
		layers.Block("NiN block",
			layers.Conv2D(384, 1024, 3, cnn.Padding(1)), layers.ReLU(),
			layers.Conv2D(1024, 1024, 1), layers.ReLU(),
			layers.Conv2D(1024, 1000, 1), layers.ReLU()),
		layers.GlobalAvgPool2D(),
	)
}

// NiNBlock is a convolution and two 1×1 convolutions, a small network at every
// pixel, with ReLU after each.
func NiNBlock(in, out, size int, opts ...cnn.Option) *layers.Chain {
	return layers.Block("NiN block",
		layers.Conv2D(in, out, size, opts...), layers.ReLU(),
		layers.Conv2D(out, out, 1), layers.ReLU(),
		layers.Conv2D(out, out, 1), layers.ReLU())
}

// SmallNiN returns a twin that trains in class on 1×28×28 pictures: 10,822
// parameters.
func SmallNiN() *layers.Chain {
	return layers.Sequential(
		NiNBlock(1, 16, 5, cnn.Padding(2)), layers.MaxPool2D(3, cnn.Stride(2)),
		NiNBlock(16, 32, 3, cnn.Padding(1)), layers.MaxPool2D(3, cnn.Stride(2)),
		NiNBlock(32, 10, 3, cnn.Padding(1)), layers.GlobalAvgPool2D(),
	)
}
