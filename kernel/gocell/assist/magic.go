package assist

import (
	"fmt"
	"strings"
)

// A Magic is a line that is not Go: a command to the kernel.
type Magic struct {
	Name  string // with its signs: %time, %%time, !
	Args  string // what follows, for the help text
	Code  bool   // what follows on the line is Go
	Below bool   // it takes the rest of the cell
	Text  bool   // and that rest is not Go

	summary phrase
}

// Summary says in one line what the magic does.
func (m Magic) Summary(lang string) string { return m.summary.in(lang) }

// A Table lists magics; the names in it are found with their signs.
type Table []Magic

// Magics are the magics of every session.
var Magics = Table{
	{Name: "%help", summary: phrase{"this list", "显示本列表"}},
	{Name: "%time", Args: "STATEMENT", Code: true, summary: phrase{"run a statement and show how long it took", "运行一条语句并显示用时"}},
	{Name: "%%time", Below: true, summary: phrase{"run the cell and show how long it took", "运行整个单元格并显示用时"}},
	{Name: "%bench", Args: "STATEMENT", Code: true, summary: phrase{"run a statement many times: time and memory of one run", "多次运行一条语句：单次用时与内存"}},
	{Name: "%who", summary: phrase{"list the names that cells declared, with type and value", "列出各单元格声明的名字及其类型和值"}},
	{Name: "%reset", summary: phrase{"forget everything that cells declared", "清除所有单元格的声明"}},
	{Name: "%goroutines", Args: "[stop]", summary: phrase{"list the goroutines that cells left running, or stop them", "列出单元格留下的 goroutine；加 stop 则停止它们"}},
	{Name: "%%writefile", Args: "FILE", Below: true, Text: true, summary: phrase{"write the rest of the cell to a file", "把单元格其余内容写入文件"}},
	{Name: "!", Args: "COMMAND", summary: phrase{"run a command of the system's shell", "运行一条系统命令"}},
	{Name: "?", Args: "NAME", summary: phrase{"show what a name is: NAME? or NAME?? for more", "查看名字的说明：NAME?，更详细用 NAME??"}},
}

// With returns the table with more magics after its own.
func (t Table) With(name, args, en, zh string) Table {
	return append(t[:len(t):len(t)], Magic{Name: name, Args: args, summary: phrase{en, zh}})
}

// Lookup finds a magic by name.
func (t Table) Lookup(name string) (Magic, bool) {
	for _, m := range t {
		if m.Name == name {
			return m, true
		}
	}
	return Magic{}, false
}

// Help is the text of %help.
func (t Table) Help(lang string) string {
	var b strings.Builder
	b.WriteString(phrase{"A cell holds Go. These lines are commands to the notebook:\n\n", "单元格里写 Go 代码。下面这些行是给笔记本的命令：\n\n"}.in(lang))
	for _, m := range t {
		fmt.Fprintf(&b, "  %-24s %s\n", m.usage(), m.Summary(lang))
	}
	b.WriteString(phrase{
		"\nTab completes a name, Shift-Tab shows what it is. The last expression of a cell is shown.\n" +
			"A line that starts with ! is a command; for Go's not write (!done).\n",
		"\n按 Tab 补全名字，按 Shift-Tab 查看说明。单元格最后一个表达式的值会显示出来。\n" +
			"以 ! 开头的行是系统命令；要写 Go 的取反，请写成 (!done)。\n"}.in(lang))
	return b.String()
}

func (m Magic) usage() string {
	switch m.Name {
	case "!":
		return "!" + m.Args
	case "?":
		return m.Args + "?"
	}
	return strings.TrimSpace(m.Name + " " + m.Args)
}

// A Part of a cell is a stretch of Go, or one magic.
type Part struct {
	Line  int    // the line of the cell it starts at, from 1
	Code  string // Go, where Magic is empty
	Magic Magic
	Args  string // what follows the name, trimmed
	Col   int    // the column Args starts at, from 1
	Body  string // the rest of the cell, for magics that take it, from Line+1
	More  bool   // NAME??, which asks for more than NAME?
}

// A MagicError says what is wrong with a magic, in the session's language.
type MagicError struct {
	Line int
	Text string
}

func (e *MagicError) Error() string { return e.Text }

// ParseMagic cuts a cell into its stretches of Go and its magics, in order.
func (t Table) ParseMagic(cell, lang string) ([]Part, error) {
	var parts []Part
	for i, l := range lines(cell) {
		text := cell[l.start:l.end]
		if !l.magic {
			parts = addCode(parts, i+1, text)
			continue
		}
		p, err := t.parseLine(text, lang)
		if err == "" && p.Magic.Below && !isBlank(cell[:l.start]) {
			err = fmt.Sprintf(phrase{"%s takes a whole cell: write it on the first line", "%s 作用于整个单元格：请写在第一行"}.in(lang), p.Magic.Name)
		}
		if err != "" {
			return nil, &MagicError{i + 1, err}
		}
		p.Line = i + 1
		if p.Magic.Below {
			p.Body = cell[min(l.end+1, len(cell)):]
			return append(dropBlank(parts), p), nil
		}
		parts = append(dropBlank(parts), p)
	}
	return dropBlank(parts), nil
}

func addCode(parts []Part, line int, text string) []Part {
	if n := len(parts); n > 0 && parts[n-1].Magic.Name == "" {
		parts[n-1].Code += "\n" + text
		return parts
	}
	return append(parts, Part{Line: line, Code: text})
}

// dropBlank removes a last stretch of code that has only white space.
func dropBlank(parts []Part) []Part {
	if n := len(parts); n > 0 && parts[n-1].Magic.Name == "" && isBlank(parts[n-1].Code) {
		return parts[:n-1]
	}
	return parts
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

func (t Table) parseLine(text, lang string) (p Part, problem string) {
	word, args := splitMagic(text)
	m, ok := t.Lookup(word)
	if !ok {
		return p, t.unknown(word, lang)
	}
	p = Part{Magic: m, Args: strings.TrimSpace(text[args:]), Col: args + 1}
	if word == "?" {
		p.More = strings.Count(text, "?") == 2
		p.Args = strings.Trim(text, "? \t\r")
	}
	if p.Args == "" && m.Args != "" && m.Args[0] != '[' {
		return p, fmt.Sprintf(phrase{"%s needs something after it: %s", "%s 后面还要写内容：%s"}.in(lang), m.Name, m.usage())
	}
	return p, ""
}

func (t Table) unknown(word, lang string) string {
	var names []string
	for _, m := range t {
		names = append(names, m.Name)
	}
	if near := DidYouMean(word, names); len(near) > 0 {
		return fmt.Sprintf(phrase{"there is no magic %s; did you mean %s?", "没有 %s 这个命令；是不是想写 %s？"}.in(lang), word, near[0])
	}
	return fmt.Sprintf(phrase{"there is no magic %s; %%help lists them", "没有 %s 这个命令；用 %%help 查看全部"}.in(lang), word)
}

// splitMagic returns the name of a magic line with its signs, and the offset of
// what follows it.
func splitMagic(text string) (word string, args int) {
	trimmed := strings.TrimLeft(text, " \t")
	indent := len(text) - len(trimmed)
	switch {
	case strings.HasPrefix(trimmed, "!"):
		return "!", indent + 1
	case !strings.HasPrefix(trimmed, "%"):
		return "?", indent
	}
	end := strings.IndexAny(trimmed, " \t\r")
	if end < 0 {
		return trimmed, len(text)
	}
	rest := strings.TrimLeft(trimmed[end:], " \t\r")
	return trimmed[:end], len(text) - len(rest)
}
