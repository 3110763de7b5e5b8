package assist

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

// scan returns the tokens of Go source, comments left out, and the first thing
// that is no token.
func scan(source string) (all []lexeme, problem *scanner.Error) {
	file := token.NewFileSet().AddFile("", 1, len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), func(pos token.Position, text string) {
		if problem == nil {
			problem = &scanner.Error{Pos: pos, Msg: text}
		}
	}, 0)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return all, problem
		}
		l := lexeme{start: file.Offset(pos), tok: tok, text: text}
		l.auto = tok == token.SEMICOLON && text != ";"
		l.end = min(l.start+l.width(source[l.start:]), len(source))
		all = append(all, l)
	}
}

// width is how many bytes of source the token takes. The scanner's text differs
// for bytes that are no UTF-8 and for carriage returns in raw strings.
func (l lexeme) width(source string) int {
	switch {
	case l.auto:
		return 0
	case l.tok == token.ILLEGAL:
		_, n := utf8.DecodeRuneInString(source)
		return n
	case l.tok == token.STRING && source[0] == '`':
		n, _ := past(source, 1, "`")
		return n
	case l.text == "":
		return len(l.tok.String())
	}
	return len(l.text)
}

func opens(t token.Token) bool { return t == token.LPAREN || t == token.LBRACK || t == token.LBRACE }
func closes(t token.Token) bool {
	return t == token.RPAREN || t == token.RBRACK || t == token.RBRACE
}

var closer = map[token.Token]token.Token{token.LPAREN: token.RPAREN, token.LBRACK: token.RBRACK, token.LBRACE: token.RBRACE}

// An item is one top-level declaration or statement of a cell.
type item struct {
	start, end int
	tokens     []lexeme
}

// split cuts source into its top-level items at the semicolons outside of
// brackets. It takes broken source too: a surplus closing bracket is passed over.
func split(tokens []lexeme) []item {
	var items []item
	depth, first := 0, 0
	for i, t := range tokens {
		switch {
		case opens(t.tok):
			depth++
		case closes(t.tok):
			depth = max(0, depth-1)
		}
		last := i == len(tokens)-1
		if t.tok == token.SEMICOLON && depth == 0 && !header(tokens[first:i], t) || last {
			if it := newItem(tokens[first : i+1]); len(it.tokens) > 0 {
				items = append(items, it)
			}
			first = i + 1
		}
	}
	return items
}

// header reports whether a semicolon parts the header of an if, for or switch.
func header(before []lexeme, semicolon lexeme) bool {
	for len(before) > 1 && before[0].tok == token.IDENT && before[1].tok == token.COLON {
		before = before[2:] // labels
	}
	if semicolon.auto || len(before) == 0 {
		return false
	}
	switch before[0].tok {
	case token.FOR, token.IF, token.SWITCH:
		return before[len(before)-1].tok != token.RBRACE
	}
	return false
}

func newItem(tokens []lexeme) item {
	if n := len(tokens); n > 0 && tokens[n-1].tok == token.SEMICOLON {
		tokens = tokens[:n-1]
	}
	if len(tokens) == 0 {
		return item{}
	}
	return item{tokens[0].start, tokens[len(tokens)-1].end, tokens}
}

// declares reports whether an item is a declaration, which a file takes as it is.
func (it item) declares() bool {
	switch it.tokens[0].tok {
	case token.IMPORT, token.TYPE, token.VAR, token.CONST:
		return true
	case token.FUNC:
		return it.namesFunction()
	}
	return false
}

// namesFunction tells func f() and func (r T) m() from the literal func() {}.
func (it item) namesFunction() bool {
	if len(it.tokens) < 2 || it.tokens[1].tok != token.LPAREN {
		return true
	}
	depth := 0
	for i, t := range it.tokens[1:] {
		switch {
		case opens(t.tok):
			depth++
		case closes(t.tok):
			depth--
		}
		if depth == 0 {
			return i+2 < len(it.tokens) && it.tokens[i+2].tok == token.IDENT
		}
	}
	return true // func (r T that is being typed
}

// define returns the := of a top-level short variable declaration, and its names.
func (it item) define() (at lexeme, names []string, ok bool) {
	for i, t := range it.tokens {
		switch {
		case t.tok == token.DEFINE && i%2 == 1:
			return t, names, true
		case i%2 == 0 && t.tok == token.IDENT:
			names = append(names, t.text)
		case i%2 == 1 && t.tok == token.COMMA:
		default:
			return lexeme{}, nil, false
		}
	}
	return lexeme{}, nil, false
}

// A level is what a bracket has opened, with the statement being written in it.
type level struct {
	open    token.Token // ILLEGAL outside of brackets
	keyword token.Token // the first token of the statement
	fresh   bool        // the next token starts a statement
	block   bool        // the statement has its block
	colon   bool        // the case has its colon
}

// openLevels returns the brackets that tokens leave open, outermost first, after
// the level of the cell itself, and whether a closing bracket did not match.
func openLevels(tokens []lexeme) (levels []level, mismatch *lexeme) {
	levels = []level{{fresh: true}}
	for i, t := range tokens {
		top := &levels[len(levels)-1]
		if top.fresh && t.tok != token.SEMICOLON && !closes(t.tok) {
			*top = level{open: top.open, keyword: t.tok}
		}
		switch {
		case opens(t.tok):
			if t.tok == token.LBRACE {
				top.block = true
			}
			levels = append(levels, level{open: t.tok, fresh: t.tok == token.LBRACE})
		case closes(t.tok):
			if closer[top.open] != t.tok {
				return levels, &tokens[i]
			}
			levels = levels[:len(levels)-1]
		default:
			top.read(t)
		}
	}
	return levels, nil
}

func (l *level) read(t lexeme) {
	switch {
	case t.tok == token.ELSE:
		l.keyword, l.block = token.ELSE, false
	case t.tok == token.COLON && (l.keyword == token.CASE || l.keyword == token.DEFAULT):
		l.fresh, l.colon = true, true
	case t.tok == token.SEMICOLON && l.open != token.LPAREN && l.open != token.LBRACK:
		l.fresh = t.auto || l.block || !takesBlock(l.keyword) // else it parts a header
	}
}

func takesBlock(keyword token.Token) bool {
	switch keyword {
	case token.IF, token.FOR, token.SWITCH, token.SELECT, token.ELSE:
		return true
	}
	return false
}

// mend returns what closes the open levels, so that a parser gets through.
func mend(levels []level) string {
	var b strings.Builder
	for i := len(levels) - 1; i >= 0; i-- {
		l := levels[i]
		switch {
		case l.fresh:
		case takesBlock(l.keyword) && !l.block:
			b.WriteString(" {}")
		case (l.keyword == token.CASE || l.keyword == token.DEFAULT) && !l.colon:
			b.WriteString(":")
		}
		if l.open != token.ILLEGAL {
			b.WriteString(closer[l.open].String())
		}
	}
	return b.String()
}
