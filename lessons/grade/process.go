package grade

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/convnotes/convnotes/lessons/notebook"
)

// What became of a cell.
const (
	notRun  = iota // time was up before
	ended          // by itself, with or without an error
	late           // interrupted after its time-out
	crashed        // it ended the process
)

// A ran cell is one with its outputs.
type ranCell struct {
	state   int
	outputs []notebook.Output
	cause   string // of a crash
}

// slack is what a worker has beyond a cell's limit: to start, to be interrupted
// twice, to report.
const slack = 20 * time.Second

// run runs the cells, restarting the worker after each cell that ends it, until
// all have run or the time for the whole is up.
func (m *merged) run(ctx context.Context, folder string, o Options) ([]ranCell, error) {
	ran := make([]ranCell, len(m.cells))
	total := ctx
	if o.Total > 0 {
		var cancel context.CancelFunc
		total, cancel = context.WithTimeout(ctx, o.Total)
		defer cancel()
	}
	for {
		todo := m.todo(ran)
		if !slices.ContainsFunc(todo, func(i int) bool { return ran[i].state == notRun }) {
			return ran, nil
		}
		w, err := startWorker(total, folder, o)
		if err != nil {
			return nil, err
		}
		err = w.serve(m, todo, ran, o.Cell)
		cause := w.stop()
		if total.Err() != nil {
			return ran, ctx.Err()
		}
		if errors.Is(err, ErrWorker) {
			return nil, fmt.Errorf("%w: %s", err, cause)
		}
		if err != nil {
			w.blame(todo, ran, cause)
		}
	}
}

// todo returns the cells for a new worker: not what has ended a worker or was too
// slow, and no check that has its result.
func (m *merged) todo(ran []ranCell) (places []int) {
	for i, c := range m.cells {
		r := ran[i].state
		if c.runs() && (r == notRun || r == ended && c.kind != "check") {
			places = append(places, i)
		}
	}
	return places
}

// A worker is a process that runs cells.
type worker struct {
	command *exec.Cmd
	in      io.WriteCloser
	events  chan event // closed at the end
	words   tail       // the end of what it wrote to standard error
	next    int        // the cell, of those it was given, that runs now
	slow    bool       // it was killed because it did not answer
}

func startWorker(ctx context.Context, folder string, o Options) (*worker, error) {
	w := &worker{events: make(chan event)}
	w.command = exec.CommandContext(ctx, o.Worker[0], o.Worker[1:]...)
	w.command.Dir, w.command.Env, w.command.Stderr = folder, environment(filepath.Dir(folder)), &w.words
	w.command.WaitDelay = time.Second // for pipes that its children hold
	ownGroup(w.command)
	in, err := w.command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWorker, err)
	}
	out, err := w.command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWorker, err)
	}
	if err := w.command.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWorker, err)
	}
	w.in = in
	go w.read(out)
	return w, nil
}

// environment is what cells may know of the machine.
func environment(home string) []string {
	env := []string{"HOME=" + home, "USERPROFILE=" + home, "TMPDIR=" + home, "TMP=" + home, "TEMP=" + home, "GOFLAGS=-mod=mod", "GOPROXY=off"}
	for _, name := range []string{"PATH", "SYSTEMROOT", "CONVNOTES_MEMORY"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func (w *worker) read(out io.Reader) {
	defer close(w.events)
	d := json.NewDecoder(bufio.NewReader(out))
	d.UseNumber()
	for {
		var v event
		if d.Decode(&v) != nil {
			return
		}
		w.events <- v
	}
}

// serve gives the worker its cells and takes the results. An error says that it
// did not finish.
func (w *worker) serve(m *merged, todo []int, ran []ranCell, limit time.Duration) error {
	j := job{Limit: limit}
	for _, i := range todo {
		j.Cells = append(j.Cells, m.cells[i].Source)
	}
	if err := json.NewEncoder(w.in).Encode(j); err != nil {
		return fmt.Errorf("%w: %w", ErrWorker, err)
	}
	if v, ok := w.event(limit); !ok || v.Cell != ready {
		return ErrWorker
	}
	for w.next < len(todo) {
		v, ok := w.event(limit)
		if !ok || v.Cell != w.next {
			return io.ErrUnexpectedEOF
		}
		r := &ran[todo[w.next]]
		if r.state == notRun {
			r.outputs = v.Outputs
		}
		r.state = ended
		if v.Late {
			r.state = late
		}
		w.next++
		if v.Deaf {
			break // the rest is for a new worker
		}
	}
	return nil
}

func (w *worker) event(limit time.Duration) (event, bool) {
	var expired <-chan time.Time
	if limit > 0 {
		expired = time.After(limit + slack)
	}
	select {
	case v, ok := <-w.events:
		return v, ok
	case <-expired:
		w.slow = true
		return event{}, false
	}
}

// stop ends the process and its children, and says what it died of.
func (w *worker) stop() string {
	killGroup(w.command) // one that has died keeps its own reason
	w.in.Close()
	go func() {
		for range w.events {
		}
	}()
	err := w.command.Wait()
	if fatal := lastWords.Find(w.words.text); fatal != nil {
		return string(bytes.TrimSpace(fatal))
	}
	if err != nil {
		return err.Error()
	}
	return "exit status 0"
}

var lastWords = regexp.MustCompile(`(?m)^(fatal error|panic|runtime): .*$`)

// blame holds the running cell responsible for the end of the worker.
func (w *worker) blame(todo []int, ran []ranCell, cause string) {
	r := &ran[todo[w.next]]
	if r.state = crashed; w.slow {
		r.state = late
	}
	r.cause = cause
}

// A tail keeps the first part of what is written to it: a crash begins with its
// reason.
type tail struct{ text []byte }

func (t *tail) Write(b []byte) (int, error) {
	t.text = append(t.text, b[:min(len(b), max(0, 1<<20-len(t.text)))]...)
	return len(b), nil
}
