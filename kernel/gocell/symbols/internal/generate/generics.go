package main

import (
	"bytes"
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"
)

// The functions that need the runtime are written anew here, a file for each
// package: a declaration in it takes the place of the original.
//
//go:embed override/*.go
var overrides embed.FS

// genericsOf collects the source of the exported generic functions and of the
// methods of exported generic types, with the unexported declarations that they
// use: a txtar archive with one file for each declaration.
func genericsOf(pkg *packages.Package) ([]byte, error) {
	roots := genericNames(pkg.Types)
	if len(roots) == 0 {
		return nil, nil
	}
	s := &source{pkg: pkg.Types, fset: token.NewFileSet(), decls: map[string]*declaration{}}
	if err := s.read(pkg.GoFiles); err != nil {
		return nil, err
	}
	picked := map[string]*declaration{}
	for _, root := range roots {
		if err := s.pick(root, picked); err != nil {
			return nil, fmt.Errorf("generics of %s: %w", pkg.PkgPath, err)
		}
	}
	var a txtar.Archive
	for _, name := range slices.Sorted(maps.Keys(picked)) {
		a.Files = append(a.Files, txtar.File{Name: name, Data: picked[name].text()})
	}
	return txtar.Format(&a), nil
}

// genericNames lists the exported generic functions, and the methods of
// exported generic types as Type.Method.
func genericNames(pkg *types.Package) (names []string) {
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		if fn, ok := obj.(*types.Func); ok && fn.Signature().TypeParams().Len() > 0 {
			names = append(names, name)
		}
		if t, ok := obj.Type().(*types.Named); ok && t.TypeParams().Len() > 0 && obj == types.Object(t.Obj()) {
			for m := range t.Methods() {
				names = append(names, name+"."+m.Name())
			}
		}
	}
	return names
}

// source are the declarations of a package by name, methods as Type.Method.
type source struct {
	pkg   *types.Package
	fset  *token.FileSet
	decls map[string]*declaration
}

// A declaration is one top-level declaration with what it needs.
type declaration struct {
	key     string
	node    ast.Node
	src     []byte
	file    *ast.File
	line    string // directive that says where it comes from
	offset  int
	uses    []string // declarations of the same package, by key
	imports []string // paths
	header  string   // in place of everything before the parameters' list, for a method
	cut     int
}

func (s *source) read(files []string) error {
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := s.parse(name, path.Join(s.pkg.Path(), filepath.Base(name)), src); err != nil {
			return err
		}
	}
	name := "override/" + alias(s.pkg.Path()) + ".go"
	src, err := overrides.ReadFile(name)
	if err != nil {
		return nil // nothing to override
	}
	return s.parse(name, s.pkg.Path(), src)
}

func (s *source) parse(name, shown string, src []byte) error {
	f, err := parser.ParseFile(s.fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			s.add(&declaration{key: funcKey(d), node: d, src: src, file: f}, shown)
		case *ast.GenDecl:
			if names := declared(d); len(names) > 0 {
				s.add(&declaration{key: names[0], node: d, src: src, file: f}, shown, names...)
			}
		}
	}
	return nil
}

// add enters a declaration under its key and the further names that it declares.
func (s *source) add(d *declaration, shown string, names ...string) {
	pos := s.fset.Position(d.node.Pos())
	d.offset = pos.Offset
	d.line = fmt.Sprintf("//line %s:%d", shown, pos.Line)
	for _, name := range append(names, d.key) {
		s.decls[name] = d
	}
}

func funcKey(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	name, _ := receiver(d)
	return name + "." + d.Name.Name
}

// receiver takes a receiver's type apart: its name and its type parameters.
func receiver(d *ast.FuncDecl) (name string, params []string) {
	t := d.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		return x.X.(*ast.Ident).Name, []string{x.Index.(*ast.Ident).Name}
	case *ast.IndexListExpr:
		for _, i := range x.Indices {
			params = append(params, i.(*ast.Ident).Name)
		}
		return x.X.(*ast.Ident).Name, params
	}
	return t.(*ast.Ident).Name, nil
}

// declared are the names of a declaration of types, variables or constants.
func declared(d *ast.GenDecl) (names []string) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			names = append(names, spec.Name.Name)
		case *ast.ValueSpec:
			for _, n := range spec.Names {
				names = append(names, n.Name)
			}
		}
	}
	return names
}

