package gocell

import "go/token"

// An Item is one top-level declaration or statement of a cell.
type Item struct {
	Start, End int         // offsets in the cell
	First      token.Token // type, func, if ...
	Declares   bool        // as a file may: func, type, var, const
	Text       string      // its tokens, for comparing
	Names      []string    // what it declares for other cells

	// Of a short variable declaration: where := is, 0 in other items.
	Define int
}

// Items cuts a cell into its top-level declarations and statements.
func Items(source string) (items []Item) {
	for _, it := range split(lex(source)) {
		_, at, _ := it.define()
		items = append(items, Item{
			Start: it.start, End: it.end, First: it.toks[0].tok, Declares: it.declares(),
			Text: it.text(), Names: it.declaredNames(), Define: at.start,
		})
	}
	return items
}

// IsProgram reports whether a cell is a file of package main.
func IsProgram(source string) bool { return isProgram(source) }
