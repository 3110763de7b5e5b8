package gocell

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

func makeMap(t reflect.Type, n int) fp { return reflect.MakeMapWithSize(t, n).UnsafePointer() }

// builtin compiles a call of a predeclared function.
func (c *comp) builtin(e *ast.CallExpr, name string) *node {
	if len(e.Args) == 1 {
		if t, ok := c.info.TypeOf(e.Args[0]).(*types.Tuple); ok && t.Len() > 1 {
			return c.builtinOfTuple(e, name)
		}
	}
	n := c.builtinNode(e, name)
	n.calls = true
	return n
}

// builtinOfTuple is append(f()) and its like, where f has several results.
func (c *comp) builtinOfTuple(e *ast.CallExpr, name string) *node {
	t := c.expr(e.Args[0])
	call := *e
	call.Args = nil
	if c.given == nil {
		c.given = map[ast.Expr]*node{}
	}
	for i, v := range t.tuple {
		id := ast.NewIdent("v" + itoa(i))
		c.given[id] = v
		call.Args = append(call.Args, id)
	}
	if c.typed == nil {
		c.typed = map[ast.Expr]types.Type{}
	}
	if r := c.info.TypeOf(e); r != nil {
		c.typed[&call] = c.subst.typ(r)
	}
	n := c.builtinNode(&call, name)
	if n.tuple != nil {
		run := n.run
		return c.void(func(f fp) { t.run(f); run(f) })
	}
	return c.afterRun(t.run, n)
}

// afterRun is the value of n after run.
func (c *comp) afterRun(run func(fp), n *node) *node {
	a := c.place(n)
	m := c.nodeOf(n.typ)
	m.calls = true
	m.addr = func(f fp) fp { run(f); return a(f) }
	return m
}

func (c *comp) builtinNode(e *ast.CallExpr, name string) *node {
	switch name {
	case "len", "cap":
		return c.length(e, name)
	case "append":
		return c.appendCall(e)
	case "copy":
		return c.copyCall(e)
	case "make":
		return c.makeCall(e)
	case "new":
		return c.newCall(e)
	case "delete":
		return c.deleteCall(e)
	case "clear":
		return c.clearCall(e)
	case "panic":
		return c.panicCall(e)
	case "recover":
		return c.recoverCall(e)
	case "print", "println":
		return c.printCall(e, name)
	case "min", "max":
		return c.minMax(e, name)
	case "complex", "real", "imag":
		return c.complexCall(e, name)
	case "close":
		return c.closeCall(e)
	}
	if strings.HasPrefix(name, "unsafe.") {
		return c.unsafeCall(e, name)
	}
	c.notYet(e.Pos(), "%s", name)
	return nil
}

func (c *comp) void(run func(fp)) *node { return &node{run: run, tuple: []*node{}, calls: true} }

func (c *comp) length(e *ast.CallExpr, name string) *node {
	x := c.expr(e.Args[0])
	t := types.Typ[types.Int]
	switch u := x.typ.Underlying().(type) {
	case *types.Slice:
		g := c.headerOf(x)
		if x.plain() {
			o := x.local + unsafe.Offsetof(hdr{}.n)
			if name == "cap" {
				o = x.local + unsafe.Offsetof(hdr{}.c)
			}
			return c.rvalue(t, func(f fp) int { return ld[int](f, o) })
		}
		if name == "cap" {
			return c.rvalue(t, func(f fp) int { return g(f).c })
		}
		return c.rvalue(t, func(f fp) int { return g(f).n })
	case *types.Map:
		g := get[fp](x)
		return c.rvalue(t, func(f fp) int {
			if m := g(f); m != nil {
				return int(*(*uint64)(m)) // as the runtime's own len does
			}
			return 0
		})
	case *types.Chan:
		g, rt := get[fp](x), x.rt
		if name == "cap" {
			return c.rvalue(t, func(f fp) int { p := g(f); return valueAt(rt, fp(&p)).Cap() })
		}
		return c.rvalue(t, func(f fp) int { p := g(f); return valueAt(rt, fp(&p)).Len() })
	case *types.Array:
		return c.effectThen(x, int(u.Len()))
	case *types.Pointer:
		return c.effectThen(x, int(u.Elem().Underlying().(*types.Array).Len()))
	}
	g := get[string](c.as(x, types.Typ[types.String]))
	return c.rvalue(t, func(f fp) int { return len(g(f)) })
}

