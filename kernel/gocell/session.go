package gocell

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"strings"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/gocell/packages"
)

// A cell is one piece of source that was run.
type cell struct {
	number int
	name   string // of a file of a program
	source string
	segs   []segment
	file   *token.File
	refs   int  // live declarations
	keep   bool // function literals or goroutines may point into it
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
	item   *item
	stmt   bool // the body of a function _
	define bool // a short variable declaration
	decl   ast.Decl
}

// A checked cell is ready to be compiled.
type checked struct {
	*unit
	s        *Engine
	cell     *cell
	parts    []*part
	own      map[string]bool
	types    map[string]*declItem // type declarations, by name
	late     []*lateMethod
	funcs    []*funcDecl
	names    map[string]*declared // what becomes live
	last     *ast.ExprStmt
	swaps    []swap
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
	if isProgram(source) {
		return nil, s.runProgram(ctx, map[string]string{"main.go": source}, out, true)
	}
	c := &cell{number: s.numberOf(out), source: source}
	s.evaluated++
	k, err := s.check(c)
	if err != nil {
		return nil, err
	}
	main, err := k.compile()
	if err != nil {
		return nil, err
	}
	k.commit(map[string]bool{})
	c.keep = k.outlives()
	defer s.dropSource(c)
	return s.start(ctx, c, main, out)
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
	return &checked{s: s, cell: c, own: map[string]bool{}, types: map[string]*declItem{}, names: map[string]*declared{}}
}

// check writes a cell as a file, parses it and checks its types.
func (s *Engine) check(c *cell) (*checked, error) {
	k := s.newChecked(c)
	toks := lex(c.source)
	items := split(toks)
	if err := k.imports(&items); err != nil {
		return nil, err
	}
	return k, k.checkItems(items, toks)
}

func (k *checked) checkItems(items []item, toks []lexeme) error {
	s := k.s
	items = k.keepUnchanged(items)
	file, err := k.parse(items)
	if err != nil {
		return err
	}
	// The package and its scope stay the same objects, emptied: the checker takes
	// a type of another scope for a local one, and walks up from it for ever.
	*s.pkg.Scope() = *types.NewPackage("main", "main").Scope()
	k.unit = &unit{s: s, pkg: s.pkg, info: newInfo(), fset: s.fset, cell: k}
	k.insertNames(toks)
	if err := k.lateMethods(file); err != nil {
		return err
	}
	return k.checkTypes(file)
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{},
	}
}

