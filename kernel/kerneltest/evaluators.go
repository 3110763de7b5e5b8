package kerneltest

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
)

// Samples are cells of a language for the facts that Evaluator checks. A fact
// whose cell is "" is not checked.
type Samples struct {
	Print      string // prints hello, and has no value
	Warn       string // prints hello to standard error
	Value      string // has a value that is shown as 42
	Define     string // sets what Use needs
	Use        string // has a value that is shown as 42, after Define
	Fail       string // prints hello, then fails
	Wrong      string // is no program at all
	Endless    string // runs for ever
	Late       string // prints hello some time after it has ended
	Ask        string // asks for a line; its value is the line
	Incomplete string // lacks its end
	Complete   string // what may follow its end is Completed
	Completed  string
	Inspect    string // begins with a name that has a documentation
}

// Evaluator checks what every kernel.Evaluator must do; each fact gets a new one.
func Evaluator(t *testing.T, e func() kernel.Evaluator, s Samples) {
	for _, fact := range []struct {
		name, cell string
		check      func(*testing.T, kernel.Evaluator, Samples)
	}{
		{"an empty cell does nothing", " ", emptyCell},
		{"output and no value", s.Print, prints},
		{"standard error", s.Warn, warns},
		{"a value", s.Value, func(t *testing.T, e kernel.Evaluator, s Samples) { shows42(t, e, s.Value) }},
		{"variables persist", s.Use, persists},
		{"an error", s.Fail, fails},
		{"a wrong program", s.Wrong, wrong},
		{"an interrupt", s.Endless, interrupted},
		{"late output", s.Late, lateOutput},
		{"input", s.Ask, asks},
		{"completeness", s.Incomplete, completeness},
		{"completion", s.Complete, completion},
		{"inspection", s.Inspect, inspection},
		{"unfinished code", s.Print, unfinishedCode},
	} {
		t.Run(fact.name, func(t *testing.T) {
			if fact.cell == "" {
				t.Skip("the language has no cell for this")
			}
			fact.check(t, e(), s)
		})
	}
}

// A Recorder is an Output that keeps what it gets.
type Recorder struct {
	mu       sync.Mutex
	out, err strings.Builder
	Bundles  []display.Bundle
	Answers  []string // to Input; without any there is no input
}

// recorderStream is one of a Recorder's streams.
type recorderStream struct {
	r *Recorder
	b *strings.Builder
}

func (s recorderStream) Write(p []byte) (int, error) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	return s.b.Write(p)
}

func (r *Recorder) Stdout() io.Writer { return recorderStream{r, &r.out} }
func (r *Recorder) Stderr() io.Writer { return recorderStream{r, &r.err} }

// Printed returns what was written to standard output and standard error.
func (r *Recorder) Printed() (out, err string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.String(), r.err.String()
}

func (r *Recorder) Display(b display.Bundle) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Bundles = append(r.Bundles, b)
}

func (r *Recorder) Input(string, bool) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.Answers) == 0 {
		return "", kernel.ErrNoInput
	}
	answer := r.Answers[0]
	r.Answers = r.Answers[1:]
	return answer, nil
}

func (r *Recorder) Clear(bool)                {}
func (r *Recorder) Page(display.Bundle)       {}
func (r *Recorder) SetNextInput(string, bool) {}
func (r *Recorder) Count() int                { return 1 }

func run(t *testing.T, e kernel.Evaluator, cell string) (any, *Recorder) {
	t.Helper()
	out := &Recorder{}
	result, err := e.Eval(context.Background(), cell, out)
	if err != nil {
		t.Fatalf("%q fails: %v", cell, err)
	}
	return result, out
}

func shows42(t *testing.T, e kernel.Evaluator, cell string) {
	t.Helper()
	result, _ := run(t, e, cell)
	if got := display.Of(result).Data["text/plain"]; got != "42" {
		t.Errorf("%q is shown as %v, want 42", cell, got)
	}
}

func emptyCell(t *testing.T, e kernel.Evaluator, _ Samples) {
	for _, cell := range []string{"", " ", "\n\n"} {
		if result, out := run(t, e, cell); result != nil || len(out.out.String()) > 0 {
			t.Errorf("%q has the value %v", cell, result)
		}
	}
}

func prints(t *testing.T, e kernel.Evaluator, s Samples) {
	result, out := run(t, e, s.Print)
	if o, e := out.Printed(); strings.TrimSpace(o) != "hello" || e != "" || result != nil {
		t.Errorf("printed %q and %q, value %v", o, e, result)
	}
}

func warns(t *testing.T, e kernel.Evaluator, s Samples) {
	_, out := run(t, e, s.Warn)
	if o, e := out.Printed(); o != "" || strings.TrimSpace(e) != "hello" {
		t.Errorf("printed %q and %q", o, e)
	}
}

func persists(t *testing.T, e kernel.Evaluator, s Samples) {
	run(t, e, s.Define)
	shows42(t, e, s.Use)
	run(t, e, s.Define) // the same cell again
	shows42(t, e, s.Use)
}

