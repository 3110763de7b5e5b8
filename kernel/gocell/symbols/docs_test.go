package symbols

import (
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/kernel/gocell/packages"
)

func TestDocs(t *testing.T) {
	for _, c := range []struct{ path, name, start string }{
		{"fmt", "Println", "Println formats using the default formats"},
		{"fmt", "", "Package fmt implements formatted I/O"},
		{"bytes", "Buffer", "A Buffer is a variable-sized buffer"},
		{"bytes", "Buffer.Write", "Write appends the contents of p"},
		{"io", "Reader", "Reader is the interface that wraps"},
		{"io", "EOF", "EOF is the error returned by Read"},
		{"net/http", "StatusOK", "RFC 9110, 15.3.1"},
		{"net/http", "Request.Method", "Method specifies the HTTP method"},
		{"sync/atomic", "Pointer.Load", "Load atomically loads"},
		{"slices", "SortFunc", "SortFunc sorts the slice x"},
		{"fmt", "Printkn", ""},
	} {
		if p := Packages[c.path]; p != nil && (!strings.HasPrefix(p.Doc(c.name), c.start) || c.start == "" && p.Doc(c.name) != "") {
			t.Errorf("%s.%s: %.60q, want %q", c.path, c.name, p.Doc(c.name), c.start)
		}
	}
}

// TestDocKeys finds the comments of nearly all functions and methods: few have none.
func TestDocKeys(t *testing.T) {
	imp := packages.NewImporter(Packages)
	with, all := 0, 0
	for _, path := range []string{"bytes", "errors", "fmt", "image", "slices", "strings", "time"} {
		pkg, err := imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range functions(pkg) {
			all++
			if Packages[path].Doc(packages.DocKey(f)) != "" {
				with++
			}
		}
	}
	if with*10 < all*8 {
		t.Errorf("%d of %d functions have a comment", with, all)
	}
}

func functions(pkg *types.Package) (list []*types.Func) {
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			list = append(list, obj)
		case *types.TypeName:
			if n, ok := obj.Type().(*types.Named); ok && obj.Exported() {
				list = slices.AppendSeq(list, n.Methods())
			}
		}
	}
	return slices.DeleteFunc(list, func(f *types.Func) bool { return !f.Exported() })
}

func TestSignature(t *testing.T) {
	imp := packages.NewImporter(Packages)
	for _, c := range []struct{ path, name, want string }{
		{"fmt", "Fprintln", "func fmt.Fprintln(w io.Writer, a ...any) (n int, err error)"},
		{"fmt", "Stringer", "type Stringer interface {\n\tString() string\n}"},
		{"sync", "WaitGroup", "type WaitGroup struct {\n\t// Has unexported fields.\n}"},
		{"image", "Point", "type Point struct {\n\tX int\n\tY int\n}"},
		{"time", "Duration", "type Duration int64"},
		{"math", "Pi", "const math.Pi untyped float"},
		{"iter", "Seq", "type Seq[V any] func(yield func(V) bool)"},
		{"sync/atomic", "Pointer", "type Pointer[T any] struct {\n\t// Has unexported fields.\n}"},
		{"slices", "Index", "func slices.Index[S ~[]E, E comparable](s S, v E) int"},
	} {
		pkg, err := imp.Import(c.path)
		if err != nil {
			t.Fatal(err)
		}
		if got := packages.Signature(pkg.Scope().Lookup(c.name)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s.%s: %q, want %q", c.path, c.name, got, c.want)
		}
	}
}

func TestPathOf(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"fmt", "fmt"}, {"http", "net/http"}, {"rand", "math/rand/v2"}, {"template", "text/template"},
		{"scanner", "text/scanner"}, {"pprof", "runtime/pprof"}, {"json", "encoding/json"},
		{"mat", "gonum.org/v1/gonum/mat"}, {"plotter", "gonum.org/v1/plot/plotter"},
		{"cnn", "github.com/convnotes/convnotes/cnn"}, {"display", "github.com/convnotes/convnotes/kernel/display"},
		{"native", ""}, {"nothing", ""}, {"draw", "image/draw"},
	} {
		if got := packages.PathOf(Packages, c.name); got != c.want && Packages[c.want] != nil {
			t.Errorf("%s means %q, want %q", c.name, got, c.want)
		}
	}
	for member, want := range map[string]string{"Intn": "math/rand", "Read": "math/rand", "IntN": "math/rand/v2", "Prime": "crypto/rand", "Nope": "math/rand/v2"} {
		if got := packages.PathOf(Packages, "rand", member); got != want && Packages[want] != nil {
			t.Errorf("rand.%s is of %q, want %q", member, got, want)
		}
	}
	names := map[string][]string{}
	for path, p := range Packages {
		names[p.Name] = append(names[p.Name], path)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if len(names[name]) > 1 {
			t.Logf("%s: %s of %d", name, packages.PathOf(Packages, name), len(names[name]))
		}
	}
}
