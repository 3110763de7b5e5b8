package assist

import (
	"errors"
	"go/scanner"
	"go/types"
	"strings"
	"testing"
)

func TestFormatPlain(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	for _, c := range []struct {
		name, lang string
		d          Diagnostic
		want       string
	}{
		{"position, line, caret", "en", Diagnostic{Cell: 7, Line: 2, Column: 6, Source: "y := undefinedName", Message: "undefined: undefinedName"},
			"cell 7, line 2:6: undefined: undefinedName\n   2 | y := undefinedName\n     |      ^"},
		{"tab", "en", Diagnostic{Cell: 7, Line: 1, Column: 5, Source: "\tif x {", Message: "m"},
			"cell 7, line 1:5: m\n   1 | \tif x {\n     | \t   ^"},
		{"chinese is as wide", "zh", Diagnostic{Cell: 7, Line: 1, Column: 7, Source: "图像 := 卷积(1)", Message: "undefined: 卷积"},
			"单元格 7，第 1 行第 7 列: undefined: 卷积\n   1 | 图像 := 卷积(1)\n     | \u3000\u3000    ^"},
		{"combining accent", "en", Diagnostic{Cell: 7, Line: 1, Column: 5, Source: "e\u0301 = x", Message: "m"},
			"cell 7, line 1:5: m\n   1 | e\u0301 = x\n     |    ^"},
		{"behind the end", "en", Diagnostic{Cell: 7, Line: 1, Column: 40, Source: "x", Message: "m"},
			"cell 7, line 1:40: m\n   1 | x\n     |  ^"},
		{"no line", "en", Diagnostic{Cell: 7, Line: 9, Column: 1, Message: "m"}, "cell 7, line 9:1: m"},
		{"syntax error", "en", Diagnostic{Cell: 7, Line: 1, Column: 6, Source: "x := )", Message: "syntax error: expected operand, found ')'", Err: &scanner.Error{Msg: "expected operand, found ')'"}},
			"cell 7, line 1:6: syntax error: expected operand, found ')'\n   1 | x := )\n     |      ^\n  A value is missing before ), or this bracket is one too many."},
		{"notes", "en", Diagnostic{Cell: 7, Line: 1, Column: 1, Source: "Wieght", Message: "undefined: Wieght", Notes: []string{"did you mean Weight?"}},
			"cell 7, line 1:1: undefined: Wieght\n   1 | Wieght\n     | ^\n  did you mean Weight?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(Format([]Diagnostic{c.d}, c.lang), "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestFormatIsBoldWithoutColours(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	text := strings.Join(Format([]Diagnostic{{Message: "bad", Source: "x"}}, "en"), "\n")
	if want := "cell 0, line 0:0: \x1b[1mbad\x1b[0m\n   0 | x\n     | \x1b[1m^\x1b[0m"; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

func TestNotes(t *testing.T) {
	l := newLab(t, labCells)
	for _, c := range []struct{ message, lang, want string }{
		{"undefined: lenet", "en", "cell 4 defined lenet before the restart; run it again"},
		{"undefined: lenet", "zh", "重启之前，lenet 由单元格 4 定义；请重新运行该单元格"},
		{"undefined: imgae", "en", "did you mean image?"},
		{"undefined: cnt", "en", "did you mean cnn or int?"},
		{"undefined: widht", "en", "did you mean width?"},
		{"undefined: mtah", "zh", "是不是想写 math？"},
		{"undefined: cnn.CrosCorrelate", "en", "did you mean CrossCorrelate?"},
		{"undefined: fmt.Pritnln", "en", "did you mean Println?"},
		{"p.Mvoe undefined (type Point has no field or method Mvoe)", "en", "did you mean Move?"},
		{"image.Dmi undefined (type *cnn.Tensor has no field or method Dmi)", "en", "did you mean Dim?"},
		{"image.Dmi undefined (type *example.org/cnn.Tensor has no field or method Dmi)", "en", "did you mean Dim?"},
		{"q.Vlaue undefined (type Pair[string, int] has no field or method Vlaue)", "en", "did you mean Value?"},
		{"unknown field Kernle in struct literal of type cnn.Conv2D", "en", "did you mean Kernel?"},
		{"undefined: quaternion", "en", ""},
		{"missing return", "en", ""},
	} {
		got := strings.Join(Notes(types.Error{Msg: c.message}, l, []string{"width"}, c.lang), "\n")
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.message, got, c.want)
		}
	}
	if Notes(errors.New("undefined: imgae"), l, nil, "en") != nil {
		t.Error("notes on an error of another kind")
	}
}

func FuzzFormat(f *testing.F) {
	f.Add("图\tx", 1, 2, "undefined: x")
	f.Add("", 0, -1, "")
	f.Add("a\x80b", 1, 3, "m: 1: x")
	l := newLab(f, labCells)
	f.Fuzz(func(t *testing.T, source string, line, col int, message string) {
		err := types.Error{Msg: message}
		d := Diagnostic{Line: line, Column: col, Source: source, Err: err, Notes: Notes(err, l, nil, "zh")}
		if trace := Format([]Diagnostic{d}, "zh"); len(trace) == 0 {
			t.Fatal("no text")
		}
		_ = ExplainPanic(message, "en")
		_ = Explain(&scanner.Error{Msg: message}, "en")
	})
}
