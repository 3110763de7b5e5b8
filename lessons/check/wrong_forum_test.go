package check

import (
	"math"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
)

// The answers of this file were written after those of wrong_test.go, from what
// learners ask in course forums, with their loops as they write them, before
// the recogniser was tried on any. A cause is what a tutor would say; where
// the table has none for it, there is none.

func forumLesson7() []wrong {
	return []wrong{
		{"7+", "a frame in which the image lies at p,p but the size grows by p", ZeroPadding, func(x *cnn.Tensor, p int) *cnn.Tensor {
			y := cnn.Zeros(x.Dim(0)+p, x.Dim(1)+p)
			for i := range x.Dim(0) {
				for j := range x.Dim(1) {
					if i+p < y.Dim(0) && j+p < y.Dim(1) {
						y.Set(x.At(i, j), i+p, j+p)
					}
				}
			}
			return y
		}, []string{"M12"}},
		{"7+", "the frame is made and the image stays in the corner", ZeroPadding, func(x *cnn.Tensor, p int) *cnn.Tensor {
			y := cnn.Zeros(x.Dim(0)+2*p, x.Dim(1)+2*p)
			for i := range x.Dim(0) {
				for j := range x.Dim(1) {
					y.Set(x.At(i, j), i, j)
				}
			}
			return y
		}, []string{"K12"}},
		{"7+", "brackets forgotten in Go", OutputSize, func(n, f, p, s int) int { return n - f + 2*p/s + 1 }, []string{"G2"}},
		{"7+", "float division, rounded at the end", OutputSize, func(n, f, p, s int) int {
			return int(math.Round(float64(n-f+2*p)/float64(s) + 1))
		}, []string{"M30"}},
		{"7+", "the stride is only in the size, not in the index", StridedCrossCorrelation, func(x, k *cnn.Tensor, s, p int) *cnn.Tensor {
			x = cnn.Pad(x, p)
			y := cnn.Zeros((x.Dim(0)-k.Dim(0))/s+1, (x.Dim(1)-k.Dim(1))/s+1)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					sum := 0.0
					for u := range k.Dim(0) {
						for v := range k.Dim(1) {
							sum += x.At(i+u, j+v) * k.At(u, v)
						}
					}
					y.Set(sum, i, j)
				}
			}
			return y
		}, []string{"M16"}},
		{"7+", "the loop jumps by s, and the result is written where the window is", StridedCrossCorrelation, func(x, k *cnn.Tensor, s, p int) *cnn.Tensor {
			x = cnn.Pad(x, p)
			y := cnn.Zeros(x.Dim(0)-k.Dim(0)+1, x.Dim(1)-k.Dim(1)+1)
			for i := 0; i < y.Dim(0); i += s {
				for j := 0; j < y.Dim(1); j += s {
					sum := 0.0
					for u := range k.Dim(0) {
						for v := range k.Dim(1) {
							sum += x.At(i+u, j+v) * k.At(u, v)
						}
					}
					y.Set(sum, i, j)
				}
			}
			return y
		}, []string{"K13"}},
		{"7+", "the size comes from the image before it was padded", StridedCrossCorrelation, func(x, k *cnn.Tensor, s, p int) *cnn.Tensor {
			h, w := (x.Dim(0)-k.Dim(0))/s+1, (x.Dim(1)-k.Dim(1))/s+1
			x = cnn.Pad(x, p)
			y := cnn.Zeros(h, w)
			for i := range h {
				for j := range w {
					sum := 0.0
					for u := range k.Dim(0) {
						for v := range k.Dim(1) {
							sum += x.At(i*s+u, j*s+v) * k.At(u, v)
						}
					}
					y.Set(sum, i, j)
				}
			}
			return y
		}, []string{"K14"}},
		{"7+", "the kernel of the first channel for all", ChannelCrossCorrelation, func(x, k *cnn.Tensor) *cnn.Tensor {
			y := cnn.CrossCorrelate(x.Channel(0), k.Channel(0))
			for c := 1; c < x.Dim(0); c++ {
				y = cnn.Add(y, cnn.CrossCorrelate(x.Channel(c), k.Channel(0)))
			}
			return y
		}, []string{"K15"}},
		{"7+", "the map of the last channel replaces the others", ChannelCrossCorrelation, func(x, k *cnn.Tensor) *cnn.Tensor {
			var y *cnn.Tensor
			for c := range x.Dim(0) {
				y = cnn.CrossCorrelate(x.Channel(c), k.Channel(c))
			}
			return y
		}, []string{"M20"}},
		{"7+", "the bias is added in the loop over channels", ConvolutionLayer, func(x, w *cnn.Tensor, bias []float64, s, p int) *cnn.Tensor {
			y := layerWith(x, w, s, p, func(int) float64 { return 0 })
			for o := range y.Dim(0) {
				for i := range y.Dim(1) {
					for j := range y.Dim(2) {
						sum := y.At(o, i, j)
						for range x.Dim(0) {
							sum += bias[o]
						}
						y.Set(sum, o, i, j)
					}
				}
			}
			return y
		}, []string{"M25"}},
		{"7+", "only the first filter is used", ConvolutionLayer, func(x, w *cnn.Tensor, bias []float64, s, p int) *cnn.Tensor {
			first := cnn.Stack(w.Index(0))
			return layerWith(x, first, s, p, func(o int) float64 { return bias[o] })
		}, []string{"K16"}},
		{"7+", "the bias counted for each channel", Params, func(in, out, k int) int { return in * out * (k*k + 1) }, []string{"P4"}},
	}
}

