package check

import (
	"math"
	"math/rand/v2"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
)

func wrongInLesson8() []wrong {
	type pooling = func(x *cnn.Tensor, f, s int) *cnn.Tensor
	windows := func(reduce func(values []float64) float64) pooling {
		return func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			y := cnn.Zeros((x.Dim(0)-f)/s+1, (x.Dim(1)-f)/s+1)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					var values []float64
					for u := range f {
						for v := range f {
							values = append(values, x.At(i*s+u, j*s+v))
						}
					}
					y.Set(reduce(values), i, j)
				}
			}
			return y
		}
	}
	fold := func(start float64, f func(a, b float64) float64) func([]float64) float64 {
		return func(values []float64) float64 {
			r := start
			for _, v := range values {
				r = f(r, v)
			}
			return r
		}
	}
	add := func(a, b float64) float64 { return a + b }
	larger := func(a, b float64) float64 { return max(a, b) }
	spread := func(share func(x *cnn.Tensor, f int) float64) func(x, g *cnn.Tensor, f int) *cnn.Tensor {
		return func(x, g *cnn.Tensor, f int) *cnn.Tensor {
			return fill(func(i []int) float64 { return g.At(i[0]/f, i[1]/f) * share(x, f) }, x.Shape()...)
		}
	}
	return []wrong{
		{"8", "the maximum starts at 0", MaxPooling, windows(fold(0, larger)), []string{"M44"}},
		{"8", "the mean", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor { return cnn.AvgPool2D(x, f, cnn.Stride(s)) }, []string{"M40"}},
		{"8", "the minimum", MaxPooling, windows(fold(math.Inf(1), func(a, b float64) float64 { return min(a, b) })), []string{"W1"}},
		{"8", "stride 1", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor { return cnn.MaxPool2D(x, f, cnn.Stride(1)) }, []string{"M43"}},
		{"8", "stride f", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor { return cnn.MaxPool2D(x, f) }, []string{"W2"}},
		{"8", "partial windows", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor { return cnn.MaxPool2D(x, f, cnn.Stride(s), cnn.Ceil()) }, []string{"M47"}},
		{"8", "the sum", AvgPooling, windows(fold(0, add)), []string{"M42"}},
		{"8", "the maximum for the mean", AvgPooling, windows(fold(math.Inf(-1), larger)), []string{"M41"}},
		{"8", "divided by f", AvgPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			return cnn.Scale(cnn.AvgPool2D(x, f, cnn.Stride(s)), float64(f))
		}, []string{"W6"}},
		{"8", "the gradient to every cell", MaxPoolingBackward, spread(func(*cnn.Tensor, int) float64 { return 1 }), []string{"M49"}},
		{"8", "the gradient shared by all", MaxPoolingBackward, spread(func(_ *cnn.Tensor, f int) float64 { return 1 / float64(f*f) }), []string{"B3"}},
		{"8", "the mean's gradient not divided", AvgPoolingBackward, spread(func(*cnn.Tensor, int) float64 { return 1 }), []string{"M50"}},
		{"8", "row, column, channel", Flatten, func(x *cnn.Tensor) (flat []float64) {
			for i := range x.Dim(1) {
				for j := range x.Dim(2) {
					for c := range x.Dim(0) {
						flat = append(flat, x.At(c, i, j))
					}
				}
			}
			return flat
		}, []string{"M51"}},
		{"8", "column before row", Flatten, func(x *cnn.Tensor) (flat []float64) {
			for c := range x.Dim(0) {
				for j := range x.Dim(2) {
					for i := range x.Dim(1) {
						flat = append(flat, x.At(c, i, j))
					}
				}
			}
			return flat
		}, []string{"M52"}},
	}
}

