package release

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/source"
)

// TestChecksum compares with what nbgrader 0.9.6 computes.
func TestChecksum(t *testing.T) {
	test := func(points float64) map[string]any {
		return map[string]any{"grade_id": "t1", "grade": true, "solution": false, "locked": true, "points": points}
	}
	for _, tt := range []struct {
		source, kind string
		facts        map[string]any
		want         string
	}{
		{"x := 1", notebook.Code, test(2), "239050eb9be38ce478dfcd7c39e5ac8c"},
		{"x := 1", notebook.Code, test(0.5), "13f98db6da3f78af827b4fe6c179ee21"},
		{"x := 1", notebook.Code, test(1e16), "25b9f5dd62311340ce0e2656d2b3cfb0"},
		{"x := 1", notebook.Code, test(1e-5), "c0616076ec64f75c6f7df9412a47846d"},
		{`fmt.Println("你好")`, notebook.Code, map[string]any{"grade_id": "s1", "solution": true}, "296b9c0ad17debbcc889dfa5c801cedc"},
		{"解释 padding", notebook.Markdown, map[string]any{"grade_id": "m1", "grade": true, "solution": true, "points": 3.0}, "4aa7553a4fbba2aad929bad59f9eab22"},
		{"", notebook.Code, map[string]any{"grade_id": "ro", "locked": true}, "4dfe3187c0c04fd4df22967709e563ca"},
	} {
		if got := checksum(&notebook.Cell{Type: tt.kind, Source: tt.source}, tt.facts); got != tt.want {
			t.Errorf("%q %v: %s, want %s", tt.source, tt.facts, got, tt.want)
		}
	}
}

func TestMarked(t *testing.T) {
	const code = "f := 1\n\t// BEGIN SOLUTION\n\t// STUB return 0\n\treturn f\n\t// END SOLUTION\n}"
	const want = "f := 1\n\t// return 0\n\t// BEGIN SOLUTION\n\treturn f\n\t// END SOLUTION\n}"
	if got := marked(code); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestWrite holds, for every lesson in both languages, who gets what.
func TestWrite(t *testing.T) {
	all, err := lessons.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range source.Languages {
		folder := t.TempDir()
		for _, l := range all {
			if err := Write(l, folder, language, 4711); err != nil {
				t.Fatal(err)
			}
			if err := Write(l, folder, language, 1); !errors.Is(err, ErrReleased) {
				t.Errorf("%s is written over: %v", l.Name, err)
			}
			student := read(t, folder, StudentFolder, l.Name+".ipynb")
			teacher := read(t, folder, TeacherFolder, l.Name+".ipynb")
			same := read(t, folder, NbgraderFolder, "source", l.Name, l.Name+".ipynb")
			if text(teacher) != text(same) {
				t.Errorf("%s: nbgrader's source is not the teacher's notebook", l.Name)
			}
			for _, secret := range []string{"check.Reseed(4711)", beginSolution, endSolution, beginHidden, endHidden} {
				if !strings.Contains(text(teacher), secret) || strings.Contains(text(student), secret) {
					t.Errorf("%s: %q belongs into the teacher's notebook and nowhere else", l.Name, secret)
				}
			}
			compare(t, l, student, teacher)
		}
		if config, err := os.ReadFile(filepath.Join(folder, NbgraderFolder, "nbgrader_config.py")); err != nil || !strings.Contains(string(config), `"go":`) {
			t.Errorf("nbgrader_config.py: %v\n%s", err, config)
		}
	}
}

// compare holds that both notebooks have the same cells, and that a check without
// its hidden part is the student's.
func compare(t *testing.T, l lessons.Lesson, student, teacher *notebook.Notebook) {
	t.Helper()
	points, want := 0.0, 0.0
	for i, c := range teacher.Cells {
		s := student.Cells[i]
		if c.ID != s.ID {
			t.Fatalf("%s: cell %d is %s, the student's is %s", l.Name, i, c.ID, s.ID)
		}
		if Kind(c) != "check" {
			continue
		}
		points += Points(c)
		if Visible(c.Source) != s.Source || s.Metadata["nbgrader"].(map[string]any)["checksum"] == nil {
			t.Errorf("%s: the student's %s is\n%s\nthe visible part\n%s", l.Name, c.ID, s.Source, Visible(c.Source))
		}
	}
	for _, b := range l.Blocks {
		want += b.Points
	}
	if points != want || points == 0 {
		t.Errorf("%s: %g points, want %g", l.Name, points, want)
	}
}

func read(t *testing.T, path ...string) *notebook.Notebook {
	t.Helper()
	n, err := notebook.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func text(n *notebook.Notebook) string {
	var b strings.Builder
	for _, c := range n.Cells {
		b.WriteString(c.Source + "\n")
	}
	return b.String()
}
