package gocell

import "strings"

// A segment maps a stretch of the written file to the cell.
type segment struct{ file, cell, n int }

// A writer writes a cell as a Go file and remembers where everything came from.
type writer struct {
	b    strings.Builder
	segs []segment
}

func (w *writer) text(s string) { w.b.WriteString(s) }

// from copies cell[start:end].
func (w *writer) from(source string, start, end int) {
	w.segs = append(w.segs, segment{w.b.Len(), start, end - start})
	w.b.WriteString(source[start:end])
}

// origin is the offset in the cell of an offset in the written file.
func origin(segs []segment, offset int) int {
	at := 0
	for _, s := range segs {
		if offset < s.file {
			break
		}
		at = s.cell + min(offset-s.file, s.n)
	}
	return at
}
