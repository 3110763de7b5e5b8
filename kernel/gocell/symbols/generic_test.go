package symbols

import (
	"go/types"
	"maps"
	"slices"
	"testing"

	"github.com/convnotes/convnotes/kernel/gocell/packages"
)

// TestGenerics asks for the source of every generic function and of every
// method of a generic type, and follows the calls in it.
func TestGenerics(t *testing.T) {
	imp := packages.NewImporter(Packages)
	src := packages.NewSources(Packages, imp)
	n := 0
	for _, path := range slices.Sorted(maps.Keys(Packages)) {
		pkg, err := imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, fn := range genericFuncs(pkg) {
			n++
			d, err := src.Func(fn)
			if err != nil {
				t.Error(err)
			} else if d == nil {
				t.Errorf("no source of %v; run go generate", fn)
			} else if d.Func.Signature().TypeParams().Len() == 0 {
				t.Errorf("%v has no type parameters", d.Func)
			}
		}
		for _, name := range pkg.Scope().Names() {
			if fn, ok := pkg.Scope().Lookup(name).(*types.Func); ok && fn.Signature().TypeParams().Len() == 0 {
				if d, err := src.Func(fn); d != nil || err != nil {
					t.Errorf("%v: %v, %v, want neither source nor error", fn, d, err)
				}
			}
		}
	}
	if n < 72 { // what the browser has
		t.Errorf("%d generic functions and methods", n)
	}
}

func genericFuncs(pkg *types.Package) (list []*types.Func) {
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			if obj.Exported() && obj.Signature().TypeParams().Len() > 0 {
				list = append(list, obj)
			}
		case *types.TypeName:
			if t, ok := obj.Type().(*types.Named); ok && obj.Exported() && t.TypeParams().Len() > 0 {
				list = slices.AppendSeq(list, t.Methods())
			}
		}
	}
	return list
}

// TestSourceUses follows the calls inside the source: each is compiled or has
// source itself.
func TestSourceUses(t *testing.T) {
	imp := packages.NewImporter(Packages)
	src := packages.NewSources(Packages, imp)
	for _, path := range []string{"slices", "maps", "sync", "errors"} {
		pkg, err := imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, fn := range genericFuncs(pkg) {
			d, err := src.Func(fn)
			if err != nil {
				t.Fatal(err)
			}
			for _, obj := range d.Info.Uses {
				used, ok := obj.(*types.Func)
				if !ok || used.Pkg() == nil || used.Signature().Recv() != nil {
					continue
				}
				d, err := src.Func(used)
				if err != nil {
					t.Fatal(err)
				}
				if compiled := Packages[used.Pkg().Path()].Func(used.Name()).IsValid(); compiled == (d != nil) {
					t.Errorf("%s uses %v: compiled %v, source %v", path, used, compiled, d != nil)
				}
			}
		}
	}
}

func BenchmarkGenericSource(b *testing.B) {
	imp := packages.NewImporter(Packages)
	pkg, err := imp.Import("slices")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"Contains", "SortFunc"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				src := packages.NewSources(Packages, imp)
				if d, err := src.Func(pkg.Scope().Lookup(name).(*types.Func)); d == nil || err != nil {
					b.Fatal(d, err)
				}
			}
		})
	}
}
