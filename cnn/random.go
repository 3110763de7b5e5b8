package cnn

import (
	"math/rand/v2"
	"sync"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// source is the one source of random numbers, the same at every start, so that
// a lesson and a student's screen agree.
var source = &lockedSource{pcg: rand.NewPCG(1, 0)}

type lockedSource struct {
	mu  sync.Mutex
	pcg *rand.PCG
}

func (s *lockedSource) Uint64() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pcg.Uint64()
}

// Seed makes the random numbers of cnn and the packages below it start anew:
// the same seed gives the same weights, dropouts and shuffles. A process starts
// with seed 1.
func Seed(seed uint64) {
	source.mu.Lock()
	defer source.mu.Unlock()
	source.pcg.Seed(seed, 0)
}

// Rand returns the source of random numbers that [Seed] sets. It may be used by
// several goroutines.
func Rand() *rand.Rand { return rand.New(source) }

// Uniform returns a tensor of random numbers between low and high.
func Uniform(low, high float64, shape ...int) *Tensor {
	return drawn("Uniform", shape, func(r *rand.Rand) float64 { return low + (high-low)*r.Float64() })
}

// Normal returns a tensor of random numbers with a normal distribution.
func Normal(mean, deviation float64, shape ...int) *Tensor {
	return drawn("Normal", shape, func(r *rand.Rand) float64 { return mean + deviation*r.NormFloat64() })
}

func drawn(op string, shape []int, draw func(*rand.Rand) float64) *Tensor {
	checkRoom(op, shape)
	t, r := newTensor(shape, nil), Rand()
	for i := range t.storage.data {
		t.storage.data[i] = float32(draw(r))
	}
	return t
}

// Dropout sets every value to 0 with probability p and multiplies the others by
// 1/(1−p), so that the mean stays: what a network does while it trains. The
// draw comes from [Seed]'s numbers.
//
// Srivastava et al., "Dropout: a simple way to prevent neural networks from
// overfitting", 2014.
func Dropout(x *Tensor, p float64) *Tensor {
	if !(p >= 0 && p < 1) {
		panic(misuse("Dropout", "", "p = %g is not possible: want 0 ≤ p < 1", p))
	}
	given("Dropout", x)
	x = x.contiguous()
	y := result("Dropout", x.shape, x)
	if y.IsShapeOnly() {
		return y
	}
	mask := newTensor(x.shape, x.lab).data()
	key, keep := source.Uint64(), float32(1/(1-p))
	compute.For(len(mask), 1<<13, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			mask[i] = 0
			if float64(mix(key+uint64(i))>>11)/(1<<53) >= p {
				mask[i] = keep
			}
		}
	})
	compute.Mul(y.data(), x.data(), mask)
	return y.made(func() {
		compute.MulAdd(x.adding(), y.grad.data, mask)
	})
}

// mix scrambles a counter: the SplitMix64 of Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", 2014.
func mix(z uint64) uint64 {
	z *= 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
