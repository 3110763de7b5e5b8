package export

import (
	"errors"
	"fmt"
	"strings"

	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/assist"
)

// cell writes a cell: its declarations, and its statements as a block of main.
func (p *program) cell(number int, c Cell) error {
	parts, err := p.table.ParseMagic(c.Source, "en")
	if err != nil {
		return err
	}
	var b block
	for i, part := range parts {
		if err := p.part(&b, number, part, i == len(parts)-1); err != nil {
			if !c.MayFail || errors.Is(err, errNotYet) {
				return err
			}
			b.comment("does not compile: " + err.Error())
		}
	}
	fmt.Fprintf(&p.body, "\n// Cell %d: %s\n%s", number, c.ID, b.text(p, c.MayFail))
	return nil
}

// errNotYet is in the errors that tell of something no program is written for.
var errNotYet = errors.New("convnotes export cannot write this yet")

// part writes a stretch of Go or a magic. The value that ends the cell is shown.
func (p *program) part(b *block, number int, part assist.Part, last bool) error {
	m := part.Magic
	if m.Name == "" {
		return p.unit(b, part.Code, last)
	}
	b.comment(strings.TrimSpace(m.Name + " " + part.Args))
	switch write := p.Magics[m.Name]; {
	case write != nil:
		code, err := write(part.Args, p.use)
		b.stmts = append(b.stmts, code)
		return err
	case m.Name == "%time":
		return p.unit(b, part.Args, last)
	case m.Name == "%%time":
		return p.unit(b, part.Body, last)
	case m.Name == "%reset":
		clear(p.live)
	case m.Text:
		b.comment(part.Body)
	}
	return nil
}

// A block is what a cell does in main.
type block struct {
	stmts  []string
	jumps  bool // labels, returns or deferred calls, which want a function of their own
	panics bool
}

func (b *block) comment(text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		b.stmts = append(b.stmts, "// "+strings.TrimSuffix(line, "\n"))
	}
}

func (b *block) text(p *program, mayFail bool) string {
	body := strings.Join(b.stmts, "\n") + "\n"
	switch {
	case !b.works():
		return body
	case mayFail:
		return fmt.Sprintf("func() {\ndefer func() {\nif v := recover(); v != nil {\n%s.Fprintln(%s.Stderr, \"panic:\", v)\n}\n}()\n%s}()\n", p.use("fmt"), p.use("os"), body)
	case b.jumps:
		return "func() {\n" + body + "}()\n"
	}
	return "{\n" + body + "}\n"
}

// works reports whether there is more than comments.
func (b *block) works() bool {
	for _, s := range b.stmts {
		if s != "" && !strings.HasPrefix(s, "//") {
			return true
		}
	}
	return false
}

// unit writes a stretch of Go.
func (p *program) unit(b *block, source string, last bool) error {
	if gocell.IsProgram(source) {
		return fmt.Errorf("%w: a whole program (package main) in a cell; it is a Go program already", errNotYet)
	}
	before := p.names()
	u := &unit{program: p, source: source, own: map[string]*entity{}}
	if err := u.read(); err != nil {
		p.live = before
		return err
	}
	if err := u.resolve(); err != nil {
		p.live = before
		return err
	}
	u.declare()
	u.run(b, last)
	return nil
}

// names is a copy of what is live.
func (p *program) names() map[string]*entity {
	names := make(map[string]*entity, len(p.live))
	for n, e := range p.live {
		names[n] = e
	}
	return names
}
