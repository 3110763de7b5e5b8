package rtype_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"testing"
	"unsafe"

	"github.com/convnotes/convnotes/kernel/gocell/packages"
	"github.com/convnotes/convnotes/kernel/gocell/rtype"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
)

// A sheet is a checked cell whose methods are Go functions, by "T.M".
type sheet struct {
	t     testing.TB
	pkg   *types.Package
	types *rtype.Types
	code  map[string]rtype.CodeFunc
}

var importer = packages.NewImporter(symbols.Packages)

func compiled(path, name string) reflect.Type {
	if p := symbols.Packages[path]; p != nil {
		return p.Type(name)
	}
	return nil
}

func newSheet(t testing.TB, src string, code map[string]rtype.CodeFunc) *sheet {
	t.Helper()
	s := &sheet{t: t, pkg: check(t, src), code: code}
	s.types = rtype.New(rtype.Config{Compiled: compiled, Method: s.method})
	return s
}

func check(t testing.TB, src string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "cell", "package main\n"+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: importer, IgnoreFuncBodies: true}).Check("main", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func (s *sheet) method(recv *types.Named, m *types.Func) rtype.Code {
	if c := s.code[recv.Obj().Name()+"."+m.Name()]; c != nil {
		return c
	}
	return nil
}

// source is the type checker's type of a name of the cell.
func (s *sheet) source(name string) types.Type { return s.pkg.Scope().Lookup(name).Type() }

func (s *sheet) of(name string) reflect.Type { return s.types.Of(s.source(name)) }

// zero is the zero value of a type, in an interface.
func (s *sheet) zero(name string) any { return reflect.Zero(s.of(name)).Interface() }

var anyType = types.Universe.Lookup("any").Type()

// at is what p points to.
func at[T any](p unsafe.Pointer) T { return *(*T)(p) }

// set stores a result.
func set[T any](p unsafe.Pointer, v T) { *(*T)(p) = v }

// says is the body of a String method.
func says(text string) rtype.CodeFunc {
	return func(in, out []unsafe.Pointer) { set(out[0], text) }
}

func recovered(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
