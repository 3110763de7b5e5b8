package gocell

import (
	"context"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"slices"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

// A cell is one piece of source that was run.
type cell struct {
	number int
	name   string // of a file of a program
	source string
	segs   []segment
	file   *token.File
	refs   int  // live declarations
	keep   bool // function literals or goroutines may point into it: see hold
}

// declared is a live name: what it means, and the cell that said so.
type declared struct {
	obj  types.Object
	cell *cell
	item *declItem
}

// A declItem is the text of a declaration, to tell whether it has changed.
type declItem struct {
	text string
	uses map[string]types.Object
}

// A part is one declaration of the written file and the item it came from.
type part struct {
	item   *lex.Item
	stmt   bool // the body of a function _
	define bool // a short variable declaration
	decl   ast.Decl
}

// A checked cell is ready to be compiled.
type checked struct {
	*unit
	s        *Engine
	cell     *cell
	hold     *hold
	parts    []*part
	own      map[string]bool
	ownTypes map[string]bool
	types    map[string]*declItem // type declarations, by name
	late     []*lateMethod
	funcs    []*funcDecl
	names    map[string]*declared // what becomes live
	last     *ast.ExprStmt
	swaps    []swap
	rebuilds []rebuild
	undo     []func() // what a cell that fails must not leave behind
	hints    []string
	cycles   []types.Error
	problems []Diagnostic
	olds     []*types.Var // what x := f(x) means on its right
}

// A swap puts new code into a function when the whole cell has compiled.
type swap struct {
	fn   *Func
	code *code
	sig  *layout
	uses []*Func
	nat  []string
}

func (s *Engine) eval(ctx context.Context, source string, out kernel.Output) (any, error) {
	s.renewStop()
	s.dropReleased()
	if IsProgram(source) {
		return nil, s.runProgram(ctx, map[string]string{"main.go": source}, out, true)
	}
	c := &cell{number: s.numberOf(out), source: source}
	s.evaluated++
	k, main, err := s.prepare(c)
	if err != nil {
		return nil, err
	}
	k.commit(map[string]bool{})
	if k.outlives() {
		s.keepWhileHeld(k)
	}
	defer s.dropSource(c)
	v, err := s.start(ctx, c, main, out)
	if tests := pastedTests(source); tests != "" && err == nil {
		return s.eval(ctx, tests, out)
	}
	return v, err
}

// prepare checks and compiles a cell. A mistake of the engine itself is an error
// of the cell, which is not run then; the session goes on.
func (s *Engine) prepare(c *cell) (k *checked, main *Func, err error) {
	defer func() {
		if v := recover(); v != nil {
			if k != nil {
				k.undoAll()
			}
			err = &Error{Class: "internal error", Message: fmt.Sprintf("internal error of the cell engine, please report it with this cell: %v", v)}
		}
	}()
	if k, err = s.check(c); err != nil {
		k.undoAll()
		return nil, nil, err
	}
	if main, err = k.compile(); err != nil {
		k.undoAll()
	}
	return k, main, err
}

// undoAll takes back what a cell that failed has changed.
func (k *checked) undoAll() {
	for _, undo := range slices.Backward(k.undo) {
		undo()
	}
	k.undo = nil
}

// outlives reports whether code of the cell's statements may run after the cell.
func (k *checked) outlives() (found bool) {
	for _, p := range k.parts {
		ast.Inspect(p.decl, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.FuncLit, *ast.GoStmt:
				found = true
			}
			return !found
		})
	}
	return found
}

func (s *Engine) numberOf(out kernel.Output) int {
	if out != nil {
		if n := out.Count(); n > 0 {
			return n
		}
	}
	return s.evaluated + 1
}

func (s *Engine) newChecked(c *cell) *checked {
	return &checked{s: s, cell: c, hold: &hold{c}, own: map[string]bool{}, types: map[string]*declItem{}, names: map[string]*declared{}}
}

// check writes a cell as a file, parses it and checks its types.
func (s *Engine) check(c *cell) (*checked, error) {
	k := s.newChecked(c)
	if err := k.embeds(); err != nil {
		return k, err
	}
	toks, _ := lex.Scan(c.source)
	items := lex.Split(toks)
	if err := k.imports(&items); err != nil {
		return k, err
	}
	err := k.checkItems(items, toks)
	if err != errTypesFirst {
		return k, err
	}
	s.dropSource(c)
	if err := s.declareTypes(c, items); err != nil {
		return k, err
	}
	names := k.names
	k = s.newChecked(c)
	k.names = names
	return k, k.checkItems(items, toks)
}

func (k *checked) checkItems(items []lex.Item, toks []lex.Token) error {
	s := k.s
	items = k.keepUnchanged(items)
	file, err := k.parse(items)
	if err != nil {
		return err
	}
	s.emptyScope()
	k.unit = &unit{s: s, pkg: s.pkg, info: newInfo(), fset: s.fset, cell: k}
	k.insertNames(toks)
	if err := k.lateMethods(file); err != nil {
		return err
	}
	return k.checkTypes(file)
}

// emptyScope empties the scope of cells. The package and its scope stay the same
// objects: the checker takes a type of another scope for a local one, and walks
// up from it for ever.
func (s *Engine) emptyScope() { *s.pkg.Scope() = *types.NewPackage("main", "main").Scope() }

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{},
	}
}

