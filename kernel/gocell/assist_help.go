package gocell

import (
	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell/assist"
)

var (
	_ kernel.Completer           = (*Engine)(nil)
	_ kernel.Inspector           = (*Engine)(nil)
	_ kernel.CompletenessChecker = (*Engine)(nil)
)

// Complete lists what may stand at the cursor.
func (s *Engine) Complete(code string, cursor int) kernel.Completion {
	c := assist.Complete(code, cursor, s.assistant())
	out := kernel.Completion{Start: c.Start, End: c.End}
	for _, item := range c.Items {
		out.Items = append(out.Items, kernel.CompletionItem{Text: item.Text, Kind: item.Kind, Signature: item.Signature})
	}
	return out
}

// Inspect documents the name at the cursor.
func (s *Engine) Inspect(code string, cursor, detail int) (display.Bundle, bool) {
	doc, found := assist.Inspect(code, cursor, detail, s.assistant(), display.Language())
	return docBundle(doc), found
}

func docBundle(doc assist.Doc) display.Bundle {
	return display.Bundle{Data: map[string]any{"text/markdown": doc.Markdown, "text/plain": doc.Plain}}
}

// IsComplete says whether a cell can be run as it stands.
func (s *Engine) IsComplete(code string) (status, indent string) { return assist.IsComplete(code) }
