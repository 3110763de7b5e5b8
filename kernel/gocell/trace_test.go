package gocell_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/convnotes/convnotes/kernel/gocell"
)

// A tracer writes down where a session stops, and the locals there.
type tracer struct {
	mu     sync.Mutex
	b      strings.Builder
	locals bool
}

func (tr *tracer) stop(s gocell.Stop) {
	at := s.At()
	line := fmt.Sprintf("%s%s:%d", strings.Repeat("  ", s.Depth()-1), at.Func, at.Line)
	for _, l := range s.Locals() {
		if tr.locals {
			line += fmt.Sprintf(" %s=%s", l.Name, show(l.Value))
		}
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	fmt.Fprintln(&tr.b, line)
}

// show writes a value without addresses.
func show(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Func, reflect.Chan:
		if v.IsNil() {
			return "nil"
		}
		return v.Kind().String()
	case reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		return "&" + show(v.Elem())
	case reflect.Slice:
		var all []string
		for i := range v.Len() {
			all = append(all, show(v.Index(i)))
		}
		return "[" + strings.Join(all, " ") + "]"
	case reflect.Struct:
		var all []string
		for i := range v.NumField() {
			all = append(all, show(v.Field(i)))
		}
		return "{" + strings.Join(all, " ") + "}"
	case reflect.String:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}

// TestTrace steps through the cells of each file in testdata/traces; the section
// "stops" is where they stop: indented by depth, the function, the line and the
// locals; the section "want" is what they print.
func TestTrace(t *testing.T) {
	files, err := filepath.Glob("testdata/traces/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no traces", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { traceFile(t, file) })
	}
}

func traceFile(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, tr := newSession(), &tracer{locals: true}
	s.engine.Trace(tr.stop)
	var printed strings.Builder
	sections := map[string]*txtar.File{}
	for i, f := range a.Files {
		sections[f.Name] = &a.Files[i]
		if strings.HasPrefix(f.Name, "cell") {
			p, rest := s.run(context.Background(), strings.TrimSuffix(string(f.Data), "\n"))
			printed.WriteString(p + rest)
		}
	}
	if want := sections["want"]; want == nil || trimEnd(printed.String()) != trimEnd(string(want.Data)) {
		t.Errorf("printed:\n%s", printed.String())
	}
	stops := sections["stops"]
	if stops == nil {
		t.Fatalf("no section stops:\n%s", tr.b.String())
	}
	if *update {
		stops.Data = []byte(tr.b.String())
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if trimEnd(tr.b.String()) != trimEnd(string(stops.Data)) {
		t.Errorf("stops:\n%s\nwant:\n%s", tr.b.String(), stops.Data)
	}
}

// TestTracedCells runs the cells of testdata/cells in their traced form with a
// hook that reads every local: they must show what they show without it.
func TestTracedCells(t *testing.T) {
	files, _ := filepath.Glob("testdata/cells/*.txtar")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if name == "recursion-100k" || name == "deep-recursion" {
			continue // a hundred thousand stops say nothing more
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			skipInJS(t)
			s, n := newSession(), 0
			var mu sync.Mutex
			s.engine.Trace(func(stop gocell.Stop) {
				mu.Lock()
				defer mu.Unlock()
				n++
				for _, l := range stop.Locals() {
					if l.Value.Type() == nil || l.Type == nil || !l.Value.CanSet() {
						t.Errorf("%s at %v: %v", l.Name, stop.At(), l)
					}
				}
			})
			testFile(t, file, s)
			if n == 0 && !strings.HasPrefix(name, "err-") {
				t.Error("no stop")
			}
		})
	}
}

// TestTraceFunctions traces functions that exist, generic and method ones too,
// and lets a hook change a variable.
func TestTraceFunctions(t *testing.T) {
	s := newSession()
	ctx := context.Background()
	s.run(ctx, "type T struct{ n int }\nfunc (t *T) Add(k int) { t.n += k }\nfunc twice[N int | float64](x N) N {\n\ty := x\n\treturn x + y\n}\nfunc f(n int) int {\n\tx := n * 2\n\treturn x\n}\ntwice(1) + f(1)")
	var lines []string
	s.engine.Trace(func(stop gocell.Stop) {
		lines = append(lines, fmt.Sprintf("%s:%d", stop.At().Func, stop.At().Line))
		for _, l := range stop.Locals() {
			if l.Name == "x" && stop.At().Func == "f" {
				l.Value.SetInt(40)
			}
		}
	})
	_, got := s.run(ctx, "t := T{}; t.Add(2); twice(21) + f(0) + t.n")
	if want := "=> 84\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := strings.Join(lines, " "), "cell:1 cell:1 (*T).Add:2 cell:1 twice[...]:4 twice[...]:5 f:8 f:9"; got != want {
		t.Errorf("stops %s, want %s", got, want)
	}
	lines = nil
	s.engine.Trace(nil)
	if _, got := s.run(ctx, "twice(21) + f(1) + t.n"); got != "=> 46\n" || lines != nil {
		t.Errorf("untraced again: %q, %v", got, lines)
	}
}

// TestTraceGoroutines tells apart the goroutines that stop.
func TestTraceGoroutines(t *testing.T) {
	s := newSession()
	var mu sync.Mutex
	lines := map[int]int{} // by goroutine
	s.engine.Trace(func(stop gocell.Stop) {
		mu.Lock()
		defer mu.Unlock()
		lines[stop.Goroutine()] += stop.At().Line
	})
	s.run(context.Background(), "c := make(chan int)\ngo func() {\n\tc <- 1\n}()\n<-c")
	if len(lines) != 2 {
		t.Fatalf("goroutines %v", lines)
	}
	for _, sum := range lines {
		if sum != 3 && sum != 1+2+5 {
			t.Errorf("lines %v", lines)
		}
	}
}

// BenchmarkTrace runs a loop in a session that was never traced, in one whose
// trace has ended, and with a hook that does nothing. Untraced costs nothing:
// the first two are the same closures.
func BenchmarkTrace(b *testing.B) {
	source, err := os.ReadFile("internal/loops/loops.go")
	if err != nil {
		b.Fatal(err)
	}
	var runs [3]func() float64
	best := [3]time.Duration{time.Hour, time.Hour, time.Hour}
	for i := range runs {
		s := newSession()
		s.run(context.Background(), string(source)[len("package loops\n"):])
		if i > 0 {
			s.engine.Trace(func(gocell.Stop) {})
		}
		if i == 1 {
			s.engine.Trace(nil)
		}
		v, _ := s.engine.Lookup("Matmul")
		runs[i] = v.Interface().(func() float64)
	}
	for b.Loop() {
		for i, run := range runs {
			best[i] = min(best[i], timed(func() { run() }))
		}
	}
	b.ReportMetric(float64(best[0].Microseconds())/1000, "ms")
	b.ReportMetric(float64(best[1])/float64(best[0]), "x-trace-ended")
	b.ReportMetric(float64(best[2])/float64(best[0]), "x-traced")
}

// TestTraceWaits interrupts a cell whose hook waits at a stop.
func TestTraceWaits(t *testing.T) {
	s := newSession()
	ctx, cancel := context.WithCancel(context.Background())
	s.engine.Trace(func(stop gocell.Stop) {
		if stop.At().Line == 2 {
			cancel()
			time.Sleep(300 * time.Millisecond) // longer than a deadlock takes
		}
	})
	p, rest := s.run(ctx, "println(1)\nprintln(2)\nprintln(3)")
	if p != "1\n" || !strings.HasPrefix(rest, "interrupted") {
		t.Errorf("printed %q, then %q", p, rest)
	}
}
