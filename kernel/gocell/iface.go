package gocell

import (
	"go/ast"
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/convnotes/convnotes/kernel/gocell/rtype"
)

// toInterface converts a value to an interface type that it implements.
func (c *comp) toInterface(n *node, t types.Type, pos int) *node {
	if n.tuple != nil {
		c.notYet(0, "several values in one place")
	}
	m := c.nodeOf(t)
	m.calls = n.calls
	if types.IsInterface(n.typ) {
		if anyOf(n) == anyOf(m) && n.rt.NumMethod() == m.rt.NumMethod() && (n.rt == m.rt || n.rt.NumMethod() == 0) {
			return c.as(n, t)
		}
		return c.ifaceToIface(n, m)
	}
	if m.rt.NumMethod() == 0 {
		return c.toAny(n, m)
	}
	conv := c.s.types.Conversion(n.typ, t)
	src := c.place(n)
	m.f = func(f fp) (v eface) {
		conv.Convert(fp(&v), src(f))
		return v
	}
	return m
}

func anyOf(n *node) bool { return n.rt.NumMethod() == 0 }

// toAny puts a value into an any: the type, and the pointer or a copy.
func (c *comp) toAny(n, m *node) *node {
	if c.s.types.Source(n.rt) != nil { // may get a new generation
		conv := c.s.types.Conversion(n.typ, m.typ)
		src := c.place(n)
		m.f = func(f fp) (v eface) {
			conv.Convert(fp(&v), src(f))
			return v
		}
		return m
	}
	w := typeWord(n.rt)
	if n.k != nil {
		p := n.cls.box(n)(nil)
		m.f = func(fp) eface { return eface{w, p} }
		if isDirect(n.rt) {
			m.f = func(fp) eface { return eface{w, *(*fp)(p)} }
		}
		return m
	}
	if isDirect(n.rt) {
		if _, mem := n.cls.(memCls); mem {
			a := c.place(n)
			m.f = func(f fp) eface { return eface{w, *(*fp)(a(f))} }
			return m
		}
		g := get[fp](n)
		m.f = func(f fp) eface { return eface{w, g(f)} }
		return m
	}
	box := n.cls.box(n)
	m.f = func(f fp) eface { return eface{w, box(f)} }
	return m
}

func (c *comp) ifaceToIface(n, m *node) *node {
	if anyOf(m) {
		g := get[eface](n)
		m.f = func(f fp) eface { return toEface(g(f)) }
		return m
	}
	conv := c.s.types.Conversion(n.typ, m.typ)
	src := c.place(n)
	m.f = func(f fp) (v eface) {
		conv.Convert(fp(&v), src(f))
		return v
	}
	return m
}

// assertion is x.(T).
func (c *comp) assertion(e *ast.TypeAssertExpr) *node {
	x := c.expr(e.X)
	return c.assertTo(x, c.typeOf(e.Type), int(e.Lparen))
}

func (c *comp) assertTo(x *node, t types.Type, pos int) *node {
	a := c.s.types.Assertion(x.typ, t)
	src := c.place(x)
	n := c.nodeOf(t)
	n.calls = true
	o := c.alloc(n.rt)
	n.addr = func(f fp) fp {
		p, dst := src(f), unsafe.Add(f, o)
		if !a.Assert(dst, p) {
			at(f, pos)
			panic(a.Error(p))
		}
		return dst
	}
	n.lval = false
	zero := c.s.zeroOf(n.rt)
	n.ok = func() *node {
		return c.commaOk(n, func(f, dst fp) bool {
			if a.Assert(dst, src(f)) {
				return true
			}
			n.cls.move(dst, zero)
			return false
		})
	}
	return n
}

// is reports whether the value of x has type t, for the cases of a type switch.
func (c *comp) is(x *node, t types.Type) func(f fp) bool {
	if isNilType(t) {
		g := get[eface](x)
		return func(f fp) bool { return g(f).t == nil }
	}
	a := c.s.types.Assertion(x.typ, t)
	src := c.place(x)
	return func(f fp) bool { return a.Assert(nil, src(f)) }
}

// interfaceCall is x.m(...) for an interface x.
func (c *comp) interfaceCall(s *callSite, x *node, m *types.Func, e *ast.CallExpr) {
	c.arguments(s, e, nil)
	c.interfaceTarget(s, c.before(s, x), m)
}

// interfaceTarget finds the method in the table of the value, at each call. The
// receiver goes first, as the data word.
func (c *comp) interfaceTarget(s *callSite, x *node, m *types.Func) {
	s.iface = &ifaceTarget{x, m}
	s.native = func() func(fp) {
		if x.rt.NumMethod() == 0 {
			panic(&notYet{0, "method of an empty interface"})
		}
		return c.dispatch(s, x, m)
	}
}

