package assist

import (
	"regexp"
	"strings"
)

// A line of a cell, as the magics see it.
type line struct {
	start, end int // source[start:end], without the line break
	magic      bool
}

var question = regexp.MustCompile(`^\s*(\?{1,2}\s*[\pL_][\pL\pN_.]*|[\pL_][\pL\pN_.]*\?{1,2})\s*$`)

// lines cuts a cell into lines and marks those that are magics: % and ! at the
// start of a line and name? alone on one, unless the line continues a raw
// string, a comment or, for ! (which is also Go's not), open brackets.
func lines(source string) []line {
	var all []line
	var in lexer
	for start := 0; start <= len(source); {
		end := len(source)
		if n := strings.IndexByte(source[start:], '\n'); n >= 0 {
			end = start + n
		}
		text := source[start:end]
		l := line{start, end, in.startsMagic(text)}
		if !l.magic {
			in.read(text)
		}
		all = append(all, l)
		start = end + 1
	}
	return all
}

// A lexer knows just enough of Go to say where a line starts: within a raw
// string, a comment, or brackets.
type lexer struct {
	raw, comment bool
	lineComment  bool
	depth        int
	open         bool // the line before ended in an operator
	last         byte
}

func (x *lexer) startsMagic(text string) bool {
	if x.raw || x.comment {
		return false
	}
	trimmed := strings.TrimLeft(text, " \t")
	switch {
	case strings.HasPrefix(trimmed, "%"):
		return true
	case x.depth > 0 || x.open:
		return false
	case strings.HasPrefix(trimmed, "!"):
		return !strings.HasPrefix(trimmed, "!=")
	}
	return question.MatchString(text)
}

func (x *lexer) read(text string) {
	for i := 0; i < len(text); {
		switch rest := text[i:]; {
		case x.raw:
			i, x.raw = past(text, i, "`")
		case x.comment:
			i, x.comment = past(text, i, "*/")
		case strings.HasPrefix(rest, "//"):
			x.lineComment = true
			return
		case strings.HasPrefix(rest, "/*"):
			x.comment, i = true, i+2
		case rest[0] == '`':
			x.raw, i = true, i+1
			x.open = false
		case rest[0] == '"' || rest[0] == '\'':
			i = afterQuote(text, i)
			x.open = false
		default:
			x.readByte(rest[0])
			i++
		}
	}
}

// past returns where the text after mark begins, or the end while mark is missing.
func past(text string, i int, mark string) (next int, missing bool) {
	if n := strings.Index(text[i:], mark); n >= 0 {
		return i + n + len(mark), false
	}
	return len(text), true
}

func afterQuote(text string, i int) int {
	quote := text[i]
	for i++; i < len(text) && text[i] != quote; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(text))
}

func (x *lexer) readByte(b byte) {
	switch b {
	case ' ', '\t', '\r':
		return
	case '(', '[', '{':
		x.depth++
	case ')', ']', '}':
		x.depth = max(0, x.depth-1)
	}
	step := (b == '+' || b == '-') && x.last == b // i++ ends its line
	x.open = strings.IndexByte("+-*/%&|^<>=,.!", b) >= 0 && !step
	x.last = b
}

// goOnly replaces the magics of a cell by blanks, so that what is left is Go
// and every offset stays as it was. Go code behind a magic (%time f()) stays.
func goOnly(source string) string {
	out := []byte(source)
	for i, l := range lines(source) {
		if !l.magic {
			continue
		}
		end := l.end
		word, args := splitMagic(source[l.start:l.end])
		m, _ := Magics.Lookup(word)
		switch {
		case word == "?":
			dropQuestion(out[l.start:l.end])
			continue
		case m.Code:
			end = l.start + args
		case m.Text && i == 0:
			end = len(source)
		}
		blank(out[l.start:end])
	}
	return string(out)
}

// dropQuestion leaves the name of name?, which is Go.
func dropQuestion(b []byte) {
	for i := range b {
		if b[i] == '?' {
			b[i] = ' '
		}
	}
}

func blank(b []byte) {
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
}
