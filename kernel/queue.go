package kernel

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A queue holds requests until their turn comes.
type queue struct {
	mu      sync.Mutex
	list    []*request
	last    time.Time     // when the last one came
	arrived chan struct{} // one is there
}

func newQueue() *queue { return &queue{arrived: make(chan struct{}, 1)} }

func (q *queue) put(r *request) {
	q.mu.Lock()
	q.list = append(q.list, r)
	q.last = time.Now()
	q.mu.Unlock()
	select {
	case q.arrived <- struct{}{}:
	default:
	}
}

// take waits for the next request. When ctx ends it returns nil, whatever waits.
func (q *queue) take(ctx context.Context) *request {
	for {
		if ctx.Err() != nil {
			return nil
		}
		if r := q.first(func(*request) bool { return true }); r != nil {
			return r
		}
		select {
		case <-q.arrived:
		case <-ctx.Done():
			return nil
		}
	}
}

// first removes and returns the first request for which want holds, or nil.
func (q *queue) first(want func(*request) bool) *request {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, r := range q.list {
		if want(r) {
			if i == 0 {
				q.list = q.list[1:]
			} else {
				q.list = slices.Delete(q.list, i, i+1)
			}
			return r
		}
	}
	return nil
}

// abort marks the cells that wait, and nothing else: requests other than cells
// are answered, and so are cells that come later.
func (q *queue) abort() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range q.list {
		r.aborted = r.aborted || r.Header.Type == "execute_request"
	}
}

// settle waits until nothing has come for a moment. "Run all" sends its cells
// in a burst; when the first fails at once, the others are still on their way.
func (q *queue) settle() {
	const quiet, atMost = 10 * time.Millisecond, 100 * time.Millisecond
	for end := time.Now().Add(atMost); time.Now().Before(end); {
		q.mu.Lock()
		wait := quiet - time.Since(q.last)
		q.mu.Unlock()
		if wait <= 0 {
			return
		}
		time.Sleep(wait)
	}
}
