package compute

import (
	"runtime"
	"sync"
	"sync/atomic"
)

var threads atomic.Int64

func init() { threads.Store(int64(runtime.NumCPU())) }

// SetThreads says how many threads a routine may use, at least 1. Results do
// not depend on it.
func SetThreads(n int) { threads.Store(int64(max(1, n))) }

// Threads returns how many threads a routine may use: at first the cores the
// process may run on.
func Threads() int { return int(threads.Load()) }

// For calls f on [0,grain), [grain,2·grain) … until n cells are covered, on up
// to Threads threads; f must not depend on the order. The chunks depend on n
// and grain only. A panic in f reaches the caller.
func For(n, grain int, f func(lo, hi int)) {
	grain = max(1, grain)
	chunks := (n + grain - 1) / grain
	t := min(Threads(), chunks)
	if t <= 1 {
		for lo := 0; lo < n; lo += grain {
			f(lo, min(lo+grain, n))
		}
		return
	}
	var (
		next   atomic.Int64
		done   sync.WaitGroup
		failed atomic.Pointer[any]
	)
	work := func() {
		defer func() {
			if r := recover(); r != nil {
				failed.CompareAndSwap(nil, &r)
			}
		}()
		for i := int(next.Add(1)) - 1; i < chunks; i = int(next.Add(1)) - 1 {
			f(i*grain, min((i+1)*grain, n))
		}
	}
	for range t - 1 {
		done.Go(work)
	}
	work()
	done.Wait()
	if r := failed.Load(); r != nil {
		panic(*r)
	}
}

// grainFor returns how many items of the given cost make a chunk worth the
// hand-over to another thread.
func grainFor(cost int) int { return max(1, 1<<15/max(1, cost)) }
