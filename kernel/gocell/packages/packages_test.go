package packages

import (
	"bytes"
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"testing"
)

type hidden struct{ next *hidden }

type Box[T any] struct{ v T }

type Shown struct {
	h    hidden
	many []Box[int]
}

func (Shown) Get() map[string]Box[string] { return nil }

var Variable = 3

var table = &Package{Path: "github.com/convnotes/convnotes/kernel/gocell/packages", Name: "packages", Symbols: []Symbol{
	{"Shown", (*Shown)(nil)}, {"Sprint", fmt.Sprint}, {"Stringer", (*fmt.Stringer)(nil)}, {"Variable", &Variable},
}}

func TestSymbols(t *testing.T) {
	if f := table.Func("Sprint").Interface().(func(...any) string); f(1) != "1" {
		t.Error("Func")
	}
	table.Var("Variable").Elem().SetInt(4)
	if Variable != 4 {
		t.Error("Var")
	}
	if table.Type("Shown") != reflect.TypeFor[Shown]() || table.Type("Stringer") != reflect.TypeFor[fmt.Stringer]() {
		t.Error("Type")
	}
	for _, name := range []string{"", "Missing", "shown", "Zzz"} {
		if table.Func(name).IsValid() || table.Type(name) != nil {
			t.Errorf("%q is there", name)
		}
	}
}

func TestHiddenTypes(t *testing.T) {
	for name, want := range map[string]reflect.Type{
		"hidden": reflect.TypeFor[hidden](), "Box[int]": reflect.TypeFor[Box[int]](), "Box[string]": reflect.TypeFor[Box[string]](),
	} {
		if got := table.Type(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestUnknownPackage(t *testing.T) {
	_, err := NewImporter(map[string]*Package{}).Import("no/such")
	var unknown *UnknownError
	if !errors.As(err, &unknown) || unknown.Path != "no/such" || err.Error() != "package no/such is not built into this kernel" {
		t.Errorf("%v", err)
	}
	if p, err := NewImporter(nil).Import("unsafe"); p != types.Unsafe || err != nil {
		t.Errorf("unsafe: %v, %v", p, err)
	}
}

func TestDamagedExports(t *testing.T) {
	a, err := Pack([]string{"p"}, map[string][]byte{"p": []byte("i no export data")})
	if err != nil {
		t.Fatal(err)
	}
	pkgs := map[string]*Package{"p": {Path: "p", Name: "p", Exports: a}, "q": {Path: "q", Name: "q", Exports: a[:8]}}
	for path := range pkgs {
		if _, err := NewImporter(pkgs).Import(path); err == nil {
			t.Errorf("%s imported", path)
		}
	}
}

func TestArchive(t *testing.T) {
	texts := map[string][]byte{"a": []byte("one\n\ntwo"), "b/c": nil, "d": bytes.Repeat([]byte("xyz"), 1e5)}
	paths := []string{"d", "a", "b/c"}
	a, err := Pack(paths, texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if got, err := a.Find(path); err != nil || !bytes.Equal(got, texts[path]) {
			t.Errorf("%s: %d bytes, %v", path, len(got), err)
		}
	}
	if got, err := a.Find("e"); got != nil || err != nil {
		t.Errorf("no text: %q, %v", got, err)
	}
}

// FuzzArchive finds in damaged archives either something or an error.
func FuzzArchive(f *testing.F) {
	a, err := Pack([]string{"a", "b"}, map[string][]byte{"a": []byte("text of a"), "b": []byte("text of b")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(a))
	f.Add("a 5\n\nshort")
	f.Add("a -1\n\n")
	f.Add("a\nb 99999999999999999999\n\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<16 {
			return
		}
		if got, err := Archive(s).Find("a"); err == nil && got != nil && !strings.Contains(s, "a ") {
			t.Errorf("found %q in %q", got, s)
		}
	})
}

func TestDocComments(t *testing.T) {
	a, err := Pack([]string{"p"}, map[string][]byte{"p": []byte("\n\tPackage p.\nF\n\tF is.\n\n\tMore.\n\n\tMore of the package.\nT.M\n\tM.\n")})
	if err != nil {
		t.Fatal(err)
	}
	p := &Package{Path: "p", Docs: a}
	for name, want := range map[string]string{
		"F": "F is.", "T.M": "M.", "none": "", "": "Package p.\n\nMore.\n\nMore of the package.",
	} {
		if got := p.Doc(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestPathOfConflicts(t *testing.T) {
	pkgs := map[string]*Package{}
	for _, p := range []struct{ path, name, member string }{
		{"crypto/rand", "rand", "Prime"}, {"math/rand", "rand", "Intn"}, {"math/rand/v2", "rand", "IntN"},
		{"html/template", "template", "HTML"}, {"text/template", "template", "New"},
		{"example.org/x/sort", "sort", "Ints"}, {"sort", "sort", "Ints"}, {"github.com/convnotes/convnotes/sort", "sort", "Own"},
	} {
		pkgs[p.path] = &Package{Path: p.path, Name: p.name, Symbols: []Symbol{{p.member, 1}}}
	}
	for _, c := range []struct{ name, member, want string }{
		{"rand", "", "math/rand/v2"}, {"rand", "Intn", "math/rand"}, {"rand", "Prime", "crypto/rand"}, {"rand", "None", "math/rand/v2"},
		{"template", "", "text/template"}, {"template", "HTML", "html/template"},
		{"sort", "", "github.com/convnotes/convnotes/sort"}, {"sort", "Ints", "sort"}, {"none", "", ""},
	} {
		var members []string
		if c.member != "" {
			members = []string{c.member}
		}
		if got := PathOf(pkgs, c.name, members...); got != c.want {
			t.Errorf("%s.%s: %q, want %q", c.name, c.member, got, c.want)
		}
	}
}
