package main

import (
	"slices"
	"testing"
)

func TestPageNames(t *testing.T) {
	for _, test := range []struct{ submissions, want []string }{
		{[]string{"wrong.ipynb", "class/wrong.ipynb"}, []string{"wrong.html", "class-wrong.html"}},
		{[]string{"in/alice.ipynb", "in/bob.ipynb"}, []string{"alice.html", "bob.html"}},
		{[]string{"/in/alice/06.ipynb", "/in/bob/06.ipynb", "/in/bob/06"}, []string{"alice-06.html", "bob-06.html", "bob-06-2.html"}},
		{[]string{"in/alice"}, []string{"alice.html"}},
		{[]string{"../a.ipynb", "b/c.ipynb"}, []string{"a.html", "b-c.html"}},
	} {
		if got := pageNames(test.submissions); !slices.Equal(got, test.want) {
			t.Errorf("%q: %q; want %q", test.submissions, got, test.want)
		}
	}
}
