package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unicode/utf8"
	"unsafe"
)

// rangeStmt is for k, v := range x.
func (c *comp) rangeStmt(s *ast.RangeStmt, l *labelled) stmt {
	t := c.typeOf(s.X)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return c.rangeString(s, l)
		}
		return c.rangeInt(s, l)
	case *types.Slice, *types.Array, *types.Pointer:
		return c.rangeList(s, l, u)
	case *types.Map:
		return c.rangeMap(s, l, u)
	case *types.Chan:
		return c.rangeChan(s, l, u)
	case *types.Signature:
		return c.rangeFunc(s, l, u)
	}
	c.notYet(s.Pos(), "range over %s", t)
	return nil
}

// bind gives the iteration variable e the value of n: a new variable for :=,
// an assignment for =.
func (c *comp) bindRange(s *ast.RangeStmt, e ast.Expr, n *node) stmt {
	if e == nil || isBlank(e) {
		return nil
	}
	if s.Tok == token.DEFINE {
		obj := c.info.Defs[e.(*ast.Ident)]
		return c.declare(obj, c.convertible(n, c.subst.typ(obj.Type()), e.Pos()))
	}
	dst := c.expr(e)
	return c.assignNode(dst, c.convertible(n, dst.typ, e.Pos()))
}

// bindBoth gives key and value their values. In an assignment the operands of
// both are evaluated before either is assigned to.
func (c *comp) bindBoth(s *ast.RangeStmt, k, v *node) stmt {
	if s.Tok != token.ASSIGN || s.Value == nil || isBlank(s.Value) || isBlank(s.Key) {
		return both(c.bindRange(s, s.Key, k), c.bindRange(s, s.Value, v))
	}
	var runs []func(fp)
	var stores []stmt
	for i, e := range []ast.Expr{s.Key, s.Value} {
		p := c.lateFixed(c.expr(e), e)
		runs = append(runs, p.run)
		stores = append(stores, c.assignNode(p.node, c.convertible([]*node{k, v}[i], p.node.typ, e.Pos())))
	}
	return c.sequence(runs, stores)
}