func forumLesson8() []wrong {
	type pooling = func(x *cnn.Tensor, f, s int) *cnn.Tensor
	return []wrong{
		{"8+", "the best so far is not forgotten at the next window", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			y := cnn.Zeros((x.Dim(0)-f)/s+1, (x.Dim(1)-f)/s+1)
			best := math.Inf(-1)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					for u := range f {
						for v := range f {
							best = max(best, x.At(i*s+u, j*s+v))
						}
					}
					y.Set(best, i, j)
				}
			}
			return y
		}, []string{"A1"}},
		{"8+", "starts with the smallest float, which is not negative", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			y := cnn.Zeros((x.Dim(0)-f)/s+1, (x.Dim(1)-f)/s+1)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					best := math.SmallestNonzeroFloat64
					for u := range f {
						for v := range f {
							best = max(best, x.At(i*s+u, j*s+v))
						}
					}
					y.Set(best, i, j)
				}
			}
			return y
		}, []string{"M44"}},
		{"8+", "the window is one cell too wide", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			y := cnn.Zeros((x.Dim(0)-f)/s+1, (x.Dim(1)-f)/s+1)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					best := math.Inf(-1)
					for u := 0; u <= f; u++ {
						for v := 0; v <= f; v++ {
							if i*s+u < x.Dim(0) && j*s+v < x.Dim(1) {
								best = max(best, x.At(i*s+u, j*s+v))
							}
						}
					}
					y.Set(best, i, j)
				}
			}
			return y
		}, []string{"W11"}},
		{"8+", "the window is one cell too narrow", MaxPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			y := cnn.Zeros((x.Dim(0)-f)/s+1, (x.Dim(1)-f)/s+1)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					best := x.At(i*s, j*s)
					for u := 0; u < f-1; u++ {
						for v := 0; v < f-1; v++ {
							best = max(best, x.At(i*s+u, j*s+v))
						}
					}
					y.Set(best, i, j)
				}
			}
			return y
		}, []string{"W11"}},
		{"8+", "n/s windows", MaxPooling, pooling(func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			y := cnn.Zeros(x.Dim(0)/s, x.Dim(1)/s)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					best := math.Inf(-1)
					for u := range f {
						for v := range f {
							if i*s+u < x.Dim(0) && j*s+v < x.Dim(1) {
								best = max(best, x.At(i*s+u, j*s+v))
							}
						}
					}
					y.Set(best, i, j)
				}
			}
			return y
		}), []string{"M47"}},
		{"8+", "integer mean", AvgPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			y := cnn.Zeros((x.Dim(0)-f)/s+1, (x.Dim(1)-f)/s+1)
			for i := range y.Dim(0) {
				for j := range y.Dim(1) {
					sum := 0
					for u := range f {
						for v := range f {
							sum += int(x.At(i*s+u, j*s+v))
						}
					}
					y.Set(float64(sum/(f*f)), i, j)
				}
			}
			return y
		}, []string{"W12"}},
		{"8+", "the mean is divided by four", AvgPooling, func(x *cnn.Tensor, f, s int) *cnn.Tensor {
			return cnn.Scale(cnn.AvgPool2D(x, f, cnn.Stride(s)), float64(f*f)/4)
		}, []string{"W13"}},
		{"8+", "the mask without the gradient", MaxPoolingBackward, func(x, g *cnn.Tensor, f int) *cnn.Tensor {
			dx := cnn.Zeros(x.Dim(0), x.Dim(1))
			for i := range g.Dim(0) {
				for j := range g.Dim(1) {
					a, b := i*f, j*f
					for u := range f {
						for v := range f {
							if x.At(i*f+u, j*f+v) > x.At(a, b) {
								a, b = i*f+u, j*f+v
							}
						}
					}
					dx.Set(1, a, b)
				}
			}
			return dx
		}, []string{"B4"}},
		{"8+", "every cell that was best for a while gets the gradient", MaxPoolingBackward, func(x, g *cnn.Tensor, f int) *cnn.Tensor {
			dx := cnn.Zeros(x.Dim(0), x.Dim(1))
			for i := range g.Dim(0) {
				for j := range g.Dim(1) {
					best := math.Inf(-1)
					for u := range f {
						for v := range f {
							if at := x.At(i*f+u, j*f+v); at > best {
								best = at
								dx.Set(g.At(i, j), i*f+u, j*f+v)
							}
						}
					}
				}
			}
			return dx
		}, []string{"B7"}},
		{"8+", "the gradient of the mean divided by f", AvgPoolingBackward, func(x, g *cnn.Tensor, f int) *cnn.Tensor {
			return fill(func(i []int) float64 { return g.At(i[0]/f, i[1]/f) / float64(f) }, x.Shape()...)
		}, []string{"W6"}},
		{"8+", "the channels side by side, pixel for pixel", Flatten, func(x *cnn.Tensor) []float64 {
			return floats(cnn.Transpose(x, 1, 2, 0))
		}, []string{"M51"}},
		{"8+", "each row of all channels in turn", Flatten, func(x *cnn.Tensor) []float64 {
			return floats(cnn.Transpose(x, 1, 0, 2))
		}, []string{"L5"}},
	}
}

