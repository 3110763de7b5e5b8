package gocell

import (
	"sync"
	"time"
)

// A blocking is what a session knows of its goroutines that wait, to tell a
// deadlock from a wait that something outside will end.
type blocking struct {
	total, blocked int
	epoch          int  // changes with every block and unblock
	foreign        bool // compiled code has a func value or channel of the running cell
	deadlock       bool
}

// block and unblock stand around everything that waits.
func (t *thread) block() {
	if !t.counted {
		return
	}
	th := &t.s.threads
	th.mu.Lock()
	defer th.mu.Unlock()
	b := &th.blocking
	b.blocked++
	b.epoch++
	if b.blocked == b.total && !b.foreign {
		epoch := b.epoch
		time.AfterFunc(deadlockGrace, func() { t.s.ifDeadlock(epoch) })
	}
}

// deadlockGrace is how long all must wait before it is a deadlock: nothing is
// known to be on its way, but a timer of compiled code may be about to be seen.
const deadlockGrace = 150 * time.Millisecond

func (t *thread) unblock() {
	if !t.counted {
		return
	}
	th := &t.s.threads
	th.mu.Lock()
	defer th.mu.Unlock()
	th.blocking.blocked--
	th.blocking.epoch++
}

func (s *Engine) ifDeadlock(epoch int) {
	s.threads.mu.Lock()
	b := &s.threads.blocking
	dead := b.epoch == epoch && b.blocked == b.total && !b.foreign && s.threads.main
	b.deadlock = b.deadlock || dead
	s.threads.mu.Unlock()
	if dead {
		s.interrupt()
	}
}

// count makes a thread one that a deadlock is made of.
func (s *Engine) count(t *thread) {
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	t.counted = true
	s.threads.blocking.total++
	s.threads.blocking.epoch++
}

func (s *Engine) uncount(t *thread) {
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	b := &s.threads.blocking
	b.total--
	b.epoch++
	if b.total > 0 && b.blocked == b.total && !b.foreign && s.threads.main {
		epoch := b.epoch
		time.AfterFunc(deadlockGrace, func() { s.ifDeadlock(epoch) })
	}
}

// handOut notes that compiled code got something by which it may end a wait.
func (s *Engine) handOut() {
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	s.threads.blocking.foreign = true
	s.threads.blocking.epoch++
}

// A deadlock is that all goroutines of cells wait for one another.
type deadlock struct{}

func (*deadlock) Error() string { return "all goroutines are asleep - deadlock!" }

// await runs what waits in compiled code so that an interrupt ends the wait.
// What it began goes on in the background then; undo is called when that ends.
func (t *thread) await(wait, undo func()) {
	done := make(chan any, 1)
	var mu sync.Mutex
	left := false
	go func() {
		defer func() {
			v := recover()
			mu.Lock()
			defer mu.Unlock()
			if left && undo != nil {
				undo()
			}
			done <- v
		}()
		wait()
	}()
	t.block()
	defer t.unblock()
	select {
	case v := <-done:
		if v != nil {
			panic(v)
		}
	case <-t.s.stopping():
		mu.Lock()
		left = len(done) == 0
		mu.Unlock()
		t.abort()
	}
}
