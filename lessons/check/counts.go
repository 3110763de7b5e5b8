package check

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// counting is an operation on whole numbers.
func counting(name [2]string, inputs string, signature any, run func(m mistakes, n []int) int, draw func(r *rand.Rand) []int, ids ...string) Operation {
	return Operation{
		name: name, inputs: inputs, signature: signature, mistakes: ids,
		run: func(m mistakes, args []any) any {
			n := make([]int, len(args))
			for i := range args {
				n[i] = args[i].(int)
			}
			return run(m, n)
		},
		draw: func(r *rand.Rand) []any {
			var args []any
			for _, n := range draw(r) {
				args = append(args, n)
			}
			return args
		},
	}
}

// hinting adds to a counting what it says of one input: the numbers on the way,
// never the formula.
func (op Operation) hinting(text func(n []int) string) Operation {
	op.explain = func(args []any, _ []int) string {
		n := make([]int, len(args))
		for i := range args {
			n[i] = args[i].(int)
		}
		return text(n)
	}
	return op
}

// LeNetFlat is how many numbers LeNet flattens for an n×n image with padding p in
// the first convolution. Where a map would have no cell left there is no answer:
// func(n, p int) int.
var LeNetFlat = counting([2]string{"LeNet's flattened numbers", "LeNet 展平后的个数"}, "n p", (func(n, p int) int)(nil),
	func(m mistakes, n []int) int {
		conv := func(size, p int) int {
			if size+2*p < 5 && !m.has("N12") {
				panic("no place for the kernel")
			}
			return outputSize(m, size, 5, p, 1)
		}
		pool := func(size int) int {
			if size < 2 && !m.has("N12") {
				panic("no place for the pool")
			}
			return outputSize(m, size, 2, 0, 2)
		}
		second := 0
		if m.has("N13") {
			second = n[1]
		}
		if m.has("N34") {
			return 16 * (n[0] / 4) * (n[0] / 4)
		}
		side := conv(pool(conv(n[0], n[1])), second)
		if !m.has("N14") {
			side = pool(side)
		}
		switch {
		case m.has("N1"):
			return side * side
		case m.has("N15"):
			return 16 * side
		}
		return 16 * side * side
	},
	func(r *rand.Rand) []int {
		if r.IntN(3) == 0 { // too small
			return []int{between(r, 5, 9), between(r, 0, 3)}
		}
		return []int{between(r, 12, 64), between(r, 0, 3)}
	}, "M11", "M29", "M31", "M32", "N1", "N12", "N13", "N14", "N15", "N34").hinting(func(n []int) string {
	first := n[0] + 2*n[1] - 4
	second := first/2 - 4
	return fmt.Sprintf(say("The sides of the maps, layer by layer: %d, %d, %d, %d.", "特征图的边长逐层是：%d、%d、%d、%d。"), first, first/2, second, second/2)
})

// Connections counts the connections of a convolutional layer with a result of
// h×w cells, (k·k·in + 1)·out·h·w: func(in, out, k, h, w int) int.
var Connections = counting([2]string{"counting connections", "连接的个数"}, "in out k h w", (func(in, out, k, h, w int) int)(nil),
	func(m mistakes, n []int) int {
		in, bias, cells := n[0], 1, n[3]*n[4]
		if m.has("M34") {
			bias = 0
		}
		if m.has("M35") {
			in = 1
		}
		switch {
		case m.has("N2"):
			cells = 1
		case m.has("M53"):
			cells = n[3] * n[3]
		case m.has("P1"):
			return (n[2]*in + bias) * n[1] * cells
		case m.has("P3"):
			return (n[2]*n[2]*in + bias) * cells
		case m.has("P4"):
			return (n[2]*n[2] + 1) * in * n[1] * cells
		case m.has("N35"):
			cells = n[2] * n[2]
		case m.has("N38"):
			cells = (n[3] + n[2] - 1) * (n[4] + n[2] - 1)
		case m.has("N16"):
			return n[2]*n[2]*in*n[1]*cells + n[1]
		}
		return (n[2]*n[2]*in + bias) * n[1] * cells
	},
	func(r *rand.Rand) []int {
		return []int{between(r, 2, 9), between(r, 2, 9), between(r, 2, 5), between(r, 4, 9), between(r, 4, 9)}
	}, "M34", "M35", "M53", "N2", "N16", "N35", "N38", "P1", "P3", "P4").hinting(func(n []int) string {
	return fmt.Sprintf(say("One cell of the result looks at %d cells; the result has %d.", "结果的一个格子看 %d 个格子；结果共有 %d 个格子。"), n[2]*n[2]*n[0], n[1]*n[3]*n[4])
})

