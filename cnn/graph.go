package cnn

import (
	"fmt"
	"slices"
	"sync/atomic"
)

// A node says how a tensor was made: by which operation, from which tensors,
// and how to pass a gradient on to them.
type node struct {
	op     string
	inputs []edge
	back   func() // adds to the inputs' gradients; nil for a leaf
	number uint64 // later nodes have larger numbers
	work   int    // products or cells that the result took, for yield points
	done   bool   // Backward has been here
	name   string
	after  uint64 // version of the result

	few [3]edge // room for inputs
}

// An edge is an input and the version of its values when they were used.
type edge struct {
	from    *Tensor
	version uint64
}

var (
	numbers atomic.Uint64 // the last node's number
	walks   atomic.Uint64 // the last walk's
	noGrad  atomic.Int64  // how many NoGrad calls run
)

// Parameter returns a leaf over the same values as t whose gradient
// [Tensor.Backward] computes: a weight, or an image that is to be changed.
func Parameter(t *Tensor) *Tensor {
	given("Parameter", t)
	p := t.alias(t.layout)
	p.lab, p.tracked = nil, true
	p.node.name = t.node.name
	p.node.number = numbers.Add(1)
	return p
}

// NoGrad runs f without recording how results are made: evaluation needs less
// memory that way. It holds for the whole process while f runs.
func NoGrad(f func()) {
	noGrad.Add(1)
	defer noGrad.Add(-1)
	f()
}

// IsTracked says whether Backward computes a gradient for the tensor: it is a
// Parameter, or made from one outside NoGrad.
func (t *Tensor) IsTracked() bool {
	given("IsTracked", t)
	return t.tracked
}

// Detach returns a tensor over the same values that no gradient passes.
func (t *Tensor) Detach() *Tensor {
	given("Detach", t)
	return t.alias(t.layout)
}

// result returns the tensor that op is about to fill (its cells may hold
// anything), or one without data when an input has none. Inputs that are nil
// were left out by the caller.
func result(op string, shape []int, inputs ...*Tensor) *Tensor {
	checkShape(op, shape)
	var lab *Workspace
	for _, x := range inputs {
		if x == nil {
			continue
		}
		if x.IsShapeOnly() {
			return ShapeOnly(shape...)
		}
		x.need(op)
		if lab == nil {
			lab = x.lab
		}
	}
	checkRoom(op, shape)
	rest(cellsOf(shape))
	y := newTensor(shape, lab)
	y.record(op, inputs)
	return y
}

// record notes how y is made, if anybody will want to know: Backward, or the
// check for NaN.
func (y *Tensor) record(op string, inputs []*Tensor) {
	y.node.op = op
	tracked := func(x *Tensor) bool { return x != nil && x.tracked }
	y.tracked = noGrad.Load() == 0 && slices.ContainsFunc(inputs, tracked)
	if !y.tracked && !checking.Load() {
		return
	}
	y.node.number = numbers.Add(1)
	y.node.inputs = y.node.few[:0]
	for _, x := range inputs {
		if x != nil {
			y.node.inputs = append(y.node.inputs, edge{x, x.need(op).remember()})
		}
	}
}

// made finishes an operation: back adds to the gradients of its inputs.
func (y *Tensor) made(back func()) *Tensor {
	if checking.Load() {
		y.checkNaN()
	}
	if !y.tracked {
		y.node.inputs = nil
		return y
	}
	y.node.back = back
	y.node.after = y.storage.remember()
	return y
}

// costs counts the work that y takes, and will take again in Backward, and
// yields after much of it.
func (y *Tensor) costs(work int) {
	y.node.work = work
	rest(work)
}

// A gradient is ∂(what Backward was called on)/∂(the tensor), cell by cell in
// the tensor's order.
type gradient struct {
	data   []float32
	filled bool // holds something
	seen   bool // Grad handed it out: it must not change any more
}

// into returns where to put a contribution to x's gradient, and whether to add
// to what is there or to write; nil when nobody wants the gradient.
func (x *Tensor) into() (dx []float32, add bool) {
	if x == nil || !x.tracked {
		return nil, false
	}
	g := &x.grad
	if g.seen {
		g.data, g.seen = slices.Clone(g.data), false
	}
	if g.data == nil {
		g.data = x.lab.slice(x.Size())
	}
	add, g.filled = g.filled, true
	return g.data, add
}

// adding is into for contributions that only add.
func (x *Tensor) adding() []float32 {
	dx, add := x.into()
	if !add {
		clear(dx)
	}
	return dx
}

// handOver passes y's gradient on to x, whose cells are the same in the same
// order: the storages change places where y's workspace would take one back.
func (y *Tensor) handOver(x *Tensor) {
	if y.lab != nil && x.grad.data != nil && !x.grad.filled && !x.grad.seen && !y.grad.seen {
		x.grad.data, y.grad.data = y.grad.data, x.grad.data
		x.grad.filled = true
		return
	}
	dx, add := x.into()
	accumulate(dx, y.grad.data, add)
}

