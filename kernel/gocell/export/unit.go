package export

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
	"github.com/convnotes/convnotes/kernel/gocell/packages"
)

// A unit is a stretch of Go of a cell: its pieces are written as a file, which
// is resolved and checked together with the program so far.
type unit struct {
	*program
	source string
	pieces []*piece
	own    map[string]*entity // what it declares
	again  []string           // names of functions that stay variables, in order

	fset *token.FileSet
	file *ast.File
	info *types.Info
	pkg  *types.Package
}

// A piece is an item as a declaration of a file: before + source + after.
type piece struct {
	lex.Item
	comment string // above it
	kind    kind
	names   []string // that it declares anew
	source  string
	key     string // T.m of a method
	written string // as a declaration with the program's names
	decl    ast.Decl
}

type kind int

const (
	declaration kind = iota
	variables        // var
	define           // :=, written as var
	statement        // the body of func _
	initializer      // func init
)

// newMark ends the name in the declaration of a variable that the program has.
const newMark = "ǃnew"

// read cuts the source into pieces and takes the imports out.
func (u *unit) read() error {
	end, seen := 0, map[string]bool{}
	for _, it := range lex.Items(u.source) {
		c := &piece{Item: it, source: u.source[it.Start:it.End], comment: comment(u.source[end:it.Start])}
		end = it.End
		if it.First() == token.IMPORT {
			if err := u.importAll(c.source); err != nil {
				return err
			}
			continue
		}
		if it.First() == token.TYPE && u.unchanged(it) {
			continue
		}
		u.classify(c, seen)
		u.pieces = append(u.pieces, c)
	}
	return nil
}

// comment is what may stand above a declaration.
func comment(between string) string {
	text := strings.Trim(between, "; \t\n")
	if strings.HasPrefix(text, "//") || strings.HasPrefix(text, "/*") {
		return text + "\n"
	}
	return ""
}

// unchanged reports whether a type is what it was.
func (u *unit) unchanged(it lex.Item) bool {
	for _, n := range it.Names() {
		if e := u.live[n]; e == nil || e.text != it.Text() {
			return false
		}
	}
	return len(it.Names()) > 0
}

func (u *unit) classify(c *piece, seen map[string]bool) {
	switch {
	case c.First() == token.FUNC && c.Declares() && slices.Equal(c.Names(), []string{"init"}):
		c.kind = initializer
		return
	case c.First() == token.VAR:
		c.kind = variables
	case c.Declares():
		c.kind = declaration
	default:
		c.kind = statement
	}
	for _, n := range c.Names() {
		if n != "_" && !seen[n] {
			c.names = append(c.names, n)
			seen[n] = true
		}
	}
	if _, _, ok := c.Define(); ok && len(c.names) > 0 {
		c.kind = define
	}
	for _, n := range c.names {
		u.own[n] = u.newEntity(n, c)
	}
}

func (u *unit) newEntity(name string, c *piece) *entity {
	n := u.fresh(name)
	e := &entity{use: n, def: n}
	if c.First() == token.TYPE {
		e.text = c.Text()
	}
	return e
}

// importAll makes the names of an import declaration live.
func (u *unit) importAll(source string) error {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+source, parser.ImportsOnly)
	if err != nil {
		return err
	}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		pkg, err := u.imp.Import(path)
		if err != nil {
			return err
		}
		name := pkg.Name()
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch name {
		case "_":
			u.imports[path] = "_"
		case ".":
			for _, n := range pkg.Scope().Names() {
				if token.IsExported(n) {
					u.live[n] = &entity{path: path, dot: n}
				}
			}
		default:
			u.live[name] = &entity{path: path}
		}
	}
	return nil
}

// resolve gives every name its meaning and checks the types. Variables and
// functions that the program has, of the same type, are then merged with those,
// and all is done again.
func (u *unit) resolve() error {
	for first := true; ; first = false {
		if err := u.write(); err != nil {
			return err
		}
		if err := u.check(); err != nil {
			return err
		}
		if !first || !u.merge() {
			return u.writable()
		}
	}
}

// asFile writes the pieces as declarations of a file.
func (u *unit) asFile() (text string, fset *token.FileSet, file *ast.File, err error) {
	text = "package main\n"
	for _, c := range u.pieces {
		text += c.asDecl() + "\n"
	}
	fset = token.NewFileSet()
	file, err = parser.ParseFile(fset, "", text, 0)
	if err == nil && len(file.Decls) != len(u.pieces) {
		err = errors.New("brackets do not match")
	}
	return text, fset, file, err
}

