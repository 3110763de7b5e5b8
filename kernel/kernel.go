// Package kernel is the core of a Jupyter kernel: it takes requests from a
// Transport, runs cells on an Evaluator, and knows neither sockets nor Go's syntax.
package kernel

import (
	"context"
	"errors"
	"io"

	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/protocol"
)

// A Transport carries messages between the kernel and its clients.
type Transport interface {
	// Receive returns the next message from shell, control or stdin, or a
	// protocol.Subscribe message. It fails only when there will be no more.
	Receive(ctx context.Context) (protocol.Message, error)
	// Send sends to one client on shell, control or stdin, or to everyone on
	// iopub. Several goroutines may call it.
	Send(protocol.Message) error
}

// An Evaluator runs cells. It may also be a Completer, an Inspector, a
// CompletenessChecker or an Abandoner.
type Evaluator interface {
	// Eval runs one cell. The result is the value of the cell's last
	// expression, nil where there is none. When ctx ends, the cell stops within
	// a second and what it had computed stays. An error that is a CellError
	// brings its own name and traceback.
	Eval(ctx context.Context, cell string, out Output) (result any, err error)
}

// ErrInterrupted is the cause of a context that an interrupt ended.
var ErrInterrupted = errors.New("interrupted")

// ErrNoInput says that the front end takes no input.
var ErrNoInput = errors.New("this front end does not take input")

// Output is where one cell's output goes, also after the cell has ended
// (a goroutine keeps the Output of the cell that started it). It is safe for
// use by several goroutines.
type Output interface {
	Stdout() io.Writer
	Stderr() io.Writer
	Display(display.Bundle)
	Clear(wait bool)
	// Input asks the person for a line; secret hides what is typed.
	Input(prompt string, secret bool) (string, error)
	// Page shows a bundle in the front end's pager.
	Page(display.Bundle)
	// SetNextInput puts text into the next cell, or into this one.
	SetNextInput(text string, replace bool)
	// Count is the execution count of the cell, n of In [n].
	Count() int
}

// A CellError is an error that says how a failed cell is shown.
type CellError interface {
	error
	Name() string        // the class of the error: "compile error", "panic" ...
	Traceback() []string // the lines a person reads, ANSI colours allowed
}

// A Completer completes code at a cursor. Offsets count bytes of code.
type Completer interface {
	Complete(code string, cursor int) Completion
}

// A Completion lists what may replace code[Start:End].
type Completion struct {
	Start, End int
	Items      []CompletionItem
}

// A CompletionItem is one proposal.
type CompletionItem struct {
	Text      string // what is inserted
	Kind      string // function, struct, module, field, variable, keyword ...
	Signature string
}

// An Inspector documents the name at a cursor, given in bytes; detail is 0 or 1.
type Inspector interface {
	Inspect(code string, cursor, detail int) (doc display.Bundle, found bool)
}

// A CompletenessChecker says whether code can be run as it stands.
type CompletenessChecker interface {
	// IsComplete returns complete, incomplete, invalid or unknown, and for
	// incomplete code the indent of the next line.
	IsComplete(code string) (status, indent string)
}

// An Abandoner gives up a cell that did not stop when it was interrupted: it is
// called at the second interrupt, and Eval then returns at once.
type Abandoner interface {
	Abandon()
}
