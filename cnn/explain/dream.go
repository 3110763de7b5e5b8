package explain

import (
	"math"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// Dream says how to dream; the zero value takes 20 steps of 0.02 in one octave.
type Dream struct {
	Steps   int     // for each octave; default 20
	Rate    float64 // default 0.02, on the gradient divided by its root mean square
	Octaves int     // sizes of the picture, small to large; default 1
	Scale   float64 // from one octave to the next; default 1.4
	// OnStep, when given, sees the picture after every step.
	OnStep func(step int, picture *cnn.Tensor)
}

// DeepDream changes a picture (C×H×W, values 0 to 1) so that a layer (as in
// layers.Summary) says more of what it says already: ascent on ½‖O‖², whose
// gradient at the layer's output O is O itself, so positives grow and negatives
// sink.
//
// Mordvintsev, Olah and Tyka, "Inceptionism: going deeper into neural networks",
// 2015.
func DeepDream(net layers.Layer, layer int, picture *cnn.Tensor, d Dream) *cnn.Tensor {
	d = d.complete()
	shapes := d.octaves(picture)
	x := batch(picture)
	var grown *cnn.Tensor // what was dreamt so far, without the picture
	for i, s := range shapes {
		base := cnn.Resize(x, s[0], s[1])
		y := base
		if grown != nil {
			y = cnn.Add(base, cnn.Resize(grown, s[0], s[1]))
		}
		for k := range d.Steps {
			g := gradientOf(net, y, func(p *cnn.Tensor) *cnn.Tensor {
				o := output(net, layer, p)
				return cnn.Scale(cnn.Sum(cnn.Mul(o, o)), 0.5)
			})
			size := rms(g)
			if size == 0 {
				break
			}
			y = cnn.Clamp(cnn.Add(y, cnn.Scale(g, d.Rate/size)), 0, 1)
			if d.OnStep != nil {
				d.OnStep(i*d.Steps+k, y.Index(0))
			}
		}
		grown = cnn.Sub(y, base)
	}
	return cnn.Clamp(cnn.Add(x, grown), 0, 1).Index(0).Clone()
}

func (d Dream) complete() Dream {
	if d.Steps == 0 {
		d.Steps = 20
	}
	if d.Rate == 0 {
		d.Rate = 0.02
	}
	if d.Scale == 0 {
		d.Scale = 1.4
	}
	d.Octaves = max(1, d.Octaves)
	return d
}

// octaves returns the heights and widths, the picture's own last.
func (d Dream) octaves(picture *cnn.Tensor) (shapes [][2]int) {
	for k := d.Octaves - 1; k >= 0; k-- {
		f := math.Pow(d.Scale, float64(-k))
		shapes = append(shapes, [2]int{max(1, int(float64(picture.Dim(1))*f+0.5)), max(1, int(float64(picture.Dim(2))*f+0.5))})
	}
	return shapes
}

// DreamTarget is the lecture's form: the output O of a layer is exaggerated to
// O′ = factor·O, and the picture changed step by step so that the layer gives
// O′. It returns the picture and the mean squared distance to O′ before every
// step and at the end.
func DreamTarget(net layers.Layer, layer int, picture *cnn.Tensor, factor float64, d Dream) (*cnn.Tensor, []float64) {
	d = d.complete()
	x := batch(picture.Clone())
	var target *cnn.Tensor
	cnn.NoGrad(func() { target = cnn.Scale(output(net, layer, x), factor) })
	var path []float64
	distance := func(p *cnn.Tensor) *cnn.Tensor { return cnn.MeanSquaredError(output(net, layer, p), target) }
	for k := range d.Steps {
		g := gradientOf(net, x, func(p *cnn.Tensor) *cnn.Tensor {
			v := distance(p)
			path = append(path, v.Item())
			return v
		})
		size := rms(g)
		if size == 0 {
			break
		}
		x = cnn.Clamp(cnn.Sub(x, cnn.Scale(g, d.Rate/size)), 0, 1)
		if d.OnStep != nil {
			d.OnStep(k, x.Index(0))
		}
	}
	cnn.NoGrad(func() { path = append(path, distance(x).Item()) })
	return x.Index(0).Clone(), path
}
