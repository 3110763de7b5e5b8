package display

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

type point struct{ X, Y int }

type hidden struct{ a []int }

type named string

func (n named) String() string { return "named " + string(n) }

type rich struct{}

func (rich) HTML() string   { return "<b>rich</b>" }
func (rich) SVG() string    { return "<svg/>" }
func (rich) String() string { return "rich" }

type bundled struct{}

func (bundled) MIMEBundle() map[string]any { return map[string]any{"text/html": "<i>x</i>"} }
func (bundled) HTML() string               { return "not asked" }

type angry struct{}

func (angry) HTML() string { panic("no") }

type rendered struct{}

func (rendered) Render() Data { return HTML("<u>r</u>") }

func count(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func TestOfText(t *testing.T) {
	var nilRich *rich
	cyclic := []any{1, nil}
	cyclic[1] = cyclic
	for _, test := range []struct {
		name string
		v    any
		want string
	}{
		{"number", 3, "3"},
		{"float", 1.0 / 3, "0.3333333333333333"},
		{"string", "a\nb", "a\nb"},
		{"nil", nil, "<nil>"},
		{"error", errors.New("bad"), "bad"},
		{"String method", named("x"), "named x"},
		{"time", time.Second, "1s"},
		{"struct", point{1, 2}, "{1 2}"},
		{"pointer to struct", &point{1, 2}, "&{1 2}"},
		{"unexported field", hidden{count(3)}, "{[0 1 2]}"},
		{"slice", count(5), "[0 1 2 3 4]"},
		{"empty slice", []int{}, "[]"},
		{"long slice", count(1000), "[0 1 2 3 4 5 6 7 8 9 … 980 more … 990 991 992 993 994 995 996 997 998 999]"},
		{"long slice in a struct", hidden{count(101)}, "{[0 1 2 3 4 5 6 7 8 9 … 81 more … 91 92 93 94 95 96 97 98 99 100]}"},
		{"slice of slices", [][]int{{1, 2}, {3, 4}}, "[[1 2]\n [3 4]]"},
		{"slice of Stringers", []time.Duration{1, 2}, "[1ns 2ns]"},
		{"map", map[string]int{"b": 2, "a": 1}, "map[a:1 b:2]"},
		{"map of floats", map[float64]bool{2.5: true, -1: false}, "map[-1:false 2.5:true]"},
		{"empty map", map[string]int{}, "map[]"},
		{"nil map", map[string]int(nil), "map[]"},
		{"func", (func())(nil), "<nil>"},
		{"structs", []point{{1, 2}, {30, 4}}, "   X   Y\n0  1   2\n1  30  4"},
		{"pointers to structs", []*point{{1, 2}, nil}, "   X      Y\n0  1      2\n1  <nil>  <nil>"},
		{"methods", rich{}, "rich"},
		{"bundle without text", Bundle{Data: MIMEMap{"image/png": []byte{1}}}, "<image/png>"},
		{"value without text", bundled{}, "{}"},
		{"panic in a method", angry{}, "display.angry cannot be shown: panic: no"},
		{"method of a nil pointer", nilRich, "<nil>"},
		{"a list in itself", cyclic, "[1 [1 [1 [1 [1 [1 [1 [1 […]]]]]]]]]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Of(test.v).Data[MIMETypeText]; got != test.want {
				t.Errorf("text is %q, want %q", got, test.want)
			}
		})
	}
}

func TestOfTypes(t *testing.T) {
	for _, test := range []struct {
		name string
		v    any
		want []string
	}{
		{"number", 1, []string{"text/plain"}},
		{"one method each", rich{}, []string{"image/svg+xml", "text/html", "text/plain"}},
		{"MIMEBundle first", bundled{}, []string{"text/html", "text/plain"}},
		{"Render", rendered{}, []string{"text/html", "text/plain"}},
		{"image", image.NewGray(image.Rect(0, 0, 3, 2)), []string{"image/png", "text/plain"}},
		{"structs", []point{{1, 2}}, []string{"text/html", "text/plain"}},
		{"no structs", []point{}, []string{"text/plain"}},
		{"structs without exported fields", []hidden{{}}, []string{"text/plain"}},
		{"map", map[int]int{1: 2}, []string{"text/html", "text/plain"}},
		{"image that is too large", huge{}, []string{"text/plain"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for mimeType := range Of(test.v).Data {
				got = append(got, mimeType)
			}
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("shown as %q, want %q", got, test.want)
			}
		})
	}
}

// huge is an image that PNG cannot hold.
type huge struct{}

