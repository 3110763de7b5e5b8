package notebooks

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/fstest"

	"github.com/convnotes/convnotes/lessons/notebook"
)

func TestHandOut(t *testing.T) {
	const name = "en/06.ipynb"
	v := func(text string) fstest.MapFS { return fstest.MapFS{name: {Data: []byte(text)}} }
	folder := t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(name string) {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	// Each step goes on from the one before it, in one folder.
	for _, step := range []struct {
		name    string
		student func() // what the student does first
		lesson  string // what convnotes brings
		want    []Lesson
		files   map[string]string
	}{
		{"the first time", nil, "one", []Lesson{{name, Copied}}, map[string]string{name: "one"}},
		{"again", nil, "one", nil, map[string]string{name: "one"}},
		{"newer, not edited", nil, "two", []Lesson{{name, Updated}}, map[string]string{name: "two"}},
		{"edited", func() { put(name, "mine") }, "two", nil, map[string]string{name: "mine"}},
		{"newer, edited", nil, "three", []Lesson{{"en/06.new.ipynb", Offered}},
			map[string]string{name: "mine", "en/06.new.ipynb": "three"}},
		{"offered once", nil, "three", nil, map[string]string{name: "mine", "en/06.new.ipynb": "three"}},
		{"the offer is edited too", func() { put("en/06.new.ipynb", "my third") }, "four", []Lesson{{"en/06.new-2.ipynb", Offered}},
			map[string]string{name: "mine", "en/06.new.ipynb": "my third", "en/06.new-2.ipynb": "four"}},
		{"removed", func() { remove(name) }, "four", []Lesson{{name, Copied}}, map[string]string{name: "four"}},
		{"the record is spoilt", func() { put(".convnotes/handed-out.json", "{") }, "five", []Lesson{{"en/06.new-3.ipynb", Offered}},
			map[string]string{name: "four", "en/06.new-3.ipynb": "five"}},
		{"the student has the newest", func() { put(name, "six") }, "six", nil, map[string]string{name: "six"}},
		{"and gets updates again", nil, "seven", []Lesson{{name, Updated}}, map[string]string{name: "seven"}},
	} {
		t.Run(step.name, func(t *testing.T) {
			if step.student != nil {
				step.student()
			}
			got, err := HandOut(v(step.lesson), folder)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, step.want) {
				t.Errorf("%v, want %v", got, step.want)
			}
			for name, want := range step.files {
				if got, _ := os.ReadFile(filepath.Join(folder, name)); string(got) != want {
					t.Errorf("%s holds %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestHandOutOnlyNotebooks(t *testing.T) {
	folder := t.TempDir()
	files := fstest.MapFS{"en/a.ipynb": {}, "zh/a.ipynb": {}, "en/a.go": {}, "images/b.png": {}}
	got, err := HandOut(files, folder)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Lesson{{"en/a.ipynb", Copied}, {"zh/a.ipynb", Copied}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestHandOutSaysWhatIsInTheWay(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "en", "06.ipynb"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := HandOut(fstest.MapFS{"en/06.ipynb": {Data: []byte("x")}}, folder); err == nil {
		t.Error("a folder in place of a lesson: no error")
	}
}

func TestFiles(t *testing.T) {
	for _, language := range []string{"en", "zh"} {
		entries, err := Files.ReadDir(language)
		if err != nil || len(entries) == 0 {
			t.Errorf("no notebooks in %s: %v", language, err)
		}
		for _, e := range entries {
			n, err := notebook.ReadFile(filepath.Join(language, e.Name()))
			if err != nil {
				t.Error(err)
			} else if n.Language() != "go" {
				t.Errorf("%s/%s is for a kernel of language %q", language, e.Name(), n.Language())
			}
		}
	}
}
