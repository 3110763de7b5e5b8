package lessons_test

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/notebook"
)

// speaksChinese holds that a Chinese notebook shows no English: neither a
// sentence nor a label. testdata/latin.txt lists what is written in Latin
// letters in Chinese too, and the cells that show an error of Go or cnn, which
// stays English; an exercise is called by its name.
func speaksChinese(t *testing.T, l lessons.Lesson, n *notebook.Notebook) {
	t.Helper()
	allowed := latin(t)
	for _, b := range l.Blocks {
		allowed = append(allowed, b.Name)
	}
	for _, c := range n.Cells {
		for _, o := range c.Outputs {
			if words := english(told(o), allowed); len(words) > 0 && !slices.Contains(allowed, c.ID) {
				t.Errorf("cell %s says in Chinese: %q", c.ID, words)
			}
		}
	}
}

// latin are the words that testdata/latin.txt allows.
func latin(t *testing.T) (words []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/latin.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			words = append(words, strings.Fields(line)...)
		}
	}
	return words
}

var (
	hidden    = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>`)
	attribute = regexp.MustCompile(`(?:alt|title|aria-label)="([^"]*)"`)
	element   = regexp.MustCompile(`<[^>]*>`)
	latinWord = regexp.MustCompile(`[A-Za-z][A-Za-z0-9]+`)
)

// told is what a person reads or hears of an output.
func told(o notebook.Output) string {
	text := o.Text
	for kind, data := range o.Data {
		s, isText := data.(string)
		switch {
		case isText && (kind == "text/html" || kind == "image/svg+xml"):
			s = hidden.ReplaceAllString(s, " ")
			for _, m := range attribute.FindAllStringSubmatch(s, -1) {
				text += "\n" + html.UnescapeString(m[1])
			}
			text += "\n" + html.UnescapeString(element.ReplaceAllString(s, " "))
		case isText && strings.HasPrefix(kind, "text/"):
			text += "\n" + s
		case kind == check.MIMEType:
			text += "\n" + messages(data)
		}
	}
	return text
}

// messages are what the results of a check say.
func messages(score any) (text string) {
	var read struct {
		Results []struct{ Title, Message, Cause string }
	}
	data, err := json.Marshal(score)
	if err == nil && json.Unmarshal(data, &read) == nil {
		text = fmt.Sprint(read.Results)
	}
	return text
}

// english returns the words of a text that are neither allowed nor a name such
// as ReLU, Conv2D or RGB.
func english(text string, allowed []string) (words []string) {
	for _, w := range latinWord.FindAllString(text, -1) {
		inside := strings.ContainsFunc(w[1:], unicode.IsUpper)
		if !inside && !slices.Contains(allowed, w) && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

func TestEnglish(t *testing.T) {
	for _, test := range []struct {
		text string
		want string
	}{
		{"Conv2D(1→6, 5×5) 输出 1×6×24×24", ""},
		{"test accuracy 0.82", "test accuracy"},
		{"Accuracy 0.82", "Accuracy"},
		{"sigmoid 的准确率", ""},
	} {
		if got := strings.Join(english(test.text, []string{"sigmoid"}), " "); got != test.want {
			t.Errorf("%s: %q; want %q", test.text, got, test.want)
		}
	}
	o := notebook.Output{Data: map[string]any{"text/html": `<b class="big">中文<img alt="a picture">&lt;x1 y&gt;</b><style>p {color: red}</style>`}}
	if got := strings.Join(english(told(o), nil), " "); got != "picture x1" {
		t.Errorf("of the page: %q", got)
	}
}
