package gocell_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel/gocell/internal/loops"
)

// BenchmarkLoops runs the loops of testdata/loops.go.txt in the engine and as
// compiled Go and reports the ratio.
func BenchmarkLoops(b *testing.B) {
	source, err := os.ReadFile("internal/loops/loops.go")
	if err != nil {
		b.Fatal(err)
	}
	s := newSession()
	if _, rest := s.run(context.Background(), string(source)[len("package loops\n"):]); rest != "" {
		b.Fatal(rest)
	}
	for _, loop := range []struct {
		name     string
		compiled func() float64
	}{{"Conv", loops.Conv}, {"Matmul", loops.Matmul}, {"Fib30", loops.Fib30}, {"Sieve", loops.Sieve}} {
		b.Run(loop.name, func(b *testing.B) {
			v, ok := s.engine.Lookup(loop.name)
			if !ok {
				b.Fatal("not found")
			}
			run := v.Interface().(func() float64)
			if got, want := run(), loop.compiled(); got != want {
				b.Fatalf("got %v, want %v", got, want)
			}
			best, peer := time.Hour, time.Hour
			for b.Loop() {
				best = min(best, timed(func() { run() }))
				peer = min(peer, timed(func() { loop.compiled() }))
			}
			b.ReportMetric(float64(best.Microseconds())/1000, "ms")
			b.ReportMetric(float64(best)/float64(peer), "x-compiled")
		})
	}
}

func timed(f func()) time.Duration {
	t := time.Now()
	f()
	return time.Since(t)
}

// BenchmarkCell is a trivial cell from source to result.
func BenchmarkCell(b *testing.B) {
	for _, cell := range []string{"1 + 2", "x := 3", "fmt.Sprint(1)", "func f(n int) int { return n + 1 }\nf(2)"} {
		b.Run(fmt.Sprintf("%.12q", cell), func(b *testing.B) {
			s := newSession()
			out := &output{}
			for b.Loop() {
				if _, err := s.engine.Eval(context.Background(), cell, out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
