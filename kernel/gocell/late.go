package gocell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// A lateMethod is a method for a type of an earlier cell. The checker takes it
// as a function with the receiver first.
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
		if id := genericReceiver(f); id != nil && !k.own[id.Name] && k.s.live[id.Name] != nil {
			return k.compileErrors([]types.Error{{Fset: k.s.fset, Pos: f.Name.Pos(), Msg: fmt.Sprintf(
				"method %s of generic type %s must be in the cell that declares the type", f.Name.Name, id.Name)}})
		}
		named := k.receiverOf(f)
		if named == nil {
			continue
		}
		name := ast.NewIdent(named.Obj().Name() + "ǃ" + f.Name.Name)
		name.NamePos = f.Name.NamePos
		params := &ast.FieldList{Opening: f.Type.Params.Opening, Closing: f.Type.Params.Closing}
		recv := *f.Recv.List[0]
		if len(recv.Names) == 0 {
			recv.Names = []*ast.Ident{ast.NewIdent("_")}
		}
		params.List = append(params.List, &recv)
		for _, p := range f.Type.Params.List {
			field := *p
			if len(field.Names) == 0 {
				field.Names = []*ast.Ident{ast.NewIdent("_")}
			}
			params.List = append(params.List, &field)
		}
		plain := &ast.FuncDecl{Name: name, Type: &ast.FuncType{Func: f.Type.Func, Params: params, Results: f.Type.Results}, Body: f.Body}
		file.Decls[i] = plain
		k.parts[i].decl = plain
		k.late = append(k.late, &lateMethod{decl: plain, name: f.Name, named: named})
	}
	return k.addMethods()
}

// genericReceiver is the name of the receiver's type where that has parameters.
// The checker cannot add methods to a generic type that has instances.
func genericReceiver(f *ast.FuncDecl) *ast.Ident {
	e := ast.Unparen(f.Recv.List[0].Type)
	if star, ok := e.(*ast.StarExpr); ok {
		e = ast.Unparen(star.X)
	}
	switch x := e.(type) {
	case *ast.IndexExpr:
		e = x.X
	case *ast.IndexListExpr:
		e = x.X
	default:
		return nil
	}
	id, _ := e.(*ast.Ident)
	return id
}

// receiverOf is the type of an earlier cell that a method belongs to.
func (k *checked) receiverOf(f *ast.FuncDecl) *types.Named {
	e := ast.Unparen(f.Recv.List[0].Type)
	if star, ok := e.(*ast.StarExpr); ok {
		e = ast.Unparen(star.X)
	}
	id, ok := e.(*ast.Ident)
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
	pkg := types.NewPackage("main", "main")
	*pkg = *k.s.pkg
	info := newInfo()
	var errs []types.Error
	config := types.Config{Importer: k.s.imp, IgnoreFuncBodies: true, Error: func(err error) {
		if e, ok := err.(types.Error); ok {
			errs = append(errs, e)
		}
	}}
	// A copy of the scope, since the checker declares the functions in it.
	scratch := types.NewPackage("main", "main")
	for _, n := range k.s.pkg.Scope().Names() {
		scratch.Scope().Insert(k.s.pkg.Scope().Lookup(n))
	}
	k.insertOwnTypes(scratch)
	_ = types.NewChecker(&config, k.s.fset, scratch, info).Files([]*ast.File{file})
	if errs != nil {
		return k.compileErrors(errs)
	}
	for _, m := range fresh {
		k.addMethod(m, info.Defs[m.decl.Name].(*types.Func).Signature())
	}
	return nil
}

// insertOwnTypes is for signatures that mention types of the same cell, which
// have no meaning before the cell is checked.
func (k *checked) insertOwnTypes(*types.Package) {}

func (k *checked) addMethod(m *lateMethod, sig *types.Signature) {
	params := vars(sig.Params())
	recv := types.NewParam(m.name.Pos(), k.s.pkg, params[0].Name(), params[0].Type())
	full := types.NewSignatureType(recv, nil, nil, types.NewTuple(params[1:]...), sig.Results(), sig.Variadic())
	m.obj = types.NewFunc(m.name.Pos(), k.s.pkg, m.name.Name, full)
	m.named.AddMethod(m.obj)
	k.s.types.NewGeneration(m.named, m.named)
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
	sig := fn.Signature()
	was := m.obj.Signature()
	now := types.NewSignatureType(nil, nil, nil, types.NewTuple(vars(sig.Params())[1:]...), sig.Results(), sig.Variadic())
	if !types.Identical(now, signatureOnly(was)) || !types.Identical(sig.Params().At(0).Type(), was.Recv().Type()) {
		panic(&notYet{m.name.Pos(), "another signature for method " + m.name.Name + " without its type: run the cell that declares " + m.named.Obj().Name() + " too"})
	}
	fd := &funcDecl{unit: k.unit, decl: m.decl, obj: m.obj, sig: sig, fn: &Func{name: funcName(m.obj)}}
	if old := k.s.declOf(m.obj); old != nil {
		fd.fn = old.fn
	}
	k.addFunc(fd)
}

var _ = token.NoPos
