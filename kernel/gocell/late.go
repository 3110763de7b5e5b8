package gocell

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

// A lateMethod is a method for a type of an earlier cell. The checker takes it
// as a function with the receiver first, and the receiver's type parameters as
// its own.
type lateMethod struct {
	decl  *ast.FuncDecl // as the checker sees it
	name  *ast.Ident
	named *types.Named
	obj   *types.Func
}

// lateMethods turns methods of earlier types into functions and adds those that
// are new to their type.
func (k *checked) lateMethods(file *ast.File) error {
	for i, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || len(f.Recv.List) != 1 {
			continue
		}
		named := k.receiverOf(f)
		if named == nil {
			continue
		}
		if k.ownType(f.Type) {
			return errTypesFirst
		}
		plain, err := k.plainFunc(f, named)
		if err != nil {
			return err
		}
		file.Decls[i] = plain
		k.parts[i].decl = plain
		k.late = append(k.late, &lateMethod{decl: plain, name: f.Name, named: named})
	}
	return k.addMethods()
}

// errTypesFirst is that a late method mentions a type of its own cell: its
// signature is needed before the cell is checked.
var errTypesFirst = errors.New("the types of this cell must be declared first")

// ownType reports whether a signature mentions a type that the cell declares.
func (k *checked) ownType(sig *ast.FuncType) (found bool) {
	ast.Inspect(sig, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && k.ownTypes[id.Name] {
			found = true
		}
		return !found
	})
	return found
}

// declareTypes makes the types and constants of a cell live before the rest of it
// is checked, as if they stood in a cell before.
func (s *Engine) declareTypes(c *cell, items []lex.Item) error {
	k := s.newChecked(&cell{number: c.number, source: c.source})
	var types []lex.Item
	var toks []lex.Token
	for _, it := range items {
		if first := it.Tokens[0].Tok; first == token.TYPE || first == token.CONST {
			types, toks = append(types, it), append(toks, it.Tokens...)
		}
	}
	if err := k.checkItems(types, toks); err != nil {
		return err
	}
	if _, err := k.compile(); err != nil {
		return err
	}
	k.commit(map[string]bool{})
	return nil
}

// plainFunc is method f of an earlier type as a function.
func (k *checked) plainFunc(f *ast.FuncDecl, named *types.Named) (*ast.FuncDecl, error) {
	recv := *f.Recv.List[0]
	params, err := k.receiverParams(&recv, named)
	if err != nil {
		return nil, err
	}
	name := ast.NewIdent(named.Obj().Name() + "ǃ" + f.Name.Name)
	name.NamePos = f.Name.NamePos
	list := []*ast.Field{withName(recv)}
	for _, p := range f.Type.Params.List {
		list = append(list, withName(*p))
	}
	return &ast.FuncDecl{Name: name, Body: f.Body, Type: &ast.FuncType{
		Func: f.Type.Func, TypeParams: params, Results: f.Type.Results,
		Params: &ast.FieldList{Opening: f.Type.Params.Opening, List: list, Closing: f.Type.Params.Closing},
	}}, nil
}

func withName(field ast.Field) *ast.Field {
	if len(field.Names) == 0 {
		field.Names = []*ast.Ident{ast.NewIdent("_")}
	}
	return &field
}

// receiverBase takes a receiver's type apart: its name and its type parameters.
func receiverBase(e ast.Expr) (base ast.Expr, params []ast.Expr) {
	e = ast.Unparen(e)
	if star, ok := e.(*ast.StarExpr); ok {
		e = ast.Unparen(star.X)
	}
	switch x := e.(type) {
	case *ast.IndexExpr:
		return x.X, []ast.Expr{x.Index}
	case *ast.IndexListExpr:
		return x.X, x.Indices
	}
	return e, nil
}

