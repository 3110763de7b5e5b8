package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/packages"
)

// docsOf collects the doc comments of the package and of its exported names,
// fields and methods ("Type.Name"): a line with the name, empty for the package,
// then the lines of the comment, each after a tab.
func docsOf(pkg *packages.Package) []byte {
	var d docs
	for _, f := range pkg.Syntax {
		d.add("", f.Doc)
	}
	for _, f := range pkg.Syntax {
		for _, decl := range f.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				d.function(decl)
			case *ast.GenDecl:
				d.general(decl)
			}
		}
	}
	return d.out.Bytes()
}

type docs struct{ out bytes.Buffer }

func (d *docs) add(name string, comments ...*ast.CommentGroup) {
	for _, c := range comments {
		text := strings.TrimSpace(c.Text())
		if text == "" {
			continue
		}
		fmt.Fprintf(&d.out, "%s\n\t%s\n", name, strings.ReplaceAll(text, "\n", "\n\t"))
		return
	}
}

func (d *docs) function(f *ast.FuncDecl) {
	if !f.Name.IsExported() {
		return
	}
	d.add(funcKey(f), f.Doc)
}

func (d *docs) general(g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() {
				d.add(spec.Name.Name, spec.Doc, g.Doc, spec.Comment)
				d.members(spec)
			}
		case *ast.ValueSpec:
			for _, n := range spec.Names {
				if n.IsExported() {
					d.add(n.Name, spec.Doc, spec.Comment, groupDoc(g))
				}
			}
		}
	}
}

// groupDoc is the comment of a declaration of constants or variables.
func groupDoc(g *ast.GenDecl) *ast.CommentGroup {
	if g.Tok == token.CONST || g.Tok == token.VAR {
		return g.Doc
	}
	return nil
}

// members documents fields of structs and methods of interfaces.
func (d *docs) members(spec *ast.TypeSpec) {
	var list *ast.FieldList
	switch t := spec.Type.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	for _, f := range list.List {
		for _, n := range f.Names {
			if n.IsExported() {
				d.add(spec.Name.Name+"."+n.Name, f.Doc, f.Comment)
			}
		}
	}
}
