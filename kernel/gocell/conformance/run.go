package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// A Result is how one program fared.
type Result struct {
	File   string
	Passed bool
	Reason string // why it failed, in a line
	Time   time.Duration
}

// A Runner runs programs in processes of their own, some at the same time.
type Runner struct {
	Root     string
	Command  func(ctx context.Context, file string) *exec.Cmd
	Timeout  time.Duration
	Parallel int
}

// Run runs all files and returns the results in their order; done is called
// after each, from one goroutine at a time.
func (r Runner) Run(files []string, done func(Result)) []Result {
	results := make([]Result, len(files))
	var group sync.WaitGroup
	var mu sync.Mutex
	next := make(chan int)
	for range max(1, r.Parallel) {
		group.Go(func() {
			for i := range next {
				results[i] = r.one(files[i])
				mu.Lock()
				done(results[i])
				mu.Unlock()
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	group.Wait()
	return results
}

func (r Runner) one(file string) Result {
	start := time.Now()
	reason := r.reason(file)
	return Result{file, reason == "", reason, time.Since(start)}
}

// reason runs a program and says why it failed, empty where it passed.
func (r Runner) reason(file string) string {
	want, err := Want(r.Root, file)
	if err != nil {
		return err.Error()
	}
	ctx, cancel := context.WithTimeout(context.Background(), r.Timeout)
	defer cancel()
	var out limited
	cmd := r.Command(ctx, file)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Sprintf("not done after %v", r.Timeout)
	case err != nil:
		return firstLine(out.String(), err.Error())
	case !bytes.Equal(bytes.ReplaceAll(out.Bytes(), []byte("\r\n"), []byte("\n")), want):
		return difference(out.String(), string(want))
	}
	return ""
}

// limited keeps the first part of an output that may be endless.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if room := 1<<22 - l.Len(); room > 0 {
		l.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

// firstLine finds the line of an output that says what went wrong.
func firstLine(out, otherwise string) string {
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "goroutine ") {
			return shorten(line)
		}
	}
	return otherwise
}

func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			expected := "the end"
			if i < len(w) {
				expected = fmt.Sprintf("%q", w[i])
			}
			return shorten(fmt.Sprintf("prints %q for %s in line %d", g[i], expected, i+1))
		}
	}
	return shorten(fmt.Sprintf("ends before %q", w[len(g)]))
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}
