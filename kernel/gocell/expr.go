package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// expr compiles an expression.
func (c *comp) expr(e ast.Expr) *node {
	if tv, ok := c.info.Types[e]; ok && tv.Value != nil {
		return c.constant(e, tv)
	}
	if n := c.given[e]; n != nil {
		return n
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.expr(e.X)
	case *ast.Ident:
		return c.ident(e)
	case *ast.FuncLit:
		return c.funcLit(e)
	case *ast.CompositeLit:
		return c.composite(e)
	case *ast.SelectorExpr:
		return c.selector(e)
	case *ast.IndexExpr:
		return c.index(e)
	case *ast.IndexListExpr:
		return c.instance(e.X, e.Pos())
	case *ast.SliceExpr:
		return c.slice(e)
	case *ast.TypeAssertExpr:
		return c.assertion(e)
	case *ast.CallExpr:
		return c.call(e)
	case *ast.StarExpr:
		return c.deref(c.expr(e.X), int(e.Pos()))
	case *ast.UnaryExpr:
		return c.unary(e)
	case *ast.BinaryExpr:
		return c.binary(e)
	}
	c.notYet(e.Pos(), "%T", e)
	return nil
}

func (c *comp) constant(e ast.Expr, tv types.TypeAndValue) *node {
	t := c.subst.typ(tv.Type)
	if types.IsInterface(t) {
		n := c.nodeOf(constantType(tv))
		n.k = tv.Value
		return c.toInterface(n, t, int(e.Pos()))
	}
	n := c.nodeOf(t)
	n.k = tv.Value
	return n
}

func constantType(tv types.TypeAndValue) types.Type {
	return types.Default(tv.Type)
}

func (c *comp) ident(e *ast.Ident) *node {
	obj := c.info.ObjectOf(e)
	switch obj := obj.(type) {
	case *types.Nil:
		return &node{typ: types.Typ[types.UntypedNil], isNil: true}
	case *types.Var:
		if l := c.lookup(obj); l != nil {
			return c.variableNode(l)
		}
		return c.global(obj, e.Pos())
	case *types.Func:
		return c.funcValue(obj, c.typeArgs(e), e.Pos())
	}
	c.notYet(e.Pos(), "%s used as a value", e.Name)
	return nil
}

// global is a package variable, of a cell or compiled.
func (c *comp) global(obj *types.Var, pos token.Pos) *node {
	p, rt := c.s.globalOf(obj)
	if p == nil {
		c.notYet(pos, "variable %s of package %s", obj.Name(), obj.Pkg().Path())
	}
	if rt.Kind() == reflect.Func {
		c.fn.values = append(c.fn.values, obj)
	}
	n := &node{typ: obj.Type(), rt: rt, cls: classOf(rt), glob: p, lval: true}
	return n
}

func (c *comp) unary(e *ast.UnaryExpr) *node {
	t := c.typeOf(e)
	switch e.Op {
	case token.AND:
		return c.addressOf(e)
	case token.ARROW:
		return c.receive(e)
	case token.NOT:
		x := c.expr(e.X)
		a := get[bool](x)
		n := c.rvalue(t, func(f fp) bool { return !a(f) })
		n.calls = x.calls
		n.cond = &condition{op: token.NOT, x: x}
		return n
	}
	x := c.exprTo(e.X, t)
	n := c.rvalue(t, arithUnary(e.Op, x))
	n.calls = x.calls
	return n
}

// addressOf is &x: of a variable, or of a composite literal, which is new.
func (c *comp) addressOf(e *ast.UnaryExpr) *node {
	t := c.typeOf(e)
	if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
		return c.newComposite(lit, t)
	}
	x := c.expr(e.X)
	return c.addressNode(x, t)
}

func (c *comp) addressNode(x *node, t types.Type) *node {
	n := c.rvalue(t, nil)
	n.calls = x.calls
	switch {
	case x.glob != nil && x.f == nil:
		p := x.glob
		n.f = func(fp) fp { return p }
	case x.addr != nil && x.f == nil:
		n.f = x.addr
	default: // a local that the escape analysis missed would be a dangling pointer
		panic(&notYet{0, "the address of this operand"})
	}
	return n
}

