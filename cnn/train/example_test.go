package train_test

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/train"
)

func ExampleFit() {
	digits, err := data.Digits()
	if err != nil {
		panic(err)
	}
	training, test := digits.Split(0.8)
	cnn.Seed(1)
	net := layers.Sequential(layers.Flatten(), layers.Linear(64, 10))
	err = train.Fit(net, training, train.Options{Epochs: 20, Optimizer: train.Adam{Rate: 0.01}, Validation: test, Patience: 3})
	fmt.Println(err, train.Evaluate(net, test).Accuracy > 0.85)
	// Output: <nil> true
}

func ExampleWarmup() {
	rate := train.Warmup(2, train.Cosine())
	for step := range 6 {
		fmt.Printf("%.2f ", rate(step, 6))
	}
	// Output: 0.50 1.00 1.00 0.85 0.50 0.15
}
