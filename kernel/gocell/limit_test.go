package gocell_test

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/kernel/gocell"
)

// TestMemoryLimit runs cells in a process of its own with a small limit: those
// that grow are stopped and told why, those that make garbage are not, and the
// variables survive.
func TestMemoryLimit(t *testing.T) {
	needsProcess(t)
	if os.Getenv("TEST_MEMORY_LIMIT") != "" {
		cellsWithLittleMemory(t)
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestMemoryLimit$", "-test.v")
	child.Env = append(os.Environ(), "TEST_MEMORY_LIMIT=1", "CONVNOTES_MEMORY=256MiB", "GOMEMLIMIT=")
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func cellsWithLittleMemory(t *testing.T) {
	s := newSession()
	eval := func(cell string) error {
		_, err := s.engine.Eval(context.Background(), cell, &output{})
		return err
	}
	for _, c := range []struct{ cell, want string }{
		{"kept := 7\nvar all [][]byte\ngrow := func() { for { b := make([]byte, 1<<20); for i := 0; i < len(b); i += 4096 { b[i] = 1 }; all = append(all, b) } }", ""},
		{"var garbage []byte\nfor range 3000 { garbage = make([]byte, 1<<20) }", ""},
		{"grow()", "limit is 256 MiB"},
		{"_ = all[len(all)-1][0]", ""},
		{"grow()", "limit is 256 MiB"},
		{"all = nil", ""},
		{"kept++\nlist := []*[9]int{}\nfor { list = append(list, new([9]int)) }", "variables keep their values"},
		{"list = nil", ""},
		{"m := map[int]string{}\nfor i := 0; ; i++ { m[i] = fmt.Sprint(i) }", "CONVNOTES_MEMORY"},
		{"m = nil", ""},
		{"garbage = make([]byte, 100<<20)\ngarbage = nil", ""},
		{"garbage = make([]byte, 300<<20)", "out of memory: make of 300 MB"},
	} {
		switch err := eval(c.cell); {
		case c.want == "" && err != nil:
			t.Errorf("%s\n%v", c.cell, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s\nerror %v, want %s", c.cell, err, c.want)
		}
	}
	if v, ok := s.engine.Lookup("kept"); !ok || v.Int() != 8 {
		t.Errorf("kept is %v, want 8", v)
	}
}

// TestBadMemorySetting says what is wrong with CONVNOTES_MEMORY.
func TestBadMemorySetting(t *testing.T) {
	needsProcess(t)
	if os.Getenv("TEST_MEMORY_LIMIT") != "" {
		_, err := newSession().engine.Eval(context.Background(), "1", &output{})
		if err == nil || !strings.Contains(err.Error(), `CONVNOTES_MEMORY is "lots"`) {
			t.Errorf("error %v", err)
		}
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestBadMemorySetting$")
	child.Env = append(os.Environ(), "TEST_MEMORY_LIMIT=1", "CONVNOTES_MEMORY=lots")
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// needsProcess skips a test where a process cannot start another one.
func needsProcess(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("JavaScript starts no processes")
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]uint64{
		"2GiB": 2 << 30, "1.5 GB": 3 << 29, "800M": 800 << 20, "4096": 4096, "1t": 1 << 40, " 7KiB ": 7 << 10,
		"": 0, "lots": 0, "-1GiB": 0, "0": 0, "1e30": 0, "GiB": 0, "2GiBB": 0, "NaN": 0,
	} {
		if got, _ := gocell.ParseSize(text); got != want {
			t.Errorf("%q is %d bytes, want %d", text, got, want)
		}
	}
}
