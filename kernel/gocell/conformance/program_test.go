package conformance

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
)

// runProgram runs a file in this process and returns its exit status.
func runProgram(file string) int {
	go watchMemory(1 << 30)
	source, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	engine := gocell.New(symbols.Packages)
	if os.Getenv(cellsVariable) != "" {
		err = runCells(engine, string(source))
	} else {
		err = engine.RunProgram(context.Background(), map[string]string{file: string(source)}, terminal{})
	}
	var status int
	if err == nil {
		return 0
	}
	if _, scan := fmt.Sscanf(err.Error(), "exit status %d", &status); scan == nil {
		return status
	}
	fmt.Fprintln(os.Stderr, strings.TrimPrefix(err.Error(), "cell 1:"))
	return 1
}

// runCells runs every top-level declaration of a program as a cell of its own,
// and then a cell that calls main.
func runCells(engine *gocell.Engine, source string) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	var cells []string
	for _, d := range file.Decls {
		text := source[at(d.Pos()):at(d.End())]
		if n := len(cells); ofGenericType(d) {
			cells[n-1] += "\n" + text // a cell that declares a generic type has its methods
		} else {
			cells = append(cells, text)
		}
	}
	for _, cell := range append(cells, "main()") {
		if _, err := engine.Eval(context.Background(), cell, terminal{}); err != nil {
			return fmt.Errorf("%w in the cell\n%s", err, cell)
		}
	}
	return nil
}

func ofGenericType(d ast.Decl) bool {
	f, ok := d.(*ast.FuncDecl)
	if !ok || f.Recv == nil {
		return false
	}
	t := f.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	switch t.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// watchMemory ends a program that takes more than its share of the machine.
func watchMemory(limit int) {
	for ; ; time.Sleep(100 * time.Millisecond) {
		statm, err := os.ReadFile("/proc/self/statm")
		if err != nil {
			return // not on Linux
		}
		fields := strings.Fields(string(statm))
		if pages, _ := strconv.Atoi(fields[1]); pages*os.Getpagesize() > limit {
			fmt.Fprintln(os.Stderr, "out of memory")
			os.Exit(3)
		}
	}
}

// terminal is the output of a program that runs by itself.
type terminal struct{}

func (terminal) Stdout() io.Writer                  { return os.Stdout }
func (terminal) Stderr() io.Writer                  { return os.Stderr }
func (terminal) Display(display.Bundle)             {}
func (terminal) Clear(bool)                         {}
func (terminal) Input(string, bool) (string, error) { return "", kernel.ErrNoInput }
func (terminal) Page(display.Bundle)                {}
func (terminal) SetNextInput(string, bool)          {}
func (terminal) Count() int                         { return 1 }
