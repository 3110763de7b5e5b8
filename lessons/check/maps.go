package check

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/convnotes/convnotes/cnn"
)

// fill returns a tensor of which every element is computed from its index.
func fill(f func(index []int) float64, shape ...int) *cnn.Tensor {
	t := cnn.Zeros(shape...)
	for i := range count(shape) {
		index := unravel(i, shape)
		t.Set(f(index), index...)
	}
	return t
}

// FlipH mirrors a C×H×W image left to right: func(x *cnn.Tensor) *cnn.Tensor.
var FlipH = Operation{
	name: [2]string{"flipping an image", "水平翻转"}, inputs: "x", signature: (func(x *cnn.Tensor) *cnn.Tensor)(nil),
	run: func(m mistakes, args []any) any {
		x := args[0].(*cnn.Tensor)
		c, h, w := x.Dim(0), x.Dim(1), x.Dim(2)
		if m.has("M6") {
			return fill(func(i []int) float64 { return x.At(i[0], i[2], i[1]) }, c, w, h)
		}
		if m.has("V8") { // the right half is copied to the left before it is read
			return fill(func(i []int) float64 { return x.At(i[0], i[1], max(i[2], w-1-i[2])) }, c, h, w)
		}
		return fill(func(i []int) float64 {
			switch {
			case m.has("V9"):
				return x.At(i...)
			case m.has("M79"):
				return x.At(i[0], h-1-i[1], i[2])
			case m.has("V1"):
				return x.At(i[0], h-1-i[1], w-1-i[2])
			case m.has("V2"):
				return x.At(c-1-i[0], i[1], i[2])
			}
			return x.At(i[0], i[1], w-1-i[2])
		}, c, h, w)
	},
	draw: func(r *rand.Rand) []any {
		return []any{randomTensor(r, between(r, 2, 3), between(r, 2, 3), between(r, 2, 4))}
	},
	mistakes: []string{"M6", "M79", "V1", "V2", "V8", "V9"},
	explain: func(args []any, index []int) string {
		return fmt.Sprintf(say("Column %d of the result is column %d of x.", "结果的第 %d 列是 x 的第 %d 列。"), index[2], args[0].(*cnn.Tensor).Dim(2)-1-index[2])
	},
}

// Brighten multiplies a C×H×W image by a factor and keeps it within 0 to 1:
// func(x *cnn.Tensor, factor float64) *cnn.Tensor.
var Brighten = Operation{
	name: [2]string{"brightening an image", "调整亮度"}, inputs: "x factor", signature: (func(x *cnn.Tensor, factor float64) *cnn.Tensor)(nil),
	run: func(m mistakes, args []any) any {
		x, factor := args[0].(*cnn.Tensor), args[1].(float64)
		return fill(func(i []int) float64 {
			v := x.At(i...)
			switch {
			case m.has("M20") && i[0] > 0:
				return v
			case m.has("V3"):
				v += factor
			case m.has("V12"):
				v /= factor
			case m.has("V13"):
				v *= 1 + factor
			default:
				v *= factor
			}
			if m.has("M111") {
				return v
			}
			return min(1, max(0, v))
		}, x.Shape()...)
	},
	draw: func(r *rand.Rand) []any {
		x := fill(func([]int) float64 { return float64(r.IntN(33)) / 32 }, 3, 2, 2)
		return []any{x, float64(between(r, 2, 8)) / 4}
	},
	mistakes: []string{"M20", "M111", "V3", "V12", "V13"},
	explain: func(args []any, index []int) string {
		v, factor := args[0].(*cnn.Tensor).At(index...), args[1].(float64)
		return fmt.Sprintf(say("There x is %s, and %s×%s = %s.", "那里的 x 是 %s，%s×%s = %s。"), short(v), short(v), short(factor), short(v*factor))
	},
}

