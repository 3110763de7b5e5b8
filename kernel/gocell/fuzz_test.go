package gocell_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/convnotes/convnotes/kernel/gocell"
)

// FuzzCell runs any text as a cell: whatever it is, the process goes on and the
// next cell works. Left out are cells that reach for what no recover can catch,
// or for the machine outside.
func FuzzCell(f *testing.F) {
	files, _ := filepath.Glob("testdata/cells/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, cell := range a.Files {
			if strings.HasPrefix(cell.Name, "cell") {
				f.Add(string(cell.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, source string) {
		for _, word := range []string{"os", "syscall", "unsafe", "exec", "net", "http", "go", "runtime", "debug", "plugin", "reflect", "signal", "!", "%", "make", "Repeat", "testing", "append", "ioutil"} {
			if strings.Contains(source, word) {
				return
			}
		}
		s := newSession()
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, err := s.engine.Eval(ctx, source, &output{})
			if e, ok := err.(*gocell.Error); ok && e.Class == "internal error" {
				t.Errorf("%q: %v", source, err)
			}
		}()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			s.engine.Abandon()
			return
		}
		if v, err := s.engine.Eval(context.Background(), "1 + 1", &output{}); err != nil || v != 2 {
			t.Fatalf("after %q: %v, %v", source, v, err)
		}
	})
}

// An asking output answers what the cell reads from os.Stdin.
type asking struct {
	output
	lines []string
}

func (o *asking) Input(string, bool) (string, error) {
	if len(o.lines) == 0 {
		return "", os.ErrClosed
	}
	line := o.lines[0]
	o.lines = o.lines[1:]
	return line, nil
}

func TestStdin(t *testing.T) {
	s := newSession()
	out := &asking{lines: []string{"3 4", "a line", "more"}}
	cells := []string{
		"var a, b int\nfmt.Scan(&a)\nfmt.Scan(&b)\nfmt.Println(a + b)",
		"r := bufio.NewReader(os.Stdin)\nr.ReadString('\\n')\nline, _ := r.ReadString('\\n')\nfmt.Printf(\"%q\\n\", line)",
		"sc := bufio.NewScanner(os.Stdin)\nsc.Scan()\nfmt.Println(sc.Text())",
	}
	for _, cell := range cells {
		if _, err := s.engine.Eval(context.Background(), cell, out); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := out.String(), "7\n\"a line\\n\"\nmore\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
