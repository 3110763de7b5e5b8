package models

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// VGG returns the network of Oxford's Visual Geometry Group with the given
// number of layers with weights, 11, 13, 16 or 19, for 3×224×224 pictures and
// 1000 classes. VGG(16) has 138,357,544 parameters.
//
// Simonyan and Zisserman, "Very deep convolutional networks for large-scale
// image recognition", 2014, table 1.
func VGG(depth int) *layers.Chain {
	per, ok := map[int][5]int{11: {1, 1, 2, 2, 2}, 13: {2, 2, 2, 2, 2}, 16: {2, 2, 3, 3, 3}, 19: {2, 2, 4, 4, 4}}[depth]
	if !ok {
		panic(&cnn.UsageError{Op: "VGG", Problem: fmt.Sprintf("there is no VGG-%d", depth), Fix: "take 11, 13, 16 or 19"})
	}
	var blocks []VGGStage
	for i, width := range []int{64, 128, 256, 512, 512} {
		blocks = append(blocks, VGGStage{per[i], width})
	}
	return VGGFrom(3, blocks, 7, []int{4096, 4096}, 1000)
}

// A VGGStage is a block of convolutions: how many, and of how many maps.
type VGGStage struct{ Convolutions, Maps int }

// VGGFrom builds a network from its list: blocks of 3×3 convolutions, each
// followed by 2×2 max pooling, then hidden layers with dropout. size is the
// side of the last map.
func VGGFrom(channels int, blocks []VGGStage, size int, hidden []int, classes int) *layers.Chain {
	var all []layers.Layer
	for _, b := range blocks {
		all = append(all, vggBlock(b.Convolutions, channels, b.Maps)...)
		channels = b.Maps
	}
	all = append(all, layers.Flatten())
	features := channels * size * size
	for _, h := range hidden {
		all = append(all, layers.Linear(features, h), layers.ReLU(), layers.Dropout(0.5))
		features = h
	}
	return layers.Sequential(append(all, layers.Linear(features, classes))...)
}

// vggBlock is n times 3×3 with padding 1 and ReLU, then pooling.
func vggBlock(n, in, out int) (block []layers.Layer) {
	for range n {
		block = append(block, layers.Conv2D(in, out, 3, cnn.Padding(1)), layers.ReLU())
		in = out
	}
	return append(block, layers.MaxPool2D(2))
}

// SmallVGG returns a twin that trains in class on 1×28×28 pictures: 97,802
// parameters.
func SmallVGG() *layers.Chain {
	return VGGFrom(1, []VGGStage{{1, 16}, {1, 32}, {2, 64}}, 3, []int{64}, 10)
}
