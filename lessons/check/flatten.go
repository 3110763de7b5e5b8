package check

import (
	"fmt"
	"math/rand/v2"

	"github.com/convnotes/convnotes/cnn"
)

// Flatten lays a C×H×W tensor out as a row, channel after channel, row after
// row: func(x *cnn.Tensor) []float64.
var Flatten = Operation{
	name:      [2]string{"flattening", "展平"},
	inputs:    "x",
	signature: (func(x *cnn.Tensor) []float64)(nil),
	run: func(m mistakes, args []any) any {
		x := args[0].(*cnn.Tensor)
		if m.has("N1") {
			x = fill(func(index []int) float64 { return x.At(index...) }, 1, x.Dim(1), x.Dim(2))
		}
		flat := make([]float64, count(x.Shape()))
		for i := range flat {
			index := unravel(i, x.Shape())
			flat[flatIndex(m, index[0], index[1], index[2], x.Dim(0), x.Dim(1), x.Dim(2))] = x.At(index...)
		}
		return flat
	},
	draw: func(r *rand.Rand) []any {
		return []any{randomTensor(r, between(r, 2, 3), between(r, 2, 3), between(r, 2, 4))}
	},
	mistakes: []string{"M51", "M52", "M53", "L5", "L6", "N1"},
	explain: func(args []any, index []int) string {
		x := args[0].(*cnn.Tensor)
		at := unravel(index[0], x.Shape())
		return fmt.Sprintf(say("Place %d belongs to channel %d, row %d, column %d.", "第 %d 个位置对应第 %d 个通道的第 %d 行第 %d 列。"), index[0], at[0], at[1], at[2])
	},
}

// FlatIndex is the place of cell c, i, j of a C×H×W tensor in the flattened row,
// (c·H + i)·W + j: func(c, i, j, h, w int) int.
var FlatIndex = Operation{
	name:      [2]string{"the place in the flattened row", "展平后的位置"},
	inputs:    "c i j H W",
	signature: (func(c, i, j, h, w int) int)(nil),
	run: func(m mistakes, args []any) any {
		return flatIndex(m, args[0].(int), args[1].(int), args[2].(int), 0, args[3].(int), args[4].(int))
	},
	draw: func(r *rand.Rand) []any {
		h, w := between(r, 3, 8), between(r, 3, 8)
		if h == w {
			w++
		}
		return []any{between(r, 1, 5), between(r, 1, h-1), between(r, 1, w-1), h, w}
	},
	mistakes: []string{"M52", "M53", "L1", "L2", "L3", "L4", "L6", "C2"},
	explain: func(args []any, _ []int) string {
		c, i, h, w := args[0].(int), args[1].(int), args[3].(int), args[4].(int)
		return fmt.Sprintf(say("Before channel %d stand %d numbers, before its row %d another %d.", "第 %d 个通道之前有 %d 个数，这个通道的第 %d 行之前还有 %d 个。"), c, c*h*w, i, i*w)
	},
}

func flatIndex(m mistakes, c, i, j, channels, h, w int) int {
	switch {
	case m.has("M51"):
		return (i*w+j)*channels + c
	case m.has("M52"):
		return (c*w+j)*h + i
	case m.has("M53"):
		return c*h*w + i*h + j
	case m.has("L1"):
		return c*h + i*w + j
	case m.has("L2"):
		return (c*h+i)*w + j + 1
	case m.has("L3"):
		return (c*h+j)*w + i
	case m.has("L5"):
		return (i*channels+c)*w + j
	case m.has("C2"):
		return (c*w+i)*w + j
	case m.has("L6"):
		return i*w + j
	case m.has("L4"):
		return c + i*w + j
	}
	return (c*h+i)*w + j
}
