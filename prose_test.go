package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/source"
)

// A passage is a text for people: of a page, a lesson or a message.
type passage struct {
	where    string // file and line
	language string
	text     string // as Markdown
}

// passages returns all texts for people.
func passages(t *testing.T) []passage {
	t.Helper()
	all := slices.Concat(documents(t), courseTexts(t), messageTexts(t))
	if len(all) < 500 {
		t.Fatalf("%d passages: the texts were not found", len(all))
	}
	return all
}

// documents returns the paragraphs of the pages beside the code.
func documents(t *testing.T) (all []passage) {
	for _, file := range pages(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(withoutFences(string(text)), "\n") {
			all = append(all, passage{fmt.Sprintf("%s:%d", file, i+1), "en", line})
		}
	}
	return all
}

// pages returns the Markdown files of the repository that are written by hand,
// the lessons apart.
func pages(t *testing.T) (files []string) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && (len(name) > 1 && name[0] == '.' || name == "testdata" || name == "content" || name == "temml"):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".md") && !generated(file):
			files = append(files, filepath.ToSlash(file))
		}
		return nil
	})
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	return files
}

// generated says whether a page is the table of a measurement.
func generated(file string) bool { return strings.HasSuffix(file, "BENCHMARKS.md") }

// courseTexts returns what the lessons and the pages beside them say.
func courseTexts(t *testing.T) (all []passage) {
	course, err := lessons.Pages()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range course {
		for _, b := range l.Blocks {
			where := fmt.Sprintf("lessons/content/%s.md:%d", l.Name, b.Line)
			for _, text := range append(source.Spoken(b.Code), b.Text, b.Why) {
				for _, language := range source.Languages {
					all = append(all, passage{where, language, withoutFences(text.In(language))})
				}
			}
		}
	}
	return all
}

// messageTexts returns the texts that stand in the code as a pair, English and
// Chinese.
func messageTexts(t *testing.T) (all []passage) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && len(d.Name()) > 1 && d.Name()[0] == '.' {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "generated_") {
			return nil
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			for _, pair := range pairs(n) {
				where := fmt.Sprintf("%s:%d", filepath.ToSlash(file), files.Position(n.Pos()).Line)
				all = append(all, passage{where, "en", pair.EN}, passage{where, "zh", pair.ZH})
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// pairs returns the literals of a call or a composite that follow each other, a
// text without Chinese characters and one with them.
func pairs(n ast.Node) (found []source.Text) {
	var list []ast.Expr
	switch n := n.(type) {
	case *ast.CallExpr:
		list = n.Args
	case *ast.CompositeLit:
		list = n.Elts
	}
	texts := make([]string, len(list))
	for i, e := range list {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		texts[i] = literal(e)
		if i > 0 && texts[i-1] != "" && !strings.ContainsFunc(texts[i-1], isHan) && strings.ContainsFunc(texts[i], isHan) {
			found = append(found, source.Text{EN: texts[i-1], ZH: texts[i]})
		}
	}
	return found
}

// literal returns a text that is written as one literal or a sum of them.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return s
		}
	case *ast.BinaryExpr:
		return literal(e.X) + literal(e.Y)
	}
	return ""
}

func isHan(c rune) bool { return unicode.Is(unicode.Han, c) }

// withoutFences empties the lines of fenced code, and keeps their number.
func withoutFences(text string) string {
	lines, inside := strings.Split(text, "\n"), false
	for i, line := range lines {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if fence || inside {
			lines[i] = ""
		}
		inside = inside != fence
	}
	return strings.Join(lines, "\n")
}

// What of a text is no prose: code, formulas, addresses, verbs of fmt, and
// names in Go with a dot or in braces.
var noProse = regexp.MustCompile("(?s)\\$\\$.*?\\$\\$|\\$[^$\n]+\\$|`[^`\n]+`|<[^<>]*>|https?://[^\\s)）]+|" +
	"%[-+ #0-9.\\[\\]]*[sdvqgfxTec]\\b|\\]\\([^)\\s]*\\)|\\{[^{}\n]*\\}|\\b[A-Za-z]\\w*(\\.\\w+)+|[%-]\\b[a-z]{2,}\\b")

