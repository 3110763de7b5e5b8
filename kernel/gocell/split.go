package gocell

import (
	"go/scanner"
	"go/token"
	"strings"
	"unicode/utf8"
)

// A lexeme is one token of a cell.
type lexeme struct {
	start, end int
	tok        token.Token
	text       string
	auto       bool // a semicolon that the line's end put there
}

// An item is one top-level declaration or statement of a cell.
type item struct {
	start, end int
	toks       []lexeme
}

// lex returns the tokens of a cell without its comments.
func lex(source string) (toks []lexeme) {
	file := token.NewFileSet().AddFile("", 1, len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), func(token.Position, string) {}, 0)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return toks
		}
		l := lexeme{start: file.Offset(pos), tok: tok, text: text}
		l.auto = tok == token.SEMICOLON && text != ";"
		switch {
		case l.auto:
			l.end = l.start
		case text == "":
			l.text = tok.String()
			l.end = l.start + len(l.text)
		default:
			l.end = l.start + width(source[l.start:], tok, text)
		}
		toks = append(toks, l)
	}
}

// embeds refuses //go:embed: a comment that would do nothing in a cell, without a word.
func (k *checked) embeds() error {
	source := k.cell.source
	if !strings.Contains(source, "//go:embed ") {
		return nil
	}
	file := token.NewFileSet().AddFile("", 1, len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), func(token.Position, string) {}, scanner.ScanComments)
	for {
		switch pos, tok, text := s.Scan(); {
		case tok == token.EOF:
			return nil
		case tok == token.COMMENT && strings.HasPrefix(text, "//go:embed "):
			d := k.diagnosticAt(file.Offset(pos), "go:embed does not work in a cell")
			return &Error{Class: "compile error", Diagnostics: []Diagnostic{d}}
		}
	}
}

// width is the length of a token in the source, which is not that of its text
// where the scanner left out carriage returns or replaced what is no UTF-8.
func width(source string, tok token.Token, text string) int {
	switch {
	case tok == token.STRING && source[0] == '`':
		if n := strings.IndexByte(source[1:], '`'); n >= 0 {
			return n + 2
		}
		return len(source)
	case tok == token.ILLEGAL:
		_, n := utf8.DecodeRuneInString(source)
		return n
	}
	return min(len(text), len(source))
}

// split cuts a cell at the semicolons outside of brackets; those in the header
// of an if, for, switch are no ends. The package clause of a pasted file says
// nothing here: what the file declares becomes the session's.
func split(toks []lexeme) (items []item) {
	depth, first := 0, 0
	if len(toks) > 2 && toks[0].tok == token.PACKAGE && toks[1].tok == token.IDENT && toks[2].tok == token.SEMICOLON {
		toks = toks[3:]
	}
	for i, t := range toks {
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(0, depth-1)
		}
		last := i == len(toks)-1
		if t.tok == token.SEMICOLON && depth == 0 && !inHeader(toks[first:i], t) || last {
			if it := newItem(toks[first : i+1]); len(it.toks) > 0 {
				items = append(items, it)
			}
			first = i + 1
		}
	}
	return items
}

func inHeader(before []lexeme, semi lexeme) bool {
	for len(before) > 1 && before[0].tok == token.IDENT && before[1].tok == token.COLON {
		before = before[2:] // labels
	}
	if semi.auto || len(before) == 0 {
		return false
	}
	switch before[0].tok {
	case token.FOR, token.IF, token.SWITCH:
		return before[len(before)-1].tok != token.RBRACE
	}
	return false
}

func newItem(toks []lexeme) item {
	if n := len(toks); n > 0 && toks[n-1].tok == token.SEMICOLON {
		toks = toks[:n-1]
	}
	if len(toks) == 0 {
		return item{}
	}
	return item{toks[0].start, toks[len(toks)-1].end, toks}
}

// declares reports whether an item is a declaration as a file has it.
func (it item) declares() bool {
	switch it.toks[0].tok {
	case token.TYPE, token.VAR, token.CONST:
		return true
	case token.FUNC:
		return it.namesFunc()
	}
	return false
}

// namesFunc tells func f() and func (r T) m() from a literal that is called.
func (it item) namesFunc() bool {
	if len(it.toks) > 1 && it.toks[1].tok == token.IDENT {
		return true
	}
	depth := 0
	for i := 1; i < len(it.toks); i++ {
		switch it.toks[i].tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		if depth == 0 {
			return i+2 < len(it.toks) && it.toks[i+1].tok == token.IDENT && it.toks[i+2].tok == token.LPAREN
		}
	}
	return false
}

// define returns the names and the place of := in a short variable declaration.
func (it item) define() (names []string, at lexeme, ok bool) {
	for i, t := range it.toks {
		switch {
		case i%2 == 0 && t.tok == token.IDENT:
			names = append(names, t.text)
		case i%2 == 1 && t.tok == token.DEFINE:
			return names, t, true
		case i%2 == 1 && t.tok == token.COMMA:
		default:
			return nil, at, false
		}
	}
	return nil, at, false
}

// A segment maps a stretch of the written file to the cell.
type segment struct{ file, cell, n int }

// A writer writes a cell as a Go file and remembers where everything came from.
type writer struct {
	b    strings.Builder
	segs []segment
}

func (w *writer) text(s string) { w.b.WriteString(s) }

// from copies cell[start:end].
func (w *writer) from(source string, start, end int) {
	w.segs = append(w.segs, segment{w.b.Len(), start, end - start})
	w.b.WriteString(source[start:end])
}

// origin is the offset in the cell of an offset in the written file.
func origin(segs []segment, offset int) int {
	at := 0
	for _, s := range segs {
		if offset < s.file {
			break
		}
		at = s.cell + min(offset-s.file, s.n)
	}
	return at
}
