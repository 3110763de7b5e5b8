package assist

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// mistakes are programs with one error each, the code that go/types gives it,
// and imports where they need any.
var mistakes = []struct {
	code   int
	source string
}{
	{4, "import \"fmt\"\nvar x = fmt"},
	{6, "import \"example.org/none\"\nvar x = none.X"},
	{8, "import \"fmt\""},
	{9, "var a = b\nvar b = a"},
	{10, "func f() { x := 1; var x int; _ = x }"},
	{11, "type T struct { a int; t T }"},
	{13, "func f() int { return 1 }\nconst c = f()"},
	{15, "const c []int = nil"},
	{16, "func f() { x := nil; _ = x }"},
	{17, "func g() (int, error) { return 0, nil }\nfunc f() { x := g(); _ = x }"},
	{17, "func f() { a, b := 1, 2, 3; _, _ = a, b }"},
	{18, "func f() { s := \"abc\"; s[0] = 'x' }"},
	{18, "func f() { 1 = 2 }"},
	{19, "func f() { x := 1; x := 2; _ = x }"},
	{21, "type Layer interface { Forward(x float64) float64 }\ntype Conv struct{}\nvar l Layer = Conv{}"},
	{21, "type Layer interface { Forward(x float64) float64 }\ntype Conv struct{}\nfunc (c *Conv) Forward(x float64) float64 { return x }\nvar l Layer = Conv{}"},
	{23, "func f(n int) float64 { return n }"},
	{23, "var s string = 1"},
	{23, "func f(s string) int { return s }"},
	{23, "func f(n int) string { return n }"},
	{23, "func f(x float64) []float64 { return x }"},
	{23, "var x int = nil"},
	{23, "type T struct{}\nfunc f(t T) *T { return t }"},
	{24, "type P struct { X int }\nfunc f(m map[string]P) { m[\"a\"].X = 1 }"},
	{25, "var x = 1\nvar y x"},
	{26, "func f(n int) { var a [n]int; _ = a }"},
	{28, "var m map[[]int]string"},
	{32, "func (i int) Double() int { return 2 * i }"},
	{33, "type T struct { Sum int }\nfunc (T) Sum() {}"},
	{34, "type T struct{}\nfunc (T) M() {}\nfunc (T) M() {}"},
	{35, "func f() { x := _; _ = x }"},
	{41, "func g() (int, int) { return 1, 2 }\nfunc f() { _ = g() + 1 }"},
	{42, "func f() { x := int; _ = x }"},
	{43, "var i int = 1.5"},
	{44, "var b uint8 = 300"},
	{45, "var b = !1"},
	{45, "func f(s string) { _ = -s }"},
	{45, "func f(a, b []int) bool { return a == b }"},
	{46, "func f(a int, b float64) float64 { return a * b }"},
	{46, "func f(n int) string { return \"n = \" + n }"},
	{46, "type A struct{}\ntype B struct{}\nfunc f(a A, b B) bool { return a == b }"},
	{47, "var x = 1 / 0"},
	{48, "func f(s string) { s++ }"},
	{49, "var p = &1"},
	{50, "func f(n int) { _ = *n }"},
	{51, "func f(n int) { _ = n[0] }"},
	{52, "var a = [3]int{1, 2, 3}\nvar x = a[3]"},
	{52, "func f(s []int) { _ = s[-1] }"},
	{52, "func f(s []int, x float64) { _ = s[x] }"},
	{53, "func f(s []int) { _ = s[3:1] }"},
	{54, "func f(n int) { _ = n[1:] }"},
	{57, "func f(x float64) { _ = x << 1 }"},
	{58, "func f(n int) { <-n }"},
	{59, "func f(n int) { n <- 1 }"},
	{60, "var m = map[string]int{\"a\": 1, \"a\": 2}"},
	{61, "var m = map[string]int{1}"},
	{64, "type P struct { X, Y int }\nvar p = P{X: 1, 2}"},
	{65, "type P struct { X, Y int }\nvar p = P{1}"},
	{66, "type P struct { X, Y int }\nvar p = P{Z: 1}"},
	{67, "type P struct { X, Y int }\nvar p = P{X: 1, X: 2}"},
	{71, "var x = int{1}"},
	{72, "type A struct { N int }\ntype B struct { N int }\ntype C struct { A; B }\nfunc f(c C) { _ = c.N }"},
	{73, "import \"fmt\"\nvar x = fmt.Prinln"},
	{74, "import \"example.org/cnn\"\nvar w = cnn.window{}"},
	{75, "func f() { total = 1 }"},
	{76, "type Conv struct { Weight float64 }\nfunc f(c Conv) { _ = c.Wieght }"},
	{76, "type Conv struct { Weight float64 }\nfunc f(c Conv) { _ = c.weight }"},
	{78, "func g(n int) {}\nfunc f(s []int) { g(s...) }"},
	{82, "var f = len"},
	{83, "func f(n int) { _ = append(n, 1) }"},
	{85, "func f(n int) { close(n) }"},
	{86, "func f(n int) { copy(n, n) }"},
	{88, "func f(s []int) { delete(s, 1) }"},
	{90, "func f(n int) { _ = len(n) }"},
	{91, "var s = make([]int, 3, 1)"},
	{92, "var x = make(int)"},
	{94, "func f(n int) { _ = n.(int) }"},
	{95, "type I interface { M() }\nfunc f(i I) { _ = i.(int) }"},
	{96, "func f(s string) { _ = float64(s) }"},
	{100, "func f(n int) { n + 1 }"},
	{101, "func f() { x := 1 }"},
	{102, "func f() int { for i := range 3 { _ = i } }"},
	{103, "func f() (int, error) { return 1 }"},
	{103, "func f() { return 1 }"},
	{105, "func f(n int) { if n { } }"},
	{109, "func f(x float64) { for range x { } }"},
	{110, "func f() { break }"},
	{111, "func f() { continue }"},
	{112, "func f() { fallthrough }"},
	{113, "func f(n int) { switch n { case 1: case 1: } }"},
	{114, "func f(n int) { switch n { default: default: } }"},
	{115, "func f(x any) { _ = x.(type) }"},
	{119, "func f() { goto done }"},
	{121, "func f() { a: f(); for { break a } }"},
	{122, "func f() { a: for { } }"},
	{123, "func f() { goto a; x := 1; a: _ = x }"},
	{124, "func f() { goto a; { a: } }"},
	{126, "func g(a, b int) {}\nfunc f() { g(1) }"},
	{126, "func g(a, b int) {}\nfunc f() { g(1, 2, 3) }"},
	{127, "func f(n int) { n(2) }"},
	{100, "func f(s []int) { append(s, 1) }"},
	{128, "func f(s []int) { defer append(s, 1) }"},
	{129, "func f() { defer int(1) }"},
	{130, "func f() { go int(1) }"},
	{132, "func f() { a, a := 1, 2 }"},
	{136, "type T struct{}\nvar t T[int]"},
	{137, "type P[K, V any] struct{}\nvar p P[int]"},
	{138, "func New[T any]() T { var t T; return t }\nvar x = New()"},
	{139, "type Number interface { ~int | ~float64 }\nfunc Sum[T Number](xs ...T) {}\nfunc f() { Sum(\"a\") }"},
	{142, "type Number interface { ~int | ~float64 }\nvar n Number"},
	{148, "func f(n int) { clear(n) }"},
	{150, "func f(a, b []int) { _ = min(a, b) }"},
}

