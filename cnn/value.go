package cnn

import (
	"fmt"
	"math"
	"slices"
)

// A Value is one number of a computation graph: it knows its value, how it was
// made, and after Backward its gradient. It computes in float64. Its methods
// make new values, so that a formula reads from left to right:
//
//	a, b, c := cnn.NewValue(5), cnn.NewValue(3), cnn.NewValue(2)
//	j := a.Add(b.Mul(c)).Scale(3) // 3·(a + b·c)
//	j.Backward()                  // a.Grad, b.Grad, c.Grad
//
// After A. Karpathy's micrograd.
type Value struct {
	Data float64 // the value
	Grad float64 // ∂(what Backward was called on)/∂(this value)
	Name string  // for drawings

	op     string
	inputs []*Value
	back   func() // adds to the inputs' Grad
}

// NewValue returns a leaf of a graph.
func NewValue(v float64) *Value { return &Value{Data: v} }

// Named sets the name that drawings show, and returns v.
func (v *Value) Named(name string) *Value {
	v.Name = name
	return v
}

// String shows value and gradient.
func (v *Value) String() string {
	s := fmt.Sprintf("%s (gradient %s)", short(v.Data), short(v.Grad))
	if v.Name != "" {
		s = v.Name + " = " + s
	}
	return s
}

func newValue(op string, data float64, inputs ...*Value) *Value {
	return &Value{Data: data, op: op, inputs: inputs}
}

// Add returns v + w.
func (v *Value) Add(w *Value) *Value {
	y := newValue("+", v.Data+w.Data, v, w)
	y.back = func() {
		v.Grad += y.Grad
		w.Grad += y.Grad
	}
	return y
}

// Sub returns v − w.
func (v *Value) Sub(w *Value) *Value {
	y := newValue("−", v.Data-w.Data, v, w)
	y.back = func() {
		v.Grad += y.Grad
		w.Grad -= y.Grad
	}
	return y
}

// Mul returns v·w.
func (v *Value) Mul(w *Value) *Value {
	y := newValue("×", v.Data*w.Data, v, w)
	y.back = func() {
		v.Grad += w.Data * y.Grad
		w.Grad += v.Data * y.Grad
	}
	return y
}

// Div returns v/w.
func (v *Value) Div(w *Value) *Value {
	y := newValue("÷", v.Data/w.Data, v, w)
	y.back = func() {
		v.Grad += y.Grad / w.Data
		w.Grad -= y.Grad * y.Data / w.Data
	}
	return y
}

// Scale returns s·v for a fixed number s.
func (v *Value) Scale(s float64) *Value { return v.slope("×"+short(s), s*v.Data, s) }

// Shift returns v + s for a fixed number s.
func (v *Value) Shift(s float64) *Value { return v.slope("+"+short(s), v.Data+s, 1) }

// Neg returns −v.
func (v *Value) Neg() *Value { return v.slope("−", -v.Data, -1) }

// Pow returns vᵉ for a fixed number e.
func (v *Value) Pow(e float64) *Value {
	slope := 0.0
	if e != 0 {
		slope = e * math.Pow(v.Data, e-1)
	}
	return v.slope("^"+short(e), math.Pow(v.Data, e), slope)
}

// Exp returns eᵛ.
func (v *Value) Exp() *Value { e := math.Exp(v.Data); return v.slope("exp", e, e) }

// Log returns the natural logarithm of v.
func (v *Value) Log() *Value { return v.slope("log", math.Log(v.Data), 1/v.Data) }

// Tanh returns tanh v.
func (v *Value) Tanh() *Value { t := math.Tanh(v.Data); return v.slope("tanh", t, 1-t*t) }

// Sigmoid returns 1/(1+e⁻ᵛ).
func (v *Value) Sigmoid() *Value { s := sigmoid(v.Data); return v.slope("σ", s, s*(1-s)) }

// ReLU returns max(0, v).
func (v *Value) ReLU() *Value {
	if v.Data > 0 {
		return v.slope("ReLU", v.Data, 1)
	}
	return v.slope("ReLU", 0, 0)
}

// slope makes a function of v alone, whose derivative at v is known.
func (v *Value) slope(op string, data, slope float64) *Value {
	y := newValue(op, data, v)
	y.back = func() { v.Grad += slope * y.Grad }
	return y
}

// Backward computes the gradient of v with respect to every value it was made
// from. It starts from zero: earlier gradients of this graph are cleared.
func (v *Value) Backward() {
	order := v.order()
	for _, n := range order {
		n.Grad = 0
	}
	v.Grad = 1
	for _, n := range slices.Backward(order) {
		if n.back != nil {
			n.back()
		}
	}
}

// order returns all values v was made from and v itself, inputs first.
func (v *Value) order() (order []*Value) {
	seen := map[*Value]bool{}
	var visit func(*Value)
	visit = func(v *Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		for _, x := range v.inputs {
			visit(x)
		}
		order = append(order, v)
	}
	visit(v)
	return order
}

// A ValueStep is one step of Backward on a graph of values: one node hands its
// gradient to what it was made from.
type ValueStep struct {
	Node   int       // whose gradient is passed on: a place in Inspect's list
	Inputs []int     // to whom
	Grads  []float64 // the gradients of all values of the list after the step
}

// BackwardSteps does what Backward does and records every step.
func (v *Value) BackwardSteps() []ValueStep {
	order := v.order()
	place := map[*Value]int{}
	for i, n := range order {
		place[n], n.Grad = i, 0
	}
	v.Grad = 1
	var steps []ValueStep
	for i, n := range slices.Backward(order) {
		if n.back == nil {
			continue
		}
		n.back()
		s := ValueStep{Node: i}
		for _, x := range n.inputs {
			s.Inputs = append(s.Inputs, place[x])
		}
		for _, x := range order {
			s.Grads = append(s.Grads, x.Grad)
		}
		steps = append(steps, s)
	}
	return steps
}

// Inspect lists the values v was made from, and v itself, inputs first: what a
// drawing of the graph shows.
func (v *Value) Inspect() []Node {
	order := v.order()
	place := map[*Value]int{}
	nodes := make([]Node, len(order))
	for i, n := range order {
		place[n] = i
		nodes[i] = Node{Name: n.Name, Op: n.op, Value: n}
		for _, x := range n.inputs {
			nodes[i].Inputs = append(nodes[i].Inputs, place[x])
		}
	}
	return nodes
}

// sigmoid returns 1/(1+e⁻ˣ) without overflow.
func sigmoid(x float64) float64 {
	e := math.Exp(-math.Abs(x))
	if x < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}
