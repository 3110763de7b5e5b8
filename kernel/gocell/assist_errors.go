package gocell

import (
	"errors"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"

	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell/assist"
)

// annotate adds to a compile error what the session knows of it: names that may
// have been meant, and cells that declared a name before a restart.
func (s *Engine) annotate(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	a := failed{&assistant{s, s.live}}
	e.notes = make([][]string, len(e.Diagnostics))
	for i, d := range e.Diagnostics {
		if d.Err != nil {
			e.notes[i] = assist.Notes(*d.Err, a, s.namesAt(d.Err.Pos), display.Language())
		}
	}
	return err
}

// A failed session also knows what the cell declares that did not compile.
type failed struct{ *assistant }

func (f failed) Object(name string) types.Object {
	if obj := f.s.pkg.Scope().Lookup(name); obj != nil {
		return obj
	}
	return f.assistant.Object(name)
}

// namesAt lists the names in scope at a position of the last cell checked.
func (s *Engine) namesAt(pos token.Pos) (names []string) {
	for scope := s.pkg.Scope().Innermost(pos); scope != nil && scope != types.Universe; scope = scope.Parent() {
		names = append(names, scope.Names()...)
	}
	return names
}

// explained is the traceback of a compile error.
func (e *Error) explained() []string {
	var all []assist.Diagnostic
	for i, d := range e.Diagnostics {
		a := assist.Diagnostic{Cell: d.Cell, Line: d.Line, Column: d.Column, Message: d.Message, Source: d.Source}
		if i < len(e.notes) {
			a.Notes = e.notes[i]
		}
		if d.Err != nil {
			a.Err = *d.Err
		} else {
			a.Err = &scanner.Error{Msg: strings.TrimPrefix(d.Message, "syntax error: ")}
		}
		all = append(all, a)
	}
	return assist.Format(all, display.Language())
}

// advice is the line that explains a panic, if there is one.
func (e *Error) advice() []string {
	text := assist.ExplainPanic(e.Value, display.Language())
	if text == "" {
		return nil
	}
	return []string{assist.Advice(text)}
}
