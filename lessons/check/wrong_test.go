package check

import (
	"slices"
	"testing"

	"github.com/convnotes/convnotes/cnn"
)

// A wrong answer, as a learner writes it: a function for the operation, or a
// func() Result that runs another check.
type wrong struct {
	lesson, what string
	op           Operation
	function     any
	causes       []string // what may be named: the mistakes that it is
}

// TestWrongAnswers tries the recogniser on answers written by hand. It prints
// how many it can explain; one that it explains wrongly fails. An answer whose
// mistake is not in the table has no causes: the recogniser must stay silent.
func TestWrongAnswers(t *testing.T) {
	tried, hit := map[string]int{}, map[string]int{}
	for _, w := range wrongAnswers() {
		Seed(int64(tried[w.lesson]) + 1)
		var r Result
		switch f := w.function.(type) {
		case func() Result:
			r = f()
		default:
			r = Implements(f, w.op)
		}
		if r.Passed {
			t.Errorf("lesson %s, %s: passed", w.lesson, w.what)
		}
		tried[w.lesson]++
		for _, id := range r.Mutations {
			if !slices.Contains(w.causes, id) && !slices.Contains(w.causes, family(id)) {
				t.Errorf("lesson %s, %s: explained as %v; it is %v", w.lesson, w.what, r.Mutations, w.causes)
			}
		}
		if len(r.Mutations) > 0 {
			hit[w.lesson]++
		} else {
			t.Logf("lesson %s, %s: not explained", w.lesson, w.what)
		}
	}
	for lesson, n := range tried {
		t.Logf("lesson %s: %d of %d wrong answers explained", lesson, hit[lesson], n)
		if n < 10 {
			t.Errorf("lesson %s has %d wrong answers; want at least 10", lesson, n)
		}
	}
}

func wrongAnswers() []wrong {
	return slices.Concat(wrongInLesson6(), wrongInLesson7(), wrongInLesson8(), wrongInLesson9(), wrongInLesson10(), wrongInLesson11(), wrongInLesson12(), wrongInLesson13(),
		forumLesson7(), forumLesson8(), forumLesson9(), forumLesson11(), freshAnswers())
}

