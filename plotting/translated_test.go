package plotting_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
	"github.com/convnotes/convnotes/cnn/train"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/plotting"
)

// TestTranslated holds that the tables of cnn are shown in Chinese in a Chinese
// session, names of layers and symbols apart, and in English in another.
func TestTranslated(t *testing.T) {
	defer display.SetLanguage(display.Language())
	defer display.SetRenderer(func(any) (display.Bundle, bool) { return display.Bundle{}, false })
	display.SetRenderer(plotting.Translated)
	net := layers.Sequential(models.LeNet(), layers.Concat(layers.Linear(10, 3), layers.Linear(10, 4)))
	report := layers.Summary(net, 2, 1, 28, 28)
	values := map[string]any{"report": report}
	for i, row := range report.Rows {
		values[row.Path] = report.Explain(i)
	}
	same := layers.Summary(layers.Conv2D(1, 2, 3, cnn.Same(), cnn.Stride(2, 1)), 1, 1, 9, 7)
	values["same"] = same.Explain(0)
	x := cnn.Matrix([]float64{1, 2})
	values["result"] = train.Result{Loss: 0.5, Accuracy: 0.75, Samples: 4}
	values["images"] = data.Shapes(4, 12, 1)
	values["gradient"] = cnn.GradCheck(func(x []*cnn.Tensor) *cnn.Tensor { return cnn.Sum(cnn.ReLU(x[0])) }, x)
	for name, v := range values {
		display.SetLanguage("en")
		if text := textsOf(v); strings.ContainsFunc(text, isHan) {
			t.Errorf("%s, English session: %s", name, text)
		}
		display.SetLanguage("zh")
		if words := englishIn(textsOf(v)); len(words) > 0 {
			t.Errorf("%s, Chinese session: English words %q", name, words)
		}
	}
	display.SetLanguage("zh")
	text := display.Of(report).Data["text/plain"].(string)
	for _, want := range []string{"层 ", "输出", "参数", "乘加次数", "感受野", "间隔", "合计", "Conv2D(1→6, 5×5)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func isHan(c rune) bool { return unicode.Is(unicode.Han, c) }

// textsOf returns all that is shown of a value.
func textsOf(v any) string {
	var all []string
	for mimeType, data := range display.Of(v).Data {
		if strings.HasPrefix(mimeType, "text/") {
			all = append(all, data.(string))
		}
	}
	return strings.Join(all, "\n")
}

// englishIn returns the words of two letters or more that are no tag of a page,
// no name in Go and no symbol or unit of a formula.
func englishIn(text string) (words []string) {
	allowed := map[string]bool{"kB": true, "MB": true, "in": true, "out": true, "kh": true, "kw": true}
	inTag := false
	for _, field := range strings.FieldsFunc(text, func(c rune) bool {
		switch c {
		case '<':
			inTag = true
		case '>':
			inTag = false
			return true
		}
		return inTag || !unicode.IsLetter(c) && !unicode.IsDigit(c) || isHan(c)
	}) {
		if len(field) > 1 && unicode.IsLower(rune(field[0])) && !allowed[field] {
			words = append(words, field)
		}
	}
	return words
}

func TestClassNames(t *testing.T) {
	defer display.SetLanguage(display.Language())
	own := []string{"bag", "box"}
	for _, language := range []string{"en", "zh"} {
		display.SetLanguage(language)
		for i, name := range plotting.ClassNames(data.FashionNames) {
			if strings.ContainsFunc(name, isHan) != (language == "zh") {
				t.Errorf("%s in %s is %s", data.FashionNames[i], language, name)
			}
		}
		if got := plotting.ClassNames(own); &got[0] != &own[0] {
			t.Errorf("a learner's own names in %s: %v", language, got)
		}
	}
	if f := plotting.Confusion(data.FashionNames, make10()); len(englishIn(textsOf(f))) > 0 {
		t.Errorf("the confusion matrix says %q", englishIn(textsOf(f)))
	}
}

// make10 are the counts of ten classes.
func make10() (counts [][]int) {
	for i := range 10 {
		counts = append(counts, make([]int, 10))
		counts[i][i] = 1
	}
	return counts
}
