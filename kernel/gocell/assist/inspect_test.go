package assist

import (
	"go/types"
	"strings"
	"testing"
	"unicode/utf8"
)

// What the first line of the plain text is, and what else it must hold.
var inspections = []struct {
	name, source string
	first        string
	holds        []string
}{
	{"function of a package", "cnn.Cross|Correlate(image, kernel)", "func cnn.CrossCorrelate(x, k *cnn.Tensor, opts ...cnn.Option) *cnn.Tensor", []string{"CrossCorrelate slides k over x"}},
	{"within its arguments", "cnn.CrossCorrelate(|", "func cnn.CrossCorrelate(", nil},
	{"behind a comma", "cnn.CrossCorrelate(image, |", "func cnn.CrossCorrelate(", nil},
	{"the argument itself", "cnn.CrossCorrelate(ima|ge, kernel)", "var image *cnn.Tensor", []string{"Shape: 28×28", "Value: Tensor 28×28", "Declared in cell: 2"}},
	{"inner call", "fmt.Println(cnn.Zeros(|", "func cnn.Zeros(", nil},
	{"outer call after an inner one", "fmt.Println(cnn.Zeros(1), |", "func fmt.Println(", nil},
	{"method", "image.A|t(0, 1)", "func (*cnn.Tensor).At(index ...int) float64", []string{"At returns one value."}},
	{"field", "p.X| = 3", "field X float64", nil},
	{"promoted method", "p.Label|()", "func (Base).Label() string", nil},
	{"type", "var q Poi|nt", "type Point struct {\n\tBase\n\tX float64\n", []string{"Point is a place."}},
	{"type with hidden fields", "cnn.Ten|sor", "type cnn.Tensor struct {\n\tName string\n\t// …\n}", nil},
	{"package", "cn|n.Zeros(1)", "package cnn // import \"example.org/cnn\"", []string{"Package cnn computes"}},
	{"package alone", "cn|n", "package cnn", nil},
	{"local of a broken cell", "func f() {\n\tlocal := 1.5\n\tfmt.Println(loc|al", "var local float64", nil},
	{"the left side of a definition", "the|re := 1.5", "var there float64", nil},
	{"predeclared", "app|end(names, \"a\")", "func append(slice []T, elems ...T) []T", []string{"Adds elements"}},
	{"predeclared type", "var x floa|t64", "type float64", nil},
	{"keyword", "de|fer f()", "defer f()", []string{"returns, also when it panics"}},
	{"chinese name", "图像|.Dim(0)", "var 图像 *cnn.Tensor", nil},
	{"behind a question mark magic", "image|?", "var image *cnn.Tensor", nil},
	{"generic function", "cnn.Ea|ch(names, nil)", "func cnn.Each[T any](xs []T, f func(int, T))", nil},
	{"function in this cell", "func double(x float64) float64 { return 2*x }\ndou|ble(3)", "func double(x float64) float64", nil},
	{"constant", "math.P|i", "const math.Pi untyped float", nil},
}

func TestInspect(t *testing.T) {
	l := newLab(t, labCells)
	for _, c := range inspections {
		t.Run(c.name, func(t *testing.T) {
			before, after, _ := strings.Cut(c.source, "|")
			doc, found := Inspect(before+after, len(before), 0, l, "en")
			if !found || !strings.HasPrefix(doc.Plain, c.first) {
				t.Fatalf("%s: %v\n got %s\nwant %s", c.source, found, doc.Plain, c.first)
			}
			for _, text := range c.holds {
				if !strings.Contains(doc.Plain, text) {
					t.Errorf("%s: no %q in\n%s", c.source, text, doc.Plain)
				}
			}
			if !strings.HasPrefix(doc.Markdown, "```go\n"+c.first) {
				t.Errorf("%s: Markdown\n%s", c.source, doc.Markdown)
			}
		})
	}
}

func TestInspectFindsNothing(t *testing.T) {
	l := newLab(t, labCells)
	for _, source := range []string{"", "|", "nowhere|", "\"cnn|\"", "// cnn|", "1|2", "x := |", "!cnn|"} {
		before, after, _ := strings.Cut(source, "|")
		if doc, found := Inspect(before+after, len(before), 0, l, "en"); found {
			t.Errorf("%s: %s", source, doc.Plain)
		}
	}
}

func TestInspectInDetail(t *testing.T) {
	l := newLab(t, labCells)
	doc, _ := Inspect("Point", 5, 1, l, "en")
	for _, member := range []string{"field X float64", "func (*Point).Move(dx, dy float64)", "func (Base).Label() string"} {
		if !strings.Contains(doc.Plain, member) {
			t.Errorf("no %q in\n%s", member, doc.Plain)
		}
	}
	if doc, _ = Inspect("cnn", 3, 1, l, "en"); !strings.Contains(doc.Plain, "func cnn.Zeros(shape ...int) *cnn.Tensor") {
		t.Errorf("package without members:\n%s", doc.Plain)
	}
}

func TestInspectInChinese(t *testing.T) {
	l := newLab(t, labCells)
	doc, _ := Inspect("count", 5, 0, l, "zh")
	if !strings.Contains(doc.Plain, "值：3") || !strings.Contains(doc.Plain, "声明于单元格：2") {
		t.Errorf("%s", doc.Plain)
	}
	if doc, _ = Inspect("for {}", 2, 0, l, "zh"); !strings.Contains(doc.Plain, "循环") {
		t.Errorf("%s", doc.Plain)
	}
}

func TestEveryKeywordAndPredeclaredNameIsExplained(t *testing.T) {
	for kind, docs := range map[string]map[string]basicDoc{"keyword": keywordDocs, "predeclared": predeclaredDocs} {
		for name, d := range docs {
			if d.form == "" || d.en == "" || d.zh == "" {
				t.Errorf("%s %s lacks a text", kind, name)
			}
		}
	}
	if len(keywordDocs) != 25 {
		t.Errorf("%d keywords", len(keywordDocs))
	}
	l := newLab(t, "")
	for _, name := range types.Universe.Names() {
		if _, found := Inspect(name, len(name), 0, l, "en"); !found {
			t.Errorf("nothing on %s", name)
		}
	}
}

func FuzzInspect(f *testing.F) {
	l := newLab(f, labCells)
	for _, c := range inspections {
		before, after, _ := strings.Cut(c.source, "|")
		f.Add(before+after, len(before))
	}
	f.Fuzz(func(t *testing.T, source string, cursor int) {
		doc, found := Inspect(source, cursor, 1, l, "zh")
		if found != (doc.Plain != "") || utf8.ValidString(source) && !utf8.ValidString(doc.Markdown) {
			t.Fatalf("%v %q", found, doc.Markdown)
		}
	})
}

func BenchmarkInspect(b *testing.B) {
	l := newLab(b, labCells)
	source := strings.Repeat("func g() {\n\tfor i := range 10 {\n\t\tfmt.Println(i, image.Dim(0))\n\t}\n}\n", 20) + "image.At"
	for b.Loop() {
		Inspect(source, len(source), 0, l, "en")
	}
}