// slips are sources that do not parse.
var slips = []string{
	"var s = \"text",
	"var r = 'text'",
	"/* comment",
	"func f() { print（1） }",
	"func f() { print(“a”) }",
	"# comment",
	"func f(a bool) { x := a ? 1 : 2 }",
	"var s = \"C:\\data\"",
	"var x = []int{\n\t1,\n\t2\n}",
	"func f() { g(1 2) }",
	"func f(n int) {\n\tif n > 0 {\n\t}\n\telse {\n\t}\n}",
	"func f(n int)\n{\n}",
	"func f(n int) {\n\tif n > 0\n\t{\n\t}\n}",
	"func f(n int) {\n\tif n = 0 {\n\t}\n}",
	"func f() {",
	"x = 1",
	"func f() { x := {1, 2} }",
	"func f() { defer 1 }",
	"func f() { go 1 }",
	"func f() { x := ) }",
	"func f() { x := 1 + }",
	"func f() { ] }",
	"func f() { x := 1 y := 2 }",
	"var x = 1\nimport \"fmt\"",
	"func f(n ) { var x }",
	"func func() {}",
	"func f() { for i := 0, i < 3, i++ { } }",
	"func f() { while true { } }",
}

// panics are texts of Go's runtime.
var panics = []any{
	"not implemented",
	"runtime error: index out of range [5] with length 2",
	"runtime error: index out of range [0] with length 0",
	"runtime error: index out of range [-1]",
	"runtime error: slice bounds out of range [:5] with capacity 3",
	"assignment to entry in nil map",
	"runtime error: invalid memory address or nil pointer dereference",
	"runtime error: integer divide by zero",
	"interface conversion: interface {} is string, not int",
	"interface conversion: interface {} is nil, not int",
	"interface conversion: interface {} is main.T, not main.T (types from different scopes)",
	"interface conversion: main.T is not main.I: missing method M",
	"runtime error: makeslice: len out of range",
	"send on closed channel",
	"close of closed channel",
	"all goroutines are asleep - deadlock!",
	"stack overflow",
	"runtime error: hash of unhashable type []int",
	"runtime error: comparing uncomparable type []int",
	"runtime error: negative shift amount",
	"sync: negative WaitGroup counter",
	"sync: unlock of unlocked mutex",
	"runtime error: cannot convert slice with length 2 to array or pointer to array with length 3",
	&ShapeError{"CrossCorrelate"}, &ShapeError{"MaxPool2D"}, &ShapeError{"MatMul"}, ShapeError{"Reshape"}, &ShapeError{"Add"}, &ShapeError{"Stack"},
}

