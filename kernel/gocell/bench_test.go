package gocell_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel/gocell/internal/loops"
)

// BenchmarkLoops runs the loops of internal/loops in the engine and as compiled
// Go in turn, and testdata/loops.py in Python, where there is one, before and
// after, and reports the ratios: how many times the time of compiled Go we take,
// and Python takes ours.
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
			python := pythonTime(b, loop.name)
			best, peer := time.Hour, time.Hour
			for b.Loop() {
				best = min(best, timed(func() { run() }))
				peer = min(peer, timed(func() { loop.compiled() }))
			}
			b.ReportMetric(float64(best.Microseconds())/1000, "ms")
			b.ReportMetric(float64(best)/float64(peer), "x-compiled")
			if python = min(python, pythonTime(b, loop.name)); python < time.Hour {
				b.ReportMetric(float64(python)/float64(best), "x-faster-than-python")
			}
		})
	}
}

// pythonTime returns the time of a loop in Python, an hour without one.
func pythonTime(b *testing.B, name string) time.Duration {
	out, err := exec.Command("python3", "testdata/loops.py", name).Output()
	if err != nil {
		b.Logf("no comparison with Python: %v", err)
		return time.Hour
	}
	var result, ms float64
	if _, err := fmt.Sscan(string(out), &name, &result, &ms); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ms * float64(time.Millisecond))
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

// BenchmarkCompiledCall is the cost of calling a compiled function: what a loop
// with the call takes more than one without.
func BenchmarkCompiledCall(b *testing.B) {
	const loops = "func plain(n int) float64 { s := 0.0; for i := 0; i < n; i++ { s += float64(i) }; return s }\n"
	for _, call := range []struct{ name, body string }{
		{"math.Sqrt", "s += math.Sqrt(float64(i))"},
		{"math.Max", "s += math.Max(float64(i), 2)"},
		{"math.Modf", "a, _ := math.Modf(float64(i)); s += a"},
		{"strings.Index", `s += float64(strings.Index("abc", "c"))`},
		{"strings.TrimPrefix", `s += float64(len(strings.TrimPrefix("abc", "c")))`},
		{"strings.IndexByte", `s += float64(strings.IndexByte("abc", 'c'))`},
		{"strings.Replace", `s += float64(len(strings.Replace("abc", "x", "d", 1)))`},
		{"strconv.Itoa", `s += float64(len(strconv.Itoa(7)))`},
		{"strconv.Atoi", `n, _ := strconv.Atoi("7"); s += float64(n)`},
		{"Builder.Len", "s += float64(sb.Len())"},
		{"Time.Unix", "s += float64(now.Unix())"},
	} {
		b.Run(call.name, func(b *testing.B) {
			s := newSession()
			source := loops + "var sb strings.Builder\nvar now = time.Now()\nfunc calls(n int) float64 { s := 0.0; for i := 0; i < n; i++ { " + call.body + " }; return s }"
			if _, rest := s.run(context.Background(), source); rest != "" {
				b.Fatal(rest)
			}
			plain, _ := s.engine.Lookup("plain")
			calls, _ := s.engine.Lookup("calls")
			p, c := plain.Interface().(func(int) float64), calls.Interface().(func(int) float64)
			const n = 100_000
			best, base := time.Hour, time.Hour
			for b.Loop() {
				base = min(base, timed(func() { p(n) }))
				best = min(best, timed(func() { c(n) }))
			}
			b.ReportMetric(float64(best-base)/n, "ns/call")
		})
	}
}
