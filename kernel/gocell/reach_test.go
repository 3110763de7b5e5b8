package gocell_test

import (
	"strings"
	"testing"
)

func TestUsesOf(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cells []string
		of    string
		want  string
	}{
		{"nothing", []string{`func f(x int) int { return x + 1 }`}, "f", ""},
		{"a call", []string{`func f(s string) string { return strings.ToUpper(s) }`}, "f", "strings.ToUpper"},
		{"a function as a value", []string{`func f(s string) string { g := strings.ToUpper; return g(s) }`}, "f", "strings.ToUpper"},
		{"a method", []string{`func f(b *strings.Builder) { b.WriteByte(1) }`}, "f", "(*strings.Builder).WriteByte"},
		{"a helper of another cell", []string{`func h(s string) string { return strings.ToUpper(s) }`, `func f(s string) string { return h(s) }`}, "f", "strings.ToUpper"},
		{"a helper that was redefined", []string{`func h(s string) string { return strings.ToUpper(s) }`, `func f(s string) string { return h(s) }`, `func h(s string) string { return strings.ToLower(s) }`}, "f", "strings.ToLower"},
		{"a literal inside", []string{`func f(s string) string { return func() string { return strings.ToUpper(s) }() }`}, "f", "strings.ToUpper"},
		{"a variable that holds a compiled function", []string{`up := strings.ToUpper`, `func f(s string) string { return up(s) }`}, "f", "strings.ToUpper"},
		{"a variable that holds a literal", []string{`up := func(s string) string { return strings.ToUpper(s) }`, `func f(s string) string { return up(s) }`}, "f", "strings.ToUpper"},
		{"a variable that holds another function by now", []string{`up := strings.ToUpper`, `func f(s string) string { return up(s) }`, `up = strings.ToLower`}, "f", "strings.ToLower"},
		{"the answer is a variable", []string{`f := func(s string) string { return strings.ToUpper(s) }`}, "f", "strings.ToUpper"},
		{"a method of a type of a cell", []string{`type T struct{}; func (T) m(s string) string { return strings.ToUpper(s) }`, `func f(s string) string { return T{}.m(s) }`}, "f", "strings.ToUpper"},
		{"recursion", []string{`func f(n int) int { if n == 0 { return len(strings.Fields("")) }; return f(n-1) }`}, "f", "strings.Fields"},
		{"no such name", nil, "f", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSession()
			for _, c := range tt.cells {
				if _, rest := s.run(t.Context(), c); rest != "" {
					t.Fatal(rest)
				}
			}
			if got := strings.Join(s.engine.Uses(tt.of), " "); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
