package gocell

import (
	"context"

	"github.com/convnotes/convnotes/kernel"
)

// start runs the statements of a cell on a goroutine of their own and waits for
// them, for an interrupt, or for being told to give up.
func (s *Engine) start(ctx context.Context, c *cell, main *Func, out kernel.Output) (any, error) {
	r := &run{s: s, cell: c, out: out, failed: make(chan error, 1)}
	t := s.newThread(r)
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
		if err == nil {
			select {
			case err = <-r.failed:
			default:
			}
		}
		return t.result, err
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
	t.execute(code, t.enter(code))
	finished = true
	return nil
}

func (s *Engine) beginMain(t *thread) {
	s.count(t)
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	s.threads.main = true
	s.threads.blocking.foreign, s.threads.blocking.deadlock = false, false
}

func (s *Engine) endMain(t *thread) {
	s.threads.mu.Lock()
	s.threads.main = false
	s.threads.mu.Unlock()
	s.uncount(t)
}
