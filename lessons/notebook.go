package lessons

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"strings"

	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/source"
)

// A Form is what a notebook is made for.
type Form int

const (
	Student Form = iota // exercises to be written, without hidden checks
	Solved              // exercises with their solutions and all checks
)

// Notebook makes a lesson's notebook in a language, "en" or "zh". The same
// lesson gives the same bytes; a cell keeps its id while its place among the
// cells of its row stays.
func (l Lesson) Notebook(language string, form Form) *notebook.Notebook {
	w := &writer{lesson: l, language: language, form: form, book: notebook.New(), count: map[string]int{}}
	w.book.Metadata["convnotes"] = map[string]any{"lesson": l.ID, "language": language, "version": l.Version}
	if !l.IsPage() {
		w.add("start", notebook.Code, fmt.Sprintf("%%lesson %s %s", l.ID, language), map[string]any{"kind": "start"})
	}
	for i, b := range l.Blocks {
		w.block(i, b)
	}
	if l.ID == "00-index" {
		w.add("progress", notebook.Code, "%progress "+language, map[string]any{"kind": "progress"})
	}
	return w.book
}

// A writer makes cells from blocks.
type writer struct {
	lesson   Lesson
	language string
	form     Form
	book     *notebook.Notebook
	count    map[string]int // cells of a row so far
}

func (w *writer) say(en, zh string) string { return source.Text{EN: en, ZH: zh}.In(w.language) }

// add appends a cell. What convnotes knows of it stands in its metadata.
func (w *writer) add(id, kind, text string, facts map[string]any) *notebook.Cell {
	w.book.Cells = append(w.book.Cells, notebook.Cell{
		ID: w.lesson.ID + "-" + id, Type: kind, Source: text, Metadata: map[string]any{"convnotes": facts},
	})
	return &w.book.Cells[len(w.book.Cells)-1]
}

func (w *writer) block(i int, b source.Block) {
	facts := map[string]any{"kind": string(b.Kind)}
	if len(b.Rows) > 0 {
		facts["rows"] = b.Rows
	}
	if b.Name != "" {
		facts["exercise"] = b.Name
	}
	switch b.Kind {
	case source.Prose:
		w.add(w.id(b), notebook.Markdown, b.Text.In(w.language), facts)
	case source.Code:
		w.add(w.id(b), notebook.Code, source.In(b.Code, w.language), facts)
	case source.Try:
		c := w.add(w.id(b), notebook.Code, source.In(b.Code, w.language), facts)
		if w.form == Student { // it fails until the exercise is written, and the cells after it still run
			c.Metadata["tags"] = []any{"raises-exception"}
		}
	case source.Exercise:
		w.add(b.Name+"-exercise", notebook.Code, w.answer(b), facts)
	case source.Choice:
		w.choice(b, facts)
	case source.Hint:
		if w.first(i) {
			w.add(b.Name+"-hints", notebook.Markdown, w.hints(b.Name), facts)
		}
	case source.Check:
		if w.first(i) {
			w.check(b, facts)
		}
	}
}

// id numbers the cells of a row: 06-3-2 is the second of row 6.3.
func (w *writer) id(b source.Block) string {
	row := "0"
	if len(b.Rows) > 0 {
		_, row, _ = strings.Cut(b.Rows[0], ".")
	}
	w.count[row]++
	return fmt.Sprintf("%s-%d", row, w.count[row])
}

// first says whether block i is the first of its kind and name.
func (w *writer) first(i int) bool {
	b := w.lesson.Blocks[i]
	return w.lesson.Of(b.Kind, b.Name)[0].Line == b.Line
}

func (w *writer) answer(b source.Block) string {
	code := source.Solved(b.Code)
	if w.form == Student {
		code = source.Stripped(b.Code, w.say("// your code here", "// 在这里写代码"))
	}
	return source.In(code, w.language)
}