// ResponseNorm is AlexNet's local response normalisation of C×H×W over n = 5
// neighbouring maps, xᵢ / (2 + α·Σ xⱼ²)^0.75 with α = 1e-4:
// func(x *cnn.Tensor) *cnn.Tensor.
var ResponseNorm = Operation{
	name: [2]string{"local response normalisation", "局部响应归一化"}, inputs: "x", signature: (func(x *cnn.Tensor) *cnn.Tensor)(nil),
	run: func(m mistakes, args []any) any {
		x, alpha, k, power := args[0].(*cnn.Tensor), 1e-4, 2.0, 0.75
		first, last := -2, 2
		switch {
		case m.has("M81"):
			alpha /= 5
		case m.has("V6a"):
			first, last = -1, 1
		case m.has("V6b"):
			last = 1
		case m.has("V14"):
			k = 0
		case m.has("V15"):
			power = 1
		}
		return fill(func(i []int) float64 {
			sum := 0.0
			for d := first; d <= last; d++ {
				if d == 0 && m.has("V17") {
					continue
				}
				c, col := i[0]+d, i[2]
				if m.has("M82") {
					c, col = i[0], i[2]+d
				}
				if c >= 0 && c < x.Dim(0) && col >= 0 && col < x.Dim(2) {
					v := x.At(c, i[1], col)
					if m.has("V4") {
						sum += v
					} else {
						sum += v * v
					}
				}
			}
			return x.At(i...) / math.Pow(k+alpha*sum, power)
		}, x.Shape()...)
	},
	draw: func(r *rand.Rand) []any {
		return []any{fill(func([]int) float64 { return float64(between(r, 20, 200)) }, between(r, 5, 7), 1, between(r, 2, 3))}
	},
	mistakes: []string{"M81", "M82", "V4", "V6a", "V6b", "V14", "V15", "V17"},
	explain: func(args []any, index []int) string {
		x := args[0].(*cnn.Tensor)
		first, last, sum := max(0, index[0]-2), min(x.Dim(0)-1, index[0]+2), 0.0
		for c := first; c <= last; c++ {
			v := x.At(c, index[1], index[2])
			sum += v * v
		}
		return fmt.Sprintf(say("At this pixel the squares of maps %d to %d add up to %s, and 2 + α·%[3]s = %[4]s.", "在这个像素上，第 %d 到第 %d 张图的平方和是 %s，2 + α·%[3]s = %[4]s。"),
			first, last, short(sum), short(2+1e-4*sum))
	},
}

// PixelLayer is a 1×1 convolution, w·x + b at every pixel: x is C×H×W, w is
// Out×C: func(x, w *cnn.Tensor, bias []float64) *cnn.Tensor.
var PixelLayer = Operation{
	name: [2]string{"1×1 convolution", "1×1 卷积"}, inputs: "x w bias", signature: (func(x, w *cnn.Tensor, bias []float64) *cnn.Tensor)(nil),
	run: func(m mistakes, args []any) any {
		x, w, bias := args[0].(*cnn.Tensor), args[1].(*cnn.Tensor), args[2].([]float64)
		if m.has("M75b") { // the result has as many maps as the turned matrix rows
			w = cnn.Transpose(w)
		}
		if m.has("V24a") || m.has("V24b") {
			x = cnn.Transpose(x.Reshape(x.Dim(1)*x.Dim(2), x.Dim(0))).Reshape(x.Shape()...)
		}
		if m.has("V24b") { // and the result put back in the same way
			y := cnn.MatMul(w, x.Reshape(x.Dim(0), x.Dim(1)*x.Dim(2)))
			y = fill(func(i []int) float64 { return y.At(i...) + bias[i[0]] }, y.Shape()...)
			return cnn.Transpose(y).Reshape(w.Dim(0), x.Dim(1), x.Dim(2))
		}
		channels := x.Dim(0)
		if m.has("M20a") {
			channels = 1
		}
		sum := 0.0
		return fill(func(i []int) float64 {
			if !m.has("A1a") {
				sum = 0
			}
			for c := range channels {
				switch {
				case m.has("M20b"):
					last := channels - 1
					sum = x.At(last, i[1], i[2]) * w.At(i[0], last)
				case m.has("M75a"):
					sum += x.At(c, i[1], i[2]) * w.At(c, i[0])
				case m.has("M8"):
					sum = x.At(c, i[1], i[2]) * w.At(i[0], c)
				default:
					sum += x.At(c, i[1], i[2]) * w.At(i[0], c)
				}
			}
			switch {
			case m.has("M21"):
				return sum/float64(channels) + bias[i[0]]
			case m.has("V22"):
				return max(0, sum+bias[i[0]])
			case m.has("K1"):
				return sum - bias[i[0]]
			case m.has("M27b"):
				return sum + bias[len(bias)-1]
			case m.has("M26"):
				return sum
			case m.has("M25"):
				return sum + bias[i[0]]*float64(x.Dim(0))
			case m.has("M27a"):
				return sum + bias[0]
			}
			return sum + bias[i[0]]
		}, w.Dim(0), x.Dim(1), x.Dim(2))
	},
	draw: func(r *rand.Rand) []any {
		c, out := between(r, 2, 3), between(r, 2, 3)
		if r.IntN(2) == 0 {
			out = c
		}
		bias := make([]float64, out)
		for i := range bias {
			bias[i] = float64(between(r, 1, 9) + 10*i)
		}
		return []any{randomTensor(r, c, between(r, 1, 3), between(r, 2, 3)), randomTensor(r, out, c), bias}
	},
	mistakes: []string{"M8", "M20a", "M20b", "M21", "M25", "M26", "M27a", "M27b", "M75a", "M75b", "A1a", "K1", "V22", "V24a", "V24b"},
	explain: func(args []any, index []int) string {
		return fmt.Sprintf(say("Map %d at pixel %d,%d: the row %d of w times the column of channels there, plus bias %d.", "第 %d 张图的像素 %d,%d：w 的第 %d 行乘以该像素各通道的值，再加第 %d 个偏置。"),
			index[0], index[1], index[2], index[0], index[0])
	},
}

