// Package lex cuts the source of a cell into tokens, and these into the
// declarations and statements at its top level. It takes source that is being
// typed, too.
package lex

import (
	"go/scanner"
	"go/token"
	"strings"
	"unicode/utf8"
)

// A Token is one token of a cell.
type Token struct {
	Start, End int // offsets in the cell
	Tok        token.Token
	Text       string
	Auto       bool // a semicolon that the line's end put there
}

// Scan returns the tokens of Go source, comments left out, and the first thing
// that is no token.
func Scan(source string) (all []Token, problem *scanner.Error) {
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
		t := Token{Start: file.Offset(pos), Tok: tok, Text: text}
		t.Auto = tok == token.SEMICOLON && text != ";"
		if text == "" {
			t.Text = tok.String()
		}
		t.End = min(t.Start+t.width(source[t.Start:]), len(source))
		all = append(all, t)
	}
}

// width is how many bytes of source a token takes. The scanner's text differs
// for bytes that are no UTF-8 and for carriage returns in raw strings.
func (t Token) width(source string) int {
	switch {
	case t.Auto:
		return 0
	case t.Tok == token.ILLEGAL:
		_, n := utf8.DecodeRuneInString(source)
		return n
	case t.Tok == token.STRING && source[0] == '`':
		if n := strings.IndexByte(source[1:], '`'); n >= 0 {
			return n + 2
		}
		return len(source)
	}
	return len(t.Text)
}

// Opens and Closes report whether a token is a bracket.
func Opens(t token.Token) bool { return t == token.LPAREN || t == token.LBRACK || t == token.LBRACE }
func Closes(t token.Token) bool {
	return t == token.RPAREN || t == token.RBRACK || t == token.RBRACE
}
