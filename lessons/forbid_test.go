package lessons

import (
	"go/types"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestForbiddenNamesExist resolves every name that an exercise forbids: a
// function that is called otherwise by now would be allowed in silence.
func TestForbiddenNamesExist(t *testing.T) {
	const cnn = "github.com/convnotes/convnotes/cnn"
	paths := map[string]string{"cnn": cnn, "layers": cnn + "/layers", "models": cnn + "/models", "train": cnn + "/train", "data": cnn + "/data", "explain": cnn + "/explain"}
	method := regexp.MustCompile(`^\(\*(\w+)\.(\w+)\)\.(\w+)$`)
	loaded := map[string]*types.Package{}
	find := func(pkg string) *types.Package {
		if p, ok := loaded[pkg]; ok {
			return p
		}
		list, err := packages.Load(&packages.Config{Mode: packages.NeedTypes | packages.NeedName | packages.NeedImports}, paths[pkg])
		if err != nil || len(list) != 1 || list[0].Types == nil {
			t.Fatalf("%s: %v", pkg, err)
		}
		loaded[pkg] = list[0].Types
		return list[0].Types
	}
	for _, l := range all(t) {
		for _, e := range l.Exercises() {
			for _, name := range e.Forbid {
				var found types.Object
				if m := method.FindStringSubmatch(name); m != nil {
					if object := find(m[1]).Scope().Lookup(m[2]); object != nil {
						found, _, _ = types.LookupFieldOrMethod(types.NewPointer(object.Type()), true, find(m[1]), m[3])
					}
				} else if pkg, function, ok := strings.Cut(name, "."); ok && paths[pkg] != "" {
					found = find(pkg).Scope().Lookup(function)
				}
				if found == nil {
					t.Errorf("%s, %s: forbids %s, which does not exist", l.Name, e.Name, name)
				}
			}
		}
	}
}
