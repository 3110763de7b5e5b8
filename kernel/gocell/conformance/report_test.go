package conformance

import (
	"strings"
	"testing"
)

var someResults = []Result{
	{File: "a.go", Passed: true},
	{File: "b.go", Reason: "b.go:3: not supported yet: goto"},
	{File: "c.go", Reason: `prints "1" for "2" in line 1`},
	{File: "d.go", Reason: "d.go:33: not supported yet: goto"},
	{File: "e.go", Reason: `prints "x" for "y" in line 12`},
	{File: "f.go", Reason: "exit status 2"},
}

func TestReport(t *testing.T) {
	var b strings.Builder
	if err := Report(&b, "title", someResults); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), "# title\n# passed 1 of 6\nb.go: b.go:3: not supported yet: goto\n") {
		t.Error(b.String())
	}
}

func TestGroups(t *testing.T) {
	var got []string
	for _, g := range Groups(someResults) {
		got = append(got, strings.Join(g.Files, " "))
	}
	if strings.Join(got, "; ") != "b.go d.go; c.go e.go; f.go" {
		t.Error(got)
	}
}

func TestErrorLines(t *testing.T) {
	got := ErrorLines([]byte("x // ERROR \"undefined\"\ny\nz // GC_ERROR `bad`\n// ERROR without quotes\n// no"))
	if len(got) != 2 || !got[1] || !got[3] {
		t.Error(got)
	}
}

func TestDifference(t *testing.T) {
	for _, c := range []struct{ got, want, reason string }{
		{"a\nb\n", "a\nc\n", `prints "b" for "c" in line 2`},
		{"a\n", "", `prints "a" for "" in line 1`},
		{"", "a\n", `prints "" for "a" in line 1`},
		{"a", "a\nb", `ends before "b"`},
	} {
		if reason := difference(c.got, c.want); reason != c.reason {
			t.Errorf("%q, %q: %s", c.got, c.want, reason)
		}
	}
}

func TestFiles(t *testing.T) {
	root := goRoot(t)
	files, err := Files(root, "// run")
	if err != nil || len(files) < 900 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	out, err := Want(root, "helloworld.go")
	if err != nil || string(out) != "hello, world\n" {
		t.Errorf("%q %v", out, err)
	}
}
