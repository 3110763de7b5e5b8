package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/notebook"
)

var showExported = flag.Bool("exported", false, "print exported programs")

// TestExportPrintsTheSame exports notebooks, builds the programs and compares
// what they print with the outputs of the notebooks when they are run.
func TestExportPrintsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	lesson, err := lessons.Find("06")
	if err != nil {
		t.Fatal(err)
	}
	notebooks := map[string]*notebook.Notebook{
		"lesson06": lesson.Notebook("en", lessons.Solved),
		"names": cellsOf(
			"x := 1\nunused := []int{2, 3}\nx",
			"func twice(n int) int { k := 4; return 2 * n }\nfunc four(n int) int { return twice(twice(n)) }\nfmt.Println(four(x))",
			"// twice squares now, and four calls it.\nfunc twice(n int) int { return n * n }\nfmt.Println(four(3), twice(3))",
			"x := x + 10\nx",
			"x := fmt.Sprint(x, \"!\")\nx",
			"func four(s string) string { return s + s }\nfour(x)",
			"len := 3\nmax(len, 2)",
			"image := \"a picture\"\nimage + x",
		),
		"types": cellsOf(
			"type Point struct{ X, Y int }\nfunc (p Point) String() string { return fmt.Sprintf(\"(%d, %d)\", p.X, p.Y) }\np := Point{1, 2}\np",
			"type Point struct{ X, Y int }\nfunc (p Point) Add(q Point) Point { return Point{p.X + q.X, p.Y + q.Y} }\np = p.Add(p)\np",
			"type Point struct{ X, Y, Z float64 }\nPoint{1, 2, 3}",
			"import m \"maps\"\nkeys := slices.Sorted(m.Keys(map[string]int{\"b\": 1, \"a\": 2}))\nkeys",
			"type List[T any] struct { items []T }\nfunc (l *List[T]) Push(v T) *List[T] { l.items = append(l.items, v); return l }\nvar list List[rune]\nlist.Push('a').Push('b')\nstring(list.items)",
			"strconv.Atoi(\"12\")",
			"var err error\nerr",
			"[][]int{{1, 2}, {3, 4}}",
			"const (\n\tA = iota\n\tB\n)\nB",
		),
		"flow": cellsOf(
			"%help\n// the sum of the squares\nsum := 0\nfor i, x := range []int{1, 2, 3} {\n\ty := x\n\tsum += x * x\n}\nsum",
			"outer:\nfor i := range 3 {\n\tfor j := range 3 {\n\t\tif j > i { continue outer }\n\t\tfmt.Print(i, j, \" \")\n\t}\n}\nfmt.Println()",
			"outer:\nfor { break outer }\ndefer fmt.Println(\"deferred\")\nfmt.Println(\"first\")",
			"func init() { sum = -1 }\nsum",
			"a, b := 1, 2\na, c := b, 3\nfmt.Println(a, b, c)",
			"var total float64 = 3\ntotal / 2",
			"var total float64\ntotal",
			"switch v := any(sum).(type) {\ncase int:\n\tfmt.Println(\"int\")\n}",
			"text, err := strings.ToUpper(\"abc\"), error(nil)\nfmt.Println(text, err)",
		),
	}
	for name, n := range notebooks {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, name+".ipynb")
			if err := notebook.WriteFile(file, n); err != nil {
				t.Fatal(err)
			}
			ran := runFile(t, file)
			program := call1(t, "export", file)
			if *showExported {
				t.Log("\n" + program)
			}
			if got, want := buildAndRun(t, dir, program), printed(ran); got != want {
				t.Errorf("the program prints\n%s\nthe notebook\n%s\nthe program:\n%s", got, want, program)
			}
		})
	}
}

func TestExportErrors(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		cell string
		want string
	}{
		"undefined": {"nothing", "undefined: nothing"},
		"program":   {"package main\nfunc main() {}", "whole program"},
		"syntax":    {"x := (", "expected"},
		"method":    {"type T int\nfunc (T) M() {}\nfunc (T) M() int { return 1 }", "M"},
	} {
		file := filepath.Join(dir, name+".ipynb")
		if err := notebook.WriteFile(file, cellsOf(tt.cell)); err != nil {
			t.Fatal(err)
		}
		var out, messages bytes.Buffer
		if code := run(context.Background(), []string{"export", file}, &out, &messages); code != exitCellFailed || out.Len() > 0 || !strings.Contains(messages.String(), tt.want) {
			t.Errorf("%s: exit code %d, %q, want %d and a message with %q", name, code, messages.String(), exitCellFailed, tt.want)
		}
	}
}

func cellsOf(sources ...string) *notebook.Notebook {
	n := notebook.New()
	for i, s := range sources {
		n.Cells = append(n.Cells, notebook.Cell{ID: "cell-" + string(rune('a'+i)), Type: notebook.Code, Source: s})
	}
	return n
}

// call1 runs a command that must work and returns what it prints.
func call1(t *testing.T, args ...string) string {
	t.Helper()
	var out, messages bytes.Buffer
	if code := run(context.Background(), args, &out, &messages); code != exitDone {
		t.Fatalf("convnotes %s: exit code %d\n%s", strings.Join(args, " "), code, messages.String())
	}
	return out.String()
}

// runFile runs a notebook with its own process, for run changes the folder.
func runFile(t *testing.T, file string) *notebook.Notebook {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	defer os.Chdir(dir)
	n, err := notebook.Read(strings.NewReader(call1(t, "run", file, "--out", "-")))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// printed is the text of a notebook's outputs, but that of %help.
func printed(n *notebook.Notebook) string {
	var b strings.Builder
	for _, c := range n.Cells {
		for _, o := range c.Outputs {
			switch o.Type {
			case notebook.Stream:
				if !strings.Contains(o.Text, "%goroutines") {
					b.WriteString(o.Text)
				}
			case notebook.DisplayData, notebook.ExecuteResult:
				text, _ := o.Data["text/plain"].(string)
				b.WriteString(text + "\n")
			}
		}
	}
	return b.String()
}

// buildAndRun builds a program in a module that has this one, and runs it.
func buildAndRun(t *testing.T, dir, program string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(mod), "module "+modulePath, "module exported", 1)
	text += "\nrequire " + modulePath + " v0.0.0\nreplace " + modulePath + " => " + root + "\n"
	for name, data := range map[string]string{"go.mod": text, "go.sum": string(sum), "main.go": program} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", "exported.exe", ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s\n%s", err, out, program)
	}
	ran := exec.Command(filepath.Join(dir, "exported.exe"))
	ran.Dir = dir
	out, err := ran.Output()
	if err != nil {
		t.Fatalf("the program: %v\n%s", err, out)
	}
	return string(out)
}
