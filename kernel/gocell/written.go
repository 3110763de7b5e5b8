package gocell

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
	"github.com/convnotes/convnotes/kernel/gocell/packages"
)

// imports takes the import declarations out of a cell.
func (k *checked) imports(items *[]lex.Item) error {
	kept := (*items)[:0:0]
	var errs []Diagnostic
	for _, it := range *items {
		if it.Tokens[0].Tok != token.IMPORT {
			kept = append(kept, it)
			continue
		}
		for i, t := range it.Tokens {
			if t.Tok == token.STRING {
				if d := k.importOne(it.Tokens, i); d != nil {
					errs = append(errs, *d)
				}
			}
		}
	}
	*items = kept
	if errs != nil {
		return &Error{Class: "compile error", Diagnostics: errs}
	}
	return nil
}

// embeds refuses //go:embed: a comment that would do nothing in a cell, without a word.
func (k *checked) embeds() error {
	source := k.cell.source
	if !strings.Contains(source, "//go:embed ") {
		return nil
	}
	file := token.NewFileSet().AddFile("", 1, len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), func(token.Position, string) {}, scanner.ScanComments)
	for {
		switch pos, tok, text := s.Scan(); {
		case tok == token.EOF:
			return nil
		case tok == token.COMMENT && strings.HasPrefix(text, "//go:embed "):
			d := k.diagnosticAt(file.Offset(pos), "go:embed does not work in a cell")
			return &Error{Class: "compile error", Diagnostics: []Diagnostic{d}}
		}
	}
}

func (k *checked) importOne(toks []lex.Token, i int) *Diagnostic {
	path, _ := strconv.Unquote(toks[i].Text)
	pkg, err := k.s.imp.Import(path)
	if err != nil {
		d := k.diagnosticAt(toks[i].Start, err.Error())
		return &d
	}
	name := pkg.Name()
	switch prev := toks[i-1]; {
	case prev.Tok == token.IDENT && prev.Text == "_":
		return nil
	case prev.Tok == token.IDENT:
		name = prev.Text
	case prev.Tok == token.PERIOD:
		for _, n := range pkg.Scope().Names() {
			if token.IsExported(n) {
				k.names[n] = &declared{obj: pkg.Scope().Lookup(n), cell: k.cell}
			}
		}
		return nil
	}
	k.names[name] = &declared{obj: types.NewPkgName(token.NoPos, k.s.pkg, name, pkg), cell: k.cell}
	return nil
}

// parse writes the items as a file and parses it.
func (k *checked) parse(items []lex.Item) (*ast.File, error) {
	var w writer
	w.text("package main\n")
	for i := range items {
		k.write(&w, &items[i])
	}
	k.cell.segs = w.segs
	if k.problems != nil {
		return nil, &Error{Class: "compile error", Diagnostics: k.problems}
	}
	file, err := parser.ParseFile(k.s.fset, "cell", w.b.String(), parser.SkipObjectResolution|parser.AllErrors)
	if file != nil {
		k.cell.file = k.s.fset.File(file.FileStart)
		k.s.byFile(k.cell)
	}
	if err != nil {
		return nil, k.syntaxError(err)
	}
	if len(file.Decls) != len(k.parts) {
		return nil, &Error{Class: "compile error", Diagnostics: []Diagnostic{k.diagnosticAt(0, "brackets of this cell do not match")}}
	}
	for i, d := range file.Decls {
		k.parts[i].decl = d
	}
	k.ownNames(file)
	return file, nil
}

// write writes one item.
func (k *checked) write(w *writer, it *lex.Item) {
	src := k.cell.source
	names, at, isDefine := it.Define()
	switch {
	case it.Declares():
		w.from(src, it.Start, it.End)
		k.parts = append(k.parts, &part{item: it})
	case isDefine && k.fresh(names) > 0:
		k.writeDefine(w, it, names, at)
	default:
		if isDefine {
			k.problems = append(k.problems, k.diagnosticAt(at.Start, "no new variables on left side of :="))
		}
		w.text("func _() { ")
		w.from(src, it.Start, it.End)
		w.text("\n}")
		k.parts = append(k.parts, &part{item: it, stmt: true})
	}
	w.text("\n")
	for _, n := range it.Names() {
		k.own[n] = true
	}
}

// fresh counts the names that this cell has not declared before.
func (k *checked) fresh(names []string) int {
	n := 0
	for _, name := range names {
		if name != "_" && !k.own[name] {
			n++
		}
	}
	return n
}