func wrongInLesson9() []wrong {
	steps := func(n, p int, size func(n, f, p, s int) int) int {
		side := size(size(size(size(n, 5, p, 1), 2, 0, 2), 5, 0, 1), 2, 0, 2)
		return 16 * side * side
	}
	return []wrong{
		{"9", "the padding on one side", LeNetFlat, func(n, p int) int { return steps(n, p, func(n, f, p, s int) int { return (n+p-f)/s + 1 }) }, []string{"M32", "N12"}},
		{"9", "one map", LeNetFlat, func(n, p int) int {
			if n+2*p < 16 {
				panic("too small")
			}
			side := ((n+2*p-4)/2 - 4) / 2
			return side * side
		}, []string{"N1"}},
		{"9", "no word about pictures that are too small", LeNetFlat, func(n, p int) int {
			side := ((n+2*p-4)/2 - 4) / 2
			return 16 * side * side
		}, []string{"N12"}},
		{"9", "the height for the width", FlatIndex, func(c, i, j, h, w int) int { return c*h*w + i*h + j }, []string{"M53"}},
		{"9", "column before row", FlatIndex, func(c, i, j, h, w int) int { return c*h*w + j*h + i }, []string{"M52"}},
		{"9", "a channel of h cells", FlatIndex, func(c, i, j, h, w int) int { return c*h + i*w + j }, []string{"L1"}},
		{"9", "counted from 1", FlatIndex, func(c, i, j, h, w int) int { return (c*h+i)*w + j + 1 }, []string{"L2"}},
		{"9", "parameters for connections", Connections, func(in, out, k, h, w int) int { return (k*k*in + 1) * out }, []string{"N2"}},
		{"9", "no biases", Connections, func(in, out, k, h, w int) int { return k * k * in * out * h * w }, []string{"M34"}},
		{"9", "one input map", Connections, func(in, out, k, h, w int) int { return (k*k + 1) * out * h * w }, []string{"M35"}},
		{"9", "one bias in all", C3Params, func(table [][]int) int {
			n := 1
			for _, seen := range table {
				n += 25 * len(seen)
			}
			return n
		}, []string{"P2"}},
		{"9", "every map sees all", C3Params, func(table [][]int) int { return (25*6 + 1) * len(table) }, []string{"N3"}},
		{"9", "prediction picks the row", Confusion, func(truth, predicted []int, classes int) [][]int { return counted(predicted, truth, classes) }, []string{"M87"}},
		{"9", "set, not counted", Confusion, func(truth, predicted []int, classes int) [][]int {
			c := counted(truth, predicted, classes)
			for i := range c {
				for j := range c[i] {
					c[i][j] = min(1, c[i][j])
				}
			}
			return c
		}, []string{"M70"}},
	}
}

func counted(rows, cols []int, classes int) [][]int {
	c := make([][]int, classes)
	for i := range c {
		c[i] = make([]int, classes)
	}
	for i := range rows {
		c[rows[i]][cols[i]]++
	}
	return c
}

