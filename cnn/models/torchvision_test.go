package models

import (
	"encoding/json"
	"hash/crc32"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// drawn is the generator of testdata/scores.py.
func drawn(name string, n int) []float32 {
	v := make([]float32, n)
	seed := uint64(crc32.ChecksumIEEE([]byte(name)))
	for i := range v {
		z := seed + uint64(i+1)*0x9E3779B97F4A7C15
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		z ^= z >> 31
		v[i] = float32(float64(z>>40)/(1<<23) - 1)
	}
	return v
}

// drawnTensor draws the tensor of torchvision's name.
func drawnTensor(name string, shape []int) *cnn.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	v := drawn(name, n)
	scale := math.Sqrt(3 / float64(n/shape[0]))
	for i := range v {
		switch {
		case len(shape) > 1:
			v[i] = float32(float64(v[i]) * scale)
		case strings.HasSuffix(name, "running_var") || strings.Contains(name, ".bn.weight"):
			v[i] = float32(1 + float64(v[i])/2)
		default:
			v[i] = float32(float64(v[i]) / 10)
		}
	}
	return cnn.FromData(v, shape...)
}

// TestTorchvisionsScores holds the scores of networks with weights by
// torchvision's names to those of torchvision 0.29.
func TestTorchvisionsScores(t *testing.T) {
	text, err := os.ReadFile("testdata/scores.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct {
		Names  int
		Scores []float64
		Norm   float64
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for name, build := range map[string]func() layers.Layer{
		"alexnet": func() layers.Layer { return AlexNetTorchvision() }, "googlenet": func() layers.Layer { return GoogLeNetTorchvision() },
		"vgg11": func() layers.Layer { return VGG(11) }, "vgg13": func() layers.Layer { return VGG(13) },
		"vgg16": func() layers.Layer { return VGG(16) }, "vgg19": func() layers.Layer { return VGG(19) },
	} {
		t.Run(name, func(t *testing.T) {
			net, w := build(), want[name]
			if n := assignDrawn(t, net, name); n != w.Names {
				t.Fatalf("%d tensors have names of torchvision's, want %d", n, w.Names)
			}
			var y *cnn.Tensor
			cnn.NoGrad(func() { y = net.Forward(cnn.FromData(drawn("picture", 3*224*224), 1, 3, 224, 224)) })
			scale := w.Norm / math.Sqrt(1000)
			for i, s := range w.Scores {
				if got := y.At(0, 25*i); math.Abs(got-s) > 1e-4*(math.Abs(s)+scale) {
					t.Fatalf("score %d is %v, want %v", 25*i, got, s)
				}
			}
		})
	}
}

// assignDrawn gives a network the weights that torchvision's names draw, and
// returns how many tensors there are.
func assignDrawn(t *testing.T, net layers.Layer, model string) int {
	names := map[string]string{} // ours to torchvision's
	for _, n := range torchvisionNames(model) {
		names[TorchvisionName(model)(n)] = n
	}
	all := layers.Everything(net)
	for _, p := range all {
		theirs, ok := names[p.Name]
		if !ok {
			t.Fatalf("nothing of torchvision's is our %s", p.Name)
		}
		p.Tensor.CopyFrom(drawnTensor(theirs, p.Tensor.Shape()))
	}
	return len(all)
}

// torchvisionNames lists the names of a state_dict (and some more, of layers
// without weights).
func torchvisionNames(model string) (names []string) {
	add := func(prefix string, ends ...string) {
		for _, e := range ends {
			names = append(names, prefix+"."+e)
		}
	}
	if model != "googlenet" {
		for i := range 40 {
			add("features."+strconv.Itoa(i), "weight", "bias")
		}
		for i := range 7 { // last: of two that share a place, these count
			add("classifier."+strconv.Itoa(i), "weight", "bias")
		}
		return names
	}
	unit := func(prefix string) {
		add(prefix, "conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked")
	}
	for _, c := range []string{"conv1", "conv2", "conv3"} {
		unit(c)
	}
	for _, s := range inceptions {
		for _, b := range []string{"branch1", "branch2.0", "branch2.1", "branch3.0", "branch3.1", "branch4.1"} {
			unit("inception" + s.Name + "." + b)
		}
	}
	add("fc", "weight", "bias")
	return names
}
