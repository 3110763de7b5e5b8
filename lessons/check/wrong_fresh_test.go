package check

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
)

// freshAnswers were written last, by a reader of the lessons who had not seen
// the recogniser's tables.
func freshAnswers() []wrong {
	const fresh = "7–13"
	window := func(y, x *cnn.Tensor, f, si, sj int, reduce func(x *cnn.Tensor, top, left int) float64) *cnn.Tensor {
		for i := range y.Dim(0) {
			for j := range y.Dim(1) {
				y.Set(reduce(x, i*si, j*sj), i, j)
			}
		}
		return y
	}
	pooled := func(x *cnn.Tensor, f, s int) *cnn.Tensor {
		return cnn.Zeros((x.Dim(0)-f)/s+1, (x.Dim(1)-f)/s+1)
	}
	largest := func(f int, value func(v float64) float64) func(x *cnn.Tensor, top, left int) float64 {
		return func(x *cnn.Tensor, top, left int) float64 {
			best := math.Inf(-1)
			for u := range f {
				for v := range f {
					best = max(best, value(x.At(top+u, left+v)))
				}
			}
			return best
		}
	}
	stage := models.Inceptions()[0]
	relu := func(l ...layers.Layer) layers.Layer {
		var all []layers.Layer
		for _, one := range l {
			all = append(all, one, layers.ReLU())
		}
		return layers.Sequential(all...)
	}
	return []wrong{
		{fresh, "rows for columns in the size of the padded image", ZeroPadding, func(x *cnn.Tensor, p int) *cnn.Tensor {
			y := cnn.Zeros(x.Dim(1)+2*p, x.Dim(0)+2*p)
			for i := range x.Dim(0) {
				for j := range x.Dim(1) {
					y.Set(x.At(i, j), i+p, j+p)
				}
			}
			return y
		}, nil},
		{fresh, "p added to the row only", ZeroPadding, func(x *cnn.Tensor, p int) *cnn.Tensor {
			y := cnn.Zeros(x.Dim(0)+2*p, x.Dim(1)+2*p)
			for i := range x.Dim(0) {
				for j := range x.Dim(1) {
					y.Set(x.At(i, j), i+p, j)
				}
			}
			return y
		}, []string{"K17"}},
		{fresh, "the 1 under the fraction", OutputSize, func(n, f, p, s int) int { return (n + 2*p - f) / (s + 1) }, []string{"G4"}},
		{fresh, "SAME of other libraries", OutputSize, func(n, f, p, s int) int { return (n + s - 1) / s }, []string{"G5"}},
		{fresh, "the stride between the cells of the window", StridedCrossCorrelation, func(x, k *cnn.Tensor, s, p int) *cnn.Tensor {
			x = cnn.Pad(x, p)
			y := cnn.Zeros((x.Dim(0)-k.Dim(0))/s+1, (x.Dim(1)-k.Dim(1))/s+1)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					sum := 0.0
					for u := range k.Dim(0) {
						for v := range k.Dim(1) {
							sum += x.At(i+s*u, j+s*v) * k.At(u, v)
						}
					}
					y.Set(sum, i, j)
				}
			}
			return y
		}, []string{"K10"}},
		{fresh, "ReLU in the layer", ConvolutionLayer, func(x, w *cnn.Tensor, bias []float64, s, p int) *cnn.Tensor {
			return cnn.ReLU(layerWith(x, w, s, p, func(o int) float64 { return bias[o] }))
		}, []string{"V22"}},
		{fresh, "the layer's own stride for the jump", ReceptiveField, func(list [][]int) int {
			r := 1
			for _, l := range list {
				r += (l[0] - 1) * l[1]
			}
			return r
		}, []string{"F4"}},
		{fresh, "windows f apart in a map sized for s", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			return window(pooled(x, f, s), x, f, f, f, largest(f, func(v float64) float64 { return v }))
		}, []string{"W2"}},
		{fresh, "the largest magnitude", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			return window(pooled(x, f, s), x, f, s, s, largest(f, math.Abs))
		}, []string{"M45"}},
		{fresh, "the first cell counted twice", AvgPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			return window(pooled(x, f, s), x, f, s, s, func(x *cnn.Tensor, top, left int) float64 {
				sum := x.At(top, left)
				for u := range f {
					for v := range f {
						sum += x.At(top+u, left+v)
					}
				}
				return sum / float64(f*f)
			})
		}, []string{"W14"}},
		{fresh, "the winner's place counted from the window's corner", MaxPoolingBackward, func(x, g *cnn.Tensor, f int) *cnn.Tensor {
			dx := cnn.Zeros(x.Shape()...)
			for i := range g.Dim(0) {
				for j := range g.Dim(1) {
					bu, bv := 0, 0
					for u := range f {
						for v := range f {
							if x.At(i*f+u, j*f+v) > x.At(i*f+bu, j*f+bv) {
								bu, bv = u, v
							}
						}
					}
					dx.Set(g.At(i, j), bu, bv)
				}
			}
			return dx
		}, []string{"B8"}},
		{fresh, "no channel in the place", Flatten, func(x *cnn.Tensor) []float64 {
			flat := make([]float64, x.Size())
			for c := range x.Dim(0) {
				for i := range x.Dim(1) {
					for j := range x.Dim(2) {
						flat[i*x.Dim(2)+j] = x.At(c, i, j)
					}
				}
			}
			return flat
		}, []string{"L6"}},
		{fresh, "only the mistakes are counted", Confusion, func(truth, predicted []int, classes int) [][]int {
			counts := make([][]int, classes)
			for i := range counts {
				counts[i] = make([]int, classes)
			}
			for i, t := range truth {
				if predicted[i] != t {
					counts[t][predicted[i]]++
				}
			}
			return counts
		}, []string{"N28"}},
		{fresh, "average pooling in LeNet", Operation{}, func() Result {
			return Network(layers.Sequential(
				layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.ReLU(), layers.AvgPool2D(2),
				layers.Conv2D(6, 16, 5), layers.ReLU(), layers.AvgPool2D(2), layers.Flatten(),
				layers.Linear(400, 120), layers.ReLU(), layers.Linear(120, 84), layers.ReLU(), layers.Linear(84, 10)), models.LeNet(), 1, 1, 28, 28)
		}, []string{"M40"}},
		{fresh, "the places of the input for those of the map", Connections, func(in, out, k, h, w int) int {
			return (k*k*in + 1) * out * (h + k - 1) * (w + k - 1)
		}, []string{"N38"}},
		{fresh, "dropout of the paper of 2012: scaled when used", Operation{}, func() Result {
			source := rand.New(rand.NewPCG(1, 2))
			return Dropout(func(x *cnn.Tensor, p float64, training bool) *cnn.Tensor {
				if !training {
					return cnn.Scale(x, 1-p)
				}
				return fill(func(i []int) float64 {
					if source.Float64() < p {
						return 0
					}
					return x.At(i...)
				}, x.Shape()...)
			})
		}, []string{"V23"}},
		{fresh, "the biases divided among the groups", GroupedParams, func(in, out, k, g int) int { return k*k*in/g*out + out/g }, []string{"N39"}},
		{fresh, "sorted upwards", TopK, func(scores []float64, class, k int) bool {
			order := make([]int, len(scores))
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
			return slices.Contains(order[:k], class)
		}, []string{"N10"}},
		{fresh, "0 to 255", Brighten, func(x *cnn.Tensor, f float64) *cnn.Tensor { return cnn.Clamp(cnn.Scale(x, f), 0, 255) }, []string{"M111"}},
		{fresh, "3 for 3×3", StackParams, func(n, c int) int { return n * (3*c + 1) * c }, []string{"P1"}},
		{fresh, "the 1×1 as dear as the k×k", Bottleneck, func(in, mid, out, k, h, w int) int { return h * w * k * k * (in*mid + mid*out) }, []string{"N24"}},
		{fresh, "the mean of the whole tensor", GlobalAverage, func(x *cnn.Tensor) []float64 {
			return slices.Repeat([]float64{cnn.Mean(x).Item()}, x.Dim(0))
		}, []string{"M46"}},
		{fresh, "reshaped to pixels × channels without turning", PixelLayer, func(x, w *cnn.Tensor, bias []float64) *cnn.Tensor {
			pixels := x.Reshape(x.Dim(1)*x.Dim(2), x.Dim(0))
			y := cnn.Transpose(cnn.MatMul(pixels, cnn.Transpose(w))).Reshape(w.Dim(0), x.Dim(1), x.Dim(2))
			return fill(func(i []int) float64 { return y.At(i...) + bias[i[0]] }, y.Shape()...)
		}, []string{"V24"}},
		{fresh, "channels taken in turn", JoinChannels, func(a, b *cnn.Tensor) *cnn.Tensor {
			var all []*cnn.Tensor
			for c := range max(a.Dim(0), b.Dim(0)) {
				for _, t := range []*cnn.Tensor{a, b} {
					if c < t.Dim(0) {
						all = append(all, cnn.Slice(t, 0, c, c+1))
					}
				}
			}
			return cnn.ConcatAlong(0, all...)
		}, []string{"V21"}},
		{fresh, "the two numbers of a path exchanged", Operation{}, func() Result {
			s := stage
			return Network(layers.Concat(
				relu(layers.Conv2D(192, s.One, 1)),
				relu(layers.Conv2D(192, s.Three[1], 1), layers.Conv2D(s.Three[1], s.Three[0], 3, cnn.Padding(1))),
				relu(layers.Conv2D(192, s.Five[0], 1), layers.Conv2D(s.Five[0], s.Five[1], 5, cnn.Padding(2))),
				layers.Sequential(layers.MaxPool2D(3, cnn.Stride(1), cnn.Padding(1)), relu(layers.Conv2D(192, s.Pooled, 1)))),
				models.Inception(192, s), 1, 192, 28, 28)
		}, nil},
		{fresh, "cropped from the padded corner only downwards", Operation{}, func() Result {
			return RandomCrop(func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
				return x.Crop(source.IntN(x.Dim(1)-size+1), 0, size, size)
			})
		}, nil},
	}
}
