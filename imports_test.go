package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/convnotes/convnotes"

// An arrow says that a package must not import another, tests apart, directly or
// through others, and why. A pattern x/... means x and all below, .../... any of
// ours; except lists patterns that may, on either side.
type arrow struct {
	from, to string
	except   []string
	why      string
}

var arrows = []arrow{
	{"cnn/...", "kernel/...", nil, "a CNN must run without Jupyter"},
	{"cnn/...", "plotting/...", nil, "mathematics does not know how it is drawn"},
	{"cnn/...", "lessons/...", nil, "mathematics does not know who learns it"},
	{"cnn", "cnn/...", []string{"cnn/internal/..."}, "operations do not know layers, models or training"},
	{"cnn/internal/...", "cnn", nil, "fast sums work on slices, below tensors"},
	{"cnn/layers", "cnn/models", nil, "a layer does not know the networks that are built from it"},
	{"cnn/layers", "cnn/train", nil, "a layer does not know how it is trained"},

	{"kernel/...", "cnn/...", []string{"kernel/gocell/symbols/..."}, "a kernel must run any Go; only the table of importable packages knows cnn"},
	{"kernel/...", "plotting/...", []string{"kernel/gocell/symbols/..."}, "as cnn"},
	{"kernel/...", "lessons/...", []string{"kernel/gocell/symbols/..."}, "a kernel does not know the course"},
	{"kernel/...", "kernel/gocell/symbols", []string{"kernel/gocell/symbols/..."}, "main hands the table to the evaluator, so another course swaps one argument"},
	{"kernel", "kernel/zmq", nil, "the core knows no transport"},
	{"kernel", "kernel/gocell/...", nil, "the core knows no evaluator"},
	{"kernel/zmq", "kernel/gocell/...", nil, "a transport knows no evaluator"},
	{"kernel/gocell/...", "kernel/zmq", nil, "an evaluator knows no transport"},
	{"kernel/gocell/lex", ".../...", nil, "cutting a cell needs nothing else"},
	{"kernel/gocell/assist", "kernel/gocell", nil, "the engine asks for help; help asks the engine through an interface"},
	{"kernel/protocol", ".../...", nil, "messages are types and JSON, nothing else"},
	{"kernel/display", ".../...", nil, "a leaf: cells, plotting and checks use it alone"},

	{"plotting/...", "kernel/...", []string{"kernel/display", "kernel/widget", "kernel/comm", "kernel/protocol"}, "figures show themselves by the leaves of the kernel"},
	{"lessons/source", ".../...", nil, "parsing a lesson needs nothing else"},
	{"lessons/notebook", "kernel/...", nil, "the file format knows no kernel"},
	{"lessons/notebook", "cnn/...", nil, "the file format knows no mathematics"},
	{"lessons/page", "kernel/...", nil, "a page is made from a notebook alone"},
	{"lessons/execute", "kernel/gocell/...", nil, "main says which evaluator runs the cells"},
	{"lessons/grade", "kernel/gocell/...", nil, "as lessons/execute"},
	{"install/...", "kernel/...", nil, "telling Jupyter of the kernel does not run it"},
	{"install/...", "lessons/...", nil, "as the kernel"},
	{"internal/...", ".../...", nil, "what everyone may use uses nothing"},
}

// forbids says whether a package may not import another.
func (a arrow) forbids(from, to string) bool {
	if from == to || !matches(a.from, from) || !matches(a.to, to) {
		return false
	}
	for _, e := range a.except {
		if matches(e, from) || matches(e, to) {
			return false
		}
	}
	return true
}

func matches(pattern, path string) bool {
	if pattern == ".../..." {
		return true
	}
	below, ok := strings.CutSuffix(pattern, "/...")
	return path == pattern || ok && (path == below || strings.HasPrefix(path, below+"/"))
}

func TestImports(t *testing.T) {
	deps := dependencies(t)
	for _, a := range arrows {
		met := false
		for from, all := range deps {
			met = met || matches(a.from, from)
			for _, to := range all {
				if a.forbids(from, to) {
					t.Errorf("%s imports %s: %s", from, to, a.why)
				}
			}
		}
		if !met {
			t.Errorf("no package is %s: the arrow to %s is out of date", a.from, a.to)
		}
	}
}

// dependencies returns, by path below the module, the packages of ours that each
// of ours imports, directly or through others.
func dependencies(t *testing.T) map[string][]string {
	out, err := exec.Command("go", "list", "-json=ImportPath,Deps", "./...").Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("go list: %v\n%s", err, failed.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	deps := map[string][]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Deps       []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return deps
		} else if err != nil {
			t.Fatal(err)
		}
		from := below(p.ImportPath)
		deps[from] = nil
		for _, to := range p.Deps {
			if to == module || strings.HasPrefix(to, module+"/") {
				deps[from] = append(deps[from], below(to))
			}
		}
	}
}

func below(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

// The test must be able to fail.
func TestArrowForbids(t *testing.T) {
	a := arrow{"cnn/...", "kernel/...", []string{"kernel/display"}, ""}
	for _, tt := range []struct {
		from, to string
		want     bool
	}{
		{"cnn", "kernel", true},
		{"cnn/layers", "kernel/zmq", true},
		{"cnn", "kernel/display", false},
		{"cnnx", "kernel", false},
		{"plotting", "kernel", false},
		{"cnn", "kernelx", false},
	} {
		if got := a.forbids(tt.from, tt.to); got != tt.want {
			t.Errorf("%s imports %s: forbidden %v, want %v", tt.from, tt.to, got, tt.want)
		}
	}
	if a := (arrow{"internal/...", ".../...", nil, ""}); !a.forbids("internal/x", "cnn") || a.forbids("internal/x", "internal/x") {
		t.Error("the pattern of everything")
	}
}
