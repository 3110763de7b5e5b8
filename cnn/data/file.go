package data

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
)

// A FileError says what is wrong with a data file, and where.
type FileError struct {
	File    string
	Offset  int64 // in the uncompressed contents; −1 when the place does not matter
	Problem string
	Want    string // what was expected
}

func (e *FileError) Error() string {
	s := e.File + ": " + e.Problem
	if e.Offset >= 0 {
		s = fmt.Sprintf("%s, byte %d: %s", e.File, e.Offset, e.Problem)
	}
	if e.Want != "" {
		s += "; expected " + e.Want
	}
	return s
}

// maxFile bounds what is read into memory from one file.
const maxFile = 1 << 30

// read returns the contents of a file, uncompressed when the name ends in .gz.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return contents(path, f)
}

func contents(name string, r io.Reader) ([]byte, error) {
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, &FileError{name, 0, "not a gzip file: " + err.Error(), ""}
		}
		r = z
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return nil, &FileError{name, n, "the file ends early or is damaged: " + err.Error(), ""}
	case n > maxFile:
		return nil, &FileError{name, maxFile, "the file is too large", fmt.Sprintf("at most %d bytes", maxFile)}
	}
	return b.Bytes(), nil
}
