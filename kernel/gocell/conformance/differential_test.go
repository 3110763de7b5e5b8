package conformance

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel/gocell/conformance/generate"
)

var (
	programs = flag.Int("programs", 8, "how many generated programs to compare")
	seed     = flag.Uint64("seed", 0, "the seed of the first generated program")
)

// TestGeneratedPrograms compares what generated programs print when the Go
// compiler has built them and when the engine runs them, byte by byte: whole, and
// cut into cells at the top-level declarations.
func TestGeneratedPrograms(t *testing.T) {
	tool := goTool(t)
	dir := t.TempDir()
	const batch = 50
	for first := 0; first < *programs; first += batch {
		n := min(batch, *programs-first)
		compare(t, tool, dir, *seed+uint64(first), n)
	}
}

func goTool(t *testing.T) string {
	tool := filepath.Join(runtime.GOROOT(), "bin", "go")
	if _, err := os.Stat(tool); err != nil {
		found, err := exec.LookPath("go")
		if err != nil {
			t.Skip("no Go compiler to compare with")
		}
		tool = found
	}
	return tool
}

func compare(t *testing.T, tool, dir string, first uint64, n int) {
	name := func(i int) string { return fmt.Sprintf("p%d", first+uint64(i)) }
	for i := range n {
		write(t, filepath.Join(dir, name(i), "main.go"), generate.Program(first+uint64(i)))
	}
	write(t, filepath.Join(dir, "go.mod"), "module programs\n\ngo 1.26\n")
	bin := filepath.Join(dir, "bin") + string(filepath.Separator)
	if err := os.MkdirAll(bin, 0o777); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), tool, "build", "-o", bin, "./...")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	command := self(dir)
	for i := range n {
		want := output(t, exec.CommandContext(t.Context(), filepath.Join(bin, name(i))))
		whole := command(t.Context(), name(i)+"/main.go")
		cells := command(t.Context(), name(i)+"/main.go")
		cells.Env = append(cells.Env, cellsVariable+"=1")
		for _, how := range []*exec.Cmd{whole, cells} {
			if got := output(t, how); !bytes.Equal(got, want) {
				t.Errorf("go test -run TestGeneratedPrograms -seed %d -programs 1: the engine (in cells: %v) %s",
					first+uint64(i), how == cells, difference(string(got), string(want)))
			}
		}
		_ = os.RemoveAll(filepath.Join(dir, name(i)))
		_ = os.Remove(filepath.Join(bin, name(i)))
	}
}

func write(t *testing.T, file, text string) {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// output runs a program to its end; how it ended is part of what it prints.
func output(t *testing.T, cmd *exec.Cmd) []byte {
	var out limited
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(*timeout, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		fmt.Fprintln(&out, err)
	}
	return out.Bytes()
}