func (c *comp) dispatch(s *callSite, x *node, m *types.Func) func(fp) {
	recv, keep := c.spill(x)
	index := methodIndex(x.rt, m)
	spills, in := c.spills(s.args)
	in = append([]uintptr{recv.local + ptrSize}, in...)
	out := offsets(s.results)
	params := append([]*types.Var{types.NewParam(0, nil, "", types.Typ[types.UnsafePointer])}, vars(s.sig.Params())...)
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), s.sig.Results(), s.sig.Variadic())
	call := c.s.callerOf(c.rtype(sig))
	inside := c.cellMethod(s, recv, m)
	ro := recv.local
	return func(f fp) {
		keep(f)
		v := (*eface)(unsafe.Add(f, ro))
		if v.t == nil {
			at(f, s.pos)
			for _, spill := range spills {
				spill(f)
			}
			panicNil()
		}
		tab := (*itab)(v.t)
		if inside(f, tab) {
			return
		}
		for _, spill := range spills {
			spill(f)
		}
		at(f, s.pos)
		code := (*[1 << 16]uintptr)(unsafe.Pointer(&tab.fun))[index]
		fv := &struct{ code uintptr }{code}
		head(f).t.callOut(call, fp(fv), f, in, out)
	}
}

// methodIndex is the place of m in the table of interface type t.
func methodIndex(t reflect.Type, m *types.Func) int {
	for i := range t.NumMethod() {
		im := t.Method(i)
		if im.Name == m.Name() && (im.PkgPath == "" || im.PkgPath == m.Pkg().Path()) {
			return i
		}
	}
	panic(&notYet{0, "method " + m.Name() + " of an interface"})
}

// A target is the method of cells that values of one type have.
type target struct {
	typ  fp
	fn   *Func
	mode recvMode
	code class // of the receiver
}

type recvMode int

const (
	wordIsRecv   recvMode = iota // a pointer receiver: the data word
	wordPointsTo                 // a value receiver: what the data word points to
	elsewhere                    // not a method of cells, or promoted
)

// cellMethod calls methods of cells through their frames, remembering the type
// that came last.
func (c *comp) cellMethod(s *callSite, x *node, m *types.Func) func(f fp, tab *itab) bool {
	var last atomic.Pointer[target]
	back := c.copyBack(s)
	lays := newLayoutCache(s, c)
	name, pkg, ro, wraps := m.Name(), m.Pkg(), x.local, c.fn.wraps
	return func(f fp, tab *itab) bool {
		tg := last.Load()
		if tg == nil || tg.typ != tab.typ {
			tg = c.s.target(tab.typ, pkg, name)
			last.Store(tg)
		}
		if tg.mode == elsewhere {
			return false
		}
		t := head(f).t
		code := tg.fn.ready()
		lay := lays.of(tg)
		nf := t.begin(code)
		d := (*eface)(unsafe.Add(f, ro)).d
		if tg.mode == wordIsRecv {
			*(*fp)(unsafe.Add(nf, lay.recv)) = d
		} else {
			if d == nil {
				at(f, s.pos)
				panicNil()
			}
			tg.code.move(unsafe.Add(nf, lay.recv), d)
		}
		for i, a := range lay.puts {
			_ = i
			a(f, nf)
		}
		at(f, s.pos)
		t.runPassing(wraps, f, code, nf)
		back(f, nf)
		t.end(code, nf)
		return true
	}
}

// A methodLayout is where the arguments of an interface call go in the frame of
// a method whose receiver has a certain size.
type methodLayout struct {
	recv uintptr
	puts []func(f, dst fp)
}

type layoutCache struct {
	s *callSite
	c *comp
	m atomic.Pointer[map[reflect.Type]*methodLayout]
}

func newLayoutCache(s *callSite, c *comp) *layoutCache {
	l := &layoutCache{s: s, c: c}
	l.m.Store(&map[reflect.Type]*methodLayout{})
	return l
}

func (l *layoutCache) of(tg *target) *methodLayout {
	old := *l.m.Load()
	rt := tg.fn.sig.slots[len(l.s.lay.results)].rt
	if lay := old[rt]; lay != nil {
		return lay
	}
	lay := &methodLayout{recv: tg.fn.sig.params[0]}
	for i, a := range l.s.args {
		lay.puts = append(lay.puts, a.cls.putAt(a, tg.fn.sig.params[i+1]))
	}
	more := map[reflect.Type]*methodLayout{rt: lay}
	for k, v := range old {
		more[k] = v
	}
	l.m.Store(&more)
	return lay
}

// target finds the method of a dynamic type.
func (s *Engine) target(typ fp, pkg *types.Package, name string) *target {
	tg := &target{typ: typ, mode: elsewhere}
	rt := typeOfWord(typ)
	src := s.types.Source(rt)
	if src == nil {
		return tg
	}
	obj, index, _ := types.LookupFieldOrMethod(src, false, pkg, name)
	m, ok := obj.(*types.Func)
	if !ok || len(index) != 1 {
		return tg
	}
	recv := types.Unalias(src)
	if p, ok := recv.(*types.Pointer); ok {
		recv = p.Elem()
	}
	if types.IsInterface(recv) {
		return tg
	}
	tg.fn = s.funcOf(nil, m, nil, recv)
	if tg.fn == nil || tg.fn.sig == nil {
		return tg
	}
	wantPtr := isPointer(m.Signature().Recv().Type())
	tg.code = classOf(s.rtypeOf(recv))
	switch {
	case wantPtr:
		tg.mode = wordIsRecv
	case rt.Kind() == reflect.Pointer && isPointer(src) || !isDirect(rt):
		tg.mode = wordPointsTo
	default:
		tg.mode = elsewhere
		if _, mem := tg.code.(memCls); !mem {
			tg.mode = wordIsRecv
		}
	}
	return tg
}

type caller = rtype.Caller