func wrongInLesson10() []wrong {
	crop := func(f cropper) func() Result { return func() Result { return RandomCrop(f) } }
	return []wrong{
		{"10", "top to bottom", FlipH, func(x *cnn.Tensor) *cnn.Tensor { return cnn.Flip(x, 1) }, []string{"M79"}},
		{"10", "turned by half", FlipH, func(x *cnn.Tensor) *cnn.Tensor { return cnn.Flip(x, 1, 2) }, []string{"V1"}},
		{"10", "transposed", FlipH, func(x *cnn.Tensor) *cnn.Tensor { return cnn.Transpose(x, 0, 2, 1) }, []string{"M6"}},
		{"10", "n − size places", Operation{}, crop(func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
			return x.Crop(source.IntN(x.Dim(1)-size), source.IntN(x.Dim(2)-size), size, size)
		}), []string{"M80a"}},
		{"10", "a place drawn, and the corner cut out", Operation{}, crop(func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
			_, _ = source.IntN(x.Dim(1)-size+1), source.IntN(x.Dim(2)-size+1)
			return x.Crop(0, 0, size, size)
		}), []string{"R1"}},
		{"10", "the sides exchanged", Operation{}, crop(func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
			return x.Crop(source.IntN(x.Dim(2)-size+1), source.IntN(x.Dim(1)-size+1), size, size)
		}), []string{"M6b"}},
		{"10", "transposed on the way", Operation{}, crop(func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
			return cnn.Transpose(data.RandomCrop(x, size, size, source), 0, 2, 1)
		}), []string{"M6a"}},
		{"10", "one offset for both", Operation{}, crop(func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
			p := source.IntN(x.Dim(1) - size + 1)
			return x.Crop(p, p, size, size)
		}), []string{"R3a"}},
		{"10", "up to and with the end", Operation{}, crop(func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
			top, left := source.IntN(x.Dim(1)-size+1), source.IntN(x.Dim(2)-size+1)
			return x.Crop(top, left, size+1, size+1)
		}), []string{"W11a"}},
		{"10", "not clamped", Brighten, func(x *cnn.Tensor, f float64) *cnn.Tensor { return cnn.Scale(x, f) }, []string{"M111"}},
		{"10", "added", Brighten, func(x *cnn.Tensor, f float64) *cnn.Tensor { return cnn.Clamp(cnn.Shift(x, f), 0, 1) }, []string{"V3"}},
		{"10", "clamped before multiplying", Brighten, func(x *cnn.Tensor, f float64) *cnn.Tensor { return cnn.Scale(cnn.Clamp(x, 0, 1), f) }, []string{"M111"}},
		{"10", "α divided by five", ResponseNorm, func(x *cnn.Tensor) *cnn.Tensor {
			return cnn.LocalResponseNorm(x.Reshape(append([]int{1}, x.Shape()...)...), 5, 2e-5, 0.75, 2).Index(0)
		}, []string{"M81"}},
		{"10", "three maps", ResponseNorm, func(x *cnn.Tensor) *cnn.Tensor {
			return cnn.LocalResponseNorm(x.Reshape(append([]int{1}, x.Shape()...)...), 3, 1e-4, 0.75, 2).Index(0)
		}, []string{"V6"}},
		{"10", "groups ignored", GroupedParams, func(in, out, k, g int) int { return (k*k*in + 1) * out }, []string{"M28"}},
		{"10", "one group counted", GroupedParams, func(in, out, k, g int) int { return (k*k*in/g + 1) * out / g }, []string{"N4"}},
		{"10", "both divided", GroupedParams, func(in, out, k, g int) int { return (k*k*in + 1) * out / g }, []string{"M28", "N4", "N39"}},
		{"10", "ties are hits", TopK, func(scores []float64, class, k int) bool {
			n := 0
			for _, s := range scores {
				if s > scores[class] {
					n++
				}
			}
			return n < k
		}, []string{"M88"}},
		{"10", "one place more", TopK, func(scores []float64, class, k int) bool {
			n := 0
			for i, s := range scores {
				if s > scores[class] || s == scores[class] && i < class {
					n++
				}
			}
			return n <= k
		}, []string{"N11"}},
		{"10", "dropout without dividing", Operation{}, func() Result {
			return Dropout(func(x *cnn.Tensor, p float64, training bool) *cnn.Tensor {
				if !training {
					return x
				}
				return cnn.Scale(cnn.Dropout(x, p), 1-p)
			})
		}, []string{"M76"}},
	}
}