// prose is a passage with a word in place of what is no prose; what a %s stands
// for may be Chinese or not, so it is no letter at all.
func (p passage) prose(word string) string {
	return noProse.ReplaceAllStringFunc(p.text, func(s string) string {
		switch {
		case strings.HasPrefix(s, "](") || strings.HasPrefix(s, "<"):
			return ""
		case strings.HasPrefix(s, "%") && strings.HasSuffix(s, "s"):
			return "\x00"
		case strings.HasPrefix(s, "$$"):
			return "\n"
		case s[0] == '`' && strings.ContainsFunc(s, isHan): // the name that package flag gives a value
			return strings.Trim(s, "`")
		case s[0] == '-': // over-fitting
			return s
		}
		return word
	})
}

// TestEnglishIsSpelled looks every English word up in hunspell's British
// dictionary and in testdata/words.txt, which has the names and terms that it
// lacks. `.ci/test prose` installs hunspell; without it there is nothing to ask.
func TestEnglishIsSpelled(t *testing.T) {
	if _, err := exec.LookPath("hunspell"); err != nil {
		t.Skip("hunspell is not installed: .ci/test prose installs it")
	}
	seen := map[string]string{}
	for _, p := range passages(t) {
		if p.language != "en" {
			continue
		}
		for _, word := range strings.FieldsFunc(p.prose(" "), func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' && c != '’' }) {
			word = strings.TrimSuffix(strings.ReplaceAll(strings.Trim(word, "'’"), "’", "'"), "'s")
			if _, known := seen[word]; !known && len(word) > 1 && !strings.ContainsFunc(word, func(c rune) bool { return c > unicode.MaxLatin1 }) {
				seen[word] = p.where
			}
		}
	}
	for _, word := range misspelt(t, seen) {
		t.Errorf("%s: %q is in no dictionary: mend it, put code in backquotes, or add a name or a term to testdata/words.txt", seen[word], word)
	}
}

