package grade

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/execute"
	"github.com/convnotes/convnotes/lessons/notebook"
)

// A Runner executes a notebook on a fresh kernel, going on after cells that
// fail. It returns a *Stopped for a cell that had to be stopped, and an
// *execute.TimeoutError likewise.
type Runner func(ctx context.Context, n *notebook.Notebook) error

// A Stopped error says that a cell ended the process.
type Stopped struct {
	Cell  int // its place in the notebook, from 1
	Cause string
}

func (e *Stopped) Error() string {
	return fmt.Sprintf("cell %d ended the process: %s", e.Cell, e.Cause)
}

// Grade runs a submission against an assignment and reports. It does not change
// the submission. Only ctx and a broken installation give an error: whatever is
// wrong with a submission becomes part of its report.
func Grade(ctx context.Context, a Assignment, submission *notebook.Notebook, run Runner) (*Report, error) {
	l, err := lessons.Find(a.Lesson)
	if err != nil {
		return nil, err
	}
	language := languageOf(submission)
	teacher := l.NotebookSeed(language, lessons.Teacher, a.Seed)
	n := prepare(submission, teacher)
	stopped := map[string]string{} // why, by cell id
	for {
		err := run(ctx, n)
		cell, why := stoppedCell(err)
		if cell == 0 {
			if err != nil {
				return nil, err
			}
			break
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c := &n.Cells[cell-1]
		if _, again := stopped[c.ID]; again {
			return nil, fmt.Errorf("cell %s was taken out and stopped the run again: %w", c.ID, err)
		}
		stopped[c.ID] = why
		c.Source = "" // and once more from the start, without it
	}
	return newReport(a, l, language, n, stopped), nil
}

// InProcess returns a Runner that runs cells in this process, each for at most
// the given time. An answer that ends the process ends the grading too.
func InProcess(newEngine func() kernel.Evaluator, limit time.Duration) Runner {
	return func(ctx context.Context, n *notebook.Notebook) error {
		return execute.Notebook(ctx, n, newEngine(), execute.Options{Timeout: limit, AllowErrors: true})
	}
}

func languageOf(n *notebook.Notebook) string {
	facts, _ := n.Metadata["convnotes"].(map[string]any)
	if language, _ := facts["language"].(string); language == "zh" {
		return "zh"
	}
	return "en"
}

func stoppedCell(err error) (cell int, why string) {
	var late *execute.TimeoutError
	var dead *Stopped
	switch {
	case errors.As(err, &late):
		return late.Cell, fmt.Sprintf("it ran longer than %v", late.Limit)
	case errors.As(err, &dead):
		return dead.Cell, "it ended the process: " + dead.Cause
	}
	return 0, ""
}

// prepare returns a copy of the submission in which the first cell and every
// check are the teacher's. A check that the student has deleted stands again
// behind its answer, or at the end.
func prepare(submission, teacher *notebook.Notebook) *notebook.Notebook {
	n := &notebook.Notebook{Metadata: map[string]any{}}
	for key, v := range submission.Metadata {
		n.Metadata[key] = v
	}
	ours := map[string]notebook.Cell{}
	for _, c := range teacher.Cells {
		if kind := kindOf(c); kind == "check" || kind == "start" {
			ours[c.ID] = c
		}
	}
	placed := map[string]bool{}
	place := func(id string) {
		if c, ok := ours[id]; ok && !placed[id] {
			placed[id] = true
			n.Cells = append(n.Cells, notebook.Cell{ID: id, Type: notebook.Code, Source: c.Source, Metadata: c.Metadata})
		}
	}
	for _, c := range teacher.Cells {
		if kindOf(c) == "start" {
			place(c.ID)
		}
	}
	for i, c := range submission.Cells {
		if _, ok := ours[c.ID]; ok || c.Type != notebook.Code {
			place(c.ID)
			continue
		}
		c.ID = fmt.Sprintf("s%d", i) // whatever its id was, it is no check's
		c.Outputs, c.Count = nil, 0
		n.Cells = append(n.Cells, c)
	}
	for _, c := range teacher.Cells {
		place(c.ID)
	}
	return n
}

func kindOf(c notebook.Cell) string {
	facts, _ := c.Metadata["convnotes"].(map[string]any)
	kind, _ := facts["kind"].(string)
	return kind
}

// scoreOf reads the score that a check cell has shown.
func scoreOf(c notebook.Cell) (map[string]any, bool) {
	for _, o := range c.Outputs {
		if s, ok := o.Data[check.MIMEType].(map[string]any); ok && o.Type == notebook.ExecuteResult {
			return s, true
		}
	}
	return nil, false
}