// Grad returns the gradient that Backward left, of the tensor's shape: zeros
// before. The returned tensor keeps its values.
func (t *Tensor) Grad() *Tensor {
	given("Grad", t)
	if !t.tracked {
		panic(misuse("Grad", "make it a cnn.Parameter before it is used", "the tensor of %s has no gradient: it is neither a Parameter nor made from one", Dims(t.shape)))
	}
	if !t.grad.filled {
		return Zeros(t.shape...)
	}
	t.grad.seen = true
	return &Tensor{layout: dense(t.Shape()), storage: &storage{data: t.grad.data}}
}

// ZeroGrad forgets the gradient, as every training step must: Backward adds.
func (t *Tensor) ZeroGrad() {
	given("ZeroGrad", t)
	if t.grad.seen {
		t.grad = gradient{}
	}
	t.grad.filled = false
}

// Update hands the values of a contiguous parameter and its gradient to f,
// which changes them in place: an optimiser's step. It does nothing when there
// is no gradient. f must not keep the slices.
func (t *Tensor) Update(f func(values, gradient []float32)) {
	given("Update", t)
	if !t.grad.filled {
		return
	}
	if !t.isDense() {
		panic(misuse("Update", "make the Parameter of a Clone", "the cells of this view of %s do not lie side by side", Dims(t.shape)))
	}
	if t.grad.seen {
		t.grad.data, t.grad.seen = slices.Clone(t.grad.data), false
	}
	t.storage.touch()
	f(t.data(), t.grad.data)
}

// Backward computes the gradient of t with respect to everything it was made
// from that is tracked, adding to the gradients that are there. t is a single
// number, such as a loss, or comes with the gradient to start from, of t's
// shape. It runs once for every graph: the next step computes a new one.
//
// It visits the tensors in the reverse order of their making, so that a tensor
// used twice has both contributions before it passes them on (reverse mode;
// Griewank and Walther, "Evaluating Derivatives", section 3.2).
func (t *Tensor) Backward(start ...*Tensor) {
	given("Backward", t)
	given("Backward", start...)
	t.seed(start)
	for _, n := range t.history() {
		n.passOn()
	}
}

// seed puts the gradient to start from into t.
func (t *Tensor) seed(start []*Tensor) {
	switch {
	case !t.tracked:
		panic(misuse("Backward", "make the weights cnn.Parameter, and compute outside NoGrad", "nothing that the tensor of %s was made from is a Parameter", Dims(t.shape)))
	case t.node.done:
		panic(misuse("Backward", "compute the result again, or add several results into one and call Backward on that", "it ran on this result already"))
	case len(start) > 1:
		panic(misuse("Backward", "", "%d gradients to start from: want one at most", len(start)))
	case len(start) == 1 && !slices.Equal(start[0].shape, t.shape):
		panic(misfit("Backward", "equal shapes", "", NamedShape{"gradient", start[0].Shape()}, NamedShape{"result", t.Shape()}))
	case len(start) == 0 && t.Size() != 1:
		panic(&ShapeError{"Backward", []NamedShape{{"result", t.Shape()}}, fmt.Sprintf("the result %s holds %d numbers", Dims(t.shape), t.Size()), "a single number, such as a loss", "use Sum or Mean first, or hand over a gradient of that shape"})
	}
	if len(start) == 0 {
		t.adding()[0]++
		return
	}
	dt, add := t.into()
	accumulate(dt, start[0].contiguous().data(), add)
}

// history returns t and all it was made from that is tracked, latest first.
func (t *Tensor) history() []*Tensor {
	walk := walks.Add(1)
	t.mark = walk
	found := append(make([]*Tensor, 0, 64), t)
	for i := 0; i < len(found); i++ {
		for _, e := range found[i].node.inputs {
			if x := e.from; x.tracked && x.mark != walk {
				x.mark = walk
				found = append(found, x)
			}
		}
	}
	slices.SortFunc(found, func(a, b *Tensor) int {
		if a.node.number > b.node.number {
			return -1
		}
		return 1
	})
	return found
}

// passOn adds to the gradients of the tensors that t was made from.
func (t *Tensor) passOn() {
	n := &t.node
	if n.inputs == nil || !t.grad.filled {
		return
	}
	if n.done {
		panic(misuse("Backward", "add the results into one and call Backward on that", "it already ran through the result of %s that this one was made from", n.op))
	}
	n.checkVersions(t)
	n.done = true
	rest(max(t.Size(), n.work))
	n.back()
	n.back = nil
	if checking.Load() {
		t.checkGradients()
	}
	t.lab.returnGradient(&t.grad)
}

// checkVersions panics when values changed between forward and backward.
func (n *node) checkVersions(t *Tensor) {
	changed := n.after != t.storage.version.Load()
	for _, e := range n.inputs {
		changed = changed || e.version != e.from.storage.version.Load()
	}
	if changed {
		panic(misuse("Backward", "change values after Backward, or change a Clone", "values that %s used were changed (by Set, CopyFrom or Update) before its gradient was computed", n.op))
	}
}

// SetName names the tensor for drawings of the graph.
func (t *Tensor) SetName(name string) {
	given("SetName", t)
	t.node.name = name
}

// Name returns the name set by SetName.
func (t *Tensor) Name() string {
	given("Name", t)
	return t.node.name
}
