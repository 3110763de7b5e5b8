package assist

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func complete(t testing.TB, l *lab, source string) (Completion, []string) {
	t.Helper()
	before, after, ok := strings.Cut(source, "|")
	if !ok {
		t.Fatalf("no cursor in %q", source)
	}
	c := Complete(before+after, len(before), l)
	var texts []string
	for _, item := range c.Items {
		texts = append(texts, item.Text)
	}
	return c, texts
}

// The first proposals, in order; a last "…" allows more.
var completions = []struct{ name, source, want string }{
	{"package member", "fmt.Printl|", "Println"},
	{"package members in other case", "fmt.pri|", "Print Printf Println"},
	{"package by a part of the name", "cnn.Correl|", "CrossCorrelate"},
	{"package misspelt", "fmt.Pritnln|", "Println"},
	{"package not imported", "mat|", "math"},
	{"members, then promoted ones", "p.|", "Base Move Norm X Y hidden ID Label"},
	{"through a pointer", "pp.M|", "Move"},
	{"promoted method", "pp.L|", "Label"},
	{"compiled type hides unexported fields", "image.|", "At Dim Name Shape String"},
	{"call result", "cnn.Zeros(2, 3).D|", "Dim"},
	{"method expression has no fields", "Point.|", "Move Norm Label"},
	{"generic instance", "x := Pair[string, int]{}\nx.|", "Key Value"},
	{"element of a map", "for name, g := range grades {\n\t_ = g\n\tna|", "name names"},
	{"range variable", "for i, s := range names { s| }", "s…"},
	{"if header", "if image.D|", "Dim"},
	{"if header with statement", "if d := image.Dim(0); d > image.D|", "Dim"},
	{"switch header", "switch image.D|", "Dim"},
	{"case", "switch count {\ncase image.D|", "Dim"},
	{"for header", "for i := 0; i < image.D|", "Dim"},
	{"range header", "for i := range image.D|", "Dim"},
	{"range word", "for i := ra|", "range"},
	{"select case", "c := make(chan *cnn.Tensor)\nselect {\ncase x := <-c:\n\tx.A|", "At"},
	{"local of an unfinished function", "func f(width int) {\n\tweight := 1.5\n\twe|", "weight"},
	{"parameter", "func f(width int) {\n\twi|", "width"},
	{"receiver", "func (q Point) Len() float64 {\n\treturn q.|", "X Y Norm Base Move hidden ID Label"},
	{"receiver of a generic type", "func (q *Pair[K, V]) Len() int {\n\treturn q.|", "Key Value"},
	{"type declared in this cell", "type Grid struct { Rows, Cols int }\ng := Grid{}\ng.|", "Cols Rows"},
	{"type declared below", "g.|\ntype Grid struct { Rows, Cols int }\nvar g Grid", "Cols Rows"},
	{"short variable below a broken line", "x := (1 +\ny := p\ny.|", ""},
	{"short variable of a call with two results", "q, err := makePoint()\nq.N|", "Norm"},
	{"variable redefined from itself", "image := image.Re\nimage.D|", "Dim"},
	{"closure", "f := func(t *cnn.Tensor) {\n\tt.D|", "Dim"},
	{"closure argument", "apply(func(z float64) float64 { return math.S|", "Sqrt"},
	{"code after the cursor", "fmt.Println(image.D|)\nfmt.Println(1)", "Dim"},
	{"inside a finished function", "func f() {\n\tlocal := 1\n\tfmt.Println(loc|)\n}\nf()", "local"},
	{"later local is not seen", "func f() {\n\tlat|\n\tlater := 1\n}", ""},
	{"keyed fields", "cnn.Conv2D{|", "Bias:  In:  Kernel:  Out:  In: 0, Out: 0, Kernel: 0, Bias: false…"},
	{"keyed fields written already", "cnn.Conv2D{In: 1, |", "Bias:  Kernel:  Out: …"},
	{"keyed fields by prefix", "c := &cnn.Conv2D{In: 1,\n\tK|", "Kernel: …"},
	{"keyed fields of elements", "[]cnn.Conv2D{{In: 1}, {O|", "Out: …"},
	{"own unexported fields", "Point{h|", "hidden: …"},
	{"value of a keyed field", "cnn.Conv2D{In: c|", "count…"},
	{"wanted type first", "cnn.CrossCorrelate(|", "image kernel 图像…"},
	{"what yields the wanted type", "cnn.CrossCorrelate(image, kernel, cnn.|", "Padding Stride…"},
	{"wanted type in an assignment", "var d float64 = ha|", "half"},
	{"function literal", "apply(|", "func(x float64) float64 {\n\treturn \n} half…"},
	{"function literal, indented", "if true {\n\tapply(fu|", "func(x float64) float64 {\n\t\treturn \n\t} func"},
	{"function literal names parameters", "visit(fun|", "func(i int, t *cnn.Tensor) (bool, error) {\n\treturn \n} func"},
	{"types in a declaration", "var q Po|", "Point"},
	{"types first among parameters", "func f(a P|", "Pair Point…"},
	{"type of a package", "var t *cnn.T|", "Tensor"},
	{"struct field type", "type Net struct {\n\tconv *cnn.C|", "Conv2D…"},
	{"keyword", "fallt|", "fallthrough"},
	{"import keyword at the top", "imp|", "import"},
	{"case inside a switch", "switch count {\nca|", "cap case"},
	{"else after a block", "if count > 1 {\n} el|", "else"},
	{"if after else", "if count > 1 {\n} else i|", "if"},
	{"import path", "import \"go/|", "go/ast\""},
	{"import path with closing quote", "import \"go/|\"", "go/ast"},
	{"import path in a group", "import (\n\t\"fmt\"\n\t\"mat|", "math\""},
	{"import with a name", "import m \"mat|\"", "math"},
	{"imported under another name", "import m \"math\"\nm.Sq|", "Sqrt"},
	{"package imported by an earlier cell", "ast.|", "Node"},
	{"nothing in a string", "x := \"fmt.|", ""},
	{"nothing in a comment", "// fmt.|", ""},
	{"nothing in a block comment", "/* fmt.|", ""},
	{"nothing in a number", "x := 12|", ""},
	{"nothing for a new name", "func ap|", ""},
	{"nothing for a new variable", "var cou|", ""},
	{"chinese name", "图|", "图像"},
	{"chinese member", "图像.D|", "Dim"},
	{"behind chinese text", "fmt.Println(\"卷积核\", image.D|", "Dim"},
	{"line magic", "%ti|", "%time"},
	{"cell magic", "%%|", "%%time %%writefile"},
	{"code behind a magic", "%time image.D|", "Dim"},
	{"code below a magic", "%%time\nimage.D|", "Dim"},
	{"nothing in a command", "!ls cou|", ""},
	{"nothing in a written file", "%%writefile a.txt\ncou|", ""},
	{"before a question mark", "imag|?", "image imag"},
	{"predeclared", "appe|", "append"},
	{"return value", "func g() float64 { return ha|", "half"},
	{"deferred", "defer appl|", "apply"},
	{"generic callback", "cnn.Each(names, fun|", "func(i int, x string) {\n\t\n} func"},
	{"generic callback of a constrained slice", "cnn.SortBy([]Point{p}, fun|", "func(p, x Point) int {\n\treturn \n} func"},
	{"generic callback too early", "cnn.Each(fun|", "func"},
}

