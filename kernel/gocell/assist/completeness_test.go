package assist

import "testing"

var completeness = []struct{ source, status, indent string }{
	{"", "complete", ""},
	{"  \n", "complete", ""},
	{"// only a comment", "complete", ""},
	{"x := 1", "complete", ""},
	{"x := 1\nfmt.Println(x)", "complete", ""},
	{"fmt.Println(\"(\")", "complete", ""},
	{"func f() int { return 1 }", "complete", ""},
	{"func (p Point) Norm() float64 {\n\treturn 0\n}\n", "complete", ""},
	{"func() { fmt.Println(1) }()", "complete", ""},
	{"type T struct {\n\tA int\n}", "complete", ""},
	{"var (\n\ta = 1\n\tb = 2\n)", "complete", ""},
	{"import \"fmt\"", "complete", ""},
	{"if x > 0 {\n} else if x < 0 {\n} else {\n}", "complete", ""},
	{"for i := range 10 {\n}", "complete", ""},
	{"for ; ; {\n\tbreak\n}", "complete", ""},
	{"switch x := y.(type) {\ncase int:\n}", "complete", ""},
	{"i++", "complete", ""},
	{"return 1", "complete", ""},
	{"package main\n\nfunc main() {}\n", "complete", ""},
	{"x := T{1, 2}; y := x", "complete", ""},
	{"s := `raw\n% not a magic\n!no`", "complete", ""},
	{"图 := \"卷积核\"", "complete", ""},
	{"Map[int, string](xs, func(i int) string { return \"\" })", "complete", ""},

	{"func f() {", "incomplete", "\t"},
	{"func f() {\n\tif x {", "incomplete", "\t\t"},
	{"func f() {\n\tif x {\n\t}", "incomplete", "\t"},
	{"fmt.Println(1,", "incomplete", "\t"},
	{"f(func() {", "incomplete", "\t"},
	{"x := []int{\n\t1,", "incomplete", "\t"},
	{"x := 1 +", "incomplete", "\t"},
	{"x :=", "incomplete", "\t"},
	{"x.", "incomplete", "\t"},
	{"a, ", "incomplete", "\t"},
	{"s := `raw", "incomplete", ""},
	{"/* comment", "incomplete", ""},
	{"if x {\n} else", "incomplete", "\t"},
	{"for", "incomplete", "\t"},
	{"func", "incomplete", "\t"},
	{"type T struct {", "incomplete", "\t"},
	{"import (", "incomplete", "\t"},
	{"switch x {\ncase 1:", "incomplete", "\t"},
	{"x := T{\n\tA: 1, // one", "incomplete", "\t"},
	{"ok := a &&\n", "incomplete", "\t"},

	{"x := )", "invalid", ""},
	{"f(]", "invalid", ""},
	{"}", "invalid", ""},
	{"x = \"text", "invalid", ""},
	{"x := 'ab", "invalid", ""},
	{"x ? y : z", "invalid", ""},
	{"func f( {\n\tx := 1", "invalid", ""},
	{"func 1() {}", "invalid", ""},
	{"if x", "invalid", ""},
	{"x := 1 2", "invalid", ""},
	{"else {}", "invalid", ""},
	{"if x {\n}\nelse {\n}", "invalid", ""},
	{"x := 1\nfor for {\n\ty(", "invalid", ""},
	{"for i := range 10\n", "invalid", ""},
	{"print（1）", "invalid", ""},

	{"%help", "complete", ""},
	{"%time f(1", "incomplete", "\t"},
	{"%time f(1)", "complete", ""},
	{"%%time", "incomplete", ""},
	{"%%time\nfor {", "incomplete", "\t"},
	{"%%time\nf()", "complete", ""},
	{"%%writefile a.txt", "incomplete", ""},
	{"%%writefile a.txt\nfor {", "incomplete", ""},
	{"%%writefile a.txt\nfor {\n", "complete", ""},
	{"!ls (", "complete", ""},
	{"x := 1\n!echo \"it's", "complete", ""},
	{"i++\n!ls '", "complete", ""},
	{"f(a,\n!b)", "complete", ""},
	{"fmt.Println?", "complete", ""},
	{"?fmt.Println", "complete", ""},
	{"fmt.Println??", "complete", ""},
}

func TestIsComplete(t *testing.T) {
	for _, c := range completeness {
		if status, indent := IsComplete(c.source); status != c.status || indent != c.indent {
			t.Errorf("%q: %s %q, want %s %q", c.source, status, indent, c.status, c.indent)
		}
	}
}

func FuzzIsComplete(f *testing.F) {
	for _, c := range completeness {
		f.Add(c.source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		switch status, indent := IsComplete(source); {
		case status != "complete" && status != "incomplete" && status != "invalid":
			t.Fatalf("status %q", status)
		case status != "incomplete" && indent != "":
			t.Fatalf("%s with an indent", status)
		}
	})
}