// effectThen evaluates x and is n.
func (c *comp) effectThen(x *node, n int) *node {
	run := x.cls.drop(x)
	return c.rvalue(types.Typ[types.Int], func(f fp) int { run(f); return n })
}

func (c *comp) appendCall(e *ast.CallExpr) *node {
	t := c.typeOf(e)
	elem := coreSlice(t).Elem()
	s := c.exprTo(e.Args[0], t)
	rt := c.rtype(t)
	g := get[hdr](s)
	pos := int(e.Lparen)
	if e.Ellipsis.IsValid() {
		return c.appendSlice(e, t, g, rt)
	}
	ert := rt.Elem()
	size, count := ert.Size(), len(e.Args)-1
	if count == 0 {
		return c.rvalue(t, g)
	}
	puts := make([]func(f, dst fp), count)
	tmp := c.alloc(reflect.ArrayOf(count, ert))
	cls := classOf(ert)
	for i, a := range e.Args[1:] {
		v := c.exprTo(a, elem)
		puts[i] = v.cls.putAt(v, tmp+uintptr(i)*size)
	}
	return c.rvalue(t, func(f fp) hdr {
		h := g(f)
		for _, put := range puts {
			put(f, f)
		}
		at(f, pos)
		if uint(h.n+count) > uint(h.c) {
			h = grow(rt, h, count)
		}
		for i := range count {
			cls.move(unsafe.Add(h.p, uintptr(h.n+i)*size), unsafe.Add(f, tmp+uintptr(i)*size))
		}
		h.n += count
		return h
	})
}

func coreSlice(t types.Type) *types.Slice { return t.Underlying().(*types.Slice) }

// grow makes room for n more elements, as append of compiled Go does.
func grow(rt reflect.Type, h hdr, n int) hdr {
	if h.n+n < 0 {
		_ = append(make([]struct{}, h.n), make([]struct{}, n)...)
	}
	v := valueAt(rt, fp(&h))
	v.Grow(n)
	return h
}

func (c *comp) appendSlice(e *ast.CallExpr, t types.Type, g func(fp) hdr, rt reflect.Type) *node {
	pos := int(e.Lparen)
	more := c.bytesOrSlice(e.Args[1], t)
	return c.rvalue(t, func(f fp) hdr {
		h := g(f)
		m := more(f)
		at(f, pos)
		if m.n == 0 {
			return h
		}
		if h.n+m.n < 0 {
			grow(rt, h, m.n)
		}
		v, w := valueAt(rt, fp(&h)), valueAt(rt, fp(&m))
		v.Set(reflect.AppendSlice(v, w))
		return h
	})
}

// bytesOrSlice is a slice, or the bytes of a string.
func (c *comp) bytesOrSlice(e ast.Expr, t types.Type) func(fp) hdr {
	xt := c.typeOf(e)
	if b, ok := xt.Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
		s := get[string](c.exprTo(e, types.Default(xt)))
		return func(f fp) hdr {
			v := s(f)
			return hdr{fp(unsafe.StringData(v)), len(v), len(v)}
		}
	}
	if isNilType(xt) {
		return func(fp) hdr { return hdr{} }
	}
	return get[hdr](c.expr(e))
}

func (c *comp) copyCall(e *ast.CallExpr) *node {
	dst := c.expr(e.Args[0])
	rt := c.rtype(types.NewSlice(coreSlice(dst.typ).Elem()))
	g, src := get[hdr](dst), c.bytesOrSlice(e.Args[1], dst.typ)
	return c.rvalue(types.Typ[types.Int], func(f fp) int {
		d := g(f)
		s := src(f)
		return reflect.Copy(valueAt(rt, fp(&d)), valueAt(rt, fp(&s)))
	})
}

