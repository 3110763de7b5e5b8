// Command trainings runs the full trainings of the lectures and prints their
// figures, with seeds and times, for BENCHMARKS.md: make bench-train.
//
//	trainings [-fashion FOLDER] [-only lenet,digits,transformer,go]
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
	"github.com/convnotes/convnotes/cnn/train"
)

var (
	fashion = flag.String("fashion", "/usr/share/datasets/fashion-mnist", "folder with Fashion-MNIST's four files (Debian: dataset-fashion-mnist)")
	only    = flag.String("only", "", "names of trainings, separated by commas")
)

func main() {
	flag.Parse()
	for _, t := range []struct {
		name string
		run  func() error
	}{{"lenet", lenet}, {"digits", digits}, {"transformer", transformer}, {"go", policy}} {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), t.name) {
			continue
		}
		if err := t.run(); err != nil {
			fmt.Fprintln(os.Stderr, t.name+":", err)
			os.Exit(1)
		}
	}
}

// fit trains and returns how long it took.
func fit(net layers.Layer, set data.Set, o train.Options) (time.Duration, error) {
	began := time.Now()
	err := train.Fit(net, set, o)
	return time.Since(began), err
}

// lenet is LeNet on all 60,000 clothes; trainings.py runs the same in PyTorch.
func lenet() error {
	training, err := data.LoadFashionMNIST(*fashion, true)
	if err != nil {
		return err
	}
	test, err := data.LoadFashionMNIST(*fashion, false)
	if err != nil {
		return err
	}
	cnn.Seed(1)
	net := models.LeNet()
	took, err := fit(net, training, train.Options{Epochs: 8, BatchSize: 64, Optimizer: train.SGD{Rate: 0.03, Momentum: 0.9}, Schedule: train.Cosine()})
	if err != nil {
		return err
	}
	fmt.Printf("LeNet, Fashion-MNIST 60,000/10,000, 8 epochs, batch 64, SGD 0.03 m 0.9 cosine, seed 1: %v in %.1f s\n", train.Evaluate(net, test), took.Seconds())
	return nil
}

// digits is the small network on 8×8 digits with one-pixel shifts, five seeds.
func digits() error {
	all, err := data.Digits()
	if err != nil {
		return err
	}
	training, test := all.Slice(0, 1437), all.Slice(1437, all.Len())
	var accuracies []float64
	var took time.Duration
	for seed := range uint64(5) {
		cnn.Seed(seed + 1)
		net := layers.Sequential(
			layers.Conv2D(1, 16, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(2),
			layers.Conv2D(16, 32, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(2),
			layers.Flatten(), layers.Linear(128, 64), layers.ReLU(), layers.Linear(64, 10))
		d, err := fit(net, training, train.Options{Epochs: 30, BatchSize: 32, Seed: seed + 1, Optimizer: train.SGD{Rate: 0.05, Momentum: 0.9}, Schedule: train.Cosine(), Augment: data.RandomShift(1)})
		if err != nil {
			return err
		}
		took += d
		accuracies = append(accuracies, train.Evaluate(net, test).Accuracy)
	}
	fmt.Printf("digits 8×8, first 1,437 / last 360, 30 epochs, one-pixel shifts, seeds 1–5: %s, median %.3f (%.1f s each)\n", list(accuracies), median(accuracies), took.Seconds()/5)
	return nil
}

// transformer compares a plain network with one that has a Spatial Transformer in
// front, on digits among clutter.
func transformer() error {
	training, err := data.ClutteredDigits(5000, true, 1)
	if err != nil {
		return err
	}
	test, err := data.ClutteredDigits(1000, false, 2)
	if err != nil {
		return err
	}
	results := map[string][]float64{}
	for seed := range uint64(5) {
		for _, name := range []string{"plain", "four", "six"} {
			cnn.Seed(seed + 1)
			net := clutterNet(name)
			if _, err := fit(net, training, train.Options{Epochs: 12, BatchSize: 50, Seed: seed + 1, Optimizer: train.Adam{Rate: 0.002}, Schedule: train.Cosine()}); err != nil {
				return err
			}
			results[name] = append(results[name], train.Evaluate(net, test).Accuracy)
		}
	}
	fmt.Println("cluttered digits 40×40, 5,000/1,000, 12 epochs, Adam 0.002 cosine, batch 50, seeds 1–5:")
	for _, name := range []string{"plain", "four", "six"} {
		gains := make([]float64, 5)
		for i := range gains {
			gains[i] = results[name][i] - results["plain"][i]
		}
		fmt.Printf("  %-5s (%d parameters): %s; gain %s, mean %+.3f\n", name, layers.CountParameters(clutterNet(name)), list(results[name]), list(gains), mean(gains))
	}
	return nil
}

// clutterNet is a network for 1×40×40; with a transformer it looks at 24×24.
func clutterNet(name string) layers.Layer {
	classify := func(side int) layers.Layer {
		return layers.Sequential(
			layers.Conv2D(1, 16, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(2),
			layers.Conv2D(16, 32, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(2),
			layers.Flatten(), layers.Linear(32*(side/4)*(side/4), 32), layers.ReLU(), layers.Linear(32, 10))
	}
	localise := layers.Sequential(
		layers.AvgPool2D(2), layers.Conv2D(1, 8, 5), layers.ReLU(), layers.MaxPool2D(2),
		layers.Conv2D(8, 8, 3), layers.ReLU(), layers.Flatten(), layers.Linear(8*6*6, 16), layers.Tanh())
	switch name {
	case "four":
		return layers.Sequential(layers.SpatialAttention(localise, 16, 24, 24), classify(24))
	case "six":
		return layers.Sequential(layers.SpatialTransformer(localise, 16, 24, 24), classify(24))
	}
	return classify(40)
}

// policy is the tiny Go network: it captures the group in atari.
func policy() error {
	training, fresh := data.AtariMoves(5000, 9, 0, 1), data.AtariMoves(1000, 9, 0, 2)
	counts, constant := map[int]int{}, 0
	for _, l := range fresh.Labels() {
		counts[l]++
		constant = max(constant, counts[l])
	}
	cnn.Seed(1)
	net := models.SmallAlphaGo()
	took, err := fit(net, training, train.Options{Epochs: 5, BatchSize: 32, Optimizer: train.Adam{Rate: 0.003}})
	if err != nil {
		return err
	}
	best := float64(constant) / float64(fresh.Len())
	got := train.Evaluate(net, fresh).Accuracy
	fmt.Printf("Go 9×9, capture the group in atari, 5,953 parameters, 5 epochs, seed 1: %.3f on fresh positions, best constant answer %.3f (%.0f times) in %.1f s\n", got, best, got/best, took.Seconds())
	return nil
}

func list(v []float64) string {
	var s []string
	for _, x := range v {
		s = append(s, fmt.Sprintf("%.3f", x))
	}
	return strings.Join(s, " ")
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

func mean(v []float64) (m float64) {
	for _, x := range v {
		m += x / float64(len(v))
	}
	return m
}
