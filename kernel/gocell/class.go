package gocell

import (
	"go/constant"
	"go/types"
	"math"
	"reflect"
	"unsafe"
)

// A stmt runs one statement on a frame and says how it goes on.
//
// Where the compiler inlines a function that makes a closure into another one,
// the closure there is a copy in which nothing is inlined any more. So what makes
// closures that run often, and is small enough, is marked go:noinline.
type stmt func(fp) ctl

// ctl says how execution goes on after a statement.
type ctl int

const (
	next ctl = iota
	brk
	cont
	ret
	label // and above: a labelled break, continue or goto
)

// A node is a compiled expression. Its value comes from the first that is set:
// k, f, local, glob, addr.
type node struct {
	typ    types.Type
	rt     reflect.Type
	cls    class
	k      constant.Value
	f      any                // func(fp) V, V by class
	local  uintptr            // the offset of a local variable
	glob   fp                 // the address of a package variable
	addr   func(fp) fp        // where the value lies; for a temporary until the next evaluation
	lval   bool               // it may be assigned to and its address taken
	isNil  bool               // the predeclared nil
	tuple  []*node            // several values: where they lie after run
	run    func(fp)           // evaluates the tuple
	store  func(v *node) stmt // assigns, where there is no address (a map element)
	ok     func() *node       // the comma-ok form
	calls  bool               // has a call or receive in it
	affine *affine            // the value as a sum of locals, for an index
	elem   *element           // an element of a slice in a variable
	cond   *condition         // what a branch can decide without the closure
	mul    *[2]*node          // the factors, where the value is a product
	inMap  *mapPlace          // an element of a map
}

// A class is what all types of one memory shape share. V is int for every type
// whose underlying type is int, unsafe.Pointer for all that is one pointer word.
type class interface {
	get(n *node) any                          // func(fp) V; nil for structs and arrays
	addr(n *node, tmp uintptr) func(fp) fp    // where the value is, evaluated to tmp if it has no place
	assign(l, r *node) stmt                   // l = r
	put(n *node) func(f, dst fp)              // *dst = n
	putAt(n *node, o uintptr) func(f, dst fp) // dst+o = n
	drop(n *node) stmt                        // evaluates n for its effects
	box(n *node) func(fp) fp                  // a new variable with the value of n
	call(site *callSite) any                  // func(fp) V
	direct(site *callSite) any                // a call of a compiled function of a common shape, or nil
	move(dst, src fp)
	equal(x, y *node) func(fp) bool
	result(off uintptr, n *node) stmt // result = n; return
	from(addr func(fp) fp) any        // func(fp) V that loads
}

// cls is the class of types with a Go type of their shape.
type cls[V any] struct{}

// get returns the closure that evaluates n.
func get[V any](n *node) func(fp) V {
	switch {
	case n.k != nil:
		v := constantOf[V](n.k, n.rt)
		return func(fp) V { return v }
	case n.f != nil:
		return n.f.(func(fp) V)
	case n.local != 0:
		o := n.local
		return func(f fp) V { return ld[V](f, o) }
	case n.glob != nil:
		p := (*V)(n.glob)
		return func(fp) V { return *p }
	case n.isNil:
		var zero V
		return func(fp) V { return zero }
	}
	if n.elem != nil {
		return loadElem[V](n.elem)
	}
	a := n.addr
	return func(f fp) V { return *(*V)(a(f)) }
}

func (cls[V]) get(n *node) any { return get[V](n) }

func (cls[V]) from(a func(fp) fp) any { return func(f fp) V { return *(*V)(a(f)) } }

func (cls[V]) addr(n *node, tmp uintptr) func(fp) fp {
	switch {
	case n.k == nil && n.f == nil && n.local != 0:
		o := n.local
		return func(f fp) fp { return unsafe.Add(f, o) }
	case n.k == nil && n.f == nil && n.glob != nil:
		p := n.glob
		return func(fp) fp { return p }
	case n.k == nil && n.f == nil && n.addr != nil:
		return n.addr
	}
	g := get[V](n)
	return func(f fp) fp {
		v := g(f)
		p := unsafe.Add(f, tmp)
		*(*V)(p) = v
		return p
	}
}