func TestComplete(t *testing.T) {
	l := newLab(t, labCells)
	for _, c := range completions {
		t.Run(c.name, func(t *testing.T) {
			_, got := complete(t, l, c.source)
			want, more := strings.CutSuffix(c.want, "…")
			text := strings.Join(got, " ")
			if text != want && !(more && strings.HasPrefix(text, want)) {
				t.Errorf("%s\n got %.300s\nwant %s", c.source, text, c.want)
			}
		})
	}
}

func TestCompleteReplacesWhatIsTyped(t *testing.T) {
	l := newLab(t, labCells)
	for _, source := range []string{"fmt.Printl|", "图|", "x := \"卷积\"; 图像.Di|m(0)", "%ti|", "import \"go/a|", "cnn.Conv2D{In: 1, Ke|"} {
		c, _ := complete(t, l, source)
		before, _, _ := strings.Cut(source, "|")
		if c.End != len(before) || c.Start > c.End || len(c.Items) == 0 {
			t.Fatalf("%s: [%d:%d], %d items", source, c.Start, c.End, len(c.Items))
		}
		typed := before[c.Start:]
		if !strings.HasPrefix(c.Items[0].Text, typed) {
			t.Errorf("%s: %q would replace %q", source, c.Items[0].Text, typed)
		}
	}
}

func TestCompleteKindsAndSignatures(t *testing.T) {
	l := newLab(t, labCells)
	for _, c := range []struct{ source, kind, signature string }{
		{"cnn.CrossC|", "function", "(x, k *cnn.Tensor, opts ...cnn.Option) *cnn.Tensor"},
		{"p.No|", "method", "() float64"},
		{"p.X|", "field", "float64"},
		{"cnn.Ten|", "struct", "struct{shape []int; Name string}"},
		{"cnn.Lay|", "interface", "interface{Forward(x *cnn.Tensor) *cnn.Tensor}"},
		{"imag|", "variable", "*cnn.Tensor 28×28"},
		{"math.P|", "function", "(x, y float64) float64"},
		{"math.Pi|", "constant", "untyped float"},
		{"mat|", "module", "math"},
		{"fallt|", "keyword", ""},
	} {
		got, _ := complete(t, l, c.source)
		if len(got.Items) == 0 {
			t.Errorf("%s: nothing", c.source)
			continue
		}
		i := slices.IndexFunc(got.Items, func(i Item) bool { return i.Kind == c.kind })
		if i < 0 || got.Items[i].Signature != c.signature {
			t.Errorf("%s: got %+v", c.source, got.Items)
		}
	}
}

func FuzzComplete(f *testing.F) {
	l := newLab(f, labCells)
	for _, c := range completions {
		before, after, _ := strings.Cut(c.source, "|")
		f.Add(before+after, len(before))
	}
	f.Fuzz(func(t *testing.T, source string, cursor int) {
		c := Complete(source, cursor, l)
		if c.Start < 0 || c.Start > c.End || c.End > len(source) {
			t.Fatalf("[%d:%d] of %d bytes", c.Start, c.End, len(source))
		}
		if utf8.ValidString(source) && !utf8.ValidString(source[c.Start:c.End]) {
			t.Fatalf("[%d:%d] cuts a character of %q", c.Start, c.End, source)
		}
	})
}

func BenchmarkComplete(b *testing.B) {
	l := newLab(b, labCells)
	source := strings.Repeat("func g() {\n\tfor i := range 10 {\n\t\tfmt.Println(i, image.Dim(0))\n\t}\n}\n", 20) + "image."
	for b.Loop() {
		Complete(source, len(source), l)
	}
}
