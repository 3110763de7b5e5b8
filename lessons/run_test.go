package lessons_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/execute"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/plotting"
)

// newEngine returns what runs a lesson's cells.
func newEngine() *gocell.Engine {
	engine := gocell.New(symbols.Packages)
	check.SetUses(engine.Uses)
	display.SetRenderer(plotting.Translated)
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

// run executes a lesson's notebook on a fresh engine, with the hidden checks too,
// and goes on after a cell that fails.
func run(t *testing.T, l lessons.Lesson, language string, form lessons.Form) *notebook.Notebook {
	t.Helper()
	engine := newEngine()
	n := l.Notebook(language, form)
	for i, c := range l.Notebook(language, lessons.Solved).Cells {
		if kindOf(c) == "check" {
			n.Cells[i].Source = c.Source
		}
	}
	if err := execute.Notebook(context.Background(), n, engine, execute.Options{Timeout: time.Minute, AllowErrors: true}); err != nil {
		t.Fatalf("%s in %s: %v", l.Name, language, err)
	}
	return n
}

// score returns the result of a check cell, as a grader reads it.
func score(c notebook.Cell) (data map[string]any, points string) {
	for _, o := range c.Outputs {
		if s, ok := o.Data[check.MIMEType].(map[string]any); ok && o.Type == notebook.ExecuteResult {
			points, _ = o.Data["text/plain"].(string)
			return s, points
		}
	}
	return nil, ""
}

func kindOf(c notebook.Cell) string {
	facts, _ := c.Metadata["convnotes"].(map[string]any)
	kind, _ := facts["kind"].(string)
	return kind
}

func failure(c notebook.Cell) string {
	for _, o := range c.Outputs {
		if o.Type == notebook.Error {
			return o.EName + ": " + o.EValue
		}
	}
	return ""
}

// TestSolvedNotebooksPass runs every lesson with its solutions in Chinese, the
// same code as in English: no cell fails, every check passes, and nothing is
// said in English.
func TestSolvedNotebooksPass(t *testing.T) {
	for _, l := range every(t) {
		if testing.Short() && l.ID > "07" {
			continue // these train
		}
		t.Run(l.Name, func(t *testing.T) {
			solved := run(t, l, "zh", lessons.Solved)
			speaksChinese(t, l, solved)
			for _, number := range numbers(t, l) {
				if !strings.Contains(shown(solved), number) {
					t.Errorf("no output shows %q", number)
				}
			}
			for _, c := range solved.Cells {
				if f := failure(c); f != "" {
					t.Errorf("cell %s: %s\n%s", c.ID, f, c.Source)
				}
				if kindOf(c) != "check" {
					continue
				}
				if s, points := score(c); s == nil || s["passed"] != true {
					t.Errorf("check %s: %s points, %v", c.ID, points, s["results"])
				}
			}
		})
	}
}

// numbers are the worked numbers that a lesson's outputs must show.
func numbers(t *testing.T, l lessons.Lesson) (texts []string) {
	t.Helper()
	file, err := os.ReadFile("testdata/numbers.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		if id, text, ok := strings.Cut(strings.TrimSpace(line), " | "); ok && id == l.ID {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		t.Errorf("testdata/numbers.txt has no number for %s", l.Name)
	}
	return texts
}

// shown is all text that a notebook shows.
func shown(n *notebook.Notebook) string {
	var b strings.Builder
	for _, c := range n.Cells {
		for _, o := range c.Outputs {
			text, _ := o.Data["text/plain"].(string)
			b.WriteString(o.Text + text + "\n")
		}
	}
	return b.String()
}

// TestStudentNotebooksFailTheirExercises runs every lesson as a student gets
// it: no check earns a point, and no cell fails but those that need
// an answer. The lessons that train take long: notebooks/product runs them too.
func TestStudentNotebooksFailTheirExercises(t *testing.T) {
	for i, l := range every(t) {
		if l.ID > "08" {
			continue
		}
		language := []string{"zh", "en"}[i%2]
		t.Run(l.Name+" "+language, func(t *testing.T) {
			student := run(t, l, language, lessons.Student)
			if language == "zh" {
				speaksChinese(t, l, student)
			}
			for _, c := range student.Cells {
				if f := failure(c); f != "" && kindOf(c) != "try" && kindOf(c) != "check" {
					t.Errorf("cell %s: %s\n%s", c.ID, f, c.Source)
				}
				if kindOf(c) != "check" {
					continue
				}
				s, points := score(c)
				switch {
				case s == nil && failure(c) == "":
					t.Errorf("check %s shows no score", c.ID)
				case s != nil && (s["passed"] == true || points != "0"):
					t.Errorf("check %s: an answer that is not written gets %s points", c.ID, points)
				case s != nil && !strings.Contains(fmt.Sprint(s["results"]), "passed:false"):
					t.Errorf("check %s says nothing of what is wrong", c.ID)
				}
			}
		})
	}
}

// TestForbiddenAnswersEarnNothing hands in the library's function, straight,
// through a helper and through a variable.
func TestForbiddenAnswersEarnNothing(t *testing.T) {
	l, err := lessons.Find("06")
	if err != nil {
		t.Fatal(err)
	}
	for _, answer := range []string{
		"func corr2d(x, k *cnn.Tensor) *cnn.Tensor { return cnn.CrossCorrelate(x, k) }",
		"func help(x, k *cnn.Tensor) *cnn.Tensor { return cnn.CrossCorrelate(x, k) }\nfunc corr2d(x, k *cnn.Tensor) *cnn.Tensor { return help(x, k) }",
		"f := cnn.CrossCorrelate\nfunc corr2d(x, k *cnn.Tensor) *cnn.Tensor { return f(x, k) }",
	} {
		n := l.Notebook("en", lessons.Student)
		for i := range n.Cells {
			if n.Cells[i].ID == "06-corr2d-exercise" {
				n.Cells[i].Source = answer
			}
		}
		if err := execute.Notebook(context.Background(), n, newEngine(), execute.Options{Timeout: time.Minute, AllowErrors: true}); err != nil {
			t.Fatal(err)
		}
		for _, c := range n.Cells {
			if c.ID != "06-corr2d-check" {
				continue
			}
			if s, points := score(c); points != "0" || !strings.Contains(fmt.Sprint(s["results"]), "it uses cnn.CrossCorrelate") {
				t.Errorf("%s\nearns %s points: %v", answer, points, s["results"])
			}
		}
	}
}

// every returns the lessons.
func every(t *testing.T) []lessons.Lesson {
	t.Helper()
	all, err := lessons.All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