// writeDefine writes a, b := x as var a, b = x. A name that the cell declared
// before is assigned to in a statement of its own. Where x means the variable
// of an earlier cell, it gets the name that oldName gives.
func (k *checked) writeDefine(w *writer, it *lex.Item, names []string, at lex.Token) {
	src := k.cell.source
	w.text("var ")
	var reused []string
	for i, n := range names {
		if i > 0 {
			w.text(", ")
		}
		t := it.Tokens[2*i]
		w.from(src, t.Start, t.End)
		if n != "_" && k.own[n] {
			w.text(newMark)
			reused = append(reused, n)
		}
	}
	w.text(" = ")
	k.writeValue(w, it, names, at)
	k.parts = append(k.parts, &part{item: it, define: true})
	for _, n := range reused {
		w.text("\nfunc _() { ")
		w.from(src, it.Start, it.Start)
		w.text(n + " = " + n + newMark + " }")
		k.parts = append(k.parts, &part{item: it, stmt: true})
	}
}

func (k *checked) writeValue(w *writer, it *lex.Item, names []string, at lex.Token) {
	src, from := k.cell.source, at.End
	for i, t := range it.Tokens {
		if t.Start < at.End || t.Tok != token.IDENT || !k.meansOld(t.Text, names) {
			continue
		}
		if prev := it.Tokens[i-1].Tok; prev == token.PERIOD {
			continue
		}
		if i+1 < len(it.Tokens) && it.Tokens[i+1].Tok == token.COLON {
			continue
		}
		w.from(src, from, t.End)
		w.text(oldMark)
		from = t.End
	}
	w.from(src, from, it.End)
}

func (k *checked) meansOld(name string, names []string) bool {
	for _, n := range names {
		if n == name && !k.own[name] {
			d := k.s.live[name]
			if d == nil {
				return false
			}
			_, isVar := d.obj.(*types.Var)
			return isVar
		}
	}
	return false
}

// ownNames are the names that the file declares.
func (k *checked) ownNames(file *ast.File) {
	k.own, k.ownTypes = map[string]bool{}, map[string]bool{}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				k.own[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						k.own[n.Name] = true
					}
				case *ast.TypeSpec:
					k.own[spec.Name.Name] = true
					k.ownTypes[spec.Name.Name] = true
				}
			}
		}
	}
}

// insertNames makes the live names visible that the cell mentions, and the
// packages that need no import.
func (k *checked) insertNames(toks []lex.Token) {
	scope := k.pkg.Scope()
	for _, t := range toks {
		if t.Tok == token.IDENT && !k.own[t.Text] && scope.Lookup(t.Text) == nil {
			k.insertName(scope, t.Text, toks)
		}
		if t.Tok == token.IDENT && k.own[t.Text] {
			k.insertOld(scope, t.Text)
		}
	}
}

// selectedFrom lists what a cell selects from a name: of several packages of that
// name, the one that has it all is meant.
func selectedFrom(name string, toks []lex.Token) (members []string) {
	for i := range len(toks) - 2 {
		if toks[i].Text == name && toks[i+1].Tok == token.PERIOD && toks[i+2].Tok == token.IDENT {
			members = append(members, toks[i+2].Text)
		}
	}
	return members
}

func (k *checked) insertName(scope *types.Scope, name string, toks []lex.Token) {
	d := k.names[name]
	if d == nil {
		d = k.s.live[name]
	}
	if d == nil {
		d = k.s.gophernotesName(name)
	}
	if d == nil {
		if _, ok := k.s.names[name]; ok && types.Universe.Lookup(name) == nil {
			path := packages.PathOf(k.s.pkgs, name, selectedFrom(name, toks)...)
			if pkg, err := k.s.imp.Import(path); err == nil {
				scope.Insert(types.NewPkgName(token.NoPos, k.pkg, name, pkg))
			}
		}
		return
	}
	if p, ok := d.obj.(*types.PkgName); ok {
		scope.Insert(types.NewPkgName(token.NoPos, k.pkg, name, p.Imported()))
		return
	}
	scope.Insert(d.obj)
}

// insertOld makes the variable visible that x := f(x) means on its right.
func (k *checked) insertOld(scope *types.Scope, name string) {
	d := k.s.live[name]
	if d == nil || scope.Lookup(name+oldMark) != nil {
		return
	}
	if v, ok := d.obj.(*types.Var); ok {
		old := types.NewVar(v.Pos(), k.pkg, name+oldMark, v.Type())
		k.s.mu.Lock()
		k.s.vars[old] = k.s.vars[v]
		k.olds = append(k.olds, old)
		k.s.mu.Unlock()
		scope.Insert(old)
	}
}
