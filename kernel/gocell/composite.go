package gocell

import (
	"go/ast"
	"go/constant"
	"go/types"
	"unsafe"
)

// composite is T{...}; structs and arrays are built in a slot of the frame.
func (c *comp) composite(e *ast.CompositeLit) *node {
	t := c.typeOf(e)
	switch u := t.Underlying().(type) {
	case *types.Struct, *types.Array:
		n := c.nodeOf(t)
		o := c.alloc(n.rt)
		build := c.build(e, t)
		n.addr = func(f fp) fp {
			p := unsafe.Add(f, o)
			build(f, p)
			return p
		}
		n.calls = true
		return n
	case *types.Slice:
		return c.sliceLit(e, t, u)
	case *types.Map:
		return c.mapLit(e, t, u)
	case *types.Pointer: // the elided &T of a nested literal
		return c.newComposite(e, t)
	}
	c.notYet(e.Pos(), "literal of type %s", t)
	return nil
}

// newComposite is &T{...}.
func (c *comp) newComposite(e *ast.CompositeLit, t types.Type) *node {
	elem := t.Underlying().(*types.Pointer).Elem()
	rt := c.rtype(elem)
	w := typeWord(rt)
	if _, mem := classOf(rt).(memCls); !mem {
		lit := c.compositeOf(e, elem)
		n := c.rvalue(t, lit.cls.box(lit))
		n.calls = true
		return n
	}
	build := c.fields(e, elem)
	n := c.rvalue(t, func(f fp) fp {
		p := unsafeNew(w)
		build(f, p)
		return p
	})
	n.calls = true
	return n
}

// compositeOf compiles a literal whose type may have been left out.
func (c *comp) compositeOf(e *ast.CompositeLit, t types.Type) *node {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return c.sliceLit(e, t, u)
	case *types.Map:
		return c.mapLit(e, t, u)
	}
	return c.composite(e)
}

// build writes a struct or array literal to memory that may hold an old value.
func (c *comp) build(e *ast.CompositeLit, t types.Type) func(f, dst fp) {
	fill := c.fields(e, t)
	n := c.nodeOf(t)
	zero := c.s.zeroOf(n.rt)
	cls := n.cls
	return func(f, dst fp) {
		cls.move(dst, zero)
		fill(f, dst)
	}
}

// fields writes the given elements of a literal to zeroed memory.
func (c *comp) fields(e *ast.CompositeLit, t types.Type) func(f, dst fp) {
	var puts []func(f, dst fp)
	switch u := t.Underlying().(type) {
	case *types.Struct:
		rt := c.rtype(t)
		for i, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				i = fieldIndex(u, kv.Key.(*ast.Ident).Name)
				x = kv.Value
			}
			if u.Field(i).Name() == "_" {
				drop := c.effect(c.exprTo(x, u.Field(i).Type()))
				puts = append(puts, func(f, _ fp) { drop(f) })
				continue
			}
			puts = append(puts, c.elementPut(x, u.Field(i).Type(), rt.Field(i).Offset))
		}
	case *types.Array:
		size := c.rtype(u.Elem()).Size()
		c.elements(e, func(i int, x ast.Expr) {
			puts = append(puts, c.elementPut(x, u.Elem(), uintptr(i)*size))
		})
	}
	if len(puts) == 1 {
		return puts[0]
	}
	return func(f, dst fp) {
		for _, put := range puts {
			put(f, dst)
		}
	}
}

func fieldIndex(t *types.Struct, name string) int {
	for i := range t.NumFields() {
		if t.Field(i).Name() == name {
			return i
		}
	}
	panic(&notYet{0, "field " + name})
}

// elementPut writes one element, a nested struct literal in place.
func (c *comp) elementPut(x ast.Expr, t types.Type, off uintptr) func(f, dst fp) {
	if lit, ok := x.(*ast.CompositeLit); ok {
		if _, mem := classOf(c.rtype(t)).(memCls); mem && types.Identical(c.typeOf(lit), t) && !lvalInside(lit) {
			fill := c.fields(lit, t)
			return func(f, dst fp) { fill(f, unsafe.Add(dst, off)) }
		}
	}
	n := c.exprTo(x, t)
	return n.cls.putAt(n, off)
}

func lvalInside(*ast.CompositeLit) bool { return false }

// elements calls add with the index of each element of an array or slice
// literal and returns the length.
func (c *comp) elements(e *ast.CompositeLit, add func(i int, x ast.Expr)) int {
	i, n := 0, 0
	for _, x := range e.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			k, _ := constant.Int64Val(constant.ToInt(c.info.Types[kv.Key].Value))
			i, x = int(k), kv.Value
		}
		add(i, x)
		i++
		n = max(n, i)
	}
	return n
}

func (c *comp) sliceLit(e *ast.CompositeLit, t types.Type, u *types.Slice) *node {
	rt := c.rtype(u.Elem())
	w, size := typeWord(rt), rt.Size()
	var puts []func(f, dst fp)
	count := c.elements(e, func(i int, x ast.Expr) {
		puts = append(puts, c.elementPut(x, u.Elem(), uintptr(i)*size))
	})
	n := c.rvalue(t, func(f fp) hdr {
		p := unsafeNewArray(w, count)
		for _, put := range puts {
			put(f, p)
		}
		return hdr{p, count, count}
	})
	n.calls = true
	return n
}

func (c *comp) mapLit(e *ast.CompositeLit, t types.Type, u *types.Map) *node {
	rt := c.rtype(t)
	word := typeWord(rt)
	type entry struct {
		key   func(fp) fp
		put   func(f, dst fp)
		from  uintptr
		class class
	}
	var entries []entry
	for _, x := range e.Elts {
		kv := x.(*ast.KeyValueExpr)
		k, v := c.exprTo(kv.Key, u.Key()), c.exprTo(kv.Value, u.Elem())
		o := c.alloc(v.rt)
		entries = append(entries, entry{c.place(k), v.cls.putAt(v, o), o, v.cls})
	}
	pos := int(e.Lbrace)
	n := c.rvalue(t, func(f fp) fp {
		m := makeMap(rt, len(entries))
		for i := range entries {
			x := &entries[i]
			k := x.key(f)
			x.put(f, f)
			at(f, pos)
			x.class.move(mapassign(word, m, k), unsafe.Add(f, x.from))
		}
		return m
	})
	n.calls = true
	return n
}
