package plotting

import (
	"math"
	"time"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/train"
)

// The 6×6 input and the vertical edge kernel of lesson 6.
func lectureInput() *cnn.Tensor {
	return cnn.Matrix(
		[]float64{3, 0, 1, 2, 7, 4},
		[]float64{1, 5, 8, 9, 3, 1},
		[]float64{2, 7, 2, 5, 1, 3},
		[]float64{0, 1, 3, 1, 7, 8},
		[]float64{4, 2, 1, 6, 2, 8},
		[]float64{2, 4, 5, 2, 3, 9},
	)
}

func lectureKernel() *cnn.Tensor {
	return cnn.Matrix([]float64{1, 0, -1}, []float64{1, 0, -1}, []float64{1, 0, -1})
}

func lectureOutput() *cnn.Tensor { return cnn.CrossCorrelate(lectureInput(), lectureKernel()) }

func stripes() *cnn.Tensor {
	return cnn.Matrix([]float64{1, 1, 0, 0, 0, 0, 1, 1}, []float64{1, 1, 0, 0, 0, 0, 1, 1})
}

func edges() *cnn.Tensor { return cnn.Matrix([]float64{1, -1}) }

func ramp8() *cnn.Tensor {
	t := cnn.Zeros(8, 8)
	for i := range 8 {
		for j := range 8 {
			t.Set(float64(i+j)/14, i, j)
		}
	}
	return t
}

func colours() *cnn.Tensor {
	t := cnn.Zeros(3, 6, 9)
	for i := range 6 {
		for j := range 9 {
			t.Set(float64(j)/8, 0, i, j)
			t.Set(float64(i)/5, 1, i, j)
			t.Set(1-float64(j)/8, 2, i, j)
		}
	}
	return t
}

func sine(rows, cols int) *cnn.Tensor {
	t := cnn.Zeros(rows, cols)
	for i := range rows {
		for j := range cols {
			t.Set(math.Sin(float64(i)/4)*math.Cos(float64(j)/6), i, j)
		}
	}
	return t
}