// imports takes the import declarations out of a cell.
func (k *checked) imports(items *[]item) error {
	kept := (*items)[:0:0]
	var errs []Diagnostic
	for _, it := range *items {
		if it.toks[0].tok != token.IMPORT {
			kept = append(kept, it)
			continue
		}
		for i, t := range it.toks {
			if t.tok == token.STRING {
				if d := k.importOne(it.toks, i); d != nil {
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

func (k *checked) importOne(toks []lexeme, i int) *Diagnostic {
	path, _ := strconv.Unquote(toks[i].text)
	pkg, err := k.s.imp.Import(path)
	if err != nil {
		d := k.diagnosticAt(toks[i].start, err.Error())
		return &d
	}
	name := pkg.Name()
	switch prev := toks[i-1]; {
	case prev.tok == token.IDENT && prev.text == "_":
		return nil
	case prev.tok == token.IDENT:
		name = prev.text
	case prev.tok == token.PERIOD:
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

// keepUnchanged drops type declarations whose text and whose names are what
// they were, so that values keep their type when a cell is run again.
func (k *checked) keepUnchanged(items []item) []item {
	candidates := map[int][]string{}
	declaredBy := map[string]int{}
	for i, it := range items {
		for _, n := range it.declaredNames() {
			declaredBy[n] = i
		}
		if it.toks[0].tok == token.TYPE && k.unchangedText(it) {
			candidates[i] = it.declaredNames()
		}
	}
	for again := true; again; {
		again = false
		for i := range candidates {
			if !k.sameMeaning(items[i], declaredBy, candidates) {
				delete(candidates, i)
				again = true
			}
		}
	}
	var kept []item
	for i, it := range items {
		if _, drop := candidates[i]; !drop {
			kept = append(kept, it)
		}
	}
	return kept
}

func (k *checked) unchangedText(it item) bool {
	names := it.declaredNames()
	for _, n := range names {
		d := k.s.live[n]
		if d == nil || d.item == nil || d.item.text != it.text() {
			return false
		}
	}
	return len(names) > 0
}

func (k *checked) sameMeaning(it item, declaredBy map[string]int, candidates map[int][]string) bool {
	for _, n := range it.declaredNames() {
		for use, obj := range k.s.live[n].item.uses {
			if i, ok := declaredBy[use]; ok {
				if _, kept := candidates[i]; !kept {
					return false
				}
			}
			if d := k.s.live[use]; d != nil && !sameMeaning(obj, d.obj) {
				return false
			}
		}
	}
	return true
}

// text is the item's tokens, for comparing.
func (it item) text() string {
	var b strings.Builder
	for _, t := range it.toks {
		b.WriteString(t.text)
		b.WriteByte(' ')
	}
	return b.String()
}

// declaredNames are the names that an item declares in the scope of cells.
func (it item) declaredNames() (names []string) {
	switch it.toks[0].tok {
	case token.FUNC:
		if len(it.toks) > 1 && it.toks[1].tok == token.IDENT {
			return []string{it.toks[1].text}
		}
		return nil
	case token.TYPE, token.VAR, token.CONST:
		return it.specNames()
	}
	names, _, _ = it.define()
	return names
}

func (it item) specNames() (names []string) {
	depth, start := 0, true
	for i, t := range it.toks[1:] {
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
			start = depth == 1 && i == 0
			continue
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.SEMICOLON:
			start = true
			continue
		case token.IDENT:
			if start {
				names = append(names, t.text)
			}
			start = false
			continue
		case token.COMMA:
			start = start || len(names) > 0 && it.inNames(i+1)
			continue
		}
		start = false
	}
	return names
}

// inNames reports whether the comma at i is in the list of names of a spec.
func (it item) inNames(i int) bool {
	for j := i - 1; j > 0; j -= 2 {
		if it.toks[j].tok != token.IDENT {
			return false
		}
		switch it.toks[j-1].tok {
		case token.VAR, token.CONST, token.TYPE, token.SEMICOLON, token.LPAREN:
			return true
		case token.COMMA:
		default:
			return false
		}
	}
	return false
}

// parse writes the items as a file and parses it.
func (k *checked) parse(items []item) (*ast.File, error) {
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
func (k *checked) write(w *writer, it *item) {
	src := k.cell.source
	names, at, isDefine := it.define()
	switch {
	case it.declares():
		w.from(src, it.start, it.end)
		k.parts = append(k.parts, &part{item: it})
	case isDefine && k.fresh(names) > 0:
		k.writeDefine(w, it, names, at)
	default:
		if isDefine {
			k.problems = append(k.problems, k.diagnosticAt(at.start, "no new variables on left side of :="))
		}
		w.text("func _() { ")
		w.from(src, it.start, it.end)
		w.text("\n}")
		k.parts = append(k.parts, &part{item: it, stmt: true})
	}
	w.text("\n")
	for _, n := range it.declaredNames() {
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
func (k *checked) writeDefine(w *writer, it *item, names []string, at lexeme) {
	src := k.cell.source
	w.text("var ")
	var reused []string
	for i, n := range names {
		if i > 0 {
			w.text(", ")
		}
		t := it.toks[2*i]
		w.from(src, t.start, t.end)
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
		w.from(src, it.start, it.start)
		w.text(n + " = " + n + newMark + " }")
		k.parts = append(k.parts, &part{item: it, stmt: true})
	}
}

// newMark and oldMark distinguish variables of one name in the written file;
// messages leave them out.
const (
	newMark = "ǃnew"
	oldMark = "ǃold"
)

func (k *checked) writeValue(w *writer, it *item, names []string, at lexeme) {
	src, from := k.cell.source, at.end
	for i, t := range it.toks {
		if t.start < at.end || t.tok != token.IDENT || !k.meansOld(t.text, names) {
			continue
		}
		if prev := it.toks[i-1].tok; prev == token.PERIOD {
			continue
		}
		if i+1 < len(it.toks) && it.toks[i+1].tok == token.COLON {
			continue
		}
		w.from(src, from, t.end)
		w.text(oldMark)
		from = t.end
	}
	w.from(src, from, it.end)
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
	k.own = map[string]bool{}
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
				}
			}
		}
	}
}

// insertNames makes the live names visible that the cell mentions, and the
// packages that need no import.
func (k *checked) insertNames(toks []lexeme) {
	scope := k.pkg.Scope()
	for _, t := range toks {
		if t.tok == token.IDENT && !k.own[t.text] && scope.Lookup(t.text) == nil {
			k.insertName(scope, t.text, toks)
		}
		if t.tok == token.IDENT && k.own[t.text] {
			k.insertOld(scope, t.text)
		}
	}
}

// selectedFrom lists what a cell selects from a name: of several packages of that
// name, the one that has it all is meant.
func selectedFrom(name string, toks []lexeme) (members []string) {
	for i := range len(toks) - 2 {
		if toks[i].text == name && toks[i+1].tok == token.PERIOD && toks[i+2].tok == token.IDENT {
			members = append(members, toks[i+2].text)
		}
	}
	return members
}

func (k *checked) insertName(scope *types.Scope, name string, toks []lexeme) {
	d := k.names[name]
	if d == nil {
		d = k.s.live[name]
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
	return nil
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
	main = k.compileMain()
	s.compileInstances()
	return main, nil
}

// declareAll gives variables their memory and functions their slots.
func (k *checked) declareAll() {
	for _, p := range k.parts {
		switch d := p.decl.(type) {
		case *ast.FuncDecl:
			if !p.stmt {
				k.declareFunc(d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				k.declareSpec(p, spec)
			}
		}
	}
	for _, m := range k.late {
		k.declareLate(m)
	}
	for _, p := range k.parts {
		if g, ok := p.decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				k.declareVars(spec.(*ast.ValueSpec))
			}
		}
	}
}

func (k *checked) declareFunc(d *ast.FuncDecl) {
	if k.isLate(d) {
		return
	}
	obj, ok := k.info.Defs[d.Name].(*types.Func)
	if !ok {
		return
	}
	fd := &funcDecl{unit: k.unit, decl: d, obj: obj, sig: obj.Signature(), fn: &Func{name: funcName(obj)}}
	if old := k.s.live[d.Name.Name]; old != nil && d.Recv == nil {
		if f, ok := old.obj.(*types.Func); ok && types.Identical(f.Type(), obj.Type()) {
			if was := k.s.declOf(f); was != nil {
				fd.fn = was.fn
			}
		}
	}
	k.addFunc(fd)
	if d.Recv == nil && d.Name.Name != "_" && d.Name.Name != "init" {
		k.names[d.Name.Name] = &declared{obj: obj, cell: k.cell}
	}
}

func (k *checked) addFunc(fd *funcDecl) {
	k.funcs = append(k.funcs, fd)
	k.s.mu.Lock()
	k.s.funcs[fd.obj] = fd
	k.s.mu.Unlock()
}

func (s *Engine) declOf(f *types.Func) *funcDecl {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.funcs[f.Origin()]
}

func (k *checked) declareSpec(p *part, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if obj := k.info.Defs[spec.Name]; obj != nil && spec.Name.Name != "_" {
			k.names[spec.Name.Name] = &declared{obj, k.cell, k.declItem(p.item)}
		}
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			if obj := k.info.Defs[n]; obj != nil && n.Name != "_" && !strings.HasSuffix(n.Name, newMark) {
				k.names[n.Name] = &declared{obj: obj, cell: k.cell}
			}
		}
	}
}

// declItem is the text of a type declaration and what its names mean.
func (k *checked) declItem(it *item) *declItem {
	d := &declItem{text: it.text(), uses: map[string]types.Object{}}
	for _, t := range it.toks {
		if t.tok == token.IDENT {
			if obj := k.pkg.Scope().Lookup(t.text); obj != nil {
				if _, isPkg := obj.(*types.PkgName); !isPkg {
					d.uses[t.text] = obj
				}
			}
		}
	}
	return d
}

// declareVars gives variables their memory; one that keeps its type keeps it.
func (k *checked) declareVars(spec *ast.ValueSpec) {
	for _, n := range spec.Names {
		obj, ok := k.info.Defs[n].(*types.Var)
		if !ok {
			continue
		}
		if old := k.s.live[n.Name]; old != nil {
			if v, ok := old.obj.(*types.Var); ok && types.Identical(v.Type(), obj.Type()) {
				k.s.mu.Lock()
				k.s.vars[obj] = k.s.vars[v]
				k.s.mu.Unlock()
				continue
			}
		}
		k.s.newGlobal(obj)
	}
}

// compileMain compiles the statements of the cell in their written order.
func (k *checked) compileMain() *Func {
	fn := &Func{name: "cell"}
	sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	w := &escapeWalk{u: k.unit, esc: newEscapes(), home: map[types.Object]int{}}
	for _, p := range k.parts {
		if p.stmt {
			w.walk(p.decl.(*ast.FuncDecl).Body)
		} else if g, ok := p.decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
			w.walk(g)
		}
	}
	c := k.newComp(fn, sig, nil, w.done())
	var all []stmt
	for _, p := range k.parts {
		if s := k.compilePart(c, p); s != nil {
			all = append(all, s)
		}
	}
	body := block(all)
	if c.defers {
		body = withDefers(body)
	}
	c.close(body)
	return fn
}

func (k *checked) compilePart(c *comp, p *part) stmt {
	switch d := p.decl.(type) {
	case *ast.FuncDecl:
		if !p.stmt {
			return k.compileInit(c, d)
		}
		list := d.Body.List
		if k.last != nil && len(list) > 0 && list[len(list)-1] == ast.Stmt(k.last) {
			return both(c.stmts(list[:len(list)-1]), c.lastValue(k.last.X))
		}
		return c.stmts(list)
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return nil
		}
		var all []stmt
		for _, spec := range d.Specs {
			all = append(all, c.globalDecl(spec.(*ast.ValueSpec)))
		}
		return block(all)
	}
	return nil
}

// compileInit runs func init() where it is declared.
func (k *checked) compileInit(c *comp, d *ast.FuncDecl) stmt {
	if d.Recv != nil || d.Name.Name != "init" {
		return nil
	}
	for _, fd := range k.funcs {
		if fd.decl == d {
			s := c.siteOf(fd.sig, int(d.Pos()), nil)
			s.fn = fd.fn
			return c.effect(c.finish(s))
		}
	}
	return nil
}

// globalDecl runs a variable declaration of a cell: also without a value, it
// sets the variable (to zero).
func (c *comp) globalDecl(sp *ast.ValueSpec) stmt {
	var lhs []ast.Expr
	for _, id := range sp.Names {
		lhs = append(lhs, id)
	}
	switch {
	case len(sp.Values) == 0:
		var all []stmt
		for _, id := range sp.Names {
			if id.Name != "_" {
				dst := c.globalNode(id)
				all = append(all, dst.cls.assign(dst, c.zero(dst.typ)))
			}
		}
		return block(all)
	case len(sp.Values) == 1 && len(sp.Names) > 1:
		return c.assignTuple(lhs, sp.Values[0])
	case len(sp.Values) == 1:
		if sp.Names[0].Name == "_" {
			return c.effect(c.blankValue(sp.Values[0]))
		}
		dst := c.globalNode(sp.Names[0])
		return c.assignNode(dst, c.exprTo(sp.Values[0], dst.typ))
	}
	return c.assignMany(&ast.AssignStmt{Lhs: lhs, Rhs: sp.Values, TokPos: sp.Pos()})
}

func (c *comp) globalNode(id *ast.Ident) *node {
	return c.global(c.info.Defs[id].(*types.Var), id.Pos())
}

// lastValue keeps the value of the expression that ends a cell.
func (c *comp) lastValue(e ast.Expr) stmt {
	n := c.expr(e)
	if n.tuple != nil && len(n.tuple) == 0 || c.quiet(e) {
		return c.effect(n)
	}
	if n.tuple == nil {
		return c.keepResult([]*node{n}, func(fp) {})
	}
	return c.keepResult(n.tuple, n.run)
}

func (c *comp) keepResult(nodes []*node, run func(fp)) stmt {
	var values []func(fp) any
	for _, n := range nodes {
		if n.isNil {
			return c.effect(n)
		}
		p, rt := c.place(n), c.rtype(n.typ) // the newest generation of its type
		values = append(values, func(f fp) any {
			v := reflect.New(rt)
			v.Elem().Set(valueAt(rt, p(f)))
			return v.Elem().Interface()
		})
	}
	return func(f fp) ctl {
		run(f)
		var all Values
		for _, v := range values {
			all = append(all, v(f))
		}
		t := head(f).t
		t.result = all
		if len(all) == 1 {
			t.result = all[0]
		}
		return next
	}
}

// quiet reports whether nobody wants to see the results of a call: those of
// fmt.Print and its kin.
func (c *comp) quiet(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	fun := ast.Unparen(call.Fun)
	if tv := c.info.Types[fun]; tv.IsBuiltin() {
		return builtinName(fun) == "copy"
	}
	obj, _ := c.callee(fun)
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	return obj.Pkg().Path() == "fmt" && strings.Contains(obj.Name(), "rint") && !strings.HasPrefix(obj.Name(), "S")
}

// commit makes what the cell declares live, and compiles again what that
// changes. Skip has the declarations that are settled.
func (k *checked) commit(skip map[string]bool) {
	for _, w := range k.swaps {
		w.fn.code.Store(w.code)
	}
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