func forumLesson9() []wrong {
	lenet := func(parts ...layers.Layer) func() Result {
		return func() Result { return Network(layers.Sequential(parts...), models.LeNet(), 1, 1, 28, 28) }
	}
	conv1, conv2 := layers.Conv2D(1, 6, 5, cnn.Padding(2)), layers.Conv2D(6, 16, 5)
	relu, pool := layers.ReLU(), layers.MaxPool2D(2)
	head := layers.Sequential(layers.Flatten(), layers.Linear(400, 120), layers.ReLU(), layers.Linear(120, 84), layers.ReLU(), layers.Linear(84, 10))
	return []wrong{
		{"9+", "padding 2 in the second convolution as well", Operation{}, lenet(conv1, relu, pool, layers.Conv2D(6, 16, 5, cnn.Padding(2)), relu, pool, layers.Flatten(), layers.Linear(784, 120), relu, layers.Linear(120, 84), relu, layers.Linear(84, 10)), []string{"X4"}},
		{"9+", "flatten forgotten", Operation{}, lenet(conv1, relu, pool, conv2, relu, pool, layers.Linear(400, 120), relu, layers.Linear(120, 84), relu, layers.Linear(84, 10)), []string{"X1"}},
		{"9+", "no ReLU between the fully connected layers", Operation{}, lenet(conv1, relu, pool, conv2, relu, pool, layers.Flatten(), layers.Linear(400, 120), layers.Linear(120, 84), layers.Linear(84, 10)), []string{"M86"}},
		{"9+", "no second pooling", Operation{}, lenet(conv1, relu, pool, conv2, relu, layers.Flatten(), layers.Linear(1600, 120), relu, layers.Linear(120, 84), relu, layers.Linear(84, 10)), []string{"X1"}},
		{"9+", "the 84 layer is left out", Operation{}, lenet(conv1, relu, pool, conv2, relu, pool, layers.Flatten(), layers.Linear(400, 120), relu, layers.Linear(120, 10)), []string{"X1"}},
		{"9+", "3×3 kernels", Operation{}, lenet(layers.Conv2D(1, 6, 3, cnn.Padding(1)), relu, pool, layers.Conv2D(6, 16, 3), relu, pool, head), []string{"X5"}},
		{"9+", "the pools halve and the convolutions do not shrink", LeNetFlat, func(n, p int) int { return 16 * (n / 4) * (n / 4) }, []string{"N34"}},
		{"9+", "the padding counted for the second convolution too", LeNetFlat, func(n, p int) int {
			a := (n + 2*p - 4) / 2
			b := (a + 2*p - 4) / 2
			return 16 * b * b
		}, []string{"N12", "N13"}},
		{"9+", "row and column exchanged", FlatIndex, func(c, i, j, h, w int) int { return c*h*w + j*w + i }, []string{"L3"}},
		{"9+", "the channel last", FlatIndex, func(c, i, j, h, w int) int { return i*w + j + c }, []string{"L4"}},
		{"9+", "w·w cells a channel", FlatIndex, func(c, i, j, h, w int) int { return c*w*w + i*w + j }, []string{"C2"}},
		{"9+", "the biases once per filter", Connections, func(in, out, k, h, w int) int { return k*k*in*out*h*w + out }, []string{"N16"}},
		{"9+", "cells of the kernel for cells of the map", Connections, func(in, out, k, h, w int) int { return (k*k*in + 1) * out * k * k }, []string{"N35"}},
		{"9+", "a bias for every connection of maps", C3Params, func(table [][]int) int {
			n := 0
			for _, seen := range table {
				n += len(seen) * 26
			}
			return n
		}, []string{"P4"}},
		{"9+", "only the diagonal", Confusion, func(truth, predicted []int, classes int) [][]int {
			c := counted(nil, nil, classes)
			for i := range truth {
				if truth[i] == predicted[i] {
					c[truth[i]][truth[i]]++
				}
			}
			return c
		}, []string{"N29"}},
		{"9+", "one row shared by all", Confusion, func(truth, predicted []int, classes int) [][]int {
			row := make([]int, classes)
			c := make([][]int, classes)
			for i := range c {
				c[i] = row
			}
			for i := range truth {
				c[truth[i]][predicted[i]]++
			}
			return c
		}, []string{"N36"}},
	}
}

