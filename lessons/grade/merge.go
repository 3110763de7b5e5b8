package grade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/release"
)

// A merged notebook is a submission with the teacher's checks.
type merged struct {
	assignment Assignment
	cells      []cell
	notes      []string // what was repaired
}

// A cell of a merged notebook.
type cell struct {
	notebook.Cell
	teacher int // its place in the teacher's notebook, -1 for the student's own
	kind    string
}

func (c cell) runs() bool { return c.Type == notebook.Code && strings.TrimSpace(c.Source) != "" }

// merge takes the student's cells in the student's order. The first cell and the
// checks get the teacher's source. Of the teacher's, what is missing is put back
// behind the one before it, except answers.
func merge(a Assignment, submission *notebook.Notebook) *merged {
	m := &merged{assignment: a}
	if language := submission.Language(); language != "" && language != "go" {
		m.note("The notebook says that it is written in %s; its cells were run as Go.", "笔记本标明的语言是 %s；评分时单元格都按 Go 运行。", language)
	}
	if lesson := lessonOf(submission); lesson != "" && a.Lesson != "" && lesson != a.Lesson {
		m.note("The notebook is that of lesson %s; it was graded as lesson %s.", "这是第 %s 课的笔记本；评分时按第 %s 课处理。", lesson, a.Lesson)
	}
	found := match(a.Notebook.Cells, submission.Cells)
	for i, c := range submission.Cells {
		m.add(c, slices.Index(found, i))
	}
	for t, c := range a.Notebook.Cells {
		if c.Type == notebook.Code && found[t] < 0 {
			m.putBack(t, c)
		}
	}
	m.name()
	return m
}

func (m *merged) note(en, zh string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(m.assignment.say(en, zh), args...))
}

// add appends a cell of the student, which is the teacher's t or, with t < 0, none.
func (m *merged) add(c notebook.Cell, t int) {
	n := cell{Cell: notebook.Cell{ID: c.ID, Type: c.Type, Source: c.Source, Metadata: map[string]any{}, Attachments: c.Attachments}, teacher: t}
	if t >= 0 {
		own := m.assignment.Notebook.Cells[t]
		n.ID, n.kind, n.Metadata = own.ID, release.Kind(own), own.Metadata
		if c.Type != notebook.Code {
			m.note("Cell %s was no code cell any more; it was run as one.", "单元格 %s 不再是代码单元格；评分时按代码运行。", own.ID)
			n.Type, n.Attachments = notebook.Code, nil
		}
		switch n.kind {
		case "start", "check":
			n.Source = own.Source
		}
	}
	m.cells = append(m.cells, n)
}

// putBack inserts the teacher's cell t behind the last one before it.
func (m *merged) putBack(t int, c notebook.Cell) {
	kind := release.Kind(c)
	switch kind {
	case "exercise":
		m.note("The answer's cell %s is missing.", "缺少作答单元格 %s。", c.ID)
		return
	case "try":
		return
	}
	at, before := 0, -1
	for i, n := range m.cells {
		if n.teacher < t && n.teacher > before {
			at, before = i+1, n.teacher
		}
	}
	m.note("Cell %s was missing and was put back.", "单元格 %s 缺失，已放回原处。", c.ID)
	m.cells = slices.Insert(m.cells, at, cell{Cell: notebook.Cell{ID: c.ID, Type: c.Type, Source: c.Source, Metadata: c.Metadata}, teacher: t, kind: kind})
}

// name gives the student's own cells ids that differ from the teacher's.
func (m *merged) name() {
	taken := map[string]bool{}
	for _, c := range m.cells {
		taken[c.ID] = taken[c.ID] || c.teacher >= 0
	}
	for i := range m.cells {
		c := &m.cells[i]
		if c.teacher >= 0 {
			continue
		}
		for n := i + 1; taken[c.ID]; n++ {
			c.ID = fmt.Sprintf("own-%d", n)
		}
		taken[c.ID] = true
	}
}

// match returns the place of each of the teacher's code cells in the submission,
// or -1: the cell with its id, else the first with its id for nbgrader, else the
// first with its content.
func match(teacher, student []notebook.Cell) []int {
	found := slices.Repeat([]int{-1}, len(teacher))
	taken := map[int]bool{}
	for _, same := range []func(t, s *notebook.Cell) bool{sameID, sameGradeID, sameContent} {
		for t := range teacher {
			if found[t] >= 0 || teacher[t].Type != notebook.Code {
				continue
			}
			for s := range student {
				if !taken[s] && same(&teacher[t], &student[s]) {
					found[t], taken[s] = s, true
					break
				}
			}
		}
	}
	return found
}

func sameID(t, s *notebook.Cell) bool { return t.ID == s.ID }

func sameGradeID(t, s *notebook.Cell) bool {
	facts, _ := s.Metadata["nbgrader"].(map[string]any)
	return facts["grade_id"] == t.ID
}

// sameContent compares what a cell is about: of an answer the name that it
// declares first, of a check its first line, of other cells everything.
func sameContent(t, s *notebook.Cell) bool {
	switch release.Kind(*t) {
	case "exercise":
		name := declares(t.Source)
		return name != "" && name == declares(s.Source)
	case "check":
		first, _, _ := strings.Cut(t.Source, "\n")
		return strings.HasPrefix(strings.TrimSpace(s.Source), first)
	}
	return strings.TrimSpace(t.Source) == strings.TrimSpace(s.Source)
}

// declares returns how the first line of code that is no comment begins: up to
// a parameter list or a value.
func declares(code string) string {
	for line := range strings.Lines(code) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		for _, end := range []string{"(", ":=", "="} {
			if before, _, ok := strings.Cut(line, end); ok {
				return strings.TrimSpace(before)
			}
		}
		return line
	}
	return ""
}