func (c *comp) makeCall(e *ast.CallExpr) *node {
	t := c.typeOf(e)
	rt := c.rtype(t)
	size := func(i int) func(fp) int {
		if i >= len(e.Args) {
			return nil
		}
		return c.makeSize(c.indexOperand(e.Args[i]))
	}
	n, m := size(1), size(2)
	pos := int(e.Lparen)
	switch t.Underlying().(type) {
	case *types.Slice:
		w, esize := typeWord(rt.Elem()), rt.Elem().Size()
		return c.rvalue(t, func(f fp) hdr {
			length := n(f)
			capacity := length
			if m != nil {
				capacity = m(f)
			}
			at(f, pos)
			checkMake(length, capacity, esize)
			return hdr{unsafeNewArray(w, capacity), length, capacity}
		})
	case *types.Map:
		return c.rvalue(t, func(f fp) fp {
			k := 0
			if n != nil {
				k = n(f)
			}
			return makeMap(rt, max(k, 0))
		})
	}
	both := reflect.ChanOf(reflect.BothDir, rt.Elem())
	return c.rvalue(t, func(f fp) fp {
		k := 0
		if n != nil {
			k = n(f)
		}
		at(f, pos)
		if k < 0 || k > 1<<40 {
			_ = make(chan int64, k)
		}
		ch := word(reflect.MakeChan(both, k))
		head(f).t.s.madeChan(ch)
		return ch
	})
}

// makeSize is a size for make: floats that are whole count as ints there.
func (c *comp) makeSize(n *node) func(fp) int {
	if n.k != nil && n.k.Kind() == constant.Float {
		v := constantOf[int](n.k, reflect.TypeFor[int]())
		return func(fp) int { return v }
	}
	return c.intIndex(n)
}

// checkMake fails as make does, and before the memory of the machine does.
func checkMake(n, m int, size uintptr) {
	const most = 1 << 47
	bad := func(k int) bool { return k < 0 || size > 0 && uintptr(k) > most/size }
	switch {
	case bad(n):
		panicMakeLen(n)
	case bad(m) || n > m:
		panicMakeCap(n, m)
	}
	if limit := memoryLimit(); size > 0 && uintptr(m) > limit/size {
		panic(&outOfMemory{uintptr(m) * size})
	}
}

//go:noinline
func panicMakeLen(n int) { _ = make([]int64, n|-1<<62) }

//go:noinline
func panicMakeCap(n, m int) {
	if n > m && m >= 0 {
		_ = make([]struct{}, n, m)
	}
	_ = make([]int64, 0, m|-1<<62)
}

// An outOfMemory is a make that the machine has no memory for.
type outOfMemory struct{ size uintptr }

func (e *outOfMemory) Error() string {
	return fmt.Sprintf("out of memory: make of %d MB, more than this machine has free", e.size>>20)
}
func (*outOfMemory) RuntimeError() {}

func (c *comp) newCall(e *ast.CallExpr) *node {
	t := c.typeOf(e)
	if tv := c.info.Types[e.Args[0]]; !tv.IsType() { // new(value), since Go 1.26
		v := c.exprTo(e.Args[0], t.Underlying().(*types.Pointer).Elem())
		return c.rvalue(t, v.cls.box(v))
	}
	w := typeWord(c.rtype(t.Underlying().(*types.Pointer).Elem()))
	return c.rvalue(t, func(fp) fp { return unsafeNew(w) })
}

func (c *comp) deleteCall(e *ast.CallExpr) *node {
	m := c.expr(e.Args[0])
	k := c.exprTo(e.Args[1], m.typ.Underlying().(*types.Map).Key())
	g, key, w := get[fp](m), c.place(k), typeWord(m.rt)
	pos := int(e.Lparen)
	return c.void(func(f fp) {
		table := g(f)
		p := key(f)
		at(f, pos)
		mapdelete(w, table, p)
	})
}

func (c *comp) clearCall(e *ast.CallExpr) *node {
	x := c.expr(e.Args[0])
	rt, p := x.rt, c.place(x)
	return c.void(func(f fp) { valueAt(rt, p(f)).Clear() })
}

func (c *comp) panicCall(e *ast.CallExpr) *node {
	v := get[eface](c.exprTo(e.Args[0], anyType))
	pos := int(e.Lparen)
	return c.void(func(f fp) {
		var x any
		*(*eface)(unsafe.Pointer(&x)) = v(f)
		at(f, pos)
		panic(x)
	})
}

var anyType = types.Universe.Lookup("any").Type()

