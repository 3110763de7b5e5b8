package gocell_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// An output collects what a cell writes.
type output struct {
	mu    sync.Mutex
	b     bytes.Buffer
	count int
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func (o *output) Stdout() io.Writer                  { return o }
func (o *output) Stderr() io.Writer                  { return o }
func (o *output) Display(b display.Bundle)           { fmt.Fprintln(o, "display:", b.Data["text/plain"]) }
func (o *output) Clear(bool)                         {}
func (o *output) Input(string, bool) (string, error) { return "", kernel.ErrNoInput }
func (o *output) Page(display.Bundle)                {}
func (o *output) SetNextInput(string, bool)          {}
func (o *output) Count() int                         { return o.count }

// A session runs cells one after another and writes a transcript.
type session struct {
	engine *gocell.Engine
	cells  int
}

func newSession() *session { return &session{engine: gocell.New(symbols.Packages)} }

// run returns what a cell printed, and after it its result and its error.
func (s *session) run(ctx context.Context, source string) (printed, rest string) {
	s.cells++
	out := &output{count: s.cells}
	v, err := s.engine.Eval(ctx, source, out)
	if v != nil {
		rest += fmt.Sprintf("=> %v\n", v)
	}
	if err != nil {
		rest += describe(err)
	}
	return out.String(), rest
}

// describe writes an error without colours and advice.
func describe(err error) string {
	e, ok := err.(*gocell.Error)
	if !ok {
		return "error: " + err.Error() + "\n"
	}
	lines := []string{e.Name() + "!", e.Message}
	for _, d := range e.Diagnostics {
		lines = append(lines, d.String())
	}
	for i, f := range e.Frames {
		if i < 3 || i > len(e.Frames)-3 {
			lines = append(lines, f.String())
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "!\n\n", "!\n") + "\n"
}

// TestCells runs the cells of each file in testdata/cells in one session. The
// section "want" is what they print; "out" is all they show, with results and errors.
func TestCells(t *testing.T) {
	files, err := filepath.Glob("testdata/cells/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cells", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			skipInJS(t)
			testFile(t, file, newSession())
		})
	}
}

// notInJS are the cells that cannot run in WebAssembly under JavaScript, and why.
var notInJS = map[string]string{
	"recursion-100k": "JavaScript's stack holds 2,000 calls of cells",
}

func skipInJS(t *testing.T) {
	if why := notInJS[filepath.Base(t.Name())]; why != "" && runtime.GOOS == "js" {
		t.Skip(why)
	}
}

func testFile(t *testing.T, file string, s *session) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var printed, all strings.Builder
	var want, out *txtar.File
	for i := range a.Files {
		switch f := &a.Files[i]; {
		case f.Name == "want":
			want = f
		case f.Name == "out":
			out = f
		default:
			p, rest := s.run(ctx, strings.TrimSuffix(string(f.Data), "\n"))
			printed.WriteString(p)
			all.WriteString(p)
			if p != "" && !strings.HasSuffix(p, "\n") {
				all.WriteString("\n")
			}
			all.WriteString(rest)
		}
	}
	if *update && want == nil {
		if out == nil {
			a.Files = append(a.Files, txtar.File{Name: "out"})
			out = &a.Files[len(a.Files)-1]
		}
		out.Data = []byte(all.String())
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	switch {
	case want != nil && trimEnd(printed.String()) != trimEnd(string(want.Data)):
		t.Errorf("printed:\n%s\nwant:\n%s\nall:\n%s", printed.String(), want.Data, all.String())
	case out != nil && trimEnd(all.String()) != trimEnd(string(out.Data)):
		t.Errorf("got:\n%s\nwant:\n%s", all.String(), out.Data)
	case want == nil && out == nil:
		t.Errorf("no section want or out; all:\n%s", all.String())
	}
}

// trimEnd ignores white space at the end of lines, which editors take away.
func trimEnd(s string) string {
	lines := strings.Split(strings.TrimRight(s, " \n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}