// C3Params counts the parameters of a layer of 5×5 filters of which the table
// says which maps each one sees: func(table [][]int) int.
var C3Params = Operation{
	name: [2]string{"parameters from a table", "按连接表数参数"}, inputs: "table", signature: (func(table [][]int) int)(nil),
	run: func(m mistakes, args []any) any {
		n := 0
		for _, seen := range args[0].([][]int) {
			maps, cells, bias := len(seen), 25, 1
			switch {
			case m.has("M34"), m.has("P2"):
				bias = 0
			case m.has("M35"):
				maps = 1
			case m.has("N3"):
				maps = 6
			case m.has("P1"):
				cells = 5
			case m.has("P4"):
				bias = len(seen)
			}
			n += cells*maps + bias
		}
		if m.has("P2") {
			n++
		}
		return n
	},
	draw: func(r *rand.Rand) []any {
		table := make([][]int, between(r, 2, 6))
		for i := range table {
			table[i] = r.Perm(6)[:between(r, 1, 5)]
			slices.Sort(table[i])
		}
		return []any{table}
	},
	mistakes: []string{"M34", "M35", "N3", "P1", "P2", "P4"},
	explain: func(args []any, _ []int) string {
		table := args[0].([][]int)
		return fmt.Sprintf(say("The first of the %d filters has %d weights.", "一共 %d 个过滤器，第一个有 %d 个权重。"), len(table), 25*len(table[0]))
	},
}

// GroupedParams counts the parameters of a convolutional layer cut into g
// groups, (k·k·in/g + 1)·out: func(in, out, k, g int) int.
var GroupedParams = counting([2]string{"parameters of groups", "分组卷积的参数个数"}, "in out k g", (func(in, out, k, g int) int)(nil),
	func(m mistakes, n []int) int {
		in, bias := n[0]/n[3], 1
		if m.has("M28") {
			in = n[0]
		}
		if m.has("M34") {
			bias = 0
		}
		if m.has("M35") {
			in = 1
		}
		out := n[1]
		switch {
		case m.has("N4"):
			out /= n[3]
		case m.has("N17"):
			out *= n[3]
		case m.has("N39"):
			return n[2]*n[2]*in*out + out/n[3]
		case m.has("P1"):
			return (n[2]*in + bias) * out
		case m.has("P2"):
			return n[2]*n[2]*in*out + 1
		case m.has("P5"):
			return n[2]*n[2]*in + out
		}
		return (n[2]*n[2]*in + bias) * out
	},
	func(r *rand.Rand) []int {
		g := between(r, 2, 4)
		return []int{g * between(r, 2, 16), g * between(r, 1, 16), between(r, 1, 5), g}
	}, "M28", "M34", "M35", "N4", "N17", "N39", "P1", "P2", "P5").hinting(func(n []int) string {
	return fmt.Sprintf(say("One filter has %d weights.", "一个过滤器有 %d 个权重。"), n[2]*n[2]*n[0]/n[3])
})