// GlobalAverage is the mean of every map of C×H×W: func(x *cnn.Tensor) []float64.
var GlobalAverage = Operation{
	name: [2]string{"global average pooling", "全局平均池化"}, inputs: "x", signature: (func(x *cnn.Tensor) []float64)(nil),
	run: func(m mistakes, args []any) any {
		x := args[0].(*cnn.Tensor)
		means := make([]float64, x.Dim(0))
		sum, largest := 0.0, math.Inf(-1)
		for c := range means {
			if !m.has("A1a") {
				sum, largest = 0, math.Inf(-1)
			}
			for i := range x.Dim(1) {
				for j := range x.Dim(2) {
					sum += x.At(c, i, j)
					largest = max(largest, x.At(c, i, j))
				}
			}
			switch {
			case m.has("M41"):
				means[c] = largest
			case m.has("M42"):
				means[c] = sum
			case m.has("M53"):
				means[c] = sum / float64(x.Dim(1)*x.Dim(1))
			case m.has("C1"):
				means[c] = sum / float64(x.Size())
			case m.has("C2"):
				means[c] = sum / float64(x.Dim(2)*x.Dim(2))
			case m.has("C3a"):
				means[c] = sum / float64(x.Dim(1))
			case m.has("C3b"):
				means[c] = sum / float64(x.Dim(2))
			default:
				means[c] = sum / float64(x.Dim(1)*x.Dim(2))
			}
		}
		if m.has("M46a") || m.has("M46b") {
			all := 0.0
			for _, v := range means {
				all += v / float64(len(means))
			}
			if m.has("M46a") {
				return []float64{all}
			}
			for c := range means {
				means[c] = all
			}
		}
		return means
	},
	draw: func(r *rand.Rand) []any {
		h := between(r, 2, 4)
		return []any{randomTensor(r, between(r, 2, 4), h, h+between(r, 1, 2))}
	},
	mistakes: []string{"M41", "M42", "M46a", "M46b", "M53", "A1a", "C1", "C2", "C3a", "C3b"},
	explain: func(args []any, index []int) string {
		x, sum := args[0].(*cnn.Tensor), 0.0
		for i := range x.Dim(1) {
			for j := range x.Dim(2) {
				sum += x.At(index[0], i, j)
			}
		}
		return fmt.Sprintf(say("The %d cells of map %d add up to %s.", "这 %d 个格子（第 %d 张图）的和是 %s。"), x.Dim(1)*x.Dim(2), index[0], short(sum))
	},
}

