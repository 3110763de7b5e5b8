package check

import (
	"math/rand/v2"

	"github.com/convnotes/convnotes/cnn"
)

// StridedCrossCorrelation is cross-correlation of matrices with a stride and
// zero padding: func(x, k *cnn.Tensor, stride, padding int) *cnn.Tensor.
var StridedCrossCorrelation = Operation{
	name:      [2]string{"cross-correlation with stride and padding", "带步长和填充的互相关"},
	inputs:    "x k stride padding",
	signature: (func(x, k *cnn.Tensor, stride, padding int) *cnn.Tensor)(nil),
	run:       func(m mistakes, args []any) any { return plane(strided(args).run(m)) },
	draw: func(r *rand.Rand) []any {
		f := between(r, 2, 3)
		h, w := between(r, 5, 8), between(r, 5, 8)
		return []any{randomTensor(r, h, w), randomTensor(r, f, between(r, 2, 3)), between(r, 2, 3), between(r, 1, 2)}
	},
	mistakes: []string{"M1", "M2", "M3", "M5a", "M5b", "M6a", "M6b", "M7", "M8", "M11", "M12", "M13a", "M13b", "M14", "M15", "M16a", "M16b", "M17a", "M17b", "M18a", "M18b", "M18c", "M18d", "M19", "A1a", "A1b", "K2", "K3", "K4a", "K4b", "K5a", "K5b", "K6", "K10", "K12a", "K12b", "K13", "K14"},
	explain:  func(args []any, index []int) string { return strided(args).explain(0, index[0], index[1]) },
}

func strided(args []any) sliding {
	s := matrices(args[:2])
	s.stride, s.padding = args[2].(int), args[3].(int)
	return s
}

// ChannelCrossCorrelation slides one filter of C×Kh×Kw over a C×H×W image and
// adds up the channels: func(x, k *cnn.Tensor) *cnn.Tensor, H×W.
var ChannelCrossCorrelation = Operation{
	name:      [2]string{"cross-correlation over channels", "多通道互相关"},
	inputs:    "x k",
	signature: (func(x, k *cnn.Tensor) *cnn.Tensor)(nil),
	run:       func(m mistakes, args []any) any { return plane(matrices(args).run(m)) },
	draw: func(r *rand.Rand) []any {
		c, kh, kw := between(r, 2, 3), between(r, 1, 2), 2
		return []any{randomTensor(r, c, kh+between(r, 1, 2), kw+between(r, 1, 2)), randomTensor(r, c, kh, kw)}
	},
	mistakes: []string{"M1", "M2", "M3", "M7", "M8", "M20a", "M20b", "M21", "M22", "K15", "A1a", "A1b", "K4a", "K4b", "K5a", "K5b", "K6"},
	explain:  func(args []any, index []int) string { return matrices(args).explain(0, index[0], index[1]) },
}

// ConvolutionLayer is the operation of a convolutional layer on one image: x is
// C×H×W, the weights Out×C×Kh×Kw, one bias a filter, the result Out×H×W:
// func(x, w *cnn.Tensor, bias []float64, stride, padding int) *cnn.Tensor.
var ConvolutionLayer = Operation{
	name:      [2]string{"a convolutional layer", "卷积层"},
	inputs:    "x w bias stride padding",
	signature: (func(x, w *cnn.Tensor, bias []float64, stride, padding int) *cnn.Tensor)(nil),
	run:       func(m mistakes, args []any) any { return wholeLayer(args).run(m) },
	draw: func(r *rand.Rand) []any {
		c, out, f := between(r, 2, 3), between(r, 2, 3), between(r, 2, 3)
		if r.IntN(2) == 0 {
			out = c
		}
		bias := make([]float64, out)
		for i := range bias {
			bias[i] = float64(between(r, 1, 9) + 10*i)
		}
		return []any{randomTensor(r, c, between(r, 4, 6), between(r, 4, 6)), randomTensor(r, out, c, f, f), bias, between(r, 2, 3), between(r, 1, 2)}
	},
	mistakes: []string{"M1", "M8", "M11", "M12", "M16a", "M16b", "M18a", "M18b", "M20a", "M20b", "M21", "M23", "M24", "M25", "M26", "M27a", "M27b", "A1a", "A1b", "K1", "K2", "K3", "K10", "K12a", "K12b", "K13", "K14", "K15", "K16a", "K16b", "V22"},
	explain:  func(args []any, index []int) string { return wholeLayer(args).explain(index[0], index[1], index[2]) },
}

func wholeLayer(args []any) sliding {
	return sliding{x: args[0].(*cnn.Tensor), k: args[1].(*cnn.Tensor), bias: args[2].([]float64), stride: args[3].(int), padding: args[4].(int)}
}
