package notebook

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ReadFile reads a notebook from a file.
func ReadFile(name string) (*Notebook, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	n, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}

// Read reads a notebook of nbformat 4, any minor version. Cells without a valid
// id, as before 4.5, or with the id of an earlier cell, get one: cell-1, cell-2 ...
func Read(r io.Reader) (*Notebook, error) {
	d := json.NewDecoder(withoutMark(r))
	d.UseNumber()
	var f file
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("not a notebook: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("not a notebook: something follows its closing brace")
	}
	if f.Format != 4 {
		return nil, fmt.Errorf("not a notebook of format 4 but %d.%d: open and save it in JupyterLab, which brings older ones up to date", f.Format, f.Minor)
	}
	n := &Notebook{Metadata: object(f.Metadata)}
	for i := range f.Cells {
		n.Cells = append(n.Cells, f.Cells[i].cell())
	}
	n.nameCells()
	return n, n.check()
}

// withoutMark leaves out the byte order mark that some editors write.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if start, _ := b.Peek(3); string(start) == "\ufeff" {
		b.Discard(3)
	}
	return b
}

func (n *Notebook) nameCells() {
	seen := map[string]bool{}
	for _, c := range n.Cells {
		seen[c.ID] = true
	}
	next, used := 1, map[string]bool{}
	for i := range n.Cells {
		c := &n.Cells[i]
		for !validID(c.ID) || used[c.ID] {
			if name := fmt.Sprintf("cell-%d", next); !seen[name] {
				c.ID, seen[name] = name, true
			}
			next++
		}
		used[c.ID] = true
	}
}

// file, cellJSON and outputJSON are the notebook as it lies in the file.
type file struct {
	Cells    []cellJSON     `json:"cells"`
	Metadata map[string]any `json:"metadata"`
	Format   int            `json:"nbformat"`
	Minor    int            `json:"nbformat_minor"`
}

type cellJSON struct {
	Attachments map[string]any `json:"attachments"`
	Type        string         `json:"cell_type"`
	Count       *int           `json:"execution_count"`
	ID          string         `json:"id"`
	Metadata    map[string]any `json:"metadata"`
	Outputs     []outputJSON   `json:"outputs"`
	Source      lines          `json:"source"`
}

type outputJSON struct {
	Data      map[string]any `json:"data"`
	EName     string         `json:"ename"`
	EValue    string         `json:"evalue"`
	Count     *int           `json:"execution_count"`
	Metadata  map[string]any `json:"metadata"`
	Name      string         `json:"name"`
	Type      string         `json:"output_type"`
	Text      lines          `json:"text"`
	Traceback []string       `json:"traceback"`
}

func (c *cellJSON) cell() Cell {
	cell := Cell{ID: c.ID, Type: c.Type, Source: string(c.Source), Metadata: object(c.Metadata), Attachments: c.Attachments}
	if c.Type != Code {
		return cell
	}
	cell.Count = number(c.Count)
	for i := range c.Outputs {
		cell.Outputs = append(cell.Outputs, c.Outputs[i].output())
	}
	return cell
}

func (o *outputJSON) output() Output {
	for mime, value := range o.Data {
		if !isJSON(mime) {
			o.Data[mime] = joined(value)
		}
	}
	return Output{
		Type: o.Type, Name: o.Name, Text: string(o.Text), Data: o.Data, Metadata: o.Metadata, Count: number(o.Count),
		EName: o.EName, EValue: o.EValue, Traceback: o.Traceback,
	}
}

func number(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// isJSON says whether a MIME type's value is JSON and not a string.
func isJSON(mime string) bool {
	return mime == "application/json" || strings.HasSuffix(mime, "+json")
}

// joined returns the text of a string or of a list of strings, and any other value as it is.
func joined(value any) any {
	list, ok := value.([]any)
	if !ok {
		return value
	}
	var text strings.Builder
	for _, line := range list {
		s, ok := line.(string)
		if !ok {
			return value
		}
		text.WriteString(s)
	}
	return text.String()
}

// lines is text, in the file a string or a list of lines with their line ends.
type lines string

func (l *lines) UnmarshalJSON(data []byte) error {
	var list []string
	if err := json.Unmarshal(data, &list); err == nil {
		*l = lines(strings.Join(list, ""))
		return nil
	}
	return json.Unmarshal(data, (*string)(l))
}
