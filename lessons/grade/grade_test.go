package grade

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/notebook"
)

func newEngine() kernel.Evaluator {
	engine := gocell.New(symbols.Packages)
	check.SetUses(engine.Uses)
	engine.RegisterMagic("%lesson", func(arguments string, _ kernel.Output) error {
		s, err := lessons.ParseSession(arguments)
		if err == nil {
			s.Begin()
			cnn.Seed(uint64(s.Seed))
		}
		return err
	})
	return engine
}

// release makes an assignment of lesson 6 and returns what students and teacher get.
func release(t *testing.T) (a Assignment, student, teacher *notebook.Notebook) {
	t.Helper()
	l, err := lessons.Find("06")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := Release(l, folder, 4711); err != nil {
		t.Fatal(err)
	}
	if err := Release(l, folder, 1); err == nil {
		t.Error("an assignment is written over")
	}
	if a, err = Open(folder); err != nil || a.Seed != 4711 {
		t.Fatalf("Open = %+v, %v", a, err)
	}
	read := func(part string) *notebook.Notebook {
		text, err := os.ReadFile(filepath.Join(folder, part, "en", "06-cross-correlation.ipynb"))
		if err != nil {
			t.Fatal(err)
		}
		n, err := notebook.Read(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return a, read("student"), read("teacher")
}

func TestRelease(t *testing.T) {
	_, student, teacher := release(t)
	text := func(n *notebook.Notebook) string {
		var b strings.Builder
		for _, c := range n.Cells {
			b.WriteString(c.Source + "\n")
		}
		return b.String()
	}
	for _, secret := range []string{"4711", "BEGIN SOLUTION", "HIDDEN"} {
		if strings.Contains(text(student), secret) {
			t.Errorf("the student's notebook holds %s", secret)
		}
		if !strings.Contains(text(teacher), secret) {
			t.Errorf("the teacher's notebook lacks %s", secret)
		}
	}
	ids := map[string]bool{}
	for _, c := range teacher.Cells {
		if g, ok := c.Metadata["nbgrader"].(map[string]any); ok {
			id, _ := g["grade_id"].(string)
			if id == "" || ids[id] || (g["grade"] == true) == (g["solution"] == true) {
				t.Errorf("cell %s: nbgrader metadata %v", c.ID, g)
			}
			ids[id] = true
		}
	}
	if len(ids) < 12 {
		t.Errorf("nbgrader knows %d cells", len(ids))
	}
}

// TestGrade grades submissions of every kind. Lesson 6 has 18 points.
func TestGrade(t *testing.T) {
	a, student, teacher := release(t)
	answers := map[string]string{}
	for _, c := range teacher.Cells {
		answers[c.ID] = c.Source
	}
	// submit returns a submission with the teacher's answers to some exercises.
	submit := func(change func(id, source string) (string, bool)) *notebook.Notebook {
		n := &notebook.Notebook{Metadata: student.Metadata}
		for _, c := range student.Cells {
			source, keep := change(c.ID, c.Source)
			if keep {
				c.Source = source
				n.Cells = append(n.Cells, c)
			}
		}
		return n
	}
	right := func(id, source string) (string, bool) {
		if strings.HasSuffix(id, "-exercise") || strings.HasSuffix(id, "-answer") {
			return answers[id], true
		}
		return source, true
	}
	but := func(at, instead string) func(id, source string) (string, bool) {
		return func(id, source string) (string, bool) {
			if id == at {
				return instead, instead != ""
			}
			return right(id, source)
		}
	}
	for _, test := range []struct {
		name       string
		submission *notebook.Notebook
		points     float64
		status     string // of corr2d
	}{
		{"right", submit(right), 18, "passed"},
		{"nothing", submit(func(id, source string) (string, bool) { return source, true }), 0, "failed"},
		{"no cells at all", &notebook.Notebook{Metadata: student.Metadata}, 0, "error"},
		{"corr2d wrong", submit(but("06-corr2d-exercise", "func corr2d(x, k *cnn.Tensor) *cnn.Tensor { return x }")), 13, "failed"},
		{"corr2d by the library", submit(but("06-corr2d-exercise", "func corr2d(x, k *cnn.Tensor) *cnn.Tensor { return cnn.CrossCorrelate(x, k) }")), 13, "failed"},
		{"corr2d right for square kernels only", submit(but("06-corr2d-exercise", `func corr2d(x, k *cnn.Tensor) *cnn.Tensor {
	y := cnn.Zeros(x.Dim(0)-k.Dim(0)+1, x.Dim(1)-k.Dim(0)+1)
	for i := range y.Dim(0) {
		for j := range y.Dim(1) {
			for u := range k.Dim(0) {
				for v := range k.Dim(0) {
					y.Set(y.At(i, j)+x.At(i+u, j+v)*k.At(u, v), i, j)
				}
			}
		}
	}
	return y
}`)), -1, "partial"},
		{"corr2d does not end", submit(but("06-corr2d-exercise", "func corr2d(x, k *cnn.Tensor) *cnn.Tensor { for {} }")), 13, "stopped"},
		{"a cell does not end", submit(but("06-1-3", "for {}")), -1, "error"},
		{"corr2d panics", submit(but("06-corr2d-exercise", "func corr2d(x, k *cnn.Tensor) *cnn.Tensor { var t []int; t[3] = 1; return x }")), 13, "failed"},
		{"corr2d does not compile", submit(but("06-corr2d-exercise", "func corr2d(")), 13, "error"},
		{"the check is deleted", submit(but("06-corr2d-check", "")), 18, "passed"},
		{"the check is forged", submit(but("06-corr2d-check", `check.Exercise("corr2d", 100)`)), 18, "passed"},
		{"noise on stderr", submit(but("06-start", "%lesson 06 en\nprintln(\"noise\")")), 18, "passed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := Grade(context.Background(), a, test.submission, InProcess(newEngine, 2*time.Second))
			if err != nil {
				t.Fatal(err)
			}
			if r.Max != 18 || test.points >= 0 && r.Points != test.points {
				t.Errorf("%g of %g points; want %g of 18: %+v", r.Points, r.Max, test.points, r.Exercises)
			}
			for _, e := range r.Exercises {
				if e.Name == "corr2d" && e.Status != test.status {
					t.Errorf("corr2d: %s; want %s: %+v", e.Status, test.status, e)
				}
			}
			if _, err := r.JSON(); err != nil {
				t.Error(err)
			}
			if page := r.HTML(); !strings.Contains(page, "of 18 points") || strings.Contains(page, "4711") {
				t.Errorf("the feedback page is wrong:\n%s", page)
			}
		})
	}
}

func TestGradeGoesOnAfterACrash(t *testing.T) {
	a, student, _ := release(t)
	died := 0
	run := func(ctx context.Context, n *notebook.Notebook) error {
		for i, c := range n.Cells {
			if strings.Contains(c.Source, "x := cnn.Matrix") {
				died++
				return &Stopped{Cell: i + 1, Cause: "out of memory"}
			}
		}
		return nil
	}
	r, err := Grade(context.Background(), a, student, run)
	if err != nil || died != 1 || len(r.Stopped) != 1 || !strings.Contains(r.Stopped[0], "out of memory") {
		t.Errorf("died %d times; %+v, %v", died, r, err)
	}
	if _, err := Grade(context.Background(), a, student, func(context.Context, *notebook.Notebook) error { return errors.New("no kernel") }); err == nil {
		t.Error("a broken installation is taken for a bad submission")
	}
}

func TestUnreadable(t *testing.T) {
	a, _, _ := release(t)
	r := Unreadable(a, errors.New("not JSON"))
	if r.Points != 0 || r.Max != 18 || !strings.Contains(r.HTML(), "not JSON") {
		t.Errorf("%+v", r)
	}
}
