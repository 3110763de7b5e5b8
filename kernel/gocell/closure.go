package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/convnotes/convnotes/kernel/gocell/rtype"
)

// A closure is a func value of cells: the function, the variables it captured,
// and the cell it writes to.
type closure struct {
	fn  *Func
	env []fp
	run *run
	s   *Engine
}

// bind puts the captured variables into a frame.
func (cl *closure) bind(c *code, nf fp) {
	for i, o := range c.env {
		*(*fp)(unsafe.Add(nf, o)) = cl.env[i]
	}
}

// Call is how compiled code enters a closure. It runs on a thread of its own,
// on the goroutine of the caller.
func (cl *closure) Call(in, out []unsafe.Pointer) {
	t := cl.s.borrow(cl.run)
	finished := false
	defer func() {
		if !finished {
			t.crossed(recover(), cl.fn.sig, in)
		}
	}()
	code := cl.fn.ready()
	nf := t.begin(code)
	lay := cl.fn.sig
	n := len(lay.results)
	for i, p := range in {
		s := lay.slots[n+i]
		classOf(s.rt).move(unsafe.Add(nf, s.off), p)
	}
	cl.bind(code, nf)
	t.runFrame(code, nf)
	for i, p := range out {
		s := lay.slots[i]
		classOf(s.rt).move(p, unsafe.Add(nf, s.off))
	}
	t.end(code, nf)
	finished = true
	cl.s.giveBack(t)
}

// crossed lets a panic go on into the compiled code that called a closure. The
// frames it passed are kept for the thread below. Where the panic would end the
// process, the goroutine ends, as does one that a cell started.
func (t *thread) crossed(v any, sig *layout, in []unsafe.Pointer) {
	t.s.threads.calls.Add(-1)
	if v == nil {
		return // Goexit
	}
	p := t.panicked(v)
	if strayed() {
		t.failTest(sig, in, p)
		t.s.goroutineFailed(t, p)
		runtime.Goexit()
	}
	t.s.crossing.Store(&crossing{v, p.trace})
	panic(v)
}

// A crossing is a panic on its way through compiled code.
type crossing struct {
	val   any
	trace []traceFrame
}

// crossedBefore returns the frames of a callback that v has passed. It is called
// while v is recovered: compiled code may have recovered another panic with the
// same value before, as all nil pointers give.
func (s *Engine) crossedBefore(v any) []traceFrame {
	x := s.crossing.Load()
	if x == nil || *(*eface)(unsafe.Pointer(&x.val)) != *(*eface)(unsafe.Pointer(&v)) || !passedOn(raiser()) {
		return nil
	}
	s.crossing.CompareAndSwap(x, nil)
	return x.trace
}

// raiser is the function that raised the panic being recovered: the stack still
// has its frame.
func raiser() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	for raised := false; ; {
		f, more := frames.Next()
		if raised || !more {
			return f.Function
		}
		raised = f.Function == "runtime.gopanic"
	}
}

// passedOn reports whether a function that raised a panic may have got it from
// another one: the runtime and the code of cells raise new ones.
func passedOn(raiser string) bool {
	const engine = "github.com/convnotes/convnotes/kernel/gocell."
	switch {
	case raiser == engine+"(*thread).crossed":
		return true
	case strings.HasPrefix(raiser, "runtime."), strings.HasPrefix(raiser, "internal/runtime/"):
		return false
	}
	return !strings.HasPrefix(raiser, engine)
}

// A funcKind knows the func values of one type that cells made: their code is
// that of rtype.MakeFunc, and their captured words lead to the closure.
type funcKind struct {
	rt   reflect.Type
	pc   uintptr
	at   uintptr // the captured Code's data word, 0 where there is none to find
	stub uintptr // where reflect.MakeFunc keeps the function it calls
}

var funcKinds sync.Map // reflect.Type -> *funcKind

type probe struct{ _ int }

func (*probe) Call(in, out []unsafe.Pointer) {}

func (s *Engine) funcKind(t reflect.Type) *funcKind {
	if k, ok := funcKinds.Load(t); ok {
		return k.(*funcKind)
	}
	k := &funcKind{rt: t}
	p := &closure{}
	fv := word(rtype.MakeFunc(t, p))
	k.pc = *(*uintptr)(fv)
	k.find(fv, fp(p))
	funcKinds.Store(t, k)
	return k
}

// find looks for the closure in the words that a func value has captured: the
// Code itself (two words), or, in a func value of reflect.MakeFunc, the
// function that it calls, which has captured it.
func (k *funcKind) find(fv, p fp) {
	if *(*uintptr)(fv) != reflectStub {
		k.at = findWord(fv, p, 3)
		return
	}
	k.stub = stubFn
	k.at = findWord(*(*fp)(unsafe.Add(fv, stubFn)), p, 5)
}

func findWord(fv, p fp, n uintptr) uintptr {
	for i := uintptr(1); i < n; i++ {
		if *(*fp)(unsafe.Add(fv, i*ptrSize)) == p {
			return i * ptrSize
		}
	}
	return 0
}

