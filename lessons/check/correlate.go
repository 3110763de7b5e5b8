package check

import (
	"fmt"
	"math/rand/v2"

	"github.com/convnotes/convnotes/cnn"
)

// CrossCorrelation is y[i,j] = Σ x[i+u,j+v]·k[u,v] on matrices:
// func(x, k *cnn.Tensor) *cnn.Tensor.
var CrossCorrelation = Operation{
	name:      [2]string{"cross-correlation", "互相关"},
	inputs:    "x k",
	signature: (func(x, k *cnn.Tensor) *cnn.Tensor)(nil),
	run:       func(m mistakes, args []any) any { return plane(matrices(args).run(m)) },
	draw:      drawMatrices,
	mistakes:  []string{"M1", "M2", "M3", "M5a", "M5b", "M6a", "M6b", "M6c", "M7", "M8", "M9", "M10", "A1a", "A1b", "K4a", "K4b", "K5a", "K5b", "K6"},
	explain:   func(args []any, index []int) string { return matrices(args).explain(0, index[0], index[1]) },
}

// Convolution is cross-correlation with the kernel flipped both ways:
// func(x, k *cnn.Tensor) *cnn.Tensor.
var Convolution = Operation{
	name:      [2]string{"convolution", "卷积"},
	inputs:    "x k",
	signature: (func(x, k *cnn.Tensor) *cnn.Tensor)(nil),
	run:       func(m mistakes, args []any) any { return plane(flipped(args).run(m)) },
	draw:      drawMatrices,
	mistakes:  []string{"M2", "M3", "M4", "M5a", "M5b", "M6a", "M6b", "M6c", "M7", "M8", "M9", "M10", "A1a", "A1b", "K4a", "K4b", "K5a", "K5b", "K6"},
	explain:   func(args []any, index []int) string { return flipped(args).explain(0, index[0], index[1]) },
}

func matrices(args []any) sliding {
	return sliding{x: asVolume(args[0].(*cnn.Tensor), 3), k: asVolume(args[1].(*cnn.Tensor), 4), stride: 1}
}

func flipped(args []any) sliding {
	s := matrices(args)
	s.flip = true
	return s
}

// drawMatrices returns an image and a kernel, square and oblong ones in turn.
func drawMatrices(r *rand.Rand) []any {
	rows, cols := between(r, 2, 3), between(r, 2, 3)
	h, w := rows+between(r, 1, 3), cols+between(r, 1, 3)
	if r.IntN(2) == 0 {
		cols, w = rows, h
	}
	return []any{randomTensor(r, h, w), randomTensor(r, rows, cols)}
}

// Convolution1D is the convolution of two rows of numbers, y[n] = Σ x[i]·k[n−i],
// as long as both together less one: func(x, k []float64) []float64.
var Convolution1D = Operation{
	name:      [2]string{"one-dimensional convolution", "一维卷积"},
	inputs:    "x k",
	signature: (func(x, k []float64) []float64)(nil),
	run:       func(m mistakes, args []any) any { return echoes(m, args[0].([]float64), args[1].([]float64)) },
	draw: func(r *rand.Rand) []any {
		return []any{randomNumbers(r, between(r, 3, 6)), randomNumbers(r, between(r, 2, 3))}
	},
	mistakes: []string{"M4", "M7", "M8", "M9", "E1", "E2"},
	explain:  explainEchoes,
}

func echoes(m mistakes, x, k []float64) []float64 {
	y := make([]float64, len(x)+len(k)-1)
	for i, a := range x {
		for j := range k {
			b := k[j]
			if m.has("M4") {
				b = k[len(k)-1-j]
			}
			if m.has("M8") {
				y[i+j] = a * b
			} else {
				y[i+j] += a * b
			}
		}
	}
	if m.has("M9") {
		for n := range y {
			y[n] /= float64(len(k))
		}
	}
	switch {
	case m.has("M7"):
		return y[:len(y)-1]
	case m.has("E1"):
		return y[:len(x)]
	case m.has("E2"):
		return y[len(k)-1 : max(len(k)-1, len(x))]
	}
	return y
}

func explainEchoes(args []any, index []int) string {
	x, k, n := args[0].([]float64), args[1].([]float64), index[0]
	text, sum := "", 0.0
	for i := range x {
		if j := n - i; j >= 0 && j < len(k) {
			if text != "" {
				text += " + "
			}
			text += short(x[i]) + "×" + bracket(k[j])
			sum += x[i] * k[j]
		}
	}
	return fmt.Sprintf(say("y[%d] collects every pair with i + j = %d: %s = %s", "y[%d] 收集所有 i + j = %d 的乘积：%s = %s"), n, n, text, short(sum))
}

