package gocell

import (
	"go/ast"
	"go/types"
	"unsafe"
)

// A deferred call is a frame that has its arguments.
type deferred struct {
	next  *deferred
	frame fp
	code  *code
}

// A panicking is a panic on its way up, or a Goexit.
type panicking struct {
	val       any
	recovered bool
	goexit    bool
	trace     []traceFrame
	outer     *panicking
}

// deferStmt evaluates the call's function and arguments now and leaves the rest
// for the end of the function.
func (c *comp) deferStmt(s *ast.DeferStmt) stmt {
	c.hasDefers()
	prepare := c.prepare(s.Call)
	return func(f fp) ctl {
		h := head(f)
		nf, code := prepare(f, h.t)
		h.defers = &deferred{h.defers, nf, code}
		return next
	}
}

// hasDefers marks the function that a deferred call belongs to.
func (c *comp) hasDefers() { c.defers = true }

// prepare compiles a call to a frame with its arguments that can be run later,
// on thread t.
func (c *comp) prepare(e *ast.CallExpr) func(f fp, t *thread) (fp, *code) {
	fun := ast.Unparen(e.Fun)
	tv := c.info.Types[fun]
	if !tv.IsType() && !tv.IsBuiltin() {
		s := c.site(e)
		if s.fn != nil {
			return c.prepareFn(s)
		}
		if s.target != nil {
			return c.prepareValue(s, e)
		}
		return c.prepareOther(s)
	}
	return c.prepareBuiltin(e)
}

func (c *comp) prepareFn(s *callSite) func(f fp, t *thread) (fp, *code) {
	return func(f fp, t *thread) (fp, *code) {
		code := s.fn.ready()
		nf := t.enter(code)
		if s.pre != nil {
			s.pre(f)
		}
		for _, put := range s.puts {
			put(f, nf)
		}
		return nf, code
	}
}

// prepareValue is a call of a func value: that of a cell gets its frame, a
// compiled one a wrapper's.
func (c *comp) prepareValue(s *callSite, e *ast.CallExpr) func(f fp, t *thread) (fp, *code) {
	kind := c.s.funcKind(c.rtype(signatureOnly(s.sig)))
	ft := signatureOnly(s.sig)
	fvNode := c.rvalue(ft, s.target)
	fv, keep := c.spill(fvNode)
	other := c.prepareWrapped(append([]*node{fv}, s.args...), func(w *comp, params []*node) *node {
		t := w.siteOf(ft, s.pos, params[1:])
		w.dynamic(t, params[0])
		return w.finish(t)
	})
	fo := fv.local
	return func(f fp, t *thread) (fp, *code) {
		if s.pre != nil {
			s.pre(f)
		}
		keep(f)
		cl := kind.closure(ld[fp](f, fo))
		if cl == nil {
			return other(f, t)
		}
		code := cl.fn.ready()
		nf := t.enter(code)
		for _, put := range s.puts {
			put(f, nf)
		}
		cl.bind(code, nf)
		return nf, code
	}
}

// prepareOther is a call of compiled code by name, or through an interface.
func (c *comp) prepareOther(s *callSite) func(f fp, t *thread) (fp, *code) {
	args := s.args
	if s.iface != nil {
		x, keep := c.spill(s.iface.x)
		pre := s.pre
		s.pre = func(f fp) {
			keep(f)
			if pre != nil {
				pre(f)
			}
		}
		s.iface.x = x
		args = append([]*node{x}, args...)
	}
	prepared := c.prepareWrapped(args, func(w *comp, params []*node) *node {
		if s.iface != nil {
			t := w.siteOf(s.sig, s.pos, params[1:])
			w.interfaceTarget(t, params[0], s.iface.m)
			return w.finish(t)
		}
		t := w.siteOf(s.sig, s.pos, params)
		s.again(w, t)
		return w.finish(t)
	})
	check := func(f fp) {}
	if s.iface != nil {
		g := get[eface](s.iface.x)
		check = func(f fp) {
			if g(f).t == nil {
				at(f, s.pos)
				panicNil()
			}
		}
	}
	return func(f fp, t *thread) (fp, *code) {
		if s.pre != nil {
			s.pre(f)
		}
		check(f)
		return prepared(f, t)
	}
}

// prepareBuiltin is a builtin or conversion with its arguments taken now.
func (c *comp) prepareBuiltin(e *ast.CallExpr) func(f fp, t *thread) (fp, *code) {
	if fun := ast.Unparen(e.Fun); c.info.Types[fun].IsBuiltin() && builtinName(fun) == "recover" {
		return c.prepareRecover()
	}
	var args []*node
	var at []int
	for i, a := range e.Args {
		if tv := c.info.Types[a]; tv.IsType() || tv.Value != nil || isNilType(tv.Type) {
			continue
		}
		args = append(args, c.expr(a))
		at = append(at, i)
	}
	return c.prepareWrapped(args, func(w *comp, params []*node) *node {
		if w.given == nil {
			w.given = map[ast.Expr]*node{}
		}
		for j, i := range at {
			w.given[e.Args[i]] = params[j]
		}
		return w.call(e)
	})
}

