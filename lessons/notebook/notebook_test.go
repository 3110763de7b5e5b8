package notebook

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// testdata/jupyter.ipynb was written by Python's nbformat 5.11.1: every type of
// cell and output, every kind of value.
func TestWritesWhatJupyterWrites(t *testing.T) {
	want, err := os.ReadFile("testdata/jupyter.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	n, err := ReadFile("testdata/jupyter.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := Write(&got, n); err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("written:\n%s\nread:\n%s", got.String(), want)
	}
}

func TestRead(t *testing.T) {
	n, err := ReadFile("testdata/jupyter.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	if got := n.Language(); got != "go" {
		t.Errorf("language %q, want go", got)
	}
	if got, want := n.Cells[0].Source, "# 互相关 <b>&</b>\n\n$a_1 < b$"; got != want {
		t.Errorf("source %q, want %q", got, want)
	}
	if !n.Cells[1].HasTag("raises-exception") || n.Cells[1].HasTag("hidden") {
		t.Error("tags are not read")
	}
	if got, want := n.Cells[1].Outputs[0].Text, "one\r50%\rtwo\nthree"; got != want {
		t.Errorf("stream %q, want %q", got, want)
	}
	data := n.Cells[2].Outputs[0].Data
	if got, want := data["text/plain"], "1\n2"; got != want {
		t.Errorf("text/plain %q, want %q", got, want)
	}
	if got, want := data["application/x-new+json"], []any{"p", "q"}; !reflect.DeepEqual(got, want) {
		t.Errorf("a JSON list became %#v", got)
	}
	if got := n.Cells[2].Outputs[2].Traceback; len(got) != 2 {
		t.Errorf("traceback %q", got)
	}
}

func TestReadOlder(t *testing.T) {
	const old = `{"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[
		{"cell_type":"code","source":"a","outputs":[],"execution_count":null},
		{"cell_type":"markdown","source":["b\n","c"],"id":"cell-1"},
		{"cell_type":"markdown","source":"d","id":"cell-1"},
		{"cell_type":"markdown","source":"e","id":"not valid"}]}`
	n, err := Read(strings.NewReader(old))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range n.Cells {
		ids = append(ids, c.ID)
	}
	if want := []string{"cell-2", "cell-1", "cell-3", "cell-4"}; !reflect.DeepEqual(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
	if got := n.Cells[1].Source; got != "b\nc" {
		t.Errorf("source %q", got)
	}
}

func TestReadErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "not a notebook"},
		{"no JSON", "package main", "not a notebook"},
		{"another object", `{"a":1}`, "not a notebook of format 4 but 0.0"},
		{"an older format", `{"nbformat":3,"nbformat_minor":0,"worksheets":[]}`, "open and save it in JupyterLab"},
		{"more than one", `{"nbformat":4} {"nbformat":4}`, "something follows"},
		{"a cell of no type", `{"nbformat":4,"cells":[{"source":"x"}]}`, `cell 1: type "": want markdown, code or raw`},
		{"an output of no type", `{"nbformat":4,"cells":[{"cell_type":"code","outputs":[{"output_type":"pyout"}]}]}`, `output 1: type "pyout"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestWriteErrors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cells []Cell
		want  string
	}{
		{"no id", []Cell{{Type: Code}}, `cell 1: id ""`},
		{"bad id", []Cell{{Type: Code, ID: "a b"}}, `cell 1: id "a b"`},
		{"id twice", []Cell{{Type: Code, ID: "a"}, {Type: Code, ID: "a"}}, `cell 2: id "a" is the id of cell 1 already`},
		{"no type", []Cell{{ID: "a"}}, `type ""`},
		{"text that ran", []Cell{{ID: "a", Type: Markdown, Count: 1}}, "only code cells run"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := New()
			n.Cells = tt.cells
			var out bytes.Buffer
			if err := Write(&out, n); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
			if out.Len() > 0 {
				t.Error("something was written all the same")
			}
		})
	}
}

func TestWriteFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.ipynb")
	n := New()
	n.Cells = []Cell{{ID: "a", Type: Code, Source: "1"}}
	if err := WriteFile(name, n); err != nil {
		t.Fatal(err)
	}
	back, err := ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(back.Cells) != 1 || back.Language() != "go" {
		t.Errorf("read back %+v", back)
	}
	n.Cells[0].ID = ""
	if err := WriteFile(name, n); err == nil {
		t.Error("a bad notebook was written")
	}
	if _, err := ReadFile(name); err != nil {
		t.Errorf("a failed write spoilt the file: %v", err)
	}
	left, _ := os.ReadDir(filepath.Dir(name))
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// What is read and written is read again as the same notebook.
func FuzzRead(f *testing.F) {
	seed, err := os.ReadFile("testdata/jupyter.ipynb")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"nbformat":4,"cells":[{"cell_type":"code","source":["a\n","b"],"outputs":[{"output_type":"display_data","data":{"text/plain":["x",1]}}]}]}`))
	f.Add([]byte(`{"nbformat":4,"cells":null,"metadata":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := Write(&once, first); err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		if !json.Valid(once.Bytes()) {
			t.Fatalf("written is not JSON:\n%s", once.String())
		}
		second, err := Read(bytes.NewReader(once.Bytes()))
		if err != nil {
			t.Fatalf("written but not read: %v\n%s", err, once.String())
		}
		if err := Write(&twice, second); err != nil {
			t.Fatal(err)
		}
		if once.String() != twice.String() {
			t.Errorf("first\n%s\nthen\n%s", once.String(), twice.String())
		}
	})
}
