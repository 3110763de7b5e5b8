package gocell

import (
	"maps"
	"reflect"
	"sync"
	"time"
	"weak"
)

// A blocking is what a session knows of its goroutines that wait, to tell a
// deadlock from a wait that something outside will end. Only channels that cells
// made themselves count: of the others (time.After, ctx.Done ...) compiled code
// may hold an end.
type blocking struct {
	total, blocked int
	outside        int  // of the blocked, those that wait for something unknown
	epoch          int  // changes with every block and unblock
	armed          bool // the watchdog runs
	foreign        bool // compiled code keeps a func value of cells
	deadlock       bool
	made           map[uintptr]weak.Pointer[byte] // channels, by their address
	prune          int                            // how many made may hold before those that are gone are dropped
}

// block and unblock stand around everything that waits; known says that only
// cells can end the wait.
func (t *thread) block(known bool) {
	if !t.counted {
		return
	}
	th := &t.s.threads
	th.mu.Lock()
	defer th.mu.Unlock()
	th.blocking.blocked++
	if !known {
		th.blocking.outside++
	}
	th.blocking.epoch++
	t.s.watch()
}

func (t *thread) unblock(known bool) {
	if !t.counted {
		return
	}
	th := &t.s.threads
	th.mu.Lock()
	defer th.mu.Unlock()
	th.blocking.blocked--
	if !known {
		th.blocking.outside--
	}
	th.blocking.epoch++
}

// deadlockGrace is how long all must wait before it is a deadlock.
const deadlockGrace = 200 * time.Millisecond

func (b *blocking) stuck(main bool) bool {
	return main && b.total > 0 && b.blocked == b.total && b.outside == 0 && !b.foreign
}

// watch starts the watchdog where all wait. The caller holds the lock.
func (s *Engine) watch() {
	b := &s.threads.blocking
	if b.armed || !b.stuck(s.threads.main) {
		return
	}
	b.armed = true
	epoch := b.epoch
	time.AfterFunc(deadlockGrace/2, func() { // in halves: a process that stood still goes on in the second
		time.AfterFunc(deadlockGrace/2, func() { s.ifDeadlock(epoch) })
	})
}

func (s *Engine) ifDeadlock(epoch int) {
	s.threads.mu.Lock()
	b := &s.threads.blocking
	b.armed = false
	dead := b.epoch == epoch && b.stuck(s.threads.main)
	b.deadlock = b.deadlock || dead
	if !dead {
		s.watch()
	}
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
	t.counted = false
	s.threads.blocking.total--
	s.threads.blocking.epoch++
	s.watch()
}

// handOut notes that compiled code got a func value by which it may end a wait
// at any time later.
func (s *Engine) handOut() {
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	s.threads.blocking.foreign = true
	s.threads.blocking.epoch++
}

// madeChan notes that a cell has made a channel, for as long as it exists.
func (s *Engine) madeChan(ch fp) {
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	b := &s.threads.blocking
	if b.made == nil {
		b.made, b.prune = map[uintptr]weak.Pointer[byte]{}, 1024
	}
	if len(b.made) >= b.prune {
		maps.DeleteFunc(b.made, func(_ uintptr, w weak.Pointer[byte]) bool { return w.Value() == nil })
		b.prune = max(1024, 2*len(b.made))
	}
	b.made[uintptr(ch)] = weak.Make((*byte)(ch))
}

// own reports whether cells made the channel at an address, and not another one
// that was there before it. The caller holds the lock.
func (b *blocking) own(at uintptr) bool {
	w, ok := b.made[at]
	return ok && w.Value() != nil
}

// gaveChan notes that compiled code has got a channel.
func (s *Engine) gaveChan(ch fp) {
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	delete(s.threads.blocking.made, uintptr(ch))
}

// ownChannels reports whether cells alone have the channels of a select.
func (s *Engine) ownChannels(cases []reflect.SelectCase) bool {
	s.threads.mu.Lock()
	defer s.threads.mu.Unlock()
	for _, c := range cases {
		if c.Chan.IsValid() && !c.Chan.IsNil() && !s.threads.blocking.own(c.Chan.Pointer()) {
			return false
		}
	}
	return true
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
	t.block(true)
	defer t.unblock(true)
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
