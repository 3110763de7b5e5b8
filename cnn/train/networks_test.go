package train_test

import (
	"path/filepath"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
	"github.com/convnotes/convnotes/cnn/train"
)

// The tiny policy network captures: its best move is right at least five times as
// often as the best constant answer.
func TestSmallAlphaGoCaptures(t *testing.T) {
	positions, fresh := data.AtariMoves(3000, 9, 0, 1), data.AtariMoves(500, 9, 0, 2)
	counts, constant := map[int]int{}, 0
	for _, l := range fresh.Labels() {
		counts[l]++
		constant = max(constant, counts[l])
	}
	cnn.Seed(1)
	net := models.SmallAlphaGo()
	if err := train.Fit(net, positions, train.Options{Epochs: 3, BatchSize: 32, Optimizer: train.Adam{Rate: 0.003}}); err != nil {
		t.Fatal(err)
	}
	share := float64(constant) / float64(fresh.Len())
	got := train.Evaluate(net, fresh).Accuracy
	t.Logf("right %.3f of the time, the best constant answer %.3f", got, share)
	if got < 5*share {
		t.Errorf("right %.3f of the time; five times %.3f is wanted", got, share)
	}
}

// A network with auxiliary heads trains by their loss too, and answers without
// them when it is evaluated.
func TestAuxiliaryHeadsTrain(t *testing.T) {
	training, test := digits(t)
	cnn.Seed(1)
	body := layers.Sequential(layers.Conv2D(1, 8, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(2))
	tail := layers.Sequential(layers.Conv2D(8, 16, 3, cnn.Padding(1)), layers.ReLU(), layers.GlobalAvgPool2D(), layers.Linear(16, 10))
	net := models.WithHeads([]layers.Layer{body, tail}, []layers.Layer{layers.Sequential(layers.Flatten(), layers.Linear(128, 10))})
	var h train.History
	err := train.Fit(net, training, train.Options{Epochs: 12, Optimizer: train.Adam{Rate: 0.01}, Loss: models.AuxiliaryLoss, Validation: test, History: &h})
	if err != nil {
		t.Fatal(err)
	}
	last := h.Epochs[len(h.Epochs)-1]
	head := net.Children()[2]
	alone := train.Evaluate(layers.Sequential(body, head), test).Accuracy
	t.Logf("%v, the head alone %.3f", last.Validation, alone)
	if r := train.Evaluate(net, test); r.Accuracy < 0.85 || r.Accuracy != last.Validation.Accuracy || alone < 0.8 {
		t.Errorf("%v after %v, the head alone %.3f", r, last.Validation, alone)
	}
}

// A transformer in front of feature maps trains with the rest, and its weights
// travel with the network's.
func TestTransformerOnFeatureMaps(t *testing.T) {
	training, test := digits(t)
	build := func() layers.Layer {
		localiser := layers.Sequential(layers.AvgPool2D(2), layers.Flatten(), layers.Linear(4*4*4, 8), layers.ReLU())
		return layers.Sequential(layers.Conv2D(1, 4, 3, cnn.Padding(1)), layers.ReLU(), layers.SpatialAttention(localiser, 8, 8, 8), layers.Flatten(), layers.Linear(4*8*8, 10))
	}
	cnn.Seed(1)
	net, same := build(), build()
	if err := train.Fit(net, training, train.Options{Epochs: 3, Optimizer: train.Adam{Rate: 0.005}}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "net.safetensors")
	if err := layers.Save(path, net); err != nil {
		t.Fatal(err)
	}
	if err := layers.Load(path, same, nil); err != nil {
		t.Fatal(err)
	}
	a, b := train.Evaluate(net, test), train.Evaluate(same, test)
	x, _ := test.Head(50).Tensors()
	theta := same.(*layers.Chain).Children()[2].(*layers.Transformer).Theta(layers.Sequential(same.(*layers.Chain).Children()[:2]...).Forward(x))
	spread := cnn.Max(cnn.Slice(theta, 2, 2, 3)).Item() - cnn.Min(cnn.Slice(theta, 2, 2, 3)).Item()
	t.Logf("%v; the shifts of 50 digits differ by %.3f", a, spread)
	if a != b || a.Accuracy < 0.8 || spread < 0.01 {
		t.Errorf("%v, read again %v; the shifts differ by %v", a, b, spread)
	}
}
