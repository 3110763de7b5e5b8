package gocell

import (
	"fmt"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/convnotes/convnotes/kernel/gocell/assist"
)

// helping is what an Engine keeps for its assistant.
type helping struct {
	names   map[string]*declared // live when no cell ran last
	before  map[string]int       // the cells of names from before a restart
	written map[string]int       // what the file of RememberIn holds
	file    string
}

// An assistant is what the session says of itself while code is written: the
// names that were live when it was asked.
type assistant struct {
	s    *Engine
	live map[string]*declared
}

var _ assist.Session = (*assistant)(nil)

// assistant returns the session as package assist sees it. While a cell runs,
// the names are those from before it.
func (s *Engine) assistant() *assistant {
	if s.evals.TryLock() {
		s.helping.names = maps.Clone(s.live)
		s.evals.Unlock()
	}
	return &assistant{s, s.helping.names}
}

func (a *assistant) Object(name string) types.Object {
	if d := a.live[name]; d != nil {
		return d.obj
	}
	return nil
}

func (a *assistant) Names() []string { return slices.Sorted(maps.Keys(a.live)) }

func (a *assistant) Import(path string) (*types.Package, error) { return a.s.imp.Import(path) }

func (a *assistant) Known(name string) (path string, ok bool) {
	path, ok = a.s.names[name]
	return path, ok
}

func (a *assistant) KnownNames() []string { return slices.Sorted(maps.Keys(a.s.names)) }

func (a *assistant) Paths() []string { return slices.Sorted(maps.Keys(a.s.pkgs)) }

func (a *assistant) Doc(path, name string) string {
	if path == "main" {
		return a.cellDoc(name)
	}
	if p := a.s.pkgs[path]; p != nil {
		return p.Doc(name)
	}
	return ""
}

// cellDoc is the comment above a declaration in its cell.
func (a *assistant) cellDoc(name string) string {
	d := a.live[name]
	if d == nil {
		return ""
	}
	c, line, _, _ := a.s.place(d.obj.Pos())
	if c == nil {
		return ""
	}
	above := strings.Split(c.source, "\n")[:line-1]
	var doc []string
	for len(above) > 0 {
		text, ok := strings.CutPrefix(strings.TrimSpace(above[len(above)-1]), "//")
		if !ok {
			break
		}
		doc = append(doc, strings.TrimPrefix(text, " "))
		above = above[:len(above)-1]
	}
	slices.Reverse(doc)
	return strings.Join(doc, "\n")
}

func (a *assistant) DefinedIn(name string) (cell int, ok bool) {
	if d := a.live[name]; d != nil && d.cell != nil {
		return d.cell.number, true
	}
	return 0, false
}

func (a *assistant) BeforeRestart(name string) (cell int, ok bool) {
	cell, ok = a.s.helping.before[name]
	return cell, ok
}

// value is the value of a live variable, unless a cell may be changing it.
func (a *assistant) value(name string, use func(reflect.Value)) bool {
	d := a.live[name]
	if d == nil {
		return false
	}
	if _, isVar := d.obj.(*types.Var); !isVar || !a.s.evals.TryLock() {
		return false
	}
	defer a.s.evals.Unlock()
	v, ok := a.s.Lookup(name)
	if ok {
		use(v)
	}
	return ok
}

// Value writes a variable as %v does, shortened. A String method of a cell that
// does not end is interrupted.
func (a *assistant) Value(name string) (text string, ok bool) {
	ok = a.value(name, func(v reflect.Value) {
		done := make(chan string, 1)
		a.s.renewStop()
		go func() {
			defer func() {
				if recover() != nil {
					done <- ""
				}
			}()
			done <- excerpt(fmt.Sprint(v.Interface()))
		}()
		select {
		case text = <-done:
		case <-time.After(patience):
			a.s.interrupt()
		}
	})
	return text, ok && text != ""
}

// patience is how long help on a name waits for the text of its value.
const patience = 300 * time.Millisecond

// excerpt keeps the first lines of a text, and the first part of each.
func excerpt(text string) string {
	const most, width = 12, 160
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > most {
		lines = append(lines[:most:most], "…")
	}
	for i, l := range lines {
		if r := []rune(l); len(r) > width {
			lines[i] = string(r[:width]) + "…"
		}
	}
	return strings.Join(lines, "\n")
}

// Shape writes the sizes of a value of a compiled type that has a method Shape,
// as tensors do, or Dims, as gonum's matrices do.
func (a *assistant) Shape(name string) (text string) {
	d := a.live[name]
	if d == nil || !isCompiled(d.obj.Type()) {
		return ""
	}
	a.value(name, func(v reflect.Value) {
		defer func() { _ = recover() }() // a nil pointer has no shape
		var sizes []string
		switch x := v.Interface().(type) {
		case interface{ Dims() (rows, cols int) }:
			rows, cols := x.Dims()
			sizes = []string{fmt.Sprint(rows), fmt.Sprint(cols)}
		case interface{ Shape() []int }:
			for _, n := range x.Shape() {
				sizes = append(sizes, fmt.Sprint(n))
			}
		}
		text = strings.Join(sizes, "×")
	})
	return text
}

// isCompiled reports whether a type's methods are compiled Go, which are safe to call.
func isCompiled(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() != "main"
}