func (cls[V]) assign(l, r *node) stmt {
	g := get[V](r)
	switch {
	case l.local != 0 && r.k == nil && r.f == nil && r.local != 0:
		o, ro := l.local, r.local
		return func(f fp) ctl { *(*V)(unsafe.Add(f, o)) = ld[V](f, ro); return next }
	case l.local != 0 && r.k != nil:
		o, k := l.local, constantOf[V](r.k, r.rt)
		return func(f fp) ctl { *(*V)(unsafe.Add(f, o)) = k; return next }
	case l.local != 0:
		o := l.local
		return func(f fp) ctl { *(*V)(unsafe.Add(f, o)) = g(f); return next }
	case l.glob != nil:
		p := (*V)(l.glob)
		return func(f fp) ctl { *p = g(f); return next }
	case l.elem != nil:
		return storeElem[V](l.elem, r)
	}
	a := l.addr
	return func(f fp) ctl {
		v := g(f)
		*(*V)(a(f)) = v
		return next
	}
}

func (cls[V]) result(o uintptr, n *node) stmt {
	g := get[V](n)
	switch {
	case n.k != nil:
		k := constantOf[V](n.k, n.rt)
		return func(f fp) ctl { *(*V)(unsafe.Add(f, o)) = k; return ret }
	case n.plain():
		from := n.local
		return func(f fp) ctl { *(*V)(unsafe.Add(f, o)) = ld[V](f, from); return ret }
	}
	return func(f fp) ctl { *(*V)(unsafe.Add(f, o)) = g(f); return ret }
}

func (cls[V]) put(n *node) func(f, dst fp) {
	g := get[V](n)
	return func(f, dst fp) { *(*V)(dst) = g(f) }
}

func (cls[V]) putAt(n *node, o uintptr) func(f, dst fp) {
	switch {
	case n.k != nil:
		k := constantOf[V](n.k, n.rt)
		return func(f, dst fp) { *(*V)(unsafe.Add(dst, o)) = k }
	case n.f == nil && n.local != 0:
		from := n.local
		return func(f, dst fp) { *(*V)(unsafe.Add(dst, o)) = ld[V](f, from) }
	}
	if ix := n.affine; ix != nil {
		from, k := ix.a, ix.k
		if ix.b == zeroWord {
			return func(f, dst fp) { *(*int)(unsafe.Add(dst, o)) = ld[int](f, from) + k }
		}
	}
	g := get[V](n)
	return func(f, dst fp) { *(*V)(unsafe.Add(dst, o)) = g(f) }
}

func (cls[V]) drop(n *node) stmt {
	g := get[V](n)
	return func(f fp) ctl { g(f); return next }
}

func (cls[V]) box(n *node) func(fp) fp {
	g := get[V](n)
	return func(f fp) fp {
		p := new(V)
		*p = g(f)
		return fp(p)
	}
}

func (cls[V]) move(dst, src fp) { *(*V)(dst) = *(*V)(src) }

// equal of the classes that Go can compare; the others override it.
func (cls[V]) equal(x, y *node) func(fp) bool { panic("not comparable") }

// cmpCls is the class of types that == compares by their memory shape.
type cmpCls[V comparable] struct{ cls[V] }

func (cmpCls[V]) equal(x, y *node) func(fp) bool {
	a, b := get[V](x), get[V](y)
	return func(f fp) bool { return a(f) == b(f) }
}

type sliceCls struct{ cls[hdr] }

func (sliceCls) equal(x, y *node) func(fp) bool { // with nil alone
	a, b := get[hdr](x), get[hdr](y)
	return func(f fp) bool { return a(f).p == b(f).p }
}

// anyCls is the class of interfaces; methods tells those whose first word is an itab.
type anyCls struct {
	cls[eface]
	methods bool
}

func (c anyCls) any(n *node) func(fp) any {
	g := get[eface](n)
	if !c.methods {
		return func(f fp) (x any) {
			*(*eface)(unsafe.Pointer(&x)) = g(f)
			return x
		}
	}
	return func(f fp) (x any) {
		*(*eface)(unsafe.Pointer(&x)) = toEface(g(f))
		return x
	}
}

func (c anyCls) equal(x, y *node) func(fp) bool {
	a, b := c.any(x), y.cls.(anyCls).any(y)
	return func(f fp) bool { return a(f) == b(f) }
}

// memCls is the class of structs and arrays: they are moved by their address.
type memCls struct {
	rt   reflect.Type
	word fp // the type
	ptrs bool
}

