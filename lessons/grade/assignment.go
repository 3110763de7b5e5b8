package grade

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/release"
)

// An Assignment is a teacher's notebook: what release.Teacher made, and what the
// teacher made of it.
type Assignment struct {
	Name     string // of the file, without its extension
	Title    string
	Lesson   string // 07
	Language string // of the lesson: en or zh
	Notebook *notebook.Notebook
}

// Open reads the assignments of a folder that lessons release made.
func Open(folder string) ([]Assignment, error) {
	files, err := filepath.Glob(filepath.Join(folder, release.TeacherFolder, "*.ipynb"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no assignment: convnotes lessons release LESSON --to %[1]s makes one", folder)
	}
	var all []Assignment
	for _, file := range files {
		n, err := notebook.ReadFile(file)
		if err != nil {
			return nil, err
		}
		a := newAssignment(strings.TrimSuffix(filepath.Base(file), ".ipynb"), n)
		if a.max() == 0 {
			return nil, fmt.Errorf("%s: no cell is a check with points", file)
		}
		all = append(all, a)
	}
	return all, nil
}

func newAssignment(name string, n *notebook.Notebook) Assignment {
	facts, _ := n.Metadata["convnotes"].(map[string]any)
	a := Assignment{Name: name, Title: name, Notebook: n}
	a.Lesson, _ = facts["lesson"].(string)
	if a.Language, _ = facts["language"].(string); a.Language != "zh" {
		a.Language = "en"
	}
	for _, c := range n.Cells {
		if title, ok := strings.CutPrefix(c.Source, "# "); ok && c.Type == notebook.Markdown {
			a.Title, _, _ = strings.Cut(title, "\n")
			break
		}
	}
	return a
}

// max is the sum of the points.
func (a Assignment) max() (points float64) {
	for _, c := range a.Notebook.Cells {
		if release.Kind(c) == "check" {
			points += release.Points(c)
		}
	}
	return points
}

// say picks the lesson's language.
func (a Assignment) say(en, zh string) string {
	if a.Language == "zh" {
		return zh
	}
	return en
}

// lessonOf is the number of the lesson that a notebook says it is, or "".
func lessonOf(n *notebook.Notebook) string {
	facts, _ := n.Metadata["convnotes"].(map[string]any)
	lesson, _ := facts["lesson"].(string)
	return lesson
}

// find returns the assignment that a submission answers: that of its lesson, of
// its name, or the only one.
func find(all []Assignment, name string, n *notebook.Notebook) (Assignment, bool) {
	lesson := lessonOf(n)
	for _, a := range all {
		if lesson != "" && lesson == a.Lesson {
			return a, true
		}
	}
	for _, a := range all {
		if a.Name == name {
			return a, true
		}
	}
	return all[0], len(all) == 1
}

// A submissionError says why a submission cannot be graded, in two languages.
type submissionError struct{ en, zh string }

func (e *submissionError) Error() string { return e.en }

// A copied submission lies in a folder of its own.
type copied struct {
	temp       string // holds the folder, and whatever the cells leave behind
	folder     string
	notebook   *notebook.Notebook
	assignment Assignment
}

func (c *copied) remove() { os.RemoveAll(c.temp) }

// copySubmission copies a notebook, or a folder with one and what it needs.
func copySubmission(path string, all []Assignment) (*copied, error) {
	temp, err := os.MkdirTemp("", "convnotes-grade-")
	if err != nil {
		return nil, err
	}
	c := &copied{temp: temp, folder: filepath.Join(temp, "submission")}
	if err := os.Mkdir(c.folder, 0o700); err != nil {
		return c, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return c, cannotRead(err)
	}
	file := path
	if info.IsDir() {
		if file, err = notebookIn(path, all); err != nil {
			return c, err
		}
		if err := os.CopyFS(c.folder, regular(path)); err != nil {
			return c, cannotRead(err)
		}
	}
	if c.notebook, err = read(file); err != nil {
		return c, err
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	var ok bool
	if c.assignment, ok = find(all, name, c.notebook); !ok {
		return c, &submissionError{"it belongs to no assignment of the folder: its lesson's number is gone, and its name is none of theirs", "它不属于文件夹中的任何一份作业：课程编号已丢失，文件名也对不上"}
	}
	return c, nil
}

// largest is the size of a notebook that is still read, outputs included.
const largest = 64 << 20

func read(file string) (*notebook.Notebook, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, cannotRead(err)
	}
	if info.Size() > largest || !info.Mode().IsRegular() {
		return nil, &submissionError{"the file is no notebook, or is larger than 64 MB", "该文件不是笔记本，或者超过 64 MB"}
	}
	n, err := notebook.ReadFile(file)
	if err != nil {
		return nil, cannotRead(err)
	}
	return n, nil
}

// cannotRead says why a file is no notebook that can be graded, without its name,
// which stands beside it.
func cannotRead(err error) error {
	var syntax *json.SyntaxError
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &submissionError{"there is no such file", "没有这个文件"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &submissionError{"the file breaks off: it was not saved or sent completely", "文件不完整：没有完整地保存或上传"}
	case errors.Is(err, io.EOF):
		return &submissionError{"the file is empty", "文件是空的"}
	case errors.As(err, &syntax):
		return &submissionError{"the file is no notebook: its content is not JSON", "该文件不是笔记本：内容不是 JSON"}
	case errors.As(err, &path):
		err = path.Err
	}
	text := err.Error()
	if _, after, ok := strings.Cut(text, ".ipynb: "); ok {
		text = after
	}
	return &submissionError{"it cannot be read: " + text, "无法读取：" + text}
}

// notebookIn returns a folder's notebook: the one with an assignment's name, or
// the only one.
func notebookIn(folder string, all []Assignment) (string, error) {
	for _, a := range all {
		file := filepath.Join(folder, a.Name+".ipynb")
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.ipynb"))
	if err == nil && len(files) == 1 {
		return files[0], nil
	}
	return "", &submissionError{fmt.Sprintf("the folder holds %d notebooks, none with an assignment's name", len(files)), fmt.Sprintf("文件夹里有 %d 个笔记本，没有一个与作业同名", len(files))}
}

// regular is a folder's files without links: a copy of them must not reach
// outside.
func regular(folder string) fs.FS { return regularFS{os.DirFS(folder)} }

type regularFS struct{ fs.FS }

func (f regularFS) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, name)
	var kept []fs.DirEntry
	for _, e := range entries {
		if e.IsDir() || e.Type().IsRegular() {
			kept = append(kept, e)
		}
	}
	return kept, err
}
