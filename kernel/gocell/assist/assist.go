// Package assist is what a notebook says about Go code while it is written and
// when it fails: completion, inspection, whether a cell is finished, compile
// errors with a caret and an explaining line, and the magics' syntax.
//
// It works on text and go/types alone. What earlier cells left behind it asks
// of a Session, which the cell engine implements. No input may make it panic:
// code that is being typed is broken most of the time.
package assist

import "go/types"

// A Session is what the cells before this one left behind.
type Session interface {
	// Object is the live declaration of a name, nil where there is none.
	Object(name string) types.Object
	// Names lists the live names.
	Names() []string
	// Import returns the package of an import path.
	Import(path string) (*types.Package, error)
	// Known returns the import path of a package name that needs no import.
	Known(name string) (path string, ok bool)
	// KnownNames lists the package names that need no import.
	KnownNames() []string
	// Paths lists the import paths a cell may use.
	Paths() []string
	// Doc returns the doc comment of an exported name, of "Type.Member", or of
	// the package where name is empty. Names of cells have the path "main".
	Doc(path, name string) string
	// DefinedIn returns the cell that declared a live name.
	DefinedIn(name string) (cell int, ok bool)
	// Value writes the value of a live variable.
	Value(name string) (text string, ok bool)
	// Shape writes the sizes of a live tensor, 28×28, and is empty for the rest.
	Shape(name string) string
	// BeforeRestart returns the cell that declared a name before the kernel restarted.
	BeforeRestart(name string) (cell int, ok bool)
}

// A phrase is a text in the two languages of the notebook.
type phrase struct{ en, zh string }

func (p phrase) in(lang string) string {
	if lang == "zh" {
		return p.zh
	}
	return p.en
}