func wrongInLesson6() []wrong {
	loops := func(f func(y, x, k *cnn.Tensor, i, j int) float64) func(x, k *cnn.Tensor) *cnn.Tensor {
		return func(x, k *cnn.Tensor) *cnn.Tensor {
			y := cnn.Zeros(x.Dim(0)-k.Dim(0)+1, x.Dim(1)-k.Dim(1)+1)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					y.Set(f(y, x, k, i, j), i, j)
				}
			}
			return y
		}
	}
	return []wrong{
		{"6", "the product is assigned, not added", CrossCorrelation, loops(func(y, x, k *cnn.Tensor, i, j int) float64 {
			var s float64
			for u := range k.Dim(0) {
				for v := range k.Dim(1) {
					s = x.At(i+u, j+v) * k.At(u, v)
				}
			}
			return s
		}), []string{"M8"}},
		{"6", "the mathematician's convolution", CrossCorrelation, func(x, k *cnn.Tensor) *cnn.Tensor { return cnn.Convolve(x, k) }, []string{"M1"}},
		{"6", "the kernel is walked column by column", CrossCorrelation, loops(func(y, x, k *cnn.Tensor, i, j int) float64 {
			var s float64
			for u := range k.Dim(1) {
				for v := range k.Dim(0) {
					s += x.At(i+v, j+u) * k.At(u%k.Dim(0), v%k.Dim(1))
				}
			}
			return s
		}), nil},
		{"6", "the result one too small", CrossCorrelation, func(x, k *cnn.Tensor) *cnn.Tensor {
			y := cnn.CrossCorrelate(x, k)
			return y.Crop(0, 0, y.Dim(0)-1, y.Dim(1)-1)
		}, []string{"M7"}},
		{"6", "the sum is never reset", CrossCorrelation, func(x, k *cnn.Tensor) *cnn.Tensor {
			y := cnn.CrossCorrelate(x, k).Clone()
			s := 0.0
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					s += y.At(i, j)
					y.Set(s, i, j)
				}
			}
			return y
		}, []string{"A1"}},
		{"6", "rows and columns of the image swapped", CrossCorrelation, loops(func(y, x, k *cnn.Tensor, i, j int) float64 {
			var s float64
			for u := range k.Dim(0) {
				for v := range k.Dim(1) {
					s += x.At(j+v, i+u) * k.At(u, v)
				}
			}
			return s
		}), []string{"M6a"}},
		{"6", "the mean of the products", CrossCorrelation, func(x, k *cnn.Tensor) *cnn.Tensor {
			return cnn.Scale(cnn.CrossCorrelate(x, k), 1/float64(k.Dim(0)*k.Dim(1)))
		}, []string{"M9"}},
		{"6", "convolution flips only the rows", Convolution, func(x, k *cnn.Tensor) *cnn.Tensor {
			return cnn.CrossCorrelate(x, cnn.Flip(k, 0))
		}, []string{"M3"}},
		{"6", "convolution transposes the kernel", Convolution, func(x, k *cnn.Tensor) *cnn.Tensor {
			return cnn.CrossCorrelate(x, cnn.Transpose(k))
		}, []string{"M4", "M5"}},
		{"6", "convolution does not flip", Convolution, func(x, k *cnn.Tensor) *cnn.Tensor { return cnn.CrossCorrelate(x, k) }, []string{"M4"}},
		{"6", "the echo overwrites", Convolution1D, func(x, k []float64) []float64 {
			y := make([]float64, len(x)+len(k)-1)
			for i := range x {
				for j := range k {
					y[i+j] = x[i] * k[j]
				}
			}
			return y
		}, []string{"M8"}},
		{"6", "the last echo is lost", Convolution1D, func(x, k []float64) []float64 {
			y := make([]float64, len(x)+len(k))
			for i := range x {
				for j := range k {
					y[i+j] += x[i] * k[j]
				}
			}
			return y[:len(x)+len(k)-2]
		}, []string{"M7"}},
		{"6", "uphill", KernelDescent, func(x, y *cnn.Tensor, steps int, rate float64) *cnn.Tensor {
			return descent(x, y, steps, -rate)
		}, []string{"M72"}},
		{"6", "without the factor 2", KernelDescent, func(x, y *cnn.Tensor, steps int, rate float64) *cnn.Tensor {
			return descent(x, y, steps, rate/2)
		}, []string{"D1"}},
		{"6", "one step too many", KernelDescent, func(x, y *cnn.Tensor, steps int, rate float64) *cnn.Tensor {
			return descent(x, y, steps+1, rate)
		}, []string{"D4"}},
	}
}

func descent(x, y *cnn.Tensor, steps int, rate float64) *cnn.Tensor {
	k := cnn.Zeros(x.Dim(0)-y.Dim(0)+1, x.Dim(1)-y.Dim(1)+1)
	for range steps {
		k = cnn.Sub(k, cnn.Scale(cnn.CrossCorrelate(x, cnn.Sub(cnn.CrossCorrelate(x, k), y)), 2*rate))
	}
	return k
}

