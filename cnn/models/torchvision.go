package models

import (
	"fmt"
	"strconv"
	"strings"
)

// TorchvisionName returns how the names of torchvision's weights translate to
// those of ours, for layers.Load:
//
//	layers.Load("vgg16.safetensors", models.VGG(16), models.TorchvisionName("vgg16"))
//
// for the models alexnet (AlexNetTorchvision), vgg11, vgg13, vgg16, vgg19 (VGG)
// and googlenet (GoogLeNetTorchvision, without the auxiliary heads). A name that
// has no place in ours becomes "".
func TorchvisionName(model string) func(string) string {
	switch model {
	case "alexnet":
		return classified(14)
	case "vgg11", "vgg13", "vgg16", "vgg19":
		return classified(map[string]int{"vgg11": 22, "vgg13": 26, "vgg16": 32, "vgg19": 38}[model])
	case "googlenet":
		return googleName
	}
	panic(fmt.Sprintf("models: there are no names for torchvision's %q: take alexnet, vgg11, vgg13, vgg16, vgg19 or googlenet", model))
}

// classified translates features.N and classifier.N, whose first layer is ours
// number first.
func classified(first int) func(string) string {
	return func(name string) string {
		if rest, ok := strings.CutPrefix(name, "features."); ok {
			return rest
		}
		rest, ok := strings.CutPrefix(name, "classifier.")
		number, tensor, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if !ok || err != nil {
			return ""
		}
		return fmt.Sprintf("%d.%s", first+n, tensor)
	}
}

// googleUnits are the places of torchvision's blocks in our row of layers.
var googleUnits = map[string]string{
	"conv1": "0", "conv2": "2", "conv3": "3",
	"inception3a": "5", "inception3b": "6",
	"inception4a": "8", "inception4b": "9", "inception4c": "10", "inception4d": "11", "inception4e": "12",
	"inception5a": "14", "inception5b": "15",
	"fc": "18",
}

// googleBranches are the places of its units in our blocks.
var googleBranches = map[string]string{
	"branch1": "0.0", "branch2.0": "0.1.0", "branch2.1": "0.1.1", "branch3.0": "0.2.0", "branch3.1": "0.2.1", "branch4.1": "0.3.1",
}

// googleName translates inception3a.branch2.1.conv.weight to 5.0.1.1.0.weight.
func googleName(name string) string {
	block, rest, _ := strings.Cut(name, ".")
	place, ok := googleUnits[block]
	if !ok || strings.HasSuffix(name, "num_batches_tracked") {
		return ""
	}
	for branch, at := range googleBranches {
		if r, ok := strings.CutPrefix(rest, branch+"."); ok {
			place, rest = place+"."+at, r
		}
	}
	rest = strings.Replace(rest, "conv.", "0.", 1)
	rest = strings.Replace(rest, "bn.", "1.", 1)
	return place + "." + rest
}
