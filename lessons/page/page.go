// Package page writes a notebook as one HTML file that needs nothing else: no
// network, no kernel, no Jupyter. It follows the reader's light or dark theme.
package page

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"github.com/convnotes/convnotes/lessons/notebook"
)

// Options say how a page is written.
type Options struct {
	Title    string // where the notebook has no first heading
	Language string // of the page: "en", "zh"; empty is the notebook's own, or en
	// Pictures holds the files that Markdown cells show, by path; they are put
	// into the page. A picture that is not there stays a link.
	Pictures fs.FS
}

var (
	//go:embed page.gotmpl
	layout string
	//go:embed page.css
	style string
	//go:embed temml/temml.css
	mathStyle string
	//go:embed temml/temml.min.js
	mathScript string

	pageTemplate = template.Must(template.New("page").Parse(layout))
)

// view is what the template shows.
type view struct {
	Title, Language string
	Style           template.CSS
	MathScript      template.JS // empty without formulas
	Cells           []cellView
}

type cellView struct {
	ID, Kind string
	Count    int
	Body     template.HTML // of a Markdown cell its HTML, of others their source
	Outputs  []outputView
}

type outputView struct {
	Kind  string // stdout, stderr, error, display_data, execute_result
	Count int
	Body  template.HTML
}

// Write writes the notebook as a page. The notebook's own HTML and scripts are
// kept as they are: a page is as trustworthy as its notebook.
func Write(w io.Writer, n *notebook.Notebook, o Options) error {
	v := view{Title: title(n, o.Title), Language: language(n, o.Language), Style: template.CSS(style)}
	m := newMarkdown(o.Pictures)
	for i := range n.Cells {
		c, err := m.cell(&n.Cells[i])
		if err != nil {
			return fmt.Errorf("cell %d: %w", i+1, err)
		}
		v.Cells = append(v.Cells, c)
	}
	if m.formulas {
		v.Style += template.CSS(mathStyle)
		v.MathScript = template.JS(mathScript)
	}
	return pageTemplate.Execute(w, v)
}

// title is the notebook's first heading.
func title(n *notebook.Notebook, otherwise string) string {
	for _, c := range n.Cells {
		if c.Type != notebook.Markdown {
			continue
		}
		for line := range strings.Lines(c.Source) {
			if text, ok := strings.CutPrefix(line, "# "); ok {
				return strings.TrimSpace(text)
			}
		}
	}
	return otherwise
}

func language(n *notebook.Notebook, asked string) string {
	ours, _ := n.Metadata["convnotes"].(map[string]any)
	own, _ := ours["language"].(string)
	for _, l := range []string{asked, own} {
		switch l {
		case "":
		case "zh":
			return "zh-CN"
		default:
			return l
		}
	}
	return "en"
}

func (m *markdown) cell(c *notebook.Cell) (cellView, error) {
	v := cellView{ID: c.ID, Kind: c.Type, Count: c.Count}
	switch c.Type {
	case notebook.Markdown:
		body, err := m.html(c.Source, c.Attachments)
		v.Body = body
		return v, err
	case notebook.Code:
		v.Body = highlight(c.Source)
	default:
		v.Body = template.HTML(template.HTMLEscapeString(c.Source))
	}
	for i := range c.Outputs {
		body, err := m.output(&c.Outputs[i])
		if err != nil {
			return v, err
		}
		v.Outputs = append(v.Outputs, body)
	}
	return v, nil
}
