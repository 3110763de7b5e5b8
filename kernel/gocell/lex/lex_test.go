package lex

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestItems(t *testing.T) {
	tests := []struct {
		source string
		want   []string // of each item its text, whether it declares, and its names
	}{
		{"x := 1; y, z := f(x)", []string{"x := 1 false [x]", "y , z := f ( x ) false [y z]"}},
		{"for i := 0; i < 3; i++ { f(i); g() }\nh()", []string{"for i := 0 ; i < 3 ; i ++ { f ( i ) ; g ( ) } false []", "h ( ) false []"}},
		{"a: b: if x := 1; x > 0 {}; c()", []string{"a : b : if x := 1 ; x > 0 { } false []", "c ( ) false []"}},
		{"type (\n\tA int\n\tB[T any] struct{ f, g T }\n)", []string{"type ( A int ; B [ T any ] struct { f , g T } ; ) true [A B]"}},
		{"var a, b = 1, c", []string{"var a , b = 1 , c true [a b]"}},
		{"const (\n\tX = iota\n\tY\n)", []string{"const ( X = iota ; Y ; ) true [X Y]"}},
		{"func f() {}", []string{"func f ( ) { } true [f]"}},
		{"func (r *T[K]) m() {}", []string{"func ( r * T [ K ] ) m ( ) { } true []"}},
		{"func (r T", []string{"func ( r T true []"}},
		{"func (r T) m", []string{"func ( r T ) m true []"}},
		{"func() int { return 1 }()", []string{"func ( ) int { return 1 } ( ) false []"}},
		{"func() { f() }()", []string{"func ( ) { f ( ) } ( ) false []"}},
		{"import \"fmt\"", []string{"import \"fmt\" true []"}},
		{"f() // a\n/* b */ ; ;", []string{"f ( ) false []"}},
		{"package p\nf()", []string{"f ( ) false []"}},
		{"} x", []string{"} x false []"}},
		{"", nil},
	}
	for _, tt := range tests {
		var got []string
		for _, it := range Items(tt.source) {
			text := strings.ReplaceAll(it.Text(), "\n ", "; ")
			got = append(got, fmt.Sprint(strings.TrimSpace(text), " ", it.Declares(), " ", it.Names()))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.source, got, tt.want)
		}
	}
}

// FuzzScan cuts anything: tokens and items lie in the source, in order.
func FuzzScan(f *testing.F) {
	f.Add("x := `a\r\nb`; \"ü\"\xff; for ;; {")
	f.Add("func (r T) m() { if x; y { } }")
	f.Fuzz(func(t *testing.T, source string) {
		tokens, _ := Scan(source)
		at := 0
		for _, tok := range tokens {
			if tok.Start < at || tok.End < tok.Start || tok.End > len(source) {
				t.Fatalf("token %v behind %d in %q", tok, at, source)
			}
			at = tok.End
		}
		at = 0
		for _, it := range Split(tokens) {
			if it.Start < at || it.End < it.Start {
				t.Fatalf("item %v behind %d in %q", it, at, source)
			}
			at = it.End
			it.Declares()
			it.Define()
			it.Names()
		}
	})
}
