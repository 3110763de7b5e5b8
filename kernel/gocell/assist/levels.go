package assist

import (
	"go/token"
	"strings"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

var closer = map[token.Token]token.Token{token.LPAREN: token.RPAREN, token.LBRACK: token.RBRACK, token.LBRACE: token.RBRACE}

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
func openLevels(tokens []lex.Token) (levels []level, mismatch *lex.Token) {
	levels = []level{{fresh: true}}
	for i, t := range tokens {
		top := &levels[len(levels)-1]
		if top.fresh && t.Tok != token.SEMICOLON && !lex.Closes(t.Tok) {
			*top = level{open: top.open, keyword: t.Tok}
		}
		switch {
		case lex.Opens(t.Tok):
			if t.Tok == token.LBRACE {
				top.block = true
			}
			levels = append(levels, level{open: t.Tok, fresh: t.Tok == token.LBRACE})
		case lex.Closes(t.Tok):
			if closer[top.open] != t.Tok {
				return levels, &tokens[i]
			}
			levels = levels[:len(levels)-1]
		default:
			top.read(t)
		}
	}
	return levels, nil
}

func (l *level) read(t lex.Token) {
	switch {
	case t.Tok == token.ELSE:
		l.keyword, l.block = token.ELSE, false
	case t.Tok == token.COLON && (l.keyword == token.CASE || l.keyword == token.DEFAULT):
		l.fresh, l.colon = true, true
	case t.Tok == token.SEMICOLON && l.open != token.LPAREN && l.open != token.LBRACK:
		l.fresh = t.Auto || l.block || !takesBlock(l.keyword) // else it parts a header
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
