package check

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// ZeroPadding puts p cells of zeros around a matrix:
// func(x *cnn.Tensor, p int) *cnn.Tensor.
var ZeroPadding = Operation{
	name:      [2]string{"padding with zeros", "零填充"},
	inputs:    "x p",
	signature: (func(x *cnn.Tensor, p int) *cnn.Tensor)(nil),
	run: func(m mistakes, args []any) any {
		if m.has("K17a") || m.has("K17b") {
			return cornered(args[0].(*cnn.Tensor), args[1].(int), m.has("K17a"))
		}
		one := cnn.Zeros(1, 1, 1, 1)
		one.Set(1, 0, 0, 0, 0)
		return plane(sliding{x: asVolume(args[0].(*cnn.Tensor), 3), k: one, stride: 1, padding: args[1].(int)}.run(m))
	},
	draw: func(r *rand.Rand) []any {
		return []any{randomTensor(r, between(r, 2, 4), between(r, 2, 4)), between(r, 1, 3)}
	},
	mistakes: []string{"M11", "M12", "M13a", "M13b", "M14", "M15", "K3", "K12a", "K12b", "K17a", "K17b"},
	explain: func(args []any, index []int) string {
		x, i, j := args[0].(*cnn.Tensor), index[0]-args[1].(int), index[1]-args[1].(int)
		if i < 0 || j < 0 || i >= x.Dim(0) || j >= x.Dim(1) {
			return fmt.Sprintf(say("The cell %s lies in the frame.", "格子 %s 在填充的边框里。"), place(index))
		}
		return fmt.Sprintf(say("The cell %s holds the image's %s.", "格子 %s 放的是图像的 %s。"), place(index), place([]int{i, j}))
	},
}

// cornered is a padded matrix with the image p cells down only, or to the right
// only.
func cornered(x *cnn.Tensor, p int, down bool) *cnn.Tensor {
	top, left := 0, p
	if down {
		top, left = p, 0
	}
	y := cnn.Zeros(x.Dim(0)+2*p, x.Dim(1)+2*p)
	for i := range x.Dim(0) {
		for j := range x.Dim(1) {
			y.Set(x.At(i, j), i+top, j+left)
		}
	}
	return y
}

// OutputSize is ⌊(n + 2p − f)/s⌋ + 1: func(n, f, p, s int) int.
var OutputSize = Operation{
	name:      [2]string{"the size formula", "尺寸公式"},
	inputs:    "n f p s",
	signature: (func(n, f, p, s int) int)(nil),
	run: func(m mistakes, args []any) any {
		return outputSize(m, args[0].(int), args[1].(int), args[2].(int), args[3].(int))
	},
	draw: func(r *rand.Rand) []any {
		f := between(r, 1, 7)
		return []any{between(r, f, 40), f, between(r, 1, 4), between(r, 2, 5)}
	},
	mistakes: []string{"M11", "M16", "M29", "M30", "M31", "M32", "M33", "G1", "G2a", "G2b", "G3", "G4", "G5"},
	explain: func(args []any, _ []int) string {
		n, f, p, s := args[0].(int), args[1].(int), args[2].(int), args[3].(int)
		room := n + 2*p - f
		return fmt.Sprintf(say("The first window leaves %d + 2·%d − %d = %d cells to move over, with steps of %d.",
			"放下第一个窗口后还剩 %d + 2·%d − %d = %d 格可以移动，每步 %d 格。"), n, p, f, room, s)
	},
}

func outputSize(m mistakes, n, f, p, s int) int {
	switch {
	case m.has("M11"):
		p = 0
	case m.has("M16"):
		s = 1
	}
	room := n + 2*p - f
	switch {
	case m.has("M32"):
		room = n + p - f
	case m.has("G1"):
		room = n + 2*p
	case m.has("G2a"):
		return n + 2*p - f/s + 1
	case m.has("G2b"):
		return n - f + 2*p/s + 1
	case m.has("G3"):
		return (n-f)/s + 2*p + 1
	case m.has("G4"):
		return room / (s + 1)
	case m.has("G5"):
		return (n + s - 1) / s
	}
	switch share := float64(room) / float64(s); {
	case m.has("M29"):
		return int(math.Ceil(share)) + 1
	case m.has("M30"):
		return int(math.Round(share)) + 1
	case m.has("M31"):
		return room / s
	case m.has("M33"):
		return (room + 1) / s
	}
	return room/s + 1
}

