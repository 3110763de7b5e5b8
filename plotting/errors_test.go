package plotting

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
)

func TestMisuse(t *testing.T) {
	x, k := lectureInput(), lectureKernel()
	steps := cnn.CrossCorrelateSteps(x, k)
	tests := []struct {
		name string
		draw func() *Figure
		want string // in the message
	}{
		{"nil", func() *Figure { return Image(nil) }, "plotting.Image: got nil: want a tensor"},
		{"shape only", func() *Figure { return Matrix(cnn.ShapeOnly(3, 3)) }, "3×3 has a shape but no values"},
		{"two channels", func() *Figure { return Image(cnn.Zeros(2, 5, 5)) }, "2×5×5 has 2 channels: want 1 (grey) or 3"},
		{"a batch", func() *Figure { return Image(cnn.Zeros(4, 3, 5, 5)) }, "4×3×5×5 has 4 axes"},
		{"no pictures", func() *Figure { return Images() }, "got no pictures"},
		{"no columns", func() *Figure { return ImageGrid(0, x) }, "0 columns"},
		{"matrix of channels", func() *Figure { return Matrix(cnn.Zeros(3, 2, 2)) }, "3×2×2 has 3 channels"},
		{"no steps", func() *Figure { return Slide(x, k, nil) }, "got no steps"},
		{"steps of another input", func() *Figure { return Slide(cnn.Ones(6, 6), k, steps) }, "step 0 does not belong to this input 6×6 and kernel 3×3"},
		{"steps of another kernel", func() *Figure { return Slide(x, edges(), steps) }, "does not belong"},
		{"steps outside", func() *Figure { return Slide(x, k, []cnn.Step{{Row: -1}}) }, "does not belong"},
		{"matrix kernel on channels", func() *Figure { return Slide(cnn.Zeros(2, 3, 3), cnn.Ones(2, 2), steps) }, "want C×Kh×Kw"},
		{"pooling steps of another input", func() *Figure { return Pool(x, cnn.MaxPool2DSteps(poolInput(), 2)) }, "does not belong"},
		{"gradient of another shape", func() *Figure { return PoolBackward(poolInput(), cnn.MaxPool2DSteps(poolInput(), 2), x) }, "a gradient 6×6 does not belong to an output 2×2"},
		{"no pooling steps", func() *Figure { return Pool(x, nil) }, "got no steps"},
		{"weights with five axes", func() *Figure { return Filters(cnn.Zeros(1, 1, 1, 2, 2)) }, "has 5 axes: want the weights of a layer"},
		{"lengths differ", func() *Figure { return Line(Axes{}, Series{Name: "loss", X: []float64{1}, Y: []float64{1, 2}}) }, `series "loss" has 1 values of X and 2 of Y`},
		{"no series", func() *Figure { return Scatter(Axes{}) }, "got no series"},
		{"empty interval", func() *Figure { return Func("f", math.Sin, 2, 2) }, "want a function and low < high"},
		{"nothing to count", func() *Figure { return Histogram(Axes{}, []float64{math.NaN()}, 0) }, "none of them finite"},
		{"infinite bar", func() *Figure { return Bars(Axes{}, Bar{"a", math.Inf(1)}) }, `the value of "a" is +Inf`},
		{"no bars", func() *Figure { return Bars(Axes{}) }, "got no bars"},
		{"ragged counts", func() *Figure { return Confusion(nil, [][]int{{1, 2}, {3}}) }, "row 1 has 1 counts: want 2"},
		{"names missing", func() *Figure { return Confusion([]string{"a"}, [][]int{{1, 2}, {3, 4}}) }, "1 names for 2 classes"},
		{"negative count", func() *Figure { return Confusion(nil, [][]int{{1, -2}, {3, 4}}) }, "counts[0][1] is -2"},
		{"no such class", func() *Figure { return Predictions(nil, Prediction{x, []float64{1, 0}, 2}) }, "has the truth 2: want a class from 0 to 1"},
		{"no predictions", func() *Figure { return Predictions(nil) }, "got no predictions"},
		{"no network", func() *Figure { return Costs(nil, 1, 2) }, "got nil: want a network"},
		{"no shape", func() *Figure { return Architecture(lenet()) }, "got no shape"},
		{"nothing to count in it", func() *Figure { return Costs(layers.ReLU(), 1, 1, 4, 4) }, "none of the 1 layers has parameters"},
		{"nothing side by side", func() *Figure { return Paths(lenet(), 1, 1, 28, 28) }, "nothing lies side by side"},
		{"window too large", func() *Figure { return ReceptiveField(4, Window{Size: 5}) }, "window 0 (size 5, stride 1, padding 0) does not fit a map of 4×4"},
		{"no windows", func() *Figure { return ReceptiveField(4) }, "got no windows"},
		{"one layer", func() *Figure { return Network(4) }, "got 1 layers"},
		{"no neurons", func() *Figure { return Network(4, 0) }, "layer 1 has 0 neurons"},
		{"no nodes", func() *Figure { return Graph(nil) }, "got no nodes"},
		{"circle", func() *Figure { return Graph([]cnn.Node{{Inputs: []int{0}}}) }, "node 0 is made from node 0"},
		{"no value", func() *Figure { return Backpropagation(nil) }, "got nil"},
		{"too many wires", func() *Figure { return Connections(cnn.Zeros(9, 9), k, cnn.CrossCorrelateSteps(cnn.Zeros(9, 9), k)) }, "too many connections"},
		{"two maps in colour", func() *Figure { return FeatureColors(cnn.Zeros(2, 3, 3)) }, "2×3×3 has 2 maps: want at least 3"},
		{"nothing to augment", func() *Figure { return Augmented("", data.RandomFlip(), 0) }, "got no pictures"},
		{"no augmentation", func() *Figure { return Augmented("", nil, 0, cnn.Zeros(2, 2)) }, "want an augmentation"},
		{"no plot", func() *Figure { return Plot((*plot.Plot)(nil)) }, "got nil"},
		{"an empty live plot", func() *Figure { return NewLive("", "").Figure() }, "no values have been added"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				err, ok := recover().(*cnn.ShapeError)
				if !ok {
					t.Fatalf("want a panic with a *cnn.ShapeError")
				}
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("message:\n  %s\nwant in it:\n  %s", err, test.want)
				}
			}()
			test.draw()
		})
	}
}