func randomNumbers(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(r.IntN(19) - 9)
	}
	return x
}

// KernelDescent is gradient descent on the kernel, from zeros, against the sum
// of squared errors Σ(x⋆k − y)²:
// func(x, y *cnn.Tensor, steps int, rate float64) *cnn.Tensor.
var KernelDescent = Operation{
	name:      [2]string{"learning a kernel", "学习卷积核"},
	inputs:    "x y steps rate",
	signature: (func(x, y *cnn.Tensor, steps int, rate float64) *cnn.Tensor)(nil),
	run: func(m mistakes, args []any) any {
		return descend(m, args[0].(*cnn.Tensor), args[1].(*cnn.Tensor), args[2].(int), args[3].(float64))
	},
	draw:     drawDescent,
	mistakes: []string{"M1", "M72", "D1", "D2", "D3", "D4", "D5", "D6"},
}

func drawDescent(r *rand.Rand) []any {
	x := cnn.Zeros(between(r, 3, 5), between(r, 4, 6))
	for i := range count(x.Shape()) {
		x.Set(float64(r.IntN(2)), unravel(i, x.Shape())...)
	}
	k := randomTensor(r, between(r, 1, 2), 2)
	return []any{x, plane(sliding{x: asVolume(x, 3), k: asVolume(k, 4), stride: 1}.run(nil)), between(r, 1, 4), 1.0 / 64}
}

// descend starts at zeros and walks steps times against dK = 2·(x ⋆ (x⋆k − y)).
func descend(m mistakes, x, y *cnn.Tensor, steps int, rate float64) *cnn.Tensor {
	k := cnn.Zeros(x.Dim(0)-y.Dim(0)+1, x.Dim(1)-y.Dim(1)+1)
	if m.has("M72") {
		rate = -rate
	}
	if m.has("D1") {
		rate /= 2
	}
	if m.has("D2") {
		rate /= float64(count(y.Shape()))
	}
	switch {
	case m.has("D3"):
		steps = 1
	case m.has("D4"):
		steps++
	case m.has("D5"):
		steps--
	}
	start := k.Clone()
	for range steps {
		forward := sliding{x: asVolume(x, 3), k: asVolume(k, 4), stride: 1}
		if m.has("D6") {
			forward.k = asVolume(start, 4)
		}
		e := plane(forward.run(pick(m, "M1")))
		for i := range count(e.Shape()) {
			index := unravel(i, e.Shape())
			e.Set(e.At(index...)-y.At(index...), index...)
		}
		gradient := plane(sliding{x: asVolume(x, 3), k: asVolume(e, 4), stride: 1}.run(nil))
		for i := range count(k.Shape()) {
			index := unravel(i, k.Shape())
			k.Set(k.At(index...)-2*rate*gradient.At(index...), index...)
		}
	}
	return k
}

func pick(m mistakes, id string) mistakes {
	if m.has(id) {
		return mistakes{id}
	}
	return nil
}

// Kernel checks a kernel by what it makes of an image: any kernel that answers
// so is right. A kernel that is right but for being flipped or turned is told so.
func Kernel(kernel, image, want *cnn.Tensor) Result {
	title := say("the kernel's answer to the image", "卷积核对图像的响应")
	if kernel == nil || len(kernel.Shape()) != 2 {
		return fail(title, say("the kernel is no matrix", "卷积核不是矩阵"))
	}
	w, _ := arrayOf(want)
	answer := func(m mistakes) outcome {
		return evaluate(func() any { return plane(matrices([]any{image, kernel}).run(m)) })
	}
	got := answer(nil)
	switch {
	case got.panicked != nil:
		return fail(title, fmt.Sprintf(say("a %s kernel does not fit the image of %s", "%s 的卷积核放不进 %s 的图像"), cnn.Dims(kernel.Shape()), cnn.Dims(image.Shape())))
	case got.value.agrees(w, rounding):
		return pass(title)
	}
	r := fail(title, difference(got.value, w, rounding))
	if first, _ := firstDifference(got.value, w); first != nil {
		r.Message += "\n" + matrices([]any{image, kernel}).explain(0, first[0], first[1])
	}
	for _, id := range []string{"M2", "M3", "M5a"} {
		if o := answer(mistakes{id}); o.panicked == nil && o.value.agrees(w, rounding) {
			r.Mutations = append(r.Mutations, id)
		}
	}
	r.Cause = cause(r.Mutations, false)
	return r
}

func firstDifference(got, want array) (index []int, wrong int) {
	if !sameShape(got.shape, want.shape) {
		return nil, 0
	}
	first, wrong := firstWrong(got, want, rounding)
	return unravel(first, want.shape), wrong
}