// Params counts the weights and biases of a convolutional layer,
// (k·k·in + 1)·out: func(in, out, k int) int.
var Params = Operation{
	name:      [2]string{"counting parameters", "参数个数"},
	inputs:    "in out k",
	signature: (func(in, out, k int) int)(nil),
	run: func(m mistakes, args []any) any {
		in, out, k := args[0].(int), args[1].(int), args[2].(int)
		bias := 1
		if m.has("M34") {
			bias = 0
		}
		if m.has("M35") {
			in = 1
		}
		switch {
		case m.has("P1"):
			return (k*in + bias) * out
		case m.has("P2"):
			return k*k*in*out + bias
		case m.has("P3"):
			return k*k*in + bias
		case m.has("P4"):
			return (k*k + 1) * in * out
		case m.has("P5"):
			return k*k*in + out
		case m.has("P6"):
			return k*k*in*out + in
		}
		return (k*k*in + bias) * out
	},
	draw: func(r *rand.Rand) []any {
		return []any{between(r, 2, 64), between(r, 2, 64), between(r, 2, 7)}
	},
	mistakes: []string{"M34", "M35", "P1", "P2", "P3", "P4", "P5", "P6"},
	explain: func(args []any, _ []int) string {
		in, out, k := args[0].(int), args[1].(int), args[2].(int)
		return fmt.Sprintf(say("One of the %d filters has %d weights.", "一共 %d 个过滤器，每个有 %d 个权重。"), out, k*k*in)
	},
}

// ReceptiveField is how many inputs, along an axis, one output of a stack of
// layers sees; a layer is {kernel, stride}: func(layers [][]int) int.
var ReceptiveField = Operation{
	name:      [2]string{"the receptive field", "感受野"},
	inputs:    "layers",
	signature: (func(layers [][]int) int)(nil),
	run:       func(m mistakes, args []any) any { r, _ := field(m, args[0].([][]int)); return r },
	draw: func(r *rand.Rand) []any {
		layers := make([][]int, between(r, 2, 5))
		for i := range layers {
			layers[i] = []int{between(r, 2, 5), between(r, 1, 3)}
		}
		layers[0][1] = between(r, 2, 3)
		return []any{layers}
	},
	mistakes: []string{"M37", "M38", "M39", "F1", "F2", "F3", "F4a", "F4b", "F5", "F6a", "F6b", "F7", "F8a", "F8b"},
	explain:  explainField,
}

func field(m mistakes, layers [][]int) (r, jump int) {
	r, jump = 1, 1
	switch {
	case m.has("F1"), m.has("F3"):
		r = 0
	case m.has("F8a"):
		layers = layers[:1]
	case m.has("F8b"):
		layers = layers[len(layers)-1:]
	case m.has("F6a"):
		layers = layers[1:]
	case m.has("F6b"):
		layers = layers[:len(layers)-1]
	}
	for i, l := range layers {
		k, s := l[0], l[1]
		grow := k - 1
		switch {
		case m.has("M37"):
			grow = k
		case m.has("M39"):
			jump *= s
		case m.has("F2"):
			r *= k
			continue
		case m.has("F3"):
			r += k
			continue
		case m.has("F4a") && i > 0:
			jump = layers[i-1][1]
		case m.has("F4b"):
			jump = s
		case m.has("F5"):
			r = (r-1)*s + k
			continue
		}
		if m.has("M38") {
			r += grow
		} else {
			r += grow * jump
		}
		switch {
		case m.has("F7"):
			jump += s
		case !m.has("M39"):
			jump *= s
		}
	}
	return r, jump
}

func explainField(args []any, _ []int) string {
	layers := args[0].([][]int)
	lines := []string{say("Layer by layer, with r = 1 and j = 1 at the start:", "一层一层地算，开始时 r = 1，j = 1：")}
	for i, l := range layers {
		before, jump := field(nil, layers[:i])
		after, _ := field(nil, layers[:i+1])
		lines = append(lines, fmt.Sprintf("k = %d, s = %d: r = %d + (%d − 1)·%d = %d", l[0], l[1], before, l[0], jump, after))
	}
	return strings.Join(lines, "\n")
}
