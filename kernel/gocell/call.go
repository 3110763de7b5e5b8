package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// A callSite is one call: where its arguments go and its results come from.
type callSite struct {
	leaves  bool // compiled code gets the arguments
	pos     int
	sig     *types.Signature
	lay     *layout
	args    []*node                    // by parameter
	pre     func(fp)                   // runs before the arguments: f(g()) with several results
	puts    []func(f, dst fp)          // argument into the callee's frame
	fn      *Func                      // a known function of cells
	target  func(f fp) fp              // a func value
	native  func() func(f fp)          // makes the call of what is not a frame of cells
	results []*node                    // slots in the caller's frame
	pkg     string                     // of a compiled function
	fixed   fp                         // a compiled function
	iface   *ifaceTarget               // a method of an interface value
	again   func(w *comp, s *callSite) // makes the same native call elsewhere
}

// call compiles a call, a conversion or a use of a builtin.
func (c *comp) call(e *ast.CallExpr) *node {
	fun := ast.Unparen(e.Fun)
	if tv := c.info.Types[fun]; tv.IsType() {
		return c.conversion(e, c.typeOf(fun))
	} else if tv.IsBuiltin() {
		return c.builtin(e, builtinName(fun))
	}
	return c.finish(c.site(e))
}

func builtinName(fun ast.Expr) string {
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		return "unsafe." + sel.Sel.Name
	}
	return fun.(*ast.Ident).Name
}

// site resolves what is called and compiles the arguments.
func (c *comp) site(e *ast.CallExpr) *callSite {
	fun := ast.Unparen(e.Fun)
	sig := coreSignature(c.typeOf(fun))
	s := &callSite{pos: int(e.Lparen), sig: sig}
	if obj, targs := c.callee(fun); obj != nil {
		c.static(s, obj, targs, e)
		return s
	}
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if x := c.selection(sel); x.kind == types.MethodVal {
			c.methodSite(s, c.expr(sel.X), x, sel, e)
			return s
		}
	}
	target := c.expr(fun)
	c.arguments(s, e, nil)
	c.dynamic(s, target)
	return s
}

func coreSignature(t types.Type) *types.Signature {
	return t.Underlying().(*types.Signature)
}

// callee returns the function that an expression names.
func (c *comp) callee(fun ast.Expr) (*types.Func, []types.Type) {
	switch e := fun.(type) {
	case *ast.IndexExpr:
		return c.callee(ast.Unparen(e.X))
	case *ast.IndexListExpr:
		return c.callee(ast.Unparen(e.X))
	case *ast.Ident:
		if f, ok := c.info.Uses[e].(*types.Func); ok {
			return f, c.typeArgs(e)
		}
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok {
			if _, ok := c.info.Uses[id].(*types.PkgName); ok {
				f, _ := c.info.Uses[e.Sel].(*types.Func)
				return f, c.typeArgs(e.Sel)
			}
		}
	}
	return nil, nil
}

// static is a call of a function by its name.
func (c *comp) static(s *callSite, obj *types.Func, targs []types.Type, e *ast.CallExpr) {
	if fn := c.s.funcOf(c.unit, obj, targs, nil); fn != nil {
		s.fn = fn
		c.fn.uses = append(c.fn.uses, fn)
		c.arguments(s, e, nil)
		return
	}
	s.leaves = true
	c.arguments(s, e, nil)
	c.compiled(s, obj, e.Pos())
}

// arguments compiles the arguments of a call, after the receiver of a method.
func (c *comp) arguments(s *callSite, e *ast.CallExpr, recv *node) {
	params := s.sig.Params()
	values := c.values(s, e.Args)
	if recv != nil {
		s.args = append(s.args, c.before(s, recv))
	}
	n := params.Len()
	variadic := s.sig.Variadic() && !e.Ellipsis.IsValid()
	if variadic {
		n--
	}
	for i := range n {
		a := values[i](params.At(i).Type())
		if s.leaves {
			a = c.cellWriter(a)
		}
		s.args = append(s.args, a)
	}
	if variadic {
		s.args = append(s.args, c.rest(values[n:], params.At(n).Type()))
	}
	c.layOut(s)
}

