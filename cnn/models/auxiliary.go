package models

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// An Auxiliary network has heads of classes along its way, which give the
// gradient a shorter one: they speak only while it trains.
//
// Szegedy et al., "Going deeper with convolutions", 2014, section 5.
type Auxiliary struct {
	parts, heads []layers.Layer
	training     bool
}

// WithHeads returns the parts of a network in a row and a head behind each part
// but the last. While it trains it answers with N×(1+heads)×classes scores, the
// network's own first, for AuxiliaryLoss; else with its own, N×classes.
func WithHeads(parts, heads []layers.Layer) *Auxiliary {
	if len(parts) != len(heads)+1 {
		panic(&cnn.UsageError{Op: "WithHeads", Problem: "the heads do not fit between the parts", Fix: "give one head fewer than parts"})
	}
	return &Auxiliary{parts: parts, heads: heads}
}

// GoogLeNetWithHeads returns the network of the paper with its two auxiliary
// heads, behind blocks 4a and 4d, for 224×224 pictures. GoogLeNetWithHeads(3, 1000)
// has 13,378,280 parameters, 6,379,728 of them in the heads.
func GoogLeNetWithHeads(channels, classes int) *Auxiliary {
	return WithHeads([]layers.Layer{
		row(googleStem(channels), googleBlocks(0, 2), list(pool3()), googleBlocks(2, 3)),
		row(googleBlocks(3, 6)),
		row(googleBlocks(6, 7), list(pool3()), googleBlocks(7, 9), googleHead(classes)),
	}, []layers.Layer{GoogLeNetHead(512, classes), GoogLeNetHead(528, classes)})
}

// GoogLeNetHead returns an auxiliary head of the paper for maps of 14×14.
func GoogLeNetHead(in, classes int) *layers.Chain {
	return row(list(layers.AvgPool2D(5, cnn.Stride(3)), layers.Conv2D(in, 128, 1), layers.ReLU(), layers.Flatten(),
		layers.Linear(2048, 1024), layers.ReLU(), layers.Dropout(0.7), layers.Linear(1024, classes)))
}

// AuxiliaryLoss is the cross-entropy of the network's own scores and 0.3 of that
// of every head's; for train.Options.Loss.
func AuxiliaryLoss(output, labels *cnn.Tensor) *cnn.Tensor {
	if output.Axes() == 2 {
		return cnn.CrossEntropy(output, labels)
	}
	n, classes := output.Dim(0), output.Dim(2)
	of := func(k int) *cnn.Tensor {
		return cnn.CrossEntropy(cnn.Slice(output, 1, k, k+1).Reshape(n, classes), labels)
	}
	loss := of(0)
	for k := 1; k < output.Dim(1); k++ {
		loss = cnn.Add(loss, cnn.Scale(of(k), 0.3))
	}
	return loss
}

// Forward runs the parts, and while the network trains the heads.
func (a *Auxiliary) Forward(x *cnn.Tensor) *cnn.Tensor {
	return a.Through(x, func(l layers.Layer, x *cnn.Tensor) *cnn.Tensor { return l.Forward(x) })
}

// Through runs them by run.
func (a *Auxiliary) Through(x *cnn.Tensor, run func(layers.Layer, *cnn.Tensor) *cnn.Tensor) *cnn.Tensor {
	var scores []*cnn.Tensor
	for i, part := range a.parts {
		x = run(part, x)
		if a.training && i < len(a.heads) {
			scores = append(scores, run(a.heads[i], x))
		}
	}
	if !a.training {
		return x
	}
	return cnn.Concat(append([]*cnn.Tensor{x}, scores...)...).Reshape(x.Dim(0), 1+len(scores), x.Dim(1))
}

// SetTraining lets the heads speak, or not.
func (a *Auxiliary) SetTraining(on bool) { a.training = on }

// Children returns the parts, then the heads.
func (a *Auxiliary) Children() []layers.Layer {
	return append(append([]layers.Layer(nil), a.parts...), a.heads...)
}

// Parameters returns those of parts and heads.
func (a *Auxiliary) Parameters() (all []*cnn.Tensor) {
	for _, l := range a.Children() {
		all = append(all, l.Parameters()...)
	}
	return all
}

// Name returns WithHeads.
func (a *Auxiliary) Name() string { return "WithHeads" }
