package cnn

import (
	"fmt"
	"math"
	"slices"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// LocalResponseNorm divides every value by a power of the squares at the same
// place in size neighbouring channels:
//
//	y[c] = x[c] / (k + α·Σ x[c′]²)ᵝ   over c′ from c−size/2 to c+size/2
//
// AlexNet has size 5, α = 1e-4, β = 0.75, k = 2. It takes C×H×W or N×C×H×W.
//
// Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep
// convolutional neural networks", section 3.3. PyTorch divides α by size; this
// function, like the paper, does not.
func LocalResponseNorm(x *Tensor, size int, alpha, beta, k float64) *Tensor {
	atLeastIn("LocalResponseNorm", "a size", 1, size)
	needAxes("LocalResponseNorm", "C×H×W or N×C×H×W", x, 3, 4)
	if !(k > 0) || !(alpha >= 0) {
		panic(misuse("LocalResponseNorm", "", "k = %g and α = %g are not possible: want k > 0 and α ≥ 0", k, alpha))
	}
	x = x.contiguous()
	y := result("LocalResponseNorm", x.shape, x)
	if y.IsShapeOnly() {
		return y
	}
	s := fourAxes(x.shape)
	g := &compute.LRN{N: s[0], C: s[1], Plane: s[2] * s[3], Size: size, Alpha: float32(alpha), Beta: float32(beta), K: float32(k)}
	sums := newTensor(x.shape, x.lab).data()
	g.Forward(y.data(), sums, x.data())
	return y.made(func() {
		dx, add := x.into()
		g.Backward(dx, y.grad.data, x.data(), y.data(), sums, add)
	})
}

// BatchNorm shifts and scales every channel of N×C×H×W (or every feature of
// N×F) to mean 0 and variance 1 over the batch, then to the learned scale γ and
// shift β:
//
//	y = γ·(x − mean)/√(variance + ε) + β
//
// It also returns the mean and the variance (divided by the number of values)
// of every channel, without gradient, for the running averages of a layer.
//
// Ioffe and Szegedy, "Batch normalization: accelerating deep network training
// by reducing internal covariate shift", 2015, algorithm 1.
func BatchNorm(x, gamma, beta *Tensor, epsilon float64) (y, mean, variance *Tensor) {
	channels, plane := channelsOf("BatchNorm", epsilon, x, gamma, beta)
	x, gamma, beta = x.contiguous(), gamma.contiguous(), beta.contiguous()
	y = result("BatchNorm", x.shape, x, gamma, beta)
	if y.IsShapeOnly() {
		return y, ShapeOnly(channels), ShapeOnly(channels)
	}
	if x.Size() == channels {
		panic(misuse("BatchNorm", "use larger batches", "each channel has a single value: there is nothing to average"))
	}
	mean, variance = Zeros(channels), Zeros(channels)
	inverse := make([]float64, channels)
	m := make([]float64, channels)
	eachChannel(x, channels, plane, func(c int, runs func(func(lo, hi int))) {
		var v float64
		m[c], v = moments(x.data(), runs)
		inverse[c] = 1 / math.Sqrt(v+epsilon)
		mean.data()[c], variance.data()[c] = float32(m[c]), float32(v)
		normalizeChannel(y.data(), x.data(), runs, m[c], inverse[c]*float64(gamma.data()[c]), float64(beta.data()[c]))
	})
	y.made(func() {
		dx, dg, db := x.adding(), gamma.adding(), beta.adding()
		eachChannel(x, channels, plane, func(c int, runs func(func(lo, hi int))) {
			batchNormBackward(dx, dg, db, y.grad.data, x.data(), c, runs, m[c], inverse[c], float64(gamma.data()[c]))
		})
	})
	return y, mean, variance
}

// batchNormBackward adds to the gradients of one channel:
//
//	dβ = Σ dy,  dγ = Σ dy·x̂,  dx = γ/√(v+ε) · (dy − dβ/n − x̂·dγ/n)
func batchNormBackward(dx, dg, db, dy, x []float32, c int, runs func(func(lo, hi int)), mean, inverse, gamma float64) {
	var sum, dot, n float64
	runs(func(lo, hi int) {
		for i := lo; i < hi; i++ {
			sum += float64(dy[i])
			dot += float64(dy[i]) * (float64(x[i]) - mean) * inverse
		}
		n += float64(hi - lo)
	})
	if db != nil {
		db[c] += float32(sum)
	}
	if dg != nil {
		dg[c] += float32(dot)
	}
	if dx != nil {
		runs(func(lo, hi int) {
			for i := lo; i < hi; i++ {
				hat := (float64(x[i]) - mean) * inverse
				dx[i] += float32(gamma * inverse * (float64(dy[i]) - sum/n - hat*dot/n))
			}
		})
	}
}

// moments returns mean and variance of the cells of a channel.
func moments(x []float32, runs func(func(lo, hi int))) (mean, variance float64) {
	var n float64
	runs(func(lo, hi int) {
		for _, v := range x[lo:hi] {
			mean += float64(v)
		}
		n += float64(hi - lo)
	})
	mean /= n
	runs(func(lo, hi int) {
		for _, v := range x[lo:hi] {
			d := float64(v) - mean
			variance += d * d
		}
	})
	return mean, variance / n
}

// normalizeChannel writes scale·(x − mean) + shift.
func normalizeChannel(y, x []float32, runs func(func(lo, hi int)), mean, scale, shift float64) {
	runs(func(lo, hi int) {
		for i := lo; i < hi; i++ {
			y[i] = float32(scale*(float64(x[i])-mean) + shift)
		}
	})
}

// BatchNormWith is [BatchNorm] with a given mean and variance of every channel,
// such as the running averages that a layer uses after training. They have no
// gradient.
func BatchNormWith(x, mean, variance, gamma, beta *Tensor, epsilon float64) *Tensor {
	channels, plane := channelsOf("BatchNormWith", epsilon, x, gamma, beta, mean, variance)
	x, gamma, beta = x.contiguous(), gamma.contiguous(), beta.contiguous()
	y := result("BatchNormWith", x.shape, x, gamma, beta)
	if y.IsShapeOnly() || mean.IsShapeOnly() || variance.IsShapeOnly() {
		return ShapeOnly(x.shape...)
	}
	m, v := mean.Values(), variance.Values()
	inverse := func(c int) float64 { return 1 / math.Sqrt(float64(v[c])+epsilon) }
	eachChannel(x, channels, plane, func(c int, runs func(func(lo, hi int))) {
		normalizeChannel(y.data(), x.data(), runs, float64(m[c]), inverse(c)*float64(gamma.data()[c]), float64(beta.data()[c]))
	})
	return y.made(func() {
		dx, dg, db := x.adding(), gamma.adding(), beta.adding()
		eachChannel(x, channels, plane, func(c int, runs func(func(lo, hi int))) {
			var sum, dot float64
			slope := float32(inverse(c) * float64(gamma.data()[c]))
			runs(func(lo, hi int) {
				for i := lo; i < hi; i++ {
					d := y.grad.data[i]
					sum += float64(d)
					dot += float64(d) * (float64(x.data()[i]) - float64(m[c])) * inverse(c)
					if dx != nil {
						dx[i] += d * slope
					}
				}
			})
			if dg != nil {
				dg[c] += float32(dot)
			}
			if db != nil {
				db[c] += float32(sum)
			}
		})
	})
}

// channelsOf returns the number of channels of x and the cells of each map, and
// checks that every vector has one number for each channel.
func channelsOf(op string, epsilon float64, x *Tensor, vectors ...*Tensor) (channels, plane int) {
	given(op, vectors...)
	needAxes(op, "N×C×H×W or N×F", x, 2, 4)
	if !(epsilon >= 0) {
		panic(misuse(op, "PyTorch has 1e-5", "ε = %g is not possible: want at least 0", epsilon))
	}
	channels, plane = x.shape[1], cellsOf(x.shape[2:])
	for i, v := range vectors {
		if !slices.Equal(v.shape, []int{channels}) {
			name := []string{"scale", "shift", "mean", "variance"}[i]
			panic(misfit(op, "one number for every channel", fmt.Sprintf("use a %s of %d", name, channels), NamedShape{name, v.Shape()}, NamedShape{"input", x.Shape()}))
		}
	}
	return channels, plane
}

// eachChannel calls f for every channel, in parallel, with the runs of its
// cells in the batch.
func eachChannel(x *Tensor, channels, plane int, f func(c int, runs func(func(lo, hi int)))) {
	compute.For(channels, max(1, 1<<14/(x.Size()/channels)), func(lo, hi int) {
		for c := lo; c < hi; c++ {
			f(c, func(run func(lo, hi int)) {
				for n := range x.shape[0] {
					start := (n*channels + c) * plane
					run(start, start+plane)
				}
			})
		}
	})
}
