package gocell_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

// BenchmarkManyCells runs 10,000 cells in one session, each of which declares a
// function and a variable and uses those of another cell, and reports the median
// time of the cells around the tenth and of the last ones.
func BenchmarkManyCells(b *testing.B) {
	const cells, around = 10_000, 20
	for b.Loop() {
		s := newSession()
		times := make([]float64, cells)
		for i := range cells {
			source := fmt.Sprintf("func f%d(n int) int { return n + %[1]d }\nx%[1]d := f%d(1)\nx%[1]d + 1", i, i*7919%(i+1))
			took := timed(func() {
				if _, err := s.engine.Eval(context.Background(), source, &output{}); err != nil {
					b.Fatal(err)
				}
			})
			times[i] = float64(took) / float64(time.Microsecond)
		}
		b.ReportMetric(median(times[:around]), "µs/cell-10")
		b.ReportMetric(median(times[cells-around:]), "µs/cell-10000")
	}
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}

// TestFlat runs the cells of a small notebook again and again: names that are
// declared again, and function literals of earlier runs, must not pile up memory.
func TestFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("runs 10,000 cells")
	}
	s := newSession()
	early := s.again(t, 1_000)
	late := s.again(t, 9_000)
	if late > early*11/10 {
		t.Errorf("%d KB after 1,000 cells, %d KB after 10,000", early>>10, late>>10)
	}
}

// BenchmarkCellsAgain runs the cells of a small notebook again and again and
// reports the memory that is in use after 1,000 and after 10,000 of them.
func BenchmarkCellsAgain(b *testing.B) {
	for b.Loop() {
		s := newSession()
		early := s.again(b, 1_000)
		late := s.again(b, 9_000)
		b.ReportMetric(float64(early)/1024, "KB-after-1000")
		b.ReportMetric(float64(late)/1024, "KB-after-10000")
	}
}

// again runs cells n times in all and returns the bytes in use then.
func (s *session) again(t testing.TB, n int) uint64 {
	notebook := []string{
		"type P struct{ X int }\nfunc (p P) String() string { return \"p\" }",
		"func f(n int) int { return n + 1 }",
		"x := f(3)\nfor i := range 3 { x += i }",
		"fmt.Sprint(P{x})",
		"squares := map[int]int{}\nfor i := range 10 { squares[i] = i * i }\nfunc() int { return len(squares) }()",
	}
	for i := range n {
		if _, err := s.engine.Eval(context.Background(), notebook[i%len(notebook)], &output{}); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC() // finds which cells no code holds; the next cell drops them
	if _, err := s.engine.Eval(context.Background(), "1", &output{}); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
