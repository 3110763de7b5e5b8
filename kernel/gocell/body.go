package gocell

import (
	"go/ast"
	"go/types"
	"reflect"
	"unsafe"
)

// newComp starts the body of a function with a signature.
func (u *unit) newComp(fn *Func, sig *types.Signature, sub *subst, esc *escapes) *comp {
	c := &comp{unit: u, fn: fn, sig: sig, subst: sub, esc: esc, vars: map[types.Object]*variable{}}
	c.tracing = u.cell != nil && u.s.tracer.Load() != nil
	if u.fset != u.s.fset {
		fn.source = true
	}
	if u.cell != nil {
		fn.hold = u.cell.hold
	}
	var results, params []reflect.Type
	for i := range sig.Results().Len() {
		results = append(results, c.rtype(sig.Results().At(i).Type()))
	}
	for _, p := range allParams(sig) {
		params = append(params, c.rtype(p.Type()))
	}
	c.lay = newLayout(results, params)
	c.slots, c.size = c.lay.slots, c.lay.size
	fn.sig = c.lay
	return c
}

// allParams are the receiver and the parameters.
func allParams(sig *types.Signature) (all []*types.Var) {
	if r := sig.Recv(); r != nil {
		all = append(all, r)
	}
	return append(all, vars(sig.Params())...)
}

// compileBody compiles the body of a declared function or a literal. The
// parameter objects are those of decl, the signature as go/types recorded it;
// in an instance of a generic function sig has its types replaced.
func (c *comp) compileBody(ft *ast.FuncType, recv *ast.FieldList, body *ast.BlockStmt) {
	c.scope = c.info.Scopes[ft]
	begin := c.params(recv, ft.Params)
	c.defers = hasDefer(body)
	begin = append(begin, c.results(ft.Results)...)
	run := c.stmts(body.List)
	if c.defers {
		run = withDefers(run)
	}
	if end := c.copyResults(); end != nil {
		inner := run
		run = func(f fp) ctl { inner(f); end(f); return ret }
	}
	if len(begin) > 0 {
		start, inner := block(begin), run
		run = func(f fp) ctl { start(f); return inner(f) }
	}
	c.close(run)
}

// hasDefer reports whether a function defers calls.
func hasDefer(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.DeferStmt:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// params gives the parameters their variables; captured ones move to boxes.
func (c *comp) params(lists ...*ast.FieldList) (begin []stmt) {
	i := 0
	for _, list := range lists {
		if list == nil {
			continue
		}
		for _, field := range list.List {
			if len(field.Names) == 0 {
				i++
			}
			for _, id := range field.Names {
				if s := c.param(c.info.Defs[id], i); s != nil {
					begin = append(begin, s)
				}
				i++
			}
		}
	}
	return begin
}

func (c *comp) param(obj types.Object, i int) stmt {
	off := c.lay.params[i]
	if obj == nil {
		return nil
	}
	t := allParams(c.sig)[i].Type()
	rt := c.rtype(t)
	if !c.esc.boxed[obj] {
		c.vars[obj] = &variable{off: off, rt: rt, typ: t}
		return nil
	}
	from := c.localNode(t, off)
	box := from.cls.box(from)
	o := c.alloc(reflect.TypeFor[unsafe.Pointer]())
	c.vars[obj] = &variable{off: o, boxed: true, rt: rt, typ: t}
	return func(f fp) ctl { *(*fp)(unsafe.Add(f, o)) = box(f); return next }
}

// results makes the named results variables and clears what a function that
// panics may return.
func (c *comp) results(list *ast.FieldList) (begin []stmt) {
	if list == nil || len(list.List) == 0 {
		return nil
	}
	named := len(list.List[0].Names) > 0
	i := 0
	for _, field := range list.List {
		for range max(1, len(field.Names)) {
			var obj types.Object
			if named {
				obj = c.info.Defs[field.Names[i-firstOf(list, field)]]
			}
			begin = append(begin, c.namedResult(obj, i, named))
			i++
		}
	}
	if !named {
		c.named = nil
	}
	if !named && !c.defers {
		return nil // every return sets them
	}
	return begin
}

// firstOf is the number of results before a field.
func firstOf(list *ast.FieldList, field *ast.Field) int {
	n := 0
	for _, f := range list.List {
		if f == field {
			break
		}
		n += max(1, len(f.Names))
	}
	return n
}

func (c *comp) namedResult(obj types.Object, i int, named bool) stmt {
	t := c.sig.Results().At(i).Type()
	v := &variable{off: c.lay.results[i], rt: c.rtype(t), typ: t}
	slot := c.localNode(t, v.off)
	clear := slot.cls.assign(slot, c.zero(t))
	if named && obj != nil && c.esc.boxed[obj] {
		v.off, v.boxed = c.alloc(reflect.TypeFor[unsafe.Pointer]()), true
		o, w, first := v.off, typeWord(v.rt), clear
		clear = func(f fp) ctl {
			first(f)
			*(*fp)(unsafe.Add(f, o)) = unsafeNew(w)
			return next
		}
	}
	c.named = append(c.named, v)
	if obj != nil {
		c.vars[obj] = v
	}
	return clear
}

// copyResults moves named results from their boxes to the result slots.
func (c *comp) copyResults() func(fp) {
	var moves []func(fp)
	for i, v := range c.named {
		if !v.boxed {
			continue
		}
		from, to, cls := v.off, c.lay.results[i], classOf(v.rt)
		moves = append(moves, func(f fp) { cls.move(unsafe.Add(f, to), ld[fp](f, from)) })
	}
	if moves == nil {
		return nil
	}
	return func(f fp) {
		for _, m := range moves {
			m(f)
		}
	}
}

// close makes the code of the body and puts it into its function.
func (c *comp) close(body stmt) {
	k := newCode(c.fn, c.slots, c.size)
	k.body = body
	for _, x := range c.caught {
		k.env = append(k.env, x.off)
	}
	if c.cell != nil && c.fn.code.Load() != nil { // a redefinition, when the whole cell has compiled
		c.cell.swaps = append(c.cell.swaps, swap{fn: c.fn, code: k})
		return
	}
	c.fn.code.Store(k)
}