type ShapeError struct{ Op string }

func (e ShapeError) Error() string { return e.Op + ": shapes do not fit" }

// checkSource returns the first error of a program.
func checkSource(l *lab, source string) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "cell", "package main\n"+source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	var first error
	config := types.Config{Importer: l, Error: func(err error) {
		if first == nil {
			first = err
		}
	}}
	_, _ = config.Check("main", fset, []*ast.File{file}, nil)
	return first
}

func TestMistakesHaveTheirCode(t *testing.T) {
	l := newLab(t, "")
	distinct := map[int]bool{}
	for _, m := range mistakes {
		var err types.Error
		if !errors.As(checkSource(l, m.source), &err) || codeOf(err) != m.code {
			t.Errorf("%s\n\tcode %d, want %d: %v", m.source, codeOf(err), m.code, err.Msg)
		}
		distinct[m.code] = true
	}
	if len(distinct) < 80 {
		t.Errorf("only %d codes", len(distinct))
	}
}

// The golden files hold every message with its explanation, to be read.
func TestExplanations(t *testing.T) {
	l := newLab(t, "")
	for _, lang := range []string{"en", "zh"} {
		var b strings.Builder
		for _, m := range mistakes {
			err := checkSource(l, m.source)
			writeExplanation(&b, m.source, err, Explain(err, lang))
		}
		for _, source := range slips {
			err := checkSource(l, source)
			writeExplanation(&b, source, err, Explain(err, lang))
		}
		for _, p := range panics {
			writeExplanation(&b, "panic", fmt.Errorf("%v", p), ExplainPanic(p, lang))
		}
		golden(t, "testdata/explanations_"+lang+".txt", b.String())
	}
}

func writeExplanation(b *strings.Builder, source string, err error, text string) {
	var list scanner.ErrorList
	if errors.As(err, &list) {
		err = list[0]
	}
	fmt.Fprintf(b, "%s\n\t%s\n\t→ %s\n\n", source, strings.ReplaceAll(fmt.Sprint(err), "\n", "\n\t"), text)
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run go test -update and read the change", file)
	}
}

func TestEveryMistakeIsExplained(t *testing.T) {
	l := newLab(t, "")
	for _, lang := range []string{"en", "zh"} {
		for _, m := range mistakes {
			if Explain(checkSource(l, m.source), lang) == "" {
				t.Errorf("%s: nothing on\n%s\n%v", lang, m.source, checkSource(l, m.source))
			}
		}
		for _, source := range slips {
			if Explain(checkSource(l, source), lang) == "" {
				t.Errorf("%s: nothing on\n%s\n%v", lang, source, checkSource(l, source))
			}
		}
		for _, p := range panics {
			if ExplainPanic(p, lang) == "" {
				t.Errorf("%s: nothing on %v", lang, p)
			}
		}
	}
	if ExplainPanic(3, "en") != "" || ExplainPanic(nil, "en") != "" || Explain(errors.New("other"), "en") != "" {
		t.Error("explains what it does not know")
	}
}

// Every rule is used, and neither language has an unfilled place.
func TestEveryRuleIsComplete(t *testing.T) {
	for _, rules := range [][]rule{checkerRules, syntaxRules, panicRules, shapeRules} {
		for _, r := range rules {
			if r.en == "" || r.zh == "" {
				t.Errorf("%d %v lacks a language", r.code, r.pattern)
			}
			groups := 0
			if r.pattern != nil {
				groups = r.pattern.NumSubexp()
			}
			for n := groups + 1; n < 10; n++ {
				if place := fmt.Sprintf("$%d", n); strings.Contains(r.en+r.zh, place) {
					t.Errorf("%d: nothing fills %s in %q", r.code, place, r.en)
				}
			}
		}
	}
}
