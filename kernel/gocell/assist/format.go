package assist

import (
	"fmt"
	"os"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A Diagnostic is one compile error with its place in a cell.
type Diagnostic struct {
	Cell, Line, Column int // the column counts characters; all begin at 1
	Message            string
	Source             string // the line's text, empty where it is not known
	Err                error  // a types.Error or *scanner.Error, for the explanation
	Notes              []string
}

// Bold alone: JupyterLab shows errors on a red ground of its own, where none of
// its eight ANSI colours has the contrast that text needs in both themes.
type style struct{ strong, reset string }

func emphasis() style {
	if os.Getenv("NO_COLOR") != "" { // https://no-color.org
		return style{}
	}
	return style{"\x1b[1m", "\x1b[0m"}
}

func (s style) bold(text string) string { return s.strong + text + s.reset }

// Format writes compile errors as a front end shows them: for each the cell,
// line and column, the message, the source line with a caret, what the session
// knows of it, and the explaining line.
func Format(errs []Diagnostic, lang string) (traceback []string) {
	for _, d := range errs {
		traceback = append(traceback, d.lines(emphasis(), lang)...)
	}
	return traceback
}

// Place says where an error is: cell 3, line 2:5.
func Place(cell, line, column int, lang string) string {
	return fmt.Sprintf(phrase{"cell %d, line %d:%d", "单元格 %d，第 %d 行第 %d 列"}.in(lang), cell, line, column)
}

func (d Diagnostic) lines(s style, lang string) []string {
	out := []string{Place(d.Cell, d.Line, d.Column, lang) + ": " + s.bold(d.Message)}
	if d.Source != "" {
		before := []rune(d.Source)
		before = before[:min(max(0, d.Column-1), len(before))]
		out = append(out, fmt.Sprintf("%4d | %s", d.Line, strings.TrimRight(d.Source, "\r")),
			"     | "+under(string(before))+s.bold("^"))
	}
	for _, note := range d.Notes {
		out = append(out, "  "+note)
	}
	if line := Explain(d.Err, lang); line != "" {
		out = append(out, "  "+line)
	}
	return out
}

// Advice sets an explaining line as Format does.
func Advice(text string) string { return "  " + text }

// under returns white space exactly as wide as text in any font: a tab for a
// tab, an ideographic space for a wide character, nothing for a combining one.
func under(text string) string {
	return strings.Map(func(r rune) rune {
		switch k := width.LookupRune(r).Kind(); {
		case r == '\t':
			return r
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
			return -1
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			return '\u3000'
		}
		return ' '
	}, text)
}
