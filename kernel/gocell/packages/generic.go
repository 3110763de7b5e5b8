package packages

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"
)

// Sources gives the source of generic functions, parsed and checked with what it
// needs when it is first asked for. It is safe for use by several goroutines.
type Sources struct {
	pkgs map[string]*Package
	imp  types.Importer

	mu     sync.Mutex
	opened map[string]*source // by import path; nil where a package has none
}

// NewSources returns the sources of the packages, checked against what imp
// imports: the importer that the cells use.
func NewSources(pkgs map[string]*Package, imp types.Importer) *Sources {
	return &Sources{pkgs: pkgs, imp: imp, opened: map[string]*source{}}
}

// A Declaration is a function that cells compile from source.
type Declaration struct {
	Decl *ast.FuncDecl
	Func *types.Func // as declared: its type parameters are those in Decl
	Pkg  *types.Package
	Info *types.Info // of all declarations of the package checked so far
	Fset *token.FileSet
}

// A source is the source of one package.
type source struct {
	pkg     *types.Package
	fset    *token.FileSet
	info    *types.Info
	check   *types.Checker
	errs    []error
	records map[string]record
	checked map[string]bool
	decls   map[*types.Func]*ast.FuncDecl
}

// A record is one declaration as the archive has it.
type record struct {
	uses, imports []string
	text          string
}

// Func returns the declaration of a function or method, an instance or not, that
// an importer or an earlier Declaration led to. It is nil, with no error, for
// functions that are compiled.
func (s *Sources) Func(f *types.Func) (*Declaration, error) {
	f = f.Origin()
	if f.Pkg() == nil {
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	src, err := s.open(f.Pkg().Path())
	if src == nil || err != nil {
		return nil, err
	}
	if src.pkg == f.Pkg() {
		return src.declaration(f), nil
	}
	key := MethodKey(f)
	if _, ok := src.records[key]; !ok {
		return nil, nil
	}
	if err := src.need(key); err != nil {
		return nil, fmt.Errorf("source of %s: %w", f.FullName(), err)
	}
	obj, _ := src.pkg.Scope().Lookup(strings.ReplaceAll(key, ".", "_")).(*types.Func)
	return src.declaration(obj), nil
}

// MethodKey is the name of a function, or Type.Method.
func MethodKey(f *types.Func) string {
	recv := f.Signature().Recv()
	if recv == nil {
		return f.Name()
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name() + "." + f.Name()
	}
	return f.Name()
}

// open reads the source of a package and prepares the scope it is checked in.
func (s *Sources) open(path string) (*source, error) {
	if src, ok := s.opened[path]; ok {
		return src, nil
	}
	p := s.pkgs[path]
	if p == nil || p.Generics == "" {
		return nil, nil
	}
	text, err := p.Generics.Find(path)
	if err != nil {
		return nil, err
	}
	imported, err := s.imp.Import(path)
	if err != nil {
		return nil, err
	}
	src := newSource(text, imported, s.imp)
	s.opened[path] = src
	return src, nil
}

func newSource(text []byte, imported *types.Package, imp types.Importer) *source {
	src := &source{
		pkg: types.NewPackage(imported.Path(), imported.Name()), fset: token.NewFileSet(),
		records: map[string]record{}, checked: map[string]bool{}, decls: map[*types.Func]*ast.FuncDecl{},
		info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
			Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
			Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
		},
	}
	for _, f := range txtar.Parse(text).Files {
		src.records[f.Name] = parseRecord(string(f.Data))
	}
	for _, name := range imported.Scope().Names() {
		obj := imported.Scope().Lookup(name)
		if _, isFunc := obj.(*types.Func); isFunc && src.has(name) {
			continue // the generic function, declared again with its body
		}
		src.pkg.Scope().Insert(obj)
		src.checked[name] = true
	}
	conf := &types.Config{Importer: imp, Error: func(err error) { src.errs = append(src.errs, err) }}
	src.check = types.NewChecker(conf, src.fset, src.pkg, src.info)
	return src
}

func (src *source) has(key string) bool {
	_, ok := src.records[key]
	return ok
}

func parseRecord(s string) record {
	uses, rest, _ := strings.Cut(s, "\n")
	imports, text, _ := strings.Cut(rest, "\n")
	return record{strings.Fields(uses), strings.Fields(imports), text}
}

// need checks a declaration and those it uses, as one file.
func (src *source) need(key string) error {
	var b bytes.Buffer
	var imports []string
	src.collect(key, &b, &imports)
	if b.Len() == 0 {
		return nil
	}
	slices.Sort(imports)
	var head strings.Builder
	fmt.Fprintf(&head, "package %s\n", src.pkg.Name())
	for _, path := range slices.Compact(imports) {
		fmt.Fprintf(&head, "import %q\n", path)
	}
	f, err := parser.ParseFile(src.fset, src.pkg.Path(), head.String()+b.String(), parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	src.errs = nil
	if err := src.check.Files([]*ast.File{f}); err != nil {
		return errors.Join(src.errs...)
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			src.decls[src.info.Defs[fn.Name].(*types.Func)] = fn
		}
	}
	return nil
}

func (src *source) collect(key string, b *bytes.Buffer, imports *[]string) {
	if src.checked[key] {
		return
	}
	src.checked[key] = true
	r := src.records[key]
	*imports = append(*imports, r.imports...)
	b.WriteString(r.text)
	for _, use := range r.uses {
		src.collect(use, b, imports)
	}
}

func (src *source) declaration(f *types.Func) *Declaration {
	if decl := src.decls[f]; decl != nil {
		return &Declaration{decl, f, src.pkg, src.info, src.fset}
	}
	return nil
}
