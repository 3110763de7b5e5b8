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
	Hint               bool   // an unused variable or import, which does not stop the cell
	Notes              []string
}

// ANSI colours: bold and the basic eight, which front ends map to their theme.
type colours struct{ problem, hint, place, caret, advice, reset string }

func palette() colours {
	if os.Getenv("NO_COLOR") != "" { // https://no-color.org
		return colours{}
	}
	return colours{"\x1b[1;31m", "\x1b[1;33m", "\x1b[36m", "\x1b[1;31m", "\x1b[34m", "\x1b[0m"}
}

func (c colours) paint(colour, text string) string { return colour + text + c.reset }

// Format writes compile errors as a front end shows them: for each the cell,
// line and column, the message, the source line with a caret, what the session
// knows of it, and the explaining line.
func Format(errs []Diagnostic, lang string) (traceback []string) {
	for _, d := range errs {
		traceback = append(traceback, d.lines(palette(), lang)...)
	}
	return traceback
}

// Place says where an error is: cell 3, line 2:5.
func Place(cell, line, column int, lang string) string {
	return fmt.Sprintf(phrase{"cell %d, line %d:%d", "单元格 %d，第 %d 行第 %d 列"}.in(lang), cell, line, column)
}

func (d Diagnostic) lines(c colours, lang string) []string {
	colour := c.problem
	if d.Hint {
		colour = c.hint
	}
	out := []string{c.paint(c.place, Place(d.Cell, d.Line, d.Column, lang)+":") + " " + c.paint(colour, d.Message)}
	if d.Source != "" {
		before := []rune(d.Source)
		before = before[:min(max(0, d.Column-1), len(before))]
		out = append(out, fmt.Sprintf("%4d | %s", d.Line, strings.TrimRight(d.Source, "\r")),
			"     | "+under(string(before))+c.paint(c.caret, "^"))
	}
	for _, note := range d.Notes {
		out = append(out, c.paint(c.advice, "  "+note))
	}
	if line := Explain(d.Err, lang); line != "" {
		out = append(out, c.paint(c.advice, "  "+line))
	}
	return out
}

// Advice paints an explaining line as Format does.
func Advice(text string) string {
	c := palette()
	return c.paint(c.advice, "  "+text)
}

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