// before evaluates an operand before the arguments, where these are evaluated
// all at once by one call.
func (c *comp) before(s *callSite, n *node) *node {
	if s.pre == nil {
		return n
	}
	v, keep := c.spill(n)
	pre := s.pre
	s.pre = func(f fp) { keep(f); pre(f) }
	return v
}

// values are the arguments, to be compiled for the type of their parameter; one
// call with several results gives them all.
func (c *comp) values(s *callSite, args []ast.Expr) (values []func(types.Type) *node) {
	if len(args) == 1 {
		if tuple, ok := c.info.TypeOf(args[0]).(*types.Tuple); ok && tuple.Len() > 1 {
			t := c.expr(args[0])
			s.pre = t.run
			for _, v := range t.tuple {
				values = append(values, func(to types.Type) *node { return c.convertible(v, to, args[0].Pos()) })
			}
			return values
		}
	}
	for _, a := range args {
		values = append(values, func(to types.Type) *node { return c.exprTo(a, to) })
	}
	return values
}

// rest packs the arguments of a variadic parameter into a slice.
func (c *comp) rest(values []func(types.Type) *node, t types.Type) *node {
	if len(values) == 0 {
		return c.zero(t)
	}
	elem := t.Underlying().(*types.Slice).Elem()
	rt := c.rtype(elem)
	size, w, count := rt.Size(), typeWord(rt), len(values)
	puts := make([]func(f, dst fp), count)
	for i, v := range values {
		n := v(elem)
		puts[i] = n.cls.putAt(n, uintptr(i)*size)
	}
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

// layOut lays out the frame of the callee and the way of the arguments into it.
func (c *comp) layOut(s *callSite) {
	s.lay = c.layoutOf(s.sig.Results(), s.args)
	for i, a := range s.args {
		s.puts = append(s.puts, a.cls.putAt(a, s.lay.params[i]))
	}
}

// finish makes the node of a call.
func (c *comp) finish(s *callSite) *node {
	results := s.sig.Results()
	if results.Len() == 1 && s.fn != nil && s.pre == nil {
		n := c.nodeOf(results.At(0).Type())
		n.calls = true
		if f := n.cls.call(s); f != nil {
			n.f = f
			return n
		}
	}
	if results.Len() == 1 && s.fixed != nil && s.pre == nil && !c.handsOut(s.args) {
		n := c.nodeOf(results.At(0).Type())
		n.calls = true
		if f := n.cls.direct(s); f != nil {
			n.f = f
			return n
		}
	}
	for i := range results.Len() {
		t := results.At(i).Type()
		s.results = append(s.results, c.localNode(t, c.alloc(c.rtype(t))))
	}
	run := c.invoke(s)
	switch results.Len() {
	case 0:
		return &node{run: run, calls: true, tuple: []*node{}}
	case 1:
		r := s.results[0]
		o := r.local
		n := c.nodeOf(r.typ)
		n.calls = true
		n.addr = func(f fp) fp { run(f); return unsafe.Add(f, o) }
		n.f = n.cls.from(n.addr)
		n.addr = nil
		if _, mem := n.cls.(memCls); mem {
			n.addr, n.f = n.f.(func(fp) fp), nil
		}
		return n
	}
	return &node{tuple: s.results, run: run, calls: true}
}

// call is the fast path: a known function with one result that is no struct.
//
//go:noinline
func (cls[V]) call(s *callSite) any {
	fn, pos, puts, result := s.fn, s.pos, s.puts, s.lay.results[0]
	if len(puts) == 1 {
		put := puts[0]
		return func(f fp) V {
			t := head(f).t
			c := fn.code.Load()
			if c == nil {
				c = fn.ready()
			}
			nf := t.beginAgain(c)
			if nf == nil {
				nf = t.beginNew(c)
			}
			put(f, nf)
			at(f, pos)
			if t.s.stop.Load() {
				t.stopped()
			}
			c.body(nf)
			v := *(*V)(unsafe.Add(nf, result))
			t.end(c, nf)
			return v
		}
	}
	return func(f fp) V {
		t := head(f).t
		c := fn.code.Load()
		if c == nil {
			c = fn.ready()
		}
		nf := t.beginAgain(c)
		if nf == nil {
			nf = t.beginNew(c)
		}
		for _, put := range puts {
			put(f, nf)
		}
		at(f, pos)
		if t.s.stop.Load() {
			t.stopped()
		}
		c.body(nf)
		v := *(*V)(unsafe.Add(nf, result))
		t.end(c, nf)
		return v
	}
}

func (memCls) call(*callSite) any { return nil }

// invoke is the general call: its results are copied to the caller's slots.
func (c *comp) invoke(s *callSite) func(fp) {
	run := c.invokeArgs(s)
	if s.pre == nil {
		return run
	}
	return func(f fp) { s.pre(f); run(f) }
}

func (c *comp) invokeArgs(s *callSite) func(fp) {
	switch {
	case s.native != nil:
		return s.native()
	case s.fn != nil:
		fn, back, wraps := s.fn, c.copyBack(s), c.fn.wraps
		return func(f fp) {
			t := head(f).t
			code := fn.ready()
			nf := t.begin(code)
			for _, put := range s.puts {
				put(f, nf)
			}
			at(f, s.pos)
			t.runPassing(wraps, f, code, nf)
			back(f, nf)
			t.end(code, nf)
		}
	}
	return c.invokeValue(s)
}

// execute runs a frame that enter returned.
func (t *thread) execute(c *code, nf fp) {
	t.push(nf)
	t.runFrame(c, nf)
}

// runFrame runs the innermost frame.
func (t *thread) runFrame(c *code, nf fp) {
	if t.s.stop.Load() {
		t.stopped()
	}
	c.body(nf)
}

// runPassing runs the innermost frame. A wrapper passes on what a deferred call
// may recover.
func (t *thread) runPassing(wraps bool, f fp, c *code, nf fp) {
	if wraps {
		head(nf).caught = head(f).caught
	}
	t.runFrame(c, nf)
	if wraps {
		head(nf).caught = nil
	}
}

func (c *comp) copyBack(s *callSite) func(f, nf fp) {
	if len(s.results) == 0 {
		return func(f, nf fp) {}
	}
	type move struct {
		cls      class
		from, to uintptr
	}
	var moves []move
	for i, r := range s.results {
		moves = append(moves, move{r.cls, s.lay.results[i], r.local})
	}
	return func(f, nf fp) {
		for i := range moves {
			m := &moves[i]
			m.cls.move(unsafe.Add(f, m.to), unsafe.Add(nf, m.from))
		}
	}
}

// dynamic is a call of a func value.
func (c *comp) dynamic(s *callSite, target *node) {
	s.target = get[fp](c.before(s, target))
}

// invokeValue calls a func value: of a cell through its frame, of compiled
// code with pointers to the arguments.
func (c *comp) invokeValue(s *callSite) func(fp) {
	kind := c.s.funcKind(c.rtype(signatureOnly(s.sig)))
	back := c.copyBack(s)
	outside, wraps := c.outside(s), c.fn.wraps
	return func(f fp) {
		fv := s.target(f)
		cl := kind.closure(fv)
		if cl == nil {
			outside(f, fv)
			return
		}
		t := head(f).t
		code := cl.fn.ready()
		nf := t.begin(code)
		for _, put := range s.puts {
			put(f, nf)
		}
		cl.bind(code, nf)
		at(f, s.pos)
		t.runPassing(wraps, f, code, nf)
		back(f, nf)
		t.end(code, nf)
	}
}

// outside calls a compiled func value: the arguments are evaluated to slots.
func (c *comp) outside(s *callSite) func(f, fv fp) {
	spills, in := c.spills(s.args)
	out := offsets(s.results)
	call := c.s.callerOf(c.rtype(signatureOnly(s.sig)))
	if c.handsOut(s.args) || callsLater[s.pkg] {
		call = c.handingOut(call, s)
	}
	return func(f, fv fp) {
		for _, spill := range spills {
			spill(f)
		}
		at(f, s.pos)
		if fv == nil {
			panicNil()
		}
		head(f).t.callOut(call, fv, f, in, out)
	}
}

// handsOut reports whether a call gives compiled code a channel or a func value.
func (c *comp) handsOut(args []*node) bool {
	for _, a := range args {
		if k := a.rt.Kind(); k == reflect.Chan || k == reflect.Func {
			return true
		}
	}
	return false
}

// handingOut notes what a call gives to compiled code. Packages that call a
// function while they are called, and no later, are known by name.
func (c *comp) handingOut(call caller, s *callSite) caller {
	engine, keeps := c.s, !callsNow[s.pkg]
	var chans []int
	funcs := callsLater[s.pkg]
	for i, a := range s.args {
		chans = append(chans, i)
		if a.rt.Kind() != reflect.Chan {
			chans = chans[:len(chans)-1]
		}
		funcs = funcs || a.rt.Kind() == reflect.Func
	}
	return func(fv fp, in, out []fp) {
		for _, i := range chans {
			engine.gaveChan(*(*fp)(in[i]))
		}
		if funcs && keeps {
			engine.handOut()
		}
		call(fv, in, out)
	}
}

// callsLater are packages (or functions) that keep what they get in an interface
// and call it from goroutines of their own.
var callsLater = map[string]bool{"net": true, "net/http": true, "os/signal": true, "os/exec": true, "context": true, "runtime.SetFinalizer": true, "runtime.AddCleanup": true}

var callsNow = map[string]bool{"sort": true, "strings": true, "bytes": true, "slices": true, "maps": true, "path/filepath": true, "math/big": true, "regexp": true}

func (c *comp) spills(args []*node) (spills []func(fp), at []uintptr) {
	for _, a := range args {
		if a.plain() {
			at = append(at, a.local)
			continue
		}
		n, spill := c.spill(a)
		spills = append(spills, spill)
		at = append(at, n.local)
	}
	return spills, at
}

func offsets(nodes []*node) (o []uintptr) {
	for _, n := range nodes {
		o = append(o, n.local)
	}
	return o
}

// callOut calls compiled code with pointers into frame f.
func (t *thread) callOut(call caller, fv, f fp, in, out []uintptr) {
	base := len(t.ptrs)
	for _, o := range in {
		t.ptrs = append(t.ptrs, unsafe.Add(f, o))
	}
	for _, o := range out {
		t.ptrs = append(t.ptrs, unsafe.Add(f, o))
	}
	mid, end := base+len(in), base+len(in)+len(out)
	call(fv, t.ptrs[base:mid:mid], t.ptrs[mid:end:end])
	t.ptrs = t.ptrs[:base]
}

func signatureOnly(s *types.Signature) *types.Signature {
	if s.Recv() == nil && s.TypeParams() == nil {
		return s
	}
	return types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
}

// compiled is a call of a compiled function by its name.
func (c *comp) compiled(s *callSite, obj *types.Func, pos token.Pos) {
	if b := c.s.bound(obj.FullName()); b != nil {
		c.bindNative(s, b)
		return
	}
	v := c.s.valueOf(obj)
	if !v.IsValid() {
		c.notYet(pos, "%s", obj.FullName())
	}
	c.fn.native = append(c.fn.native, obj.FullName())
	s.pkg = obj.Pkg().Path()
	if s.pkg == "runtime" {
		s.pkg = obj.FullName()
	}
	c.compiledWord(s, word(v))
}

// compiledWord calls a func value that is known to be compiled.
func (c *comp) compiledWord(s *callSite, fv fp) {
	s.fixed = fv
	s.again = func(w *comp, s *callSite) { w.compiledWord(s, fv) }
	s.native = func() func(fp) {
		call := c.outside(s)
		return func(f fp) { call(f, fv) }
	}
}

// bindNative calls a function that knows the thread it runs on.
//
//go:noinline
func (c *comp) bindNative(s *callSite, b native) {
	s.again = func(w *comp, s *callSite) { w.bindNative(s, b) }
	s.native = func() func(fp) {
		spills, in := c.spills(s.args)
		out := offsets(s.results)
		return func(f fp) {
			for _, spill := range spills {
				spill(f)
			}
			at(f, s.pos)
			t := head(f).t
			t.callOut(func(_ fp, in, out []fp) { b(t, in, out) }, nil, f, in, out)
		}
	}
}

// A native is a function that the engine puts in the place of a compiled one.
type native func(t *thread, in, out []fp)

type ifaceTarget struct {
	x *node
	m *types.Func
}

// methodSite is a call x.m(...).
func (c *comp) methodSite(s *callSite, x *node, sel selection, e *ast.SelectorExpr, call *ast.CallExpr) {
	m := sel.obj.(*types.Func)
	x = c.field(x, sel.index[:len(sel.index)-1], int(e.Sel.Pos()))
	if types.IsInterface(x.typ) {
		c.interfaceCall(s, x, m, call)
		return
	}
	recv := c.receiver(x, m, int(e.Sel.Pos()))
	if fn := c.s.funcOf(c.unit, m, nil, x.typ); fn != nil {
		s.fn = fn
		c.fn.uses = append(c.fn.uses, fn)
		c.arguments(s, call, recv)
		return
	}
	s.leaves = true
	c.arguments(s, call, recv)
	c.compiledMethod(s, m, recv, e.Sel.Pos())
}

// receiver adapts x to the receiver of method m: its address, or what it points to.
func (c *comp) receiver(x *node, m *types.Func, pos int) *node {
	want := isPointer(m.Signature().Recv().Type())
	have := isPointer(x.typ) && !isNamedPointer(x.typ)
	switch {
	case want && !have:
		return c.addressNode(x, types.NewPointer(x.typ))
	case !want && have:
		return c.deref(x, pos)
	}
	return x
}

func isPointer(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.Pointer)
	return ok
}

