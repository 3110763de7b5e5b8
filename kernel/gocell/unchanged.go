package gocell

import (
	"go/token"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

// keepUnchanged drops declarations of types, and of the constants they use, whose
// text and whose names are what they were, so that values keep their type when a
// cell is run again.
func (k *checked) keepUnchanged(items []lex.Item) []lex.Item {
	candidates := map[int][]string{}
	declaredBy := map[string]int{}
	for i, it := range items {
		for _, n := range it.Names() {
			declaredBy[n] = i
		}
		if first := it.Tokens[0].Tok; (first == token.TYPE || first == token.CONST) && k.unchangedText(it) {
			candidates[i] = it.Names()
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
	var kept []lex.Item
	for i, it := range items {
		if _, drop := candidates[i]; !drop {
			kept = append(kept, it)
		}
	}
	return kept
}

func (k *checked) unchangedText(it lex.Item) bool {
	names := it.Names()
	for _, n := range names {
		d := k.s.live[n]
		if d == nil || d.item == nil || d.item.text != it.Text() {
			return false
		}
	}
	return len(names) > 0
}

func (k *checked) sameMeaning(it lex.Item, declaredBy map[string]int, candidates map[int][]string) bool {
	for _, n := range it.Names() {
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
