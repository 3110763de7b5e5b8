package lessons

import (
	"os"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/lessons/check"
)

func TestProgress(t *testing.T) {
	folder := t.TempDir()
	for _, s := range []check.Score{{Name: "corr2d", Points: 1, Max: 3}, {Name: "corr2d", Points: 3, Max: 3}, {Name: "convolve", Points: 1, Max: 2}} {
		if err := Record(folder, "06", s); err != nil {
			t.Fatal(err)
		}
	}
	p, err := ReadProgress(folder)
	if err != nil {
		t.Fatal(err)
	}
	display.SetLanguage("en")
	if got := p.String(); !strings.Contains(got, ": 1 of ") || !strings.Contains(got, "4 of ") {
		t.Errorf("the overview says %s", got)
	}
	defer display.SetLanguage("en")
	display.SetLanguage("zh")
	if got := p.HTML(); !strings.Contains(got, "互相关") || !strings.Contains(got, "<progress value=\"4\"") {
		t.Errorf("the table is %s", got)
	}
	os.WriteFile(progressFile(folder), []byte("{"), 0o644)
	if _, err := ReadProgress(folder); err == nil || !strings.Contains(err.Error(), "delete the file") {
		t.Errorf("a broken file: %v", err)
	}
	if p, err := ReadProgress(t.TempDir()); err != nil || len(p) != 0 {
		t.Errorf("a new folder: %v, %v", p, err)
	}
}
