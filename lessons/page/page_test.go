package page

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/convnotes/convnotes/lessons/notebook"
)

var update = flag.Bool("update", false, "write what is got as what is wanted")

func TestFormulas(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"in a line", "so $a_1 b_2 < c$ holds", `<p>so <span class="math">a_1 b_2 &lt; c</span> holds</p>`},
		{"apart", "$$y_{ij}$$", `<p><span class="math display">y_{ij}</span></p>`},
		{"over lines", "$$\na\n+ b\n- c\n= d\n$$", `<p><span class="math display">` + "\na\n+ b\n- c\n= d\n</span></p>"},
		{"in the middle of a paragraph", "so\n$$a\n+ b$$\nholds", "<p>so</p>\n<p><span class=\"math display\">a\n+ b</span></p>\n<p>holds</p>"},
		{"over lines with text behind", "$$a\n= b$$ holds", `<p><span class="math display">a` + "\n" + `= b</span> holds</p>`},
		{"in a list", "- $k$ cells", "<ul>\n<li><span class=\"math\">k</span> cells</li>\n</ul>"},
		{"a dollar in a formula", `$5\$$`, `<p><span class="math">5\$</span></p>`},
		{"prices", "from $5 to $10", "<p>from $5 to $10</p>"},
		{"a price and a formula", "$5 for $x$", `<p>$5 for <span class="math">x</span></p>`},
		{"an escaped dollar", `\$x$`, "<p>$x$</p>"},
		{"in code", "`$x$`", "<p><code>$x$</code></p>"},
		{"not closed", "$x and\n\n$$y", "<p>$x and</p>\n<p>$$y</p>"},
		{"no emphasis inside", "$a*b*c$ *d*", `<p><span class="math">a*b*c</span> <em>d</em></p>`},
		{"Chinese around it", "设$x$为输入", `<p>设<span class="math">x</span>为输入</p>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newMarkdown(nil).html(tt.source, nil)
			if err != nil {
				t.Fatal(err)
			}
			if s := strings.TrimSpace(string(got)); s != tt.want {
				t.Errorf("got  %q\nwant %q", s, tt.want)
			}
		})
	}
}

func TestPictures(t *testing.T) {
	files := fstest.MapFS{"images/a.png": {Data: []byte("png")}}
	attached := map[string]any{"b.png": map[string]any{"image/png": "cG5n\n"}}
	for source, want := range map[string]string{
		"![a](images/a.png)":        "data:image/png;base64,cG5n",
		"![b](attachment:b.png)":    "data:image/png;base64,cG5n",
		"![c](attachment:c.png)":    "attachment:c.png",
		"![none](images/none.png)":  "images/none.png",
		"![out](../secret.png)":     "../secret.png",
		"![no](images/a.txt)":       "images/a.txt",
		"![far](https://a.org/b.x)": "https://a.org/b.x",
	} {
		got, err := newMarkdown(files).html(source, attached)
		if err != nil || !strings.Contains(string(got), `src="`+want+`"`) {
			t.Errorf("%s: %s, %v; want %s", source, got, err, want)
		}
	}
}

func TestHighlight(t *testing.T) {
	for code, want := range map[string]string{
		"x := 1 // one":     `x := <span class="n">1</span> <span class="c">// one</span>`,
		"func f() string {": `<span class="k">func</span> f() string {`,
		`s := "<" + 'a'`:    `s := <span class="s">&#34;&lt;&#34;</span> + <span class="s">&#39;a&#39;</span>`,
		"%lesson 06 zh\nif": `%lesson <span class="n">06</span> zh` + "\n" + `<span class="k">if</span>`,
		`"not closed`:       `<span class="s">&#34;not closed</span>`,
		"`a\r\nb`":          "`a\r\nb`",
		"互相关 := 2 # x":      `互相关 := <span class="n">2</span> # x`,
	} {
		if got := string(highlight(code)); got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", code, got, want)
		}
	}
}

// A reader's own words must come back from any code.
func FuzzHighlight(f *testing.F) {
	f.Add("x := \"<b>\" // & done")
	f.Add("`\r\n`")
	f.Add("'\x00\xff'")
	tags := strings.NewReplacer(`<span class="k">`, "", `<span class="s">`, "", `<span class="n">`, "", `<span class="c">`, "", "</span>", "")
	f.Fuzz(func(t *testing.T, code string) {
		if strings.ContainsRune(code, 0) {
			t.Skip("HTML has no NUL")
		}
		got := tags.Replace(string(highlight(code)))
		want := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(code)
		if got != want {
			t.Errorf("%q became %q", code, got)
		}
	})
}

func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"$$\na\n$$", "> $$\n> a\n> $$\n", "- $a\n  b$", "$$$$", "$$\n", "![](attachment:)", "<p>$"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if _, err := newMarkdown(nil).html(source, nil); err != nil {
			t.Error(err)
		}
	})
}

// testdata/page.ipynb shows every kind of cell and output; the page's own style
// and script are left out of the comparison.
func TestPage(t *testing.T) {
	n, err := notebook.ReadFile("testdata/page.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := Write(&page, n, Options{}); err != nil {
		t.Fatal(err)
	}
	got := strings.NewReplacer(style, "", mathStyle, "", mathScript, "").Replace(page.String())
	if *update {
		if err := os.WriteFile("testdata/page.html", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/page.html")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page differs from testdata/page.html; go test -update writes it:\n%s", got)
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	n, err := notebook.ReadFile("testdata/page.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := Write(&page, n, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{`src="http`, `href="http`, "@import", "url(http", "url('http", "Temml.woff2"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
}

func TestScriptOnlyForFormulas(t *testing.T) {
	n := notebook.New()
	n.Cells = []notebook.Cell{{ID: "a", Type: notebook.Markdown, Source: "# Costs $5"}}
	var page bytes.Buffer
	if err := Write(&page, n, Options{Language: "zh"}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"<script": false, `<html lang="zh-CN">`: true, "<title>Costs $5</title>": true} {
		if got := strings.Contains(page.String(), text); got != want {
			t.Errorf("%s in the page: %v", text, got)
		}
	}
}
