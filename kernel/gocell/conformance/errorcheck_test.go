package conformance

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/packages"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
)

var errorcheck = flag.Bool("errorcheck", false, "check every errorcheck program of GOROOT/test, not a sample")

// TestErrorcheck holds the lines that the engine complains about against those
// that the programs mark, for the programs that go/types itself reports on:
// where the checker alone finds exactly the marked lines, the engine must too.
func TestErrorcheck(t *testing.T) {
	root := goRoot(t)
	files, err := errorcheckFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	imports := packages.NewImporter(symbols.Packages)
	var results []Result
	for i, file := range files {
		if !*errorcheck && i%12 != 0 {
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		want := lineList(ErrorLines(source))
		if want == "" || checkerLines(imports, source) != want {
			continue // marks what only the compiler's later stages find
		}
		r := Result{File: file, Passed: true}
		if got := engineLines(source); got != want {
			r.Passed, r.Reason = false, fmt.Sprintf("complains about lines %s, not %s", got, want)
		}
		results = append(results, r)
	}
	if *errorcheck {
		summary(t, "errorcheck.txt", "The // errorcheck programs of GOROOT/test that go/types reports on", results)
		return
	}
	for _, r := range results {
		if !r.Passed {
			t.Errorf("%s: %s", r.File, r.Reason)
		}
	}
	if len(results) < 20 {
		t.Errorf("only %d programs compared", len(results))
	}
}

// errorcheckFiles lists the programs with the header, whatever flags follow.
func errorcheckFiles(root string) ([]string, error) {
	return filesWith(root, func(line string) bool {
		return line == "// errorcheck" || strings.HasPrefix(line, "// errorcheck -")
	})
}

func lineList(lines map[int]bool) string {
	return strings.Trim(fmt.Sprint(slices.Sorted(maps.Keys(lines))), "[]")
}

// checkerLines are the lines that the parser or, where it finds nothing, go/types
// complains about.
func checkerLines(imports types.Importer, source []byte) string {
	fset := token.NewFileSet()
	lines := map[int]bool{}
	file, err := parser.ParseFile(fset, "", source, parser.SkipObjectResolution|parser.AllErrors)
	var list scanner.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			lines[e.Pos.Line] = true
		}
		return lineList(lines)
	}
	config := types.Config{Importer: imports, Error: func(err error) {
		if e, ok := err.(types.Error); ok && !strings.HasPrefix(e.Msg, "\t") {
			lines[fset.Position(e.Pos).Line] = true
		}
	}}
	_, _ = config.Check(file.Name.Name, fset, []*ast.File{file}, nil)
	return lineList(lines)
}

func engineLines(source []byte) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := gocell.New(symbols.Packages).RunProgram(ctx, map[string]string{"program.go": inMain(source)}, quiet{})
	lines := map[int]bool{}
	var e *gocell.Error
	if errors.As(err, &e) {
		for _, d := range e.Diagnostics {
			lines[d.Line] = true
		}
	}
	return lineList(lines)
}

// inMain gives a program the package name that the engine runs.
func inMain(source []byte) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, parser.PackageClauseOnly)
	if err != nil {
		return string(source)
	}
	at := fset.PositionFor(file.Name.Pos(), false).Offset
	return string(source[:at]) + "main" + string(source[at+len(file.Name.Name):])
}

// quiet is an output that no one reads.
type quiet struct{ terminal }

func (quiet) Stdout() io.Writer { return io.Discard }
func (quiet) Stderr() io.Writer { return io.Discard }
