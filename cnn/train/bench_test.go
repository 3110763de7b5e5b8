package train_test

import (
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/models"
	"github.com/convnotes/convnotes/cnn/train"
)

// BenchmarkLeNet times one training step of LeNet-5 on 64 pictures, through Fit.
func BenchmarkLeNet(b *testing.B) {
	clothes, err := data.FashionMNIST(5000)
	if err != nil {
		b.Fatal(err)
	}
	cnn.Seed(1)
	net := models.LeNet()
	b.ReportAllocs()
	left := b.N
	b.ResetTimer()
	for left > 0 {
		err := train.Fit(net, clothes, train.Options{BatchSize: 64, Optimizer: train.SGD{Rate: 0.01, Momentum: 0.9}, OnStep: func(s *train.Step) {
			if left--; left <= 0 {
				s.Stop()
			}
		}})
		if err != nil {
			b.Fatal(err)
		}
	}
}