func (huge) ColorModel() color.Model { return color.GrayModel }
func (huge) Bounds() image.Rectangle { return image.Rect(0, 0, 0, 5) }
func (huge) At(int, int) color.Color { return color.Black }

func TestTable(t *testing.T) {
	type row struct {
		Name string
		N    int
	}
	rows := []row{{"<a>", 1}, {"b", 2}}
	html := Of(rows).Data[MIMETypeHTML].(string)
	for _, want := range []string{"<th>Name</th>", "<td>&lt;a&gt;</td><td>1</td>", "<th>1</th><td>b</td>"} {
		if !strings.Contains(html, want) {
			t.Errorf("table lacks %s:\n%s", want, html)
		}
	}
	long := Of(make([]row, 1000))
	if n := strings.Count(long.Data[MIMETypeHTML].(string), "<tr>"); n != 1+2*tableEnds+1 {
		t.Errorf("a long table has %d rows", n)
	}
	if n := strings.Count(long.Data[MIMETypeText].(string), "\n"); n != 2*tableEnds+1 {
		t.Errorf("a long table has %d lines", n)
	}
}

func TestLongText(t *testing.T) {
	s := Of(strings.Repeat("世", longText)).Data[MIMETypeText].(string)
	if !strings.HasSuffix(s, "世… 204801 more bytes") {
		t.Errorf("long text ends in %q", s[len(s)-30:])
	}
}

func TestConstructors(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 3))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.png")
	if err := os.WriteFile(file, picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, mimeType string
		b              Bundle
		text           string
	}{
		{"HTML", "text/html", HTML("<b>"), "<b>"},
		{"Markdown", "text/markdown", Markdown("# x"), "# x"},
		{"Latex", "text/latex", Latex("x^2"), "$x^2$"},
		{"Math", "text/latex", Math("$x^2$"), "$$x^2$$"},
		{"SVG", "image/svg+xml", SVG("<svg/>"), "SVG drawing"},
		{"JavaScript", "application/javascript", JavaScript("1"), "1"},
		{"JSON", "application/json", JSON(map[string]any{"a": 1}), "map[a:1]"},
		{"PNG", "image/png", PNG(picture.Bytes()), "PNG, 4×3 pixels"},
		{"JPEG of no JPEG", "image/jpeg", JPEG([]byte("x")), "JPEG, 1 bytes"},
		{"GIF", "image/gif", GIF([]byte("x")), "GIF, 1 bytes"},
		{"PDF", "application/pdf", PDF([]byte("x")), "PDF, 1 bytes"},
		{"MIME", "text/html", MIME(MIMEMap{"text/html": "x"}, nil), "<text/html>"},
		{"Any of bytes", "image/png", Any("", picture.Bytes()), "PNG, 4×3 pixels"},
		{"Any of a drawing", "image/svg+xml", Any("", []byte("\n<svg/>")), "\n<svg/>"},
		{"Any of a page", "text/html", Any("", []byte("<!DOCTYPE html><p>")), "<!DOCTYPE html><p>"},
		{"Any of a document", "application/pdf", Any("", []byte("%PDF-1.7 …")), "PDF, 12 bytes"},
		{"Any of other bytes", "application/octet-stream", Any("", []byte{0xff, 0}), "OCTET-STREAM, 2 bytes"},
		{"Any of a reader", "text/html", Any("text/html", strings.NewReader("<p>")), "<p>"},
		{"Any of a buffer", "text/plain", Any("", bytes.NewBufferString("plain")), "plain"},
		{"Auto of a string", "text/plain", Auto("s"), "s"},
		{"Auto of a value", "text/plain", Auto(7), "7"},
		{"File", "image/png", File("", file), "PNG, 4×3 pixels"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.b.Data[test.mimeType] == nil {
				t.Errorf("no %s in %v", test.mimeType, test.b.Data)
			}
			if got := test.b.Data["text/plain"]; got != test.text {
				t.Errorf("text is %q, want %q", got, test.text)
			}
		})
	}
}

func TestShow(t *testing.T) {
	var got []string
	defer SetSink(SetSink(func(b Bundle) {
		s := b.Data[MIMETypeText].(string)
		if b.Update {
			s = "update " + s
		}
		got = append(got, b.ID+":"+s)
	}))
	defer SetClearer(SetClearer(func(wait bool) { got = append(got, "clear") }))
	Show(1, "two")
	ShowAs("id", 3)
	Update("id", 4)
	Clear(false)
	if want := []string{":1", ":two", "id:3", "id:update 4", "clear"}; !slices.Equal(got, want) {
		t.Errorf("shown %q, want %q", got, want)
	}
}