// newMark and oldMark distinguish variables of one name in the written file;
// messages leave them out.
const (
	newMark = "ǃnew"
	oldMark = "ǃold"
)

// checkTypes runs the checker over the file.
func (k *checked) checkTypes(file *ast.File) error {
	k.last = k.lastExpr()
	var errs []types.Error
	config := types.Config{Importer: k.s.imp, Error: func(err error) {
		if e, ok := err.(types.Error); ok && !k.allowed(e) {
			errs = append(errs, e)
		}
	}, DisableUnusedImportCheck: true}
	_ = types.NewChecker(&config, k.s.fset, k.pkg, k.info).Files([]*ast.File{file})
	if errs == nil && k.untypedVar() {
		errs = k.cycles
	}
	if errs != nil {
		return k.compileErrors(errs)
	}
	return k.lastOverflows()
}

// lastOverflows is the error of a cell that ends with an untyped constant which
// its default type cannot hold: 1 << 70.
func (k *checked) lastOverflows() error {
	if k.last == nil {
		return nil
	}
	tv := k.info.Types[k.last.X]
	basic, ok := tv.Type.(*types.Basic)
	if !ok || tv.Value == nil || basic.Info()&types.IsUntyped == 0 || fits(tv.Value, basic.Kind()) {
		return nil
	}
	t := types.Default(basic)
	_, line, col, text := k.s.place(k.last.Pos())
	msg := fmt.Sprintf("cannot use %s (%s constant %s) as %s value (overflows)", types.ExprString(k.last.X), basic, tv.Value, t)
	return &Error{Class: "compile error", Diagnostics: []Diagnostic{{Cell: k.cell.number, Line: line, Column: col, Message: msg, Source: text}}}
}

// fits reports whether the default type of an untyped constant can hold it.
func fits(v constant.Value, kind types.BasicKind) bool {
	switch kind {
	case types.UntypedInt:
		i, exact := constant.Int64Val(v)
		return exact && int64(int(i)) == i
	case types.UntypedRune:
		i, exact := constant.Int64Val(v)
		return exact && int64(rune(i)) == i
	case types.UntypedFloat, types.UntypedComplex:
		re, _ := constant.Float64Val(constant.Real(v))
		im, _ := constant.Float64Val(constant.Imag(v))
		return !math.IsInf(re, 0) && !math.IsInf(im, 0)
	}
	return true
}

// untypedVar reports whether a variable has no type because its value needs itself.
func (k *checked) untypedVar() bool {
	for _, obj := range k.info.Defs {
		if v, ok := obj.(*types.Var); ok && v.Type() == types.Typ[types.Invalid] {
			return true
		}
	}
	return false
}

// lastExpr is the expression that ends the cell, nil where there is none.
func (k *checked) lastExpr() *ast.ExprStmt {
	if len(k.parts) == 0 {
		return nil
	}
	p := k.parts[len(k.parts)-1]
	if !p.stmt {
		return nil
	}
	body := p.decl.(*ast.FuncDecl).Body.List
	if len(body) == 0 {
		return nil
	}
	e, _ := body[len(body)-1].(*ast.ExprStmt)
	return e
}

// allowed reports whether a cell may have this error: something unused, the
// last expression, a function that uses a variable it gives its value to.
func (k *checked) allowed(e types.Error) bool {
	switch code := codeOf(e); {
	case e.Soft:
		k.hints = append(k.hints, e.Msg)
		return true
	case code == invalidInitCycle: // statements run in the order they are written
		k.cycles = append(k.cycles, e)
		return true
	case code == unusedExpr:
		return k.last != nil && e.Pos >= k.last.Pos() && e.Pos <= k.last.End()
	}
	return false
}

// compile compiles the functions and the statements of a checked cell.
func (k *checked) compile() (main *Func, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = k.cannotCompile(v)
		}
	}()
	k.declareAll()
	s := k.s
	s.eager = []*Func{}
	defer func() { s.eager = nil }()
	for _, d := range k.funcs {
		if len(typeParams(d.sig)) == 0 && d.decl.Body != nil {
			s.compileDecl(d, d.fn, nil)
		}
	}
	k.rebuild()
	main = k.compileMain()
	s.compileInstances()
	return main, nil
}

// declItem is the text of a type declaration and what its names mean.
func (k *checked) declItem(it *lex.Item) *declItem {
	d := &declItem{text: it.Text(), uses: map[string]types.Object{}}
	for _, t := range it.Tokens {
		if t.Tok == token.IDENT {
			if obj := k.pkg.Scope().Lookup(t.Text); obj != nil {
				if _, isPkg := obj.(*types.PkgName); !isPkg {
					d.uses[t.Text] = obj
				}
			}
		}
	}
	return d
}

// commit makes what the cell declares live, and compiles again what that
// changes. Skip has the declarations that are settled.
func (k *checked) commit(skip map[string]bool) {
	for _, w := range k.swaps {
		w.fn.code.Store(w.code)
	}
	k.commitRebuilds()
	k.undo, k.rebuilds = nil, nil // they lead to what was before
	changed := k.changed()
	k.s.follow(k.names)
	k.prune()
	for n, d := range k.names {
		k.s.live[n] = d
	}
	k.record()
	for _, p := range k.parts {
		keys, _ := k.keysOf(p)
		for _, key := range keys {
			skip[key] = true
		}
	}
	k.s.recheck(changed, skip)
}
