package notebook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/convnotes/convnotes/internal/atomicfile"
)

// WriteFile writes a notebook to a file: all of it or, on an error, nothing.
func WriteFile(name string, n *Notebook) error {
	var text bytes.Buffer
	if err := Write(&text, n); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return atomicfile.Write(name, text.Bytes(), 0o644)
}

// Write writes a notebook as nbformat 4.5, byte for byte as Jupyter does: keys
// sorted, one space of indent, text as lists of lines.
func Write(w io.Writer, n *Notebook) error {
	if err := n.check(); err != nil {
		return err
	}
	cells := make([]any, len(n.Cells))
	for i := range n.Cells {
		cells[i] = n.Cells[i].json()
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(map[string]any{"cells": cells, "metadata": object(n.Metadata), "nbformat": 4, "nbformat_minor": 5})
}

func (c *Cell) json() map[string]any {
	cell := map[string]any{"cell_type": c.Type, "id": c.ID, "metadata": object(c.Metadata), "source": split(c.Source)}
	if c.Attachments != nil {
		cell["attachments"] = c.Attachments
	}
	if c.Type == Code {
		outputs := make([]any, len(c.Outputs))
		for i := range c.Outputs {
			outputs[i] = c.Outputs[i].json()
		}
		cell["outputs"], cell["execution_count"] = outputs, count(c.Count)
	}
	return cell
}

func (o *Output) json() map[string]any {
	output := map[string]any{"output_type": o.Type}
	switch o.Type {
	case Stream:
		output["name"], output["text"] = o.Name, split(o.Text)
	case Error:
		traceback := o.Traceback
		if traceback == nil {
			traceback = []string{}
		}
		output["ename"], output["evalue"], output["traceback"] = o.EName, o.EValue, traceback
	case ExecuteResult:
		output["execution_count"] = count(o.Count)
		fallthrough
	default:
		output["data"], output["metadata"] = data(o.Data), object(o.Metadata)
	}
	return output
}

// data splits what Jupyter splits: text and SVG, but neither JSON nor base64.
func data(bundle map[string]any) map[string]any {
	out := map[string]any{}
	for mime, value := range bundle {
		if text, ok := value.(string); ok && isText(mime) {
			value = split(text)
		}
		out[mime] = value
	}
	return out
}

func isText(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript"
}

// split cuts text after each line end, as Python's str.splitlines(True).
func split(text string) []string {
	list := []string{}
	start := 0
	for i, r := range text {
		end := i + utf8.RuneLen(r)
		if isLineEnd(r) && !strings.HasPrefix(text[i:], "\r\n") {
			list, start = append(list, text[start:end]), end
		}
	}
	if start < len(text) {
		list = append(list, text[start:])
	}
	return list
}

func isLineEnd(r rune) bool {
	return '\n' <= r && r <= '\r' || 0x1c <= r && r <= 0x1e || r == 0x85 || r == 0x2028 || r == 0x2029
}

func object(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func count(n int) any {
	if n == 0 {
		return nil
	}
	return n
}
