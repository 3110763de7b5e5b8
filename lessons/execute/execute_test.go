package execute

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/kerneltest"
	"github.com/convnotes/convnotes/kernel/protocol"
	"github.com/convnotes/convnotes/lessons/notebook"
)

func book(cells ...string) *notebook.Notebook {
	n := notebook.New()
	for i, c := range cells {
		n.Cells = append(n.Cells, notebook.Cell{ID: fmt.Sprint("c", i), Type: notebook.Code, Source: c, Metadata: map[string]any{}})
	}
	return n
}

func execute(t *testing.T, n *notebook.Notebook, o Options) error {
	t.Helper()
	return Notebook(t.Context(), n, kerneltest.NewEcho(), o)
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
		{"text is joined", []string{"print a\nprint b\nwarn c\nprint d"}, [][]string{{"stdout:a\nb\n", "stderr:c\n", "stdout:d\n"}}},
		{"a result", []string{"print a\nvalue 7"}, [][]string{{"stdout:a\n", "execute_result:7"}}},
		{"displays", []string{"showas d a", "showas e b"}, [][]string{{"display_data:a"}, {"display_data:b"}}},
		{"an update reaches earlier cells", []string{"showas d a", "showas d b", "update d c"}, [][]string{{"display_data:c"}, {"display_data:c"}, nil}},
		{"an update of nothing", []string{"update d c"}, [][]string{nil}},
		{"clear", []string{"print a\nclear\nprint b"}, [][]string{{"stdout:b\n"}}},
		{"clear waits for the next output", []string{"print a\nclear wait\nprint b"}, [][]string{{"stdout:b\n"}}},
		{"clear waits in vain", []string{"print a\nclear wait"}, [][]string{{"stdout:a\n"}}},
		{"an update after clear", []string{"showas d a\nclear\nupdate d b\nprint c"}, [][]string{{"stdout:c\n"}}},
		{"a goroutine's output stays with its cell", []string{"late 20ms late", "sleep 1s"}, [][]string{{"stdout:late\n"}, nil}},
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

// pictures shows one for every cell.
type pictures struct{}

func (pictures) Eval(_ context.Context, _ string, out kernel.Output) (any, error) {
	out.Display(display.Bundle{Data: map[string]any{"image/png": []byte("png"), "application/json": 12345678901234567}})
	return nil, nil
}

func TestCountsAndValues(t *testing.T) {
	n := book("a picture", "", "another")
	n.Cells[1].Count = 9
	n.Cells[1].Outputs = []notebook.Output{{Type: notebook.Stream, Name: "stdout", Text: "of old"}}
	var steps []string
	err := Notebook(t.Context(), n, pictures{}, Options{
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
	n := book("print a", "print b\nerror no such thing", "print c")
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
	n := book("print a\nsleep 1h", "print b")
	err := execute(t, n, Options{Timeout: 50 * time.Millisecond, AllowErrors: true})
	var late *TimeoutError
	if !errors.As(err, &late) || late.Cell != 1 {
		t.Fatalf("error %v", err)
	}
	if got := summary(n.Cells[0]); len(got) != 2 || got[0] != "stdout:a\n" {
		t.Errorf("outputs %q", got)
	}
	if n.Cells[1].Count != 0 {
		t.Error("the next cell ran")
	}
}

func TestAfterDecides(t *testing.T) {
	n := book("sleep 1h", "error bad", "print 1234567\nprint more", "print never")
	var seen []string
	end := errors.New("enough")
	err := execute(t, n, Options{Timeout: 50 * time.Millisecond, MaxText: 5, After: func(place int, outputs []notebook.Output, err error) error {
		seen = append(seen, fmt.Sprint(place, " ", summary(notebook.Cell{Outputs: outputs}), " ", err != nil))
		if place == 2 {
			return end
		}
		return nil
	}})
	if want := "[0 [error:interrupted] true 1 [error:bad] true 2 [stdout:12345] false]"; err != end || fmt.Sprint(seen) != want {
		t.Errorf("%v, error %v; want %s", seen, err, want)
	}
}

func TestDeafCell(t *testing.T) {
	err := execute(t, book("deaf"), Options{Timeout: 10 * time.Millisecond})
	var late *TimeoutError
	if !errors.As(err, &late) {
		t.Errorf("error %v", err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := Notebook(ctx, book("sleep 1h"), kerneltest.NewEcho(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