func wrongInLesson11() []wrong {
	vgg := func(parts ...layers.Layer) func() Result {
		return func() Result {
			return Network(layers.Sequential(parts...), layers.Sequential(models.VGGFrom(3, []models.VGGStage{{Convolutions: 2, Maps: 8}}, 1, nil, 1).Children()[:5]...), 1, 3, 16, 16)
		}
	}
	return []wrong{
		{"11", "rounded up", Blocks, func(n int) (b int) {
			for ; n > 1; n = (n + 1) / 2 {
				b++
			}
			return b
		}, []string{"M29"}},
		{"11", "one too many", Blocks, func(n int) (b int) {
			for ; n > 0; n /= 2 {
				b++
			}
			return b
		}, []string{"N5"}},
		{"11", "halved until seven", Blocks, func(n int) (b int) {
			for ; n > 7; n /= 2 {
				b++
			}
			return b
		}, []string{"N18"}},
		{"11", "no biases", StackParams, func(n, c int) int { return 9 * n * c * c }, []string{"M34"}},
		{"11", "one channel in", StackParams, func(n, c int) int { return n * (9*c + c) }, []string{"M35"}},
		{"11", "the large kernel", StackParams, func(n, c int) int { return (2*n+1)*(2*n+1)*c*c + c }, []string{"N6"}},
		{"11", "a bias for all", StackParams, func(n, c int) int { return n*9*c*c + 1 }, []string{"P2"}},
		{"11", "k instead of k − 1", ReceptiveField, func(list [][]int) int {
			r, j := 1, 1
			for _, l := range list {
				r, j = r+l[0]*j, j*l[1]
			}
			return r
		}, []string{"M37"}},
		{"11", "starts at 0", ReceptiveField, func(list [][]int) int {
			r, j := 0, 1
			for _, l := range list {
				r, j = r+(l[0]-1)*j, j*l[1]
			}
			return r
		}, []string{"F1"}},
		{"11", "the product of the kernels", ReceptiveField, func(list [][]int) int {
			r := 1
			for _, l := range list {
				r *= l[0]
			}
			return r
		}, []string{"F2"}},
		{"11", "a block without padding", Operation{}, vgg(layers.Conv2D(3, 8, 3), layers.ReLU(), layers.Conv2D(8, 8, 3), layers.ReLU(), layers.MaxPool2D(2)), []string{"M11"}},
		{"11", "a block without ReLU between", Operation{}, vgg(layers.Conv2D(3, 8, 3, cnn.Padding(1)), layers.Conv2D(8, 8, 3, cnn.Padding(1)), layers.ReLU(), layers.MaxPool2D(2)), []string{"M86"}},
	}
}

func wrongInLesson12() []wrong {
	mix := func(x, w *cnn.Tensor, bias func(o int) float64) *cnn.Tensor {
		return fill(func(i []int) float64 {
			sum := bias(i[0])
			for c := range x.Dim(0) {
				sum += w.At(i[0], c) * x.At(c, i[1], i[2])
			}
			return sum
		}, w.Dim(0), x.Dim(1), x.Dim(2))
	}
	means := func(divide func(x *cnn.Tensor) float64) func(x *cnn.Tensor) []float64 {
		return func(x *cnn.Tensor) []float64 {
			m := make([]float64, x.Dim(0))
			for c := range m {
				for i := range x.Dim(1) {
					for j := range x.Dim(2) {
						m[c] += x.At(c, i, j)
					}
				}
				m[c] /= divide(x)
			}
			return m
		}
	}
	return []wrong{
		{"12", "the weights transposed", PixelLayer, func(x, w *cnn.Tensor, bias []float64) *cnn.Tensor {
			return mix(x, cnn.Transpose(w), func(o int) float64 { return bias[o] })
		}, []string{"M75"}},
		{"12", "no bias", PixelLayer, func(x, w *cnn.Tensor, bias []float64) *cnn.Tensor {
			return mix(x, w, func(int) float64 { return 0 })
		}, []string{"M26"}},
		{"12", "the first bias", PixelLayer, func(x, w *cnn.Tensor, bias []float64) *cnn.Tensor {
			return mix(x, w, func(int) float64 { return bias[0] })
		}, []string{"M27"}},
		{"12", "the bias in the loop", PixelLayer, func(x, w *cnn.Tensor, bias []float64) *cnn.Tensor {
			return mix(x, w, func(o int) float64 { return bias[o] * float64(x.Dim(0)) })
		}, []string{"M25"}},
		{"12", "the last bias", PixelLayer, func(x, w *cnn.Tensor, bias []float64) *cnn.Tensor {
			return mix(x, w, func(int) float64 { return bias[len(bias)-1] })
		}, []string{"M27"}},
		{"12", "the 1×1 is free", Bottleneck, func(in, mid, out, k, h, w int) int { return h * w * k * k * mid * out }, []string{"N7"}},
		{"12", "once for the map", Bottleneck, func(in, mid, out, k, h, w int) int { return in*mid + k*k*mid*out }, []string{"N8"}},
		{"12", "still all channels", Bottleneck, func(in, mid, out, k, h, w int) int { return h * w * (in*mid + k*k*in*out) }, []string{"N9"}},
		{"12", "k for k²", Bottleneck, func(in, mid, out, k, h, w int) int { return h * w * (in*mid + k*mid*out) }, []string{"P1"}},
		{"12", "divided by H·H", GlobalAverage, means(func(x *cnn.Tensor) float64 { return float64(x.Dim(1) * x.Dim(1)) }), []string{"M53"}},
		{"12", "not divided", GlobalAverage, means(func(x *cnn.Tensor) float64 { return 1 }), []string{"M42"}},
		{"12", "divided by the channels too", GlobalAverage, means(func(x *cnn.Tensor) float64 { return float64(x.Size()) }), []string{"C1"}},
		{"12", "the maximum", GlobalAverage, func(x *cnn.Tensor) []float64 {
			m := cnn.GlobalMaxPool2D(x)
			return floats(m)
		}, []string{"M41"}},
	}
}

