package cnn

import (
	"sync/atomic"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// SetThreads says how many threads computations may use: at first as many as
// the process has cores. Results have the same bits for any number.
func SetThreads(n int) {
	atLeastIn("SetThreads", "a number of threads", 1, n)
	compute.SetThreads(n)
}

// Threads returns how many threads computations may use.
func Threads() int { return compute.Threads() }

// Interrupted is what an operation panics with when the function of SetYield
// returned an error. Weights keep their values.
type Interrupted struct{ Err error }

func (e *Interrupted) Error() string { return "cnn: interrupted: " + e.Err.Error() }

// Unwrap returns the error of the yield function.
func (e *Interrupted) Unwrap() error { return e.Err }

var (
	yield   atomic.Pointer[func() error]
	waiting atomic.Int64 // work since the last yield, in cells or products
)

// SetYield makes long computations call f now and then (about once for every
// layer of a large network, forward and backward): the place to serve an
// interrupt or a browser's events. An error of f ends the computation with a
// panic of *Interrupted. A nil f ends the calls. It is one of the settings of
// the process, like log.SetOutput.
func SetYield(f func() error) {
	if f == nil {
		yield.Store(nil)
		return
	}
	yield.Store(&f)
}

// rest counts work and yields after a million cells or products.
func rest(work int) {
	f := yield.Load()
	if f == nil || waiting.Add(int64(work)) < 1<<20 {
		return
	}
	waiting.Store(0)
	if err := (*f)(); err != nil {
		panic(&Interrupted{err})
	}
}
