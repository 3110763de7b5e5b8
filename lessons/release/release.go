// Package release hands a lesson out as an assignment. It makes the students'
// notebook, the teacher's, in which every exercise has its solution and every
// check also what students do not see, and the same as an nbgrader course.
//
// The shipped lessons are open source, their hidden checks too. What keeps a
// student from preparing for them is the teacher's seed, from which they draw
// their inputs, and whatever the teacher adds to them. Both stay in the teacher's
// notebook, between BEGIN HIDDEN TESTS and END HIDDEN TESTS.
package release

import (
	"fmt"
	"strings"

	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/source"
)

// The comments around what only the teacher's notebook holds. nbgrader looks for
// the same words.
const (
	beginSolution, endSolution = "// BEGIN SOLUTION", "// END SOLUTION"
	beginHidden, endHidden     = "// BEGIN HIDDEN TESTS", "// END HIDDEN TESTS"
)

// Student returns the notebook that a lesson's students get.
func Student(l lessons.Lesson, language string) *notebook.Notebook {
	n := l.Notebook(language, lessons.Student)
	for i := range n.Cells {
		mark(&n.Cells[i])
		addChecksum(&n.Cells[i])
	}
	return n
}

// Teacher returns the notebook with solutions, and with hidden checks that draw
// from the seed.
func Teacher(l lessons.Lesson, language string, seed int64) *notebook.Notebook {
	n := l.Notebook(language, lessons.Student)
	for i := range n.Cells {
		c := &n.Cells[i]
		switch Kind(*c) {
		case "exercise":
			c.Source = solved(l, *c, language)
		case "check":
			c.Source = withHidden(c.Source, hidden(l, Exercise(*c), language, seed))
		}
		mark(c)
	}
	return n
}

// Kind returns what a cell is in its lesson, as its metadata tell it: start, text,
// code, exercise, try, check ...; "" is a cell that is not the lesson's.
func Kind(c notebook.Cell) string { return fact(c, "kind") }

// Exercise returns the name of the exercise that a cell belongs to, or "".
func Exercise(c notebook.Cell) string { return fact(c, "exercise") }

func fact(c notebook.Cell, key string) string {
	facts, _ := c.Metadata["convnotes"].(map[string]any)
	value, _ := facts[key].(string)
	return value
}

// solved returns the source of an exercise's cell with the solution marked.
func solved(l lessons.Lesson, c notebook.Cell, language string) string {
	name := Exercise(c)
	for _, b := range l.Blocks {
		switch {
		case b.Name != name:
		case b.Kind == source.Exercise:
			return source.In(marked(b.Code), language)
		case b.Kind == source.Choice:
			return fmt.Sprintf("// %s\n%s\n%s := %q\n%s", c.Source, beginSolution, name, b.Answer, endSolution)
		}
	}
	panic("no exercise " + name) // the cell was made from it
}

// marked moves the stub of a solution in front of it as a comment: nbgrader puts
// the same stub in the place of every solution.
func marked(code string) string {
	var lines, solution []string
	inside := false
	for line := range strings.Lines(code) {
		line = strings.TrimSuffix(line, "\n")
		text := strings.TrimSpace(line)
		stub, isStub := strings.CutPrefix(text, "// STUB")
		switch {
		case isStub:
			indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
			lines = append(lines, indent+"// "+strings.TrimSpace(stub))
			continue
		case text == beginSolution:
			inside = true
		}
		if inside {
			solution = append(solution, line)
		} else {
			lines = append(lines, line)
		}
		if text == endSolution {
			lines, solution, inside = append(lines, solution...), nil, false
		}
	}
	return strings.Join(append(lines, solution...), "\n")
}

func hidden(l lessons.Lesson, name, language string, seed int64) (calls []string) {
	for _, e := range l.Exercises() {
		if e.Name == name && len(e.Hidden) > 0 {
			calls = append(calls, fmt.Sprintf("check.Reseed(%d)", seed))
			for _, h := range e.Hidden {
				calls = append(calls, source.In(h, language))
			}
		}
	}
	return calls
}

// withHidden puts calls behind the others of a check cell, check.Exercise(…).
func withHidden(cell string, calls []string) string {
	before, ok := strings.CutSuffix(cell, "\n)")
	if len(calls) == 0 || !ok {
		return cell
	}
	lines := []string{before, "\t" + beginHidden}
	for _, c := range calls {
		lines = append(lines, "\t"+strings.ReplaceAll(c, "\n", "\n\t")+",")
	}
	return strings.Join(append(lines, "\t"+endHidden, ")"), "\n")
}

// Visible returns a check's source as students see it.
func Visible(cell string) string {
	var lines []string
	inside := false
	for line := range strings.Lines(cell) {
		inside = inside || strings.Contains(line, "BEGIN HIDDEN TESTS")
		if !inside {
			lines = append(lines, line)
		}
		inside = inside && !strings.Contains(line, "END HIDDEN TESTS")
	}
	return strings.Join(lines, "")
}