func wrongInLesson7() []wrong {
	type oneImage = func(x, k *cnn.Tensor, stride, padding int) *cnn.Tensor
	slides := func(change func(stride, padding int) []cnn.Option) oneImage {
		return func(x, k *cnn.Tensor, stride, padding int) *cnn.Tensor {
			return cnn.CrossCorrelate(x, k, change(stride, padding)...)
		}
	}
	return []wrong{
		{"7", "padding at the top and left", ZeroPadding, func(x *cnn.Tensor, p int) *cnn.Tensor { return cnn.Pad(x, p, 0, p, 0) }, []string{"M12"}},
		{"7", "padding above and below", ZeroPadding, func(x *cnn.Tensor, p int) *cnn.Tensor { return cnn.Pad(x, p, 0) }, []string{"M13"}},
		{"7", "one cell whatever p", ZeroPadding, func(x *cnn.Tensor, p int) *cnn.Tensor { return cnn.Pad(x, 1) }, []string{"K3"}},
		{"7", "p added once", OutputSize, func(n, f, p, s int) int { return (n+p-f)/s + 1 }, []string{"M32"}},
		{"7", "parenthesis at the wrong place", OutputSize, func(n, f, p, s int) int { return (n + 2*p - f + 1) / s }, []string{"M33"}},
		{"7", "rounded up", OutputSize, func(n, f, p, s int) int { return (n+2*p-f+s-1)/s + 1 }, []string{"M29"}},
		{"7", "the window is not subtracted", OutputSize, func(n, f, p, s int) int { return (n+2*p)/s + 1 }, []string{"G1"}},
		{"7", "padding forgotten", StridedCrossCorrelation, slides(func(s, p int) []cnn.Option { return []cnn.Option{cnn.Stride(s)} }), []string{"M11"}},
		{"7", "stride forgotten", StridedCrossCorrelation, slides(func(s, p int) []cnn.Option { return []cnn.Option{cnn.Padding(p)} }), []string{"M16"}},
		{"7", "stride down only", StridedCrossCorrelation, slides(func(s, p int) []cnn.Option { return []cnn.Option{cnn.Stride(s, 1), cnn.Padding(p)} }), []string{"M18"}},
		{"7", "stride and padding swapped", StridedCrossCorrelation, slides(func(s, p int) []cnn.Option { return []cnn.Option{cnn.Stride(p), cnn.Padding(s)} }), []string{"K2"}},
		{"7", "flipped, and the stride forgotten", StridedCrossCorrelation, func(x, k *cnn.Tensor, s, p int) *cnn.Tensor {
			return cnn.Convolve(x, k, cnn.Padding(p))
		}, []string{"M1", "M16"}},
		{"7", "the first channel only", ChannelCrossCorrelation, func(x, k *cnn.Tensor) *cnn.Tensor {
			return cnn.CrossCorrelate(x.Channel(0), k.Channel(0))
		}, []string{"M20"}},
		{"7", "a map for every channel", ChannelCrossCorrelation, func(x, k *cnn.Tensor) *cnn.Tensor {
			var maps []*cnn.Tensor
			for c := range x.Dim(0) {
				maps = append(maps, cnn.CrossCorrelate(x.Channel(c), k.Channel(c)))
			}
			return cnn.Stack(maps...)
		}, []string{"M22"}},
		{"7", "biases forgotten", Params, func(in, out, k int) int { return k * k * in * out }, []string{"M34"}},
		{"7", "input channels forgotten", Params, func(in, out, k int) int { return (k*k + 1) * out }, []string{"M35"}},
		{"7", "bias once for every channel", ConvolutionLayer, func(x, w *cnn.Tensor, bias []float64, s, p int) *cnn.Tensor {
			return layerWith(x, w, s, p, func(o int) float64 { return bias[o] * float64(x.Dim(0)) })
		}, []string{"M25"}},
		{"7", "the first bias everywhere", ConvolutionLayer, func(x, w *cnn.Tensor, bias []float64, s, p int) *cnn.Tensor {
			return layerWith(x, w, s, p, func(int) float64 { return bias[0] })
		}, []string{"M27"}},
		{"7", "the bias subtracted", ConvolutionLayer, func(x, w *cnn.Tensor, bias []float64, s, p int) *cnn.Tensor {
			return layerWith(x, w, s, p, func(o int) float64 { return -bias[o] })
		}, []string{"K1"}},
		{"7", "k for k − 1", ReceptiveField, func(layers [][]int) int {
			r, j := 1, 1
			for _, l := range layers {
				r, j = r+l[0]*j, j*l[1]
			}
			return r
		}, []string{"M37"}},
		{"7", "the jump first", ReceptiveField, func(layers [][]int) int {
			r, j := 1, 1
			for _, l := range layers {
				j *= l[1]
				r += (l[0] - 1) * j
			}
			return r
		}, []string{"M39"}},
		{"7", "only the kernels are added", ReceptiveField, func(layers [][]int) int {
			r := 1
			for _, l := range layers {
				r += l[0] - 1
			}
			return r
		}, []string{"M38"}},
	}
}

func layerWith(x, w *cnn.Tensor, s, p int, bias func(o int) float64) *cnn.Tensor {
	y := cnn.CrossCorrelate(x.Reshape(1, x.Dim(0), x.Dim(1), x.Dim(2)), w, cnn.Stride(s), cnn.Padding(p)).Index(0).Clone()
	for i := range y.Size() {
		index := unravel(i, y.Shape())
		y.Set(y.At(index...)+bias(index[0]), index...)
	}
	return y
}
