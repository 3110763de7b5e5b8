package lessons

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/source"
)

func all(t testing.TB) []Lesson {
	t.Helper()
	lessons, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(lessons) == 0 {
		t.Fatal("no lessons")
	}
	return lessons
}

// TestCodeIsTheSameInBothLanguages compares the code cells of the two
// notebooks, comments, the strings that are in both languages and the first
// cell left out.
func TestCodeIsTheSameInBothLanguages(t *testing.T) {
	for _, l := range all(t) {
		english := inEnglish(l)
		for _, form := range []Form{Student, Solved} {
			en, zh := l.Notebook("en", form).Cells, l.Notebook("zh", form).Cells
			if len(en) != len(zh) {
				t.Fatalf("%s: %d cells in English, %d in Chinese", l.Name, len(en), len(zh))
			}
			for i := range en {
				if en[i].ID != zh[i].ID || en[i].Type != zh[i].Type {
					t.Errorf("%s, cell %d: %s and %s", l.Name, i, en[i].ID, zh[i].ID)
				}
				if i > 0 && en[i].Type == notebook.Code && source.Bare(en[i].Source) != source.Bare(english.Replace(zh[i].Source)) {
					t.Errorf("%s, cell %s: the code differs", l.Name, en[i].ID)
				}
			}
		}
	}
}

// inEnglish puts the strings of a lesson's code into English.
func inEnglish(l Lesson) *strings.Replacer {
	var pairs []string
	for _, b := range l.Blocks {
		for _, text := range source.Spoken(b.Code) {
			pairs = append(pairs, `"`+text.ZH+`"`, `"`+text.EN+`"`)
		}
	}
	return strings.NewReplacer(pairs...)
}

// TestCodeFitsThePage holds every line of code to the columns that a notebook
// shows without scrolling sideways. A Chinese character takes two.
func TestCodeFitsThePage(t *testing.T) {
	for _, l := range all(t) {
		for _, language := range source.Languages {
			for _, form := range []Form{Student, Solved} {
				for _, c := range l.Notebook(language, form).Cells {
					for line := range strings.Lines(c.Source) {
						if n := columns(line); c.Type == notebook.Code && n > Columns {
							t.Errorf("%s in %s, cell %s: %d columns, more than %d: %s", l.Name, language, c.ID, n, Columns, line)
						}
					}
				}
			}
		}
	}
}

// columns is the width of a line where every tab is four columns.
func columns(line string) (n int) {
	for _, r := range strings.TrimRight(line, "\n") {
		switch {
		case r == '\t':
			n += 4 - n%4
		case unicode.Is(unicode.Han, r) || r >= 0xff00 && r <= 0xff60 || r >= 0x3000 && r <= 0x303f:
			n += 2
		default:
			n++
		}
	}
	return n
}

// TestEveryRowHasACell holds the lessons to the course: testdata/rows.txt lists
// what each lesson teaches, and every row has a cell that runs, in this order.
// A row that is not built yet is marked as pending.
func TestEveryRowHasACell(t *testing.T) {
	text, err := os.ReadFile("testdata/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		row, note, _ := strings.Cut(strings.TrimSpace(line), " ")
		if row != "" && !strings.HasPrefix(row, "#") && note != "pending" {
			lesson, _, _ := strings.Cut(row, ".")
			want[lesson] = append(want[lesson], row)
		}
	}
	for _, l := range all(t) {
		rows := want[strings.TrimPrefix(l.ID, "0")]
		if got := l.Rows(); !slices.Equal(got, rows) {
			t.Errorf("%s teaches %v; want %v", l.Name, got, rows)
		}
	}
}

// TestGlossaryHasTheTermsInBothLanguages compares the terms of the two lists.
func TestGlossaryHasTheTermsInBothLanguages(t *testing.T) {
	pages, err := Pages()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(pages, func(l Lesson) bool { return l.Name == "glossary" })
	text := pages[i].Blocks[0].Text
	var en, zh []string
	for _, m := range regexp.MustCompile(`(?m)^\*\*([^*]+)\*\* ([^—]+) —`).FindAllStringSubmatch(text.EN, -1) {
		en = append(en, m[1]+" / "+strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(m[2]), " (", "（"), ")", "）"))
	}
	for _, m := range regexp.MustCompile(`(?m)^\*\*([^*]+)\*\*(（[^）]+）)? ([^—]+) —`).FindAllStringSubmatch(text.ZH, -1) {
		zh = append(zh, strings.TrimSpace(m[3])+" / "+m[1]+m[2])
	}
	slices.Sort(en)
	slices.Sort(zh)
	if len(en) < 20 || !slices.Equal(en, zh) {
		t.Errorf("the lists differ:\n%s\n%s", strings.Join(en, "\n"), strings.Join(zh, "\n"))
	}
}

// TestLinksLeadSomewhere follows the links between the notebooks, and holds that
// the index names every lesson with its minutes.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)`)
	for _, language := range source.Languages {
		files, err := Files(language, Student)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			for _, m := range link.FindAllStringSubmatch(string(text), -1) {
				if _, ok := files[m[1]]; !ok && strings.HasSuffix(m[1], "nb") {
					t.Errorf("%s/%s links to %s", language, name, m[1])
				}
			}
		}
		for _, l := range all(t) {
			row := regexp.MustCompile(fmt.Sprintf(`\| %s \| \[[^|]+\]\(%s.ipynb\) \|.*\| %d \|`, strings.TrimPrefix(l.ID, "0"), l.Name, l.Minutes))
			if !row.Match(files["00-index.ipynb"]) {
				t.Errorf("the %s index has no row for %s with %d minutes", language, l.Name, l.Minutes)
			}
		}
	}
}

