package source

import (
	"os"
	"strings"
	"testing"
)

func sample(t testing.TB) string {
	text, err := os.ReadFile("testdata/sample.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestParse(t *testing.T) {
	l, err := Parse(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if l.Version != 3 || l.Minutes != 20 || l.Seed != 6 {
		t.Errorf("facts = %d, %d, %d; want 3, 20, 6", l.Version, l.Minutes, l.Seed)
	}
	if got := l.Title(); got != (Text{"Sums", "求和"}) {
		t.Errorf("Title = %v", got)
	}
	var kinds []string
	for _, b := range l.Blocks {
		kinds = append(kinds, string(b.Kind))
	}
	if got, want := strings.Join(kinds, " "), "text code text exercise hint hint check hidden choice"; got != want {
		t.Errorf("kinds = %s; want %s", got, want)
	}
	if got := strings.Join(l.Rows(), " "); got != "1.1 1.2 1.3" {
		t.Errorf("Rows = %s", got)
	}
	ex := l.Of(Exercise, "sum")[0]
	if ex.Points != 2.5 || strings.Join(ex.Forbid, " ") != "slices.Max (*cnn.Tensor).Reshape" {
		t.Errorf("exercise = %+v", ex)
	}
	q := l.Of(Choice, "sign")[0]
	if q.Answer != "b" || q.Why.ZH == "" {
		t.Errorf("choice = %+v", q)
	}
	if !strings.Contains(l.Blocks[2].Text.EN, "<!-- zh -->") {
		t.Errorf("a marker inside another fence left its text: %q", l.Blocks[2].Text.EN)
	}
}

func TestParseReportsMistakes(t *testing.T) {
	head := "<!-- en -->\n# T\n<!-- zh -->\n# 题\n"
	for _, test := range []struct{ name, text, want string }{
		{"no title", "<!-- en -->\nx\n<!-- zh -->\ny\n", "line 1: no title"},
		{"one language", head + "<!-- en -->\nonly\n", "line 5: text in one language only"},
		{"text outside", "hello\n" + head, "line 1: text outside a part"},
		{"typo in a marker", head + "<!-- eng -->\n", `line 5: unknown marker "eng"`},
		{"empty row", head + "<!-- row -->\n", "line 5: which row?"},
		{"open fence", head + "```go\nx := 1\n", "line 5: this fence is not closed"},
		{"unknown kind", head + "```go exersise f\n```\n", `line 5: unknown kind "exersise"`},
		{"no name", head + "```go check\n```\n", "line 5: check needs a name"},
		{"stray check", head + "```go check f\nf()\n```\n", `line 5: check of "f", but no exercise`},
		{"statement in a check", head + "```go exercise f points=1\n```\n```go check f\nf()\nx := 1\n```\n", "line 9: a check is a list of expressions"},
		{"broken check", head + "```go exercise f points=1\n```\n```go check f\nf(\n```\n", "line 9: expected"},
		{"no points, hint, check, hidden or solution", head + "```go exercise f\n```\n", "line 5: f has no points"},
		{"points", head + "```go exercise f points=many\n```\n", "line 5: points=many"},
		{"unknown setting", head + "```go exercise f point=1\n```\n", `line 5: exercise knows no setting "point"`},
		{"broken string", head + "```go\ny := 1\nx := \"\n```\n", "line 7: string literal not terminated"},
		{"comment in one language", head + "```go\nx := 1 // en: one\n```\n", "line 6: a comment in one language"},
		{"string in one language", head + "```go\nf(\"en: one\")\n```\n", "line 6: a string in one language"},
		{"strings with other values", head + "```go\nf(\"en: %d of %s // zh: %s\")\n```\n", "line 6: the two languages of a string take other values"},
		{"answer is no option", head + "```choice q answer=c\n<!-- en -->\n- **a** x\n<!-- zh -->\n- **a** y\n```\n", "line 5: answer=c is no option"},
		{"options differ", head + "```choice q answer=a\n<!-- en -->\n- **a** x\n- **b** x\n<!-- zh -->\n- **a** y\n```\n", "line 5: the languages offer different options"},
		{"hint in one language", head + "```go exercise f points=1\n```\n```hint f\n<!-- en -->\nx\n```\n", "line 7: hint in one language only"},
		{"name twice", head + "```go exercise f points=1\n```\n```go exercise f points=1\n```\n", `line 7: a second "f"`},
		{"name", head + "```go exercise 2f points=1\n```\n", "line 5: \"2f\": the name of an exercise is a Go identifier"},
		{"fact", "<!-- lesson version=x -->\n" + head, `line 1: "version=x"`},
	} {
		_, err := Parse(test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v; want %q", test.name, err, test.want)
		}
	}
}

func TestIn(t *testing.T) {
	for _, test := range []struct{ code, en, zh string }{
		{"x := 1 // en: one // zh: 一", "x := 1 // one", "x := 1 // 一"},
		{"x := 1 // 1×1\ny := 2", "x := 1 // 1×1\ny := 2", "x := 1 // 1×1\ny := 2"},
		{"f(\"en: loss %5.2f\\n // zh: 损失 %.2f\\n\", x)", "f(\"loss %5.2f\\n\", x)", "f(\"损失 %.2f\\n\", x)"},
		{"s := \"// en: a // zh: b\"", "s := \"// en: a // zh: b\"", "s := \"// en: a // zh: b\""},
		{"s := `\n// en: a // zh: b\n`\nt := s", "s := `\n// en: a // zh: b\n`\nt := s", "s := `\n// en: a // zh: b\n`\nt := s"},
		{"// en: see // here // zh: 见 // 此\nx := 1", "// see // here\nx := 1", "// 见 // 此\nx := 1"},
		{"// en: first // zh: 一\n// en: second // zh: 二\nf()", "// first\n// second\nf()", "// 一\n// 二\nf()"},
	} {
		if en := In(test.code, "en"); en != test.en {
			t.Errorf("In(%q, en) = %q; want %q", test.code, en, test.en)
		}
		if zh := In(test.code, "zh"); zh != test.zh {
			t.Errorf("In(%q, zh) = %q; want %q", test.code, zh, test.zh)
		}
	}
}

func TestSolvedAndStripped(t *testing.T) {
	code := "func f() int {\n\tx := 1\n\t// BEGIN SOLUTION\n\treturn x\n\t// END SOLUTION\n}"
	if got, want := Solved(code), "func f() int {\n\tx := 1\n\treturn x\n}"; got != want {
		t.Errorf("Solved = %q; want %q", got, want)
	}
	if got, want := Stripped(code, "// yours"), "func f() int {\n\tx := 1\n\t// yours\n\tpanic(\"not implemented\")\n}"; got != want {
		t.Errorf("Stripped = %q; want %q", got, want)
	}
	value := "// BEGIN SOLUTION\n// STUB k := 0\nk := 1\n// END SOLUTION\nk"
	if got, want := Solved(value), "k := 1\nk"; got != want {
		t.Errorf("Solved = %q; want %q", got, want)
	}
	if got, want := Stripped(value, "// yours"), "// yours\nk := 0\nk"; got != want {
		t.Errorf("Stripped = %q; want %q", got, want)
	}
}

func TestExpressions(t *testing.T) {
	got, err := Expressions("a(1)\n\n// b asks\n// twice\nb(func() bool {\n\treturn true\n})\nc.D")
	want := []string{"a(1)", "// b asks\n// twice\nb(func() bool {\n\treturn true\n})", "c.D"}
	if err != nil || strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("Expressions = %q, %v; want %q", got, err, want)
	}
}

// FuzzParse holds that no text breaks the parser, and that choosing a language
// never changes a token of code.
func FuzzParse(f *testing.F) {
	f.Add(sample(f))
	f.Add("```go exercise f points=1 forbid=,\n// BEGIN SOLUTION\n// END SOLUTION\n```")
	f.Add("```choice q answer=\n<!-- en -->\n<!-- why zh -->\n```")
	f.Add("<!-- en -->\n# a\n<!-- zh -->\n# b\n```go\nx := `a\r` // en: a // zh: b\r\n```")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Parse(text)
		if err != nil {
			return
		}
		for _, b := range l.Blocks {
			bare := Bare(b.Code)
			for _, language := range Languages {
				if got := Bare(In(b.Code, language)); got != bare {
					t.Errorf("code in %s: %q; want %q", language, got, bare)
				}
			}
			if HasSolution(b.Code) && strings.Contains(Stripped(b.Code, "// …"), "BEGIN SOLUTION") {
				t.Errorf("a solution survives in %q", Stripped(b.Code, "// …"))
			}
		}
	})
}
