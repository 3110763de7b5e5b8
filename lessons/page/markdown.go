package page

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"io/fs"
	"mime"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// A markdown turns Markdown cells into HTML.
type markdown struct {
	engine   goldmark.Markdown
	pictures fs.FS
	formulas bool // one was met
}

func newMarkdown(pictures fs.FS) *markdown {
	m := &markdown{pictures: pictures}
	m.engine = goldmark.New(
		goldmark.WithExtensions(extension.GFM, mathExtension{&m.formulas}),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	return m
}

func (m *markdown) html(source string, attachments map[string]any) (template.HTML, error) {
	document := m.engine.Parser().Parse(text.NewReader([]byte(source)))
	err := ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if i, ok := n.(*ast.Image); ok && entering {
			if address := m.address(string(i.Destination), attachments); address != "" {
				i.Destination = []byte(address)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = m.engine.Renderer().Render(&out, []byte(source), document)
	return template.HTML(out.String()), err
}

// address is a data address of a picture, an attachment of the cell or a file,
// or "" for one that is neither.
func (m *markdown) address(destination string, attachments map[string]any) string {
	if name, ok := strings.CutPrefix(destination, "attachment:"); ok {
		bundle, _ := attachments[name].(map[string]any)
		for kind, value := range bundle {
			if data, ok := value.(string); ok {
				return "data:" + kind + ";base64," + strings.Join(strings.Fields(data), "")
			}
		}
		return ""
	}
	name := path.Clean(destination)
	kind := mime.TypeByExtension(path.Ext(name))
	if m.pictures == nil || !fs.ValidPath(name) || !strings.HasPrefix(kind, "image/") {
		return ""
	}
	data, err := fs.ReadFile(m.pictures, name)
	if err != nil {
		return ""
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
}

// latex shows an output of type text/latex, $$…$$ or bare.
func (m *markdown) latex(source string) template.HTML {
	m.formulas = true
	source = strings.TrimSpace(source)
	for _, fence := range []string{"$$", "$"} {
		if len(source) >= 2*len(fence) && strings.HasPrefix(source, fence) && strings.HasSuffix(source, fence) {
			source = source[len(fence) : len(source)-len(fence)]
			break
		}
	}
	return template.HTML(formula(source, true))
}
