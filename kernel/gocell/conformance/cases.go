// Package conformance runs the test programs of the Go distribution, which no
// one here wrote, on another implementation of Go, and keeps account of what
// passes. The programs are read from GOROOT/test; nothing of them is copied.
package conformance

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"
)

// Root returns GOROOT/test, or an error where the distribution has no tests.
func Root() (string, error) {
	root := filepath.Join(runtime.GOROOT(), "test")
	if _, err := os.Stat(filepath.Join(root, "helloworld.go")); err != nil {
		return "", errors.New("this Go distribution comes without its test folder: " + root)
	}
	return root, nil
}

// Files lists the programs below root whose first line is the header, by name.
func Files(root, header string) ([]string, error) {
	return filesWith(root, func(line string) bool { return line == header })
}

func filesWith(root string, header func(line string) bool) (files []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		line, _, _ := bytes.Cut(source, []byte("\n"))
		if header(strings.TrimSpace(string(line))) {
			name, _ := filepath.Rel(root, path)
			files = append(files, filepath.ToSlash(name))
		}
		return nil
	})
	sort.Strings(files)
	return files, err
}

// Want returns what a program prints: the .out file beside it, or nothing.
func Want(root, file string) ([]byte, error) {
	out, err := os.ReadFile(filepath.Join(root, strings.TrimSuffix(file, ".go")+".out"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return out, err
}

var (
	errorComment = regexp.MustCompile(`// (?:GC_)?ERROR (.*)`)
	quoted       = regexp.MustCompile("\"[^\"]*\"|`[^`]*`")
)

// ErrorLines returns the lines of an errorcheck program that a compiler must
// complain about.
func ErrorLines(source []byte) map[int]bool {
	lines := map[int]bool{}
	for i, line := range strings.Split(string(source), "\n") {
		if m := errorComment.FindStringSubmatch(line); m != nil && quoted.MatchString(m[1]) {
			lines[i+1] = true
		}
	}
	return lines
}
