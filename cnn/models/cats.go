package models

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// CatNetwork returns Andrew Ng's first example of a deep convolutional network,
// for 39×39×3 pictures: 37×37×10, 17×17×20, 7×7×40, 1960 values, one score
// (before the sigmoid): is it a cat? 27,301 parameters.
func CatNetwork() *layers.Chain {
	return layers.Sequential(
		layers.Conv2D(3, 10, 3), layers.ReLU(),
		layers.Conv2D(10, 20, 5, cnn.Stride(2)), layers.ReLU(),
		layers.Conv2D(20, 40, 5, cnn.Stride(2)), layers.ReLU(),
		layers.Flatten(),
		layers.Linear(1960, 1),
	)
}

// Digits returns Andrew Ng's network for 32×32×3 digits, after LeNet-5, with the
// given number of filters in its first layer: 8 make 62,958 parameters.
func Digits(filters int) *layers.Chain {
	return layers.Sequential(
		layers.Conv2D(3, filters, 5), layers.ReLU(), layers.MaxPool2D(2),
		layers.Conv2D(filters, 16, 5), layers.ReLU(), layers.MaxPool2D(2),
		layers.Flatten(),
		layers.Linear(400, 120), layers.ReLU(),
		layers.Linear(120, 84), layers.ReLU(),
		layers.Linear(84, 10),
	)
}

// LeeDigits returns the network of Hung-yi Lee's 2017 lecture on what a CNN
// learned: 25 and 50 filters of 3×3 on 28×28 digits, 137,660 parameters.
func LeeDigits() *layers.Chain {
	return layers.Sequential(
		layers.Conv2D(1, 25, 3), layers.ReLU(), layers.MaxPool2D(2),
		layers.Conv2D(25, 50, 3), layers.ReLU(), layers.MaxPool2D(2),
		layers.Flatten(),
		layers.Linear(1250, 100), layers.ReLU(),
		layers.Linear(100, 10),
	)
}
