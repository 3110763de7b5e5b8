// Package lessons holds the course: the lessons' sources, the notebooks made
// from them in both languages, and what the first cell of a notebook sets.
//
// A lesson is one file, content/NN-name.md; package source says how it is
// written. The notebooks in notebooks/en and notebooks/zh are generated.
package lessons

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/convnotes/convnotes/lessons/source"
)

//go:generate go run ./generate ../notebooks

//go:embed content/*.md
var content embed.FS

// A Lesson is a lesson of the course, or a page that goes with it: the index
// and the glossary, which have neither exercises nor a first cell.
type Lesson struct {
	ID   string // two digits: 06; of a page its name
	Name string // of its files, without an extension: 06-cross-correlation
	*source.Lesson
}

// IsPage says whether it is a page and no lesson.
func (l Lesson) IsPage() bool { return l.ID == l.Name }

// An Exercise is what a learner writes and what checks it.
type Exercise struct {
	Name          string
	Rows          []string // of the course
	Points        float64
	Forbid        []string
	Code          string // with the solution marked
	Hints         []source.Text
	Check, Hidden []string // expressions
}

var fileName = regexp.MustCompile(`^(\d\d)-[a-z0-9-]+$`)

// All returns the lessons in the order of their numbers.
func All() ([]Lesson, error) {
	all, err := read()
	return slices.DeleteFunc(slices.Clone(all), Lesson.IsPage), err
}

// Pages returns the lessons and the pages that go with them.
func Pages() ([]Lesson, error) { return read() }

var read = sync.OnceValues(func() ([]Lesson, error) { return readFolder(content, "content") })

func readFolder(files fs.FS, folder string) ([]Lesson, error) {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, err
	}
	var all []Lesson
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".md")
		id := name
		if m := fileName.FindStringSubmatch(name); m != nil && m[1] != "00" {
			id = m[1]
		}
		text, err := fs.ReadFile(files, path.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		parsed, err := source.Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		all = append(all, Lesson{id, name, parsed})
	}
	return all, nil
}

// Find returns a lesson by its number or name: "6", "06" or
// "06-cross-correlation".
func Find(id string) (Lesson, error) {
	all, err := All()
	if err != nil {
		return Lesson{}, err
	}
	var ids []string
	for _, l := range all {
		if id == l.ID || id == l.Name || len(id) == 1 && "0"+id == l.ID {
			return l, nil
		}
		ids = append(ids, l.ID)
	}
	return Lesson{}, fmt.Errorf("there is no lesson %q; there are %s", id, strings.Join(ids, ", "))
}

// Exercises returns the lesson's exercises in order. Questions are not among them.
func (l Lesson) Exercises() []Exercise {
	var all []Exercise
	for _, b := range l.Blocks {
		if b.Kind != source.Exercise {
			continue
		}
		e := Exercise{Name: b.Name, Rows: b.Rows, Points: b.Points, Forbid: b.Forbid, Code: b.Code}
		for _, h := range l.Of(source.Hint, b.Name) {
			e.Hints = append(e.Hints, h.Text)
		}
		e.Check, e.Hidden = l.expressions(source.Check, b.Name), l.expressions(source.Hidden, b.Name)
		all = append(all, e)
	}
	return all
}

func (l Lesson) expressions(kind source.Kind, name string) []string {
	var all []string
	for _, b := range l.Of(kind, name) {
		list, err := source.Expressions(b.Code)
		if err != nil {
			panic(err) // Parse has checked it
		}
		all = append(all, list...)
	}
	return all
}
