package generate

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

// Every program type-checks, unused variables included.
func TestProgramsAreGo(t *testing.T) {
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "source", nil)
	for seed := range uint64(100) {
		source := Program(seed)
		file, err := parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, source)
		}
		config := types.Config{Importer: imports, Error: func(err error) { t.Errorf("seed %d: %v", seed, err) }}
		_, _ = config.Check("main", fset, []*ast.File{file}, nil)
		if t.Failed() {
			t.Fatal(source)
		}
	}
}

func TestEqualSeedsEqualPrograms(t *testing.T) {
	if Program(3) != Program(3) || Program(3) == Program(4) {
		t.Error("the seed does not decide the program")
	}
}
