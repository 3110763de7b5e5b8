package display

import (
	"fmt"
	"html"
	"reflect"
	"strings"
	"text/tabwriter"
)

const (
	longTable = 60 // rows that are all shown
	tableEnds = 10 // rows at either end of a longer one
)

// A grid is a table: names of columns, and rows that are as long.
type grid struct {
	columns []string
	rows    int
	row     func(i int) []reflect.Value
}

// table shows a slice of structs, or a map, as a table.
func table(v any) (Bundle, bool) {
	r := reflect.ValueOf(v)
	if !r.IsValid() || printsItself(r) {
		return Bundle{}, false
	}
	switch {
	case r.Kind() == reflect.Map && r.Len() > 0:
		return Bundle{Data: MIMEMap{MIMETypeHTML: mapGrid(r).html(), MIMETypeText: text(v)}}, true
	case isList(r.Type()) && isRecord(r.Type().Elem()) && r.Len() > 0:
		g := recordGrid(r)
		return Bundle{Data: MIMEMap{MIMETypeHTML: g.html(), MIMETypeText: g.text()}}, len(g.columns) > 0
	}
	return Bundle{}, false
}

// isRecord says whether a type is a struct, or a pointer to one, that does not
// print itself.
func isRecord(t reflect.Type) bool {
	if printsItself(reflect.Zero(t)) {
		return false
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

func mapGrid(m reflect.Value) grid {
	keys := sortedKeys(m)
	return grid{[]string{"key", "value"}, len(keys), func(i int) []reflect.Value {
		return []reflect.Value{keys[i], m.MapIndex(keys[i])}
	}}
}

// recordGrid has a column for every exported field.
func recordGrid(list reflect.Value) grid {
	t := list.Type().Elem()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var g grid
	var index []int
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			g.columns = append(g.columns, f.Name)
			index = append(index, i)
		}
	}
	g.rows = list.Len()
	g.row = func(i int) []reflect.Value {
		cells := make([]reflect.Value, len(index)) // invalid for a nil pointer
		if record := reflect.Indirect(list.Index(i)); record.IsValid() {
			for c, f := range index {
				cells[c] = record.Field(f)
			}
		}
		return cells
	}
	return g
}

// each calls row for the rows that are shown, with nil where some are left out.
func (g grid) each(row func(i int, cells []string)) {
	for i := 0; i < g.rows; i++ {
		if g.rows > longTable && i == tableEnds {
			row(-1, nil)
			i = g.rows - tableEnds
		}
		values := g.row(i)
		cells := make([]string, len(values))
		for c, v := range values {
			cells[c] = cell(v)
		}
		row(i, cells)
	}
}

// cell prints a value for one cell of a table.
func cell(v reflect.Value) string {
	var p printer
	p.print(v, 1)
	const long = 200
	if s := []rune(p.String()); len(s) > long {
		return string(s[:long]) + "…"
	}
	return p.String()
}

func (g grid) html() string {
	var b strings.Builder
	b.WriteString("<table>\n<thead><tr><th></th>")
	for _, c := range g.columns {
		fmt.Fprintf(&b, "<th>%s</th>", html.EscapeString(c))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	g.each(func(i int, cells []string) {
		if cells == nil {
			b.WriteString("<tr><th>⋮</th>" + strings.Repeat("<td>⋮</td>", len(g.columns)) + "</tr>\n")
			return
		}
		fmt.Fprintf(&b, "<tr><th>%d</th>", i)
		for _, c := range cells {
			fmt.Fprintf(&b, "<td>%s</td>", html.EscapeString(c))
		}
		b.WriteString("</tr>\n")
	})
	b.WriteString("</tbody>\n</table>\n")
	if g.rows > longTable {
		fmt.Fprintf(&b, "<p>%d × %d</p>\n", g.rows, len(g.columns))
	}
	return b.String()
}

func (g grid) text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\t"+strings.Join(g.columns, "\t"))
	g.each(func(i int, cells []string) {
		if cells == nil {
			fmt.Fprintln(w, "⋮"+strings.Repeat("\t⋮", len(g.columns)))
			return
		}
		for c, s := range cells { // one line a row
			cells[c] = strings.NewReplacer("\n", " ", "\t", " ").Replace(s)
		}
		fmt.Fprintf(w, "%d\t%s\n", i, strings.Join(cells, "\t"))
	})
	w.Flush()
	return shorten(strings.TrimRight(b.String(), "\n"))
}