// Two channels and three filters, K, K+1 and K+2, of "Dive into Deep Learning",
// section 7.4.
func twoChannels() (x, k *cnn.Tensor) {
	x = cnn.FromValues([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 2, 3, 3)
	k = cnn.FromValues([]float64{
		0, 1, 2, 3, 1, 2, 3, 4,
		1, 2, 3, 4, 2, 3, 4, 5,
		2, 3, 4, 5, 3, 4, 5, 6,
	}, 3, 2, 2, 2)
	return x, k
}

// The 4×4 map that lesson 8 pools.
func poolInput() *cnn.Tensor {
	return cnn.Matrix([]float64{1, 3, 2, 1}, []float64{2, 9, 1, 1}, []float64{1, 3, 2, 3}, []float64{5, 6, 1, 2})
}

// waves fills a tensor so that every map and every filter differs.
func waves(shape ...int) *cnn.Tensor {
	size := 1
	for _, n := range shape {
		size *= n
	}
	h, w := shape[len(shape)-2], shape[len(shape)-1]
	values := make([]float64, size)
	for n := range values {
		m, i, j := n/(h*w), float64(n/w%h), float64(n%w)
		a := float64(m) * .7
		values[n] = math.Sin((i*math.Cos(a)+j*math.Sin(a))*(4+float64(m%3))/float64(h)) / float64(1+m%4)
	}
	return cnn.FromValues(values, shape...)
}

func trainingCurves() *Live {
	l := NewLive("LeNet", "epoch")
	for e := range 10 {
		x := float64(e + 1)
		l.Add("loss", "training", x, 2.3*math.Exp(-x/3))
		l.Add("loss", "test", x, 2.3*math.Exp(-x/3)+.02*x)
		l.Add("accuracy", "test", x, 1-.9*math.Exp(-x/2))
	}
	return l
}

func tenClasses() [][]int {
	counts := make([][]int, 10)
	for i := range counts {
		counts[i] = make([]int, 10)
		for j := range counts[i] {
			counts[i][j] = (i*7 + j*3) % 11 / 8 * (i + 1)
		}
		counts[i][i] = 90 + i
	}
	counts[4][9] = 1200
	return counts
}

func predictions() (all []Prediction) {
	probabilities := [][]float64{{.9, .05, .03, .02}, {.1, .2, .6, .1}, {.25, .3, .2, .25}, {0, 0, 0, 1}}
	for i, truth := range []int{0, 1, -1, 3} {
		all = append(all, Prediction{waves(1, 8+i, 8), probabilities[i], truth})
	}
	return all
}

func lenet() layers.Layer {
	return layers.Sequential(
		layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(2),
		layers.Conv2D(6, 16, 5), layers.ReLU(), layers.MaxPool2D(2),
		layers.Flatten(),
		layers.Linear(400, 120), layers.ReLU(),
		layers.Linear(120, 84), layers.ReLU(),
		layers.Linear(84, 10),
	)
}

func alexNet() layers.Layer {
	return layers.Sequential(
		layers.Conv2D(3, 96, 11, cnn.Stride(4)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Conv2D(96, 256, 5, cnn.Padding(2)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Conv2D(256, 384, 3, cnn.Padding(1)), layers.ReLU(),
		layers.Conv2D(384, 384, 3, cnn.Padding(1)), layers.ReLU(),
		layers.Conv2D(384, 256, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2)),
		layers.Flatten(),
		layers.Linear(6400, 4096), layers.ReLU(), layers.Dropout(.5),
		layers.Linear(4096, 4096), layers.ReLU(), layers.Dropout(.5),
		layers.Linear(4096, 1000),
	)
}

// inception is block 3a of GoogLeNet.
func inception() layers.Layer {
	path := func(l ...layers.Layer) layers.Layer { return layers.Sequential(l...) }
	return layers.Concat(
		path(layers.Conv2D(192, 64, 1), layers.ReLU()),
		path(layers.Conv2D(192, 96, 1), layers.ReLU(), layers.Conv2D(96, 128, 3, cnn.Padding(1)), layers.ReLU()),
		path(layers.Conv2D(192, 16, 1), layers.ReLU(), layers.Conv2D(16, 32, 5, cnn.Padding(2)), layers.ReLU()),
		path(layers.MaxPool2D(3, cnn.Stride(1), cnn.Padding(1)), layers.Conv2D(192, 32, 1), layers.ReLU()),
	)
}

// googLeNetStart is the beginning of GoogLeNet, with an end of its own.
func googLeNetStart() layers.Layer {
	return layers.Sequential(
		layers.Conv2D(3, 64, 7, cnn.Stride(2), cnn.Padding(3)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2), cnn.Padding(1)),
		layers.Conv2D(64, 64, 1), layers.ReLU(), layers.Conv2D(64, 192, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(3, cnn.Stride(2), cnn.Padding(1)),
		layers.Block("Inception 3a", inception()),
		layers.GlobalAvgPool2D(), layers.Linear(256, 1000),
	)
}

func lenet32() layers.Layer {
	return layers.Sequential(
		layers.Conv2D(1, 6, 5), layers.AvgPool2D(2), layers.Conv2D(6, 16, 5), layers.AvgPool2D(2), layers.Conv2D(16, 120, 5),
	)
}

// lectureGraph is J = 3(a + bc) at a = 5, b = 3, c = 2.
func lectureGraph(backward bool) *cnn.Value {
	a, b, c := cnn.NewValue(5).Named("a"), cnn.NewValue(3).Named("b"), cnn.NewValue(2).Named("c")
	u := b.Mul(c).Named("u")
	v := a.Add(u).Named("v")
	j := v.Scale(3).Named("J")
	if backward {
		j.Backward()
	}
	return j
}

// tensorGraph is a small layer and a residual sum.
func tensorGraph() *cnn.Tensor {
	x, w, b := cnn.Ones(2, 3), cnn.Parameter(cnn.Ones(3, 3)), cnn.Parameter(cnn.Zeros(3))
	x.SetName("x")
	w.SetName("W")
	b.SetName("b")
	h := cnn.ReLU(cnn.Add(cnn.MatMul(x, w), b))
	return cnn.Mean(cnn.Add(h, x))
}

// The 6×6 binary image of lesson 6 and its first filter.
func diagonals() *cnn.Tensor {
	return cnn.Matrix(
		[]float64{1, 0, 0, 0, 0, 1}, []float64{0, 1, 0, 0, 1, 0}, []float64{0, 0, 1, 1, 0, 0},
		[]float64{1, 0, 0, 0, 1, 0}, []float64{0, 1, 0, 0, 1, 0}, []float64{0, 0, 1, 0, 1, 0},
	)
}

func ones3() *cnn.Tensor {
	return cnn.Matrix([]float64{1, -1, -1}, []float64{-1, 1, -1}, []float64{-1, -1, 1})
}

// reported is the middle of a training.
func reported() *training {
	t := Training().(*training)
	t.live.next = time.Unix(math.MaxInt32, 0)
	t.Start(train.Run{Epochs: 5, Steps: 500, Parameters: 61706})
	for i := range 320 {
		x := float64(i) / 100
		loss := 2.3*math.Exp(-x) + .1 + .1*math.Sin(float64(i*i))*math.Exp(-x/2)
		t.Step(train.Step{Epoch: i / 100, Number: i, Steps: 500, Loss: loss, Elapsed: time.Duration(i) * 220 * time.Millisecond})
		if i%100 == 99 {
			t.Epoch(train.Epoch{Number: i / 100, Loss: 2.3*math.Exp(-x) + .2, Accuracy: 1 - .8*math.Exp(-x),
				Validation: &train.Result{Loss: 2.3*math.Exp(-x) + .3, Accuracy: .95 - .8*math.Exp(-x)}})
		}
	}
	return t
}