func (c memCls) copy(dst, src fp) {
	switch {
	case dst == src:
	case c.ptrs:
		typedmemmove(c.word, dst, src)
	default:
		n := c.rt.Size()
		copy(unsafe.Slice((*byte)(dst), n), unsafe.Slice((*byte)(src), n))
	}
}

func (c memCls) place(n *node) func(fp) fp {
	switch {
	case n.local != 0:
		o := n.local
		return func(f fp) fp { return unsafe.Add(f, o) }
	case n.glob != nil:
		p := n.glob
		return func(fp) fp { return p }
	case n.f != nil:
		return n.f.(func(fp) fp)
	}
	return n.addr
}

func (c memCls) get(n *node) any                     { return c.place(n) }
func (c memCls) from(a func(fp) fp) any              { return a }
func (c memCls) addr(n *node, _ uintptr) func(fp) fp { return c.place(n) }
func (c memCls) move(dst, src fp)                    { c.copy(dst, src) }
func (c memCls) drop(n *node) stmt {
	a := c.place(n)
	return func(f fp) ctl { a(f); return next }
}

func (c memCls) assign(l, r *node) stmt {
	dst, src := c.place(l), c.place(r)
	return func(f fp) ctl {
		p := src(f)
		c.copy(dst(f), p)
		return next
	}
}

func (c memCls) result(o uintptr, n *node) stmt {
	src := c.place(n)
	return func(f fp) ctl { c.copy(unsafe.Add(f, o), src(f)); return ret }
}

func (c memCls) put(n *node) func(f, dst fp) {
	src := c.place(n)
	return func(f, dst fp) { c.copy(dst, src(f)) }
}

func (c memCls) putAt(n *node, o uintptr) func(f, dst fp) {
	src := c.place(n)
	return func(f, dst fp) { c.copy(unsafe.Add(dst, o), src(f)) }
}

func (c memCls) box(n *node) func(fp) fp {
	src := c.place(n)
	return func(f fp) fp {
		from := src(f)
		p := unsafeNew(c.word)
		c.copy(p, from)
		return p
	}
}

func (c memCls) equal(x, y *node) func(fp) bool {
	a, b := c.place(x), c.place(y)
	rt := c.rt
	size := rt.Size()
	if plainEqual(rt) {
		return func(f fp) bool {
			return string(unsafe.Slice((*byte)(a(f)), size)) == string(unsafe.Slice((*byte)(b(f)), size))
		}
	}
	if hasBlank(rt) {
		eq := equalFields(rt)
		return func(f fp) bool { return eq(a(f), b(f)) }
	}
	return func(f fp) bool { return anyAt(rt, a(f)) == anyAt(rt, b(f)) }
}

// hasBlank reports whether t has fields that == passes over.
func hasBlank(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return hasBlank(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.Name == "_" || hasBlank(f.Type) {
				return true
			}
		}
	}
	return false
}

func equalFields(t reflect.Type) func(p, q fp) bool {
	if !hasBlank(t) {
		return func(p, q fp) bool { return anyAt(t, p) == anyAt(t, q) }
	}
	var parts []func(p, q fp) bool
	part := func(t reflect.Type, off uintptr) {
		eq := equalFields(t)
		parts = append(parts, func(p, q fp) bool { return eq(unsafe.Add(p, off), unsafe.Add(q, off)) })
	}
	if t.Kind() == reflect.Array {
		for i := range t.Len() {
			part(t.Elem(), uintptr(i)*t.Elem().Size())
		}
	} else {
		for i := range t.NumField() {
			if f := t.Field(i); f.Name != "_" {
				part(f.Type, f.Offset)
			}
		}
	}
	return func(p, q fp) bool {
		for _, eq := range parts {
			if !eq(p, q) {
				return false
			}
		}
		return true
	}
}

// plainEqual reports whether equal values of t have equal bytes and no others do.
func plainEqual(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128, reflect.String, reflect.Interface:
		return false
	case reflect.Array:
		return plainEqual(t.Elem())
	case reflect.Struct:
		var end uintptr
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Name == "_" || f.Offset != end || !plainEqual(f.Type) {
				return false
			}
			end += f.Type.Size()
		}
		return end == t.Size()
	}
	return true
}

