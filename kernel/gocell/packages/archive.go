package packages

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// An Archive is a file of compressed texts by package path: a table of lines
// "path length", an empty line, then the texts in the same order, each deflated
// by itself so that one can be read without the others.
type Archive string

// Pack writes an archive; paths gives the order of its texts.
func Pack(paths []string, texts map[string][]byte) (Archive, error) {
	var table, body bytes.Buffer
	for _, path := range paths {
		n := body.Len()
		w, err := flate.NewWriter(&body, flate.BestCompression)
		if err != nil {
			return "", err
		}
		if _, err := w.Write(texts[path]); err != nil {
			return "", err
		}
		if err := w.Close(); err != nil {
			return "", err
		}
		fmt.Fprintf(&table, "%s %d\n", path, body.Len()-n)
	}
	return Archive(table.String() + "\n" + body.String()), nil
}

// Find returns the text of a package, nil where the archive has none.
func (a Archive) Find(path string) ([]byte, error) {
	table, body, _ := strings.Cut(string(a), "\n\n")
	for line := range strings.Lines(table) {
		name, length, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		n, err := strconv.Atoi(length)
		if err != nil || n < 0 || n > len(body) {
			return nil, fmt.Errorf("archive: bad length in %q", line)
		}
		if name == path {
			return inflate(body[:n])
		}
		body = body[n:]
	}
	return nil, nil
}

func inflate(s string) ([]byte, error) {
	return io.ReadAll(flate.NewReader(strings.NewReader(s)))
}
