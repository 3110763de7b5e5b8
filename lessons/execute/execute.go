// Package execute runs notebooks through the kernel's own core, in this process
// and without Python: the same queue, outputs and interrupts as in JupyterLab.
package execute

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/protocol"
	"github.com/convnotes/convnotes/lessons/notebook"
)

// Options say how a notebook is run.
type Options struct {
	Timeout     time.Duration // of each cell; 0 is none
	AllowErrors bool          // go on after a cell that failed
	Kernel      kernel.Options
	// Progress is told before each cell how many are done, and after the last one.
	Progress func(done, total int)
	// After, where there is one, decides on each cell that has run: it gets the
	// cell's place in the notebook, the outputs so far and what would end the run,
	// and returns what does. With nil the next cell runs.
	After func(place int, outputs []notebook.Output, err error) error
	// MaxText cuts off what a cell prints after so many bytes; 0 is no limit.
	MaxText int
}

// A CellError says that a cell failed.
type CellError struct {
	Cell        int    // its place in the notebook, from 1
	ID          string // of the cell
	Name, Value string
	Traceback   []string
}

func (e *CellError) Error() string {
	return fmt.Sprintf("cell %d (%s): %s: %s", e.Cell, e.ID, e.Name, e.Value)
}

// A TimeoutError says that a cell was interrupted after the Timeout.
type TimeoutError struct {
	Cell  int
	ID    string
	Limit time.Duration
	Deaf  bool // it runs on, no interrupt stopped it
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("cell %d (%s) ran longer than %v", e.Cell, e.ID, e.Limit)
}

// Timeout marks it as what net.Error and others call a time-out.
func (e *TimeoutError) Timeout() bool { return true }

// Notebook runs the code cells of n in order on a fresh kernel with evaluator e,
// which it closes, and puts outputs and counts into the cells. It ends at the
// first cell that fails, with a *CellError, unless that is allowed by the options
// or by the cell's tag raises-exception; at a *TimeoutError; or when ctx ends.
// What was output until then is in the notebook.
func Notebook(ctx context.Context, n *notebook.Notebook, e kernel.Evaluator, o Options) error {
	c := newClient(n)
	c.maxText = o.MaxText
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- kernel.New(e, c, o.Kernel).Run(running) }()
	err := c.runAll(ctx, o)
	stop()
	if ran := <-ended; err == nil {
		err = ran
	}
	c.finish()
	n.Metadata["language_info"] = languageInfo(o.Kernel.Info.LanguageInfo, n.Metadata["language_info"])
	return err
}

func (c *client) runAll(ctx context.Context, o Options) error {
	cells := codeCells(c.notebook)
	for i := range c.notebook.Cells {
		c.notebook.Cells[i].Outputs, c.notebook.Cells[i].Count = nil, 0
	}
	for done, i := range cells {
		if o.Progress != nil {
			o.Progress(done, len(cells))
		}
		err := c.runCell(ctx, i, o)
		if o.After != nil {
			err = o.After(i, c.outputs(i), err)
		}
		if err != nil {
			return err
		}
	}
	if o.Progress != nil {
		o.Progress(len(cells), len(cells))
	}
	return nil
}

// codeCells returns the places of the cells that are run: like JupyterLab, none
// that is empty.
func codeCells(n *notebook.Notebook) (places []int) {
	for i, c := range n.Cells {
		if c.Type == notebook.Code && strings.TrimSpace(c.Source) != "" {
			places = append(places, i)
		}
	}
	return places
}

func (c *client) runCell(ctx context.Context, i int, o Options) error {
	cell := &c.notebook.Cells[i]
	forgiven := o.AllowErrors || cell.HasTag("raises-exception")
	r := c.request(i, "execute_request", protocol.Shell, protocol.ExecuteRequest{
		Code: cell.Source, StoreHistory: true, StopOnError: !forgiven,
	})
	limit := deadline(o.Timeout)
	select {
	case <-r.done:
	case <-limit:
		stopped := c.interrupt(r)
		return &TimeoutError{i + 1, cell.ID, o.Timeout, !stopped}
	case <-ctx.Done():
		c.interrupt(r)
		return context.Cause(ctx)
	}
	if e := r.reply.ErrorContent; r.reply.Status != protocol.OK && !forgiven {
		if e == nil {
			return errors.New("the kernel did not run cell " + cell.ID)
		}
		return &CellError{i + 1, cell.ID, e.Name, e.Value, e.Traceback}
	}
	return nil
}

func deadline(limit time.Duration) <-chan time.Time {
	if limit <= 0 {
		return nil
	}
	return time.After(limit)
}

// grace is how long a cell has to obey an interrupt: engines stop within a second.
const grace = 2 * time.Second

// interrupt interrupts the cell, a second time if the first does not help: the
// kernel then gives it up. It says whether the cell ended.
func (c *client) interrupt(r *request) (ended bool) {
	for range 2 {
		c.request(-1, "interrupt_request", protocol.Control, struct{}{})
		select {
		case <-r.done:
			return true
		case <-time.After(grace):
		}
	}
	return false
}

// languageInfo is the kernel's in the form of a notebook's metadata; the old one
// where the kernel tells none.
func languageInfo(info protocol.LanguageInfo, old any) any {
	if info.Name == "" {
		return old
	}
	text, err := json.Marshal(info)
	if err != nil {
		return old
	}
	var object map[string]any
	if json.Unmarshal(text, &object) != nil {
		return old
	}
	return object
}
