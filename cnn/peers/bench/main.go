// Command bench does the work of the comparison with PyTorch, ONNX Runtime and
// OpenVINO: bench.py asks for it line by line and runs the peers in between.
//
//	WORK BATCH THREADS REPEATS  →  milliseconds of every repeat
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/internal/compute"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
	"github.com/convnotes/convnotes/cnn/train"
)

func main() {
	debug.SetGCPercent(400)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var work string
		var batch, threads, repeats int
		if _, err := fmt.Sscan(in.Text(), &work, &batch, &threads, &repeats); err != nil {
			fmt.Println("error", err)
			continue
		}
		compute.SetThreads(threads)
		var out []string
		for _, d := range do(work, batch, repeats) {
			out = append(out, fmt.Sprintf("%.4f", d.Seconds()*1e3))
		}
		fmt.Println(strings.Join(out, " "))
	}
}

// A network is built once for all questions about it.
var built = map[string]layers.Layer{}

func network(name string) (net layers.Layer, in []int, classes int) {
	build, in, classes := models.LeNet, []int{1, 28, 28}, 10
	switch name {
	case "vgg16":
		build, in, classes = func() *layers.Chain { return models.VGG(16) }, []int{3, 224, 224}, 1000
	case "googlenet":
		build, in, classes = func() *layers.Chain { return models.GoogLeNet(3, 1000) }, []int{3, 224, 224}, 1000
	}
	if built[name] == nil {
		clear(built) // VGG-16's weights and transformed weights are large
		debug.FreeOSMemory()
		cnn.Seed(1)
		built[name] = build()
	}
	return built[name], in, classes
}

func do(work string, batch, repeats int) []time.Duration {
	kind, name, _ := strings.Cut(work, ":")
	switch kind {
	case "forward":
		return forward(name, batch, repeats)
	case "train":
		return training(name, batch, repeats)
	case "matmul":
		return product(batch, repeats)
	case "peak":
		return []time.Duration{peak()}
	case "conv":
		return convolution(name, batch, repeats)
	}
	panic("unknown work " + work)
}

func times(n int, f func()) (all []time.Duration) {
	f()
	for range n {
		t := time.Now()
		f()
		all = append(all, time.Since(t))
	}
	return all
}

func forward(name string, batch, repeats int) []time.Duration {
	net, in, _ := network(name)
	x := cnn.Normal(0, 1, append([]int{batch}, in...)...)
	lab := cnn.NewWorkspace()
	var all []time.Duration
	cnn.NoGrad(func() {
		all = times(repeats, func() {
			net.Forward(lab.Lend(x))
			lab.Reset()
		})
	})
	return all
}

// training times the steps of train.Fit, optimizer and all.
func training(name string, batch, repeats int) (all []time.Duration) {
	net, in, classes := network(name)
	n := batch * (repeats + 2)
	labels := make([]int, n)
	for i := range labels {
		labels[i] = i % classes
	}
	set := data.NewImages(cnn.Normal(0, 1, append([]int{n}, in...)...), labels, nil)
	last := time.Now()
	err := train.Fit(net, set, train.Options{BatchSize: batch, Optimizer: train.SGD{Rate: 0.001, Momentum: 0.9}, OnStep: func(s *train.Step) {
		if s.Number > 0 {
			all = append(all, time.Since(last))
		}
		last = time.Now()
	}})
	if err != nil {
		panic(err)
	}
	return all
}

// product times a square product whose result takes its storage from a workspace,
// as PyTorch's takes the place of the last one.
func product(n, repeats int) []time.Duration {
	a, b, lab := cnn.Normal(0, 1, n, n), cnn.Normal(0, 1, n, n), cnn.NewWorkspace()
	return times(repeats, func() {
		cnn.MatMul(lab.Lend(a), b)
		lab.Reset()
	})
}

// convolution times one layer, "fwd,C,H,O,K,S,P" or "bwd,…", where bwd is the
// gradient of input and weights.
func convolution(spec string, batch, repeats int) []time.Duration {
	pass, numbers, _ := strings.Cut(spec, ",")
	var c, h, o, k, s, p int
	fmt.Sscan(strings.ReplaceAll(numbers, ",", " "), &c, &h, &o, &k, &s, &p)
	l := layers.Conv2D(c, o, k, cnn.Stride(s), cnn.Padding(p))
	x := cnn.Normal(0, 1, batch, c, h, h)
	lab := cnn.NewWorkspace()
	if pass == "fwd" {
		var all []time.Duration
		cnn.NoGrad(func() { all = times(repeats, func() { l.Forward(lab.Lend(x)); lab.Reset() }) })
		return all
	}
	input := cnn.Parameter(x)
	start := cnn.Ones(l.Forward(x).Shape()...)
	var all []time.Duration
	for range repeats + 1 {
		l.Weight().ZeroGrad()
		l.Bias().ZeroGrad()
		input.ZeroGrad()
		l.Weight().Update(func(w, _ []float32) {}) // weights change between steps: nothing stays packed
		y := l.Forward(lab.Lend(input))
		t := time.Now()
		y.Backward(start)
		all = append(all, time.Since(t))
		lab.Reset()
	}
	return all[1:]
}

// peak returns the time of 2³⁰ operations done as fast as a core can, the mean of
// as many cores at once as there are threads.
func peak() time.Duration {
	rates := make([]float64, compute.Threads())
	var done sync.WaitGroup
	for i := range rates {
		done.Go(func() { rates[i] = 1 / compute.Peak().Seconds() })
	}
	done.Wait()
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	return time.Duration(float64(len(rates)) / sum * 1e9)
}
