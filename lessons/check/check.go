// Package check tells learners what is right, what is wrong and, where it can
// be known, why.
//
// Every check returns a Result; Exercise turns the results of an exercise into a
// Score, the value of a check cell:
//
//	check.Exercise("corr2d", 2,
//		check.Forbid("corr2d", "cnn.CrossCorrelate"),
//		check.Implements(corr2d, check.CrossCorrelation),
//	)
//
// A Score is shown as a report, and as plain text it is the number of points, so
// that a grader which reads results takes partial credit from it: a check that
// fails does not fail the cell, it lowers the score. What keeps a check from
// running at all (a name that is gone, a panic outside the learner's function)
// is an ordinary error of the cell.
//
// Messages are in the language of the session. A check never prints a solution.
// Random inputs come from the session's seed.
package check

import (
	"math"
	"sync/atomic"

	"github.com/convnotes/convnotes/kernel/display"
)

// A Result is the outcome of one check.
type Result struct {
	Passed  bool
	Title   string // what was checked
	Message string // what is wrong: the value, where it comes from, what it should be
	Cause   string // the usual mistake that explains it, if one is recognised

	Mutations []string // the ids of the recognised mistakes

	rule  bool // a rule of the exercise: it earns nothing, and broken it costs all
	quiet bool // a setting: neither shown nor counted
}

// A Score is what an exercise earned.
type Score struct {
	Name        string
	Points, Max float64
	Results     []Result
}

// Exercise adds up an exercise: every check that counts earns the same share of
// the points, and a broken rule costs them all.
func Exercise(name string, points float64, results ...Result) Score {
	if !(points >= 0) || math.IsInf(points, 1) {
		points = 0
	}
	s := Score{Name: name, Max: points}
	counted, passed, broken := 0, 0, false
	for _, r := range results {
		if r.quiet {
			continue
		}
		s.Results = append(s.Results, r)
		switch {
		case r.rule:
			broken = broken || !r.Passed
		case r.Passed:
			counted, passed = counted+1, passed+1
		default:
			counted++
		}
	}
	if counted > 0 && !broken {
		s.Points = math.Round(100*points*float64(passed)/float64(counted)) / 100
	}
	if r := recorder.Load(); r != nil {
		(*r)(s)
	}
	return s
}

var recorder atomic.Pointer[func(Score)]

// SetRecorder makes f hear of every score: the learner's progress. It is one of
// the settings of the process.
func SetRecorder(f func(Score)) { recorder.Store(&f) }

// Passed says whether every check passed.
func (s Score) Passed() bool {
	for _, r := range s.Results {
		if !r.Passed {
			return false
		}
	}
	return len(s.Results) > 0
}

// say returns the text in the session's language.
func say(en, zh string) string {
	if display.Language() == "zh" {
		return zh
	}
	return en
}

func pass(title string) Result { return Result{Passed: true, Title: title} }

func fail(title, message string) Result { return Result{Title: title, Message: message} }