// misspelt asks hunspell about the keys of a map.
func misspelt(t *testing.T, words map[string]string) (wrong []string) {
	hunspell := exec.Command("hunspell", "-l", "-i", "utf-8", "-d", "en_GB")
	var in bytes.Buffer
	for word := range words {
		fmt.Fprintln(&in, word)
	}
	hunspell.Stdin = &in
	out, err := hunspell.Output()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile("testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields(string(ours))
	for _, word := range strings.Fields(string(out)) {
		if !slices.Contains(known, word) {
			wrong = append(wrong, word)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// otherWords are words for something that the glossary calls otherwise.
var otherWords = map[string]string{
	"汇聚": "池化", "步幅": "步长", "滤波器": "过滤器", "特征映射": "特征图", "感受域": "感受野", "丢弃法": "暂退法", "权值": "权重",
	"全链接": "全连接", "零填补": "零填充", "拉平": "展平", "扁平化": "展平", "交叉相关": "互相关", "过度拟合": "过拟合", "训练周期": "轮",
}

// A sign of half width beside a Chinese character, or a space beside a sign of
// full width, or none between Chinese and Latin.
var typography = []struct {
	wrong *regexp.Regexp
	why   string
}{
	{regexp.MustCompile(`\p{Han}[,;:!?]|[,;:!?]\p{Han}|\p{Han}\.(\s|$)`), "half-width punctuation beside Chinese"},
	{regexp.MustCompile(`\p{Han} ?\([^)]*\p{Han}[^)]*\)|\p{Han}\(|\)\p{Han}`), "half-width brackets beside Chinese"},
	{regexp.MustCompile(`\p{Han}["']|["']\p{Han}`), "straight quotes beside Chinese"},
	{regexp.MustCompile(`[，。；：！？、（“] +[^ *_|]|[^ *_|] +[，。；：！？、）”]`), "a space beside full-width punctuation"},
	{regexp.MustCompile(`\p{Han}[A-Za-z0-9]|[A-Za-z0-9%]\p{Han}`), "no space between Chinese and Latin"},
}

// TestChineseIsConsistent holds the Chinese texts to the words of the glossary
// and to one way to set signs and spaces.
func TestChineseIsConsistent(t *testing.T) {
	for _, p := range passages(t) {
		if p.language != "zh" {
			continue
		}
		text := p.prose("x")
		if !strings.Contains(p.where, "glossary") {
			for word, term := range otherWords {
				if strings.Contains(strings.ReplaceAll(text, "也译作"+word, ""), word) {
					t.Errorf("%s: %s; the glossary says %s", p.where, word, term)
				}
			}
		}
		for line := range strings.Lines(text) {
			for _, rule := range typography {
				if found := rule.wrong.FindString(line); found != "" {
					t.Errorf("%s: %s: %q in %s", p.where, rule.why, found, strings.TrimSpace(line))
				}
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^()\s]*(?:\([^()\s]*\))?[^()\s]*)\)`)

// TestLinks holds that relative links of the pages lead to files and headings
// that are there, and that external ones are addresses with https. Nothing is
// fetched. The links between notebooks are held by package lessons.
func TestLinks(t *testing.T) {
	checked := 0
	for _, file := range pages(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(withoutFences(string(text)), -1) {
			checked++
			if problem := follow(path.Dir(file), string(text), m[1]); problem != "" {
				t.Errorf("%s: %s: %s", file, m[1], problem)
			}
		}
	}
	for _, p := range courseTexts(t) {
		for _, m := range link.FindAllStringSubmatch(p.text, -1) {
			checked++
			if strings.Contains(m[1], ":") {
				if problem := external(m[1]); problem != "" {
					t.Errorf("%s: %s: %s", p.where, m[1], problem)
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("%d links: they were not found", checked)
	}
}

// follow says what is wrong with a link in a page of a folder.
func follow(folder, text, target string) string {
	if strings.Contains(target, ":") {
		return external(target)
	}
	file, anchor, _ := strings.Cut(target, "#")
	if file != "" {
		b, err := os.ReadFile(filepath.FromSlash(path.Join(folder, file)))
		if err != nil && !isFolder(path.Join(folder, file)) {
			return "there is no such file"
		}
		text = string(b)
	}
	if anchor != "" && !slices.Contains(anchors(text), anchor) {
		return "there is no such heading"
	}
	return ""
}

func isFolder(name string) bool {
	info, err := os.Stat(filepath.FromSlash(name))
	return err == nil && info.IsDir()
}

func external(target string) string {
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return err.Error()
	case u.Scheme != "https" || u.Host == "" || !strings.Contains(u.Host, "."):
		return "want an address with https"
	}
	return ""
}

// anchors returns the names that GitHub and Jupyter give the headings of a page.
func anchors(text string) (names []string) {
	for _, m := range regexp.MustCompile(`(?m)^#+ +(.*)$`).FindAllStringSubmatch(withoutFences(text), -1) {
		name := strings.Map(func(c rune) rune {
			switch {
			case unicode.IsLetter(c), unicode.IsDigit(c), c == '-', c == '_':
				return unicode.ToLower(c)
			case c == ' ':
				return '-'
			}
			return -1
		}, m[1])
		names = append(names, name)
	}
	return names
}

// The tests must be able to fail.
func TestProseRulesCanFail(t *testing.T) {
	for text, why := range map[string]string{
		"卷积,池化":    "half-width punctuation beside Chinese",
		"卷积(池化)":   "half-width brackets beside Chinese",
		`叫做"卷积"`:   "straight quotes beside Chinese",
		"卷积， 池化":   "a space beside full-width punctuation",
		"3×3卷积":    "no space between Chinese and Latin",
		"用`conv`算": "no space between Chinese and Latin",
	} {
		found := false
		for _, rule := range typography {
			found = found || rule.why == why && rule.wrong.MatchString(passage{text: text}.prose("x"))
		}
		if !found {
			t.Errorf("%s: %q is not found", why, text)
		}
	}
	for target, want := range map[string]string{
		"README.md": "", "README.md#lessons": "", "lessons": "", "https://go.dev/": "",
		"nowhere.md": "there is no such file", "README.md#nowhere": "there is no such heading", "http://go.dev/": "want an address with https",
	} {
		if got := follow(".", "", target); got != want {
			t.Errorf("%s: %q; want %q", target, got, want)
		}
	}
}
