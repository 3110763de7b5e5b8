package assist

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseMagic(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{"x := 1\ny := 2", `1 go "x := 1\ny := 2"`},
		{"", ""},
		{"\n\n", ""},
		{"%help", `1 %help ""`},
		{"x := 1\n%time f(x)\ny := 2", `1 go "x := 1"; 2 %time "f(x)" at 7; 3 go "y := 2"`},
		{"  %time  f(x)", `1 %time "f(x)" at 10`},
		{"%%time\nfor {\n}", `1 %%time "" body "for {\n}"`},
		{"\n%%writefile notes/a.txt\n%not a magic\n", `2 %%writefile "notes/a.txt" body "%not a magic\n"`},
		{"!ls -l | head", `1 ! "ls -l | head"`},
		{"x := `a\n%who\n`", `1 go "x := ` + "`a\\n%who\\n`" + `"`},
		{"/*\n!ls\n*/", `1 go "/*\n!ls\n*/"`},
		{"f(\n!ok)", `1 go "f(\n!ok)"`},
		{"ok = a ||\n!b", `1 go "ok = a ||\n!b"`},
		{"x++\n!ls", `1 go "x++"; 2 ! "ls"`},
		{"fmt.Println?", `1 ? "fmt.Println"`},
		{"图像??", `1 ? "图像" more`},
		{"?x", `1 ? "x"`},
		{"%goroutines", `1 %goroutines ""`},
		{"%goroutines stop", `1 %goroutines "stop"`},
		{"%tme f()", `error 1: there is no magic %tme; did you mean %time?`},
		{"%qqqqq", `error 1: there is no magic %qqqqq; %help lists them`},
		{"x := 1\n%%time\nf()", `error 2: %%time takes a whole cell: write it on the first line`},
		{"%time", `error 1: %time needs something after it: %time STATEMENT`},
		{"!", `error 1: ! needs something after it: !COMMAND`},
	} {
		if got := describeParts(Magics.ParseMagic(c.cell, "en")); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.cell, got, c.want)
		}
	}
}

func describeParts(parts []Part, err error) string {
	var magic *MagicError
	if errors.As(err, &magic) {
		return fmt.Sprintf("error %d: %s", magic.Line, magic.Text)
	}
	var all []string
	for _, p := range parts {
		text := fmt.Sprintf("%d go %q", p.Line, p.Code)
		if p.Magic.Name != "" {
			text = fmt.Sprintf("%d %s %q", p.Line, p.Magic.Name, p.Args)
			if p.Magic.Code {
				text += fmt.Sprintf(" at %d", p.Col)
			}
			if p.Body != "" {
				text += fmt.Sprintf(" body %q", p.Body)
			}
			if p.More {
				text += " more"
			}
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func TestHelpListsEveryMagic(t *testing.T) {
	table := Magics.With("%lesson", "NUMBER LANGUAGE", "begin a lesson", "开始一课")
	for _, lang := range []string{"en", "zh"} {
		help := table.Help(lang)
		for _, m := range table {
			if !strings.Contains(help, m.usage()) || !strings.Contains(help, m.Summary(lang)) {
				t.Errorf("%s: no %s in\n%s", lang, m.Name, help)
			}
		}
	}
	if _, ok := Magics.Lookup("%lesson"); ok {
		t.Error("With changed the table it was called on")
	}
}

func ExampleTable_Help() {
	fmt.Print(Magics.Help("en"))
	// Output:
	// A cell holds Go. These lines are commands to the notebook:
	//
	//   %help                    this list
	//   %time STATEMENT          run a statement and show how long it took
	//   %%time                   run the cell and show how long it took
	//   %bench STATEMENT         run a statement many times: time and memory of one run
	//   %who                     list the names that cells declared, with type and value
	//   %reset                   forget everything that cells declared
	//   %goroutines [stop]       list the goroutines that cells left running, or stop them
	//   %%writefile FILE         write the rest of the cell to a file
	//   !COMMAND                 run a command of the system's shell
	//   NAME?                    show what a name is: NAME? or NAME?? for more
	//
	// Tab completes a name, Shift-Tab shows what it is. The last expression of a cell is shown.
	// A line that starts with ! is a command; for Go's not write (!done).
}

func FuzzParseMagic(f *testing.F) {
	for _, seed := range []string{"x := 1\n%time f(x)\ny", "%%writefile a\nb", "!ls", "a?", "`\n%x\n`", "/*\n!", "%", "%%", "?", "??", "\"\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		parts, err := Magics.ParseMagic(cell, "zh")
		if err != nil && len(parts) > 0 {
			t.Fatal("parts beside an error")
		}
		for _, p := range parts {
			if p.Line < 1 || p.Line > strings.Count(cell, "\n")+1 {
				t.Fatalf("line %d of %q", p.Line, cell)
			}
		}
		if masked := goOnly(cell); len(masked) != len(cell) {
			t.Fatalf("masking %q changes its length", cell)
		}
	})
}
