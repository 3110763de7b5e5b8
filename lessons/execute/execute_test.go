package execute

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/protocol"
	"github.com/convnotes/convnotes/lessons/notebook"
)

// A toy evaluates cells of one command a line.
type toy struct{ late chan struct{} }

func (t toy) Eval(ctx context.Context, cell string, out kernel.Output) (result any, err error) {
	for line := range strings.Lines(cell) {
		command, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch command {
		case "out":
			fmt.Fprintln(out.Stdout(), rest)
		case "err":
			fmt.Fprintln(out.Stderr(), rest)
		case "value":
			result = rest
		case "show", "update":
			out.Display(display.Bundle{Data: map[string]any{"text/plain": rest}, ID: "d", Update: command == "update"})
		case "picture":
			out.Display(display.Bundle{Data: map[string]any{"image/png": []byte("png"), "application/json": 12345678901234567}})
		case "clear":
			out.Clear(rest == "wait")
		case "fail":
			return nil, errors.New(rest)
		case "wait": // until interrupted
			<-ctx.Done()
			return nil, context.Cause(ctx)
		case "deaf": // to interrupts
			<-t.late
		case "late":
			go func() { <-t.late; io.WriteString(out.Stdout(), "late\n") }()
		case "meet":
			t.late <- struct{}{}
			time.Sleep(100 * time.Millisecond) // longer than the kernel holds text back
		}
	}
	return result, nil
}

func book(cells ...string) *notebook.Notebook {
	n := notebook.New()
	for i, c := range cells {
		n.Cells = append(n.Cells, notebook.Cell{ID: fmt.Sprint("c", i), Type: notebook.Code, Source: c, Metadata: map[string]any{}})
	}
	return n
}

func execute(t *testing.T, n *notebook.Notebook, o Options) error {
	t.Helper()
	return Notebook(t.Context(), n, toy{make(chan struct{})}, o)
}

// summary is a cell's outputs in short.
func summary(c notebook.Cell) (all []string) {
	for _, o := range c.Outputs {
		switch o.Type {
		case notebook.Stream:
			all = append(all, o.Name+":"+o.Text)
		case notebook.Error:
			all = append(all, "error:"+o.EValue)
		default:
			all = append(all, fmt.Sprint(o.Type, ":", o.Data["text/plain"]))
		}
	}
	return all
}

func TestOutputs(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cells []string
		want  [][]string
	}{
		{"text is joined", []string{"out a\nout b\nerr c\nout d"}, [][]string{{"stdout:a\nb\n", "stderr:c\n", "stdout:d\n"}}},
		{"a result", []string{"out a\nvalue 7"}, [][]string{{"stdout:a\n", "execute_result:7"}}},
		{"displays", []string{"show a", "show b"}, [][]string{{"display_data:a"}, {"display_data:b"}}},
		{"an update reaches earlier cells", []string{"show a", "show b", "update c"}, [][]string{{"display_data:c"}, {"display_data:c"}, nil}},
		{"an update of nothing", []string{"update c"}, [][]string{nil}},
		{"clear", []string{"out a\nclear\nout b"}, [][]string{{"stdout:b\n"}}},
		{"clear waits for the next output", []string{"out a\nclear wait\nout b"}, [][]string{{"stdout:b\n"}}},
		{"clear waits in vain", []string{"out a\nclear wait"}, [][]string{{"stdout:a\n"}}},
		{"an update after clear", []string{"show a\nclear\nupdate b\nout c"}, [][]string{{"stdout:c\n"}}},
		{"a goroutine's output stays with its cell", []string{"late", "meet"}, [][]string{{"stdout:late\n"}, nil}},
		{"an empty cell does not run", []string{"", "value 1"}, [][]string{nil, {"execute_result:1"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := book(tt.cells...)
			if err := execute(t, n, Options{}); err != nil {
				t.Fatal(err)
			}
			for i, c := range n.Cells {
				if got := summary(c); !reflect.DeepEqual(got, tt.want[i]) {
					t.Errorf("cell %d: %q, want %q", i+1, got, tt.want[i])
				}
			}
		})
	}
}

func TestCountsAndValues(t *testing.T) {
	n := book("picture", "", "value 2")
	n.Cells[1].Count = 9
	n.Cells[1].Outputs = []notebook.Output{{Type: notebook.Stream, Name: "stdout", Text: "of old"}}
	var steps []string
	err := execute(t, n, Options{
		Progress: func(done, total int) { steps = append(steps, fmt.Sprint(done, "/", total)) },
		Kernel:   kernel.Options{Info: protocol.KernelInfo{LanguageInfo: protocol.LanguageInfo{Name: "go", Version: "1.26"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 0, 2} {
		if got := n.Cells[i].Count; got != want {
			t.Errorf("cell %d: count %d, want %d", i+1, got, want)
		}
	}
	if n.Cells[1].Outputs != nil {
		t.Error("old outputs stay")
	}
	data := n.Cells[0].Outputs[0].Data
	if got, want := fmt.Sprintf("%v %v", data["image/png"], data["application/json"]), "cG5n 12345678901234567"; got != want {
		t.Errorf("data %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(steps), "[0/2 1/2 2/2]"; got != want {
		t.Errorf("progress %s, want %s", got, want)
	}
	info, _ := n.Metadata["language_info"].(map[string]any)
	if info["version"] != "1.26" {
		t.Errorf("language_info %v", info)
	}
}

func TestErrors(t *testing.T) {
	n := book("out a", "out b\nfail no such thing", "out c")
	err := execute(t, n, Options{})
	var failed *CellError
	if !errors.As(err, &failed) || failed.Cell != 2 || failed.ID != "c1" || failed.Value != "no such thing" {
		t.Fatalf("error %v", err)
	}
	for i, want := range [][]string{{"stdout:a\n"}, {"stdout:b\n", "error:no such thing"}, nil} {
		if got := summary(n.Cells[i]); !reflect.DeepEqual(got, want) {
			t.Errorf("cell %d: %q, want %q", i+1, got, want)
		}
	}
	if err := execute(t, n, Options{AllowErrors: true}); err != nil {
		t.Errorf("allowed: %v", err)
	}
	if got := summary(n.Cells[2]); !reflect.DeepEqual(got, []string{"stdout:c\n"}) {
		t.Errorf("after an allowed error: %q", got)
	}
	n.Cells[1].Metadata["tags"] = []any{"raises-exception"}
	if err := execute(t, n, Options{}); err != nil {
		t.Errorf("tagged: %v", err)
	}
}

func TestTimeout(t *testing.T) {
	n := book("out a\nwait", "out b")
	err := execute(t, n, Options{Timeout: 50 * time.Millisecond, AllowErrors: true})
	var late *TimeoutError
	if !errors.As(err, &late) || late.Cell != 1 || !late.Stopped {
		t.Fatalf("error %v", err)
	}
	if got := summary(n.Cells[0]); len(got) != 2 || got[0] != "stdout:a\n" {
		t.Errorf("outputs %q", got)
	}
	if n.Cells[1].Count != 0 {
		t.Error("the next cell ran")
	}
}

func TestDeafCell(t *testing.T) {
	err := execute(t, book("deaf"), Options{Timeout: 10 * time.Millisecond})
	var late *TimeoutError
	if !errors.As(err, &late) || late.Stopped {
		t.Errorf("error %v", err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := Notebook(ctx, book("wait"), toy{}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