func isNamedPointer(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.Named)
	return ok
}

// compiledMethod calls a method of a compiled type as a function with the
// receiver first.
func (c *comp) compiledMethod(s *callSite, m *types.Func, recv *node, pos token.Pos) {
	if b := c.s.bound(m.FullName()); b != nil {
		c.bindNative(s, b)
		return
	}
	rm, ok := recv.rt.MethodByName(m.Name())
	if !ok {
		c.notYet(pos, "method %s", m.FullName())
	}
	c.fn.native = append(c.fn.native, m.FullName())
	params := append([]*types.Var{types.NewParam(0, nil, "", recv.typ)}, vars(s.sig.Params())...)
	s.sig = types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), s.sig.Results(), s.sig.Variadic())
	c.compiledWord(s, word(rm.Func))
}

func vars(t *types.Tuple) (v []*types.Var) {
	for i := range t.Len() {
		v = append(v, t.At(i))
	}
	return v
}

// layoutOf is the layout of the frame of a callee.
func (c *comp) layoutOf(results *types.Tuple, args []*node) *layout {
	var r, p []reflect.Type
	for i := range results.Len() {
		r = append(r, c.rtype(results.At(i).Type()))
	}
	for _, a := range args {
		p = append(p, a.rt)
	}
	return newLayout(r, p)
}
