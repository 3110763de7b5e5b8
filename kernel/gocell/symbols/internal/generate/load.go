package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// A platform is what Go calls GOOS/GOARCH.
type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "_" + p.arch }

var native = []platform{
	{"linux", "amd64"}, {"linux", "arm64"},
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

var browser = platform{"js", "wasm"}

// loaded are the packages as they are on one platform.
type loaded struct {
	fset     *token.FileSet
	packages map[string]*packages.Package
}

// load reads packages with syntax and types. Function bodies are left out:
// neither export data nor documentation need them, and checking them takes most
// of the time.
func load(p platform, patterns []string) (*loaded, error) {
	l := &loaded{token.NewFileSet(), map[string]*packages.Package{}}
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo,
		Fset:      l.fset,
		Env:       append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED=0"),
		ParseFile: parseWithoutBodies,
	}, patterns...)
	if err != nil {
		return nil, err
	}
	for _, pkg := range pkgs {
		if len(pkg.GoFiles) == 0 {
			continue // not built on this platform
		}
		for _, e := range pkg.Errors {
			if !strings.HasSuffix(e.Msg, "and not used") { // an import that only a body needs
				return nil, fmt.Errorf("%v: %s: %v", p, pkg.PkgPath, e)
			}
		}
		l.packages[pkg.PkgPath] = pkg
	}
	return l, nil
}

func parseWithoutBodies(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if f == nil {
		return nil, err
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			fn.Body = panics(fn.Pos())
		}
	}
	return f, err
}

// panics is a body that ends every function, whatever it returns.
func panics(pos token.Pos) *ast.BlockStmt {
	call := &ast.CallExpr{Fun: &ast.Ident{NamePos: pos, Name: "panic"}, Lparen: pos, Rparen: pos,
		Args: []ast.Expr{&ast.BasicLit{ValuePos: pos, Kind: token.INT, Value: "0"}}}
	return &ast.BlockStmt{Lbrace: pos, List: []ast.Stmt{&ast.ExprStmt{X: call}}, Rbrace: pos}
}

func (l *loaded) describe(path string) (*description, error) {
	pkg := l.packages[path]
	d := &description{path: path, name: pkg.Name, symbols: symbolsOf(pkg.Types)}
	var b bytes.Buffer
	if err := gcexportdata.Write(&b, nil, pkg.Types); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d.export = b.Bytes()
	d.docs = docsOf(pkg)
	var err error
	d.generic, err = genericsOf(pkg)
	return d, err
}
