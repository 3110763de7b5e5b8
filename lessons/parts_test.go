package lessons

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/lessons/source"
)

// parts are what every lesson has, and how it is recognised in each language.
var parts = []struct {
	what string
	mark source.Text
}{
	{"what you will be able to do", source.Text{EN: `When you have finished you can`, ZH: `学完这一课，你能够`}},
	{"predict, then run", source.Text{EN: `\*\*Predict`, ZH: `\*\*先猜`}},
	{"a mistake to find", source.Text{EN: `Find the mistake`, ZH: `找错误`}},
	{"a summary", source.Text{EN: `(?m)^## Summary$`, ZH: `(?m)^## 小结$`}},
	{"formulas in the summary", source.Text{EN: `(?s)## Summary.*(\$|·|=)`, ZH: `(?s)## 小结.*(\$|·|=)`}},
	{"further reading", source.Text{EN: `\*\*Further reading\.\*\*`, ZH: `\*\*延伸阅读。\*\*`}},
	{"an easy exercise", source.Text{EN: `(?m)^#.* ★ `, ZH: `(?m)^#.* ★ `}},
	{"a middling exercise", source.Text{EN: `(?m)^#.* ★★ `, ZH: `(?m)^#.* ★★ `}},
	{"a hard exercise", source.Text{EN: `(?m)^#.* ★★★ `, ZH: `(?m)^#.* ★★★ `}},
}

// TestLessonsHaveTheirParts holds every lesson to what the course promises.
func TestLessonsHaveTheirParts(t *testing.T) {
	for _, l := range all(t) {
		for _, language := range source.Languages {
			var text strings.Builder
			for _, b := range l.Blocks {
				text.WriteString(b.Text.In(language) + "\n")
			}
			for _, p := range parts {
				if !regexp.MustCompile(p.mark.In(language)).MatchString(text.String()) {
					t.Errorf("%s in %s has not %s", l.Name, language, p.what)
				}
			}
		}
		if n := len(l.Exercises()); n < 4 {
			t.Errorf("%s has %d exercises; want at least 4", l.Name, n)
		}
	}
}

// TestRowsHaveTheirExercises holds each row of the course to its exercises, and
// each exercise to its checks, hints and solution. testdata/exercises.txt says
// which exercises the rows ask for.
func TestRowsHaveTheirExercises(t *testing.T) {
	text, err := os.ReadFile("testdata/exercises.txt")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		row, names, _ := strings.Cut(strings.TrimSpace(line), " ")
		if row != "" && row[0] != '#' {
			asked[row] = strings.Fields(names)
		}
	}
	for _, l := range all(t) {
		cells := map[string][]string{}
		for i, b := range l.Blocks {
			for _, row := range b.Rows {
				if b.Kind != source.Prose && b.Kind != source.Hint {
					cells[row] = append(cells[row], fmt.Sprintf("%s@%d %s", b.Kind, i, b.Name))
				}
			}
		}
		for _, row := range l.Rows() {
			t.Logf("%s: %s", row, strings.Join(cells[row], ", "))
		}
		for _, e := range l.Exercises() {
			if len(e.Rows) == 0 || len(e.Check) == 0 || len(e.Hidden) == 0 || len(e.Hints) == 0 || !strings.Contains(e.Code, "BEGIN SOLUTION") {
				t.Errorf("%s, exercise %s: rows %v, %d checks, %d hidden, %d hints", l.Name, e.Name, e.Rows, len(e.Check), len(e.Hidden), len(e.Hints))
			}
			t.Logf("exercise %s: rows %v, %d checks, %d hidden, %d hints", e.Name, e.Rows, len(e.Check), len(e.Hidden), len(e.Hints))
		}
		for row, names := range asked {
			if lesson, _, _ := strings.Cut(row, "."); lesson != strings.TrimPrefix(l.ID, "0") {
				continue
			}
			for _, name := range names {
				if !slices.ContainsFunc(l.Exercises(), func(e Exercise) bool { return e.Name == name && slices.Contains(e.Rows, row) }) {
					t.Errorf("row %s asks for the exercise %s", row, name)
				}
			}
		}
	}
}
