package gocell_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/gocell"
)

// TestInterrupt stops cells that would go on for ever; the variables survive.
func TestInterrupt(t *testing.T) {
	cells := map[string]string{
		"loop":         "for { n++ }",
		"counting":     "for i := 0; i < 1<<62; i++ { n += i }",
		"goto":         "func() {\nagain:\n\tn++\n\tgoto again\n}()",
		"range":        "for range 1 << 62 { n++ }",
		"recursion":    "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nfib(90)",
		"sleep":        "time.Sleep(time.Hour)",
		"select":       "select { case <-time.After(time.Hour): }",
		"receive":      "<-time.After(time.Hour)",
		"goroutines":   "go func() { for {} }()\nfor {}",
		"condition":    "for n >= 0 {}",
		"deferred":     "func() { defer func() { for {} }(); for {} }()",
		"recovering":   "func() { for { func() { defer func() { recover() }(); for {} }() } }()",
		"range func":   "for range func(yield func() bool) { for yield() {} } { n++ }",
		"select loop":  "for { select { default: n++ } }",
		"empty select": "go time.Sleep(time.Hour)\nselect {}",
		"callback":     "sort.Slice(make([]int, 9), func(i, j int) bool { for {} })",
	}
	for name, cell := range cells {
		t.Run(name, func(t *testing.T) {
			if !waiting[name] {
				needsThreads(t)
			}
			s := newSession()
			s.run(context.Background(), "n := 1")
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer cancel()
			start := time.Now()
			_, err := s.engine.Eval(ctx, cell, &output{})
			if !errors.Is(err, kernel.ErrInterrupted) {
				t.Errorf("error %v, want interrupted", err)
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
			if _, err := s.engine.Eval(context.Background(), "n = 7", &output{}); err != nil {
				t.Error("afterwards:", err)
			}
			if v, ok := s.engine.Lookup("n"); !ok || v.Int() != 7 {
				t.Error("n is", v)
			}
		})
	}
}

// needsThreads skips the test of a cell that keeps a processor busy until it is
// asked to stop, where one thread runs everything and nothing can ask.
func needsThreads(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("WebAssembly has one thread, and the cell keeps it busy")
	}
}

// waiting are the cells of TestInterrupt that wait and leave the processor to others.
var waiting = map[string]bool{"sleep": true, "select": true, "receive": true, "empty select": true}

// TestAbandon gives up a compiled call that does not listen.
func TestAbandon(t *testing.T) {
	s := newSession()
	go func() {
		time.Sleep(100 * time.Millisecond)
		s.engine.Abandon()
	}()
	_, err := s.engine.Eval(context.Background(), "r, _ := io.Pipe(); io.ReadAll(r)", &output{})
	if !errors.Is(err, kernel.ErrInterrupted) {
		t.Error(err)
	}
	if v, err := s.engine.Eval(context.Background(), "1 + 1", &output{}); err != nil || v != 2 {
		t.Error(v, err)
	}
}

var _ = gocell.New
