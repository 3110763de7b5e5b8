package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/execute"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/release"
)

// A score is what a check showed, see check.Score.MIMEBundle.
type score struct {
	Name    string   `json:"name"`
	Points  float64  `json:"points"`
	Max     float64  `json:"max"`
	Passed  bool     `json:"passed"`
	Results []result `json:"results"`
}

type result struct {
	Passed  bool   `json:"passed"`
	Title   string `json:"title"`
	Message string `json:"message"`
	Cause   string `json:"cause"`
}

// A checked notebook is what check finds.
type checked struct {
	Scores []score      `json:"scores"`
	Failed []failedCell `json:"failed"` // cells that should run and do not
	Lost   []string     `json:"lost"`   // exercises whose checks are gone
	Points float64      `json:"points"`
	Max    float64      `json:"max"`
}

type failedCell struct {
	Cell  int    `json:"cell"`
	ID    string `json:"id"`
	Error string `json:"error"`
}

// checkNotebook runs a notebook from the start, as a grader will, and tells
// which checks pass. The file stays as it is.
func checkNotebook(ctx context.Context, c *call) error {
	f := c.flags()
	timeout := f.Duration("timeout", 5*time.Minute, c.say("`TIME` that a cell may take (5m)", "每个单元格的时间`上限`（5m）"))
	asJSON := f.Bool("json", false, c.say("print JSON", "输出 JSON"))
	others, err := c.parse(f, 1, 1)
	if err != nil {
		return err
	}
	j := job{file: others[0], timeout: *timeout, allowErrors: true}
	n, err := c.openNotebook(&j)
	if err != nil {
		return err
	}
	ran := c.execute(ctx, n, j)
	var late *execute.TimeoutError
	if ran != nil && !errors.As(ran, &late) {
		return c.outcome(ran)
	}
	found, err := findScores(n)
	if err != nil {
		return err
	}
	if *asJSON {
		if err := c.json(found); err != nil {
			return err
		}
	} else {
		c.printScores(found)
	}
	switch {
	case ran != nil:
		return c.outcome(ran)
	case len(found.Failed)+len(found.Lost) > 0 || found.Points < found.Max:
		return &failure{code: exitCellFailed}
	}
	return nil
}

// findScores reads the scores and the failed cells out of a notebook that ran. A
// check that shows no score has earned nothing of its points.
func findScores(n *notebook.Notebook) (found checked, err error) {
	checked := map[string]bool{}
	for i := range n.Cells {
		cell := &n.Cells[i]
		scores := len(found.Scores)
		for _, o := range cell.Outputs {
			if o.Type == notebook.Error && !cell.HasTag("raises-exception") {
				found.Failed = append(found.Failed, failedCell{i + 1, cell.ID, o.EName + ": " + o.EValue})
			}
			data, ok := o.Data[check.MIMEType]
			if !ok {
				continue
			}
			s, err := readScore(data)
			if err != nil {
				return found, fmt.Errorf("the score of cell %d: %w", i+1, err)
			}
			found.add(s)
		}
		if release.Kind(*cell) != "check" {
			continue
		}
		checked[release.Exercise(*cell)] = true
		if len(found.Scores) == scores {
			found.add(score{Name: release.Exercise(*cell), Max: release.Points(*cell), Results: []result{}})
		}
	}
	for _, cell := range n.Cells {
		if name := release.Exercise(cell); release.Kind(cell) == "exercise" && !checked[name] {
			found.Lost = append(found.Lost, name)
		}
	}
	return found, nil
}

func readScore(data any) (s score, err error) {
	text, err := json.Marshal(data)
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	return s, err
}

func (f *checked) add(s score) {
	f.Scores = append(f.Scores, s)
	f.Points += s.Points
	f.Max += s.Max
}

func (c *call) printScores(found checked) {
	for _, s := range found.Scores {
		mark := "✗"
		if s.Passed {
			mark = "✓"
		}
		fmt.Fprintf(c.stdout, "%s %s %s/%s\n", mark, s.Name, points(s.Points), points(s.Max))
		for _, r := range s.Results {
			c.printResult(r)
		}
	}
	for _, f := range found.Failed {
		fmt.Fprintf(c.stdout, c.say("✗ cell %d (%s): %s\n", "✗ 第 %d 个单元格（%s）：%s\n"), f.Cell, f.ID, f.Error)
	}
	for _, name := range found.Lost {
		fmt.Fprintf(c.stdout, c.say("✗ %s: its check is missing from the notebook; a grader puts it back\n", "✗ %s：笔记本里缺少它的检查；评分时会补上\n"), name)
	}
	fmt.Fprintf(c.stdout, c.say("%s of %s points\n", "得 %s 分，满分 %s 分\n"), points(found.Points), points(found.Max))
}

// printResult says what is not right yet.
func (c *call) printResult(r result) {
	if r.Passed {
		return
	}
	fmt.Fprintln(c.stdout, indent(2, r.Title))
	for _, more := range []string{r.Message, r.Cause} {
		if more != "" {
			fmt.Fprintln(c.stdout, indent(6, more))
		}
	}
}

func points(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