// deref is *p as a variable.
func (c *comp) deref(p *node, pos int) *node {
	t := p.typ.Underlying().(*types.Pointer).Elem()
	n := c.addrNode(t, c.pointee(p, 0, pos))
	n.calls = p.calls
	if n.rt.Size() == 0 { // reading a zero-size value must fail on nil too
		a := n.addr
		n.addr = func(f fp) fp { return a(f) }
	}
	return n
}

// pointee is p+off for a pointer that must not be nil.
func (c *comp) pointee(p *node, off uintptr, pos int) func(fp) fp {
	if p.plain() {
		o := p.local
		return func(f fp) fp {
			v := ld[fp](f, o)
			if v == nil {
				at(f, pos)
				panicNil()
			}
			return unsafe.Add(v, off)
		}
	}
	g := get[fp](p)
	return func(f fp) fp {
		v := g(f)
		if v == nil {
			at(f, pos)
			panicNil()
		}
		return unsafe.Add(v, off)
	}
}

// field is x.f by the path of field indices that go/types found.
func (c *comp) field(x *node, path []int, pos int) *node {
	for _, i := range path {
		x = c.oneField(x, i, pos)
	}
	return x
}

func (c *comp) oneField(x *node, i int, pos int) *node {
	t := x.typ
	var base *node
	if p, ok := t.Underlying().(*types.Pointer); ok {
		base, t = x, p.Elem()
	}
	st := t.Underlying().(*types.Struct)
	off := c.rtype(t).Field(i).Offset
	n := c.nodeOf(st.Field(i).Type())
	n.calls = x.calls
	n.lval = x.lval || base != nil
	switch {
	case base != nil:
		n.addr = c.pointee(base, off, pos)
	case x.plain():
		n.local = x.local + off
	case x.glob != nil:
		n.glob = unsafe.Add(x.glob, off)
	default:
		a := c.place(x)
		n.addr = func(f fp) fp { return unsafe.Add(a(f), off) }
	}
	return n
}

// selector is pkg.Name, x.field, x.method or T.method.
func (c *comp) selector(e *ast.SelectorExpr) *node {
	if id, ok := e.X.(*ast.Ident); ok {
		if _, ok := c.info.Uses[id].(*types.PkgName); ok {
			return c.ident2(e)
		}
	}
	sel := c.selection(e)
	switch sel.kind {
	case types.FieldVal:
		x := c.expr(e.X)
		return c.field(x, sel.index, int(e.Sel.Pos()))
	case types.MethodExpr:
		return c.methodExpr(e, sel)
	}
	return c.methodValue(e, sel)
}

// ident2 is a qualified identifier.
func (c *comp) ident2(e *ast.SelectorExpr) *node {
	switch obj := c.info.Uses[e.Sel].(type) {
	case *types.Var:
		return c.global(obj, e.Pos())
	case *types.Func:
		return c.funcValue(obj, c.typeArgs(e.Sel), e.Pos())
	}
	c.notYet(e.Pos(), "%s used as a value", e.Sel.Name)
	return nil
}

// A selection is what x.f means, with type parameters replaced.
type selection struct {
	kind  types.SelectionKind
	recv  types.Type
	obj   types.Object
	index []int
	deref bool
}

func (c *comp) selection(e *ast.SelectorExpr) selection {
	s := c.info.Selections[e]
	if s == nil {
		c.notYet(e.Pos(), "selector %s", e.Sel.Name)
	}
	recv := c.subst.typ(s.Recv())
	if recv == s.Recv() {
		return selection{s.Kind(), recv, s.Obj(), s.Index(), s.Indirect()}
	}
	obj, index, indirect := types.LookupFieldOrMethod(recv, true, c.pkg, e.Sel.Name)
	if obj == nil {
		c.notYet(e.Pos(), "selector %s of %s", e.Sel.Name, recv)
	}
	return selection{s.Kind(), recv, obj, index, indirect}
}

// instance is a generic function with explicit type arguments, as a value.
func (c *comp) instance(fun ast.Expr, pos token.Pos) *node {
	obj, targs := c.callee(ast.Unparen(fun))
	if obj == nil {
		c.notYet(pos, "this instance")
	}
	return c.funcValue(obj, targs, pos)
}
