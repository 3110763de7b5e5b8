package cnn

import (
	"slices"
	"sync"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// A Workspace lends storage to the results of one training step and takes it
// back before the next, so that a steady step allocates none. What a tensor of
// the workspace is computed into belongs to the workspace too, through all
// operations, and so do the gradients on the way. Package train uses it;
// whatever it shows to anybody else is kept first:
//
//	x := lab.Lend(batch)   // results of x take their storage from lab
//	loss := …              // forward, Backward, Update
//	shown := y.Keep()      // y keeps its values
//	lab.Reset()            // everything else is gone
//
// A tensor whose storage went back says so when it is used. The methods of a
// nil *Workspace allocate.
type Workspace struct {
	mu     sync.Mutex
	floats shelf[float32]
	places shelf[int32]
	stores []*storage // free to lend
	lent   []loan
	marked [][]int32
}

// A loan is a storage and which of its issues was lent.
type loan struct {
	*storage
	issue uint64
}

// NewWorkspace returns an empty workspace.
func NewWorkspace() *Workspace {
	return &Workspace{floats: shelf[float32]{}, places: shelf[int32]{}}
}

// Lend returns a view of t whose results take their storage from w.
func (w *Workspace) Lend(t *Tensor) *Tensor {
	l := t.same("Lend")
	l.lab = w
	return l
}

// Keep makes the values of t stay when its workspace takes its storage back,
// and returns a view of t whose results are ordinary tensors.
func (t *Tensor) Keep() *Tensor {
	k := t.same("Keep")
	k.need("Keep").kept.Store(true)
	k.lab = nil
	return k
}

// Reset takes back what was lent since the last Reset and was not kept.
func (w *Workspace) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.lent {
		if l.issue == l.storage.issue {
			w.takeBack(l.storage)
		}
	}
	for _, m := range w.marked {
		w.places.put(m)
	}
	clear(w.lent)
	clear(w.marked)
	w.lent, w.marked = w.lent[:0], w.marked[:0]
}

// takeBack makes a storage free to lend, unless it was kept; tensors over it no
// longer match.
func (w *Workspace) takeBack(s *storage) {
	if !s.kept.Load() {
		s.issue++
		w.stores = append(w.stores, s)
	}
}

// Release gives the storage of t back before the workspace is reset: nothing will
// look at t, or at a view of it, any more, nor will the gradient of a result of t
// need its values, and the next results use memory that is still in the cache. It
// does so for a result in a workspace that has no gradient, and nothing for other
// tensors.
func (t *Tensor) Release() {
	given("Release", t)
	if t.lab == nil || t.tracked || t.isGone() || t.storage.lender != t.lab {
		return
	}
	t.lab.mu.Lock()
	defer t.lab.mu.Unlock()
	t.lab.takeBack(t.storage)
}

// lend returns storage of n cells, which may hold anything, until the next Reset.
func (w *Workspace) lend(n int) *storage {
	if w == nil {
		return &storage{data: compute.Room(n)}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.fitting(n)
	if s == nil {
		s = &storage{data: compute.Room(n), lender: w}
	}
	w.lent = append(w.lent, loan{s, s.issue})
	return s
}

// fitting returns the smallest free storage that is large enough, and not so
// large that most of it would be wasted.
func (w *Workspace) fitting(n int) *storage {
	best := -1
	for i, s := range w.stores {
		if c := cap(s.data); c >= n && c <= 2*n && (best < 0 || c <= cap(w.stores[best].data)) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	s := w.stores[best]
	w.stores = slices.Delete(w.stores, best, best+1)
	s.touch()
	s.data = s.data[:n]
	return s
}

// ints returns n places (of maxima) until the next Reset.
func (w *Workspace) ints(n int) []int32 {
	if w == nil {
		return make([]int32, n)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.places.take(n)
	w.marked = append(w.marked, m)
	return m
}

// slice returns room for n cells of a gradient, to be given back with
// returnSlice.
func (w *Workspace) slice(n int) []float32 {
	if w == nil {
		return compute.Zeros[float32](n)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.floats.take(n)
}

// returnSlice takes back what slice gave.
func (w *Workspace) returnSlice(s []float32) {
	if w != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.floats.put(s)
	}
}

// returnGradient takes back the gradient of a result that has passed it on,
// unless somebody saw it.
func (w *Workspace) returnGradient(g *gradient) {
	if w == nil || g.seen || g.data == nil {
		return
	}
	w.returnSlice(g.data)
	*g = gradient{}
}

// A shelf holds slices by length.
type shelf[T float32 | int32] map[int][][]T

func (s shelf[T]) take(n int) []T {
	if free := s[n]; len(free) > 0 {
		last := len(free) - 1
		t := free[last]
		free[last], s[n] = nil, free[:last]
		return t
	}
	return compute.Zeros[T](n)
}

func (s shelf[T]) put(t []T) { s[len(t)] = append(s[len(t)], t) }
