package gocell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// A unit is what was type-checked together: a cell, or a package of source.
type unit struct {
	s    *Engine
	pkg  *types.Package
	info *types.Info
	fset *token.FileSet
	cell *checked // nil in packages of source
}

// A comp compiles one function body.
type comp struct {
	*unit
	fn     *Func
	sig    *types.Signature
	lay    *layout
	slots  []slot
	size   uintptr
	vars   map[types.Object]*variable
	esc    *escapes
	outer  *comp      // of the function that a literal is in
	caught []*capture // what a literal captures
	subst  *subst     // type parameters, in an instance
	defers bool
	flow   flow
	named  []*variable             // the named results
	lits   int                     // counts the literals, for their names
	given  map[ast.Expr]*node      // operands that are compiled already
	typed  map[ast.Expr]types.Type // types of expressions the checker has not seen

	tracing bool         // statements are compiled in their traced form
	scope   *types.Scope // of the function; in the statements of a cell, of one of them
}

// A variable is where a local lies.
type variable struct {
	off   uintptr
	boxed bool // the frame holds a pointer to it
	rt    reflect.Type
	typ   types.Type
}

// A capture is a variable of the enclosing function that a literal uses.
type capture struct {
	obj types.Object
	off uintptr // in the frame of the literal
}

// notYet is what the compiler does not know so far.
type notYet struct {
	pos  token.Pos
	what string
}

func (e *notYet) Error() string { return "not supported yet: " + e.what }

func (c *comp) notYet(pos token.Pos, format string, args ...any) {
	panic(&notYet{pos, fmt.Sprintf(format, args...)})
}

func (c *comp) typeOf(e ast.Expr) types.Type {
	if n := c.given[e]; n != nil {
		return n.typ
	}
	if t := c.typed[e]; t != nil {
		return t
	}
	t := c.info.TypeOf(e)
	if t == nil {
		c.notYet(e.Pos(), "expression without a type")
	}
	return c.subst.typ(t)
}

// rtype is the runtime type of t.
func (c *comp) rtype(t types.Type) reflect.Type {
	return c.s.rtypeOf(t)
}

// alloc takes a slot of the frame.
func (c *comp) alloc(rt reflect.Type) uintptr {
	o := alignUp(c.size, uintptr(max(rt.Align(), 8)))
	c.size = o + max(rt.Size(), 1)
	c.slots = append(c.slots, slot{o, rt})
	return o
}

// rvalue is a node of a type with a closure.
func (c *comp) rvalue(t types.Type, f any) *node {
	n := c.nodeOf(t)
	n.f = f
	return n
}

func (c *comp) nodeOf(t types.Type) *node {
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		t = types.Default(t)
	}
	rt := c.rtype(t)
	return &node{typ: t, rt: rt, cls: classOf(rt)}
}

func (c *comp) addrNode(t types.Type, addr func(fp) fp) *node {
	n := c.nodeOf(t)
	n.addr, n.lval = addr, true
	return n
}

func (c *comp) localNode(t types.Type, off uintptr) *node {
	n := c.nodeOf(t)
	n.local, n.lval = off, true
	return n
}

// place is the address of a node's value, in a temporary where it has none.
func (c *comp) place(n *node) func(fp) fp {
	if n.isNil || n.k != nil || n.f != nil || n.local == 0 && n.glob == nil && n.addr == nil {
		return n.cls.addr(n, c.alloc(n.rt))
	}
	return n.cls.addr(n, 0)
}

// spill evaluates n into a slot of its own and returns the slot as a node.
func (c *comp) spill(n *node) (*node, func(fp)) {
	o := c.alloc(n.rt)
	put := n.cls.putAt(n, o)
	return c.localNode(n.typ, o), func(f fp) { put(f, f) }
}

// declare makes a local variable and returns the statement that begins its life
// with a value (nil: zero).
func (c *comp) declare(obj types.Object, v *node) stmt {
	t := c.subst.typ(obj.Type())
	l := c.variable(obj, t)
	if !l.boxed {
		dst := c.localNode(t, l.off)
		if v == nil {
			v = c.zero(t)
		}
		return dst.cls.assign(dst, v)
	}
	o := l.off
	if v == nil {
		w := typeWord(l.rt)
		return func(f fp) ctl { *(*fp)(unsafe.Add(f, o)) = unsafeNew(w); return next }
	}
	box := v.cls.box(v)
	return func(f fp) ctl { *(*fp)(unsafe.Add(f, o)) = box(f); return next }
}

const hugeLocal = 64 << 10

func (c *comp) variable(obj types.Object, t types.Type) *variable {
	rt := c.rtype(t)
	l := &variable{rt: rt, typ: t, boxed: c.esc.boxed[obj] || rt.Size() > hugeLocal}
	if l.boxed {
		l.off = c.alloc(reflect.TypeFor[unsafe.Pointer]())
	} else {
		l.off = c.alloc(rt)
	}
	c.vars[obj] = l
	return l
}

func (c *comp) variableNode(l *variable) *node {
	if !l.boxed {
		return c.localNode(l.typ, l.off)
	}
	o := l.off
	n := c.addrNode(l.typ, func(f fp) fp { return *(*fp)(unsafe.Add(f, o)) })
	return n
}

// lookup finds a local variable, capturing it from enclosing functions.
func (c *comp) lookup(obj types.Object) *variable {
	if l := c.vars[obj]; l != nil {
		return l
	}
	if c.outer == nil {
		return nil
	}
	from := c.outer.lookup(obj)
	if from == nil {
		return nil
	}
	l := &variable{off: c.alloc(reflect.TypeFor[unsafe.Pointer]()), boxed: true, rt: from.rt, typ: from.typ}
	c.vars[obj] = l
	c.caught = append(c.caught, &capture{obj, l.off})
	return l
}

// zero is the zero value of t.
func (c *comp) zero(t types.Type) *node {
	n := c.nodeOf(t)
	if _, mem := n.cls.(memCls); mem {
		n.glob = c.s.zeroOf(n.rt)
		return n
	}
	n.isNil = true
	return n
}

// exprTo compiles e for a place of type t.
func (c *comp) exprTo(e ast.Expr, t types.Type) *node {
	if tv := c.info.Types[e]; tv.Value != nil && !types.IsInterface(t) {
		n := c.nodeOf(t)
		n.k = tv.Value
		return n
	}
	if isNilType(c.typeOf(e)) {
		return c.zero(t)
	}
	return c.convertible(c.expr(e), t, e.Pos())
}

// convertible makes a value of type t of one that is assignable to it.
func (c *comp) convertible(n *node, t types.Type, pos token.Pos) *node {
	if isUntyped(t) {
		t = types.Default(t)
	}
	if n.isNil && isNilType(n.typ) {
		return c.zero(t)
	}
	if types.Identical(n.typ, t) {
		return n
	}
	if types.IsInterface(t) {
		return c.toInterface(n, t, int(pos))
	}
	return c.as(n, t)
}

// as is the same value under another type of the same memory shape.
func (c *comp) as(n *node, t types.Type) *node {
	m := *n
	m.typ, m.rt = t, c.rtype(t)
	m.cls = classOf(m.rt)
	m.lval = false
	return &m
}
