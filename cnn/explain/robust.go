package explain

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/train"
)

// A Change is something done to a picture (C×H×W) that leaves what it shows.
type Change struct {
	Name string
	Do   func(x *cnn.Tensor) *cnn.Tensor
}

// Shifted moves a picture right by cells pixels.
func Shifted(name string, cells int) Change {
	return Change{name, func(x *cnn.Tensor) *cnn.Tensor { return data.Shift(x, 0, cells) }}
}

// Turned turns a picture counter-clockwise and scales it.
func Turned(name string, degrees, scale float64) Change {
	return Change{name, func(x *cnn.Tensor) *cnn.Tensor { return data.Affine(x, degrees, scale, 0, 0) }}
}

// Flipped mirrors a picture left to right.
func Flipped(name string) Change { return Change{name, data.FlipH} }

// A Bar is the accuracy under one change.
type Bar struct {
	Name     string
	Accuracy float64
}

// Robustness returns the accuracy of a network on a set as it is ("as it is")
// and under each change.
func Robustness(net layers.Layer, set data.Set, changes ...Change) []Bar {
	bars := []Bar{{"as it is", train.Evaluate(net, set).Accuracy}}
	for _, c := range changes {
		bars = append(bars, Bar{c.Name, train.Evaluate(net, changed{set, c}).Accuracy})
	}
	return bars
}

type changed struct {
	data.Set
	c Change
}

func (s changed) Item(i int) (x, y *cnn.Tensor) {
	x, y = s.Set.Item(i)
	return s.c.Do(x), y
}
