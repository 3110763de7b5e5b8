package gocell_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
)

func setLanguage(t *testing.T, lang string) {
	old := display.Language()
	display.SetLanguage(lang)
	t.Cleanup(func() { display.SetLanguage(old) })
}

// shown is what a cell's result or error shows to a person.
func shown(t *testing.T, s *session, source string) string {
	s.cells++
	v, err := s.engine.Eval(t.Context(), source, &output{count: s.cells})
	if e, ok := err.(kernel.CellError); ok {
		return e.Name() + "\n" + strings.Join(e.Traceback(), "\n")
	}
	return fmt.Sprint(v, err)
}

// texts completes at the end of the code.
func texts(e *gocell.Engine, code string) (all []string) {
	for _, item := range e.Complete(code, len(code)).Items {
		all = append(all, item.Text)
	}
	return all
}

func TestCompleteKnowsEarlierCells(t *testing.T) {
	s := newSession()
	for _, cell := range []string{
		"type Grid struct { Rows, Cols int }\nfunc (g *Grid) Area() int { return g.Rows * g.Cols }",
		"grid := &Grid{2, 3}\nimage := cnn.Zeros(28, 28)",
		"import str \"strings\"",
	} {
		if _, rest := s.run(t.Context(), cell); rest != "" {
			t.Fatal(rest)
		}
	}
	for _, c := range []struct{ code, want string }{
		{"gri", "grid Grid"},
		{"grid.", "Area Cols Rows"},
		{"Grid{Rows: 1, C", "Cols: …"},
		{"fmt.Printl", "Println"},
		{"str.Repea", "Repeat"},
		{"image.Resh", "Reshape"},
		{"func f() {\n\tw := grid.A", "Area"},
		{"import \"math/ra", "math/rand\" math/rand/v2\""},
		{"fmt.Pri", "Print Printf Println"},
	} {
		got := strings.Join(texts(s.engine, c.code), " ")
		if want, more := strings.CutSuffix(c.want, "…"); got != want && !(more && strings.HasPrefix(got, want)) {
			t.Errorf("%s: %s, want %s", c.code, got, c.want)
		}
	}
	for _, item := range s.engine.Complete("imag", 4).Items {
		if item.Text == "image" && item.Signature != "*cnn.Tensor 28×28" {
			t.Errorf("a tensor shows as %q", item.Signature)
		}
	}
}

func TestInspectShowsValueAndCell(t *testing.T) {
	s := newSession()
	s.run(t.Context(), "// half returns x/2.\n// It rounds down.\nfunc half(x int) int { return x / 2 }\nimage := cnn.Zeros(2, 3)")
	for _, c := range []struct {
		code  string
		holds []string
	}{
		{"half", []string{"func half(x int) int", "half returns x/2. It rounds down.", "Declared in cell: 1"}},
		{"image", []string{"var image *cnn.Tensor", "Shape: 2×3", "Value"}},
		{"cnn.CrossCorrelate(", []string{"func cnn.CrossCorrelate(x, k *cnn.Tensor", "slides"}},
		{"strings.Builder", []string{"type strings.Builder struct", "A Builder is used to"}},
		{"var b strings.Builder; b.WriteString", []string{"func (*strings.Builder).WriteString(s string) (int, error)", "appends"}},
	} {
		doc, found := s.engine.Inspect(c.code, len(c.code), 0)
		text, _ := doc.Data["text/plain"].(string)
		for _, part := range c.holds {
			if !found || !strings.Contains(text, part) {
				t.Errorf("%s: no %q in\n%s", c.code, part, text)
			}
		}
		if doc.Data["text/markdown"] == "" {
			t.Errorf("%s: no Markdown", c.code)
		}
	}
}

