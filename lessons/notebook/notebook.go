// Package notebook reads and writes Jupyter notebooks (.ipynb): nbformat 4, as
// JupyterLab saves it, so that a notebook written here and saved there unchanged
// is the same file.
//
// The format: https://nbformat.readthedocs.io/en/latest/format_description.html
package notebook

import "fmt"

// The three types of cells.
const (
	Markdown = "markdown"
	Code     = "code"
	Raw      = "raw"
)

// A Notebook is a list of cells with metadata.
type Notebook struct {
	// Metadata holds kernelspec, language_info, and whatever else a front end
	// keeps there; numbers are json.Number.
	Metadata map[string]any
	Cells    []Cell
}

// A Cell is Markdown, code or raw text.
type Cell struct {
	ID       string // 1 to 64 letters, digits, - and _; unique in the notebook
	Type     string // Markdown, Code or Raw
	Source   string
	Metadata map[string]any

	// Attachments holds the pictures pasted into a Markdown cell: MIME bundles by name.
	Attachments map[string]any

	Count   int // n of In [n]; 0 is a cell that has not run
	Outputs []Output
}

// The four types of outputs.
const (
	Stream        = "stream"
	DisplayData   = "display_data"
	ExecuteResult = "execute_result"
	Error         = "error"
)

// An Output is one thing a code cell showed.
type Output struct {
	Type string // Stream, DisplayData, ExecuteResult or Error

	Name string // of a stream: stdout or stderr
	Text string // of a stream

	// Data of a display or result, by MIME type: text and base64 are strings,
	// JSON types any JSON value.
	Data     map[string]any
	Metadata map[string]any
	Count    int // of a result, n of Out[n]

	EName, EValue string   // of an error
	Traceback     []string // of an error
}

// New returns an empty notebook for the convnotes kernel.
func New() *Notebook {
	return &Notebook{Metadata: map[string]any{
		"kernelspec":    map[string]any{"name": "convnotes", "display_name": "Go (convnotes)", "language": "go"},
		"language_info": map[string]any{"name": "go", "file_extension": ".go", "mimetype": "text/x-go", "codemirror_mode": "go", "pygments_lexer": "go", "nbconvert_exporter": "script"},
	}}
}

// Language returns the language of the notebook's kernel in lower case as the
// metadata tell it ("go", "python" ...), or "" where they do not.
func (n *Notebook) Language() string {
	for _, where := range []struct{ object, key string }{{"kernelspec", "language"}, {"language_info", "name"}} {
		object, _ := n.Metadata[where.object].(map[string]any)
		if language, _ := object[where.key].(string); language != "" {
			return language
		}
	}
	return ""
}

// HasTag says whether the cell's metadata carry the tag, as "raises-exception".
func (c *Cell) HasTag(tag string) bool {
	switch tags := c.Metadata["tags"].(type) {
	case []any:
		for _, t := range tags {
			if t == tag {
				return true
			}
		}
	case []string:
		for _, t := range tags {
			if t == tag {
				return true
			}
		}
	}
	return false
}

// check says what in the notebook the format does not allow.
func (n *Notebook) check() error {
	seen := map[string]int{}
	for i, c := range n.Cells {
		if !validID(c.ID) {
			return fmt.Errorf("cell %d: id %q: want 1 to 64 letters, digits, - or _", i+1, c.ID)
		}
		if first, ok := seen[c.ID]; ok {
			return fmt.Errorf("cell %d: id %q is the id of cell %d already", i+1, c.ID, first)
		}
		seen[c.ID] = i + 1
		if err := c.check(); err != nil {
			return fmt.Errorf("cell %d: %w", i+1, err)
		}
	}
	return nil
}

func (c *Cell) check() error {
	switch c.Type {
	case Markdown, Code, Raw:
	default:
		return fmt.Errorf("type %q: want markdown, code or raw", c.Type)
	}
	if c.Type != Code && (len(c.Outputs) > 0 || c.Count != 0) {
		return fmt.Errorf("a %s cell has outputs or a count: only code cells run", c.Type)
	}
	for i, o := range c.Outputs {
		switch o.Type {
		case Stream, DisplayData, ExecuteResult, Error:
		default:
			return fmt.Errorf("output %d: type %q: want stream, display_data, execute_result or error", i+1, o.Type)
		}
	}
	return nil
}

func validID(id string) bool {
	if len(id) < 1 || len(id) > 64 {
		return false
	}
	for _, r := range id {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}
