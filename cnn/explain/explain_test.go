package explain_test

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/explain"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
	"github.com/convnotes/convnotes/cnn/train"
)

// lee is Hung-yi Lee's network after two epochs on 5,000 clothes.
var lee = sync.OnceValue(func() layers.Layer {
	clothes, err := data.FashionMNIST(5000)
	if err != nil {
		panic(err)
	}
	cnn.Seed(1)
	net := models.LeeDigits()
	if err := train.Fit(net, clothes, train.Options{Epochs: 3, BatchSize: 64, Optimizer: train.SGD{Rate: 0.05, Momentum: 0.9}}); err != nil {
		panic(err)
	}
	return net
})

func clothes(t *testing.T) *data.Images {
	s, err := data.FashionMNISTTest(1000)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func weightsOf(net layers.Layer) string {
	var b strings.Builder
	for _, p := range net.Parameters() {
		fmt.Fprintf(&b, "%x", cnn.Norm(p, 2).Item())
	}
	return b.String()
}

func TestActivationsAreThoseOfTheSummary(t *testing.T) {
	for name, c := range map[string]struct {
		net layers.Layer
		in  []int
	}{"Lee": {models.LeeDigits(), []int{1, 28, 28}}, "Inception": {models.SmallGoogLeNet(), []int{1, 28, 28}}, "one layer": {layers.ReLU(), []int{3}}} {
		all := explain.Activations(c.net, cnn.Normal(0, 1, append([]int{2}, c.in...)...))
		rows := layers.Summary(c.net, append([]int{2}, c.in...)...).Rows
		for i, r := range rows {
			if i >= len(all) || all[i].Path != r.Path || fmt.Sprint(all[i].Output.Shape()) != fmt.Sprint(r.Out) {
				t.Fatalf("%s: layer %d is not %s %v", name, i, r.Path, r.Out)
			}
		}
	}
}

// Lee's second layer: most filters answer far more to the picture that is found
// for them; reference: 42 of 50, at least 35 are expected.
func TestMaximizeFilters(t *testing.T) {
	net := lee()
	before := weightsOf(net)
	rose, dead, tried := 0, 0, 50
	for k := range tried {
		cnn.Seed(uint64(k))
		f := explain.Maximize(net, explain.Filter(4, k), explain.Ascent{}, 1, 28, 28)
		if f.Dead {
			dead++
		}
		if f.After > 1.5*f.Before && f.After > f.Before+1 {
			rose++
		}
	}
	t.Logf("%d of %d filters answer more, %d are dead", rose, tried, dead)
	if rose < tried*7/10 {
		t.Errorf("only %d of %d filters answer more", rose, tried)
	}
	if weightsOf(net) != before {
		t.Error("the weights have changed")
	}
}

// The more the ink costs, the less there is: for every class on the average.
func TestInk(t *testing.T) {
	net := lee()
	var last float64 = 1
	for _, lambda := range []float64{0, 0.02, 0.05, 0.1} {
		var ink, p float64
		for class := range 10 {
			cnn.Seed(uint64(class))
			f := explain.Maximize(net, explain.Class(class), explain.Ascent{Ink: lambda}, 1, 28, 28)
			ink += cnn.Mean(f.Picture).Item() / 10
			p += cnn.Softmax(net.Forward(f.Picture.Reshape(1, 1, 28, 28))).At(0, class) / 10
		}
		t.Logf("λ = %.2f: p = %.3f, ink = %.3f", lambda, p, ink)
		if ink > last+0.01 {
			t.Errorf("λ = %v leaves more ink, %v after %v", lambda, ink, last)
		}
		if lambda <= 0.02 && p < 0.9 {
			t.Errorf("λ = %v: the classes are seen with p = %v only", lambda, p)
		}
		last = ink
	}
}

func TestDeepDream(t *testing.T) {
	net, picture := lee(), clothes(t).Image(0)
	size := func(x *cnn.Tensor) float64 {
		return math.Pow(cnn.Norm(explain.At(net, 3, x.Reshape(1, 1, 28, 28)), 2).Item(), 2)
	}
	for _, d := range []explain.Dream{{}, {Octaves: 2, Steps: 10}} {
		x := explain.DeepDream(net, 3, picture, d)
		t.Logf("‖O‖² %.0f → %.0f", size(picture), size(x))
		if size(x) < 1.2*size(picture) {
			t.Errorf("%+v: the layer says no more than before", d)
		}
		if cnn.Max(x).Item() > 1 || cnn.Min(x).Item() < 0 {
			t.Error("the dream leaves 0 to 1")
		}
	}
	if _, path := explain.DreamTarget(net, 3, picture, 1.5, explain.Dream{Steps: 40, Rate: 0.01}); !(path[len(path)-1] < 0.7*path[0]) {
		t.Errorf("the distance to the exaggerated answer went from %v to %v", path[0], path[len(path)-1])
	}
}

func TestMapsPointAtTheObject(t *testing.T) {
	// a network that looks at the upper left corner only: score 0 is the sum there
	w := cnn.Zeros(2, 64)
	for i := range 3 {
		for j := range 3 {
			w.Set(1, 0, i*8+j)
		}
	}
	net := layers.Sequential(layers.Func("identity", func(x *cnn.Tensor) *cnn.Tensor { return cnn.Scale(x, 1) }), layers.Flatten(),
		layers.Func("corner", func(x *cnn.Tensor) *cnn.Tensor { return cnn.Affine(x, w, nil) }))
	picture := cnn.Ones(1, 8, 8)
	for name, m := range map[string]*cnn.Tensor{"saliency": explain.Saliency(net, picture, 0), "Grad-CAM": explain.GradCAM(net, 0, picture, 0)} {
		if name == "saliency" && (m.At(1, 1) != 1 || m.At(5, 5) != 0) || fmt.Sprint(m.Shape()) != "[8 8]" {
			t.Errorf("%s: %v", name, m)
		}
	}
	dark := cnn.Zeros(1, 8, 8)
	dark.Crop(0, 0, 4, 4).CopyFrom(cnn.Ones(1, 4, 4))
	if o := explain.Occlusion(net, dark, 0, 3, 1); !(o.At(0, 0) > o.At(5, 5)+0.05) {
		t.Errorf("covering the corner does not matter: %v", o)
	}
}

func TestSees(t *testing.T) {
	net := models.LeeDigits()
	for _, c := range []struct {
		layer, row, column int
		want               explain.Region
	}{
		{0, 0, 0, explain.Region{0, 0, 3, 3}},
		{2, 1, 2, explain.Region{2, 4, 6, 8}},
		{3, 0, 0, explain.Region{0, 0, 8, 8}},
		{7, 0, 5, explain.Region{0, 0, 28, 28}},
	} {
		if got := explain.Sees(net, c.layer, c.row, c.column, 1, 28, 28); got != c.want {
			t.Errorf("cell %d,%d of layer %d sees %v, want %v", c.row, c.column, c.layer, got, c.want)
		}
	}
	padded := layers.Sequential(layers.Conv2D(1, 1, 5, cnn.Padding(2)))
	if got := explain.Sees(padded, 0, 0, 0, 1, 9, 9); got != (explain.Region{0, 0, 3, 3}) {
		t.Errorf("the corner of a padded layer sees %v", got)
	}
}

func TestDeadUnits(t *testing.T) {
	conv := layers.Conv2D(1, 3, 3)
	conv.Bias().Set(-100, 1)
	net := layers.Sequential(conv, layers.ReLU())
	if dead := explain.DeadUnits(net, 1, cnn.Uniform(0, 1, 5, 1, 6, 6)); fmt.Sprint(dead) == "[]" || !strings.Contains(fmt.Sprint(dead), "1") {
		t.Errorf("dead units %v", dead)
	}
	f := explain.Maximize(net, explain.Filter(1, 1), explain.Ascent{}, 1, 6, 6)
	if !f.Dead {
		t.Error("a dead filter is not noticed")
	}
}

// The accuracy under each change is that of the reference run of the same network
// (six epochs; 0.02 lower for this one's three) within 0.15: other draws of the
// weights move the bars by up to 0.1, the changes by 0.2 to 0.8.
func TestRobustness(t *testing.T) {
	changes := []explain.Change{
		explain.Shifted("1 px", 1), explain.Shifted("2 px", 2), explain.Shifted("3 px", 3), explain.Shifted("4 px", 4),
		explain.Flipped("mirror"), explain.Turned("90°", 90, 1), explain.Turned("180°", 180, 1), explain.Turned("×1.5", 0, 1.5), explain.Turned("×0.64", 0, .64),
	}
	reference := []float64{.810, .802, .727, .497, .287, .600, .021, .238, .406, .473}
	for i, b := range explain.Robustness(lee(), clothes(t), changes...) {
		t.Logf("%s: %.3f, reference %.3f", b.Name, b.Accuracy, reference[i])
		if math.Abs(b.Accuracy-(reference[i]-.02)) > .15 {
			t.Errorf("%s: %.3f, reference %.3f", b.Name, b.Accuracy, reference[i])
		}
	}
}

// The components of maps that are made of two patterns with equal weights are
// these patterns, and the sign is fixed.
func TestComponents(t *testing.T) {
	halves, quarters := []float64{-2, -2, 2, 2}, []float64{-1, 1, -1, 1}
	var values []float64
	for _, weights := range [][2]float64{{3, 0}, {-4, 0}, {0, 1}, {0, 0}} {
		for p := range 4 {
			values = append(values, 7+weights[0]*halves[p]+weights[1]*quarters[p])
		}
	}
	maps := cnn.FromValues(values, 4, 2, 2)
	found, shares := explain.Components(maps, 3)
	for k, want := range [][]float64{{10, 10, -10, -10}, {-1, 1, -1, 1}, {0, 0, 0, 0}} { // 5 = √(3²+4²), by the sign of −4
		for p, v := range want {
			if got := found.At(k, p/2, p%2); math.Abs(got-v) > 1e-5 {
				t.Errorf("component %d at %d is %g, want %g", k, p, got, v)
			}
		}
	}
	if got := fmt.Sprintf("%.4f", shares); got != "[0.9901 0.0099 0.0000]" { // 400 and 4 of 404
		t.Errorf("shares %s", got)
	}
}

// The components carry the variance: those of all maps give it back.
func TestComponentsOfANetwork(t *testing.T) {
	maps := explain.At(lee(), 0, clothes(t).Image(0).Reshape(1, 1, 28, 28)).Index(0)
	all, shares := explain.Components(maps, maps.Dim(0))
	sum, power := 0.0, cnn.Sum(cnn.Mul(all, all)).Item()
	for _, s := range shares {
		sum += s
	}
	mean := cnn.Mean(maps, 1, 2).Reshape(maps.Dim(0), 1, 1)
	centred := cnn.Sub(maps, mean)
	if want := cnn.Sum(cnn.Mul(centred, centred)).Item(); math.Abs(power/want-1) > 1e-3 || math.Abs(sum-1) > 1e-6 {
		t.Errorf("power %g, want %g; the shares sum to %g", power, want, sum)
	}
}

func TestComponentsRefuse(t *testing.T) {
	for _, draw := range []func(){
		func() { explain.Components(cnn.Zeros(2, 3, 3), 3) },
		func() { explain.Components(cnn.Zeros(3, 3), 1) },
		func() { explain.Components(cnn.Full(math.NaN(), 3, 3, 3), 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			draw()
		}()
	}
}
