// Package cnn computes with tensors the way the lecture does: cross-correlate,
// pool, activate, differentiate.
//
// Images are C×H×W and batches N×C×H×W, row-major, as in PyTorch. Kernels are
// Out×C×Kh×Kw. A plain H×W tensor stands for one channel. Functions make new
// values, methods ask or give a view:
//
//	y := cnn.ReLU(cnn.CrossCorrelate(x, k, cnn.Padding(1)))
//	y.Shape(), y.At(0, 1)
//
// A function whose arguments do not fit panics with a *ShapeError (or, for a
// mistake that is not one of shape, with a *UsageError); the notebook shows its
// message. Reading files returns an error instead.
//
// Values are float32 inside and float64 at the fingertips: At, Set, Matrix and
// all scalars are float64. Sums of the readable definitions, such as
// [CrossCorrelateSteps], are float64.
package cnn
