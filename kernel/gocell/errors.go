package gocell

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/convnotes/convnotes/kernel"
)

// A Diagnostic is one compile error with its place in a cell.
type Diagnostic struct {
	Cell, Line, Column int // columns count characters, from 1
	Message            string
	Source             string // the line
	Code               int    // of go/types; 0 where there is none
	Err                *types.Error
}

// An Error is why a cell failed.
type Error struct {
	Class       string // "compile error", "panic", "interrupted" ...
	Message     string
	Diagnostics []Diagnostic
	Frames      []Frame
	Omitted     int // calls between them that are left out
	Cause       error
	Value       any // what panicked

	goroutine bool
	notes     [][]string // what the session knows of each diagnostic
}

// A Frame is one call of a cell's function in a traceback, innermost first.
type Frame struct {
	Func               string
	Cell, Line, Column int
	Source             string
}

func (e *Error) Name() string { return e.Class }

func (e *Error) Unwrap() error { return e.Cause }

func (e *Error) Error() string {
	if len(e.Diagnostics) > 0 {
		var lines []string
		for _, d := range e.Diagnostics {
			lines = append(lines, d.String())
		}
		return strings.Join(lines, "\n")
	}
	return e.Message
}

// String is the message with its place.
func (d Diagnostic) String() string {
	return fmt.Sprintf("cell %d:%d:%d: %s", d.Cell, d.Line, d.Column, d.Message)
}

// Traceback is what a person reads.
func (e *Error) Traceback() (lines []string) {
	if len(e.Diagnostics) > 0 {
		return e.explained()
	}
	text := e.Message
	if e.Class == "panic" {
		text = "panic: " + text
		if e.goroutine {
			text += " [in a goroutine]"
		}
	}
	lines = append(lines, strings.Split(text, "\n")...)
	for i, f := range e.Frames {
		if i == 10 && len(e.Frames) > 20 {
			lines = append(lines, fmt.Sprintf("    ... %d more calls ...", len(e.Frames)-20+e.Omitted))
		}
		if i >= 10 && i < len(e.Frames)-10 {
			continue
		}
		lines = append(lines, f.String())
	}
	return append(lines, e.advice()...)
}

func (f Frame) String() string {
	where := fmt.Sprintf("cell %d, line %d", f.Cell, f.Line)
	if f.Func != "cell" {
		where = f.Func + " at " + where
	}
	return "    " + where + ": " + strings.TrimSpace(f.Source)
}

// byFile remembers which cell a file is.
func (s *Engine) byFile(c *cell) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[*token.File]*cell{}
	}
	s.files[c.file] = c
}

// place is where a position is: the cell, its line and column, and the line's text.
func (s *Engine) place(pos token.Pos) (c *cell, line, column int, text string) {
	if !pos.IsValid() {
		return nil, 0, 0, ""
	}
	f := s.fset.File(pos)
	s.mu.RLock()
	c = s.files[f]
	s.mu.RUnlock()
	if c == nil {
		return nil, 0, 0, ""
	}
	line, column, text = c.at(origin(c.segs, f.Offset(pos)))
	return c, line, column, text
}

// placeIn is where a position in a function is: nowhere in a package's source,
// whose positions count in files of its own.
func (s *Engine) placeIn(fn *Func, pos int) (c *cell, line, column int, text string) {
	if fn.source {
		return nil, 0, 0, ""
	}
	return s.place(token.Pos(pos))
}

// at is the line and column of an offset in a cell.
func (c *cell) at(offset int) (line, column int, text string) {
	offset = min(offset, len(strings.TrimRight(c.source, "\n"))) // the end is the end of the last line
	start := strings.LastIndexByte(c.source[:offset], '\n') + 1
	text, _, _ = strings.Cut(c.source[start:], "\n")
	return strings.Count(c.source[:start], "\n") + 1, utf8.RuneCountInString(c.source[start:offset]) + 1, text
}

func (k *checked) diagnosticAt(offset int, msg string) Diagnostic {
	line, col, text := k.cell.at(offset)
	return Diagnostic{Cell: k.cell.number, Line: line, Column: col, Message: msg, Source: text}
}

