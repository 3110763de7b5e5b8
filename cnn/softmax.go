package cnn

import (
	"fmt"
	"math"
	"slices"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// Softmax turns the scores along the last axis into probabilities
// eˣ/Σeˣ, which are positive and sum to 1. Scores of ±1000 and of −Inf (a move
// that is not allowed) are fine.
func Softmax(x *Tensor) *Tensor {
	return rowwise("Softmax", x, compute.Softmax, compute.SoftmaxBackward)
}

// LogSoftmax returns the logarithm of [Softmax], x − log Σeˣ, without rounding
// small probabilities to 0.
func LogSoftmax(x *Tensor) *Tensor {
	return rowwise("LogSoftmax", x, compute.LogSoftmax, compute.LogSoftmaxBackward)
}

func rowwise(op string, x *Tensor, f func(y, x []float32, rows, columns int), back func(dx, dy, y []float32, rows, columns int, add bool)) *Tensor {
	given(op, x)
	if len(x.shape) == 0 {
		panic(&ShapeError{op, []NamedShape{{"input", nil}}, "input is a scalar", "scores along the last axis", ""})
	}
	x = x.contiguous()
	y := result(op, x.shape, x)
	if y.IsShapeOnly() {
		return y
	}
	columns := x.shape[len(x.shape)-1]
	rows := x.Size() / columns
	f(y.data(), x.data(), rows, columns)
	return y.made(func() {
		dx, add := x.into()
		back(dx, y.grad.data, y.data(), rows, columns, add)
	})
}

// CrossEntropy returns the mean of −log p over the samples, where p is the
// probability that [Softmax] of the scores gives to the right class. The
// scores are N×Classes with N labels 0…Classes−1, or Classes with one label;
// labels may also be probabilities of the scores' shape (one-hot or smoothed),
// and then count with their weight. Labels have no gradient.
func CrossEntropy(scores, labels *Tensor) *Tensor {
	n, classes := crossEntropySizes(scores, labels)
	scores = scores.contiguous()
	y := result("CrossEntropy", []int{}, scores)
	if y.IsShapeOnly() || labels.IsShapeOnly() {
		return ShapeOnly()
	}
	target := newTensor([]int{n, classes}, scores.lab).data()
	targets(target, labels, n, classes)
	logs := newTensor([]int{n, classes}, scores.lab)
	compute.LogSoftmax(logs.data(), scores.data(), n, classes)
	var loss float64
	for i, t := range target {
		if t != 0 {
			loss -= float64(t) * float64(logs.data()[i])
		}
	}
	y.data()[0] = float32(loss / float64(n))
	return y.made(func() { crossEntropyBackward(scores, logs, y.grad.data[0]/float32(n), target, classes) })
}

// crossEntropyBackward adds d·(p·Σt − t), row by row.
func crossEntropyBackward(scores, logs *Tensor, d float32, target []float32, classes int) {
	dx, add := scores.into()
	for r := 0; r < len(target); r += classes {
		var whole float64
		for _, t := range target[r : r+classes] {
			whole += float64(t)
		}
		for i := r; i < r+classes; i++ {
			g := d * (float32(whole*math.Exp(float64(logs.data()[i]))) - target[i])
			if add {
				g += dx[i]
			}
			dx[i] = g
		}
	}
}

func crossEntropySizes(scores, labels *Tensor) (n, classes int) {
	given("CrossEntropy", scores, labels)
	s := scores.shape
	ok := len(s) == 1 || len(s) == 2
	if !ok || !slices.Equal(labels.shape, s) && !slices.Equal(labels.shape, s[:len(s)-1]) {
		fix := ""
		switch {
		case len(s) > 2:
			fix = "use Flatten on the scores first"
		case len(s) == 2 && labels.Size() == s[0]:
			fix = reshaping("labels", s[:1])
		case len(s) == 2:
			fix = fmt.Sprintf("use %d labels", s[0])
		}
		panic(misfit("CrossEntropy", "N×Classes with N labels, or with N×Classes probabilities", fix, NamedShape{"scores", scores.Shape()}, NamedShape{"labels", labels.Shape()}))
	}
	classes = s[len(s)-1]
	return scores.Size() / classes, classes
}

// targets writes the labels as probabilities, row by row.
func targets(rows []float32, labels *Tensor, n, classes int) {
	labels = labels.contiguous()
	if labels.Size() == n*classes && len(labels.shape) > 0 && labels.shape[len(labels.shape)-1] == classes && (len(labels.shape) == 2 || n == 1) {
		copy(rows, labels.data())
		return
	}
	oneHot("CrossEntropy", rows, labels.data(), classes)
}

// OneHot turns labels into rows with a single 1: label 2 of 4 classes becomes
// 0 0 1 0. The classes become the last axis. It has no gradient.
func OneHot(labels *Tensor, classes int) *Tensor {
	given("OneHot", labels)
	atLeastIn("OneHot", "a number of classes", 1, classes)
	shape := append(labels.Shape(), classes)
	labels = labels.Detach()
	y := result("OneHot", shape, labels)
	if y.IsShapeOnly() {
		return y
	}
	oneHot("OneHot", y.data(), labels.contiguous().data(), classes)
	return y.made(nil)
}

// oneHot writes a row with a single 1 for every label.
func oneHot(op string, rows, labels []float32, classes int) {
	clear(rows)
	for i, l := range labels {
		c := int(l)
		if float32(c) != l || c < 0 || c >= classes {
			panic(misuse(op, "", "label %v of sample %d is not one of the %d classes: want 0 to %d", l, i, classes, classes-1))
		}
		rows[i*classes+c] = 1
	}
}

// BinaryCrossEntropy returns the mean of −(y·log p + (1−y)·log(1−p)) for
// probabilities p between 0 and 1 and labels y of the same shape. A logarithm
// counts as at least −100, as in PyTorch, so that p = 0 stays finite. Labels
// have no gradient.
func BinaryCrossEntropy(p, y *Tensor) *Tensor {
	return meanLoss("BinaryCrossEntropy", p, y, func(p, y float64) float64 {
		if p < 0 || p > 1 || p != p {
			panic(misuse("BinaryCrossEntropy", "use Sigmoid first", "the probability %g does not lie between 0 and 1", p))
		}
		if y < 0 || y > 1 || y != y {
			panic(misuse("BinaryCrossEntropy", "use 0 and 1, or CrossEntropy for more classes", "the label %g does not lie between 0 and 1", y))
		}
		return -(float64(y*max(-100, math.Log(p))) + float64((1-y)*max(-100, math.Log1p(-p))))
	}, func(p, y float64) float64 { return (p - y) / max(1e-12, p*(1-p)) })
}

// MeanSquaredError returns the mean of (x−y)² over all cells. Both have a
// gradient.
func MeanSquaredError(x, y *Tensor) *Tensor {
	return meanLoss("MeanSquaredError", x, y, func(x, y float64) float64 { return float64((x - y) * (x - y)) }, func(x, y float64) float64 { return 2 * (x - y) })
}

// meanLoss returns the mean of f over the cells of x and y; slope is f's
// derivative by x, and by y with the opposite sign where y has a gradient.
func meanLoss(op string, x, y *Tensor, f, slope func(x, y float64) float64) *Tensor {
	given(op, x, y)
	if !slices.Equal(x.shape, y.shape) {
		fix := ""
		if x.Size() == y.Size() {
			fix = reshaping("target", x.shape)
		}
		panic(misfit(op, "equal shapes", fix, NamedShape{"prediction", x.Shape()}, NamedShape{"target", y.Shape()}))
	}
	inputs := []*Tensor{x.contiguous()}
	if op == "MeanSquaredError" {
		inputs = append(inputs, y.contiguous())
	}
	loss := result(op, []int{}, inputs...)
	if loss.IsShapeOnly() || y.IsShapeOnly() {
		return ShapeOnly()
	}
	a, b := inputs[0].data(), y.contiguous().data()
	var total float64
	for i := range a {
		total += f(float64(a[i]), float64(b[i]))
	}
	loss.data()[0] = float32(total / float64(len(a)))
	return loss.made(func() {
		sign := 1.0
		for _, in := range inputs {
			if d := float64(loss.grad.data[0]) / float64(len(a)) * sign; in.tracked {
				dx := in.adding()
				for i := range a {
					dx[i] += float32(d * slope(float64(a[i]), float64(b[i])))
				}
			}
			sign = -1
		}
	})
}
