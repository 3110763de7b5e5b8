package models

import "github.com/convnotes/convnotes/cnn/layers"

// LogisticRegression returns the smallest network: one neuron with a sigmoid on
// the given number of inputs. 12,288 inputs (64×64×3) make 12,289 parameters.
func LogisticRegression(inputs int) *layers.Chain {
	return layers.Sequential(layers.Linear(inputs, 1), layers.Sigmoid())
}

// Shallow returns a network with one hidden layer of tanh.
func Shallow(inputs, hidden, classes int) *layers.Chain {
	return layers.Sequential(layers.Linear(inputs, hidden), layers.Tanh(), layers.Linear(hidden, classes))
}