// receiverParams declares the type parameters of a receiver. Blank ones get a
// name, since the receiver's type mentions them.
func (k *checked) receiverParams(recv *ast.Field, named *types.Named) (*ast.FieldList, error) {
	_, params := receiverBase(recv.Type)
	if named.TypeParams() == nil || params == nil {
		return nil, nil
	}
	list := &ast.FieldList{Opening: params[0].Pos(), Closing: params[0].Pos()}
	var names []*ast.Ident
	for i, p := range params {
		id, ok := p.(*ast.Ident)
		if !ok {
			return nil, k.compileErrors([]types.Error{{Fset: k.s.fset, Pos: p.Pos(), Msg: "receiver type parameter " + types.ExprString(p) + " must be an identifier"}})
		}
		if id.Name == "_" {
			id.Name = "_ǃ" + itoa(i)
		}
		names = append(names, id)
	}
	for i, id := range names {
		own := *id
		list.List = append(list.List, &ast.Field{Names: []*ast.Ident{&own}, Type: k.constraint(named, i, names)})
	}
	return list, nil
}

// constraint is an expression for the constraint of type parameter i of an
// earlier type: the name may mean something else today.
func (k *checked) constraint(named *types.Named, i int, names []*ast.Ident) ast.Expr {
	if i >= named.TypeParams().Len() {
		return ast.NewIdent("any") // the checker tells that there are too many
	}
	bound := named.TypeParams().At(i).Constraint()
	name := types.NewTypeName(token.NoPos, k.s.pkg, named.Obj().Name()+"ǃ"+itoa(i), nil)
	params, sub := copyParams(typeParamList(named.TypeParams()))
	if own := sub.typ(bound); own != bound { // it mentions type parameters
		types.NewAlias(name, own).SetTypeParams(params)
		k.pkg.Scope().Insert(name)
		x := &ast.IndexListExpr{X: ast.NewIdent(name.Name())}
		for _, n := range names[:min(len(names), len(params))] {
			x.Indices = append(x.Indices, ast.NewIdent(n.Name))
		}
		return x
	}
	k.pkg.Scope().Insert(types.NewTypeName(token.NoPos, k.s.pkg, name.Name(), bound))
	return ast.NewIdent(name.Name())
}

func typeParamList(l *types.TypeParamList) []*types.TypeParam { return slices.Collect(l.TypeParams()) }

// copyParams declares type parameters anew, and what replaces the old ones by them.
func copyParams(old []*types.TypeParam) (params []*types.TypeParam, sub *subst) {
	var args []types.Type
	for _, p := range old {
		o := p.Obj()
		n := types.NewTypeParam(types.NewTypeName(o.Pos(), o.Pkg(), o.Name(), nil), types.Universe.Lookup("any").Type())
		params, args = append(params, n), append(args, n)
	}
	sub = newSubst(old, args)
	for i, p := range old {
		params[i].SetConstraint(sub.typ(p.Constraint()))
	}
	return params, sub
}

// receiverOf is the type of an earlier cell that a method belongs to.
func (k *checked) receiverOf(f *ast.FuncDecl) *types.Named {
	base, _ := receiverBase(f.Recv.List[0].Type)
	id, ok := base.(*ast.Ident)
	if !ok || k.own[id.Name] {
		return nil
	}
	d := k.s.live[id.Name]
	if d == nil {
		return nil
	}
	tn, ok := d.obj.(*types.TypeName)
	if !ok || tn.Pkg() != k.s.pkg {
		return nil
	}
	named, _ := tn.Type().(*types.Named)
	return named
}

