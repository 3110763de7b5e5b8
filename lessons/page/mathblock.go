package page

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

var kindMathBlock = ast.NewNodeKind("MathBlock")

// A mathBlock is a formula of several lines, in which Markdown means nothing: a
// line may begin with + or -.
type mathBlock struct {
	ast.BaseBlock
	latex []byte
}

func (n *mathBlock) Kind() ast.NodeKind { return kindMathBlock }
func (n *mathBlock) IsRaw() bool        { return true }

func (n *mathBlock) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"latex": string(n.latex)}, nil)
}

// mathBlocks parses blocks that begin with a line $$… and end with one …$$.
type mathBlocks struct{ met *bool }

func (mathBlocks) Trigger() []byte { return []byte{'$'} }

func (b mathBlocks) Open(_ ast.Node, r text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, segment := r.PeekLine()
	first, ok := bytes.CutPrefix(bytes.TrimLeft(line, " "), []byte("$$"))
	if !ok || closing(first, []byte("$$")) >= 0 || !endsAlone(r.Source()[segment.Stop:]) {
		return nil, parser.NoChildren
	}
	r.AdvanceToEOL()
	*b.met = true
	return &mathBlock{latex: bytes.Clone(first)}, parser.NoChildren
}

// endsAlone says whether $$ follows before an empty line, with nothing behind it.
func endsAlone(text []byte) bool {
	for line := range bytes.Lines(text) {
		if len(bytes.TrimSpace(line)) == 0 {
			return false
		}
		if end := closing(line, []byte("$$")); end >= 0 {
			return len(bytes.TrimSpace(line[end+2:])) == 0
		}
	}
	return false
}

func (mathBlocks) Continue(n ast.Node, r text.Reader, _ parser.Context) parser.State {
	m := n.(*mathBlock)
	line, _ := r.PeekLine()
	end := closing(line, []byte("$$"))
	r.AdvanceToEOL()
	if end >= 0 {
		m.latex = append(m.latex, line[:end]...)
		return parser.Close
	}
	m.latex = append(m.latex, line...)
	return parser.Continue | parser.NoChildren
}

func (mathBlocks) Close(ast.Node, text.Reader, parser.Context) {}
func (mathBlocks) CanInterruptParagraph() bool                 { return true }
func (mathBlocks) CanAcceptIndentedLine() bool                 { return false }
