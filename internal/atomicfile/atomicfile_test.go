package atomicfile

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	for _, text := range []string{"one", "two, longer"} {
		if err := Write(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(name); string(got) != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
	if info, _ := os.Stat(name); runtime.GOOS != "windows" && info.Mode() != 0o755 {
		t.Errorf("mode %v", info.Mode())
	}
	if err := Write(filepath.Join(dir, "none", "a"), nil, 0o644); err == nil {
		t.Error("written into a folder that is not there")
	}
	// A folder stands where the file should go.
	if err := os.MkdirAll(filepath.Join(dir, "b", "c"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "b"), nil, 0o644); err == nil {
		t.Error("written over a folder")
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}
