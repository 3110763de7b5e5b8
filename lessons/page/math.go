package page

import (
	"bytes"
	"html/template"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// mathExtension reads formulas as Jupyter does, $…$ in a line and $$…$$ apart,
// and leaves them as LaTeX in elements that the page's script turns into MathML.
// Without scripts the LaTeX can be read.
type mathExtension struct{ met *bool }

func (m mathExtension) Extend(g goldmark.Markdown) {
	// Before emphasis (500), which takes the underscores, but after code spans
	// (100); escapes such as \$ (not a formula) are the parser's own.
	// A formula of several lines comes before lists (300), which take a leading +.
	g.Parser().AddOptions(
		parser.WithInlineParsers(util.Prioritized(m, 150)),
		parser.WithBlockParsers(util.Prioritized(mathBlocks{m.met}, 90)))
	g.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(m, 500)))
}

var kindMath = ast.NewNodeKind("Math")

// A mathNode is a formula.
type mathNode struct {
	ast.BaseInline
	latex   []byte
	display bool
}

func (n *mathNode) Kind() ast.NodeKind { return kindMath }

func (n *mathNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"latex": string(n.latex)}, nil)
}

// Trigger makes Parse see every dollar sign.
func (m mathExtension) Trigger() []byte { return []byte{'$'} }

// Parse reads a formula, which may go on over lines of its paragraph. As in
// Pandoc, a $ that opens has no space after it, one that closes none before it
// and no digit after it: prices are no formulas.
func (m mathExtension) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, at := block.Position()
	fence := []byte("$")
	if rest, _ := block.PeekLine(); bytes.HasPrefix(rest, []byte("$$")) {
		fence = []byte("$$")
	}
	block.Advance(len(fence))
	var latex []byte
	for {
		rest, _ := block.PeekLine()
		if rest == nil {
			block.SetPosition(line, at)
			return nil
		}
		if end := closing(rest, fence); end >= 0 {
			latex = append(latex, rest[:end]...)
			if len(fence) == 1 && !inlineFormula(latex, rest[end+1:]) {
				block.SetPosition(line, at)
				return nil
			}
			block.Advance(end + len(fence))
			*m.met = true
			return &mathNode{latex: latex, display: len(fence) == 2}
		}
		latex = append(latex, rest...)
		block.AdvanceLine()
	}
}

// closing finds the fence in text, but not after a backslash.
func closing(text, fence []byte) int {
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
		} else if bytes.HasPrefix(text[i:], fence) {
			return i
		}
	}
	return -1
}

func inlineFormula(latex, after []byte) bool {
	if len(latex) == 0 || util.IsSpace(latex[0]) || util.IsSpace(latex[len(latex)-1]) {
		return false
	}
	return len(after) == 0 || after[0] < '0' || after[0] > '9'
}

// RegisterFuncs says how a formula is written.
func (m mathExtension) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindMathBlock, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			w.WriteString("<p>" + formula(string(n.(*mathBlock).latex), true) + "</p>\n")
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(kindMath, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			f := n.(*mathNode)
			w.WriteString(formula(string(f.latex), f.display))
		}
		return ast.WalkSkipChildren, nil
	})
}

func formula(latex string, display bool) string {
	class := "math"
	if display {
		class = "math display"
	}
	return `<span class="` + class + `">` + template.HTMLEscapeString(latex) + `</span>`
}
