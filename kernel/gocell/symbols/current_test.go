//go:build !js

package symbols

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/kernel/gocell/packages"
)

const module = "github.com/convnotes/convnotes/"

// TestCurrent compares the names that our packages export, in their source, with
// those that cells see.
func TestCurrent(t *testing.T) {
	imp := packages.NewImporter(Packages)
	for path := range Packages {
		rel, ok := strings.CutPrefix(path, module)
		if !ok {
			continue
		}
		pkg, err := imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		seen := namesSeen(pkg)
		for name := range namesDeclared(t, filepath.Join("../../..", filepath.FromSlash(rel))) {
			if !seen[name] {
				t.Errorf("cells do not see %s.%s; run go generate ./kernel/gocell/symbols", path, name)
			}
			delete(seen, name)
		}
		for name := range seen {
			t.Errorf("%s.%s is no more; run go generate ./kernel/gocell/symbols", path, name)
		}
	}
}

// namesSeen are the exported names of a package, with methods as Type.Method.
func namesSeen(pkg *types.Package) map[string]bool {
	names := map[string]bool{}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		names[name] = true
		if t, ok := obj.(*types.TypeName); ok && !t.IsAlias() {
			for m := range t.Type().(*types.Named).Methods() {
				if m.Exported() {
					names[name+"."+m.Name()] = true
				}
			}
		}
	}
	return names
}

func namesDeclared(t *testing.T, dir string) map[string]bool {
	p, err := build.ImportDir(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			addNames(names, d)
		}
	}
	return names
}

func addNames(names map[string]bool, d ast.Decl) {
	if f, ok := d.(*ast.FuncDecl); ok {
		name := f.Name.Name
		if f.Recv != nil {
			name = receiverName(f) + "." + name
		}
		if ast.IsExported(name) && f.Name.IsExported() {
			names[name] = true
		}
		return
	}
	for _, spec := range d.(*ast.GenDecl).Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() {
				names[spec.Name.Name] = true
			}
		case *ast.ValueSpec:
			for _, n := range spec.Names {
				if n.IsExported() {
					names[n.Name] = true
				}
			}
		}
	}
}

func receiverName(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	if x, ok := t.(*ast.IndexExpr); ok {
		t = x.X
	}
	return t.(*ast.Ident).Name
}
