package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
)

func TestNetwork(t *testing.T) {
	conv := layers.Sequential(layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(2))
	rest := layers.Sequential(layers.Flatten(),
		layers.Linear(400, 120), layers.ReLU(), layers.Linear(120, 84), layers.ReLU(), layers.Linear(84, 10))
	for _, test := range []struct {
		name  string
		net   any
		want  string // "" passes
		cause string
	}{
		{"right, in blocks", layers.Sequential(conv, layers.Sequential(layers.Conv2D(6, 16, 5), layers.ReLU(), layers.MaxPool2D(2)), rest), "", ""},
		{"ReLU behind the pooling, which is the same", layers.Sequential(layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.MaxPool2D(2), layers.ReLU(), layers.Conv2D(6, 16, 5), layers.MaxPool2D(2), layers.ReLU(), rest), "", ""},
		{"too little padding", layers.Sequential(layers.Conv2D(1, 6, 5, cnn.Padding(1)), layers.ReLU()), "layer 1, Conv2D(1→6, 5×5), gives 1×6×26×26", "X8"},
		{"too much padding", layers.Sequential(layers.Conv2D(1, 6, 5, cnn.Padding(3)), layers.ReLU()), "layer 1, Conv2D(1→6, 5×5), gives 1×6×30×30", "X8"},
		{"sigmoid for ReLU", models.LeNetSigmoid(), "layer 1, Conv2D(1→6, 5×5), is followed by Sigmoid, expected ReLU", "X7"},
		{"average for maximum", layers.Sequential(conv, layers.Conv2D(6, 16, 5), layers.ReLU(), layers.AvgPool2D(2), rest), "layer 4, AvgPool2D(2×2), stands where MaxPool2D(2×2) belongs", "M40"},
		{"ReLU behind an average, which is not the same", layers.Sequential(layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.AvgPool2D(2), layers.ReLU(), rest), "is not followed by an activation", "M86"},
		{"with a softmax", layers.Sequential(models.LeNet(), layers.Softmax()), "", ""},
		{"padding forgotten", layers.Sequential(layers.Conv2D(1, 6, 5), layers.ReLU(), layers.MaxPool2D(2), layers.Conv2D(6, 16, 5)), "layer 1, Conv2D(1→6, 5×5), gives 1×6×24×24, expected 1×6×28×28", "M11"},
		{"activation forgotten", layers.Sequential(layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.MaxPool2D(2), layers.Conv2D(6, 16, 5), layers.ReLU(), layers.MaxPool2D(2), rest), "layer 1, Conv2D(1→6, 5×5), is not followed by an activation", "M86"},
		{"an activation at the end", layers.Sequential(models.LeNet(), layers.ReLU()), "is followed by ReLU", ""},
		{"too short", conv, "after layer 2 the network ends; 6 layers are missing", ""},
		{"too long", layers.Sequential(models.LeNet(), layers.Linear(10, 10)), "layer 9, Linear(10→10), is one too many", ""},
		{"does not fit, and a layer before is wrong", layers.Sequential(conv, rest), "layer 3, Flatten, gives 1×1176, expected 1×16×10×10", ""},
		{"does not fit", layers.Sequential(conv, layers.Conv2D(6, 16, 5), layers.ReLU(), layers.MaxPool2D(2), layers.Linear(5, 120), layers.Flatten(), layers.Linear(9, 9)), "layer 5, Linear(5→120), cannot take what comes to it, 1×16×5×5", "X1"},
		{"nil", nil, "no network", ""},
		{"a function that makes it", func() layers.Layer { return models.LeNet() }, "", ""},
		{"makes nil", func() layers.Layer { return nil }, "no network", ""},
		{"not written yet", func() layers.Layer { panic("not implemented") }, "not written yet", ""},
		{"no network at all", 3, "got int: want a layers.Layer", ""},
	} {
		r := Network(test.net, models.LeNet(), 1, 1, 28, 28)
		if r.Passed != (test.want == "") || !strings.Contains(r.Message, test.want) || strings.Join(r.Mutations, " ") != test.cause {
			t.Errorf("%s: %v, %q, %v; want %q, %s", test.name, r.Passed, r.Message, r.Mutations, test.want, test.cause)
		}
	}
}

// TestGlobalAverage holds that averages over whole maps pass however they are
// written, and that the maximum does not.
func TestGlobalAverage(t *testing.T) {
	nin := models.NiN(1, 10).Children()
	for _, test := range []struct {
		name  string
		end   []layers.Layer
		cause string
	}{
		{"as one layer", []layers.Layer{layers.GlobalAvgPool2D()}, ""},
		{"as a pool of the map's size", []layers.Layer{layers.AvgPool2D(5), layers.Flatten()}, ""},
		{"the maximum", []layers.Layer{layers.MaxPool2D(5), layers.Flatten()}, "M41"},
	} {
		net := layers.Sequential(append(slices.Clone(nin[:len(nin)-1]), test.end...)...)
		r := Network(net, models.NiN(1, 10), 1, 1, 224, 224)
		if r.Passed != (test.cause == "") || strings.Join(r.Mutations, " ") != test.cause {
			t.Errorf("%s: %v, %q, %v", test.name, r.Passed, r.Message, r.Mutations)
		}
	}
}

func TestDropout(t *testing.T) {
	drop := func(p, scale float64) *cnn.Tensor {
		cnn.Seed(1)
		return cnn.Scale(cnn.Dropout(cnn.Full(3, 100, 100), p), scale)
	}
	for _, test := range []struct {
		name  string
		f     func(x *cnn.Tensor, p float64, training bool) *cnn.Tensor
		cause string
	}{
		{"right", func(x *cnn.Tensor, p float64, training bool) *cnn.Tensor {
			if !training {
				return x
			}
			return drop(p, 1)
		}, ""},
		{"not divided", func(x *cnn.Tensor, p float64, training bool) *cnn.Tensor {
			if !training {
				return x
			}
			return drop(p, 1-p)
		}, "M76"},
		{"swapped", func(x *cnn.Tensor, p float64, training bool) *cnn.Tensor {
			if !training {
				return x
			}
			return drop(1-p, 1)
		}, "M77"},
		{"always", func(x *cnn.Tensor, p float64, training bool) *cnn.Tensor { return drop(p, 1) }, "M78"},
	} {
		r := Dropout(test.f)
		if r.Passed != (test.cause == "") || strings.Join(r.Mutations, " ") != test.cause {
			t.Errorf("%s: %v; want %q", test.name, r, test.cause)
		}
	}
	if r := Dropout(func(*cnn.Tensor, float64, bool) *cnn.Tensor { panic("not implemented") }); !strings.Contains(r.Message, "not written yet") {
		t.Error(r)
	}
}