func (c *comp) printCall(e *ast.CallExpr, name string) *node {
	var args []func(fp) any
	for _, a := range e.Args {
		n := c.expr(a)
		t := n.typ
		if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			n = c.zero(types.Typ[types.UnsafePointer])
		}
		p, rt := c.place(n), n.rt
		args = append(args, func(f fp) any { return anyAt(rt, p(f)) })
	}
	return c.void(func(f fp) {
		var b strings.Builder
		for i, a := range args {
			if i > 0 && name == "println" {
				b.WriteByte(' ')
			}
			printValue(&b, a(f))
		}
		if name == "println" {
			b.WriteByte('\n')
		}
		head(f).t.run.stderr().Write([]byte(b.String()))
	})
}

// printValue writes a value as print does.
func printValue(b *strings.Builder, x any) {
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		fmt.Fprintf(b, "%v", plainValue(v))
	case reflect.Float32, reflect.Float64:
		b.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
	case reflect.Complex64, reflect.Complex128:
		b.WriteString(strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
	case reflect.Slice:
		fmt.Fprintf(b, "[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
	case reflect.Invalid:
		b.WriteString("(0x0,0x0)")
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		fmt.Fprintf(b, "%#x", v.Pointer())
	default:
		e := (*eface)(unsafe.Pointer(&x))
		fmt.Fprintf(b, "(%p,%p)", e.t, e.d)
	}
}

func plainValue(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Bool:
		return v.Bool()
	case v.Kind() == reflect.String:
		return v.String()
	case v.CanInt():
		return v.Int()
	}
	return v.Uint()
}

func (c *comp) minMax(e *ast.CallExpr, name string) *node {
	t := c.typeOf(e)
	var args []*node
	for _, a := range e.Args {
		args = append(args, c.exprTo(a, t))
	}
	n := c.nodeOf(t)
	n.f = minMaxOf(n.rt.Kind(), args, name == "min")
	return n
}

func minMaxOf(k reflect.Kind, args []*node, least bool) any {
	switch k {
	case reflect.Int:
		return extreme[int](args, least)
	case reflect.Int8:
		return extreme[int8](args, least)
	case reflect.Int16:
		return extreme[int16](args, least)
	case reflect.Int32:
		return extreme[int32](args, least)
	case reflect.Int64:
		return extreme[int64](args, least)
	case reflect.Uint:
		return extreme[uint](args, least)
	case reflect.Uint8:
		return extreme[uint8](args, least)
	case reflect.Uint16:
		return extreme[uint16](args, least)
	case reflect.Uint32:
		return extreme[uint32](args, least)
	case reflect.Uint64:
		return extreme[uint64](args, least)
	case reflect.Uintptr:
		return extreme[uintptr](args, least)
	case reflect.Float32:
		return extreme[float32](args, least)
	case reflect.Float64:
		return extreme[float64](args, least)
	}
	return extreme[string](args, least)
}

func extreme[V ordered](args []*node, least bool) any {
	var gs []func(fp) V
	for _, a := range args {
		gs = append(gs, get[V](a))
	}
	first, rest := gs[0], gs[1:]
	if least {
		return func(f fp) V {
			v := first(f)
			for _, g := range rest {
				v = min(v, g(f))
			}
			return v
		}
	}
	return func(f fp) V {
		v := first(f)
		for _, g := range rest {
			v = max(v, g(f))
		}
		return v
	}
}

func (c *comp) complexCall(e *ast.CallExpr, name string) *node {
	t := c.typeOf(e)
	n := c.nodeOf(t)
	if name == "complex" {
		part := types.Typ[types.Float64]
		if n.rt.Kind() == reflect.Complex64 {
			part = types.Typ[types.Float32]
		}
		x, y := c.expr(e.Args[0]), c.expr(e.Args[1])
		x, y = c.sized(x, part), c.sized(y, part)
		if n.rt.Kind() == reflect.Complex64 {
			a, b := get[float32](x), get[float32](y)
			n.f = func(f fp) complex64 { v := a(f); return complex(v, b(f)) }
		} else {
			a, b := get[float64](x), get[float64](y)
			n.f = func(f fp) complex128 { v := a(f); return complex(v, b(f)) }
		}
		return n
	}
	x := c.expr(e.Args[0])
	isReal := name == "real"
	if x.rt.Kind() == reflect.Complex64 {
		g := get[complex64](x)
		n.f = func(f fp) float32 {
			if v := g(f); isReal {
				return real(v)
			} else {
				return imag(v)
			}
		}
		return n
	}
	g := get[complex128](x)
	n.f = func(f fp) float64 {
		if v := g(f); isReal {
			return real(v)
		} else {
			return imag(v)
		}
	}
	return n
}

