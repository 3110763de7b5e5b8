package assist

import (
	"fmt"
	"go/types"
	"os"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A Diagnostic is one compile error of a cell.
type Diagnostic struct {
	Line, Col int   // from 1; Col counts bytes
	Err       error // a types.Error, or a *scanner.Error
	Hint      bool  // an unused variable or import, which does not stop the cell
	Notes     []string
}

// Message is the text of the error without its position.
func (d Diagnostic) Message() string {
	switch err := d.Err.(type) {
	case types.Error:
		return err.Msg
	case interface{ Message() string }:
		return err.Message()
	case nil:
		return ""
	}
	return trimPosition(d.Err.Error())
}

// trimPosition removes a leading file:line:column: of an error text.
func trimPosition(text string) string {
	head, rest, ok := strings.Cut(text, ": ")
	if ok && strings.Count(head, ":") > 0 && !strings.Contains(head, " ") {
		return rest
	}
	return text
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

// Format writes the compile errors of a cell as a front end shows them: for each
// the cell, line and column, the message, the source line with a caret, and the
// explaining line. The name is the class of the error, the value its first message.
func Format(cell int, source string, errs []Diagnostic, lang string) (name, value string, traceback []string) {
	name = "compile error"
	for i, d := range errs {
		if i == 0 {
			value = fmt.Sprintf("%s: %s", place(cell, d, lang), d.Message())
		}
		traceback = append(traceback, formatOne(cell, source, d, lang)...)
	}
	return name, value, traceback
}

func place(cell int, d Diagnostic, lang string) string {
	return fmt.Sprintf(phrase{"cell %d, line %d:%d", "单元格 %d，第 %d 行第 %d 列"}.in(lang), cell, d.Line, d.column())
}

// column counts characters where the source line is not at hand.
func (d Diagnostic) column() int { return max(1, d.Col) }

func formatOne(cell int, source string, d Diagnostic, lang string) []string {
	c := palette()
	text, ok := lineOf(source, d.Line)
	if ok {
		d.Col = min(max(1, d.Col), len(text)+1)
	}
	caretAt := d.Col
	if ok {
		d.Col = len([]rune(text[:d.Col-1])) + 1
	}
	colour := c.problem
	if d.Hint {
		colour = c.hint
	}
	out := []string{c.paint(c.place, place(cell, d, lang)+":") + " " + c.paint(colour, d.Message())}
	if ok {
		number := fmt.Sprintf("%4d | ", d.Line)
		out = append(out, number+strings.TrimRight(text, "\r"), "     | "+under(text[:caretAt-1])+c.paint(c.caret, "^"))
	}
	for _, note := range d.Notes {
		out = append(out, c.paint(c.advice, "  "+note))
	}
	if line := Explain(d.Err, lang); line != "" {
		out = append(out, c.paint(c.advice, "  "+line))
	}
	return out
}

func lineOf(source string, n int) (string, bool) {
	all := strings.Split(source, "\n")
	if n < 1 || n > len(all) {
		return "", false
	}
	return all[n-1], true
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