// TestStudentsGetNoSolutions looks for what belongs to the teacher.
func TestStudentsGetNoSolutions(t *testing.T) {
	for _, l := range all(t) {
		var b bytes.Buffer
		for _, c := range l.Notebook("en", Student).Cells {
			b.WriteString(c.Source + "\n")
		}
		for _, mark := range []string{"BEGIN SOLUTION", "END SOLUTION", "// STUB", "HIDDEN", "// en:", "// zh:"} {
			if strings.Contains(b.String(), mark) {
				t.Errorf("%s: the student's notebook holds %q", l.Name, mark)
			}
		}
		for _, e := range l.Exercises() {
			for _, h := range e.Hidden {
				if !slices.Contains(e.Check, h) && strings.Contains(b.String(), h) {
					t.Errorf("%s: the student sees the hidden check %s", l.Name, h)
				}
			}
		}
	}
}

// TestCommentsAreInBothLanguages finds comments that say something and are in
// one language. A formula or a number is the same in both.
func TestCommentsAreInBothLanguages(t *testing.T) {
	words := regexp.MustCompile(`[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}|\p{Han}`)
	comment, text := regexp.MustCompile(`//.*`), regexp.MustCompile(`"en: .*? // zh: .*?"`)
	for _, l := range all(t) {
		for _, b := range l.Blocks {
			for _, c := range comment.FindAllString(text.ReplaceAllString(b.Code, ""), -1) {
				if !strings.HasPrefix(c, "// en:") && !strings.HasPrefix(c, "// STUB") && words.MatchString(c) {
					t.Errorf("%s, block at line %d: %s", l.Name, b.Line, c)
				}
			}
		}
	}
}

// TestNotebooksAreUpToDate compares notebooks/ with what the sources make:
// after a change, go generate ./lessons.
func TestNotebooksAreUpToDate(t *testing.T) {
	for _, language := range source.Languages {
		files, err := Files(language, Student)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join("..", "notebooks", language)
		for name, want := range files {
			got, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s/%s is not what go generate ./lessons makes", language, name)
			}
		}
		there, _ := filepath.Glob(filepath.Join(folder, "*.ipynb"))
		if len(there) != len(files) {
			t.Errorf("%s holds %d notebooks, %d are generated", folder, len(there), len(files))
		}
	}
}

func TestFind(t *testing.T) {
	for _, id := range []string{"6", "06", "06-cross-correlation"} {
		if l, err := Find(id); err != nil || l.ID != "06" {
			t.Errorf("Find(%q) = %s, %v", id, l.ID, err)
		}
	}
	if _, err := Find("99"); err == nil || !strings.Contains(err.Error(), "06") {
		t.Errorf("Find(99): %v; want an error that lists the lessons", err)
	}
}

func TestParseSession(t *testing.T) {
	for _, test := range []struct{ arguments, want string }{
		{"06 zh", "06 zh 6"},
		{" 6 en seed=41 ", "06 en 41"},
		{"06", "want a lesson and a language"},
		{"06 fr", "want en or zh"},
		{"99 en", "there is no lesson"},
		{"06 en seed=x", "want seed=N"},
		{"06 en 7", "want seed=N"},
		{"06 en seed=1 more", "want a lesson and a language"},
	} {
		s, err := ParseSession(test.arguments)
		got := fmt.Sprintf("%s %s %d", s.Lesson.ID, s.Language, s.Seed)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, test.want) {
			t.Errorf("ParseSession(%q): %s; want %s", test.arguments, got, test.want)
		}
	}
}

// notATerm is what prose may hold of a word before it is explained: what is
// next, headings, the answers of a question, code and formulas.
var notATerm = regexp.MustCompile("(?m)^(#|Next:|下一课|- \\*\\*[a-d]\\*\\*).*$|`[^`]*`|\\$[^$]*\\$|车轮|轮廓|轮到")

// TestTermsAreLinked holds that the first lesson whose text has a term of the
// glossary links it, and that what is linked is there.
func TestTermsAreLinked(t *testing.T) {
	pages, err := Pages()
	if err != nil {
		t.Fatal(err)
	}
	glossary := pages[slices.IndexFunc(pages, func(l Lesson) bool { return l.Name == "glossary" })].Blocks[0].Text
	link := regexp.MustCompile(`\[([^\]]+)\]\(glossary.ipynb\)`)
	for _, language := range source.Languages {
		for _, l := range all(t) {
			for _, m := range link.FindAllStringSubmatch(proseOf(l, language), -1) {
				stem := strings.ToLower(strings.TrimSuffix(m[1], "s"))
				if !strings.Contains(strings.ToLower(glossary.In(language)), "**"+stem) {
					t.Errorf("%s in %s links %s, which the glossary has not", l.Name, language, m[1])
				}
			}
		}
		for _, m := range regexp.MustCompile(`(?m)^\*\*([^*]+)\*\*`).FindAllStringSubmatch(glossary.In(language), -1) {
			first := regexp.MustCompile(`(?i)(^|[^A-Za-z])` + m[1])
			linked := regexp.MustCompile(`(?i)\[[^\]]*` + m[1] + `[^\]]*\]\(glossary.ipynb\)`)
			for _, l := range all(t) {
				if text := proseOf(l, language); first.MatchString(text) {
					if !linked.MatchString(text) {
						t.Errorf("%s in %s has %s and no link to the glossary", l.Name, language, m[1])
					}
					break
				}
			}
		}
	}
}

// proseOf is the running text of a lesson.
func proseOf(l Lesson, language string) string {
	var text strings.Builder
	for _, b := range l.Blocks {
		if b.Kind == source.Prose {
			text.WriteString(notATerm.ReplaceAllString(b.Text.In(language), " ") + "\n")
		}
	}
	return text.String()
}
