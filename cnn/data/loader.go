package data

import (
	"math/rand/v2"

	"github.com/convnotes/convnotes/cnn"
)

// order returns 0 … n−1 in an order drawn from seed.
func order(n int, seed uint64) []int { return rand.New(rand.NewPCG(seed, 0x0dde)).Perm(n) }

// A Batch is some samples of a Set: inputs N×…, targets N×….
type Batch struct {
	X, Y *cnn.Tensor
	At   []int // their places in the set
}

// A Loader hands out a set batch by batch, the next one being made ready while
// the last one is used.
type Loader struct {
	set     Set
	size    int
	augment Augmentation
	seed    uint64
	bins    chan *bin // free storage
}

type bin struct {
	x, y  []float32
	batch Batch
}

// NewLoader returns a loader of batches of size samples (the last may be
// smaller). augment, which may be nil, changes every picture anew in every
// epoch; all draws follow from seed.
func NewLoader(set Set, size int, augment Augmentation, seed uint64) *Loader {
	l := &Loader{set: set, size: max(1, size), augment: augment, seed: seed, bins: make(chan *bin, 3)}
	for range cap(l.bins) {
		l.bins <- &bin{}
	}
	return l
}

// Batches returns how many batches an epoch has.
func (l *Loader) Batches() int { return (l.set.Len() + l.size - 1) / l.size }

// Epoch calls f with each batch from number first on, in the order of epoch e
// (shuffled unless asked not to), until one returns false. A batch is only
// valid during the call.
func (l *Loader) Epoch(e, first int, shuffle bool, f func(number int, b Batch) bool) {
	at := seq(l.set.Len())
	if shuffle {
		at = order(l.set.Len(), l.seed+uint64(e))
	}
	ready, stop, done := make(chan *bin), make(chan struct{}), make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		defer close(ready)
		for n := first; n < l.Batches(); n++ {
			var b *bin
			select {
			case b = <-l.bins:
			case <-stop:
				return
			}
			l.fill(b, e, at[n*l.size:min((n+1)*l.size, len(at))])
			select {
			case ready <- b:
			case <-stop:
				l.bins <- b
				return
			}
		}
	}()
	n := first
	going := true
	for b := range ready {
		if going && !f(n, b.batch) {
			going = false
			close(stop)
		}
		l.bins <- b
		n++
	}
	if going {
		close(stop)
	}
	if p := <-done; p != nil { // a mistake in the set belongs to the caller
		panic(p)
	}
}

// fill makes a batch in a bin, whose storage is used again.
func (l *Loader) fill(b *bin, epoch int, at []int) {
	if s, ok := l.set.(Batcher); ok {
		xs, ys := s.Shapes()
		b.shape(at, xs, ys)
		s.Batch(b.x, b.y, at)
	} else {
		l.gather(b, at)
	}
	if l.augment == nil {
		return
	}
	n := len(b.x) / len(at)
	shape := b.batch.X.Shape()[1:]
	for k, i := range at {
		picture := b.x[k*n : (k+1)*n]
		changed := l.augment.At(cnn.FromData(picture, shape...), l.seed, epoch, i)
		if &picture[0] != &changed.Data()[0] {
			copy(picture, changed.Values())
		}
	}
}

func (l *Loader) gather(b *bin, at []int) {
	for k, i := range at {
		x, y := l.set.Item(i)
		if k == 0 {
			b.shape(at, x.Shape(), y.Shape())
		}
		if got, want := x.Size(), len(b.x)/len(at); got != want {
			panic(&cnn.ShapeError{Op: "Loader", Shapes: []cnn.NamedShape{{Name: "sample", Shape: x.Shape()}},
				Problem: "sample " + cnn.Dims(x.Shape()) + " does not fit a batch of " + cnn.Dims(b.batch.X.Shape()), Want: "samples of one shape", Fix: "resize or crop the pictures first"})
		}
		copy(b.x[k*x.Size():], x.Values())
		copy(b.y[k*y.Size():], y.Values())
	}
}

// shape makes room for len(at) samples.
func (b *bin) shape(at, xs, ys []int) {
	b.batch.At = at
	nx, ny := len(at), len(at)
	for _, d := range xs {
		nx *= d
	}
	for _, d := range ys {
		ny *= d
	}
	if len(b.x) == nx && len(b.y) == ny && b.batch.X != nil {
		return
	}
	b.x, b.y = make([]float32, nx), make([]float32, ny)
	b.batch.X = cnn.FromData(b.x, append([]int{len(at)}, xs...)...)
	b.batch.Y = cnn.FromData(b.y, append([]int{len(at)}, ys...)...)
}