var classes = map[reflect.Kind]class{
	reflect.Bool: cmpCls[bool]{}, reflect.String: cmpCls[string]{},
	reflect.Int: cmpCls[int]{}, reflect.Int8: cmpCls[int8]{}, reflect.Int16: cmpCls[int16]{},
	reflect.Int32: cmpCls[int32]{}, reflect.Int64: cmpCls[int64]{},
	reflect.Uint: cmpCls[uint]{}, reflect.Uint8: cmpCls[uint8]{}, reflect.Uint16: cmpCls[uint16]{},
	reflect.Uint32: cmpCls[uint32]{}, reflect.Uint64: cmpCls[uint64]{}, reflect.Uintptr: cmpCls[uintptr]{},
	reflect.Float32: cmpCls[float32]{}, reflect.Float64: cmpCls[float64]{},
	reflect.Complex64: cmpCls[complex64]{}, reflect.Complex128: cmpCls[complex128]{},
	reflect.Pointer: cmpCls[fp]{}, reflect.Map: cmpCls[fp]{}, reflect.Chan: cmpCls[fp]{},
	reflect.Func: cmpCls[fp]{}, reflect.UnsafePointer: cmpCls[fp]{},
	reflect.Slice: sliceCls{},
}

func classOf(t reflect.Type) class {
	switch t.Kind() {
	case reflect.Struct, reflect.Array:
		return memCls{t, typeWord(t), len(pointerWords(nil, t, 0)) > 0}
	case reflect.Interface:
		return anyCls{methods: t.NumMethod() > 0}
	}
	return classes[t.Kind()]
}

// constantOf is the value of a constant in a type of shape V.
func constantOf[V any](k constant.Value, rt reflect.Type) (v V) {
	switch p := any(&v).(type) {
	case *bool:
		*p = constant.BoolVal(k)
	case *string:
		*p = stringConstant(k)
	case *eface:
		*(*any)(unsafe.Pointer(p)) = defaultConstant(k)
	case *complex64:
		*p = complex64(complexConstant(k, true))
	case *complex128:
		*p = complexConstant(k, false)
	case *float32:
		*p, _ = constant.Float32Val(constant.ToFloat(k))
	case *float64:
		*p, _ = constant.Float64Val(constant.ToFloat(k))
	case *fp:
		u, _ := constant.Uint64Val(constant.ToInt(k)) // unsafe.Pointer(uintptr(0))
		*(*uintptr)(unsafe.Pointer(p)) = uintptr(u)
	default:
		integerConstant(k, rt, fp(&v))
	}
	return v
}

func stringConstant(k constant.Value) string {
	if k.Kind() == constant.String {
		return constant.StringVal(k)
	}
	r, ok := constant.Int64Val(k)
	if !ok || r != int64(rune(r)) {
		return "\uFFFD"
	}
	return string(rune(r))
}

func complexConstant(k constant.Value, single bool) complex128 {
	k = constant.ToComplex(k)
	if single {
		re, _ := constant.Float32Val(constant.Real(k))
		im, _ := constant.Float32Val(constant.Imag(k))
		return complex(float64(re), float64(im))
	}
	re, _ := constant.Float64Val(constant.Real(k))
	im, _ := constant.Float64Val(constant.Imag(k))
	return complex(re, im)
}

func integerConstant(k constant.Value, rt reflect.Type, p fp) {
	k = constant.ToInt(k)
	i, exact := constant.Int64Val(k)
	if !exact {
		u, _ := constant.Uint64Val(k)
		i = int64(u)
	}
	switch rt.Size() {
	case 1:
		*(*int8)(p) = int8(i)
	case 2:
		*(*int16)(p) = int16(i)
	case 4:
		*(*int32)(p) = int32(i)
	default:
		*(*int64)(p) = i
	}
}

// defaultConstant is an untyped constant as an any.
func defaultConstant(k constant.Value) any {
	switch k.Kind() {
	case constant.Bool:
		return constant.BoolVal(k)
	case constant.String:
		return constant.StringVal(k)
	case constant.Int:
		if i, ok := constant.Int64Val(k); ok && int64(int(i)) == i {
			return int(i)
		}
	case constant.Complex:
		return complexConstant(k, false)
	}
	f, _ := constant.Float64Val(k)
	if math.IsInf(f, 0) {
		return k.String()
	}
	return f
}