// sized gives an untyped constant the float type of its partner.
func (c *comp) sized(n *node, t types.Type) *node {
	if n.k != nil {
		m := c.nodeOf(t)
		m.k = n.k
		return m
	}
	return n
}

func (c *comp) unsafeCall(e *ast.CallExpr, name string) *node {
	t := c.typeOf(e)
	switch name {
	case "unsafe.Add":
		p, n := get[fp](c.expr(e.Args[0])), c.intIndex(c.indexOperand(e.Args[1]))
		return c.rvalue(t, func(f fp) fp { v := p(f); return unsafe.Add(v, n(f)) })
	case "unsafe.Slice":
		return c.unsafeSlice(e, t)
	case "unsafe.SliceData":
		g := get[hdr](c.expr(e.Args[0]))
		return c.rvalue(t, func(f fp) fp { return g(f).p })
	case "unsafe.StringData":
		g := get[string](c.exprTo(e.Args[0], types.Typ[types.String]))
		return c.rvalue(t, func(f fp) fp { return fp(unsafe.StringData(g(f))) })
	case "unsafe.String":
		return c.unsafeString(e, t)
	}
	return c.unsafeSize(e, name, t)
}

// unsafeSize is Sizeof and its kin where they are not constants: in generics.
func (c *comp) unsafeSize(e *ast.CallExpr, name string, t types.Type) *node {
	n := c.nodeOf(t)
	if name == "unsafe.Offsetof" {
		n.k = constant.MakeUint64(uint64(c.offsetOf(ast.Unparen(e.Args[0]).(*ast.SelectorExpr))))
		return n
	}
	rt := c.rtype(c.typeOf(e.Args[0]))
	switch name {
	case "unsafe.Sizeof":
		n.k = constant.MakeUint64(uint64(rt.Size()))
	case "unsafe.Alignof":
		n.k = constant.MakeUint64(uint64(rt.Align()))
	default:
		c.notYet(e.Pos(), "%s", name)
	}
	return n
}

// offsetOf is the offset of a field within the struct that the selector names.
func (c *comp) offsetOf(e *ast.SelectorExpr) (off uintptr) {
	sel := c.selection(e)
	t := sel.recv
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	for _, i := range sel.index {
		off += c.rtype(t).Field(i).Offset
		t = t.Underlying().(*types.Struct).Field(i).Type()
	}
	return off
}

func (c *comp) unsafeSlice(e *ast.CallExpr, t types.Type) *node {
	p, n := get[fp](c.expr(e.Args[0])), c.intIndex(c.indexOperand(e.Args[1]))
	size, pos := c.rtype(t).Elem().Size(), int(e.Lparen)
	return c.rvalue(t, func(f fp) hdr {
		v := p(f)
		k := n(f)
		at(f, pos)
		checkUnsafe("unsafe.Slice", v, k, size)
		return hdr{v, k, k}
	})
}

func (c *comp) unsafeString(e *ast.CallExpr, t types.Type) *node {
	p, n := get[fp](c.expr(e.Args[0])), c.intIndex(c.indexOperand(e.Args[1]))
	pos := int(e.Lparen)
	return c.rvalue(t, func(f fp) string {
		v := p(f)
		k := n(f)
		at(f, pos)
		checkUnsafe("unsafe.String", v, k, 1)
		return unsafe.String((*byte)(v), k)
	})
}

// checkUnsafe fails as unsafe.Slice and unsafe.String do.
func checkUnsafe(name string, p fp, n int, size uintptr) {
	switch {
	case n < 0 || size > 0 && (uintptr(n) > 1<<48/size || uintptr(p)+uintptr(n)*size-1 < uintptr(p) && n > 0):
		panic(&plainError{name + ": len out of range"})
	case p == nil && n > 0:
		panic(&plainError{name + ": ptr is nil and len is not zero"})
	}
}
