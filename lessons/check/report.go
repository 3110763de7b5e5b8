package check

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// String returns the points, as a grader reads them: 1.5.
func (s Score) String() string { return number(s.Points) }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Text returns the report as plain text, for a terminal.
func (s Score) Text() string {
	var b strings.Builder
	b.WriteString(s.headline())
	for _, r := range s.Results {
		b.WriteString("\n" + r.String())
	}
	return b.String()
}

func (s Score) headline() string {
	points := fmt.Sprintf(say("%s: %s of %s points", "%s：%s 分，满分 %s 分"), s.Name, number(s.Points), number(s.Max))
	if s.Max == 0 {
		points = s.Name
	}
	if s.Passed() {
		return points + say(". All checks passed.", "。全部通过。")
	}
	return points
}

// String returns the result as plain text: a mark, what was checked, and what is
// wrong with it.
func (r Result) String() string {
	text := r.mark() + " " + r.Title
	for _, more := range []string{r.Message, r.Cause} {
		if more != "" {
			text += "\n    " + strings.ReplaceAll(more, "\n", "\n    ")
		}
	}
	return text
}

func (r Result) mark() string {
	if r.Passed {
		return "✓"
	}
	return "✗"
}

// HTML returns the report. It needs neither scripts nor a style sheet, so that
// it looks the same in a notebook and on a feedback page.
func (s Score) HTML() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<div role="status" style="border-left:4px solid %s;padding:4px 12px;margin:4px 0"><strong>%s</strong>`, colour(s.Passed()), html.EscapeString(s.headline()))
	for _, r := range s.Results {
		b.WriteString(r.body())
	}
	b.WriteString("</div>")
	return b.String()
}

// HTML returns the result as a report of its own.
func (r Result) HTML() string {
	return fmt.Sprintf(`<div role="status" style="border-left:4px solid %s;padding:4px 12px;margin:4px 0">%s</div>`, colour(r.Passed), r.body())
}

func (r Result) body() string {
	var b strings.Builder
	word := say("passed", "通过")
	if !r.Passed {
		word = say("not yet", "还不对")
	}
	fmt.Fprintf(&b, `<div style="margin-top:4px"><span style="background:%s;color:#fff;font-weight:bold;border-radius:3px;padding:0 5px">%s %s</span> %s</div>`, colour(r.Passed), r.mark(), word, html.EscapeString(r.Title))
	if r.Message != "" {
		fmt.Fprintf(&b, `<pre style="margin:2px 0 2px 1.2em;white-space:pre-wrap">%s</pre>`, html.EscapeString(r.Message))
	}
	if r.Cause != "" {
		fmt.Fprintf(&b, `<div style="margin:2px 0 2px 1.2em"><em>%s</em></div>`, html.EscapeString(r.Cause))
	}
	return b.String()
}

// colour is blue for passed and orange for not yet: the pair that colour-blind
// readers tell apart, clear of white text on it and of the ground of both themes.
func colour(passed bool) string {
	if passed {
		return "#0b6ba8"
	}
	return "#b24a00"
}

// MIMEType is the type under which a Score travels as data.
const MIMEType = "application/vnd.convnotes.score+json"

// MIMEBundle returns the points as plain text, the report as HTML, and both as
// data for programs that grade.
func (s Score) MIMEBundle() map[string]any {
	results := make([]any, len(s.Results))
	for i, r := range s.Results {
		results[i] = map[string]any{"passed": r.Passed, "title": r.Title, "message": r.Message, "cause": r.Cause}
	}
	return map[string]any{
		"text/plain": s.String(),
		"text/html":  s.HTML(),
		MIMEType:     map[string]any{"version": 1, "name": s.Name, "points": s.Points, "max": s.Max, "passed": s.Passed(), "results": results},
	}
}

// MIMEBundle returns the result as text and as HTML.
func (r Result) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": r.String(), "text/html": r.HTML()}
}
