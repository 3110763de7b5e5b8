package kernel

import (
	"bytes"
	"unicode/utf8"
)

// longestEscape is how much of an unfinished ANSI escape waits for its end.
const longestEscape = 64

// whole returns how many bytes of text can be shown by themselves: what follows
// is the beginning of a rune or of an ANSI escape such as ESC [ 3 1 m.
func whole(text []byte) int {
	n := len(text) - partialRune(text)
	tail := max(0, n-longestEscape)
	if i := bytes.LastIndexByte(text[tail:n], '\x1b'); i >= 0 && unfinished(text[tail+i:n]) {
		return tail + i
	}
	return n
}

// partialRune returns the length of a rune cut short at the end of text.
func partialRune(text []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if b := text[len(text)-i:]; utf8.RuneStart(b[0]) {
			if utf8.FullRune(b) {
				return 0
			}
			return i
		}
	}
	return 0
}

// unfinished says whether an escape has no final byte yet.
func unfinished(escape []byte) bool {
	if len(escape) == 1 {
		return true
	}
	if escape[1] != '[' {
		return false
	}
	for _, c := range escape[2:] {
		if c < 0x20 || c > 0x3f { // the final byte, or no escape at all
			return false
		}
	}
	return true
}