// TestStrangeValues only asks that nothing panics and all is drawn.
func TestStrangeValues(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	strange := cnn.Matrix([]float64{nan, inf}, []float64{-inf, 3e38})
	kernel := cnn.Matrix([]float64{1, nan})
	for name, f := range map[string]*Figure{
		"image":        Image(strange),
		"all NaN":      Matrix(cnn.Full(nan, 2, 2)),
		"constant":     Image(cnn.Full(-7, 2, 2)),
		"zero":         Matrix(cnn.Zeros(1, 1)),
		"vector":       Matrix(cnn.Vector(1e-9, 1e9)),
		"matrix":       Matrix(strange),
		"slide":        Slide(strange, kernel, cnn.CrossCorrelateSteps(strange, kernel)),
		"pool":         Pool(strange, cnn.MaxPool2DSteps(strange, 2)),
		"filters":      Filters(strange),
		"maps":         FeatureMaps(strange),
		"flat maps":    FeatureColors(cnn.Ones(3, 2, 2)),
		"one pixel":    Augmented("", data.RandomErase(1), 0, cnn.Ones(1, 1)),
		"large matrix": Matrix(cnn.Zeros(1500, 3)),
		"large image":  Image(cnn.Zeros(1300, 1300)),
		"line":         Line(Axes{}, Series{Name: "a", Y: []float64{nan}}, Series{Name: "b", Y: []float64{5}}, Series{Y: []float64{3, 3}}),
		"histogram":    Histogram(Axes{}, []float64{2, 2, nan}, 0),
		"bars":         Bars(Axes{}, Bar{"", 0}),
		"func":         Func("tan", math.Tan, -4, 4),
		"probability":  Predictions(nil, Prediction{strange, []float64{nan, 2, -1}, 0}),
		"counts":       Confusion(nil, [][]int{{0}}),
	} {
		t.Run(name, func(t *testing.T) {
			if len(f.PNG()) == 0 || f.HTML() == "" || f.String() == "" {
				t.Error("something is missing")
			}
			if w := f.body.w; w > 1200 || !(w > 0) {
				t.Errorf("the figure is %g wide", w)
			}
		})
	}
}