// write writes the pieces with the names of the program.
func (u *unit) write() error {
	_, _, file, err := u.asFile()
	if err == nil {
		err = u.methodsOnce(file)
	}
	if err != nil {
		return err
	}
	text, fset, file, err := u.asFile()
	if err != nil {
		return err
	}
	names := u.mentioned(file)
	base := fset.File(file.FileStart).Base()
	for i, d := range file.Decls {
		c := u.pieces[i]
		var edits []edit
		for _, id := range names {
			if id.Pos() < d.Pos() || id.Pos() >= d.End() {
				continue
			}
			if name := u.meaning(id, d, c, file); name != id.Name {
				edits = append(edits, edit{int(id.Pos()) - base, int(id.End()) - base, name})
			}
		}
		c.written = apply(text, edits, int(d.Pos())-base, int(d.End())-base)
	}
	return nil
}

// asDecl is a piece as a declaration.
func (c *piece) asDecl() string {
	source := c.source
	if _, define, ok := c.Define(); ok {
		at := define.Start - c.Start
		source = source[:at] + "=" + source[at+2:]
	}
	switch c.kind {
	case define:
		return "var " + source
	case statement:
		return "func _() { " + source + "\n}"
	}
	return source
}

// mentioned lists the identifiers that mean something of the package.
func (u *unit) mentioned(file *ast.File) []*ast.Ident {
	names := slices.Clone(file.Unresolved)
	fields := structKeys(file)
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !fields[id] && id.Obj != nil && file.Scope.Objects[id.Name] == id.Obj {
			names = append(names, id)
		}
		return true
	})
	for _, d := range file.Decls { // also those declared twice, see newMark
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				names = append(names, spec.(*ast.ValueSpec).Names...)
			}
		}
	}
	for id := range mapKeys(file) {
		if id.Obj == nil && !slices.Contains(names, id) {
			names = append(names, id)
		}
	}
	slices.SortFunc(names, func(a, b *ast.Ident) int { return int(a.Pos() - b.Pos()) })
	return slices.Compact(names)
}

// structKeys are the keys of composite literals that are fields, as far as the
// literal's type tells.
func structKeys(file *ast.File) map[*ast.Ident]bool { return literalKeys(file, false) }

// mapKeys are those of maps and arrays.
func mapKeys(file *ast.File) map[*ast.Ident]bool { return literalKeys(file, true) }

func literalKeys(file *ast.File, maps bool) map[*ast.Ident]bool {
	keys := map[*ast.Ident]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		isMap := false
		switch lit.Type.(type) {
		case *ast.MapType, *ast.ArrayType:
			isMap = true
		}
		for _, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && isMap == maps {
				if id, ok := kv.Key.(*ast.Ident); ok {
					keys[id] = true
				}
			}
		}
		return true
	})
	return keys
}

// meaning is the name in the program of what an identifier means.
func (u *unit) meaning(id *ast.Ident, d ast.Decl, c *piece, file *ast.File) string {
	if e := u.own[id.Name]; e != nil {
		if declares(d, id, c) {
			if !slices.Contains(c.names, id.Name) && c.kind == define {
				return strings.TrimSuffix(e.use, newMark) + newMark // assigned to
			}
			return e.def
		}
		if old := u.live[id.Name]; c.kind == define && slices.Contains(c.names, id.Name) && old != nil && old.path == "" {
			return old.use
		}
		return e.use
	}
	if e := u.live[id.Name]; e != nil {
		switch {
		case e.dot != "":
			return u.use(e.path) + "." + e.dot
		case e.path != "":
			return u.use(e.path)
		}
		return e.use
	}
	if types.Universe.Lookup(id.Name) == nil && id.Name != "_" {
		if path := packages.PathOf(u.Packages, id.Name, selectedFrom(file, id.Name)...); path != "" {
			return u.use(path)
		}
		if id.Name == "Display" && u.Display != "" { // see gocell's gophernotes.go
			return u.use(u.Display) + ".Show"
		}
	}
	return id.Name
}

// declares reports whether d declares the name at the identifier.
func declares(d ast.Decl, id *ast.Ident, c *piece) bool {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Name == id
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name == id {
					return true
				}
			case *ast.ValueSpec:
				if slices.Contains(spec.Names, id) {
					return true
				}
			}
		}
	}
	return false
}

// selectedFrom lists what is selected from a name.
func selectedFrom(file *ast.File, name string) (members []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == name {
				members = append(members, s.Sel.Name)
			}
		}
		return true
	})
	return members
}

// An edit replaces text[start:end].
type edit struct {
	start, end int
	text       string
}

// apply returns text[start:end] edited; the edits are in order.
func apply(text string, edits []edit, start, end int) string {
	var b strings.Builder
	for _, e := range edits {
		b.WriteString(text[start:e.start] + e.text)
		start = e.end
	}
	b.WriteString(text[start:end])
	return b.String()
}
