package gocell

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

// RunProgram runs a whole program: package main in these files, by name, with
// its variables, its init functions and func main. What it declares does not
// become live in the session.
func (s *Engine) RunProgram(ctx context.Context, files map[string]string, out kernel.Output) error {
	s.evals.Lock()
	defer s.evals.Unlock()
	s.renewStop()
	return s.runProgram(ctx, files, out, false)
}

// A program is a package that is being compiled.
type program struct {
	checked
	files   []*ast.File
	lenient bool // takes what is unused
	errs    []types.Error
}

func (s *Engine) runProgram(ctx context.Context, files map[string]string, out kernel.Output, lenient bool) error {
	p := &program{lenient: lenient}
	p.s = s
	p.unit = &unit{s: s, pkg: types.NewPackage("main", "main"), info: newInfo(), fset: s.fset}
	if err := p.parseFiles(files, s.numberOf(out)); err != nil {
		return err
	}
	main, err := p.build()
	if err != nil {
		return err
	}
	defer ownFlags()()
	_, err = s.start(ctx, p.cell(), main, out)
	return err
}

func (p *program) cell() *cell { return p.checked.cell }

func (p *program) parseFiles(files map[string]string, number int) error {
	names := make([]string, 0, len(files))
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		c := &cell{number: number, source: files[n], name: n}
		p.checked.cell = c
		if err := p.embeds(); err != nil {
			return err
		}
		c.segs = []segment{{0, 0, len(c.source)}}
		file, err := parser.ParseFile(p.s.fset, n, c.source, parser.SkipObjectResolution|parser.AllErrors|parser.ParseComments)
		if file != nil && file.FileStart.IsValid() {
			c.file = p.s.fset.File(file.FileStart)
			p.s.byFile(c)
		}
		if err != nil {
			return p.syntaxError(err)
		}
		p.files = append(p.files, file)
	}
	return nil
}

// build checks and compiles the package; the function it returns initialises
// it and calls main.
func (p *program) build() (main *Func, err error) {
	defer func() {
		if v := recover(); v != nil {
			main, err = nil, p.cannotCompile(v)
		}
	}()
	config := types.Config{Importer: p.s.imp, Error: func(err error) {
		if e, ok := err.(types.Error); ok && !(e.Soft && p.lenient) {
			p.errs = append(p.errs, e)
		}
	}}
	_ = types.NewChecker(&config, p.s.fset, p.pkg, p.info).Files(p.files)
	if p.errs != nil {
		return nil, p.compileErrors(p.errs)
	}
	s := p.s
	s.eager = []*Func{}
	defer func() { s.eager = nil }()
	inits := p.declare()
	for _, d := range p.funcs {
		if len(typeParams(d.sig)) == 0 && d.decl.Body != nil {
			s.compileDecl(d, d.fn, nil)
		}
	}
	main = p.entry(inits)
	s.compileInstances()
	return main, nil
}

// compileInstances compiles the instances of generic functions that were met.
func (s *Engine) compileInstances() {
	for len(s.eager) > 0 {
		list := s.eager
		s.eager = []*Func{}
		for _, fn := range list {
			if fn.code.Load() == nil {
				fn.build()
			}
		}
	}
}

// declare gives functions slots and then, since the method tables of their types
// ask for these, variables memory; it returns func init.
func (p *program) declare() (inits []*funcDecl) {
	for _, f := range p.files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			obj, ok := p.info.Defs[fd.Name].(*types.Func)
			if !ok {
				continue
			}
			decl := &funcDecl{unit: p.unit, decl: fd, obj: obj, sig: obj.Signature(), fn: &Func{name: "main." + funcName(obj)}}
			p.addFunc(decl)
			if fd.Recv == nil && fd.Name.Name == "init" {
				inits = append(inits, decl)
			}
		}
	}
	for id, obj := range p.info.Defs {
		if v, ok := obj.(*types.Var); ok && (v.Parent() == p.pkg.Scope() || id.Name == "_" && p.isGlobal(v)) {
			p.s.newGlobal(v)
		}
	}
	return inits
}

// isGlobal reports whether a blank variable is declared at package level.
func (p *program) isGlobal(v *types.Var) bool {
	for _, in := range p.info.InitOrder {
		if slices.Contains(in.Lhs, v) {
			return true
		}
	}
	return false
}

// entry is what a program begins with: variables in the order that go/types
// found, then the init functions, then main.
func (p *program) entry(inits []*funcDecl) *Func {
	fn := &Func{name: "main", wraps: true}
	sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	w := &escapeWalk{u: p.unit, esc: newEscapes(), home: map[types.Object]int{}}
	for _, in := range p.info.InitOrder {
		w.walk(in.Rhs)
	}
	c := p.newComp(fn, sig, nil, w.done())
	var all []stmt
	for _, in := range p.info.InitOrder {
		all = append(all, c.initializer(in))
	}
	for _, f := range p.funcs {
		if f.decl.Recv == nil && f.decl.Name.Name == "main" {
			inits = append(inits, f)
		}
	}
	for _, f := range inits {
		site := c.siteOf(f.sig, int(f.decl.Pos()), nil)
		site.fn = f.fn
		all = append(all, c.effect(c.finish(site)))
	}
	c.close(block(all))
	return fn
}

func (c *comp) initializer(in *types.Initializer) stmt {
	if len(in.Lhs) == 1 {
		v := in.Lhs[0]
		if v.Name() == "_" {
			return c.effect(c.convertibleExpr(in.Rhs, v.Type()))
		}
		dst := c.global(v, v.Pos())
		return c.assignNode(dst, c.exprTo(in.Rhs, dst.typ))
	}
	t := c.tupleOf(in.Rhs)
	var stores []stmt
	for i, v := range in.Lhs {
		if v.Name() != "_" {
			dst := c.global(v, v.Pos())
			stores = append(stores, c.assignNode(dst, c.convertible(t.tuple[i], dst.typ, v.Pos())))
		}
	}
	return c.sequence([]func(fp){t.run}, stores)
}

func (c *comp) convertibleExpr(e ast.Expr, t types.Type) *node { return c.exprTo(e, t) }

// IsProgram reports whether a cell is a whole program: it begins with package
// main and has func main.
func IsProgram(source string) bool {
	toks, _ := lex.Scan(source)
	if len(toks) < 2 || toks[0].Tok != token.PACKAGE || toks[1].Text != "main" {
		return false
	}
	return slices.ContainsFunc(lex.Split(toks), func(it lex.Item) bool {
		return it.Tokens[0].Tok == token.FUNC && len(it.Tokens) > 1 && it.Tokens[1].Text == "main"
	})
}
