// Package grade hands lessons out as assignments and grades what comes back.
//
// An assignment folder, made by Release, holds the students' notebooks, and what
// only the teacher has: the notebooks with solutions and hidden checks, of which
// the random inputs follow from the teacher's seed. The same folder is the source
// tree of an nbgrader course.
//
// Grading runs a copy of the submission in which every check is the teacher's
// (whatever the student made of it) and adds up the scores. A cell that does not
// end or that ends the process is taken out, and the rest runs again.
//
// Not guarded yet: an answer runs with the rights of the grader, so grade
// submissions of people you trust, or in a container.
package grade

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/convnotes/convnotes/internal/atomicfile"
	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/source"
)

// An Assignment is what a teacher has of a lesson that was handed out.
type Assignment struct {
	Schema  int    `json:"schema"` // of this file: 1
	Lesson  string `json:"lesson"` // 06
	Name    string `json:"name"`   // 06-cross-correlation
	Version int    `json:"version"`
	Seed    int64  `json:"seed"`
}

const assignmentFile = "assignment.json"

// Release writes the assignment of a lesson to a folder, which is made:
//
//	student/en/06-….ipynb, student/zh/06-….ipynb   for the students
//	teacher/en/06-….ipynb, teacher/zh/06-….ipynb   with solutions and hidden checks
//	source/06-…-en/…, source/06-…-zh/…             an nbgrader course's source
//	assignment.json                                what grading needs
//
// The seed decides the inputs of the hidden checks; keep it and the teacher's
// folders to yourself. An existing assignment is not written over.
func Release(l lessons.Lesson, folder string, seed int64) error {
	name := filepath.Join(folder, assignmentFile)
	if _, err := os.Stat(name); err == nil {
		return fmt.Errorf("%s is an assignment already: choose another folder", folder)
	}
	for _, language := range source.Languages {
		file := l.Name + ".ipynb"
		teacher := l.NotebookSeed(language, lessons.Teacher, seed)
		for path, n := range map[string]*notebook.Notebook{
			filepath.Join("student", language, file):           l.Notebook(language, lessons.Student),
			filepath.Join("teacher", language, file):           teacher,
			filepath.Join("source", l.Name+"-"+language, file): teacher,
		} {
			if err := write(filepath.Join(folder, path), n); err != nil {
				return err
			}
		}
	}
	text, err := json.MarshalIndent(Assignment{1, l.ID, l.Name, l.Version, seed}, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.Write(name, append(text, '\n'), 0o600)
}

func write(name string, n *notebook.Notebook) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return notebook.WriteFile(name, n)
}

// Open reads the assignment of a folder.
func Open(folder string) (Assignment, error) {
	var a Assignment
	text, err := os.ReadFile(filepath.Join(folder, assignmentFile))
	if err != nil {
		return a, fmt.Errorf("%s holds no assignment: convnotes lessons release makes one (%w)", folder, err)
	}
	if err := json.Unmarshal(text, &a); err != nil || a.Schema != 1 {
		return a, fmt.Errorf("%s: this is not an assignment of schema 1", filepath.Join(folder, assignmentFile))
	}
	return a, nil
}
