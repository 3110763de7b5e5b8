package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/notebooks"
)

// README lists every lesson, and the notebooks and pictures it points to are there.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	files, err := fs.Glob(notebooks.Files, "*/*.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.Contains(readme, "](notebooks/"+file+")") {
			t.Errorf("README.md does not list notebooks/%s", file)
		}
	}
	for _, part := range strings.Split(readme, "](")[1:] {
		target, _, _ := strings.Cut(part, ")")
		if !strings.HasPrefix(target, "notebooks/") {
			continue
		}
		if _, err := os.Stat(filepath.FromSlash(target)); err != nil {
			t.Errorf("README.md points to %s: %v", target, err)
		}
	}
}
