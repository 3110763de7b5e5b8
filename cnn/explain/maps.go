package explain

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// Saliency returns, for every pixel of a picture (C×H×W), how much a small change
// of it changes the score of a class: the largest |∂score/∂x| of its channels,
// H×W.
//
// Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks", 2013.
func Saliency(net layers.Layer, picture *cnn.Tensor, class int) *cnn.Tensor {
	g := gradientOf(net, batch(picture), func(p *cnn.Tensor) *cnn.Tensor { return Class(class).value(net.Forward(p)) })
	return cnn.Max(cnn.Abs(g.Index(0)), 0)
}

// GradCAM returns where layer i (as in layers.Summary, usually the last with
// maps) looks for a class in a picture (C×H×W): the maps weighted by the mean
// gradient of the score, what is negative left out, scaled to the picture's
// height and width. It is 0 everywhere when all that the layer sees speaks
// against the class.
//
// Selvaraju et al., "Grad-CAM: visual explanations from deep networks", 2017.
func GradCAM(net layers.Layer, i int, picture *cnn.Tensor, class int) *cnn.Tensor {
	var maps *cnn.Tensor
	n := -1
	score := watch(net, cnn.Parameter(batch(picture).Clone()), func(a Activation) bool {
		if n++; n == i {
			maps = a.Output
		}
		return true
	})
	if maps == nil || maps.Axes() != 4 {
		panic(&cnn.UsageError{Op: "GradCAM", Problem: "the layer has no maps", Fix: "take a convolution or a pool from layers.Summary"})
	}
	Class(class).value(score).Backward()
	gradient := maps.Grad()
	for _, w := range net.Parameters() {
		w.ZeroGrad()
	}
	weights := cnn.Mean(gradient, 2, 3).Reshape(1, maps.Dim(1), 1, 1)
	heat := cnn.ReLU(cnn.Sum(cnn.Mul(maps.Detach(), weights), 1)).Reshape(1, 1, maps.Dim(2), maps.Dim(3))
	return cnn.Resize(heat, picture.Dim(1), picture.Dim(2)).Reshape(picture.Dim(1), picture.Dim(2))
}

// Occlusion covers a picture (C×H×W) with a grey square of size pixels, step
// pixels apart, and returns how much the probability of a class falls at each
// place.
//
// Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014.
func Occlusion(net layers.Layer, picture *cnn.Tensor, class, size, step int) *cnn.Tensor {
	rows, columns := cnn.OutputSize(picture.Dim(1), size, cnn.Stride(step)), cnn.OutputSize(picture.Dim(2), size, cnn.Stride(step))
	fall := cnn.Zeros(rows, columns)
	cnn.NoGrad(func() {
		whole := probability(net, picture, class)
		grey := cnn.Mean(picture).Item()
		for i := range rows {
			for j := range columns {
				covered := picture.Clone()
				covered.Crop(i*step, j*step, size, size).CopyFrom(cnn.Full(grey, picture.Dim(0), size, size))
				fall.Set(whole-probability(net, covered, class), i, j)
			}
		}
	})
	return fall
}

func probability(net layers.Layer, picture *cnn.Tensor, class int) float64 {
	return cnn.Softmax(net.Forward(batch(picture))).At(0, class)
}
