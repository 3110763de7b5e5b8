package gocell_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/txtar"

	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/internal/lab/cnn"
	"github.com/convnotes/convnotes/kernel/gocell/packages"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
)

// TestLab runs the cells of testdata/lab, which import a package of their own.
func TestLab(t *testing.T) {
	pkgs := maps.Clone(symbols.Packages)
	pkgs["lab/cnn"] = labPackage(t)
	files, err := filepath.Glob("testdata/lab/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cells", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			testFile(t, file, &session{engine: gocell.New(pkgs)})
		})
	}
}

// labPackage is what symbols' generator would write for internal/lab/cnn.
func labPackage(t *testing.T) *packages.Package {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range []string{"cnn.go", "generic.go"} {
		f, err := parser.ParseFile(fset, filepath.Join("internal/lab/cnn", name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	config := types.Config{Importer: packages.NewImporter(symbols.Packages)}
	pkg, err := config.Check("lab/cnn", fset, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	var exports bytes.Buffer
	if err := gcexportdata.Write(&exports, fset, pkg); err != nil {
		t.Fatal(err)
	}
	return &packages.Package{
		Path: "lab/cnn", Name: "cnn",
		Symbols: []packages.Symbol{
			{Name: "Apply", Value: cnn.Apply}, {Name: "Check", Value: cnn.Check}, {Name: "Config", Value: (*cnn.Config)(nil)},
			{Name: "DefaultSeed", Value: &cnn.DefaultSeed}, {Name: "ErrShape", Value: (*cnn.ErrShape)(nil)},
			{Name: "Layer", Value: (*cnn.Layer)(nil)}, {Name: "Mode", Value: (*cnn.Mode)(nil)}, {Name: "New", Value: cnn.New},
			{Name: "NewConfig", Value: cnn.NewConfig}, {Name: "Option", Value: (*cnn.Option)(nil)}, {Name: "Run", Value: cnn.Run},
			{Name: "Tensor", Value: (*cnn.Tensor)(nil)}, {Name: "WithLR", Value: cnn.WithLR},
		},
		Exports:  pack(t, exports.Bytes()),
		Generics: pack(t, labGenerics(t, fset, files[1])),
	}
}

func pack(t *testing.T, text []byte) packages.Archive {
	a, err := packages.Pack([]string{"lab/cnn"}, map[string][]byte{"lab/cnn": text})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// labGenerics is the source of the generic functions, methods as functions.
func labGenerics(t *testing.T, fset *token.FileSet, f *ast.File) []byte {
	source, err := os.ReadFile("internal/lab/cnn/generic.go")
	if err != nil {
		t.Fatal(err)
	}
	var a txtar.Archive
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := fn.Name.Name
		text := string(source[fset.Position(fn.Pos()).Offset:fset.Position(fn.End()).Offset])
		if fn.Recv != nil {
			text = strings.Replace(text, "func (m *Matrix[T]) "+name+"(", "func Matrix_"+name+"[T any](m *Matrix[T], ", 1)
			name = "Matrix." + name
		}
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte("\n\n" + text + "\n")})
	}
	return txtar.Format(&a)
}
