package source

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Parse reads a lesson file. The error joins an *Error for every mistake.
func Parse(text string) (*Lesson, error) {
	p := &reader{lines: strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), lesson: &Lesson{Version: 1}}
	for p.at < len(p.lines) {
		p.line()
	}
	p.endText()
	p.validate()
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b error) int { return a.(*Error).Line - b.(*Error).Line })
		return nil, errors.Join(p.errs...)
	}
	return p.lesson, nil
}

// A reader walks over the lines once; every method that reads a block leaves
// at behind it.
type reader struct {
	lines  []string
	at     int
	lesson *Lesson
	errs   []error

	rows     []string
	text     *Block // the text block being read, or nil
	language string // of the part being read
}

func (p *reader) fail(line int, format string, args ...any) {
	p.errs = append(p.errs, errorf(line, format, args...))
}

var (
	marker = regexp.MustCompile(`^<!--\s*(.*?)\s*-->\s*$`)
	fence  = regexp.MustCompile("^(```+|~~~+)\\s*(.*?)\\s*$")
)

func (p *reader) line() {
	line := p.lines[p.at]
	if m := marker.FindStringSubmatch(line); m != nil {
		p.mark(strings.Fields(m[1]))
		p.at++
		return
	}
	if m := fence.FindStringSubmatch(line); m != nil {
		p.fence(m[1], strings.Fields(m[2]))
		return
	}
	p.prose(line)
	p.at++
}

// mark reads a marker: the lesson's facts, rows, or the start of a part.
func (p *reader) mark(words []string) {
	line := p.at + 1
	if len(words) == 0 {
		p.fail(line, "an empty marker")
		return
	}
	switch words[0] {
	case "lesson":
		p.facts(words[1:])
	case "row":
		p.endText()
		p.rows = words[1:]
		if len(p.rows) == 0 {
			p.fail(line, "which row? write <!-- row 6.1 -->")
		}
	case "en", "zh":
		p.startPart(words[0])
	default:
		p.fail(line, "unknown marker %q: want lesson, row, en or zh", words[0])
	}
}

func (p *reader) facts(words []string) {
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		n, err := strconv.Atoi(value)
		fact := map[string]*int{"version": &p.lesson.Version, "minutes": &p.lesson.Minutes, "seed": &p.lesson.Seed}[key]
		if fact == nil || err != nil {
			p.fail(p.at+1, "%q: want version=N, minutes=N or seed=N", w)
			continue
		}
		*fact = n
	}
}

// startPart begins a language's part; a part whose language is there already
// begins a new text block.
func (p *reader) startPart(language string) {
	if p.text == nil || strings.TrimSpace(*p.text.Text.part(language)) != "" {
		p.endText()
		p.text = &Block{Kind: Prose, Line: p.at + 1, Rows: p.rows}
	}
	p.language = language
}

func (p *reader) prose(line string) {
	switch {
	case p.text != nil:
		*p.text.Text.part(p.language) += line + "\n"
	case strings.TrimSpace(line) != "":
		p.fail(p.at+1, "text outside a part: start it with <!-- en --> or <!-- zh -->")
	}
}

func (p *reader) endText() {
	if p.text == nil {
		return
	}
	b := *p.text
	p.text = nil
	p.add(trimmed(b))
}

func trimmed(b Block) Block {
	b.Text = Text{strings.TrimSpace(b.Text.EN), strings.TrimSpace(b.Text.ZH)}
	b.Why = Text{strings.TrimSpace(b.Why.EN), strings.TrimSpace(b.Why.ZH)}
	return b
}

func (p *reader) add(b Block) { p.lesson.Blocks = append(p.lesson.Blocks, b) }

// fence reads a fenced block: one of ours, or a piece of the text around it.
func (p *reader) fence(ticks string, words []string) {
	start := p.at
	body, closed := p.body(ticks)
	if !closed {
		p.fail(start+1, "this fence is not closed: %s is missing", ticks)
		return
	}
	ours := ticks == "```" && len(words) > 0 && (words[0] == "go" || words[0] == "hint" || words[0] == "choice")
	if !ours {
		for i := start; i < p.at; i++ {
			p.prose(p.lines[i])
		}
		return
	}
	p.endText()
	b := Block{Kind: Code, Line: start + 1, Rows: p.rows}
	if words[0] != "go" {
		b.Kind = Kind(words[0])
		p.header(&b, words[1:])
		p.bilingual(&b, body)
	} else {
		if len(words) > 1 {
			b.Kind = Kind(words[1])
			p.header(&b, words[2:])
		}
		b.Code = strings.Trim(strings.Join(body, "\n"), "\n")
	}
	p.add(trimmed(b))
}

// body returns the lines up to the closing fence and steps behind it.
func (p *reader) body(ticks string) (body []string, closed bool) {
	for p.at++; p.at < len(p.lines); p.at++ {
		if strings.TrimRight(p.lines[p.at], " \t") == ticks {
			p.at++
			return body, true
		}
		body = append(body, p.lines[p.at])
	}
	return body, false
}

// header reads what follows the kind: a name and settings.
func (p *reader) header(b *Block, words []string) {
	switch b.Kind {
	case Exercise, Try, Check, Hidden, Hint, Choice:
	default:
		p.fail(b.Line, "unknown kind %q: want exercise, try, check or hidden", b.Kind)
		return
	}
	if len(words) == 0 {
		p.fail(b.Line, "%s needs a name", b.Kind)
		return
	}
	b.Name = words[0]
	for _, w := range words[1:] {
		p.setting(b, w)
	}
}

func (p *reader) setting(b *Block, word string) {
	key, value, _ := strings.Cut(word, "=")
	scored := b.Kind == Exercise || b.Kind == Choice
	switch {
	case value == "":
		p.fail(b.Line, "%q: want a setting as key=value", word)
	case key == "points" && scored:
		points, err := strconv.ParseFloat(value, 64)
		if err != nil || !(points >= 0 && points <= 100) {
			p.fail(b.Line, "points=%s: want a number from 0 to 100", value)
		}
		b.Points = points
	case key == "forbid" && b.Kind == Exercise:
		b.Forbid = strings.Split(value, ",")
	case key == "answer" && b.Kind == Choice:
		b.Answer = value
	case key == "row":
		b.Rows = strings.Split(value, ",")
	default:
		p.fail(b.Line, "%s knows no setting %q", b.Kind, key)
	}
}

// bilingual reads the parts of a hint or question.
func (p *reader) bilingual(b *Block, body []string) {
	var into *string
	for i, line := range body {
		if m := marker.FindStringSubmatch(line); m != nil {
			if into = partOf(b, m[1]); into == nil {
				p.fail(b.Line+1+i, "unknown marker %q: want en or zh, in a question also why en and why zh", m[1])
				return
			}
			continue
		}
		if into == nil {
			if strings.TrimSpace(line) != "" {
				p.fail(b.Line+1+i, "text outside a part: start it with <!-- en --> or <!-- zh -->")
				return
			}
			continue
		}
		*into += line + "\n"
	}
}

func partOf(b *Block, name string) *string {
	why, isWhy := strings.CutPrefix(name, "why ")
	switch {
	case name == "en", name == "zh":
		return b.Text.part(name)
	case isWhy && b.Kind == Choice && (why == "en" || why == "zh"):
		return b.Why.part(why)
	}
	return nil
}

// heading returns the first # heading of Markdown text.
func heading(text string) string {
	for line := range strings.Lines(text) {
		if h, ok := strings.CutPrefix(strings.TrimSpace(line), "# "); ok {
			return strings.TrimSpace(h)
		}
	}
	return ""
}
