package gocell

import (
	"context"
	"time"

	"github.com/convnotes/convnotes/kernel"
)

// start runs the statements of a cell on a goroutine of their own and waits for
// them, for an interrupt, or for being told to give up.
func (s *Engine) start(ctx context.Context, c *cell, main *Func, out kernel.Output) (any, error) {
	r := &run{s: s, cell: c, out: out, failed: make(chan error, 1)}
	t := s.mainThread(r)
	given := make(chan struct{})
	s.done.Store(&given)
	defer s.done.Store(nil)
	defer context.AfterFunc(ctx, s.interrupt)()
	ended := make(chan error, 1)
	s.beginMain(t)
	go func() {
		err := s.runMain(t, main)
		s.endMain(t)
		ended <- err
	}()
	select {
	case err := <-ended:
		result := t.result
		s.keepThread(t)
		if err == nil {
			select {
			case err = <-r.failed:
			default:
			}
		}
		return result, err
	case <-given:
		return nil, &Error{Class: "interrupted", Message: "interrupted: the call did not stop and was given up; it may go on in the background", Cause: kernel.ErrInterrupted}
	}
}

func (s *Engine) runMain(t *thread, main *Func) (err error) {
	finished := false
	defer func() {
		if finished {
			return
		}
		p := t.panicked(recover())
		t.result = nil
		if !p.goexit {
			err = s.panicError(p)
		}
	}()
	code := main.ready()
	nf := t.begin(code)
	t.runFrame(code, nf)
	t.end(code, nf)
	t.stack[1] = nil // the cell's own frame is not used again
	finished = true
	return nil
}

func (s *Engine) beginMain(t *thread) {
	s.count(t)
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	s.threads.main = true
	s.threads.blocking.deadlock = false
}

func (s *Engine) endMain(t *thread) {
	s.threads.mu.Lock()
	s.threads.main = false
	s.threads.mu.Unlock()
	s.uncount(t)
}

// mainThread is the thread that runs cells. It keeps its frames from cell to cell.
func (s *Engine) mainThread(r *run) *thread {
	t := s.lastMain
	s.lastMain = nil
	if t == nil {
		t = s.newThread(r)
	}
	t.run = r
	return t
}

// keepThread makes a thread that has ended ready for the next cell. What a
// panic left in its stack is dropped, and so is a very deep stack.
func (s *Engine) keepThread(t *thread) {
	if t.depth > 0 || len(t.stack) > 1024 {
		t.stack, t.depth = nil, 0
	}
	t.run, t.result, t.repanic, t.grace, t.ptrs = nil, nil, nil, time.Time{}, t.ptrs[:0]
	s.lastMain = t
}