// addMethods checks the signatures alone, so that the whole cell can use the methods.
func (k *checked) addMethods() error {
	var fresh []*lateMethod
	file := &ast.File{Name: ast.NewIdent("main")}
	for _, m := range k.late {
		if m.obj = methodNamed(m.named, m.name.Name); m.obj != nil {
			continue
		}
		fresh = append(fresh, m)
		sig := *m.decl
		sig.Body = &ast.BlockStmt{}
		file.Decls = append(file.Decls, &sig)
	}
	if fresh == nil {
		return nil
	}
	info := newInfo()
	var errs []types.Error
	config := types.Config{Importer: k.s.imp, IgnoreFuncBodies: true, Error: func(err error) {
		if e, ok := err.(types.Error); ok {
			errs = append(errs, e)
		}
	}}
	scope := k.pkg.Scope()
	visible := make([]types.Object, 0, scope.Len())
	for _, n := range scope.Names() {
		visible = append(visible, scope.Lookup(n))
	}
	_ = types.NewChecker(&config, k.s.fset, k.pkg, info).Files([]*ast.File{file})
	k.s.emptyScope() // the checker has declared the functions in it
	for _, obj := range visible {
		scope.Insert(obj)
	}
	if errs != nil {
		return k.compileErrors(errs)
	}
	var sigs []types.Type
	for _, m := range fresh {
		m.obj = k.method(m, info.Defs[m.decl.Name].(*types.Func).Signature())
		sigs = append(sigs, m.obj.Type())
	}
	for _, m := range fresh {
		k.addMethod(m, sigs)
	}
	return nil
}

// method is a late method as its type will have it.
func (k *checked) method(m *lateMethod, sig *types.Signature) *types.Func {
	recv, params, sub := sig.Params().At(0), []*types.TypeParam(nil), (*subst)(nil)
	if sig.TypeParams() != nil {
		params, sub = copyParams(typeParamList(sig.TypeParams()))
	}
	short := sub.typ(withoutReceiver(sig)).(*types.Signature)
	own := types.NewParam(m.name.Pos(), k.s.pkg, recv.Name(), sub.typ(recv.Type()))
	full := types.NewSignatureType(own, params, nil, short.Params(), short.Results(), short.Variadic())
	return types.NewFunc(m.name.Pos(), k.s.pkg, m.name.Name, full)
}

// addMethod adds a method to the type of an earlier cell, until the cell fails.
func (k *checked) addMethod(m *lateMethod, sigs []types.Type) {
	before := contents(m.named)
	k.s.changeMethods(m.named, func() { m.named.AddMethod(m.obj) }, sigs)
	k.undo = append(k.undo, func() {
		k.s.changeMethods(m.named, func() { setContents(m.named, before) }, sigs)
	})
}

// withoutReceiver is the signature of a late method, whose first parameter is
// its receiver, as a method's.
func withoutReceiver(sig *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(vars(sig.Params())[1:]...), sig.Results(), sig.Variadic())
}

func methodNamed(t *types.Named, name string) *types.Func {
	for i := range t.NumMethods() {
		if m := t.Method(i); m.Name() == name {
			return m
		}
	}
	return nil
}

func (k *checked) isLate(d *ast.FuncDecl) bool {
	for _, m := range k.late {
		if m.decl == d {
			return true
		}
	}
	return false
}

// declareLate gives the method its new body; its signature must be what it was.
func (k *checked) declareLate(m *lateMethod) {
	fn := k.info.Defs[m.decl.Name].(*types.Func)
	sig, was := fn.Signature(), m.obj.Signature()
	if !sameMethod(sig, was) {
		panic(&notYet{m.name.Pos(), "another signature for method " + m.name.Name + " without its type: run the cell that declares " + m.named.Obj().Name() + " too"})
	}
	fd := &funcDecl{unit: k.unit, decl: m.decl, obj: m.obj, sig: sig, fn: &Func{name: funcName(m.obj)}}
	if old := k.s.declOf(m.obj); old != nil {
		fd.fn = old.fn
		k.takeInstances(fd, old)
	}
	k.addFunc(fd)
}

// sameMethod reports whether a late method has the signature of method was,
// whatever its type parameters are called.
func sameMethod(late, was *types.Signature) bool {
	sub := (*subst)(nil)
	if n := late.TypeParams().Len(); n > 0 {
		if n != was.RecvTypeParams().Len() {
			return false
		}
		var args []types.Type
		for p := range was.RecvTypeParams().TypeParams() {
			args = append(args, p)
		}
		sub = newSubst(typeParamList(late.TypeParams()), args)
	}
	return types.Identical(sub.typ(withoutReceiver(late)), signatureOnly(was)) &&
		types.Identical(sub.typ(late.Params().At(0).Type()), was.Recv().Type())
}