// hints are nested, so that they open one by one.
func (w *writer) hints(name string) string {
	var open, end strings.Builder
	for i, h := range w.lesson.Of(source.Hint, name) {
		fmt.Fprintf(&open, "<details><summary>%s %d</summary>\n\n%s\n\n", w.say("Hint", "提示"), i+1, h.Text.In(w.language))
		end.WriteString("</details>\n")
	}
	return open.String() + strings.TrimSuffix(end.String(), "\n")
}

func (w *writer) choice(b source.Block, facts map[string]any) {
	w.add(b.Name+"-question", notebook.Markdown, b.Text.In(w.language), facts)
	answer := fmt.Sprintf("%s := \"\" %s", b.Name, w.say("// the letter of your answer", "// 你的选项字母"))
	if w.form != Student {
		answer = fmt.Sprintf("%s := %q", b.Name, b.Answer)
	}
	w.add(b.Name+"-answer", notebook.Code, answer, with(facts, "kind", "exercise"))
	w.locked(w.add(b.Name+"-check", notebook.Code, exerciseCall(b, []string{
		fmt.Sprintf("check.Choice(%q, %s, %q)", b.Name, b.Name, check.Digest(b.Name, b.Answer)),
	}), with(facts, "kind", "check", "points", b.Points)))
	if b.Why.EN != "" {
		w.add(b.Name+"-why", notebook.Markdown, fmt.Sprintf("<details><summary>%s</summary>\n\n%s\n\n</details>",
			w.say("Why? Open it when you have answered.", "为什么？答完再打开。"), b.Why.In(w.language)), facts)
	}
}

func (w *writer) check(b source.Block, facts map[string]any) {
	exercise := w.lesson.Of(source.Exercise, b.Name)[0]
	calls := append(forbidCalls(exercise), w.lesson.expressions(source.Check, b.Name)...)
	if w.form != Student {
		calls = append(calls, w.lesson.expressions(source.Hidden, b.Name)...)
	}
	for i := range calls {
		calls[i] = source.In(calls[i], w.language)
	}
	w.locked(w.add(b.Name+"-check", notebook.Code, exerciseCall(exercise, calls), with(facts, "points", exercise.Points)))
}

// locked keeps a front end from editing a cell.
func (w *writer) locked(c *notebook.Cell) {
	c.Metadata["editable"], c.Metadata["deletable"] = false, false
}

func with(facts map[string]any, pairs ...any) map[string]any {
	more := maps.Clone(facts)
	for i := 0; i < len(pairs); i += 2 {
		more[pairs[i].(string)] = pairs[i+1]
	}
	return more
}

func exerciseCall(b source.Block, calls []string) string {
	lines := []string{fmt.Sprintf("check.Exercise(%q, %v,", b.Name, b.Points)}
	for _, c := range calls {
		lines = append(lines, "\t"+strings.ReplaceAll(c, "\n", "\n\t")+",")
	}
	return strings.Join(append(lines, ")"), "\n")
}

// forbidCalls are the checks of an exercise's forbidden names, one for every
// function it asks for.
func forbidCalls(b source.Block) []string {
	if len(b.Forbid) == 0 {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+source.Solved(b.Code), 0)
	if err != nil {
		return nil
	}
	var calls []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			calls = append(calls, forbidCall(append([]string{f.Name.Name}, b.Forbid...)))
		}
	}
	return calls
}

// Columns is how many columns of code JupyterLab shows beside its file browser
// in a window of 1280 pixels; longer lines would scroll sideways.
const Columns = 100

// forbidCall writes the names into a call, on as few lines as fit.
func forbidCall(names []string) string {
	const indent = 8 // the second line of an argument of check.Exercise
	text, used := "check.Forbid(", indent+len("check.Forbid(")
	for i, name := range names {
		word := fmt.Sprintf("%q, ", name)
		if i == len(names)-1 {
			word = fmt.Sprintf("%q)", name)
		}
		if used+len(word) >= Columns { // a comma follows the call
			text, used = strings.TrimSuffix(text, " ")+"\n\t", indent
		}
		text, used = text+word, used+len(word)
	}
	return text
}