// shown wants an error that a person can read.
func shown(t *testing.T, err error) {
	t.Helper()
	var cell kernel.CellError
	if !errors.As(err, &cell) {
		t.Fatalf("error is %v, want a CellError", err)
	}
	if cell.Name() == "" || cell.Error() == "" || len(cell.Traceback()) == 0 {
		t.Errorf("error is shown as %q, %q, %q", cell.Name(), cell.Error(), cell.Traceback())
	}
}

func fails(t *testing.T, e kernel.Evaluator, s Samples) {
	out := &Recorder{}
	_, err := e.Eval(context.Background(), s.Fail, out)
	shown(t, err)
	if o, _ := out.Printed(); strings.TrimSpace(o) != "hello" {
		t.Errorf("before the error it printed %q", o)
	}
	run(t, e, s.Print) // the evaluator lives on
}

func wrong(t *testing.T, e kernel.Evaluator, s Samples) {
	_, err := e.Eval(context.Background(), s.Wrong, &Recorder{})
	shown(t, err)
	run(t, e, s.Print)
}

func interrupted(t *testing.T, e kernel.Evaluator, s Samples) {
	if s.Define != "" {
		run(t, e, s.Define)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := e.Eval(ctx, s.Endless, &Recorder{})
		done <- err
	}()
	time.Sleep(20 * time.Millisecond)
	cancel(kernel.ErrInterrupted)
	select {
	case err := <-done:
		if err == nil {
			t.Error("an endless cell ended without an error")
		}
	case <-time.After(Patience):
		t.Fatal("the cell does not stop")
	}
	if s.Use != "" {
		shows42(t, e, s.Use) // variables survive
	}
}

func lateOutput(t *testing.T, e kernel.Evaluator, s Samples) {
	_, first := run(t, e, s.Late)
	_, second := run(t, e, s.Print)
	for end := time.Now().Add(Patience); ; time.Sleep(time.Millisecond) {
		if o, _ := first.Printed(); strings.TrimSpace(o) == "hello" {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the late output did not come to its cell")
		}
	}
	if o, _ := second.Printed(); strings.TrimSpace(o) != "hello" {
		t.Errorf("the next cell printed %q", o)
	}
}

func asks(t *testing.T, e kernel.Evaluator, s Samples) {
	out := &Recorder{Answers: []string{"Gopher"}}
	result, err := e.Eval(context.Background(), s.Ask, out)
	if got := display.Of(result).Data["text/plain"]; err != nil || got != "Gopher" {
		t.Errorf("the cell read %v (%v)", got, err)
	}
}

func completeness(t *testing.T, e kernel.Evaluator, s Samples) {
	c, ok := e.(kernel.CompletenessChecker)
	if !ok {
		t.Skip("not a CompletenessChecker")
	}
	if status, _ := c.IsComplete(s.Print); status != "complete" {
		t.Errorf("%q is %s", s.Print, status)
	}
	if status, _ := c.IsComplete(s.Incomplete); status != "incomplete" {
		t.Errorf("%q is %s", s.Incomplete, status)
	}
	if s.Wrong != "" {
		if status, _ := c.IsComplete(s.Wrong); status == "incomplete" {
			t.Errorf("%q is %s", s.Wrong, status)
		}
	}
}

func completion(t *testing.T, e kernel.Evaluator, s Samples) {
	c, ok := e.(kernel.Completer)
	if !ok {
		t.Skip("not a Completer")
	}
	got := c.Complete(s.Complete, len(s.Complete))
	text := func(i kernel.CompletionItem) bool { return s.Complete[:got.Start]+i.Text == s.Completed }
	if got.End != len(s.Complete) || !slices.ContainsFunc(got.Items, text) {
		t.Errorf("%q is completed by %+v, want %q", s.Complete, got, s.Completed)
	}
}

func inspection(t *testing.T, e kernel.Evaluator, s Samples) {
	i, ok := e.(kernel.Inspector)
	if !ok {
		t.Skip("not an Inspector")
	}
	for detail := range 2 {
		doc, found := i.Inspect(s.Inspect, 1, detail)
		if text, _ := doc.Data["text/plain"].(string); !found || text == "" {
			t.Errorf("%q is documented as %v", s.Inspect, doc.Data)
		}
	}
}

// unfinishedCode asks about every beginning of every sample, as front ends do
// while a person types.
func unfinishedCode(t *testing.T, e kernel.Evaluator, s Samples) {
	completer, _ := e.(kernel.Completer)
	inspector, _ := e.(kernel.Inspector)
	checker, _ := e.(kernel.CompletenessChecker)
	for _, code := range []string{s.Print, s.Warn, s.Define, s.Fail, s.Wrong, s.Endless, s.Incomplete, s.Complete, "世界", "\"", "\x00"} {
		for cursor := range len(code) + 1 {
			if completer != nil {
				c := completer.Complete(code, cursor)
				if c.Start < 0 || c.Start > c.End || c.End > len(code) {
					t.Errorf("%q at %d: completion of %d to %d", code, cursor, c.Start, c.End)
				}
			}
			if inspector != nil {
				inspector.Inspect(code, cursor, 0)
			}
			if checker != nil {
				status, _ := checker.IsComplete(code[:cursor])
				if !slices.Contains([]string{"complete", "incomplete", "invalid", "unknown"}, status) {
					t.Errorf("%q is %q", code[:cursor], status)
				}
			}
		}
	}
}
