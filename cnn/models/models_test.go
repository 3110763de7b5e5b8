package models

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// reference is a network of testdata/networks.json: shapes, parameters and
// multiply-adds as PyTorch counts them.
type reference struct {
	Input  []int
	Params int
	Macs   int
	Layers []struct {
		Name, Type   string
		Out          []int
		Params, Macs int
	}
}

var networks = map[string]func() layers.Layer{
	"LeNet d2l 28x28":                                 func() layers.Layer { return LeNetSigmoid() },
	"LeNet modern 32x32":                              func() layers.Layer { return unpaddedLeNet() },
	"Ng course LeNet-like table (32,32,3)":            func() layers.Layer { return Digits(8) },
	"Ng slide with 6 filters":                         func() layers.Layer { return Digits(6) },
	"Ng 39x39x3":                                      func() layers.Layer { return CatNetwork() },
	"Lee 2017 Keras":                                  func() layers.Layer { return LeeDigits() },
	"AlexNet single tower 227":                        func() layers.Layer { return AlexNet() },
	"AlexNet two-group (caffe/paper) 227":             func() layers.Layer { return AlexNetTwoGroups() },
	"torchvision alexnet 224":                         func() layers.Layer { return AlexNetTorchvision() },
	"d2l AlexNet 1x224x224 10cls":                     func() layers.Layer { return alexnet(1, 10, 1, 1, 6400) },
	"torchvision vgg11":                               func() layers.Layer { return VGG(11) },
	"torchvision vgg13":                               func() layers.Layer { return VGG(13) },
	"torchvision vgg16":                               func() layers.Layer { return VGG(16) },
	"torchvision vgg19":                               func() layers.Layer { return VGG(19) },
	"d2l VGG-11 full 1x224":                           func() layers.Layer { return d2lVGG(64, 128, 256, 512, 512) },
	"d2l VGG small (16,32,64,128,128) 1x224":          func() layers.Layer { return d2lVGG(16, 32, 64, 128, 128) },
	"d2l NiN 1x224":                                   func() layers.Layer { return NiN(1, 10) },
	"NiN ImageNet (caffe) 3x224":                      func() layers.Layer { return NiNImageNet() },
	"d2l GoogLeNet 1x96x96 10cls":                     func() layers.Layer { return GoogLeNet(1, 10) },
	"GoogLeNet paper form (bias, 5x5, 1000cls) 3x224": func() layers.Layer { return GoogLeNet(3, 1000) },
	"tv googlenet noaux 224":                          func() layers.Layer { return GoogLeNetTorchvision() },
	"AlphaGo SL policy k=192":                         func() layers.Layer { return AlphaGo(192) },
}

// unpaddedLeNet takes 32×32 pictures, which have the padding in them.
func unpaddedLeNet() layers.Layer {
	return row(list(layers.Conv2D(1, 6, 5)), LeNet().Children()[1:])
}

func d2lVGG(maps ...int) layers.Layer {
	var stages []VGGStage
	for i, m := range maps {
		stages = append(stages, VGGStage{[]int{1, 1, 2, 2, 2}[i], m})
	}
	return VGGFrom(1, stages, 7, []int{4096, 4096}, 10)
}

