package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// lists are what symbols.go asks for.
type lists struct {
	all     []string
	without map[string]bool
	browser map[string]bool
}

// readLists reads the two constants of symbols.go.
func readLists(name string) (lists, error) {
	l := lists{without: map[string]bool{}, browser: map[string]bool{}}
	imports, err := constant(name, "imports")
	if err != nil {
		return l, err
	}
	for line := range strings.Lines(imports) {
		path, note, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case path == "":
		case strings.HasPrefix(path, "-"):
			l.without[path[1:]] = true
		default:
			l.all = append(l.all, path)
			l.browser[path] = note == "browser"
		}
	}
	std, err := constant(name, "browserStd")
	for _, path := range strings.Fields(std) {
		l.browser[path] = true
	}
	return l, err
}

func constant(file, name string) (string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return "", err
	}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		if s := g.Specs[0].(*ast.ValueSpec); s.Names[0].Name == name {
			return strconv.Unquote(s.Values[0].(*ast.BasicLit).Value)
		}
	}
	return "", fmt.Errorf("%s: no constant %s", file, name)
}

// patterns are what to load on p.
func (l lists) patterns(p platform) []string {
	if p != browser {
		return l.all
	}
	var some []string
	for path, ok := range l.browser {
		if ok {
			some = append(some, path)
		}
	}
	return some
}

// wanted reports whether a loaded package is to be described.
func (l lists) wanted(p platform, path string) bool {
	return !l.without[path] && path != "unsafe" && !internal(path) && (p != browser || l.browser[path])
}

// internal reports whether the Go command would refuse to import path.
func internal(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "internal" || part == "vendor" || part == "main" {
			return true
		}
	}
	return strings.HasPrefix(path, "cmd/")
}
