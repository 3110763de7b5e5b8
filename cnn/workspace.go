package cnn

import "sync"

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
	stores map[int][]*storage // by size, free to lend
	lent   []*storage
	marked [][]int32
}

// NewWorkspace returns an empty workspace.
func NewWorkspace() *Workspace {
	return &Workspace{floats: shelf[float32]{}, places: shelf[int32]{}, stores: map[int][]*storage{}}
}

// Lend returns a view of t whose results take their storage from w.
func (w *Workspace) Lend(t *Tensor) *Tensor {
	l := t.view("Lend", func(l layout) layout { return l })
	l.lab = w
	return l
}

// Keep makes the values of t stay when its workspace takes its storage back,
// and returns a view of t whose results are ordinary tensors.
func (t *Tensor) Keep() *Tensor {
	k := t.view("Keep", func(l layout) layout { return l })
	k.need("Keep").kept.Store(true)
	k.lab = nil
	return k
}

// Reset takes back what was lent since the last Reset and was not kept.
func (w *Workspace) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.lent {
		if !s.kept.Load() {
			s.issue++ // tensors of the last step no longer match
			w.stores[len(s.data)] = append(w.stores[len(s.data)], s)
		}
	}
	for _, m := range w.marked {
		w.places.put(m)
	}
	clear(w.lent)
	clear(w.marked)
	w.lent, w.marked = w.lent[:0], w.marked[:0]
}

// lend returns storage of n cells until the next Reset.
func (w *Workspace) lend(n int) *storage {
	if w == nil {
		return &storage{data: make([]float32, n)}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var s *storage
	if free := w.stores[n]; len(free) > 0 {
		s, w.stores[n] = free[len(free)-1], free[:len(free)-1]
		s.touch()
	} else {
		s = &storage{data: make([]float32, n)}
	}
	w.lent = append(w.lent, s)
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
		return make([]float32, n)
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
	if w == nil || g.seen {
		return
	}
	w.returnSlice(g.data)
	*g = gradient{}
}

// A shelf holds slices by length.
type shelf[T any] map[int][][]T

func (s shelf[T]) take(n int) []T {
	if free := s[n]; len(free) > 0 {
		last := len(free) - 1
		t := free[last]
		free[last], s[n] = nil, free[:last]
		return t
	}
	return make([]T, n)
}

func (s shelf[T]) put(t []T) { s[len(t)] = append(s[len(t)], t) }
