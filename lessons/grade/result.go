package grade

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/release"
)

// Version is that of a Report's JSON. It grows when a program that reads it
// would read it wrongly.
const Version = 1

// A Report is the result of grading. Apart from the seconds, the same submissions
// give the same bytes.
type Report struct {
	Version     int          `json:"version"`
	Submissions []Submission `json:"submissions"` // in the order in which they were given
}

// The states of a submission.
const (
	Graded     = "graded"
	Unreadable = "unreadable"  // there was no notebook to run
	OutOfTime  = "out of time" // some cells did not run any more
)

// A Submission is what one of them earned.
type Submission struct {
	Submission string     `json:"submission"` // its path, as it was given
	Assignment string     `json:"assignment"`
	Language   string     `json:"language"`
	State      string     `json:"state"`
	Reason     string     `json:"reason,omitempty"` // of a state that is not graded
	Points     float64    `json:"points"`
	Max        float64    `json:"max"`
	Exercises  []Exercise `json:"exercises"`
	Notes      []string   `json:"notes"` // what was repaired, and which other cells failed
	Seconds    float64    `json:"seconds"`
}

// The states of an exercise.
const (
	Passed  = "passed"
	Partial = "partial" // some of the points
	Failed  = "failed"
	Error   = "error"   // the check could not run: a name is missing, say
	Late    = "late"    // the check was interrupted
	Crashed = "crashed" // the check ended the process
	NotRun  = "not run" // the time for the whole was up
)

// An Exercise is what one of them earned.
type Exercise struct {
	Name   string  `json:"name"`
	Cell   string  `json:"cell"` // the check's id
	State  string  `json:"state"`
	Reason string  `json:"reason,omitempty"` // why there is no score
	Points float64 `json:"points"`
	Max    float64 `json:"max"`
	Checks []Check `json:"checks,omitempty"`
}

// A Check is one of an exercise, as its student may read it.
type Check struct {
	Passed  bool   `json:"passed"`
	Title   string `json:"title"`
	Message string `json:"message,omitempty"`
	Cause   string `json:"cause,omitempty"`
}

// result reads what a merged notebook earned.
func (m *merged) result(path string, ran []ranCell) Submission {
	a := m.assignment
	s := Submission{Submission: path, Assignment: a.Name, Language: a.Language, State: Graded, Max: a.max(), Exercises: []Exercise{}, Notes: append([]string{}, m.notes...)}
	for i := range m.cells {
		c, r := &m.cells[i], ran[i]
		c.Outputs = r.outputs
		if r.state == notRun && c.runs() {
			s.State, s.Reason = OutOfTime, a.say("the time for the whole notebook was up", "整个笔记本的运行时间已用完")
		}
		if c.kind == "check" {
			s.Exercises = append(s.Exercises, m.exercise(i, ran))
		} else if why := m.why(r); why != "" && c.runs() && c.kind != "try" {
			s.Notes = append(s.Notes, fmt.Sprintf(a.say("Cell %d (%s): %s", "第 %d 个单元格（%s）：%s"), i+1, c.ID, why))
		}
	}
	for _, e := range s.Exercises {
		s.Points += e.Points
	}
	s.Points = math.Round(100*s.Points) / 100
	return s
}

// exercise reads the score of the check at place i.
func (m *merged) exercise(i int, ran []ranCell) Exercise {
	c, r := &m.cells[i], ran[i]
	e := Exercise{Name: release.Exercise(c.Cell), Cell: c.ID, Max: release.Points(c.Cell), State: Error}
	if e.Reason = m.why(r); e.Reason != "" {
		e.State = map[int]string{notRun: NotRun, ended: Error, late: Late, crashed: Crashed}[r.state]
		if lacks := m.lacks(i, ran); e.State == Error && lacks != "" {
			e.Reason = lacks
		}
		return e
	}
	s, ok := scoreOf(r.outputs)
	if !ok || s.Name != e.Name {
		e.Reason = m.assignment.say("the check shows no score", "检查没有给出分数")
		return e
	}
	e.Points, e.Checks = min(max(0, s.Points), e.Max), s.Results
	switch {
	case s.Passed:
		e.State = Passed
	case e.Points > 0:
		e.State = Partial
	default:
		e.State = Failed
	}
	return e
}

// lacks says what is wrong with the answer's cell that the check at place i could
// not run for, "" if the check is at fault itself.
func (m *merged) lacks(i int, ran []ranCell) string {
	name := release.Exercise(m.cells[i].Cell)
	at := slices.IndexFunc(m.cells, func(c cell) bool { return c.kind == "exercise" && release.Exercise(c.Cell) == name })
	switch say := m.assignment.say; {
	case at < 0:
		return say("the answer's cell is missing", "缺少作答单元格")
	case at > i:
		return say("the answer's cell stands behind its check", "作答单元格排在了检查之后")
	case m.why(ran[at]) != "":
		return say("the answer's cell failed: ", "作答单元格运行失败：") + m.why(ran[at])
	}
	return ""
}

// why says why a cell did not end well, "" if it did.
func (m *merged) why(r ranCell) string {
	say := m.assignment.say
	switch r.state {
	case notRun:
		return say("it was not run: the time was up", "没有运行：时间已用完")
	case late:
		return say("it took too long and was stopped", "运行时间过长，已被停止")
	case crashed:
		return fmt.Sprintf(say("it ended the kernel (%s); grading went on behind it", "它使内核意外退出（%s）；评分从它之后继续"), r.cause)
	}
	for _, o := range r.outputs {
		if o.Type == notebook.Error {
			return o.EName + ": " + o.EValue
		}
	}
	return ""
}

// A score is check.Score as it travels.
type score struct {
	Name    string
	Points  float64
	Passed  bool
	Results []Check
}

func scoreOf(outputs []notebook.Output) (s score, ok bool) {
	for _, o := range outputs {
		data, there := o.Data[check.MIMEType]
		if !there || o.Type != notebook.ExecuteResult {
			continue
		}
		text, err := json.Marshal(data)
		return s, err == nil && json.Unmarshal(text, &s) == nil && s.Points == s.Points
	}
	return s, false
}

// unreadable is the result of a submission that cannot be run. It earns nothing,
// of the points of the only assignment or, where there are several, of none.
func unreadable(all []Assignment, path string, why *submissionError) (Submission, *notebook.Notebook) {
	a := all[0]
	m := merge(a, notebook.New())
	s := m.result(path, make([]ranCell, len(m.cells)))
	s.State, s.Reason, s.Notes = Unreadable, a.say(why.en, why.zh), []string{}
	for i := range s.Exercises {
		s.Exercises[i].State, s.Exercises[i].Reason = NotRun, ""
	}
	if len(all) > 1 {
		s.Assignment, s.Max, s.Exercises = "", 0, []Exercise{}
	}
	m.cells = nil
	return s, m.feedback(s)
}
