package grade

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/lessons/execute"
	"github.com/convnotes/convnotes/lessons/notebook"
)

// A job is what a worker is asked to run, one line of JSON on its standard input.
type job struct {
	Cells []string // code
	Limit time.Duration
}

// An event is a line of a worker's standard output: a cell has ended.
type event struct {
	Cell    int
	Outputs []notebook.Output
	Late    bool // it was interrupted
	Deaf    bool // it runs on: the worker ends
}

// ready stands for a cell's place in the first event, before any cell runs.
const ready = -1

// maxText is how much of what a cell prints is kept.
const maxText = 100_000

// Serve is the worker: it reads a job from r, runs its cells and writes an event
// for each to w. Serve ends with the cells; the process ends when r does, so that
// no worker outlives its grader.
func Serve(ctx context.Context, r io.Reader, w io.Writer, e kernel.Evaluator, o kernel.Options) error {
	in := bufio.NewReader(r)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return err
	}
	var j job
	if err := json.Unmarshal(line, &j); err != nil {
		return err
	}
	go func() {
		io.Copy(io.Discard, in)
		os.Exit(0)
	}()
	n := notebook.New()
	for _, source := range j.Cells {
		n.Cells = append(n.Cells, notebook.Cell{ID: fmt.Sprint("c", len(n.Cells)), Type: notebook.Code, Source: source})
	}
	out := json.NewEncoder(w)
	if err := out.Encode(event{Cell: ready}); err != nil {
		return err
	}
	return execute.Notebook(ctx, n, Evaluator(e), execute.Options{
		Timeout: j.Limit, AllowErrors: true, MaxText: maxText, Kernel: o,
		After: func(i int, outputs []notebook.Output, err error) error {
			v := event{Cell: i, Outputs: outputs}
			var late *execute.TimeoutError
			if errors.As(err, &late) {
				v.Late, v.Deaf, err = true, late.Deaf, nil
			}
			if sent := out.Encode(v); err == nil {
				err = sent
			}
			if err == nil && v.Deaf {
				err = late
			}
			return err
		},
	})
}

// Evaluator returns e as graders want it. Text on the standard error stream goes
// to standard output: nbgrader takes it for a failure, and a message of a
// student's program is none. A first line that begins with # is a comment:
// nbgrader writes one into every cell that it puts back.
func Evaluator(e kernel.Evaluator) kernel.Evaluator { return grading{e} }

type grading struct{ kernel.Evaluator }

func (g grading) Eval(ctx context.Context, cell string, out kernel.Output) (any, error) {
	if strings.HasPrefix(cell, "# ") {
		cell = "//" + cell[1:]
	}
	return g.Evaluator.Eval(ctx, cell, calm{out})
}

// Abandon passes on to the evaluator what an interrupt could not stop.
func (g grading) Abandon() {
	if a, ok := g.Evaluator.(kernel.Abandoner); ok {
		a.Abandon()
	}
}

// Close closes the evaluator, if it is one that closes.
func (g grading) Close() error {
	if c, ok := g.Evaluator.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

type calm struct{ kernel.Output }

func (c calm) Stderr() io.Writer { return c.Stdout() }
