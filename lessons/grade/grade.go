// Package grade runs what students hand in and gives points.
//
// A submission is merged with the teacher's notebook: the first cell and every
// check are the teacher's, hidden checks included, whatever the student made of
// them, and what is missing is put back. The cells run in a process of their own,
// in a temporary copy of the submission. A cell that is too slow is interrupted;
// when one ends the process, a new process replays the cells before it, except
// checks, and goes on behind it. So every submission gets a result, and the same
// submission the same one.
//
// Not guarded yet: an answer runs with the rights of the grader. It can read and
// write the grader's files, use the network and all of the memory, and a student
// who studies this package can forge a score. Grade in a container or a virtual
// machine, without the other submissions in it, if you cannot trust the answers.
package grade

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/convnotes/convnotes/lessons/notebook"
)

// Options say how submissions are graded.
type Options struct {
	Worker   []string      // the command that serves one submission: see Serve
	Cell     time.Duration // a cell's limit
	Total    time.Duration // a submission's limit
	Parallel int           // submissions at a time
	// Graded is told of each submission as it is done, in any order, with the
	// page of feedback. It is not called by two goroutines at once.
	Graded func(i int, s *Submission, feedback *notebook.Notebook) error
}

// ErrWorker says that the process that runs cells cannot be started. It is the
// grader's trouble, no submission's.
var ErrWorker = errors.New("cannot start the process that runs the cells")

// All grades submissions, files or folders, against the assignment of a folder.
// Only what is wrong with the assignment or the machine is an error; what is
// wrong with a submission is part of its result.
func All(ctx context.Context, folder string, submissions []string, o Options) (*Report, error) {
	assignments, err := Open(folder)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &Report{Version: Version, Submissions: make([]Submission, len(submissions))}
	var todo = make(chan int)
	var wait sync.WaitGroup
	var mu sync.Mutex
	for range max(1, o.Parallel) {
		wait.Go(func() {
			for i := range todo {
				s, feedback, err := one(ctx, assignments, submissions[i], o)
				mu.Lock()
				if r.Submissions[i] = s; err == nil && o.Graded != nil {
					err = o.Graded(i, &s, feedback)
				}
				mu.Unlock()
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range submissions {
		if ctx.Err() == nil {
			todo <- i
		}
	}
	close(todo)
	wait.Wait()
	return r, context.Cause(ctx)
}

// one grades one submission.
func one(ctx context.Context, assignments []Assignment, path string, o Options) (Submission, *notebook.Notebook, error) {
	began := time.Now()
	c, err := copySubmission(path, assignments)
	if c != nil {
		defer c.remove()
	}
	var bad *submissionError
	if errors.As(err, &bad) {
		s, feedback := unreadable(assignments, path, bad)
		return s, feedback, nil
	} else if err != nil {
		return Submission{}, nil, err
	}
	m := merge(c.assignment, c.notebook)
	ran, err := m.run(ctx, c.folder, o)
	if err != nil {
		return Submission{}, nil, err
	}
	s := m.result(path, ran)
	s.Seconds = time.Since(began).Seconds()
	return s, m.feedback(s), nil
}
