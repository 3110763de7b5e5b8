package page

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	terminal "github.com/buildkite/terminal-to-html/v3"

	"github.com/convnotes/convnotes/lessons/notebook"
)

// richest is the order in which representations are preferred, JupyterLab's,
// but for what needs a kernel or an extension.
var richest = []string{
	"text/html", "text/markdown", "image/svg+xml", "text/latex",
	"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "application/json", "text/plain",
}

func (m *markdown) output(o *notebook.Output) (outputView, error) {
	v := outputView{Kind: o.Type, Count: o.Count}
	switch o.Type {
	case notebook.Stream:
		v.Kind, v.Body = o.Name, console(o.Text)
	case notebook.Error:
		text := strings.Join(o.Traceback, "\n")
		if text == "" {
			text = o.EName + ": " + o.EValue
		}
		v.Body = console(text)
	default:
		body, err := m.display(o)
		v.Body = body
		return v, err
	}
	return v, nil
}

// console shows text as a terminal does, with its colours.
func console(text string) template.HTML {
	return template.HTML("<pre>" + terminal.Render([]byte(text)) + "</pre>")
}

// display shows the richest representation.
func (m *markdown) display(o *notebook.Output) (template.HTML, error) {
	for _, mime := range richest {
		value, ok := o.Data[mime]
		if !ok {
			continue
		}
		text, isText := value.(string)
		switch {
		case mime == "application/json":
			pretty, err := json.MarshalIndent(value, "", "  ")
			return console(string(pretty)), err
		case !isText:
			return "", fmt.Errorf("the %s of an output is not a string", mime)
		case mime == "text/html":
			return template.HTML(text), nil
		case mime == "text/markdown":
			return m.html(text, nil)
		case mime == "text/latex":
			return m.latex(text), nil
		case mime == "text/plain":
			return console(text), nil
		}
		return picture(o, mime, text), nil
	}
	return "", nil
}

// picture is an img with the picture in its address and the plain text as what
// is read aloud.
func picture(o *notebook.Output, mime, data string) template.HTML {
	if mime == "image/svg+xml" {
		data = base64.StdEncoding.EncodeToString([]byte(data))
	}
	plain, _ := o.Data["text/plain"].(string)
	return template.HTML(fmt.Sprintf(`<img src="data:%s;base64,%s" alt="%s"%s>`, mime,
		template.HTMLEscapeString(strings.Join(strings.Fields(data), "")), template.HTMLEscapeString(plain), size(o.Metadata[mime])))
}

// size is what the metadata of a picture say of its width and height.
func size(metadata any) string {
	m, _ := metadata.(map[string]any)
	var s strings.Builder
	for _, key := range []string{"width", "height"} {
		if n, ok := m[key].(json.Number); ok {
			fmt.Fprintf(&s, ` %s="%s"`, key, n)
		}
	}
	return s.String()
}
