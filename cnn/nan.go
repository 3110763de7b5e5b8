package cnn

import (
	"fmt"
	"math"
	"sync/atomic"
)

var checking atomic.Bool

// CheckNaN makes every operation look through its result, and Backward through
// every gradient, for NaN and infinities. The first operation that made one
// panics with a *NaNError. It costs time, so it is off at first.
func CheckNaN(on bool) { checking.Store(on) }

// A NaNError names the first operation whose result was not a number, or was
// infinite.
type NaNError struct {
	Op    string // the operation; "gradient of X" during Backward
	Index []int  // where in its result
	Value float64
	Given bool  // one of its inputs already held such a value
	Shape []int // of its result
}

func (e *NaNError) Error() string {
	if e.Given {
		return fmt.Sprintf("CheckNaN: %s was given %v: look at where its input comes from", e.Op, e.Value)
	}
	return fmt.Sprintf("CheckNaN: %s made %v at %v of its result %s; likely causes: a logarithm or root of a value that is not positive, a division by 0, or a learning rate that is too large", e.Op, e.Value, e.Index, Dims(e.Shape))
}

// checkNaN panics when the result t, just computed, holds a NaN or infinity.
func (t *Tensor) checkNaN() {
	i, bad := firstBad(t.Values())
	if !bad {
		return
	}
	e := &NaNError{Op: t.node.op, Index: indexOf(i, t.shape), Value: float64(t.Values()[i]), Shape: t.Shape()}
	for _, in := range t.node.inputs {
		if j, bad := firstBad(in.from.Values()); bad {
			e.Given, e.Value = true, float64(in.from.Values()[j])
		}
	}
	panic(e)
}

// checkGradients panics when the gradients t just passed on hold one.
func (t *Tensor) checkGradients() {
	for _, e := range t.node.inputs {
		x := e.from
		if i, bad := firstBad(x.grad.data); bad {
			panic(&NaNError{Op: "gradient of " + t.node.op, Index: indexOf(i, x.shape), Value: float64(x.grad.data[i]), Shape: x.Shape()})
		}
	}
}

func firstBad(values []float32) (int, bool) {
	for i, v := range values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return i, true
		}
	}
	return 0, false
}

// indexOf returns the index of cell i, counted row-major.
func indexOf(i int, shape []int) []int {
	index := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		index[a] = i % shape[a]
		i /= shape[a]
	}
	return index
}