func floats(t *cnn.Tensor) (values []float64) {
	for _, v := range t.Values() {
		values = append(values, float64(v))
	}
	return values
}

func wrongInLesson13() []wrong {
	s := models.Inceptions()[0]
	relu := func(l ...layers.Layer) layers.Layer {
		var all []layers.Layer
		for _, one := range l {
			all = append(all, one, layers.ReLU())
		}
		return layers.Sequential(all...)
	}
	one := relu(layers.Conv2D(192, s.One, 1))
	three := relu(layers.Conv2D(192, s.Three[0], 1), layers.Conv2D(s.Three[0], s.Three[1], 3, cnn.Padding(1)))
	five := relu(layers.Conv2D(192, s.Five[0], 1), layers.Conv2D(s.Five[0], s.Five[1], 5, cnn.Padding(2)))
	pool := layers.Sequential(layers.MaxPool2D(3, cnn.Stride(1), cnn.Padding(1)), relu(layers.Conv2D(192, s.Pooled, 1)))
	block := func(paths ...layers.Layer) func() Result {
		return func() Result { return Network(layers.Concat(paths...), models.Inception(192, s), 1, 192, 28, 28) }
	}
	return []wrong{
		{"13", "a path is missing", Operation{}, block(one, three, five), nil},
		{"13", "no 1×1 before 3×3", Operation{}, block(one, relu(layers.Conv2D(192, s.Three[1], 3, cnn.Padding(1))), five, pool), []string{"X1"}},
		{"13", "5×5 with padding 1", Operation{}, block(one, three, relu(layers.Conv2D(192, s.Five[0], 1), layers.Conv2D(s.Five[0], s.Five[1], 5, cnn.Padding(1))), pool), []string{"X8"}},
		{"13", "no ReLU in path 1", Operation{}, block(layers.Conv2D(192, s.One, 1), three, five, pool), []string{"M86"}},
		{"13", "no ReLU between in path 2", Operation{}, block(one, layers.Sequential(layers.Conv2D(192, s.Three[0], 1), layers.Conv2D(s.Three[0], s.Three[1], 3, cnn.Padding(1)), layers.ReLU()), five, pool), []string{"M86"}},
		{"13", "the pool halves the map", Operation{}, block(one, three, five, layers.Sequential(layers.MaxPool2D(2), relu(layers.Conv2D(192, s.Pooled, 1)))), []string{"X3"}},
		{"13", "paths in another order", Operation{}, block(one, five, three, pool), []string{"X2"}},
		{"13", "the maps added", JoinChannels, cnn.Add, []string{"M84"}},
		{"13", "joined below each other", JoinChannels, func(a, b *cnn.Tensor) *cnn.Tensor { return cnn.ConcatAlong(1, a, b) }, []string{"M83"}},
		{"13", "the other order", JoinChannels, func(a, b *cnn.Tensor) *cnn.Tensor { return cnn.ConcatAlong(0, b, a) }, []string{"V5"}},
		{"13", "the first alone", JoinChannels, func(a, b *cnn.Tensor) *cnn.Tensor { return a.Clone() }, []string{"V19"}},
	}
}
