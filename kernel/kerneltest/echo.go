// Package kerneltest holds what kernels, transports and evaluators are tested
// with: a transport in memory, an evaluator that does what its cells say, and
// suites that every transport and every evaluator must pass.
package kerneltest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
)

// An Echo is an Evaluator for tests of everything around an evaluator. Each
// line of a cell is one command and what it is about, see commands.
type Echo struct {
	abandon chan struct{}
	once    sync.Once
}

// NewEcho returns an Echo.
func NewEcho() *Echo { return &Echo{abandon: make(chan struct{})} }

// A command does something for a cell; its result is the cell's if it is the last.
type command func(ctx context.Context, out kernel.Output, arg string) (any, error)

var commands = map[string]command{
	"print": func(_ context.Context, out kernel.Output, s string) (any, error) {
		fmt.Fprintln(out.Stdout(), s)
		return nil, nil
	},
	"write": func(_ context.Context, out kernel.Output, s string) (any, error) {
		fmt.Fprint(out.Stdout(), unquote(s))
		return nil, nil
	},
	"warn": func(_ context.Context, out kernel.Output, s string) (any, error) {
		fmt.Fprintln(out.Stderr(), s)
		return nil, nil
	},
	"lines": printLines,
	"osprint": func(_ context.Context, _ kernel.Output, s string) (any, error) {
		_, err := fmt.Fprintln(os.Stdout, s)
		return nil, err
	},
	"value": func(_ context.Context, _ kernel.Output, s string) (any, error) { return s, nil },
	"fail":  func(_ context.Context, _ kernel.Output, s string) (any, error) { return nil, failure(s) },
	"error": func(_ context.Context, _ kernel.Output, s string) (any, error) { return nil, errors.New(s) },
	"panic": func(_ context.Context, _ kernel.Output, s string) (any, error) { panic(s) },
	"exit":  func(_ context.Context, _ kernel.Output, s string) (any, error) { os.Exit(1); return nil, nil },
	"die": func(_ context.Context, _ kernel.Output, s string) (any, error) {
		go panic(s)
		select {}
	},
	"show": func(_ context.Context, out kernel.Output, s string) (any, error) {
		out.Display(display.Markdown(s))
		return nil, nil
	},
	"showas": func(_ context.Context, out kernel.Output, s string) (any, error) {
		id, text, _ := strings.Cut(s, " ")
		b := display.Text(text)
		b.ID = id
		out.Display(b)
		return nil, nil
	},
	"update": func(_ context.Context, out kernel.Output, s string) (any, error) {
		id, text, _ := strings.Cut(s, " ")
		b := display.Text(text)
		b.ID, b.Update = id, true
		out.Display(b)
		return nil, nil
	},
	"clear": func(_ context.Context, out kernel.Output, s string) (any, error) {
		out.Clear(s == "wait")
		return nil, nil
	},
	"ask": func(_ context.Context, out kernel.Output, s string) (any, error) {
		line, err := out.Input(s, false)
		return line, err
	},
	"askpass": func(_ context.Context, out kernel.Output, s string) (any, error) {
		line, err := out.Input(s, true)
		return line, err
	},
	"page": func(_ context.Context, out kernel.Output, s string) (any, error) {
		out.Page(display.Text(s))
		return nil, nil
	},
	"next": func(_ context.Context, out kernel.Output, s string) (any, error) {
		out.SetNextInput(s, false)
		return nil, nil
	},
	"count": func(_ context.Context, out kernel.Output, _ string) (any, error) { return out.Count(), nil },
	"sleep": sleep,
	"late":  late,
	"bad": func(_ context.Context, out kernel.Output, _ string) (any, error) {
		out.Display(display.Bundle{Data: map[string]any{"text/plain": "bad", "application/json": func() {}}})
		return nil, nil
	},
}

// Eval runs the lines of a cell.
func (e *Echo) Eval(ctx context.Context, cell string, out kernel.Output) (result any, err error) {
	lines := bufio.NewScanner(strings.NewReader(cell))
	for lines.Scan() {
		name, arg, _ := strings.Cut(lines.Text(), " ")
		switch {
		case name == "":
			continue
		case name == "deaf": // does not stop when it is interrupted
			<-e.abandon
			return nil, failure("abandoned")
		}
		do, ok := commands[name]
		if !ok {
			return nil, failure("unknown command: " + name)
		}
		if result, err = do(ctx, out, arg); err != nil {
			return nil, err
		}
	}
	return result, lines.Err()
}

// Abandon ends a deaf cell.
func (e *Echo) Abandon() { e.once.Do(func() { close(e.abandon) }) }

// Complete completes the names of commands.
func (e *Echo) Complete(code string, cursor int) kernel.Completion {
	start := strings.LastIndexAny(code[:cursor], " \n") + 1
	c := kernel.Completion{Start: start, End: cursor}
	for _, name := range slices.Sorted(maps.Keys(commands)) {
		if strings.HasPrefix(name, code[start:cursor]) {
			c.Items = append(c.Items, kernel.CompletionItem{Text: name, Kind: "function", Signature: name + " text"})
		}
	}
	return c
}

// Inspect knows every command.
func (e *Echo) Inspect(code string, cursor, detail int) (display.Bundle, bool) {
	name, _, _ := strings.Cut(code, " ")
	if _, ok := commands[name]; !ok {
		return display.Bundle{}, false
	}
	return display.Text(fmt.Sprintf("%s is a command (detail %d, cursor %d)", name, detail, cursor)), true
}

// IsComplete takes a line that ends in … for unfinished and "?" for wrong.
func (e *Echo) IsComplete(code string) (status, indent string) {
	switch {
	case strings.HasSuffix(code, "…"):
		return "incomplete", "  "
	case strings.HasPrefix(code, "?"):
		return "invalid", ""
	}
	return "complete", ""
}

// A failure is a cell's error with a traceback of two lines.
type failure string

func (f failure) Error() string { return string(f) }
func (f failure) Name() string  { return "failure" }
func (f failure) Traceback() []string {
	return []string{"\x1b[31mfailure\x1b[0m: " + string(f), "  at line 1"}
}

func printLines(_ context.Context, out kernel.Output, s string) (any, error) {
	var n int
	if _, err := fmt.Sscan(s, &n); err != nil {
		return nil, err
	}
	for i := range n {
		fmt.Fprintln(out.Stdout(), i)
	}
	return nil, nil
}

func sleep(ctx context.Context, _ kernel.Output, s string) (any, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return nil, err
	}
	select {
	case <-time.After(d):
		return nil, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// late prints after the cell has ended.
func late(_ context.Context, out kernel.Output, s string) (any, error) {
	after, text, _ := strings.Cut(s, " ")
	d, err := time.ParseDuration(after)
	time.AfterFunc(d, func() { fmt.Fprintln(out.Stdout(), text) })
	return nil, err
}

// unquote reads Go's escapes, so that a cell can hold any byte.
func unquote(s string) string {
	if t, err := strconv.Unquote(`"` + s + `"`); err == nil {
		return t
	}
	return s
}