// prepareRecover is defer recover(): it sees the panic that the frame which
// defers it was called for.
func (c *comp) prepareRecover() func(f fp, t *thread) (fp, *code) {
	self := c.rvalue(types.Typ[types.UnsafePointer], func(f fp) fp { return f })
	return c.prepareWrapped([]*node{self}, func(w *comp, params []*node) *node {
		outer := get[fp](params[0])
		return w.void(func(f fp) { recoverIn(outer(f)) })
	})
}

// prepareWrapped makes a wrapper whose parameters are the operands.
func (c *comp) prepareWrapped(args []*node, body func(w *comp, params []*node) *node) func(f fp, t *thread) (fp, *code) {
	var params []*types.Var
	for _, a := range args {
		params = append(params, types.NewParam(0, nil, "", a.typ))
	}
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), nil, false)
	w := c.wrapper(c.fn.name, sig, nil, func(w *comp, _, params []*node) *node {
		n := body(w, params)
		run := w.effect(n)
		return w.void(func(f fp) { run(f) })
	})
	var puts []func(f, dst fp)
	for i, a := range args {
		puts = append(puts, a.cls.putAt(a, w.lay.params[i]))
	}
	fn := w.fn
	return func(f fp, t *thread) (fp, *code) {
		code := fn.ready()
		nf := t.enter(code)
		for _, put := range puts {
			put(f, nf)
		}
		return nf, code
	}
}

// withDefers runs a body, then the calls it deferred, also when it panics.
//
//go:noinline
func withDefers(body stmt) stmt {
	return func(f fp) (r ctl) {
		h := head(f)
		t, depth, finished := h.t, h.t.depth, false
		ptrs := len(t.ptrs)
		h.defers = nil
		defer func() {
			if finished {
				return
			}
			v := recover()
			p := t.panicked(v)
			t.backTo(depth)
			t.ptrs = t.ptrs[:min(ptrs, len(t.ptrs))]
			t.unwind(h, p)
			if p.recovered {
				r = ret
				return
			}
			if !p.goexit {
				t.repanic = p
				panic(p.val)
			}
		}()
		r = body(f)
		for h.defers != nil {
			d := h.defers
			h.defers = d.next
			t.callDeferred(d, nil)
		}
		finished = true
		return r
	}
}

// backTo drops the frames that a panic has left.
func (t *thread) backTo(depth int) {
	for _, p := range t.stack[depth+1 : t.depth+1] {
		head(p).caught = nil
	}
	t.depth = depth
}

// panicked is what recover gave: a panic with the frames it passed, or a Goexit.
func (t *thread) panicked(v any) *panicking {
	if p := t.repanic; p != nil && v != nil {
		t.repanic = nil
		return p
	}
	if v == nil {
		return &panicking{goexit: true}
	}
	return &panicking{val: v, trace: append(t.s.crossedBefore(v), t.trace()...)}
}

// unwind runs the deferred calls of a frame while p is on its way.
func (t *thread) unwind(h *header, p *panicking) {
	if _, ok := p.val.(*exit); ok {
		return
	}
	for h.defers != nil {
		d := h.defers
		h.defers = d.next
		t.callGuarded(d, p)
	}
}

// callGuarded calls a deferred function; when it panics itself, that panic
// takes the place of p.
func (t *thread) callGuarded(d *deferred, p *panicking) {
	depth, ok := t.depth, false
	defer func() {
		if ok {
			return
		}
		q := t.panicked(recover())
		t.backTo(depth)
		head(d.frame).caught = nil
		*p = panicking{val: q.val, goexit: q.goexit, trace: q.trace}
	}()
	if p.recovered {
		t.callDeferred(d, nil)
	} else {
		t.callDeferred(d, p)
	}
	ok = true
}

func (t *thread) callDeferred(d *deferred, p *panicking) {
	h := head(d.frame)
	h.caught = p
	t.execute(d.code, d.frame)
	h.caught = nil
	t.end(d.code, d.frame)
}

// recoverCall is recover(): the panic that the frame was called for.
func (c *comp) recoverCall(e *ast.CallExpr) *node {
	return c.rvalue(anyType, recoverIn)
}

func recoverIn(f fp) eface {
	p := head(f).caught
	if p == nil || p.recovered || p.goexit || !recoverable(p.val) {
		return eface{}
	}
	p.recovered = true
	return *(*eface)(unsafe.Pointer(&p.val))
}

// recoverable reports whether cells may catch a panic: they cannot catch an
// interrupt or the end of the cell.
func recoverable(v any) bool {
	switch v.(type) {
	case *exit, *interrupted, *deadlock:
		return false
	}
	return true
}
