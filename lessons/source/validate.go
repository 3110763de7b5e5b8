package source

import (
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// validate reports what parses and yet is no lesson.
func (p *reader) validate() {
	exercises := map[string]bool{}
	for _, b := range p.lesson.Blocks {
		p.bothLanguages(b)
		p.code(b)
		switch b.Kind {
		case Exercise, Choice:
			p.named(b, exercises)
			exercises[b.Name] = true
		case Try, Check, Hidden, Hint:
			if !exercises[b.Name] {
				p.fail(b.Line, "%s of %q, but no exercise of this name comes before it", b.Kind, b.Name)
			}
		}
	}
	if t := p.lesson.Title(); t.EN == "" || t.ZH == "" {
		p.fail(1, "no title: the first text starts with a # heading in both languages")
	}
	for _, b := range p.lesson.Blocks {
		if b.Kind == Exercise {
			p.complete(b)
		}
	}
}

func (p *reader) bothLanguages(b Block) {
	if b.Kind != Prose && b.Kind != Hint && b.Kind != Choice {
		return
	}
	if b.Text.EN == "" || b.Text.ZH == "" {
		p.fail(b.Line, "%s in one language only", b.Kind)
	}
	if (b.Why.EN == "") != (b.Why.ZH == "") {
		p.fail(b.Line, "the explanation is in one language only")
	}
}

func (p *reader) code(b Block) {
	problems := codeErrors(b.Code)
	for _, line := range slices.Sorted(maps.Keys(problems)) {
		p.fail(b.Line+1+line, "%s", problems[line])
	}
	if b.Kind != Check && b.Kind != Hidden {
		return
	}
	if _, err := Expressions(b.Code); err != nil {
		e, _ := err.(*Error)
		if e == nil {
			e = &Error{0, err.Error()}
		}
		p.fail(b.Line+1+e.Line, "%s", e.Problem)
	}
}

func (p *reader) named(b Block, taken map[string]bool) {
	if !token.IsIdentifier(b.Name) {
		p.fail(b.Line, "%q: the name of an exercise is a Go identifier", b.Name)
	}
	if taken[b.Name] {
		p.fail(b.Line, "a second %q", b.Name)
	}
	if b.Kind == Choice && !strings.Contains(b.Text.EN, "**"+b.Answer+"**") {
		p.fail(b.Line, "answer=%s is no option: write each option as **a** …", b.Answer)
	}
	if b.Kind == Choice && (b.Answer == "" || !slices.Equal(options(b.Text.EN), options(b.Text.ZH))) {
		p.fail(b.Line, "the languages offer different options, or answer= is missing")
	}
}

var option = regexp.MustCompile(`(?m)^\s*[-*] \*\*(\w+)\*\*`)

func options(text string) []string {
	var names []string
	for _, m := range option.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// complete asks that an exercise brings all that belongs to one.
func (p *reader) complete(b Block) {
	if !HasSolution(b.Code) {
		p.fail(b.Line, "%s has no solution between // BEGIN SOLUTION and // END SOLUTION", b.Name)
	}
	if b.Points == 0 {
		p.fail(b.Line, "%s has no points", b.Name)
	}
	for _, kind := range []Kind{Hint, Check, Hidden} {
		if len(p.lesson.Of(kind, b.Name)) == 0 {
			p.fail(b.Line, "%s has no %s", b.Name, kind)
		}
	}
}
