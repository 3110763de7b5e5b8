// Package source reads lessons. One Markdown file holds both languages of a
// lesson, the code they share, and each exercise with its hints, solution and
// checks; the two notebooks are made from it.
//
//	<!-- lesson version=1 minutes=45 -->
//	<!-- row 6.1 -->
//	<!-- en -->
//	# Cross-correlation
//	<!-- zh -->
//	# 互相关
//
//	```go
//	x := cnn.Matrix([]float64{0, 1}) // en: an image // zh: 一张图像
//	```
//
// A text block is a pair of parts, <!-- en --> and <!-- zh -->. The fences that
// mean something start at the line's first column:
//
//	```go                                      code both languages share
//	```go exercise NAME points=2 forbid=a,b    what the learner writes
//	```go try NAME                             code that needs the learner's answer
//	```go check NAME                           checks the learner sees, one expression a statement
//	```go hidden NAME                          checks that only grading adds
//	```hint NAME                               a hint, in both languages
//	```choice NAME answer=b                    a question with options, in both languages
//
// A string that a cell shows is in both languages like a comment:
// "en: loss // zh: 损失". Any other fence belongs to the text around it. <!-- row 6.3 6.5 --> says which
// rows of the course the blocks after it teach.
package source

import (
	"fmt"
	"slices"
)

// Languages are the languages every text is written in.
var Languages = []string{"en", "zh"}

// A Kind says what a block is.
type Kind string

// The kinds of blocks.
const (
	Prose    Kind = "text"
	Code     Kind = "code"
	Exercise Kind = "exercise"
	Try      Kind = "try"
	Check    Kind = "check"
	Hidden   Kind = "hidden"
	Hint     Kind = "hint"
	Choice   Kind = "choice"
)

// A Text is the same in both languages.
type Text struct{ EN, ZH string }

// In returns the text in a language, "en" or "zh".
func (t Text) In(language string) string {
	if language == "zh" {
		return t.ZH
	}
	return t.EN
}

func (t *Text) part(language string) *string {
	if language == "zh" {
		return &t.ZH
	}
	return &t.EN
}

// A Block is a piece of a lesson between two fences or markers.
type Block struct {
	Kind Kind
	Line int      // where it starts, from 1
	Rows []string // the rows of the course it teaches
	Name string   // of the exercise or question it belongs to

	Text Text   // of prose, hints and questions
	Why  Text   // the explanation that follows a question
	Code string // of the other kinds, with the comments of both languages

	Points float64  // of an exercise or question
	Forbid []string // what an exercise's answer may not use: "cnn.Convolve", "(*cnn.Tensor).Reshape"
	Answer string   // of a question
}

// A Lesson is a parsed file.
type Lesson struct {
	Version, Minutes, Seed int
	Blocks                 []Block
}

// Title returns the lesson's first heading.
func (l *Lesson) Title() Text {
	for _, b := range l.Blocks {
		if b.Kind == Prose {
			return Text{heading(b.Text.EN), heading(b.Text.ZH)}
		}
	}
	return Text{}
}

// Of returns the blocks of one kind that belong to an exercise.
func (l *Lesson) Of(kind Kind, name string) []Block {
	var blocks []Block
	for _, b := range l.Blocks {
		if b.Kind == kind && b.Name == name {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// Rows returns the rows of the course that have a cell which runs.
func (l *Lesson) Rows() []string {
	var rows []string
	for _, b := range l.Blocks {
		if b.Kind != Code && b.Kind != Exercise && b.Kind != Try {
			continue
		}
		for _, r := range b.Rows {
			if !slices.Contains(rows, r) {
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// An Error is a mistake in a lesson file.
type Error struct {
	Line    int
	Problem string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem) }

func errorf(line int, format string, args ...any) *Error {
	return &Error{line, fmt.Sprintf(format, args...)}
}
