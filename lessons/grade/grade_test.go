package grade

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/page"
)

// The test binary is its own worker; as a broken one it ends at once.
func TestMain(m *testing.M) {
	switch strings.Join(os.Args[1:], " ") {
	case "worker":
		out := os.Stdout
		os.Stdout = os.Stderr
		engine := gocell.New(symbols.Packages)
		check.SetUses(engine.Uses)
		engine.RegisterMagic("%lesson", func(arguments string, _ kernel.Output) error {
			display.SetLanguage(strings.TrimSpace(arguments))
			return nil
		})
		if err := Serve(context.Background(), os.Stdin, out, engine, kernel.Options{}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "broken worker":
		fmt.Fprintln(os.Stderr, "panic: no kernel here")
		os.Exit(2)
	default:
		os.Exit(m.Run())
	}
}

func options() Options {
	return Options{Worker: []string{os.Args[0], "worker"}, Cell: time.Minute, Total: 5 * time.Minute, Parallel: 2}
}

// teacher is a small assignment of 4 points: double earns 2, one by a hidden
// check, half and colour 1 each.
func teacher(language string) *notebook.Notebook {
	n := notebook.New()
	n.Metadata["convnotes"] = map[string]any{"lesson": "99", "language": language}
	add := func(id, kind, exercise string, points float64, source string) {
		n.Cells = append(n.Cells, notebook.Cell{ID: id, Type: notebook.Code, Source: source, Metadata: map[string]any{
			"convnotes": map[string]any{"kind": kind, "exercise": exercise, "points": points},
		}})
	}
	n.Cells = append(n.Cells, notebook.Cell{ID: "title", Type: notebook.Markdown, Source: "# Twice", Metadata: map[string]any{}})
	add("start", "start", "", 0, "%lesson "+language)
	add("given", "code", "", 0, "given := 21")
	add("double", "exercise", "double", 0, "func double(x int) int {\n\t// BEGIN SOLUTION\n\treturn 2 * x\n\t// END SOLUTION\n}")
	add("double-check", "check", "double", 2, "check.Exercise(\"double\", 2,\n\tcheck.Equal(double(2), 4),\n\t// BEGIN HIDDEN TESTS\n\tcheck.Equal(double(given), 42),\n\t// END HIDDEN TESTS\n)")
	add("half", "exercise", "half", 0, "func half(x int) int {\n\treturn x / 2\n}")
	add("half-check", "check", "half", 1, "check.Exercise(\"half\", 1,\n\tcheck.Equal(half(4), 2),\n)")
	add("colour", "exercise", "colour", 0, "// colour := \"\"\n// BEGIN SOLUTION\ncolour := \"b\"\n// END SOLUTION")
	add("colour-check", "check", "colour", 1, fmt.Sprintf("check.Exercise(\"colour\", 1,\n\tcheck.Choice(\"colour\", colour, %q),\n)", check.Digest("colour", "b")))
	return n
}

// submit returns the teacher's answers with some cells changed; nil deletes one.
func submit(changes map[string]any) *notebook.Notebook {
	n := teacher("en")
	kept := n.Cells[:0]
	for _, c := range n.Cells {
		switch change := changes[c.ID].(type) {
		case string:
			c.Source = change
		case func(*notebook.Cell):
			change(&c)
		case nil:
			if _, deleted := changes[c.ID]; deleted {
				continue
			}
		}
		kept = append(kept, c)
	}
	n.Cells = kept
	return n
}

type change = map[string]any

const (
	endless = "func double(x int) int { for {} }"
	kill    = "import \"syscall\"\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)"
)

var cases = []struct {
	name       string
	submission *notebook.Notebook
	points     float64
	double     string // the state of the first exercise
	says       string // somewhere in the result
}{
	{"right", submit(nil), 4, Passed, ""},
	{"wrong", submit(change{"double": "func double(x int) int { return x }"}), 2, Failed, "got 2, expected 4"},
	{"only the visible check", submit(change{"double": "func double(x int) int { return 4 }"}), 3, Partial, "got 4, expected 42"},
	{"unanswered", submit(change{"double": "func double(x int) int { panic(\"not implemented\") }", "half": "", "colour": "colour := \"\""}), 0, Error, "not implemented"},
	{"does not compile", submit(change{"double": "func double("}), 2, Error, "the answer's cell failed: compile error: "},
	{"a crash in the answer", submit(change{"double": kill}), 2, Error, "Cell 4 (double): it ended the kernel (signal: killed)"},
	{"a crash in the check", submit(change{"double": "import \"syscall\"\nfunc double(x int) int { syscall.Kill(os.Getpid(), syscall.SIGKILL); return 0 }"}), 2, Crashed, "it ended the kernel"},
	{"two crashes", submit(change{"given": kill, "half": kill}), 1, Error, "(half): it ended the kernel"},
	{"noise", submit(change{"double": "func double(x int) int { println(x); log.Print(x); return 2*x }"}), 4, Passed, ""},
	{"os.Exit", submit(change{"double": "func double(x int) int { os.Exit(0); return 0 }"}), 2, Error, "double"},
	{"no check", submit(change{"double-check": nil}), 4, Passed, "Cell double-check was missing and was put back."},
	{"no answer", submit(change{"double": nil}), 2, Error, "the answer's cell is missing"},
	{"the answer behind its check", backwards(submit(nil)), 0, Error, "the answer's cell stands behind its check"},
	{"another lesson", ofLesson(submit(nil), "98"), 4, Passed, "The notebook is that of lesson 98; it was graded as lesson 99."},
	{"no given cell", submit(change{"given": nil, "start": nil}), 4, Passed, "Cell given was missing"},
	{"forged checks", submit(change{"double": "func double(x int) int { return 0 }", "double-check": "check.Exercise(\"double\", 100, check.Equal(1, 1))"}), 2, Failed, ""},
	{"a check of the student's own", submit(change{"half": "func half(x int) int { return 0 }\ncheck.Exercise(\"half\", 1, check.Equal(1, 1))"}), 3, Passed, "got 0, expected 2"},
	{"an answer that became text", submit(change{"double": func(c *notebook.Cell) { c.Type = notebook.Markdown }}), 4, Passed, "was no code cell any more"},
	{"other ids", renamed(submit(nil), func(c *notebook.Cell, i int) { c.ID = fmt.Sprint("n", i) }), 4, Passed, ""},
	{"ids of nbgrader", renamed(submit(nil), func(c *notebook.Cell, i int) {
		c.Metadata = map[string]any{"nbgrader": map[string]any{"grade_id": c.ID}}
		c.ID, c.Source = fmt.Sprint("n", i), c.Source+"\n"
	}), 4, Passed, ""},
	{"an answer twice, the later one wrong", twice(submit(nil), "double", "func double(x int) int { return x }"), 2, Failed, "got 2, expected 4"},
	{"a check twice", twice(submit(nil), "double-check", "check.Exercise(\"double\", 2, check.Equal(1, 1))"), 4, Passed, ""},
	{"forged outputs", renamed(submit(change{"double": "func double(x int) int { return 0 }"}), func(c *notebook.Cell, i int) {
		if c.Type != notebook.Code {
			return
		}
		forged := check.Exercise("double", 2, check.Equal(1, 1))
		c.Outputs = []notebook.Output{{Type: notebook.ExecuteResult, Count: 1, Data: forged.MIMEBundle(), Metadata: map[string]any{}}}
	}), 2, Failed, "got 0, expected 4"},
	{"much output", submit(change{"double": "func double(x int) int { return 2 * x }\nfor range 100000 { fmt.Println(\"a line of output, and another hundred thousand\") }"}), 4, Passed, ""},
	{"another kernel", inPython(submit(change{"double": "def double(x):\n    return 2 * x"})), 2, Error, "says that it is written in python"},
	{"no cells", &notebook.Notebook{Metadata: map[string]any{}}, 0, Error, "The answer's cell double is missing."},
}

// twice puts a copy of a cell with other source behind it.
func twice(n *notebook.Notebook, id, source string) *notebook.Notebook {
	i := 1 + slices.IndexFunc(n.Cells, func(c notebook.Cell) bool { return c.ID == id })
	n.Cells = slices.Insert(n.Cells, i, n.Cells[i-1])
	n.Cells[i].ID, n.Cells[i].Source = "copy", source
	return n
}

// backwards turns the order of the cells round.
func backwards(n *notebook.Notebook) *notebook.Notebook {
	slices.Reverse(n.Cells)
	return n
}

func ofLesson(n *notebook.Notebook, id string) *notebook.Notebook {
	n.Metadata["convnotes"] = map[string]any{"lesson": id}
	return n
}

func inPython(n *notebook.Notebook) *notebook.Notebook {
	n.Metadata["kernelspec"] = map[string]any{"name": "python3", "language": "python", "display_name": "Python 3"}
	return n
}

func renamed(n *notebook.Notebook, rename func(*notebook.Cell, int)) *notebook.Notebook {
	for i := range n.Cells {
		rename(&n.Cells[i], i)
	}
	return n
}

// assignment writes the teacher's notebook and returns its folder.
func assignment(t *testing.T, language string) string {
	t.Helper()
	folder := t.TempDir()
	write(t, teacher(language), folder, "teacher", "99-twice.ipynb")
	return folder
}

func write(t *testing.T, n *notebook.Notebook, path ...string) string {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := notebook.WriteFile(name, n); err != nil {
		t.Fatal(err)
	}
	return name
}

func grade(t *testing.T, folder string, files []string, o Options) *Report {
	t.Helper()
	r, err := All(t.Context(), folder, files, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// without returns the report's JSON without its times.
func without(t *testing.T, r *Report) string {
	t.Helper()
	for i := range r.Submissions {
		r.Submissions[i].Seconds = 0
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestGrade(t *testing.T) {
	folder := assignment(t, "en")
	var files []string
	for i, c := range cases {
		files = append(files, write(t, c.submission, folder, "handed in", fmt.Sprint(i), "my notebook.ipynb"))
	}
	var mu sync.Mutex
	pages := map[int]string{}
	o := options()
	o.Graded = func(i int, s *Submission, feedback *notebook.Notebook) error {
		mu.Lock()
		defer mu.Unlock()
		var b bytes.Buffer
		err := page.Write(&b, feedback, page.Options{})
		pages[i] = b.String()
		return err
	}
	r := grade(t, folder, files, o)
	for i, c := range cases {
		s := r.Submissions[i]
		text, _ := json.Marshal(s)
		if s.Points != c.points || s.Max != 4 || s.State != Graded || len(s.Exercises) != 3 || s.Exercises[0].State != c.double {
			t.Errorf("%s: %g of %g points, want %g, double %s: %s", c.name, s.Points, s.Max, c.points, c.double, text)
		}
		if !strings.Contains(string(text), c.says) {
			t.Errorf("%s: nothing says %q: %s", c.name, c.says, text)
		}
		if !strings.Contains(pages[i], fmt.Sprintf("%g of 4 points", c.points)) || strings.Contains(pages[i], "double(given)") {
			t.Errorf("%s: the page of feedback lacks the points or shows a hidden check", c.name)
		}
	}
	if !testing.Short() {
		o.Parallel, o.Graded = 1, nil
		if again := grade(t, folder, files, o); without(t, again) != without(t, r) {
			t.Errorf("graded again, the result is another:\n%s\n%s", without(t, r), without(t, again))
		}
	}
}

func TestTimeouts(t *testing.T) {
	folder := assignment(t, "en")
	flood := "func double(x int) int { for { fmt.Println(x) } }"
	files := []string{
		write(t, submit(change{"double": endless}), folder, "s", "endless.ipynb"),
		write(t, submit(change{"double": flood}), folder, "s", "flood.ipynb"),
		write(t, submit(change{"given": "for {\n}"}), folder, "s", "given.ipynb"),
	}
	o := options()
	o.Cell = 4 * time.Second
	for i, s := range grade(t, folder, files, o).Submissions {
		if want := []string{Late, Late, Error}[i]; s.Exercises[0].State != want || s.Points != 2 {
			t.Errorf("%s: %+v", s.Submission, s)
		}
	}
	o.Cell, o.Total = time.Minute, 3*time.Second
	s := grade(t, folder, files[:1], o).Submissions[0]
	if s.State != OutOfTime || s.Points != 0 || s.Exercises[2].State != NotRun || s.Reason == "" {
		t.Errorf("out of time: %+v", s)
	}
}

// TestMemory holds that a submission is stopped at the limit that the grader sets.
func TestMemory(t *testing.T) {
	t.Setenv("CONVNOTES_MEMORY", "400MiB")
	folder := assignment(t, "en")
	hog := "var keep [][]byte\nfunc double(x int) int {\n\tfor {\n\t\tb := make([]byte, 1<<24)\n\t\tfor i := 0; i < len(b); i += 4096 {\n\t\t\tb[i] = 1\n\t\t}\n\t\tkeep = append(keep, b)\n\t}\n}"
	s := grade(t, folder, []string{write(t, submit(change{"double": hog}), folder, "hog.ipynb")}, options()).Submissions[0]
	if s.Points != 2 || !strings.Contains(s.Exercises[0].Reason, "its limit is 400 MiB") {
		t.Errorf("%+v", s)
	}
}

func TestUnreadable(t *testing.T) {
	folder := assignment(t, "zh")
	broken := filepath.Join(folder, "broken.ipynb")
	if err := os.WriteFile(broken, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, submit(nil), folder, "two", "a.ipynb")
	write(t, submit(nil), folder, "two", "b.ipynb")
	files := []string{broken, filepath.Join(folder, "none.ipynb"), filepath.Join(folder, "two"), t.TempDir()}
	for _, s := range grade(t, folder, files, options()).Submissions {
		if s.State != Unreadable || s.Points != 0 || s.Max != 4 || len(s.Exercises) != 3 || s.Reason == "" || strings.Contains(s.Reason, folder) {
			t.Errorf("%+v", s)
		}
	}
}

// TestReasons holds what is said of files that are no notebooks, and that a byte
// order mark is no reason.
func TestReasons(t *testing.T) {
	folder := assignment(t, "en")
	whole, err := os.ReadFile(write(t, submit(nil), folder, "whole.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"":                       "the file is empty",
		string(whole[:100]):      "the file breaks off",
		"homework":               "its content is not JSON",
		`{"a": 1}`:               "not a notebook",
		"\ufeff" + string(whole): "",
	} {
		file := filepath.Join(folder, "s.ipynb")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s := grade(t, folder, []string{file}, options()).Submissions[0]
		if !strings.Contains(s.Reason, want) || (s.State == Graded) != (want == "") {
			t.Errorf("%.20q: %s, %q; want %q", text, s.State, s.Reason, want)
		}
	}
}

// TestOldFormats grades notebooks of other versions of the format: 4.0, which has
// no ids, is graded like any, and of version 3 is said what to do.
func TestOldFormats(t *testing.T) {
	folder := assignment(t, "en")
	var b bytes.Buffer
	if err := notebook.Write(&b, submit(nil)); err != nil {
		t.Fatal(err)
	}
	var four map[string]any
	if err := json.Unmarshal(b.Bytes(), &four); err != nil {
		t.Fatal(err)
	}
	four["nbformat_minor"] = 0
	for _, c := range four["cells"].([]any) {
		delete(c.(map[string]any), "id")
	}
	old, _ := json.Marshal(four)
	three := `{"nbformat":3,"nbformat_minor":0,"metadata":{"name":""},"worksheets":[{"cells":[{"cell_type":"code","input":"x","language":"go","outputs":[]}]}]}`
	files := []string{filepath.Join(folder, "four.ipynb"), filepath.Join(folder, "three.ipynb")}
	for i, text := range []string{string(old), three} {
		if err := os.WriteFile(files[i], []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := grade(t, folder, files, options()).Submissions
	if s[0].State != Graded || s[0].Points != 4 {
		t.Errorf("4.0: %+v", s[0])
	}
	if s[1].State != Unreadable || s[1].Points != 0 || !strings.Contains(s[1].Reason, "open and save it in JupyterLab") {
		t.Errorf("3: %+v", s[1])
	}
}

// TestFolder grades a folder whose notebook reads a file beside it, and holds
// that the folder stays as it was.
func TestFolder(t *testing.T) {
	folder := assignment(t, "zh")
	n := submit(change{"double": "text, _ := os.ReadFile(\"two.txt\")\nos.WriteFile(\"two.txt\", nil, 0o644)\nos.WriteFile(\"new\", nil, 0o644)\nfunc double(x int) int { return x * len(text) }"})
	write(t, n, folder, "alice", "99-twice.ipynb")
	write(t, submit(nil), folder, "alice", "scratch.ipynb")
	two := filepath.Join(folder, "alice", "two.txt")
	if err := os.WriteFile(two, []byte("ab"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := grade(t, folder, []string{filepath.Join(folder, "alice")}, options()).Submissions[0]
	if s.Points != 4 || s.Language != "zh" || s.Exercises[0].Checks[0].Title != "结果的值" {
		t.Errorf("%+v", s)
	}
	if text, _ := os.ReadFile(two); string(text) != "ab" {
		t.Errorf("grading changed the submission: %q", text)
	}
	if _, err := os.Stat(filepath.Join(folder, "alice", "new")); err == nil {
		t.Error("grading left a file in the submission")
	}
}

func TestTroubleOfTheGrader(t *testing.T) {
	folder := assignment(t, "en")
	file := write(t, submit(nil), folder, "s.ipynb")
	o := options()
	for _, worker := range [][]string{{os.Args[0], "broken", "worker"}, {filepath.Join(folder, "none")}} {
		o.Worker = worker
		if _, err := All(t.Context(), folder, []string{file, file}, o); !errors.Is(err, ErrWorker) {
			t.Errorf("%q: error %v", worker, err)
		}
	}
	if _, err := All(t.Context(), t.TempDir(), nil, o); err == nil || !strings.Contains(err.Error(), "lessons release") {
		t.Errorf("no assignment: error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := All(ctx, folder, []string{file}, options()); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: error %v", err)
	}
}

// FuzzMerge holds that whatever is handed in, every check of the teacher's runs
// once and as the teacher wrote it. It runs no cell and writes no page, which
// packages execute and page fuzz themselves.
func FuzzMerge(f *testing.F) {
	for _, c := range cases {
		var b bytes.Buffer
		if err := notebook.Write(&b, c.submission); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"raw","id":"double-check","metadata":{"nbgrader":3},"source":""},{"cell_type":"code","id":"own-1","metadata":{"convnotes":{"kind":"check"}},"source":"x"}]}`))
	a := newAssignment("99-twice", teacher("en"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if n, err := notebook.Read(bytes.NewReader(text)); err == nil {
			holdsMerge(t, a, n)
		}
	})
}

// FuzzMergeEdits is FuzzMerge for what a student can do to the cells in a front
// end: two bytes are one edit of one cell.
func FuzzMergeEdits(f *testing.F) {
	f.Add([]byte("a0b1c2d3e4f5g6h7"))
	a, handedOut := newAssignment("99-twice", teacher("en")), submit(nil)
	f.Fuzz(func(t *testing.T, edits []byte) {
		n := notebook.New()
		n.Metadata, n.Cells = handedOut.Metadata, slices.Clone(handedOut.Cells)
		for ; len(edits) > 1 && len(n.Cells) > 0; edits = edits[2:] {
			edit(n, int(edits[0]), int(edits[1])%len(n.Cells))
		}
		holdsMerge(t, a, n)
	})
}

// edit deletes, doubles, moves or changes a cell.
func edit(n *notebook.Notebook, what, at int) {
	c := &n.Cells[at]
	switch what % 8 {
	case 0:
		n.Cells = slices.Delete(n.Cells, at, at+1)
	case 1:
		n.Cells = slices.Insert(n.Cells, at, *c)
	case 2:
		other := (at + what/8) % len(n.Cells)
		n.Cells[at], n.Cells[other] = n.Cells[other], n.Cells[at]
	case 3:
		c.Type = []string{notebook.Code, notebook.Markdown, "raw"}[what/8%3]
	case 4:
		c.ID = n.Cells[(at+what/8)%len(n.Cells)].ID
	case 5:
		c.Source = n.Cells[(at+what/8)%len(n.Cells)].Source
	case 6:
		c.Source += "\nx := 1"
	case 7:
		c.Metadata = map[string]any{"nbgrader": map[string]any{"grade_id": n.Cells[(at+what/8)%len(n.Cells)].ID}}
	}
}

func holdsMerge(t *testing.T, a Assignment, n *notebook.Notebook) {
	t.Helper()
	m := merge(a, n)
	ids, checks := map[string]bool{}, 0
	for _, c := range m.cells {
		if ids[c.ID] {
			t.Errorf("two cells %s", c.ID)
		}
		ids[c.ID] = true
		if c.kind != "check" {
			continue
		}
		checks++
		if own := a.Notebook.Cells[c.teacher]; c.Source != own.Source || c.ID != own.ID || !c.runs() {
			t.Errorf("check %s is\n%s", c.ID, c.Source)
		}
	}
	if checks != 3 {
		t.Errorf("%d checks", checks)
	}
	if s := m.result("", make([]ranCell, len(m.cells))); s.Points != 0 || s.Max != a.max() || len(m.feedback(s).Cells) != len(m.cells)+1 {
		t.Errorf("without outputs: %+v", s)
	}
}
