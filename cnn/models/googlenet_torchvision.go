package models

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// GoogLeNetTorchvision returns GoogLeNet as torchvision has it: batch
// normalisation behind every convolution, no biases, 3×3 where the paper has
// 5×5, pooling that rounds up. 6,624,904 parameters.
func GoogLeNetTorchvision() *layers.Chain {
	all := list(
		unit(3, 64, 7, cnn.Stride(2), cnn.Padding(3)), ceil3(2),
		unit(64, 64, 1), unit(64, 192, 3, cnn.Padding(1)), ceil3(2))
	in := 192
	for i, s := range inceptions {
		all = append(all, torchInception(in, s))
		in = s.Out()
		switch i {
		case 1:
			all = append(all, ceil3(2))
		case 6:
			all = append(all, layers.MaxPool2D(2, cnn.Ceil()))
		}
	}
	return layers.Sequential(append(all, layers.GlobalAvgPool2D(), layers.Dropout(0.2), layers.Linear(1024, 1000))...)
}

// unit is a convolution without bias, its normalisation (ε = 0.001) and ReLU.
func unit(in, out, size int, opts ...cnn.Option) layers.Layer {
	return layers.Sequential(layers.Conv2D(in, out, size, opts...).WithoutBias(), layers.BatchNorm2D(out).WithEpsilon(0.001), layers.ReLU())
}

func ceil3(stride int, opts ...cnn.Option) layers.Layer {
	return layers.MaxPool2D(3, append(opts, cnn.Stride(stride), cnn.Ceil())...)
}

func torchInception(in int, s InceptionStage) layers.Layer {
	return layers.Block("Inception "+s.Name, layers.Concat(
		unit(in, s.One, 1),
		layers.Sequential(unit(in, s.Three[0], 1), unit(s.Three[0], s.Three[1], 3, cnn.Padding(1))),
		layers.Sequential(unit(in, s.Five[0], 1), unit(s.Five[0], s.Five[1], 3, cnn.Padding(1))),
		layers.Sequential(ceil3(1, cnn.Padding(1)), unit(in, s.Pooled, 1)),
	))
}

// TorchvisionHead returns one of the two auxiliary heads that torchvision's
// GoogLeNet trains with, for in channels (512 behind block 4a, 528 behind 4d).
// Both together have 6,379,984 parameters.
func TorchvisionHead(in int) *layers.Chain {
	return layers.Sequential(
		layers.Func("AdaptiveAvgPool2D(4×4)", func(x *cnn.Tensor) *cnn.Tensor { return cnn.AdaptiveAvgPool2D(x, 4, 4) }),
		unit(in, 128, 1), layers.Flatten(),
		layers.Linear(2048, 1024), layers.ReLU(), layers.Dropout(0.7), layers.Linear(1024, 1000))
}