func (k *checked) syntaxError(err error) error {
	var list scanner.ErrorList
	e := &Error{Class: "compile error"}
	if errors.As(err, &list) {
		seen := map[int]bool{}
		for _, x := range list {
			d := k.diagnosticAt(origin(k.cell.segs, x.Pos.Offset), "syntax error: "+x.Msg)
			if !seen[d.Line] {
				e.Diagnostics = append(e.Diagnostics, d)
			}
			seen[d.Line] = true
		}
		return e
	}
	e.Message = err.Error()
	return e
}

// compileErrors are all errors of a cell; those of one line that follow from
// one another are told once.
func (k *checked) compileErrors(errs []types.Error) error {
	e := &Error{Class: "compile error"}
	for _, x := range errs {
		x.Msg = k.tellApart(x)
		if strings.HasPrefix(x.Msg, "\t") && len(e.Diagnostics) > 0 {
			last := &e.Diagnostics[len(e.Diagnostics)-1]
			last.Message += "\n" + clean(x.Msg)
			continue
		}
		c, line, col, text := k.s.place(x.Pos)
		if c == nil {
			c = k.cell
		}
		e.Diagnostics = append(e.Diagnostics, Diagnostic{c.number, line, col, clean(x.Msg), text, codeOf(x), &x})
	}
	return e
}

// clean takes the marks out of a message that the written file needed.
func clean(msg string) string {
	return strings.NewReplacer(newMark, "", oldMark, "").Replace(msg)
}

// codeOf is the checker's code of an error, which go/types keeps to itself.
func codeOf(e types.Error) int {
	f := reflect.ValueOf(e).FieldByName("go116code")
	if f.IsValid() && f.CanInt() {
		return int(f.Int())
	}
	return 0
}

// Codes of go/types, from internal/types/errors.
const (
	invalidInitCycle = 9
	unusedExpr       = 100
)

// cannotCompile tells what the compiler cannot do yet.
func (k *checked) cannotCompile(v any) error {
	n, ok := v.(*notYet)
	if !ok {
		if e, isErr := v.(interface{ Error() string }); isErr && !isRuntime(v) {
			return &Error{Class: "compile error", Diagnostics: []Diagnostic{k.diagnosticAt(0, e.Error())}}
		}
		panic(v)
	}
	d := k.diagnosticAt(0, "not supported yet: "+n.what)
	if c, line, col, text := k.s.place(n.pos); c != nil {
		d = Diagnostic{Cell: c.number, Line: line, Column: col, Message: d.Message, Source: text}
	}
	return &Error{Class: "compile error", Diagnostics: []Diagnostic{d}}
}

func isRuntime(v any) bool {
	_, ok := v.(interface{ RuntimeError() })
	return ok
}

// panicError is the error of a cell that panicked.
func (s *Engine) panicError(p *panicking) error {
	e := &Error{Class: "panic", Message: panicText(p.val), Value: p.val}
	e.Frames, e.Omitted = s.frames(p.trace)
	switch v := p.val.(type) {
	case *exit:
		return &Error{Class: "exit", Message: v.Error()}
	case *interrupted:
		e.Class, e.Message, e.Cause = "interrupted", "interrupted", kernel.ErrInterrupted
	case *deadlock:
		e.Class, e.Message = "deadlock", "fatal error: "+v.Error()
	case *stackOverflow:
		e.Class = "stack overflow"
	case error:
		e.Cause = v
	}
	return e
}

func (s *Engine) frames(trace []traceFrame) (all []Frame, omitted int) {
	for _, t := range trace {
		omitted += t.skipped
		c, line, col, text := s.placeIn(t.fn, t.pos)
		if c == nil {
			continue
		}
		all = append(all, Frame{t.fn.name, c.number, line, col, text})
	}
	return all, omitted
}

// panicText writes what panicked as the runtime does.
func panicText(v any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("%T (its own text panics: %v)", v, r)
		}
	}()
	switch x := v.(type) {
	case error:
		return x.Error()
	case fmt.Stringer:
		return x.String()
	case string:
		return x
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return fmt.Sprintf("%T(%#v)", v, plainOf(rv))
	}
	return fmt.Sprintf("%#v", v)
}

// plainOf is a value of a basic kind without its name.
func plainOf(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.Complex64, reflect.Complex128:
		return v.Complex()
	}
	return plainValue(v)
}

// Values are the results of a last expression that has several.
type Values []any

// String writes the values in a row.
func (v Values) String() string {
	var parts []string
	for _, x := range v {
		parts = append(parts, fmt.Sprint(x))
	}
	return strings.Join(parts, ", ")
}
