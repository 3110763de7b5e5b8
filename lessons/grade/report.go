package grade

import (
	"encoding/json"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/source"
)

// A Report is the result of one submission. As JSON it has the schema's number
// first; the same submission gives the same bytes.
type Report struct {
	Schema     int      `json:"schema"` // 1
	Lesson     string   `json:"lesson"`
	Language   string   `json:"language"`
	Points     float64  `json:"points"`
	Max        float64  `json:"max"`
	Exercises  []Result `json:"exercises"`
	Stopped    []string `json:"stopped,omitempty"`    // cells that were taken out, and why
	Unreadable string   `json:"unreadable,omitempty"` // why nothing could be graded
	title      string
}

// A Result is what one exercise earned.
type Result struct {
	Name    string   `json:"name"`
	Points  float64  `json:"points"`
	Max     float64  `json:"max"`
	Status  string   `json:"status"` // passed, partial, failed, error, stopped
	Message string   `json:"message,omitempty"`
	Checks  []Checks `json:"checks,omitempty"`
}

// Checks is one check of an exercise, as the student may see it.
type Checks struct {
	Passed  bool   `json:"passed"`
	Title   string `json:"title"`
	Message string `json:"message,omitempty"`
	Cause   string `json:"cause,omitempty"`
}

func newReport(a Assignment, l lessons.Lesson, language string, n *notebook.Notebook, stopped map[string]string) *Report {
	r := &Report{Schema: 1, Lesson: a.Name, Language: language, title: l.Title().In(language)}
	for i, c := range n.Cells {
		if why := stopped[c.ID]; why != "" {
			r.Stopped = append(r.Stopped, fmt.Sprintf("cell %d: %s", i+1, why))
		}
		facts, _ := c.Metadata["convnotes"].(map[string]any)
		if kindOf(c) != "check" {
			continue
		}
		name, _ := facts["exercise"].(string)
		points, _ := facts["points"].(float64)
		result := resultOf(c, name, points, stopped[c.ID])
		r.Exercises = append(r.Exercises, result)
		r.Points, r.Max = r.Points+result.Points, r.Max+result.Max
	}
	r.Points = math.Round(100*r.Points) / 100
	return r
}

// Unreadable is the report of a submission that cannot be graded at all.
func Unreadable(a Assignment, why error) *Report {
	r := &Report{Schema: 1, Lesson: a.Name, Language: "en", Unreadable: why.Error()}
	if l, err := lessons.Find(a.Lesson); err == nil {
		r.title = l.Title().EN
		for _, b := range l.Blocks {
			if b.Kind == source.Exercise || b.Kind == source.Choice {
				r.Exercises = append(r.Exercises, Result{Name: b.Name, Max: b.Points, Status: "failed"})
				r.Max += b.Points
			}
		}
	}
	return r
}

func resultOf(c notebook.Cell, name string, points float64, stopped string) Result {
	r := Result{Name: name, Max: points, Status: "failed"}
	if stopped != "" {
		r.Status, r.Message = "stopped", stopped
		return r
	}
	s, ok := scoreOf(c)
	if !ok {
		r.Status = "error"
		for _, o := range c.Outputs {
			if o.Type == notebook.Error {
				r.Message = o.EName + ": " + o.EValue
			}
		}
		return r
	}
	r.Points = min(points, max(0, number(s["points"])))
	list, _ := s["results"].([]any)
	for _, one := range list {
		m, _ := one.(map[string]any)
		passed, _ := m["passed"].(bool)
		title, _ := m["title"].(string)
		message, _ := m["message"].(string)
		cause, _ := m["cause"].(string)
		r.Checks = append(r.Checks, Checks{passed, title, message, cause})
	}
	switch {
	case s["passed"] == true:
		r.Status = "passed"
	case r.Points > 0:
		r.Status = "partial"
	}
	return r
}

// number reads a number as it comes out of JSON or out of this process.
func number(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case json.Number:
		f, _ := v.Float64()
		return f
	}
	return 0
}

// JSON returns the report as JSON.
func (r *Report) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", " ")
	return append(text, '\n'), err
}

// HTML returns the feedback page in the lesson's language.
func (r *Report) HTML() string {
	say := func(en, zh string) string { return source.Text{EN: en, ZH: zh}.In(r.Language) }
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=%q>\n<meta charset=\"utf-8\">\n<title>%s</title>\n", r.Language, html.EscapeString(r.title))
	b.WriteString("<style>body{font-family:system-ui,sans-serif;max-width:48em;margin:2em auto;padding:0 1em}pre{white-space:pre-wrap;margin:.2em 0 .2em 1.4em}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}}</style>\n")
	fmt.Fprintf(&b, "<h1>%s</h1>\n<p><strong>%s</strong></p>\n", html.EscapeString(r.title),
		fmt.Sprintf(say("%s of %s points", "%s 分，满分 %s 分"), short(r.Points), short(r.Max)))
	if r.Unreadable != "" {
		fmt.Fprintf(&b, "<p>%s</p>\n<pre>%s</pre>\n", say("This submission could not be graded:", "这份提交无法评分："), html.EscapeString(r.Unreadable))
	}
	for _, s := range r.Stopped {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(s))
	}
	for _, e := range r.Exercises {
		fmt.Fprintf(&b, "<h2>%s · %s / %s</h2>\n", html.EscapeString(e.Name), short(e.Points), short(e.Max))
		switch e.Status {
		case "stopped":
			fmt.Fprintf(&b, "<p>%s</p>\n", say("The check had to be stopped; the other exercises were graded without it.", "这个检查被中止了；其他练习照常评分。"))
		case "error":
			fmt.Fprintf(&b, "<p>%s</p>\n", say("The check could not run:", "检查无法运行："))
		}
		if e.Message != "" {
			fmt.Fprintf(&b, "<pre>%s</pre>\n", html.EscapeString(e.Message))
		}
		for _, c := range e.Checks {
			mark := "✗"
			if c.Passed {
				mark = "✓"
			}
			fmt.Fprintf(&b, "<div>%s %s</div>\n", mark, html.EscapeString(c.Title))
			for _, more := range []string{c.Message, c.Cause} {
				if more != "" {
					fmt.Fprintf(&b, "<pre>%s</pre>\n", html.EscapeString(more))
				}
			}
		}
	}
	return b.String()
}

func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
