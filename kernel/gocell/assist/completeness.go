package assist

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

// IsComplete says whether a cell can be run as it stands: "complete",
// "incomplete" with the indent of the line that should follow, or "invalid",
// when no further line can make it Go.
func IsComplete(source string) (status, indent string) {
	if m, body, ok := wholeCell(source); ok {
		return ofWholeCell(m, body)
	}
	code := goOnly(source)
	tokens, problem := lex.Scan(code)
	if problem != nil {
		return ofProblem(problem)
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].Auto {
		tokens = tokens[:len(tokens)-1]
	}
	if len(tokens) == 0 {
		return "complete", ""
	}
	levels, mismatch := openLevels(tokens)
	if mismatch != nil {
		return "invalid", ""
	}
	end := tokens[len(tokens)-1].End
	expects := !endsLine(tokens[len(tokens)-1])
	mended := code[:end] + mend(levels)
	if len(levels) == 1 && !expects {
		mended = code[:end]
	}
	switch at := firstError(mended); {
	case at < 0 && len(levels) == 1 && !expects:
		return "complete", ""
	case at >= 0 && (at < end || len(levels) == 1 && !expects):
		return "invalid", ""
	}
	return "incomplete", nextIndent(code, tokens, len(levels) == 1)
}

// wholeCell returns the magic that takes the rest of its cell.
func wholeCell(source string) (m Magic, body string, ok bool) {
	first, rest, _ := strings.Cut(strings.TrimLeft(source, "\n"), "\n")
	if !strings.HasPrefix(strings.TrimLeft(first, " \t"), "%%") {
		return Magic{}, "", false
	}
	word, _ := splitMagic(first)
	m, ok = Magics.Lookup(word)
	return m, rest, ok && m.Below
}

func ofWholeCell(m Magic, body string) (status, indent string) {
	if isBlank(body) {
		return "incomplete", ""
	}
	if !m.Text {
		return IsComplete(body)
	}
	if strings.HasSuffix(body, "\n") {
		return "complete", "" // an empty line ends the text
	}
	return "incomplete", ""
}

func ofProblem(problem *scanner.Error) (status, indent string) {
	if problem.Msg == "raw string literal not terminated" || problem.Msg == "comment not terminated" {
		return "incomplete", ""
	}
	return "invalid", ""
}

// endsLine reports whether Go takes the end of a line after t for the end of a
// statement (the specification, "Semicolons").
func endsLine(t lex.Token) bool {
	switch t.Tok {
	case token.IDENT, token.INT, token.FLOAT, token.IMAG, token.CHAR, token.STRING,
		token.BREAK, token.CONTINUE, token.FALLTHROUGH, token.RETURN,
		token.INC, token.DEC, token.RPAREN, token.RBRACK, token.RBRACE, token.SEMICOLON:
		return true
	}
	return false
}

// firstError parses source item by item and returns the offset of the first
// syntax error, -1 where there is none.
func firstError(source string) int {
	tokens, _ := lex.Scan(source)
	for _, it := range lex.Split(tokens) {
		prefix, suffix := "package main;", "\n"
		if !it.Declares() {
			prefix, suffix = "package main;func _(){", "\n}"
		}
		_, err := parser.ParseFile(token.NewFileSet(), "", prefix+source[it.Start:it.End]+suffix, parser.SkipObjectResolution)
		list, _ := err.(scanner.ErrorList)
		for _, e := range list {
			if e.Msg != "expected 1 expression" { // a, may become a, b = 1, 2
				return it.Start + max(0, e.Pos.Offset-len(prefix))
			}
		}
	}
	return -1
}

// nextIndent is one tab for every earlier line that leaves a bracket open, and
// one more for the continuation of a statement.
func nextIndent(source string, tokens []lex.Token, continued bool) string {
	var open []int // the line each open bracket is on
	line, at := 0, 0
	for _, t := range tokens {
		line, at = line+strings.Count(source[at:t.Start], "\n"), t.Start
		switch {
		case lex.Opens(t.Tok):
			open = append(open, line)
		case lex.Closes(t.Tok) && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	return strings.Repeat("\t", depthOf(open, continued))
}

func depthOf(open []int, continued bool) int {
	depth := 0
	for i, l := range open {
		if i == 0 || l != open[i-1] {
			depth++
		}
	}
	if continued {
		depth++
	}
	return depth
}