// Blocks is how many times an axis of n cells can be halved, rounding down,
// before nothing is left: func(n int) int.
var Blocks = counting([2]string{"how often a map can be halved", "特征图能减半几次"}, "n", (func(n int) int)(nil),
	func(m mistakes, n []int) int {
		size, blocks, last := n[0], 0, 2
		switch {
		case m.has("M30"):
			return int(math.Round(math.Log2(float64(size))))
		case m.has("N18"):
			last = 8
		case m.has("N19"):
			last = 3
		}
		for size >= last && !(m.has("N37") && size%2 == 1) {
			if m.has("M29") {
				size = (size + 1) / 2
				if size == 1 {
					return blocks + 1
				}
			} else {
				size /= 2
			}
			blocks++
		}
		if m.has("N5") {
			blocks++
		}
		return blocks
	},
	func(r *rand.Rand) []int {
		if r.IntN(2) == 0 {
			return []int{1 << between(r, 3, 8)}
		}
		return []int{between(r, 7, 256)}
	}, "M29", "M30", "N5", "N18", "N19", "N37").hinting(func(n []int) string {
	text := fmt.Sprint(n[0])
	for size := n[0]; size > 1; {
		size /= 2
		text += fmt.Sprintf(" → %d", size)
	}
	return text
})

// StackParams counts the parameters of n convolutions of 3×3 in a row, C maps in
// and out of each, biases included: func(n, c int) int.
var StackParams = counting([2]string{"parameters of a stack", "叠起来的参数个数"}, "n C", (func(n, c int) int)(nil),
	func(m mistakes, n []int) int {
		c, bias := n[1], n[1]
		if m.has("M34") {
			bias = 0
		}
		weights := 9 * c * c
		if m.has("M35") {
			weights = 9 * c
		}
		switch {
		case m.has("N6"):
			k := 2*n[0] + 1
			return k*k*c*c + bias
		case m.has("N20"):
			return weights + bias
		case m.has("N21"):
			return n[0]*weights + bias
		case m.has("P1"):
			weights = 3 * c * c
		case m.has("P2a"):
			return n[0]*weights + 1
		case m.has("P2b"):
			bias = 1
		case m.has("P4"):
			bias = c * c
		}
		return n[0] * (weights + bias)
	},
	func(r *rand.Rand) []int { return []int{between(r, 2, 4), between(r, 2, 64)} }, "M34", "M35", "N6", "N20", "N21", "P1", "P2a", "P2b", "P4").hinting(func(n []int) string {
	return fmt.Sprintf(say("One layer has %d weights.", "一层有 %d 个权重。"), 9*n[1]*n[1])
})

// Bottleneck counts the products of a k×k convolution on an h×w map after a 1×1
// convolution to mid maps, h·w·(in·mid + k·k·mid·out):
// func(in, mid, out, k, h, w int) int.
var Bottleneck = counting([2]string{"products with a bottleneck", "瓶颈结构的乘法次数"}, "in mid out k h w", (func(in, mid, out, k, h, w int) int)(nil),
	func(m mistakes, n []int) int {
		in, mid, out, k, cells := n[0], n[1], n[2], n[3], n[4]*n[5]
		switch {
		case m.has("N7"):
			return cells * k * k * mid * out
		case m.has("N8"):
			return in*mid + k*k*mid*out
		case m.has("N9"):
			return cells * (in*mid + k*k*in*out)
		case m.has("P1"):
			return cells * (in*mid + k*mid*out)
		case m.has("N22"):
			return cells * in * mid
		case m.has("N23"):
			return cells * in * mid * k * k * mid * out
		case m.has("N24"):
			return cells * k * k * (in*mid + mid*out)
		case m.has("N25"):
			return in*mid + cells*k*k*mid*out
		case m.has("N26"):
			return cells * ((in+1)*mid + (k*k*mid+1)*out)
		case m.has("N27"):
			return cells*in*mid + k*k*mid*out
		}
		return cells * (in*mid + k*k*mid*out)
	},
	func(r *rand.Rand) []int {
		return []int{between(r, 16, 64), between(r, 2, 8), between(r, 9, 32), between(r, 3, 5), between(r, 5, 9), between(r, 5, 9)}
	}, "N7", "N8", "N9", "N22", "N23", "N24", "N25", "N26", "N27", "P1").hinting(func(n []int) string {
	return fmt.Sprintf(say("At one cell of the map the first layer makes %d products, the second %d.", "在特征图的一个格子上，第一层做 %d 次乘法，第二层做 %d 次。"), n[0]*n[1], n[3]*n[3]*n[1]*n[2])
})