func forumLesson11() []wrong {
	block := func(parts ...layers.Layer) func() Result {
		return func() Result {
			return Network(layers.Sequential(parts...), layers.Sequential(models.VGGFrom(3, []models.VGGStage{{Convolutions: 2, Maps: 8}}, 1, nil, 1).Children()[:5]...), 1, 3, 16, 16)
		}
	}
	relu := layers.ReLU()
	return []wrong{
		{"11+", "every convolution from in to out", Operation{}, block(layers.Conv2D(3, 8, 3, cnn.Padding(1)), relu, layers.Conv2D(3, 8, 3, cnn.Padding(1)), relu, layers.MaxPool2D(2)), []string{"M85"}},
		{"11+", "a pool after each convolution", Operation{}, block(layers.Conv2D(3, 8, 3, cnn.Padding(1)), relu, layers.MaxPool2D(2), layers.Conv2D(8, 8, 3, cnn.Padding(1)), relu, layers.MaxPool2D(2)), []string{"X6"}},
		{"11+", "one convolution only", Operation{}, block(layers.Conv2D(3, 8, 3, cnn.Padding(1)), relu, layers.MaxPool2D(2)), []string{"X1"}},
		{"11+", "the pool forgotten", Operation{}, block(layers.Conv2D(3, 8, 3, cnn.Padding(1)), relu, layers.Conv2D(8, 8, 3, cnn.Padding(1)), relu), nil},
		{"11+", "3×3 pool with stride 2", Operation{}, block(layers.Conv2D(3, 8, 3, cnn.Padding(1)), relu, layers.Conv2D(8, 8, 3, cnn.Padding(1)), relu, layers.MaxPool2D(3, cnn.Stride(2))), []string{"X5"}},
		{"11+", "logarithm rounded up", Blocks, func(n int) int { return int(math.Ceil(math.Log2(float64(n)))) }, []string{"M29"}},
		{"11+", "one less", Blocks, func(n int) (b int) {
			for ; n > 2; n /= 2 {
				b++
			}
			return b
		}, []string{"N19"}},
		{"11+", "only while it divides evenly", Blocks, func(n int) (b int) {
			for ; n%2 == 0; n /= 2 {
				b++
			}
			return b
		}, []string{"N37"}},
		{"11+", "biases of one layer", StackParams, func(n, c int) int { return n*9*c*c + c }, []string{"N21"}},
		{"11+", "channels grow by n", StackParams, func(n, c int) int { return n*c*(9*n*c) + n*c }, nil},
		{"11+", "powers of three", StackParams, func(n, c int) int { return (int(math.Pow(9, float64(n)))*c + 1) * c }, nil},
		{"11+", "only the stride before", ReceptiveField, func(list [][]int) int {
			r, before := 1, 1
			for _, l := range list {
				r += (l[0] - 1) * before
				before = l[1]
			}
			return r
		}, []string{"F4"}},
		{"11+", "the jump is added", ReceptiveField, func(list [][]int) int {
			r, j := 1, 1
			for _, l := range list {
				r += (l[0] - 1) * j
				j += l[1]
			}
			return r
		}, []string{"F7"}},
		{"11+", "the last layer's field alone", ReceptiveField, func(list [][]int) int { return list[len(list)-1][0] }, []string{"F8"}},
		{"11+", "backwards formula walked forwards", ReceptiveField, func(list [][]int) int {
			r := 1
			for _, l := range list {
				r = (r-1)*l[1] + l[0]
			}
			return r
		}, []string{"F5"}},
	}
}
