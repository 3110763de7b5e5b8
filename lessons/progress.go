package lessons

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/convnotes/convnotes/internal/atomicfile"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/source"
)

// A Progress is what a learner has earned so far, by lesson and exercise: the
// last result of each. It lies beside the notebooks, is the learner's own, and is
// never used for marks.
type Progress map[string]map[string]Earned

// Earned are the points of an exercise.
type Earned struct {
	Points float64 `json:"points"`
	Max    float64 `json:"max"`
}

func progressFile(folder string) string { return filepath.Join(folder, ".convnotes", "progress.json") }

// ReadProgress reads what is kept in a folder of notebooks; nothing yet is no
// error.
func ReadProgress(folder string) (Progress, error) {
	b, err := os.ReadFile(progressFile(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return Progress{}, nil
	}
	if err != nil {
		return nil, err
	}
	p := Progress{}
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, fmt.Errorf("%s: %w; delete the file to begin anew", progressFile(folder), err)
	}
	return p, nil
}

// Record keeps the score of an exercise in a folder of notebooks, the file whole
// or not at all.
func Record(folder, lesson string, s check.Score) error {
	p, err := ReadProgress(folder)
	if err != nil {
		return err
	}
	if p[lesson] == nil {
		p[lesson] = map[string]Earned{}
	}
	p[lesson][s.Name] = Earned{s.Points, s.Max}
	b, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(progressFile(folder)), 0o755); err != nil {
		return err
	}
	return atomicfile.Write(progressFile(folder), append(b, '\n'), 0o644)
}

// A line of the overview: a lesson and what was earned of its points.
type line struct {
	lesson         Lesson
	done, all      int
	points, ofThem float64
}

func (p Progress) lines() (lines []line) {
	all, err := All()
	if err != nil {
		panic(err) // the lessons come with the program, and tests read them
	}
	for _, l := range all {
		n := line{lesson: l}
		for _, b := range l.Blocks {
			if b.Kind != source.Exercise && b.Kind != source.Choice {
				continue
			}
			n.all++
			n.ofThem += b.Points
			if e, ok := p[l.ID][b.Name]; ok {
				n.points += e.Points
				if e.Points == e.Max {
					n.done++
				}
			}
		}
		lines = append(lines, n)
	}
	return lines
}

// String lists the lessons with what is done.
func (p Progress) String() string {
	var b strings.Builder
	for _, n := range p.lines() {
		format := source.Text{EN: "%s %s: %d of %d exercises, %g of %g points\n", ZH: "%s %s：完成 %d/%d 题，%g/%g 分\n"}.In(display.Language())
		fmt.Fprintf(&b, format, n.lesson.ID, n.lesson.Title().In(display.Language()), n.done, n.all, n.points, n.ofThem)
	}
	return b.String()
}

// HTML is the same as a table with bars.
func (p Progress) HTML() string {
	say := func(en, zh string) string { return source.Text{EN: en, ZH: zh}.In(display.Language()) }
	var b strings.Builder
	fmt.Fprintf(&b, "<table><thead><tr><td></td><th scope=\"col\" style=\"text-align:left\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th><td></td></tr></thead><tbody>",
		say("lesson", "课"), say("exercises", "练习"), say("points", "得分"))
	for _, n := range p.lines() {
		fmt.Fprintf(&b, "<tr><td>%s</td><td style=\"text-align:left\">%s</td><td>%d / %d</td><td>%g / %g</td><td><progress value=\"%g\" max=\"%g\" aria-label=\"%s\"></progress></td></tr>",
			strings.TrimPrefix(n.lesson.ID, "0"), html.EscapeString(n.lesson.Title().In(display.Language())), n.done, n.all, n.points, n.ofThem,
			n.points, max(n.ofThem, 1), html.EscapeString(n.lesson.Title().In(display.Language())))
	}
	return b.String() + "</tbody></table>"
}
