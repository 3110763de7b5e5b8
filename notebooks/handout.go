// Package notebooks holds the notebooks of the lessons, generated from
// lessons/content, and hands them out to students.
package notebooks

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/convnotes/convnotes/internal/atomicfile"
)

// A Change is what HandOut did with a lesson.
type Change string

const (
	Copied  Change = "copied"  // it was not there
	Updated Change = "updated" // it was there as an earlier version, not edited
	Offered Change = "offered" // the student has edited it, so the newer one lies beside it
)

// A Lesson is one file that HandOut wrote.
type Lesson struct {
	Path   string // below the folder, with slashes
	Change Change
}

// HandOut copies the lessons, every .ipynb of files, into the student's folder.
// A file that the student has edited is never touched: a newer version of it is
// offered beside it, once. What a student removes is copied again.
func HandOut(files fs.FS, folder string) ([]Lesson, error) {
	given, err := readGiven(folder)
	if err != nil {
		return nil, err
	}
	var lessons []Lesson
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".ipynb" {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		lesson, err := given.handOut(folder, name, text)
		if err == nil && lesson.Change != "" {
			lessons = append(lessons, lesson)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return lessons, given.write(folder)
}

// given tells of each lesson the hash of the version that was handed out last.
type given map[string]string

// handOut hands out one lesson and says what it did, nothing if the student has
// this version.
func (g given) handOut(folder, name string, text []byte) (Lesson, error) {
	mine, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Lesson{}, err
	}
	last, missing := g[name], err != nil
	lesson := Lesson{name, Updated}
	switch {
	case missing:
		lesson.Change = Copied
	case hash(mine) == hash(text):
		g[name] = hash(text)
		return Lesson{}, nil
	case last == hash(text):
		return Lesson{}, nil
	case last != hash(mine):
		lesson = Lesson{beside(folder, name), Offered}
	}
	g[name] = hash(text)
	return lesson, write(folder, lesson.Path, text)
}

// beside returns a path that no file has: lesson.new.ipynb, lesson.new-2.ipynb ...
func beside(folder, name string) string {
	stem := strings.TrimSuffix(name, ".ipynb")
	for n := 1; ; n++ {
		free := stem + ".new.ipynb"
		if n > 1 {
			free = fmt.Sprintf("%s.new-%d.ipynb", stem, n)
		}
		if _, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(free))); errors.Is(err, fs.ErrNotExist) {
			return free
		}
	}
}

func write(folder, name string, text []byte) error {
	file := filepath.Join(folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return atomicfile.Write(file, text, 0o644)
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

const givenFile = ".convnotes/handed-out.json"

// readGiven reads what was handed out into folder. A file that cannot be
// understood counts as none: every lesson that differs is then taken for edited.
func readGiven(folder string) (given, error) {
	g := given{}
	text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(givenFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return g, nil
	}
	if err == nil && json.Unmarshal(text, &g) != nil {
		return given{}, nil
	}
	return g, err
}

func (g given) write(folder string) error {
	text, err := json.MarshalIndent(g, "", " ")
	if err != nil {
		return err
	}
	return write(folder, givenFile, append(text, '\n'))
}