func both(a, b stmt) stmt {
	switch {
	case a == nil && b == nil:
		return nil
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return func(f fp) ctl { a(f); return b(f) }
}

// iteration runs the body of one iteration; leave says that the loop is over.
func (c *comp) iteration(s *ast.RangeStmt, bind stmt, l *labelled) func(f fp) (leave bool, with ctl) {
	bind = c.tracedIteration(s, bind)
	engine, pos, body := c.s, int(s.For), c.stmts(s.Body.List)
	return func(f fp) (bool, ctl) {
		if engine.stop.Load() {
			halt(f, pos)
		}
		if bind != nil {
			bind(f)
		}
		if r := body(f); r != next {
			return loopEnd(r, l)
		}
		return false, next
	}
}

func (c *comp) rangeInt(s *ast.RangeStmt, l *labelled) stmt {
	t := c.typeOf(s.X)
	if isUntyped(t) {
		t = types.Typ[types.Int]
		if id, ok := s.Key.(*ast.Ident); ok && id.Name != "_" {
			t = c.typeOf(id)
		}
	}
	if s.Key != nil && s.Tok == token.ASSIGN && !isBlank(s.Key) {
		t = c.typeOf(s.Key)
	}
	n := c.exprTo(s.X, t)
	if n.rt.Kind() == reflect.Int {
		return c.rangeInts(s, n, l)
	}
	return c.rangeNumbers(s, n, l)
}

func (c *comp) rangeInts(s *ast.RangeStmt, n *node, l *labelled) stmt {
	limit := get[int](n)
	if id, ok := s.Key.(*ast.Ident); ok && s.Tok == token.DEFINE && id.Name != "_" && !c.tracing {
		obj := c.info.Defs[id]
		if v := c.variable(obj, c.subst.typ(obj.Type())); !v.boxed && !c.esc.assigned[obj] {
			end := c.localNode(types.Typ[types.Int], c.alloc(n.rt))
			loop := c.count(less{v.off, end.local, 0}, false, incremented(v.off), c.stmts(s.Body.List), l, int(s.For))
			i, o := v.off, end.local
			return func(f fp) ctl {
				*(*int)(unsafe.Add(f, o)) = limit(f)
				*(*int)(unsafe.Add(f, i)) = 0
				return loop(f)
			}
		}
	}
	i := c.localNode(n.typ, c.alloc(n.rt))
	iter := c.iteration(s, c.bindRange(s, s.Key, i), l)
	o := i.local
	return func(f fp) ctl {
		end := limit(f)
		for k := 0; k < end; k++ {
			*(*int)(unsafe.Add(f, o)) = k
			if leave, with := iter(f); leave {
				return with
			}
		}
		return next
	}
}

// rangeNumbers is range over an integer of another type.
func (c *comp) rangeNumbers(s *ast.RangeStmt, n *node, l *labelled) stmt {
	i := c.localNode(n.typ, c.alloc(n.rt))
	iter := c.iteration(s, c.bindRange(s, s.Key, i), l)
	limit, rt, o := c.place(n), n.rt, i.local
	return func(f fp) ctl {
		end := reflect.New(rt).Elem()
		end.Set(valueAt(rt, limit(f)))
		v := valueAt(rt, unsafe.Add(f, o))
		if end.CanInt() {
			for k := int64(0); k < end.Int(); k++ {
				v.SetInt(k)
				if leave, with := iter(f); leave {
					return with
				}
			}
			return next
		}
		for k := uint64(0); k < end.Uint(); k++ {
			v.SetUint(k)
			if leave, with := iter(f); leave {
				return with
			}
		}
		return next
	}
}

func (c *comp) rangeString(s *ast.RangeStmt, l *labelled) stmt {
	g := get[string](c.exprTo(s.X, types.Default(c.typeOf(s.X))))
	i := c.localNode(types.Typ[types.Int], c.alloc(reflect.TypeFor[int]()))
	r := c.localNode(types.Typ[types.Int32], c.alloc(reflect.TypeFor[rune]()))
	bind := c.bindBoth(s, i, r)
	iter := c.iteration(s, bind, l)
	io, ro := i.local, r.local
	return func(f fp) ctl {
		text := g(f)
		for k := 0; k < len(text); {
			v, n := rune(text[k]), 1
			if v >= utf8.RuneSelf {
				v, n = utf8.DecodeRuneInString(text[k:])
			}
			*(*int)(unsafe.Add(f, io)) = k
			*(*rune)(unsafe.Add(f, ro)) = v
			if leave, with := iter(f); leave {
				return with
			}
			k += n
		}
		return next
	}
}

// rangeList is range over a slice, an array (of which a copy is walked) or a
// pointer to an array.
func (c *comp) rangeList(s *ast.RangeStmt, l *labelled, u types.Type) stmt {
	withValue := s.Value != nil && !isBlank(s.Value)
	list, elem := c.list(s, u, withValue)
	i := c.localNode(types.Typ[types.Int], c.alloc(reflect.TypeFor[int]()))
	ao := c.alloc(reflect.TypeFor[unsafe.Pointer]())
	size := c.rtype(elem).Size()
	e := c.addrNode(elem, func(f fp) fp { return ld[fp](f, ao) })
	iter := c.iteration(s, c.bindBoth(s, i, e), l)
	io := i.local
	return func(f fp) ctl {
		h := list(f)
		for k := 0; k < h.n; k++ {
			*(*int)(unsafe.Add(f, io)) = k
			if withValue {
				*(*fp)(unsafe.Add(f, ao)) = unsafe.Add(h.p, uintptr(k)*size)
			}
			if leave, with := iter(f); leave {
				return with
			}
		}
		return next
	}
}

// list evaluates what is ranged over once, to a slice header.
func (c *comp) list(s *ast.RangeStmt, u types.Type, withValue bool) (func(fp) hdr, types.Type) {
	switch u := u.(type) {
	case *types.Slice:
		return get[hdr](c.expr(s.X)), u.Elem()
	case *types.Array:
		n := int(u.Len())
		if !withValue {
			if !hasCall(s.X) {
				return func(fp) hdr { return hdr{nil, n, n} }, u.Elem()
			}
			drop := c.effect(c.expr(s.X))
			return func(f fp) hdr { drop(f); return hdr{nil, n, n} }, u.Elem()
		}
		x := c.expr(s.X)
		box := x.cls.box(x)
		return func(f fp) hdr { return hdr{box(f), n, n} }, u.Elem()
	}
	a := u.(*types.Pointer).Elem().Underlying().(*types.Array)
	n := int(a.Len())
	p := c.expr(s.X)
	if withValue && n > 0 {
		g := c.pointee(p, 0, int(s.X.Pos()))
		return func(f fp) hdr { return hdr{g(f), n, n} }, a.Elem()
	}
	g := get[fp](p)
	return func(f fp) hdr { return hdr{g(f), n, n} }, a.Elem()
}

// hasCall reports whether an expression calls or receives, so that its length
// is no constant and it must be evaluated.
func hasCall(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

func (c *comp) rangeMap(s *ast.RangeStmt, l *labelled, u *types.Map) stmt {
	m := c.expr(s.X)
	g, rt := get[fp](m), m.rt
	k := c.localNode(u.Key(), c.alloc(rt.Key()))
	v := c.localNode(u.Elem(), c.alloc(rt.Elem()))
	bind := c.bindBoth(s, k, v)
	iter := c.iteration(s, bind, l)
	ko, vo := k.local, v.local
	return func(f fp) ctl {
		table := g(f)
		it := valueAt(rt, fp(&table)).MapRange()
		for it.Next() {
			valueAt(rt.Key(), unsafe.Add(f, ko)).SetIterKey(it)
			valueAt(rt.Elem(), unsafe.Add(f, vo)).SetIterValue(it)
			if leave, with := iter(f); leave {
				return with
			}
		}
		return next
	}
}

func (c *comp) rangeChan(s *ast.RangeStmt, l *labelled, u *types.Chan) stmt {
	ch := c.expr(s.X)
	g, rt := get[fp](ch), ch.rt
	v := c.localNode(u.Elem(), c.alloc(rt.Elem()))
	iter := c.iteration(s, c.bindRange(s, s.Key, v), l)
	vo, pos := v.local, int(s.For)
	return func(f fp) ctl {
		p := g(f)
		for {
			at(f, pos)
			if !head(f).t.recv(rt, p, unsafe.Add(f, vo)) {
				return next
			}
			if leave, with := iter(f); leave {
				return with
			}
		}
	}
}
