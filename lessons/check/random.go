package check

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/convnotes/convnotes/cnn"
)

var (
	seed   uint64 = 1
	stream        = newRand("")
)

// Seed sets where random inputs come from. The first cell of a lesson does so.
func Seed(s int64) {
	mu.Lock()
	defer mu.Unlock()
	seed = uint64(s)
	stream = newRand("")
}

// Reseed is Seed among the checks of an exercise: the checks after it draw
// other inputs. A teacher's hidden checks begin with one.
func Reseed(s int64) Result {
	Seed(s)
	return Result{Passed: true, quiet: true}
}

// newRand returns the random numbers of one name: they depend on the seed and
// on the name, not on what else was drawn. The caller holds mu.
func newRand(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

func randFor(name string) *rand.Rand {
	mu.Lock()
	defer mu.Unlock()
	return newRand(name)
}

// RandomMatrix returns a rows×cols matrix of whole numbers from −9 to 9, other
// ones at every call.
func RandomMatrix(rows, cols int) *cnn.Tensor { return RandomTensor(rows, cols) }

// RandomTensor returns a tensor of whole numbers from −9 to 9, other ones at
// every call.
func RandomTensor(shape ...int) *cnn.Tensor {
	mu.Lock()
	defer mu.Unlock()
	return randomTensor(stream, shape...)
}

func randomTensor(r *rand.Rand, shape ...int) *cnn.Tensor {
	t := cnn.Zeros(shape...)
	for i := range count(shape) {
		t.Set(float64(r.IntN(19)-9), unravel(i, shape)...)
	}
	return t
}

func clone(t *cnn.Tensor) *cnn.Tensor {
	c := cnn.Zeros(t.Shape()...)
	for i := range count(t.Shape()) {
		index := unravel(i, t.Shape())
		c.Set(t.At(index...), index...)
	}
	return c
}
