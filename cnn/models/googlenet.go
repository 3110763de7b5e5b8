package models

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// An InceptionStage lists the output channels of the four paths of a block: 1×1;
// 1×1 then 3×3; 1×1 then 5×5; pooling then 1×1.
type InceptionStage struct {
	Name   string
	One    int
	Three  [2]int
	Five   [2]int
	Pooled int
}

// Out returns the channels of the block.
func (s InceptionStage) Out() int { return s.One + s.Three[1] + s.Five[1] + s.Pooled }

// inceptions are the nine blocks of GoogLeNet.
//
// Szegedy et al., "Going deeper with convolutions", 2014, table 1.
var inceptions = []InceptionStage{
	{"3a", 64, [2]int{96, 128}, [2]int{16, 32}, 32},
	{"3b", 128, [2]int{128, 192}, [2]int{32, 96}, 64},
	{"4a", 192, [2]int{96, 208}, [2]int{16, 48}, 64},
	{"4b", 160, [2]int{112, 224}, [2]int{24, 64}, 64},
	{"4c", 128, [2]int{128, 256}, [2]int{24, 64}, 64},
	{"4d", 112, [2]int{144, 288}, [2]int{32, 64}, 64},
	{"4e", 256, [2]int{160, 320}, [2]int{32, 128}, 128},
	{"5a", 256, [2]int{160, 320}, [2]int{32, 128}, 128},
	{"5b", 384, [2]int{192, 384}, [2]int{48, 128}, 128},
}

// Inceptions returns the channel lists of GoogLeNet's nine blocks.
func Inceptions() []InceptionStage { return append([]InceptionStage(nil), inceptions...) }

// Inception returns one block for the given number of input channels: four
// paths side by side, joined on the channels. Every path keeps height and width.
func Inception(in int, s InceptionStage) layers.Layer {
	return layers.Block("Inception "+s.Name, layers.Concat(
		conv(in, s.One, 1),
		row(withReLU(layers.Conv2D(in, s.Three[0], 1)), withReLU(layers.Conv2D(s.Three[0], s.Three[1], 3, cnn.Padding(1)))),
		row(withReLU(layers.Conv2D(in, s.Five[0], 1)), withReLU(layers.Conv2D(s.Five[0], s.Five[1], 5, cnn.Padding(2)))),
		row(list(layers.MaxPool2D(3, cnn.Stride(1), cnn.Padding(1))), withReLU(layers.Conv2D(in, s.Pooled, 1))),
	))
}

// GoogLeNet returns the network of the paper, without its auxiliary heads (they
// are in GoogLeNetWithHeads), for 224×224 pictures (or smaller) with the given
// channels. GoogLeNet(3, 1000) has
// 6,998,552 parameters in 22 layers with weights.
func GoogLeNet(channels, classes int) *layers.Chain {
	return row(googleStem(channels), googleBlocks(0, 2), list(pool3()), googleBlocks(2, 7), list(pool3()), googleBlocks(7, 9), googleHead(classes))
}

// pool3 is 3×3 with stride 2 and padding 1, which halves the map.
func pool3() layers.Layer { return layers.MaxPool2D(3, cnn.Stride(2), cnn.Padding(1)) }

func googleStem(channels int) []layers.Layer {
	return list(
		layers.Conv2D(channels, 64, 7, cnn.Stride(2), cnn.Padding(3)), layers.ReLU(), pool3(),
		layers.Conv2D(64, 64, 1), layers.ReLU(),
		layers.Conv2D(64, 192, 3, cnn.Padding(1)), layers.ReLU(), pool3())
}

// googleBlocks returns blocks from to to−1.
func googleBlocks(from, to int) (blocks []layers.Layer) {
	in := 192
	for i, s := range inceptions[:to] {
		if i >= from {
			blocks = append(blocks, Inception(in, s))
		}
		in = s.Out()
	}
	return blocks
}

func googleHead(classes int) []layers.Layer {
	return list(layers.GlobalAvgPool2D(), layers.Dropout(0.4), layers.Linear(1024, classes))
}

// SmallGoogLeNet returns a twin with two blocks that trains in class on 1×28×28
// pictures: 13,574 parameters.
func SmallGoogLeNet() *layers.Chain {
	return layers.Sequential(
		layers.Conv2D(1, 16, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(2),
		Inception(16, InceptionStage{"a", 8, [2]int{8, 16}, [2]int{4, 8}, 8}),
		Inception(40, InceptionStage{"b", 16, [2]int{16, 32}, [2]int{8, 16}, 16}),
		layers.GlobalAvgPool2D(), layers.Linear(80, 10),
	)
}
