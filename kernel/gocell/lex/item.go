package lex

import (
	"go/token"
	"strings"
)

// An Item is one declaration or statement at the top level of a cell. It has at
// least one token.
type Item struct {
	Start, End int // offsets in the cell
	Tokens     []Token
}

// Items are the items of a cell.
func Items(source string) []Item {
	tokens, _ := Scan(source)
	return Split(tokens)
}

// Split cuts tokens into items at the semicolons outside of brackets. A closing
// bracket too many is passed over. The package clause of a pasted file says
// nothing here: what the file declares becomes the session's.
func Split(tokens []Token) (items []Item) {
	depth, first := 0, 0
	if len(tokens) > 2 && tokens[0].Tok == token.PACKAGE && tokens[1].Tok == token.IDENT && tokens[2].Tok == token.SEMICOLON {
		tokens = tokens[3:]
	}
	for i, t := range tokens {
		switch {
		case Opens(t.Tok):
			depth++
		case Closes(t.Tok):
			depth = max(0, depth-1)
		}
		last := i == len(tokens)-1
		if t.Tok == token.SEMICOLON && depth == 0 && !inHeader(tokens[first:i], t) || last {
			if it := newItem(tokens[first : i+1]); len(it.Tokens) > 0 {
				items = append(items, it)
			}
			first = i + 1
		}
	}
	return items
}

// inHeader reports whether a semicolon parts the header of an if, for or switch.
func inHeader(before []Token, semicolon Token) bool {
	for len(before) > 1 && before[0].Tok == token.IDENT && before[1].Tok == token.COLON {
		before = before[2:] // labels
	}
	if semicolon.Auto || len(before) == 0 {
		return false
	}
	switch before[0].Tok {
	case token.FOR, token.IF, token.SWITCH:
		return before[len(before)-1].Tok != token.RBRACE
	}
	return false
}

func newItem(tokens []Token) Item {
	if n := len(tokens); n > 0 && tokens[n-1].Tok == token.SEMICOLON {
		tokens = tokens[:n-1]
	}
	if len(tokens) == 0 {
		return Item{}
	}
	return Item{tokens[0].Start, tokens[len(tokens)-1].End, tokens}
}

// First is the token that an item begins with: type, func, if ...
func (it Item) First() token.Token { return it.Tokens[0].Tok }

// Declares reports whether an item is a declaration, which a file takes as it is.
func (it Item) Declares() bool {
	switch it.First() {
	case token.IMPORT, token.TYPE, token.VAR, token.CONST:
		return true
	case token.FUNC:
		return it.namesFunc()
	}
	return false
}

// namesFunc tells func f() and func (r T) m(), also where they are being typed,
// from a literal that is called.
func (it Item) namesFunc() bool {
	if len(it.Tokens) < 2 || it.Tokens[1].Tok != token.LPAREN {
		return true
	}
	depth := 0
	for i, t := range it.Tokens[1:] {
		switch {
		case Opens(t.Tok):
			depth++
		case Closes(t.Tok):
			depth--
		}
		if depth == 0 {
			return namesMethod(it.Tokens[i+2:])
		}
	}
	return true // func (r T
}

// namesMethod tells m( behind a receiver from the result of a literal.
func namesMethod(rest []Token) bool {
	return len(rest) > 0 && rest[0].Tok == token.IDENT && (len(rest) == 1 || rest[1].Tok == token.LPAREN)
}

// Define returns the names and the place of := in a short variable declaration.
func (it Item) Define() (names []string, at Token, ok bool) {
	for i, t := range it.Tokens {
		switch {
		case i%2 == 0 && t.Tok == token.IDENT:
			names = append(names, t.Text)
		case i%2 == 1 && t.Tok == token.DEFINE:
			return names, t, true
		case i%2 == 1 && t.Tok == token.COMMA:
		default:
			return nil, at, false
		}
	}
	return nil, at, false
}

// Text is the item's tokens, for comparing.
func (it Item) Text() string {
	var b strings.Builder
	for _, t := range it.Tokens {
		b.WriteString(t.Text)
		b.WriteByte(' ')
	}
	return b.String()
}

// Names are the names that an item declares in the scope of cells.
func (it Item) Names() (names []string) {
	switch it.First() {
	case token.FUNC:
		if len(it.Tokens) > 1 && it.Tokens[1].Tok == token.IDENT {
			return []string{it.Tokens[1].Text}
		}
		return nil
	case token.TYPE, token.VAR, token.CONST:
		return it.specNames()
	}
	names, _, _ = it.Define()
	return names
}

func (it Item) specNames() (names []string) {
	depth, start := 0, true
	for i, t := range it.Tokens[1:] {
		switch t.Tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
			start = depth == 1 && i == 0
			continue
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.SEMICOLON:
			start = true
			continue
		case token.IDENT:
			if start {
				names = append(names, t.Text)
			}
			start = false
			continue
		case token.COMMA:
			start = start || len(names) > 0 && it.inNames(i+1)
			continue
		}
		start = false
	}
	return names
}

// inNames reports whether the comma at i is in the list of names of a spec.
func (it Item) inNames(i int) bool {
	for j := i - 1; j > 0; j -= 2 {
		if it.Tokens[j].Tok != token.IDENT {
			return false
		}
		switch it.Tokens[j-1].Tok {
		case token.VAR, token.CONST, token.TYPE, token.SEMICOLON, token.LPAREN:
			return true
		case token.COMMA:
		default:
			return false
		}
	}
	return false
}