// pick adds a declaration and what it uses.
func (s *source) pick(key string, picked map[string]*declaration) error {
	d := s.decls[key]
	if d == nil {
		return fmt.Errorf("no declaration of %s", key)
	}
	if picked[d.key] != nil {
		return nil
	}
	picked[d.key] = d
	if fn, ok := d.node.(*ast.FuncDecl); ok {
		if fn.Body == nil {
			return fmt.Errorf("%s has no body; it needs an override", key)
		}
		if err := s.asFunction(d, fn); err != nil {
			return err
		}
	}
	if err := s.findUses(d); err != nil {
		return err
	}
	for _, use := range d.uses {
		if err := s.pick(use, picked); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// asFunction gives a method of a generic type the header of a function.
func (s *source) asFunction(d *declaration, fn *ast.FuncDecl) error {
	if fn.Recv == nil {
		return nil
	}
	name, params := receiver(fn)
	if params == nil {
		return nil
	}
	spec := s.typeSpec(name)
	field := spec.TypeParams.List
	text := func(from, to token.Pos) string {
		return string(s.decls[name].src[s.fset.Position(from).Offset:s.fset.Position(to).Offset])
	}
	i := 0
	for _, f := range field {
		for _, n := range f.Names {
			if params[i] != n.Name {
				return fmt.Errorf("%s: receiver calls type parameter %s %s", d.key, n.Name, params[i])
			}
			i++
		}
	}
	recv := fn.Recv.List[0]
	recvName := "_"
	if len(recv.Names) > 0 {
		recvName = recv.Names[0].Name
	}
	recvType := string(d.src[s.fset.Position(recv.Type.Pos()).Offset:s.fset.Position(recv.Type.End()).Offset])
	d.header = fmt.Sprintf("func %s_%s[%s](%s %s, ", name, fn.Name.Name,
		text(spec.TypeParams.Opening+1, spec.TypeParams.Closing), recvName, recvType)
	d.cut = s.fset.Position(fn.Type.Params.Opening).Offset + 1
	return nil
}

func (s *source) typeSpec(name string) *ast.TypeSpec {
	for _, spec := range s.decls[name].node.(*ast.GenDecl).Specs {
		if t := spec.(*ast.TypeSpec); t.Name.Name == name {
			return t
		}
	}
	return nil
}

// findUses lists the imports and the declarations of the package that a
// declaration needs. What is exported and not a generic function is compiled and
// needs no source.
func (s *source) findUses(d *declaration) error {
	selected := map[*ast.Ident]bool{}
	var err error
	ast.Inspect(d.node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			selected[n.Sel] = true
			if x, ok := n.X.(*ast.Ident); ok {
				if p := importPath(d.file, x.Name); p != "" {
					selected[x] = true
					d.imports = append(d.imports, p)
					if internal(p) {
						err = fmt.Errorf("%s uses %s; it needs an override", d.key, p)
					}
				}
			}
		case *ast.Ident:
			if !selected[n] && s.needsSource(n.Name) && s.decls[n.Name] != d {
				d.uses = append(d.uses, s.decls[n.Name].key)
				d.uses = append(d.uses, s.methodsOf(n.Name)...)
			}
		}
		return true
	})
	slices.Sort(d.uses)
	slices.Sort(d.imports)
	d.uses, d.imports = slices.Compact(d.uses), slices.Compact(d.imports)
	return err
}

func (s *source) needsSource(name string) bool {
	obj := s.pkg.Scope().Lookup(name)
	if obj == nil || s.decls[name] == nil {
		return false
	}
	if fn, ok := obj.(*types.Func); ok && fn.Exported() {
		return fn.Signature().TypeParams().Len() > 0
	}
	return !obj.Exported()
}

// methodsOf are the methods of an unexported type, which come with it.
func (s *source) methodsOf(name string) (keys []string) {
	if _, ok := s.pkg.Scope().Lookup(name).(*types.TypeName); !ok {
		return nil
	}
	for key := range s.decls {
		if strings.HasPrefix(key, name+".") {
			keys = append(keys, key)
		}
	}
	return keys
}

// importPath is the path that a file imports under a name.
func importPath(f *ast.File, name string) string {
	for _, spec := range f.Imports {
		p := strings.Trim(spec.Path.Value, `"`)
		if spec.Name != nil && spec.Name.Name == name || spec.Name == nil && path.Base(p) == name {
			return p
		}
	}
	return ""
}

// text is the declaration as it is stored: what it uses, what it imports, where
// it is from, and the source.
func (d *declaration) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s\n%s\n", strings.Join(d.uses, " "), strings.Join(d.imports, " "), d.line)
	end := d.offset + int(d.node.End()-d.node.Pos())
	if d.header != "" {
		b.WriteString(d.header)
		b.Write(d.src[d.cut:end])
	} else {
		b.Write(d.src[d.offset:end])
	}
	b.WriteByte('\n')
	return b.Bytes()
}
