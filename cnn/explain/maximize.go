package explain

import (
	"fmt"
	"math"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// A Goal says what of a network's answer to make large: a number, from the
// output of a layer for one picture.
type Goal struct {
	Layer int // as in layers.Summary; -1 is the last
	value func(y *cnn.Tensor) *cnn.Tensor
	text  string
}

// Filter wants the sum of map k of a layer, a^k = Σᵢⱼ a^k_ij, to be large.
func Filter(layer, k int) Goal {
	return Goal{layer, func(y *cnn.Tensor) *cnn.Tensor { return cnn.Sum(cnn.Slice(y, 1, k, k+1)) }, fmt.Sprintf("filter %d of layer %d", k, layer)}
}

// Unit wants value k of a fully connected layer to be large.
func Unit(layer, k int) Goal {
	g := Filter(layer, k)
	g.text = fmt.Sprintf("unit %d of layer %d", k, layer)
	return g
}

// Class wants the score of a class, the last layer's value, to be large.
func Class(k int) Goal {
	g := Filter(-1, k)
	g.text = fmt.Sprintf("class %d", k)
	return g
}

// Ascent says how to climb; the zero value takes 100 steps of 0.1 from a picture
// that is nearly black.
type Ascent struct {
	Steps int     // default 100
	Rate  float64 // default 0.1, on the gradient divided by its root mean square
	// Ink is the λ of the lecture: λ·Σ|x| is taken off, so that few pixels carry
	// ink.
	Ink float64
	// Smooth is a weight on the squared differences of neighbours (total
	// variation), which takes away the noise.
	Smooth float64
	// Start is the picture to begin with; default: noise from 0 to 0.1, and while
	// no gradient reaches it (up to ten times) other noise, brighter by 0.1.
	Start *cnn.Tensor
	// Free lets values leave 0…1.
	Free bool
}

// A Found picture is what Maximize ends with.
type Found struct {
	Picture       *cnn.Tensor
	Before, After float64 // the goal for the first and the last picture
	Path          []float64
	// Dead says that no gradient reached the picture: the unit gives 0 for it and
	// everything near it.
	Dead bool
}

// Maximize looks for the picture, of the given shape (C×H×W), that a network
// answers to most: x* = argmax goal(x), by gradient ascent on the picture with
// the weights as they are.
//
// Erhan, Bengio, Courville and Vincent, "Visualizing higher-layer features of a
// deep network", 2009; Simonyan, Vedaldi and Zisserman, "Deep inside
// convolutional networks", 2013, for classes.
func Maximize(net layers.Layer, goal Goal, a Ascent, shape ...int) Found {
	if a.Steps == 0 {
		a.Steps = 100
	}
	if a.Rate == 0 {
		a.Rate = 0.1
	}
	if a.Start != nil {
		return a.climb(net, goal, a.Start)
	}
	f := Found{Dead: true}
	for try := 1; f.Dead && try <= 10; try++ {
		f = a.climb(net, goal, cnn.Uniform(0, float64(try)/10, shape...))
	}
	return f
}

// climb takes the steps from a picture.
func (a Ascent) climb(net layers.Layer, goal Goal, start *cnn.Tensor) (f Found) {
	x := batch(start.Clone())
	for range a.Steps {
		value, gradient := goal.climb(net, x, a)
		f.Path = append(f.Path, value)
		size := rms(gradient)
		if size == 0 {
			f.Dead = len(f.Path) == 1
			break
		}
		x = cnn.Add(x, cnn.Scale(gradient, a.Rate/size))
		if !a.Free {
			x = cnn.Clamp(x, 0, 1)
		}
	}
	f.Before, f.After = f.Path[0], goal.of(net, x)
	f.Picture = x.Index(0).Clone()
	return f
}

// of returns the goal for a batch of one.
func (g Goal) of(net layers.Layer, x *cnn.Tensor) (v float64) {
	cnn.NoGrad(func() { v = g.value(output(net, g.Layer, x)).Item() })
	return v
}

func output(net layers.Layer, layer int, x *cnn.Tensor) *cnn.Tensor {
	if layer < 0 {
		return net.Forward(x)
	}
	return At(net, layer, x)
}

// climb returns the goal and the gradient of goal − ink − roughness at x.
func (g Goal) climb(net layers.Layer, x *cnn.Tensor, a Ascent) (value float64, gradient *cnn.Tensor) {
	gradient = gradientOf(net, x, func(p *cnn.Tensor) *cnn.Tensor {
		v := g.value(output(net, g.Layer, p))
		value = v.Item()
		if a.Ink > 0 {
			v = cnn.Sub(v, cnn.Scale(cnn.Sum(cnn.Abs(p)), a.Ink))
		}
		if a.Smooth > 0 {
			v = cnn.Sub(v, cnn.Scale(roughness(p), a.Smooth))
		}
		return v
	})
	return value, gradient
}

// roughness is the sum of the squared differences of neighbours.
func roughness(x *cnn.Tensor) *cnn.Tensor {
	h, w := x.Dim(2), x.Dim(3)
	down := cnn.Sub(cnn.Slice(x, 2, 1, h), cnn.Slice(x, 2, 0, h-1))
	right := cnn.Sub(cnn.Slice(x, 3, 1, w), cnn.Slice(x, 3, 0, w-1))
	return cnn.Add(cnn.Sum(cnn.Mul(down, down)), cnn.Sum(cnn.Mul(right, right)))
}

// gradientOf returns the gradient of f with respect to x; the gradients that the
// weights receive on the way are forgotten.
func gradientOf(net layers.Layer, x *cnn.Tensor, f func(p *cnn.Tensor) *cnn.Tensor) *cnn.Tensor {
	p := cnn.Parameter(x.Clone())
	f(p).Backward()
	for _, w := range net.Parameters() {
		w.ZeroGrad()
	}
	return p.Grad()
}

func rms(x *cnn.Tensor) float64 {
	return math.Sqrt(cnn.Mean(cnn.Mul(x, x)).Item())
}
