package release

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/convnotes/convnotes/install/python"
	"github.com/convnotes/convnotes/internal/atomicfile"
	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/notebook"
)

// The parts of an assignment's folder.
const (
	StudentFolder  = "student"
	TeacherFolder  = "teacher"
	NbgraderFolder = "nbgrader"
)

// ErrReleased says that the folder holds this lesson's assignment already.
var ErrReleased = errors.New("this lesson was released here already: choose another folder, so that what was handed out stays gradable")

// Write writes a lesson's assignment to a folder:
//
//	student/07-….ipynb              to hand out
//	teacher/07-….ipynb              with solutions, hidden checks and the seed: keep it
//	nbgrader/source/07-…/07-….ipynb the teacher's notebook once more, for nbgrader
//	nbgrader/nbgrader_config.py     what nbgrader needs to know of Go
//
// Several lessons may share a folder; none is written over.
func Write(l lessons.Lesson, folder, language string, seed int64) error {
	file := l.Name + ".ipynb"
	if _, err := os.Stat(filepath.Join(folder, TeacherFolder, file)); err == nil {
		return fmt.Errorf("%s: %w", filepath.Join(folder, TeacherFolder, file), ErrReleased)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	teacher := Teacher(l, language, seed)
	books := []struct {
		path string
		book *notebook.Notebook
	}{
		{filepath.Join(StudentFolder, file), Student(l, language)},
		{filepath.Join(NbgraderFolder, "source", l.Name, file), teacher},
		{filepath.Join(TeacherFolder, file), teacher}, // last: it says that all is there
	}
	for _, b := range books {
		name := filepath.Join(folder, b.path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := notebook.WriteFile(name, b.book); err != nil {
			return err
		}
	}
	return writeConfig(filepath.Join(folder, NbgraderFolder, "nbgrader_config.py"))
}

// writeConfig leaves a configuration that is there alone: it may be the teacher's.
func writeConfig(name string) error {
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	return atomicfile.Write(name, []byte(python.NbgraderConfig), 0o644)
}
