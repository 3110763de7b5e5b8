package assist

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

// A unit is a cell as far as it could be parsed and checked. Every top-level
// item is a file of its own, so that a broken one does not spoil the others.
type unit struct {
	session Session
	fset    *token.FileSet
	pkg     *types.Package
	info    *types.Info
	files   []*ast.File
	own     map[string]bool // names the cell declares at its top level

	cursorFile *ast.File // the file of the item with the cursor
	cursor     token.Pos // where the cursor is in it
}

// check type-checks the items of a cell in the light of a session. Errors are
// passed over: what has a type in spite of them is what assist works with. The
// cursor is an offset in source; items of a cut source end at it.
func check(source string, items []lex.Item, cursor int, s Session) *unit {
	u := &unit{session: s, fset: token.NewFileSet(), pkg: types.NewPackage("main", "main"), own: map[string]bool{}}
	u.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{}, Instances: map[*ast.Ident]types.Instance{},
	}
	for _, it := range items {
		u.add(source, it, cursor)
	}
	u.insertNames(items)
	u.freeMethods()
	config := types.Config{Importer: importer{s}, Error: func(error) {}, DisableUnusedImportCheck: true}
	guarded(func() { _ = types.NewChecker(&config, u.fset, u.pkg, u.info).Files(u.files) })
	return u
}

// guarded keeps a panic of go/types on broken source from the caller: what was
// found before it is used.
func guarded(f func()) {
	defer func() { _ = recover() }()
	f()
}

// add parses one item as a file: a declaration as it is, x := v as var x = v,
// any other statement as the body of a function.
func (u *unit) add(source string, it lex.Item, cursor int) {
	prefix, text, suffix := "package main;", source[it.Start:it.End], "\n"
	switch names, at, ok := it.Define(); {
	case it.Declares():
	case ok && !u.refersTo(it, names):
		prefix += "var "
		text = source[it.Start:at.Start] + " =" + source[at.End:it.End]
		u.declare(names)
	default:
		prefix, suffix = prefix+"func _(){", "\n}"
	}
	file, _ := parser.ParseFile(u.fset, "", prefix+text+suffix, parser.SkipObjectResolution|parser.ParseComments)
	if file == nil {
		return
	}
	u.takeImports(file)
	u.declareAll(file)
	u.files = append(u.files, file)
	if it.Start <= cursor && cursor <= it.End {
		u.cursorFile = file
		u.cursor = file.FileStart + token.Pos(len(prefix)+cursor-it.Start)
	}
}

// refersTo reports whether x := f(x) means an x of an earlier cell.
func (u *unit) refersTo(it lex.Item, names []string) bool {
	for _, t := range it.Tokens[2*len(names):] {
		for _, n := range names {
			if t.Tok == token.IDENT && t.Text == n && u.session.Object(n) != nil {
				return true
			}
		}
	}
	return false
}

func (u *unit) declare(names []string) {
	for _, n := range names {
		u.own[n] = true
	}
}

func (u *unit) declareAll(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			u.own[d.Name.Name] = u.own[d.Name.Name] || d.Recv == nil
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						u.own[n.Name] = true
					}
				case *ast.TypeSpec:
					u.own[spec.Name.Name] = true
				}
			}
		}
	}
}

// takeImports gives what a file imports to all items of the cell.
func (u *unit) takeImports(file *ast.File) {
	for _, spec := range file.Imports {
		path := strings.Trim(spec.Path.Value, "`\"")
		if name := ""; spec.Name != nil {
			name = spec.Name.Name
			u.insertPackage(name, path)
		} else {
			u.insertPackage("", path)
		}
	}
	file.Imports = nil
	kept := file.Decls[:0]
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.IMPORT {
			kept = append(kept, d)
		}
	}
	file.Decls = kept
}

func (u *unit) insertPackage(name, path string) {
	pkg, err := u.session.Import(path)
	if err != nil || pkg == nil || name == "_" {
		return
	}
	if name == "" {
		name = pkg.Name()
	}
	if name == "." {
		for _, n := range pkg.Scope().Names() {
			if token.IsExported(n) {
				u.pkg.Scope().Insert(pkg.Scope().Lookup(n))
			}
		}
		return
	}
	u.pkg.Scope().Insert(types.NewPkgName(token.NoPos, u.pkg, name, pkg))
}

// insertNames makes the names of earlier cells and of packages that need no
// import visible, as far as the cell mentions them.
func (u *unit) insertNames(items []lex.Item) {
	for _, it := range items {
		for _, t := range it.Tokens {
			if t.Tok == token.IDENT && !u.own[t.Text] {
				u.insertName(t.Text)
			}
		}
	}
}

func (u *unit) insertName(name string) {
	if u.pkg.Scope().Lookup(name) != nil {
		return
	}
	switch obj := u.session.Object(name).(type) {
	case *types.PkgName:
		u.pkg.Scope().Insert(types.NewPkgName(token.NoPos, u.pkg, name, obj.Imported()))
	case nil:
		if path, ok := u.session.Known(name); ok && types.Universe.Lookup(name) == nil {
			u.insertPackage(name, path)
		}
	default:
		u.pkg.Scope().Insert(obj)
	}
}

// freeMethods turns methods of types that earlier cells declared into functions
// that take the receiver first: go/types wants a method and its type in one package.
func (u *unit) freeMethods() {
	for _, file := range u.files {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			if base, params := receiverBase(f.Recv); base == nil || !u.own[base.Name] {
				f.Type.Params.List = append(f.Recv.List, f.Type.Params.List...)
				f.Type.TypeParams = params
				f.Recv, f.Name = nil, &ast.Ident{NamePos: f.Name.NamePos, Name: "_"}
			}
		}
	}
}

// receiverBase returns the type name of a receiver T, *T, T[K] or *T[K], and
// declares its type parameters, for anything.
func receiverBase(recv *ast.FieldList) (base *ast.Ident, params *ast.FieldList) {
	if len(recv.List) == 0 {
		return nil, nil
	}
	t := recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t, params = x.X, anyParams(x.Index)
	case *ast.IndexListExpr:
		t, params = x.X, anyParams(x.Indices...)
	}
	base, _ = t.(*ast.Ident)
	return base, params
}

func anyParams(names ...ast.Expr) *ast.FieldList {
	list := &ast.FieldList{}
	for _, n := range names {
		if id, ok := n.(*ast.Ident); ok {
			list.List = append(list.List, &ast.Field{Names: []*ast.Ident{id}, Type: ast.NewIdent("comparable")})
		}
	}
	return list
}

// An importer asks the session.
type importer struct{ Session }

// path returns the nodes around the cursor, innermost first.
func (u *unit) path() []ast.Node {
	var stack, found []ast.Node
	if u.cursorFile == nil {
		return nil
	}
	ast.Inspect(u.cursorFile, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		if n.Pos() <= u.cursor && u.cursor <= n.End() && len(stack) > len(found) {
			found = append(found[:0], stack...)
		}
		return true
	})
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found
}

// scope returns the innermost scope at the cursor.
func (u *unit) scope() *types.Scope {
	for _, n := range u.path() {
		if f, ok := n.(*ast.FuncDecl); ok {
			n = f.Type
		}
		if f, ok := n.(*ast.FuncLit); ok {
			n = f.Type
		}
		if s := u.info.Scopes[n]; s != nil {
			if inner := s.Innermost(u.cursor); inner != nil {
				return inner
			}
			return s
		}
	}
	return u.pkg.Scope()
}

// qualify writes the names of packages before what is theirs, and nothing
// before what cells declare.
func qualify(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}