func TestEveryLayerMatchesTheReference(t *testing.T) {
	text, err := os.ReadFile("testdata/networks.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]reference
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for name, ref := range all {
		build, ok := networks[name]
		if !ok {
			t.Errorf("no network for %s", name)
			continue
		}
		t.Run(name, func(t *testing.T) { compare(t, ref, layers.Summary(build(), append([]int{1}, ref.Input...)...)) })
	}
}

func compare(t *testing.T, ref reference, got *layers.Report) {
	if got.Parameters() != ref.Params || got.MultiplyAdds() != ref.Macs {
		t.Errorf("%d parameters and %d multiply-adds, want %d and %d", got.Parameters(), got.MultiplyAdds(), ref.Params, ref.Macs)
	}
	var want, have []string
	for _, l := range ref.Layers {
		switch l.Type {
		case "Conv2d", "Linear", "MaxPool2d", "AvgPool2d", "BatchNorm2d":
			want = append(want, fmt.Sprintln(strings.TrimSuffix(l.Type, "2d"), l.Out, l.Params, l.Macs))
		}
	}
	for _, r := range got.Rows {
		for _, kind := range []string{"Conv", "Linear", "MaxPool", "AvgPool", "BatchNorm"} {
			if strings.HasPrefix(r.Name, kind) {
				have = append(have, fmt.Sprintln(kind, r.Out[1:], r.Parameters, r.MultiplyAdds))
			}
		}
	}
	if len(want) != len(have) {
		t.Fatalf("%d layers, want %d", len(have), len(want))
	}
	for i := range want {
		if want[i] != have[i] {
			t.Errorf("layer %d: %s, want %s", i, have[i], want[i])
		}
	}
}

func TestTotals(t *testing.T) {
	for _, c := range []struct {
		name       string
		net        layers.Layer
		in         []int
		parameters int
		macs       int // 0: not checked
	}{
		{"LeNet", LeNet(), []int{1, 1, 28, 28}, 61706, 416520},
		{"LeNet 1998", LeNet5Original(), []int{1, 1, 32, 32}, 60000, 0},
		{"logistic regression", LogisticRegression(12288), []int{1, 12288}, 12289, 12288},
		{"small AlexNet", SmallAlexNet(0.5), []int{1, 1, 28, 28}, 74826, 4231552},
		{"small VGG", SmallVGG(), []int{1, 1, 28, 28}, 97802, 3763072},
		{"small NiN", SmallNiN(), []int{1, 1, 28, 28}, 10822, 0},
		{"small GoogLeNet", SmallGoogLeNet(), []int{1, 1, 28, 28}, 13574, 0},
		{"small AlphaGo", SmallAlphaGo(), []int{1, 3, 9, 9}, 5953, 0},
		{"AlphaGo 128", AlphaGo(128), []int{1, 48, 19, 19}, 1777641, 0},
		{"AlphaGo 256", AlphaGo(256), []int{1, 48, 19, 19}, 6798953, 0},
		{"AlphaGo 384", AlphaGo(384), []int{1, 48, 19, 19}, 15064297, 0},
	} {
		r := layers.Summary(c.net, c.in...)
		if r.Parameters() != c.parameters || c.macs != 0 && r.MultiplyAdds() != c.macs {
			t.Errorf("%s: %d parameters, %d multiply-adds, want %d and %d", c.name, r.Parameters(), r.MultiplyAdds(), c.parameters, c.macs)
		}
	}
	if n := layers.CountParameters(TorchvisionHead(512)) + layers.CountParameters(TorchvisionHead(528)); n != 6379984 {
		t.Errorf("the auxiliary heads have %d parameters, want 6379984", n)
	}
}

// GoogLeNet's heads speak in training only; without them it is the paper's
// network, number for number.
func TestAuxiliaryHeads(t *testing.T) {
	net := GoogLeNetWithHeads(3, 1000)
	r, plain := layers.Summary(net, 1, 3, 224, 224), layers.Summary(GoogLeNet(3, 1000), 1, 3, 224, 224)
	if r.Parameters() != plain.Parameters() || r.MultiplyAdds() != plain.MultiplyAdds() || len(r.Rows) != len(plain.Rows) || layers.CountParameters(net) != 13378280 {
		t.Errorf("%d parameters of %d, %d multiply-adds", r.Parameters(), layers.CountParameters(net), r.MultiplyAdds())
	}
	layers.Train(net, true)
	if r := layers.Summary(net, 2, 3, 224, 224); r.Parameters() != 13378280 || cnn.Dims(net.Forward(cnn.ShapeOnly(2, 3, 224, 224)).Shape()) != "2×3×1000" {
		t.Errorf("in training %d parameters", r.Parameters())
	}
}

// The loss is the network's own and 0.3 of the heads', and its gradient reaches
// all of them.
func TestAuxiliaryLoss(t *testing.T) {
	cnn.Seed(1)
	head := func() layers.Layer { return layers.Sequential(layers.Flatten(), layers.Linear(4*6*6, 3)) }
	net := WithHeads([]layers.Layer{layers.Conv2D(1, 4, 3), layers.Conv2D(4, 4, 3, cnn.Padding(1)), head()}, []layers.Layer{head(), head()})
	x, labels := cnn.Normal(0, 1, 5, 1, 8, 8), cnn.Vector(0, 1, 2, 1, 0)
	own := net.Forward(x)
	layers.Train(net, true)
	all := net.Forward(x)
	want := 0.0
	for k, weight := range []float64{1, 0.3, 0.3} {
		want += weight * cnn.CrossEntropy(cnn.Slice(all, 1, k, k+1).Reshape(5, 3), labels).Item()
	}
	loss := AuxiliaryLoss(all, labels)
	loss.Backward()
	if got := loss.Item(); math.Abs(got-want) > 1e-5 || math.Abs(AuxiliaryLoss(own, labels).Item()-cnn.CrossEntropy(own, labels).Item()) > 1e-6 {
		t.Errorf("the loss is %v, want %v", got, want)
	}
	if fmt.Sprint(own.Values()) != fmt.Sprint(cnn.Slice(all, 1, 0, 1).Reshape(5, 3).Values()) {
		t.Error("the network's own scores change in training")
	}
	for i, p := range layers.NamedParameters(net) {
		if cnn.Norm(p.Tensor.Grad(), 2).Item() == 0 {
			t.Errorf("no gradient reaches %s (%d)", p.Name, i)
		}
	}
}

// A connection is a product or a bias at one output cell (LeCun 1998); the ten
// bitmaps of the output have 840.
func TestLeNet5Connections(t *testing.T) {
	connections := 840
	for _, r := range layers.Summary(LeNet5Original(), 1, 1, 32, 32).Rows {
		if r.Parameters > 0 {
			cells := r.Bytes / 4
			connections += r.MultiplyAdds + cells
		}
	}
	if connections != 340908 {
		t.Errorf("%d connections, want 340908", connections)
	}
}

func TestReceptiveFields(t *testing.T) {
	for _, c := range []struct {
		name string
		net  layers.Layer
		in   []int
		want string // of the layers with a window
	}{
		{"LeNet", LeNet5Original(), []int{1, 1, 32, 32}, "5 6 14 16 32"},
		{"Lee", LeeDigits(), []int{1, 1, 28, 28}, "3 4 8 10"},
		{"cats", CatNetwork(), []int{1, 3, 39, 39}, "3 7 15"},
		{"AlexNet", AlexNet(), []int{1, 3, 227, 227}, "11 19 51 67 99 131 163 195"},
		{"VGG-16", VGG(16), []int{1, 3, 224, 224}, "3 5 6 10 14 16 24 32 40 44 60 76 92 100 132 164 196 212"},
		{"AlphaGo", AlphaGo(8), []int{1, 48, 19, 19}, "5 7 9 11 13 15 17 19 21 23 25 27 27"},
	} {
		var got []string
		for _, r := range layers.Summary(c.net, c.in...).Rows {
			if _, ok := r.Layer.(layers.Windowed); ok {
				got = append(got, fmt.Sprint(r.Receptive))
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s sees %s, want %s", c.name, s, c.want)
		}
	}
	if size, jump := layers.ReceptiveField(GoogLeNet(3, 10), 1, 3, 224, 224); size != 715 || jump != 32 {
		t.Errorf("GoogLeNet sees %d with jump %d, want 715 and 32", size, jump)
	}
}

func TestTheyRun(t *testing.T) {
	for name, c := range map[string]struct {
		net layers.Layer
		in  []int
	}{
		"LeNet 1998":      {LeNet5Original(), []int{2, 1, 32, 32}},
		"small AlexNet":   {SmallAlexNet(0.5), []int{2, 1, 28, 28}},
		"small VGG":       {SmallVGG(), []int{2, 1, 28, 28}},
		"small NiN":       {SmallNiN(), []int{2, 1, 28, 28}},
		"small GoogLeNet": {SmallGoogLeNet(), []int{2, 1, 28, 28}},
	} {
		layers.Train(c.net, true)
		y := c.net.Forward(cnn.Normal(0, 1, c.in...))
		if fmt.Sprint(y.Shape()) != "[2 10]" {
			t.Errorf("%s gives %v", name, y.Shape())
		}
		cnn.CrossEntropy(y, cnn.Vector(3, 1)).Backward()
		for i, p := range c.net.Parameters() {
			if cnn.Norm(p.Grad(), 2).Item() == 0 && !strings.Contains(name, "NiN") {
				t.Errorf("%s: parameter %d of %v gets no gradient", name, i, p.Shape())
			}
		}
	}
}
