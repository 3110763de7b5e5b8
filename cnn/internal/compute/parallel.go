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
	workers.run(work{threads: t, jobs: chunks, n: n, grain: grain, part: f})
}

// each calls f for 0 … n-1, each a chunk of its own.
func each(n int, f func(i int)) {
	t := min(Threads(), n)
	if t <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	workers.run(work{threads: t, jobs: n, one: f})
}

// grainFor returns how many items of the given cost make a chunk worth the
// hand-over to another thread.
func grainFor(cost int) int { return max(1, 1<<15/max(1, cost)) }

// A team keeps goroutines that wait for work, because waking a parked thread
// costs as much as a small layer. A region is a list of jobs claimed from a
// counter by the caller and by every helper that is awake: a helper joins while
// the region is open; the caller, when no job is left, closes it and waits for
// the helpers inside. One that sleeps, or that the system has put aside, delays
// nobody. Helpers spin for a bounded time and then park.
type team struct {
	busy   sync.Mutex // held by the caller whose region is open
	state  atomic.Uint64
	asleep atomic.Int32
	size   int // helpers started
	region region
	number uint64
	mu     sync.Mutex
	wake   *sync.Cond
}

// state packs the region's number, whether it is open, and the helpers inside.
const open = 1 << 31

// A work is what a region does: jobs that are cells [lo,hi) of n, or single numbers.
type work struct {
	threads, jobs int
	n, grain      int
	part          func(lo, hi int)
	one           func(i int)
}

type region struct {
	work
	next   atomic.Int64
	failed atomic.Pointer[any]
}

var workers = newTeam()

func newTeam() *team {
	t := &team{}
	t.wake = sync.NewCond(&t.mu)
	return t
}

// run does all jobs of w.
func (t *team) run(w work) {
	var failed *any
	if t.busy.TryLock() {
		failed = t.share(w)
		t.busy.Unlock()
	} else {
		failed = alongside(w) // another goroutine, or an outer region, has the helpers
	}
	if failed != nil {
		panic(*failed)
	}
}

func (t *team) share(w work) (failed *any) {
	for ; t.size < w.threads-1; t.size++ {
		go t.help(t.size)
	}
	r := &t.region
	r.work = w
	r.next.Store(0)
	t.number++
	t.state.Store(t.number<<32 | open)
	if t.asleep.Load() > 0 {
		t.mu.Lock()
		t.wake.Broadcast()
		t.mu.Unlock()
	}
	r.claim()
	t.state.And(^uint64(open))
	for t.state.Load()&(open-1) != 0 {
		runtime.Gosched()
	}
	r.work = work{}
	return r.failed.Swap(nil)
}

// claim does jobs until none is left.
func (r *region) claim() {
	defer r.catch()
	for i := int(r.next.Add(1)) - 1; i < r.jobs; i = int(r.next.Add(1)) - 1 {
		if r.one != nil {
			r.one(i)
		} else {
			r.part(i*r.grain, min((i+1)*r.grain, r.n))
		}
	}
}

// catch keeps the first panic for the caller.
func (r *region) catch() {
	if p := recover(); p != nil {
		r.failed.CompareAndSwap(nil, box(p))
	}
}

func box(p any) *any { return &p }

// help is the life of one helper.
func (t *team) help(me int) {
	last := uint64(0)
	for {
		s := t.await(last)
		if !t.state.CompareAndSwap(s, s+1) {
			continue
		}
		last = s >> 32
		if me < t.region.threads-1 {
			t.region.claim()
		}
		t.state.Add(^uint64(0))
	}
}

// await returns the state once a region other than the last is open.
func (t *team) await(last uint64) uint64 {
	fresh := func(s uint64) bool { return s&open != 0 && s>>32 != last }
	for spins := 0; ; spins++ {
		if s := t.state.Load(); fresh(s) {
			return s
		}
		if spins < 1<<17 {
			continue
		}
		t.mu.Lock()
		t.asleep.Add(1)
		if !fresh(t.state.Load()) {
			t.wake.Wait()
		}
		t.asleep.Add(-1)
		t.mu.Unlock()
		spins = 0 // woken, perhaps too late for this region: be there for the next
	}
}

// alongside does a region on goroutines of its own.
func alongside(w work) (failed *any) {
	r := &region{work: w}
	var done sync.WaitGroup
	for range w.threads - 1 {
		done.Go(r.claim)
	}
	r.claim()
	done.Wait()
	return r.failed.Load()
}
