package conformance

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	full    = flag.Bool("conformance", false, "run every program of GOROOT/test, not a sample")
	only    = flag.String("only", "", "with -conformance: only files that contain this")
	keep    = flag.Bool("keep", false, "with -conformance: write the result to testdata")
	timeout = flag.Duration("program", 60*time.Second, "time a program may take")
)

// The test binary is also the process that a program runs in.
const (
	programVariable = "CONVNOTES_CONFORMANCE_PROGRAM"
	cellsVariable   = "CONVNOTES_CONFORMANCE_CELLS" // run it declaration by declaration
)

func TestMain(m *testing.M) {
	if file := os.Getenv(programVariable); file != "" {
		os.Exit(runProgram(file))
	}
	os.Exit(m.Run())
}

// self runs a program in another process of this binary, in GOROOT/test as Go's
// own runner does: some programs look for their folders there.
func self(root string) func(context.Context, string) *exec.Cmd {
	return func(ctx context.Context, file string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Dir = root
		cmd.Env = append(os.Environ(), programVariable+"="+filepath.Join(root, filepath.FromSlash(file)), "GOMEMLIMIT=1GiB")
		return cmd
	}
}

func goRoot(t *testing.T) string {
	root, err := Root()
	if err != nil {
		t.Skip(err)
	}
	return root
}

// TestSample runs the programs of testdata/sample.txt, all of which pass.
func TestSample(t *testing.T) {
	root := goRoot(t)
	sample, err := os.ReadFile("testdata/sample.txt")
	if err != nil {
		t.Fatal(err)
	}
	files := slices.DeleteFunc(strings.Fields(string(sample)), func(f string) bool { return racing[f] })
	r := Runner{Root: root, Command: self(root), Timeout: *timeout, Parallel: runtime.GOMAXPROCS(0)}
	r.Run(files, func(result Result) {
		if !result.Passed {
			t.Errorf("%s: %s", result.File, result.Reason)
		}
	})
}

// TestConformance runs them all, with -conformance.
func TestConformance(t *testing.T) {
	if !*full {
		t.Skip("make conformance runs it")
	}
	root := goRoot(t)
	files, err := Files(root, "// run")
	if err != nil {
		t.Fatal(err)
	}
	files = matching(files, *only)
	t.Setenv("STDLIB_IMPORTCFG", importConfig(t))
	r := Runner{Root: root, Command: self(root), Timeout: *timeout, Parallel: runtime.GOMAXPROCS(0)}
	n := 0
	results := r.Run(files, func(result Result) {
		if n++; !result.Passed {
			fmt.Printf("%4d/%d %s: %s\n", n, len(files), result.File, result.Reason)
		}
	})
	summary(t, "run.txt", "The programs of GOROOT/test with the header // run", results)
}

// importConfig writes where the standard library's export data is, as Go's own
// runner does for the programs that call the compiler.
func importConfig(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "importcfg")
	list := exec.CommandContext(t.Context(), goTool(t), "list", "-export", "-f", "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}", "std")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out, 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

func matching(files []string, part string) (some []string) {
	for _, f := range files {
		if strings.Contains(f, part) {
			some = append(some, f)
		}
	}
	return some
}

// summary prints the count and the most frequent reasons, and keeps the result.
func summary(t *testing.T, file, title string, results []Result) {
	for i, g := range Groups(results) {
		if i < 25 {
			fmt.Printf("%4d × %s (%s …)\n", len(g.Files), g.Reason, g.Files[0])
		}
	}
	passed := 0
	for _, r := range results {
		if r.Passed {
			passed++
		}
	}
	fmt.Printf("%s: passed %d of %d\n", title, passed, len(results))
	if !*keep || *only != "" {
		return
	}
	var b bytes.Buffer
	commit, _ := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	title = fmt.Sprintf("%s, %s, %s/%s, commit %s, %s", title, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		strings.TrimSpace(string(commit)), time.Now().UTC().Format(time.DateOnly))
	if err := Report(&b, title, results); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("testdata", file), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