// reflectStub is the code of all func values that reflect.MakeFunc makes, stubFn
// the offset of the function that it calls.
var reflectStub, stubFn = func() (uintptr, uintptr) {
	f := func([]reflect.Value) []reflect.Value { return nil }
	fv := word(reflect.MakeFunc(reflect.TypeFor[func()](), f))
	return *(*uintptr)(fv), findWord(fv, *(*fp)(unsafe.Pointer(&f)), 6)
}()

// closureTab is the method table of a *closure as a Code.
var closureTab = func() fp { var c rtype.Code = (*closure)(nil); return (*eface)(unsafe.Pointer(&c)).t }()

// closure returns the closure behind a func value, nil for compiled functions.
func (k *funcKind) closure(fv fp) *closure {
	if fv == nil || *(*uintptr)(fv) != k.pc || k.at == 0 {
		return nil
	}
	if k.stub != 0 {
		fv = *(*fp)(unsafe.Add(fv, k.stub))
		if *(*uintptr)(fv) != bodyPC {
			return nil
		}
	}
	if *(*fp)(unsafe.Add(fv, k.at-ptrSize)) != closureTab {
		return nil
	}
	return (*closure)(*(*fp)(unsafe.Add(fv, k.at)))
}

// bodyPC is the code of the function that rtype hands to reflect.MakeFunc.
var bodyPC = func() uintptr {
	type odd struct{ a, b, c, d, e, f, g, h, i, j complex128 }
	v := rtype.MakeFunc(reflect.TypeFor[func(odd, odd, odd) (odd, odd)](), &closure{})
	fv := word(v)
	if *(*uintptr)(fv) != reflectStub {
		return 0
	}
	return *(*uintptr)(*(*fp)(unsafe.Add(fv, stubFn)))
}()

// value makes the func value of a closure.
func (cl *closure) value(t reflect.Type) fp { return word(rtype.MakeFunc(t, cl)) }

// funcLit is a function literal: a Func compiled once, a closure at each evaluation.
func (c *comp) funcLit(e *ast.FuncLit) *node {
	sig := c.typeOf(e).(*types.Signature)
	lit := c.literal(e, sig)
	return c.closureNode(sig, lit)
}

// literal compiles the body of a function literal.
func (c *comp) literal(e *ast.FuncLit, sig *types.Signature) *comp {
	fn := &Func{name: c.fn.name + ".func" + itoa(c.nextLit())}
	c.fn.uses = append(c.fn.uses, fn)
	lit := c.unit.newComp(fn, sig, c.subst, c.esc)
	lit.outer = c
	lit.compileBody(e.Type, nil, e.Body)
	return lit
}

func (c *comp) nextLit() int {
	c.lits++
	return c.lits
}

// closureNode evaluates to the func value of a compiled literal.
func (c *comp) closureNode(t types.Type, lit *comp) *node {
	rt := c.rtype(signatureOnly(t.Underlying().(*types.Signature)))
	catch := make([]func(fp) fp, len(lit.caught))
	for i, x := range lit.caught {
		catch[i] = c.catch(x.obj)
	}
	fn, s := lit.fn, c.s
	if len(catch) == 0 {
		return c.rvalue(t, func(f fp) fp {
			return (&closure{fn, nil, head(f).t.run, s}).value(rt)
		})
	}
	return c.rvalue(t, func(f fp) fp {
		env := make([]fp, len(catch))
		for i, g := range catch {
			env[i] = g(f)
		}
		return (&closure{fn, env, head(f).t.run, s}).value(rt)
	})
}

// catch takes a variable into a closure: the box it is in, or a copy of what
// never changes.
func (c *comp) catch(obj types.Object) func(fp) fp {
	l := c.lookup(obj)
	if l.boxed {
		o := l.off
		return func(f fp) fp { return *(*fp)(unsafe.Add(f, o)) }
	}
	n := c.variableNode(l)
	return n.cls.box(n)
}

// funcValue is a named function as a value.
func (c *comp) funcValue(obj *types.Func, targs []types.Type, pos token.Pos) *node {
	sig := obj.Signature()
	if len(targs) > 0 {
		inst, err := types.Instantiate(nil, sig, targs, false)
		if err != nil {
			c.notYet(pos, "%s", err)
		}
		sig = inst.(*types.Signature)
	}
	t := signatureOnly(sig)
	rt := c.rtype(t)
	if fn := c.s.funcOf(c.unit, obj, targs, nil); fn != nil {
		c.fn.uses = append(c.fn.uses, fn)
		s := c.s
		return c.rvalue(t, func(f fp) fp { return (&closure{fn, nil, head(f).t.run, s}).value(rt) })
	}
	c.fn.native = append(c.fn.native, obj.FullName())
	if b := c.s.bound(obj.FullName()); b != nil {
		return c.rvalue(t, func(f fp) fp {
			run := head(f).t.run
			return word(rtype.MakeFunc(rt, rtype.CodeFunc(func(in, out []unsafe.Pointer) {
				th := run.s.borrow(run)
				b(th, in, out)
				run.s.giveBack(th)
			})))
		})
	}
	v := c.s.valueOf(obj)
	if !v.IsValid() {
		c.notYet(pos, "%s", obj.FullName())
	}
	fv := word(v)
	return c.rvalue(t, func(fp) fp { return fv })
}