// JoinChannels puts the maps of two tensors C×H×W under each other:
// func(a, b *cnn.Tensor) *cnn.Tensor.
var JoinChannels = Operation{
	name: [2]string{"joining on the channels", "按通道拼接"}, inputs: "a b", signature: (func(a, b *cnn.Tensor) *cnn.Tensor)(nil),
	run: func(m mistakes, args []any) any {
		a, b := args[0].(*cnn.Tensor), args[1].(*cnn.Tensor)
		ca, h, w := a.Dim(0), a.Dim(1), a.Dim(2)
		switch {
		case m.has("V19"):
			return a
		case m.has("V20"):
			return b
		case m.has("M84b"): // one map is added to all of the other
			return cnn.Add(a, b)
		case m.has("V21"):
			return interleaved(a, b)
		}
		if (m.has("M83a") || m.has("M83b") || m.has("M84a")) && b.Dim(0) != ca {
			panic("different numbers of channels")
		}
		if m.has("M84a") {
			return fill(func(i []int) float64 { return a.At(i...) + b.At(i...) }, ca, h, w)
		}
		if m.has("M83b") {
			return cnn.ConcatAlong(2, a, b)
		}
		if m.has("M83a") {
			return fill(func(i []int) float64 {
				if i[1] < h {
					return a.At(i...)
				}
				return b.At(i[0], i[1]-h, i[2])
			}, ca, 2*h, w)
		}
		if m.has("V5") {
			a, b, ca = b, a, b.Dim(0)
		}
		return fill(func(i []int) float64 {
			if i[0] < ca {
				return a.At(i...)
			}
			return b.At(i[0]-ca, i[1], i[2])
		}, a.Dim(0)+b.Dim(0), h, w)
	},
	draw: func(r *rand.Rand) []any {
		c, h, w := between(r, 1, 3), between(r, 2, 3), between(r, 2, 3)
		other := c
		if r.IntN(2) == 0 {
			other++
		}
		return []any{randomTensor(r, c, h, w), randomTensor(r, other, h, w)}
	},
	mistakes: []string{"M83a", "M83b", "M84a", "M84b", "V5", "V19", "V20", "V21"},
	explain: func(args []any, index []int) string {
		name, which := "a", index[0]
		if first := args[0].(*cnn.Tensor).Dim(0); which >= first {
			name, which = "b", which-first
		}
		return fmt.Sprintf(say("Map %d of the result is map %d of %s.", "结果的第 %d 张图是 %[3]s 的第 %[2]d 张。"), index[0], which, name)
	},
}

// interleaved takes a map of each in turn, as long as both have one.
func interleaved(a, b *cnn.Tensor) *cnn.Tensor {
	var maps []*cnn.Tensor
	for c := range max(a.Dim(0), b.Dim(0)) {
		if c < a.Dim(0) {
			maps = append(maps, a.Index(c))
		}
		if c < b.Dim(0) {
			maps = append(maps, b.Index(c))
		}
	}
	return cnn.Stack(maps...)
}

// Dropout checks a dropout by what it does on average: func(x *cnn.Tensor, p
// float64, training bool) *cnn.Tensor sets each value to 0 with probability p and
// divides what stays by 1−p; outside training it changes nothing.
func Dropout(f func(x *cnn.Tensor, p float64, training bool) *cnn.Tensor) (r Result) {
	title := say("dropout, on 10,000 values", "暂退法：10000 个值")
	defer func() {
		if p := recover(); p != nil {
			r = failedBy(title, p)
		}
	}()
	x := cnn.Full(3, 100, 100)
	if y := f(x, 0.5, false); !same(x, y) {
		return explained(fail(title, say("outside training the values must stay as they are", "不在训练时，值应当保持不变")), changed(x, y))
	}
	for _, p := range []float64{0.5, 0.2} {
		y := f(x, p, true)
		if y == nil || !sameShape(y.Shape(), x.Shape()) {
			return fail(title, say("the result has another shape than x", "结果的形状与 x 不同"))
		}
		if r := dropped(title, y, p); !r.Passed {
			return r
		}
	}
	return pass(title)
}

// changed says what a dropout of one half does outside training.
func changed(x, y *cnn.Tensor) (id string) {
	a, ok := arrayOf(y)
	switch {
	case ok && same(cnn.Scale(x, 0.5), y):
		return "V23"
	case ok && slices.Contains(a.data, 0):
		return "M78"
	}
	return ""
}

func same(x, y *cnn.Tensor) bool {
	a, _ := arrayOf(x)
	b, ok := arrayOf(y)
	return ok && a.agrees(b, rounding)
}

// dropped judges the share of zeros and the size of what stays.
func dropped(title string, y *cnn.Tensor, p float64) Result {
	a, _ := arrayOf(y)
	zeros, kept := 0, math.NaN()
	for _, v := range a.data {
		if v == 0 {
			zeros++
		} else {
			kept = v
		}
	}
	share, text := float64(zeros)/float64(len(a.data)), ""
	var id string
	switch {
	case math.Abs(share-p) > 0.03:
		text = fmt.Sprintf(say("p = %g, and a share of %.2f became 0", "p = %g，变成 0 的占 %.2f"), p, share)
		if math.Abs(share-(1-p)) < 0.03 {
			id = "M77"
		}
	case !near(kept, 3/(1-p), rounding):
		text = fmt.Sprintf(say("p = %g: a 3 that stays becomes %s; the mean of all must stay 3", "p = %g：留下来的 3 变成了 %s；总的平均值应当仍是 3"), p, short(kept))
		if near(kept, 3, rounding) {
			id = "M76"
		}
	default:
		return pass(title)
	}
	return explained(fail(title, text), id)
}
