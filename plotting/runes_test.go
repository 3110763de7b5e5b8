package plotting

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/convnotes/convnotes/plotting/internal/glyph"
)

// TestEveryRuneIsInTheFont reads the strings of this package, and the Chinese
// of the whole repository: what is said anywhere may stand in a figure.
func TestEveryRuneIsInTheFont(t *testing.T) {
	missing := map[rune]string{}
	note := func(file, text string, only func(rune) bool) {
		for _, r := range text {
			if r >= ' ' && only(r) && !glyph.Embedded(r) {
				missing[r] = file
			}
		}
	}
	every := func(rune) bool { return true }
	chinese := func(r rune) bool {
		return unicode.Is(unicode.Han, r) || r >= 0x3000 && r < 0x3040 || r >= 0xff00 && r < 0xfff0
	}
	found := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || len(entry.Name()) > 2 && entry.Name()[0] == '.') {
			return filepath.SkipDir
		}
		switch filepath.Ext(path) {
		case ".go":
			if strings.HasSuffix(path, "_test.go") {
				return nil
			}
			found++
			only := chinese
			if filepath.Dir(path) == filepath.Join("..", "plotting") {
				only = every
			}
			for _, s := range stringsOf(t, path) {
				note(path, s, only)
			}
		case ".md":
			found++
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			note(path, string(text), chinese)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for r, file := range missing {
		t.Errorf("%q (%U) of %s is not in the font of figures: add it to internal/glyph/subset.py", r, r, file)
	}
	if found < 20 {
		t.Errorf("only %d files were read", found)
	}
}

// stringsOf returns the strings of a Go file.
func stringsOf(t *testing.T, path string) (all []string) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile(path, -1, len(source)), source, func(token.Position, string) {}, 0)
	for {
		_, tok, text := s.Scan()
		if tok == token.EOF {
			return all
		}
		if tok == token.STRING {
			if value, err := strconv.Unquote(text); err == nil {
				all = append(all, value)
			}
		}
	}
}

// TestTermsAreTheGlossarys keeps the figures' words to those of the lessons.
func TestTermsAreTheGlossarys(t *testing.T) {
	glossary, err := os.ReadFile(filepath.Join("..", "lessons", "content", "glossary.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var said string
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			said += strings.Join(stringsOf(t, f), "\n")
		}
	}
	for english, chinese := range map[string]string{
		"filter": "过滤器", "kernel": "卷积核", "channel": "通道", "feature map": "特征图", "receptive field": "感受野",
		"fully connected": "全连接", "parameter": "参数", "pooling": "池化", "batch": "批量", "stride": "步长", "padding": "填充",
	} {
		if strings.Contains(said, english) && !strings.Contains(string(glossary), chinese) {
			t.Errorf("the glossary does not say %s for %s", chinese, english)
		}
	}
	for wrong, right := range map[string]string{"滤波器": "过滤器", "汇聚": "池化", "步幅": "步长", "核函数": "卷积核"} {
		if strings.Contains(said, wrong) {
			t.Errorf("a figure says %s, the glossary %s", wrong, right)
		}
	}
}
