package grade

import (
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/release"
)

// feedback returns what the student gets back: the points, and the notebook as it
// ran, checks without their hidden part.
func (m *merged) feedback(s Submission) *notebook.Notebook {
	n := notebook.New()
	n.Metadata["convnotes"] = map[string]any{"language": m.assignment.Language}
	n.Cells = append(n.Cells, notebook.Cell{ID: "convnotes-feedback", Type: notebook.Markdown, Source: m.summary(s), Metadata: map[string]any{}})
	for _, c := range m.cells {
		if c.kind == "check" {
			c.Source, c.Outputs = release.Visible(c.Source), brief(c.Outputs)
		}
		n.Cells = append(n.Cells, c.Cell)
	}
	return n
}

// brief leaves the traceback away, which shows lines of a hidden check.
func brief(outputs []notebook.Output) []notebook.Output {
	outputs = slices.Clone(outputs)
	for i, o := range outputs {
		if o.Type == notebook.Error {
			outputs[i].Traceback = []string{o.EName + ": " + o.EValue}
		}
	}
	return outputs
}

// summary is the feedback's head: points by exercise and what happened.
func (m *merged) summary(s Submission) string {
	say := m.assignment.say
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", m.assignment.Title)
	fmt.Fprintf(&b, say("**%s of %s points**\n", "**%s 分，满分 %s 分**\n"), number(s.Points), number(s.Max))
	if s.Reason != "" {
		fmt.Fprintf(&b, "\n%s\n", sentence(say("Not everything could be graded: ", "未能全部评分："), s.Reason))
	}
	fmt.Fprintf(&b, "\n| %s | %s | |\n|---|---|---|\n", say("Exercise", "练习"), say("Points", "得分"))
	for _, e := range s.Exercises {
		fmt.Fprintf(&b, "| %s | %s / %s | %s |\n", code(e.Name), number(e.Points), number(e.Max), m.remark(e))
	}
	for i, note := range s.Notes {
		if i == 0 {
			fmt.Fprintf(&b, "\n%s\n\n", say("Also:", "另外："))
		}
		fmt.Fprintf(&b, "- %s\n", sentence("", note))
	}
	return b.String()
}

func (m *merged) remark(e Exercise) string {
	say := m.assignment.say
	words := map[string]string{
		Passed: say("✓ passed", "✓ 通过"), Partial: say("partly", "部分通过"), Failed: say("✗ not yet", "✗ 还不对"),
		Error: say("the check could not run", "检查无法运行"), Late: say("stopped", "被停止"), Crashed: say("ended the kernel", "内核意外退出"), NotRun: say("not run", "未运行"),
	}[e.State]
	if e.Reason != "" {
		first, _, _ := strings.Cut(e.Reason, "\n")
		words += sentence(say(": ", "："), first)
	}
	return words
}

// sentence is text from elsewhere, in Markdown as it stands and in one line.
func sentence(before, text string) string {
	text = html.EscapeString(strings.Join(strings.Fields(text), " "))
	return before + plain.Replace(text)
}

var plain = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "$", `\$`, "[", `\[`)

func code(name string) string { return "`" + name + "`" }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