// A String method that never ends does not take help with it.
func TestInspectOfEndlessString(t *testing.T) {
	needsThreads(t)
	s := newSession()
	s.run(t.Context(), "type Bad int\nfunc (Bad) String() string { for {} }\nbad := Bad(1)")
	start := time.Now()
	if _, found := s.engine.Inspect("bad", 3, 0); !found || time.Since(start) > 20*time.Second {
		t.Errorf("found %v after %v", found, time.Since(start))
	}
	if _, rest := s.run(t.Context(), "1 + 1"); rest != "=> 2\n" {
		t.Errorf("afterwards: %s", rest)
	}
}

func TestCompleteWhileACellRuns(t *testing.T) {
	needsThreads(t)
	s := newSession()
	s.run(t.Context(), "counter := 1")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.run(ctx, "for { counter++ }"); close(done) }()
	for range 50 {
		texts(s.engine, "coun")
		s.engine.Inspect("counter", 7, 0)
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
	if got := texts(s.engine, "coun"); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

func TestErrorsAreExplained(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	setLanguage(t, "zh")
	s := newSession()
	s.run(t.Context(), "type Conv struct { Weight float64 }\nvar conv Conv\nimage := 1")
	for _, c := range []struct{ cell, holds string }{
		{"conv.Wieght = 1", "是不是想写 Weight？"},
		{"fmt.Pritnln(1)", "是不是想写 Println？"},
		{"imgae", "是不是想写 image？"},
		{"func f(width int) int { return widht }", "是不是想写 width？"},
		{"type Pool struct { Size int }\nPool{}.Szie", "是不是想写 Size？"},
		{"x := 1 +* 2 )", "第 1 行"},
		{"var m map[string]int\nm[\"a\"] = 1", "请先创建"},
		{"s := []int{1}\nfor i := 0; i <= 1; i++ { s[i] = 0 }", "常见原因是循环条件"},
	} {
		if rest := shown(t, s, c.cell); !strings.Contains(rest, c.holds) {
			t.Errorf("%s: no %q in\n%s", c.cell, c.holds, rest)
		}
	}
}

// TestOldTypesAreExplained uses values of a type that was declared again since.
func TestOldTypesAreExplained(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	s := newSession()
	s.run(t.Context(), "type Net struct{ A int }\nnet := Net{1}\nvar kept any = net")
	s.run(t.Context(), "type Net struct{ A, B int }\nfunc width(n *Net) int { return n.B }")
	for _, c := range []struct{ cell, says string }{
		{"width(&net)", "*Net (cell 1)) as *Net (cell 2) value"},
		{"net = Net{1, 2}", "type Net (cell 2)) as Net (cell 1) value"},
		{"net == Net{}", "mismatched types Net (cell 1) and Net (cell 2)"},
		{"Net(net)", "type Net (cell 1)) to type Net (cell 2)"},
		{"net.B", "net.B undefined (type Net (cell 1) has no"},
		{"kept.(Net)", "types from different scopes"},
	} {
		for lang, advice := range map[string]string{
			"en": "Net was declared again, and a value made before keeps the old type; run again the cell that made it.",
			"zh": "Net 重新声明过，而之前创建的值仍属于旧类型；请重新运行创建该值的单元格。",
		} {
			setLanguage(t, lang)
			if rest := shown(t, s, c.cell); !strings.Contains(rest, c.says) || !strings.HasSuffix(rest, "\n  "+advice) {
				t.Errorf("%s: no %q or advice in\n%s", c.cell, c.says, rest)
			}
		}
	}
}

func TestMagics(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	t.Chdir(t.TempDir())
	s := newSession()
	for _, c := range []struct{ cell, printed, rest string }{
		{"%help", "%%writefile FILE", ""},
		{"%who", "No cell has declared", ""},
		{"x := 20\n%time y := x + 1\ny * 2", "time: ", "=> 42"},
		{"%%time\nx + 1", "time: ", "=> 21"},
		{"%who", "x     3     int   20", ""},
		{"%bench x * 2", " runs, each ", ""},
		{"%%writefile sub/notes.txt\n%not a magic\n{", "sub/notes.txt: 14 bytes written", ""},
		{"!cat sub/notes.txt", "%not a magic\n{", ""},
		{"!exit 3", "", "exit status 3"},
		{"%tme x", "", "there is no magic %tme; did you mean %time?"},
		{"x := 1\n\n%time undefinedName()", "", "3:7: undefined: undefinedName"},
		{"noSuchName?", "", "nothing is known of noSuchName"},
		{"%goroutines", "No goroutine is running.", ""},
		{"ch := make(chan int)\ngo func() { <-ch }()", "", ""},
		{"%goroutines", "go func() { <-ch }()", ""},
		{"z := 1", "", ""},
		{"z?", "", ""},
		{"%goroutines stop", "1 stopped, 0 left", ""},
		{"%goroutines", "No goroutine is running.", ""},
		{"%reset", "names forgotten", ""},
		{"x", "", "undefined: x"},
	} {
		switch {
		case runtime.GOOS == "js" && c.cell[0] == '!':
			c.printed, c.rest = "", "there is no shell in the browser"
		case runtime.GOOS == "windows" && strings.HasPrefix(c.cell, "!cat"):
			continue
		}
		printed, rest := s.run(t.Context(), c.cell)
		if !strings.Contains(printed, c.printed) || !strings.Contains(rest, c.rest) || c.rest == "" && rest != "" {
			t.Errorf("%s: printed\n%s\nrest\n%s", c.cell, printed, rest)
		}
	}
	if _, err := os.Stat(filepath.Join("sub", "notes.txt")); err != nil {
		t.Error(err)
	}
}

func TestQuestionMarkPages(t *testing.T) {
	e := gocell.New(symbols.Packages)
	out := &paged{}
	if _, err := e.Eval(t.Context(), "fmt.Println??", out); err != nil {
		t.Fatal(err)
	}
	if text, _ := out.page.Data["text/plain"].(string); !strings.Contains(text, "func fmt.Println(a ...any) (n int, err error)") {
		t.Errorf("%q", text)
	}
}

type paged struct {
	output
	page display.Bundle
}

func (p *paged) Page(b display.Bundle) { p.page = b }

func TestNamesOutliveARestart(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	file := filepath.Join(t.TempDir(), "names")
	run := func(cells ...string) (rest string) {
		s := &session{engine: gocell.New(symbols.Packages, gocell.RememberIn(file))}
		for _, cell := range cells {
			rest = shown(t, s, cell)
		}
		return rest
	}
	run("x := 1", "lenet := 2")
	for range 2 { // a second restart forgets nothing
		if rest := run("lenet + 1"); !strings.Contains(rest, "cell 2 defined lenet before the restart") {
			t.Errorf("%s", rest)
		}
	}
	if err := os.WriteFile(file, []byte("broken"), 0o666); err != nil {
		t.Fatal(err)
	}
	if rest := run("lenet + 1"); strings.Contains(rest, "before the restart") {
		t.Errorf("%s", rest)
	}
}

func TestRegisteredMagic(t *testing.T) {
	e := gocell.New(symbols.Packages)
	var got string
	e.RegisterMagic("%lesson", func(args string, _ kernel.Output) error {
		got = args
		if args == "" {
			return errors.New("which lesson?")
		}
		return nil
	})
	v, err := e.Eval(t.Context(), "%lesson 06 zh\n1 + 1", &output{})
	if err != nil || got != "06 zh" || v != 2 {
		t.Errorf("%q %v %v", got, v, err)
	}
	if _, err = e.Eval(t.Context(), "%lesson", &output{}); err == nil || err.Error() != "which lesson?" {
		t.Error(err)
	}
}

func TestInterruptedCommandEnds(t *testing.T) {
	needsProcess(t)
	if runtime.GOOS == "windows" {
		t.Skip("sleep is a command of Unix")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(kernel.ErrInterrupted) })
	_, err := gocell.New(symbols.Packages).Eval(ctx, "!sleep 60", &output{})
	if !errors.Is(err, kernel.ErrInterrupted) {
		t.Error(err)
	}
}