// A wrapper is a little function made by the compiler: it has captured values
// and passes its parameters to a call, for method values, go and defer.
func (c *comp) wrapper(name string, sig *types.Signature, captured []types.Type, body func(w *comp, captured, params []*node) *node) *comp {
	fn := &Func{name: name, wraps: true}
	c.fn.uses = append(c.fn.uses, fn)
	w := c.unit.newComp(fn, sig, c.subst, newEscapes())
	var caught, params []*node
	for _, t := range captured {
		o := w.alloc(reflect.TypeFor[unsafe.Pointer]())
		w.caught = append(w.caught, &capture{nil, o})
		caught = append(caught, w.addrNode(t, func(f fp) fp { return *(*fp)(unsafe.Add(f, o)) }))
	}
	for i, o := range w.lay.params {
		params = append(params, w.localNode(sig.Params().At(i).Type(), o))
	}
	n := body(w, caught, params)
	w.close(w.returnNode(n))
	return w
}

// returnNode returns the values of a call.
func (c *comp) returnNode(n *node) stmt {
	if n.tuple == nil {
		return n.cls.result(c.lay.results[0], n)
	}
	run := n.run
	var puts []func(f, dst fp)
	for i, v := range n.tuple {
		puts = append(puts, v.cls.putAt(v, c.lay.results[i]))
	}
	return func(f fp) ctl {
		run(f)
		for _, put := range puts {
			put(f, f)
		}
		return ret
	}
}

// siteOf is a call with arguments that are compiled already.
func (c *comp) siteOf(sig *types.Signature, pos int, args []*node) *callSite {
	s := &callSite{pos: pos, sig: sig, args: args}
	c.layOut(s)
	return s
}

// methodValue is x.m without a call: x is evaluated now.
func (c *comp) methodValue(e *ast.SelectorExpr, sel selection) *node {
	m := sel.obj.(*types.Func)
	x := c.field(c.expr(e.X), sel.index[:len(sel.index)-1], int(e.Sel.Pos()))
	t := c.typeOf(e)
	if !types.IsInterface(x.typ) {
		x = c.receiver(x, m, int(e.Sel.Pos()))
	}
	sig := signatureOnly(t.(*types.Signature))
	w := c.wrapper(m.Name()+"-fm", sig, []types.Type{x.typ}, func(w *comp, caught, params []*node) *node {
		return w.callMethod(caught[0], m, sig, params, int(e.Sel.Pos()))
	})
	rt, fn, s := c.rtype(sig), w.fn, c.s
	box := x.cls.box(x)
	check := func(p fp) {}
	if types.IsInterface(x.typ) {
		check = func(p fp) {
			if *(*fp)(p) == nil {
				panicNil()
			}
		}
	}
	pos := int(e.Sel.Pos())
	return c.rvalue(t, func(f fp) fp {
		p := box(f)
		at(f, pos)
		check(p)
		return (&closure{fn, []fp{p}, head(f).t.run, s}).value(rt)
	})
}

// methodExpr is T.m: a function with the receiver first.
func (c *comp) methodExpr(e *ast.SelectorExpr, sel selection) *node {
	m := sel.obj.(*types.Func)
	sig := c.typeOf(e).Underlying().(*types.Signature)
	w := c.wrapper(types.TypeString(sel.recv, types.RelativeTo(c.pkg))+"."+m.Name(), sig, nil, func(w *comp, _, params []*node) *node {
		x := w.field(params[0], sel.index[:len(sel.index)-1], int(e.Sel.Pos()))
		short := types.NewSignatureType(nil, nil, nil, types.NewTuple(vars(sig.Params())[1:]...), sig.Results(), sig.Variadic())
		if !types.IsInterface(x.typ) {
			x = w.receiver(x, m, int(e.Sel.Pos()))
		}
		return w.callMethod(x, m, short, params[1:], int(e.Sel.Pos()))
	})
	return c.closureNode(sig, w)
}

// callMethod calls m on a receiver that has the type m wants.
func (c *comp) callMethod(x *node, m *types.Func, sig *types.Signature, args []*node, pos int) *node {
	if types.IsInterface(x.typ) {
		s := c.siteOf(sig, pos, args)
		c.interfaceTarget(s, x, m)
		return c.finish(s)
	}
	s := c.siteOf(sig, pos, append([]*node{x}, args...))
	if fn := c.s.funcOf(c.unit, m, nil, x.typ); fn != nil {
		s.fn = fn
		c.fn.uses = append(c.fn.uses, fn)
		return c.finish(s)
	}
	c.compiledMethod(s, m, x, token.Pos(pos))
	return c.finish(s)
}
