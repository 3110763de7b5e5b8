package gocell_test

import (
	"strings"
	"testing"
)

func TestCallersOfCells(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"caller", "func where() string {\n\tpc, file, line, _ := runtime.Caller(1)\n\treturn fmt.Sprint(runtime.FuncForPC(pc).Name(), \" \", file, \" \", line)\n}\nfunc f() string {\n\treturn where()\n}\nf()",
			"=> main.f cell1.go 6\n"},
		{"frames", "func f() {\n\tpcs := make([]uintptr, 9)\n\tframes := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])\n\tfor {\n\t\tx, more := frames.Next()\n\t\tfmt.Print(x.Function, \":\", x.Line, \" \")\n\t\tif !more { break }\n\t}\n}\nfunc g() { f() }\ng()",
			"main.f:3 main.g:10 "},
		{"stack in a deferred call", "func f(s []int) int { return s[3] }\ndefer func() {\n\trecover()\n\tfmt.Print(strings.Contains(string(debug.Stack()), \"main.f(...)\\n\\tcell1.go:1\"))\n}()\nf(nil)",
			"true"},
		{"name of a function value", "func f() {}\nruntime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()", "=> main.f\n"},
		{"compiled functions keep their own", "runtime.FuncForPC(reflect.ValueOf(strings.ToUpper).Pointer()).Name()", "=> strings.ToUpper\n"},
		{"no such caller", "_, _, _, ok := runtime.Caller(100)\nok", "=> false\n"},
		{"breakpoint", "defer func() { fmt.Print(recover()) }()\nruntime.Breakpoint()", "runtime.Breakpoint: there is no debugger"},
	} {
		printed, rest := newSession().run(t.Context(), c.cell)
		if got := printed + rest; !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
