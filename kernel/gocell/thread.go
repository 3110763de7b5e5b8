package gocell

import (
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/convnotes/convnotes/kernel"
)

// A run is one execution of a cell: where its output goes, also that of the
// goroutines it started.
type run struct {
	s      *Engine
	cell   *cell
	out    kernel.Output
	failed chan error // a panic in one of its goroutines
}

func (r *run) stdout() io.Writer {
	if r == nil || r.out == nil {
		return io.Discard
	}
	return r.out.Stdout()
}

func (r *run) stderr() io.Writer {
	if r == nil || r.out == nil {
		return io.Discard
	}
	return r.out.Stderr()
}

// threads keeps the goroutines of a session.
type threads struct {
	mu    sync.Mutex
	live  map[*thread]int // where each was started
	idle  []*thread       // for callbacks from compiled code
	calls atomic.Int64    // callbacks at work
	made  atomic.Int64    // how many there were
	main  bool            // the statements of a cell are running
	blocking
}

func (s *Engine) newThread(r *run) *thread {
	return &thread{s: s, run: r, id: int(s.threads.made.Add(1))}
}

// borrow returns a thread for a callback from compiled code.
func (s *Engine) borrow(r *run) *thread {
	if s.threads.calls.Add(1) > maxCallbacks {
		s.threads.calls.Add(-1)
		panic(&stackOverflow{})
	}
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	if n := len(s.threads.idle); n > 0 {
		t := s.threads.idle[n-1]
		s.threads.idle = s.threads.idle[:n-1]
		t.run = r
		return t
	}
	return s.newThread(r)
}

const maxCallbacks = 50_000

func (s *Engine) giveBack(t *thread) {
	s.threads.calls.Add(-1)
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	t.run = nil
	if len(s.threads.idle) < 16 {
		s.threads.idle = append(s.threads.idle, t)
	}
}

// spawn runs a prepared frame on a goroutine of its own.
func (s *Engine) spawn(t *thread, c *code, nf fp, pos int) {
	s.threads.mu.Lock()
	if s.threads.live == nil {
		s.threads.live = map[*thread]int{}
	}
	s.threads.live[t] = pos
	s.threads.mu.Unlock()
	s.count(t)
	go func() {
		defer s.uncount(t)
		finished := false
		defer func() {
			if !finished {
				s.goroutineFailed(t, t.panicked(recover()))
			}
			s.threads.mu.Lock()
			delete(s.threads.live, t)
			s.threads.mu.Unlock()
		}()
		t.execute(c, nf)
		finished = true
	}()
}

// spawnFunc runs a func value on a goroutine of its own, which may panic
// without ending the process.
func (t *thread) spawnFunc(f func()) {
	s := t.s
	own := s.newThread(t.run)
	pos := 0
	if t.depth > 0 && t.depth < len(t.stack) {
		pos = head(t.stack[t.depth]).pos
	}
	s.threads.mu.Lock()
	if s.threads.live == nil {
		s.threads.live = map[*thread]int{}
	}
	s.threads.live[own] = pos
	s.threads.mu.Unlock()
	go func() {
		finished := false
		defer func() {
			if !finished {
				s.goroutineFailed(own, own.panicked(recover()))
			}
			s.threads.mu.Lock()
			delete(s.threads.live, own)
			s.threads.mu.Unlock()
		}()
		f()
		finished = true
	}()
}

// goroutineFailed reports a panic of a goroutine to the cell that started it.
func (s *Engine) goroutineFailed(t *thread, p *panicking) {
	if p.goexit {
		return
	}
	switch p.val.(type) {
	case *interrupted, *deadlock:
		return
	}
	err := s.panicError(p)
	if e, ok := err.(*Error); ok {
		e.goroutine = true
	}
	select {
	case t.run.failed <- err:
	default:
		if e, ok := err.(*Error); ok {
			for _, line := range e.Traceback() {
				fmt.Fprintln(t.run.stderr(), line)
			}
		}
	}
}

// An interrupted panic unwinds a thread that was interrupted.
type interrupted struct{}

func (*interrupted) Error() string { return "interrupted" }

// Interrupted tells compiled code that recovers from a cell's panics to pass
// this one on: it ends the cell. So does an exit.
func (*interrupted) Interrupted() bool { return true }
func (*exit) Interrupted() bool        { return true }

// An exit ends the cell: os.Exit and log.Fatal.
type exit struct{ code int }

func (e *exit) Error() string { return fmt.Sprintf("exit status %d", e.code) }

// unwindGrace is how long the deferred calls of an interrupted thread may take.
const unwindGrace = 200 * time.Millisecond

// stopped ends a thread whose session was interrupted. Deferred calls still run,
// for a short while.
func (t *thread) stopped() {
	if t.grace.IsZero() || time.Now().After(t.grace) {
		t.abort()
	}
}

// abort ends a thread at once: it waits for what an interrupt has made pointless.
func (t *thread) abort() {
	if t.grace.IsZero() {
		t.grace = time.Now().Add(unwindGrace)
	}
	t.s.threads.mu.Lock()
	dead := t.s.threads.deadlock
	t.s.threads.mu.Unlock()
	if dead {
		panic(&deadlock{})
	}
	panic(&interrupted{})
}

// A traceFrame is one line of a traceback.
type traceFrame struct {
	fn      *Func
	pos     int
	skipped int // frames left out behind it
}

// trace lists the frames of a thread, innermost first.
func (t *thread) trace() (frames []traceFrame) {
	for i := min(t.depth, len(t.stack)-1); i > 0; i-- {
		h := head(t.stack[i])
		if h != nil && h.pos != 0 && !h.fn.fn.wraps {
			frames = append(frames, traceFrame{fn: h.fn.fn, pos: h.pos})
		}
		if len(frames) == 200 && i > 50 {
			frames[199].skipped = i - 50
			i = 50
		}
	}
	return frames
}

var _ = runtime.GC
