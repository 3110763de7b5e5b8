package models

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// AlexNet returns the network that won ImageNet 2012, in one tower, for
// 3×227×227 pictures and 1000 classes: 62,378,344 parameters.
//
// Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep
// convolutional neural networks", 2012. The paper says 224; only 227 gives its
// 55×55 maps without padding.
func AlexNet() *layers.Chain { return alexnet(3, 1000, 1, 0, 9216) }

// AlexNetTwoGroups returns AlexNet as it ran on two graphics cards: the second,
// fourth and fifth convolutions see half of the maps, 60,965,224 parameters.
func AlexNetTwoGroups() *layers.Chain { return alexnet(3, 1000, 2, 0, 9216) }

// alexnet has the given padding in front of its first layer.
func alexnet(channels, classes, groups, padding, features int) *layers.Chain {
	g := cnn.Groups(groups)
	return layers.Sequential(
		layers.Conv2D(channels, 96, 11, cnn.Stride(4), cnn.Padding(padding)), layers.ReLU(),
		layers.LocalResponseNorm(5, 1e-4, 0.75, 2), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Conv2D(96, 256, 5, cnn.Padding(2), g), layers.ReLU(),
		layers.LocalResponseNorm(5, 1e-4, 0.75, 2), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Conv2D(256, 384, 3, cnn.Padding(1)), layers.ReLU(),
		layers.Conv2D(384, 384, 3, cnn.Padding(1), g), layers.ReLU(),
		layers.Conv2D(384, 256, 3, cnn.Padding(1), g), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Flatten(),
		layers.Dropout(0.5), layers.Linear(features, 4096), layers.ReLU(),
		layers.Dropout(0.5), layers.Linear(4096, 4096), layers.ReLU(),
		layers.Linear(4096, classes),
	)
}

// AlexNetTorchvision returns AlexNet as torchvision has it, for 224×224, after
// Krizhevsky's "One weird trick for parallelizing convolutional neural networks"
// (2014): narrower, without normalisation, 61,100,840 parameters.
func AlexNetTorchvision() *layers.Chain {
	return layers.Sequential(
		layers.Conv2D(3, 64, 11, cnn.Stride(4), cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Conv2D(64, 192, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Conv2D(192, 384, 3, cnn.Padding(1)), layers.ReLU(),
		layers.Conv2D(384, 256, 3, cnn.Padding(1)), layers.ReLU(),
		layers.Conv2D(256, 256, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Flatten(),
		layers.Dropout(0.5), layers.Linear(9216, 4096), layers.ReLU(),
		layers.Dropout(0.5), layers.Linear(4096, 4096), layers.ReLU(),
		layers.Linear(4096, 1000),
	)
}

// SmallAlexNet returns a twin with the same eight layers that trains in class on
// 1×28×28 pictures: 74,826 parameters. dropout is 0.5 in the paper.
func SmallAlexNet(dropout float64) *layers.Chain {
	return layers.Sequential(
		layers.Conv2D(1, 16, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Conv2D(16, 32, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Conv2D(32, 48, 3, cnn.Padding(1)), layers.ReLU(),
		layers.Conv2D(48, 48, 3, cnn.Padding(1)), layers.ReLU(),
		layers.Conv2D(48, 32, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Flatten(),
		layers.Dropout(dropout), layers.Linear(128, 64), layers.ReLU(),
		layers.Dropout(dropout), layers.Linear(64, 64), layers.ReLU(),
		layers.Linear(64, 10),
	)
}