// Confusion counts how often truth i was predicted as j: func(truth, predicted
// []int, classes int) [][]int, rows truth, columns prediction.
var Confusion = Operation{
	name: [2]string{"the confusion matrix", "混淆矩阵"}, inputs: "truth predicted classes",
	signature: (func(truth, predicted []int, classes int) [][]int)(nil),
	run: func(m mistakes, args []any) any {
		truth, predicted, classes := args[0].([]int), args[1].([]int), args[2].(int)
		c := make([][]int, classes)
		for i := range c {
			c[i] = make([]int, classes)
			if m.has("N36") {
				c[i] = c[0]
			}
		}
		for i := range truth {
			row, col := truth[i], predicted[i]
			if m.has("M87") {
				row, col = col, row
			}
			switch {
			case m.has("M70"):
				c[row][col] = 1
			case m.has("N28") && row == col, m.has("N29") && row != col:
			default:
				c[row][col]++
			}
		}
		return c
	},
	draw: func(r *rand.Rand) []any {
		classes, n := between(r, 2, 4), between(r, 12, 20)
		truth, predicted := make([]int, n), make([]int, n)
		for i := range truth {
			truth[i], predicted[i] = r.IntN(classes), r.IntN(classes)
		}
		return []any{truth, predicted, classes}
	},
	mistakes: []string{"M70", "M87", "N28", "N29", "N36"},
	explain: func(args []any, index []int) string {
		return fmt.Sprintf(say("Row %d, column %d counts how often %d was taken for %d.", "第 %d 行第 %d 列数的是：有多少次把 %d 认成了 %d。"), index[0], index[1], index[0], index[1])
	},
}

// TopK says whether the true class is among the k largest scores; of equal
// scores the smaller index is the larger: func(scores []float64, class, k int) bool.
var TopK = Operation{
	name: [2]string{"top-k", "top-k"}, inputs: "scores class k", signature: (func(scores []float64, class, k int) bool)(nil),
	run: func(m mistakes, args []any) any {
		scores, class, k := args[0].([]float64), args[1].(int), args[2].(int)
		larger := 0
		for i, s := range scores {
			ahead := s > scores[class] || s == scores[class] && i < class
			switch {
			case m.has("M88"):
				ahead = s > scores[class]
			case m.has("N10a"):
				ahead = s < scores[class]
			case m.has("N10b"):
				ahead = s < scores[class] || s == scores[class] && i < class
			case m.has("N30"):
				ahead = s >= scores[class] && i != class
			case m.has("N31"):
				ahead = s > scores[class] || s == scores[class] && i > class
			case m.has("N33"):
				ahead = s >= scores[class]
			}
			if ahead {
				larger++
			}
		}
		switch {
		case m.has("N11"):
			return larger <= k
		case m.has("N32"):
			return larger == 0
		}
		return larger < k
	},
	draw: func(r *rand.Rand) []any {
		scores := make([]float64, between(r, 5, 8))
		for i := range scores {
			scores[i] = float64(r.IntN(4))
		}
		class := r.IntN(len(scores))
		larger := 0
		for i, s := range scores {
			if s > scores[class] || s == scores[class] && i < class {
				larger++
			}
		}
		return []any{scores, class, max(1, larger+r.IntN(2))} // at the border between hit and miss
	},
	mistakes: []string{"M88", "N10a", "N10b", "N11", "N30", "N31", "N32", "N33"},
	explain: func(args []any, _ []int) string {
		scores, class := args[0].([]float64), args[1].(int)
		larger, before := 0, 0
		for i, s := range scores {
			switch {
			case s > scores[class]:
				larger++
			case s == scores[class] && i < class:
				before++
			}
		}
		return fmt.Sprintf(say("%d scores are larger than that of class %d, %d equal ones have a smaller index.", "有 %d 个得分比类别 %d 的高，另有 %d 个得分相同而下标更小。"), larger, class, before)
	},
}
