package symbols

import (
	"go/types"
	"maps"
	"slices"
	"testing"

	"github.com/convnotes/convnotes/kernel/gocell/packages"
)

// TestTables compares the exported names that the type checker knows with the
// names in the tables.
func TestTables(t *testing.T) {
	imp := packages.NewImporter(Packages)
	for _, path := range slices.Sorted(maps.Keys(Packages)) {
		pkg, err := imp.Import(path)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, name := range pkg.Scope().Names() {
			checkName(t, pkg.Scope().Lookup(name), Packages[path])
		}
	}
}

func checkName(t *testing.T, obj types.Object, p *packages.Package) {
	if !obj.Exported() {
		return
	}
	switch obj := obj.(type) {
	case *types.Func:
		if obj.Signature().TypeParams().Len() == 0 && !p.Func(obj.Name()).IsValid() {
			t.Errorf("%v is not in the table; run go generate", obj)
		}
	case *types.Var:
		if !p.Var(obj.Name()).IsValid() {
			t.Errorf("%v is not in the table; run go generate", obj)
		}
	}
}

func BenchmarkImport(b *testing.B) {
	for _, set := range [][]string{{"fmt"}, {"fmt", "math", "strings", "sort", "os"}, {"net/http"}, slices.Sorted(maps.Keys(Packages))} {
		b.Run(set[0], func(b *testing.B) {
			for b.Loop() {
				imp := packages.NewImporter(Packages)
				for _, path := range set {
					if _, err := imp.Import(path); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
