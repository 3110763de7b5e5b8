package plotting

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
)

func lectureSlide() *Figure {
	return Slide(lectureInput(), lectureKernel(), cnn.CrossCorrelateSteps(lectureInput(), lectureKernel()))
}

func TestStepperSaysEveryStep(t *testing.T) {
	f := lectureSlide()
	config := regexp.MustCompile(`\}\)\((\{.*\})\);</script>`).FindStringSubmatch(f.HTML())
	if config == nil {
		t.Fatal("the script has no configuration")
	}
	var c struct {
		ID    string
		Say   []string
		Words map[string]string
	}
	if err := json.Unmarshal([]byte(config[1]), &c); err != nil {
		t.Fatal(err)
	}
	steps := cnn.CrossCorrelateSteps(lectureInput(), lectureKernel())
	if len(c.Say) != len(steps) {
		t.Fatalf("%d lines for %d steps", len(c.Say), len(steps))
	}
	for i, s := range steps {
		if c.Say[i] != s.String() {
			t.Errorf("step %d says %q, want %q", i, c.Say[i], s)
		}
	}
	for _, word := range []string{"previous", "next", "play", "pause", "step", "keys", "space"} {
		if c.Words[word] == "" {
			t.Errorf("there is no word for %q", word)
		}
	}
}

func TestSteppersOfOnePageAreApart(t *testing.T) {
	f := lectureSlide()
	ids := regexp.MustCompile(`\bid="([^"]+)"`)
	seen := map[string]bool{}
	for range 3 {
		for _, m := range ids.FindAllStringSubmatch(f.HTML(), -1) {
			if seen[m[1]] {
				t.Fatalf("the id %q is used twice", m[1])
			}
			seen[m[1]] = true
		}
	}
}

func TestStepperWithoutScripts(t *testing.T) {
	page := lectureSlide().HTML()
	before, _, _ := strings.Cut(page, "<svg")
	if !strings.Contains(before, `<img alt="a kernel 3×3 slides`) || !strings.Contains(before, "Run this cell") {
		t.Error("without its script the stepper shows no first frame")
	}
	if strings.Contains(before, "display:none\"><img") {
		t.Error("the first frame is hidden")
	}
}

func TestTitlesCannotEndTheScript(t *testing.T) {
	v := cnn.NewValue(1).Named(`</script><b title="x">`)
	page := Backpropagation(v.Add(cnn.NewValue(2))).HTML()
	if n := strings.Count(page, "</script>"); n != 1 {
		t.Errorf("the page has %d ends of scripts, want 1", n)
	}
	if strings.Contains(page, "<b title") {
		t.Error("a name has become an element")
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	for _, d := range tested() {
		f := d.figure()
		for name, text := range map[string]string{"file": f.SVG(), "pages": f.card().Pages("x")} {
			decoder := xml.NewDecoder(strings.NewReader(text))
			for {
				if _, err := decoder.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatalf("%s, %s: %v", d.name, name, err)
				}
			}
			if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
				t.Errorf("%s, %s: a coordinate is not a number", d.name, name)
			}
		}
	}
}
