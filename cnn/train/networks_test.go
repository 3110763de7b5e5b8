package train_test

import (
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
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
