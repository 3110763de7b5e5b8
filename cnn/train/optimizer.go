package train

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// An Optimizer changes parameters by their gradients. One method makes an
// optimizer, in a cell too:
//
//	type Plain struct{ Rate float64 }
//
//	func (p Plain) Start(weights []*cnn.Tensor) train.Stepper {
//		return train.StepFunc(func(factor float64) {
//			for _, w := range weights {
//				w.Update(func(values, gradient []float32) {
//					for i := range values {
//						values[i] -= float32(p.Rate*factor) * gradient[i]
//					}
//				})
//			}
//		})
//	}
type Optimizer interface {
	// Start prepares for the given parameters.
	Start(weights []*cnn.Tensor) Stepper
}

// A Stepper does the steps; factor is the schedule's for this step. One that
// remembers something between steps is also an [Accumulator].
type Stepper interface{ Step(factor float64) }

// StepFunc makes a Stepper of a function.
type StepFunc func(factor float64)

// Step calls the function.
func (f StepFunc) Step(factor float64) { f(factor) }

// An Accumulator has values that a checkpoint must keep; State returns always
// the same slices in the same order.
type Accumulator interface{ State() [][]float32 }

// SGD is stochastic gradient descent, with momentum v ← μ·v + g, w ← w − rate·v
// and weight decay g + decay·w.
type SGD struct {
	Rate     float64
	Momentum float64
	Nesterov bool
	Decay    float64
}

// Start prepares for the given parameters.
func (s SGD) Start(weights []*cnn.Tensor) Stepper {
	m := newMoments(weights, 1)
	if s.Momentum == 0 {
		m = newMoments(weights, 0)
	}
	m.update = func(i int, w, g []float32, factor float64) {
		var v []float32
		if s.Momentum != 0 {
			v = m.at(0, i)
		}
		compute.SGD(w, g, v, float32(s.Rate*factor), float32(s.Momentum), float32(s.Decay), s.Nesterov)
	}
	return m
}

// Adam is Kingma and Ba's "Adam: a method for stochastic optimization" (2014),
// with weight decay in the gradient. Zero values mean β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
type Adam struct {
	Rate         float64
	Beta1, Beta2 float64
	Epsilon      float64
	Decay        float64
}

// Start prepares for the given parameters.
func (a Adam) Start(weights []*cnn.Tensor) Stepper { return a.start(weights, a.Decay, 0) }

// AdamW is Adam with weight decay apart from the gradient: w ← w − rate·decay·w.
//
// Loshchilov and Hutter, "Decoupled weight decay regularization", 2017.
type AdamW Adam

// Start prepares for the given parameters.
func (a AdamW) Start(weights []*cnn.Tensor) Stepper { return Adam(a).start(weights, 0, a.Decay) }

func (a Adam) start(weights []*cnn.Tensor, decay, apart float64) Stepper {
	a.Beta1, a.Beta2, a.Epsilon = orElse(a.Beta1, 0.9), orElse(a.Beta2, 0.999), orElse(a.Epsilon, 1e-8)
	m := newMoments(weights, 2)
	m.update = func(i int, w, g []float32, factor float64) {
		if apart != 0 {
			compute.Scale(w, w, float32(1-a.Rate*factor*apart))
		}
		compute.Adam(w, g, m.at(0, i), m.at(1, i), a.Rate*factor, a.Beta1, a.Beta2, a.Epsilon, decay, m.steps())
	}
	return m
}

// RMSProp divides by a running mean of the squared gradient: s ← α·s + (1−α)·g²,
// w ← w − rate·g/(√s + ε). Zero values mean α = 0.99, ε = 1e-8.
//
// Hinton, "Neural networks for machine learning", lecture 6.
type RMSProp struct {
	Rate    float64
	Alpha   float64
	Epsilon float64
	Decay   float64
}

// Start prepares for the given parameters.
func (r RMSProp) Start(weights []*cnn.Tensor) Stepper {
	r.Alpha, r.Epsilon = orElse(r.Alpha, 0.99), orElse(r.Epsilon, 1e-8)
	m := newMoments(weights, 1)
	m.update = func(i int, w, g []float32, factor float64) {
		compute.RMSProp(w, g, m.at(0, i), r.Rate*factor, r.Alpha, r.Epsilon, r.Decay)
	}
	return m
}

func orElse(v, otherwise float64) float64 {
	if v == 0 {
		return otherwise
	}
	return v
}

// moments are the running values of an optimizer, and the number of steps.
type moments struct {
	weights []*cnn.Tensor
	values  [][]float32 // kind after kind, weight after weight
	count   []float32
	update  func(i int, w, g []float32, factor float64)
}

func newMoments(weights []*cnn.Tensor, kinds int) *moments {
	m := &moments{weights: weights, count: make([]float32, 1)}
	for range kinds {
		for _, w := range weights {
			m.values = append(m.values, compute.Zeros[float32](w.Size()))
		}
	}
	return m
}

func (m *moments) at(kind, i int) []float32 { return m.values[kind*len(m.weights)+i] }

func (m *moments) steps() int { return int(m.count[0]) }

// Step updates every parameter that has a gradient.
func (m *moments) Step(factor float64) {
	m.count[0]++
	for i, w := range m.weights {
		w.Update(func(values, gradient []float32) { m.update(i, values, gradient, factor) })
	}
}

// State returns the running values and the number of steps.
func (m *moments) State() [][]float32 { return append(m.values[:len(m.values):len(m.values)], m.count) }
