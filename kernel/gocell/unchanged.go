package gocell

import (
	"go/token"
	"strings"
)

// keepUnchanged drops declarations of types, and of the constants they use, whose
// text and whose names are what they were, so that values keep their type when a
// cell is run again.
func (k *checked) keepUnchanged(items []item) []item {
	candidates := map[int][]string{}
	declaredBy := map[string]int{}
	for i, it := range items {
		for _, n := range it.declaredNames() {
			declaredBy[n] = i
		}
		if first := it.toks[0].tok; (first == token.TYPE || first == token.CONST) && k.unchangedText(it) {
			candidates[i] = it.declaredNames()
		}
	}
	for again := true; again; {
		again = false
		for i := range candidates {
			if !k.sameMeaning(items[i], declaredBy, candidates) {
				delete(candidates, i)
				again = true
			}
		}
	}
	var kept []item
	for i, it := range items {
		if _, drop := candidates[i]; !drop {
			kept = append(kept, it)
		}
	}
	return kept
}

func (k *checked) unchangedText(it item) bool {
	names := it.declaredNames()
	for _, n := range names {
		d := k.s.live[n]
		if d == nil || d.item == nil || d.item.text != it.text() {
			return false
		}
	}
	return len(names) > 0
}

func (k *checked) sameMeaning(it item, declaredBy map[string]int, candidates map[int][]string) bool {
	for _, n := range it.declaredNames() {
		for use, obj := range k.s.live[n].item.uses {
			if i, ok := declaredBy[use]; ok {
				if _, kept := candidates[i]; !kept {
					return false
				}
			}
			if d := k.s.live[use]; d != nil && !sameMeaning(obj, d.obj) {
				return false
			}
		}
	}
	return true
}

// text is the item's tokens, for comparing.
func (it item) text() string {
	var b strings.Builder
	for _, t := range it.toks {
		b.WriteString(t.text)
		b.WriteByte(' ')
	}
	return b.String()
}

// declaredNames are the names that an item declares in the scope of cells.
func (it item) declaredNames() (names []string) {
	switch it.toks[0].tok {
	case token.FUNC:
		if len(it.toks) > 1 && it.toks[1].tok == token.IDENT {
			return []string{it.toks[1].text}
		}
		return nil
	case token.TYPE, token.VAR, token.CONST:
		return it.specNames()
	}
	names, _, _ = it.define()
	return names
}

func (it item) specNames() (names []string) {
	depth, start := 0, true
	for i, t := range it.toks[1:] {
		switch t.tok {
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
				names = append(names, t.text)
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
func (it item) inNames(i int) bool {
	for j := i - 1; j > 0; j -= 2 {
		if it.toks[j].tok != token.IDENT {
			return false
		}
		switch it.toks[j-1].tok {
		case token.VAR, token.CONST, token.TYPE, token.SEMICOLON, token.LPAREN:
			return true
		case token.COMMA:
		default:
			return false
		}
	}
	return false
}
