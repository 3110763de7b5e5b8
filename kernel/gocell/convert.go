package gocell

import (
	"go/ast"
	"go/types"
	"reflect"
	"unsafe"
)

// conversion is T(x).
func (c *comp) conversion(e *ast.CallExpr, t types.Type) *node {
	arg := e.Args[0]
	from := c.typeOf(arg)
	if tv := c.info.Types[arg]; tv.Value != nil {
		if isBasicKind(t) && !(isNumericType(t) != isNumericType(from) && isString(from)) {
			n := c.nodeOf(t)
			n.k = tv.Value
			return n
		}
	}
	if isNilType(from) {
		return c.zero(t)
	}
	x := c.expr(arg)
	if isUntyped(x.typ) && x.k != nil {
		n := c.nodeOf(types.Default(x.typ))
		n.k = x.k
		x = n
	}
	n := c.convert(x, t, int(e.Lparen))
	n.calls = n.calls || x.calls
	return n
}

func isBasicKind(t types.Type) bool {
	_, ok := t.Underlying().(*types.Basic)
	return ok
}

func isNumericType(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func isUnsafePointer(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.UnsafePointer
}

func (c *comp) convert(x *node, t types.Type, pos int) *node {
	from, to := x.typ.Underlying(), t.Underlying()
	switch {
	case types.IsInterface(t):
		return c.convertible(x, t, 0)
	case isNumericType(from) && isNumericType(to):
		return c.numeric(x, t)
	case isUnsafePointer(from) && isNumericType(to):
		g := get[fp](x)
		return c.rvalue(t, func(f fp) uintptr { return uintptr(g(f)) })
	case isNumericType(from) && isUnsafePointer(to):
		g := get[uintptr](x)
		return c.rvalue(t, func(f fp) fp { v := g(f); return *(*fp)(unsafe.Pointer(&v)) })
	case isString(to):
		return c.toString(x, t)
	case isString(from) && !isString(to):
		return c.fromString(x, t)
	}
	if s, ok := from.(*types.Slice); ok {
		return c.fromSlice(x, t, s, pos)
	}
	return c.as(x, t)
}

// toString is string(x) of a number, bytes, runes or a string.
func (c *comp) toString(x *node, t types.Type) *node {
	if isString(x.typ) {
		return c.as(x, t)
	}
	if s, ok := x.typ.Underlying().(*types.Slice); ok {
		if c.rtype(s.Elem()).Kind() == reflect.Uint8 {
			g := get[hdr](x)
			return c.rvalue(t, func(f fp) string { h := g(f); return string(unsafe.Slice((*byte)(h.p), h.n)) })
		}
		g := get[hdr](x)
		return c.rvalue(t, func(f fp) string { h := g(f); return string(unsafe.Slice((*rune)(h.p), h.n)) })
	}
	g := get[int64](c.numeric(x, types.Typ[types.Int64]))
	return c.rvalue(t, func(f fp) string {
		v := g(f)
		if v != int64(rune(v)) {
			return "\uFFFD"
		}
		return string(rune(v))
	})
}

func (c *comp) fromString(x *node, t types.Type) *node {
	g := get[string](x)
	if c.rtype(t).Elem().Kind() == reflect.Uint8 {
		return c.rvalue(t, func(f fp) hdr { b := []byte(g(f)); return *(*hdr)(unsafe.Pointer(&b)) })
	}
	return c.rvalue(t, func(f fp) hdr { r := []rune(g(f)); return *(*hdr)(unsafe.Pointer(&r)) })
}

// fromSlice is a slice as a slice, an array or an array pointer.
func (c *comp) fromSlice(x *node, t types.Type, s *types.Slice, pos int) *node {
	var arr *types.Array
	isPtr := false
	switch u := t.Underlying().(type) {
	case *types.Array:
		arr = u
	case *types.Pointer:
		arr, isPtr = u.Elem().Underlying().(*types.Array), true
	default:
		return c.as(x, t)
	}
	g, n := get[hdr](x), int(arr.Len())
	p := func(f fp) fp {
		h := g(f)
		if h.n < n {
			at(f, pos)
			panicArray(h.n, n)
		}
		return h.p
	}
	if isPtr {
		return c.rvalue(t, p)
	}
	m := c.nodeOf(t)
	if n == 0 {
		zero := c.s.zeroOf(m.rt)
		m.addr = func(f fp) fp { p(f); return zero }
		return m
	}
	m.addr = p
	return m
}

// panicArray fails as the conversion of a short slice to an array does.
func panicArray(have, want int) {
	panic(&plainError{"cannot convert slice with length " + itoa(have) + " to array or pointer to array with length " + itoa(want)})
}

// numeric converts between number types.
func (c *comp) numeric(x *node, t types.Type) *node {
	n := c.nodeOf(t)
	if x.rt.Kind() == n.rt.Kind() {
		return c.as(x, t)
	}
	switch n.rt.Kind() {
	case reflect.Int:
		n.f = toNumber[int](x)
	case reflect.Int8:
		n.f = toNumber[int8](x)
	case reflect.Int16:
		n.f = toNumber[int16](x)
	case reflect.Int32:
		n.f = toNumber[int32](x)
	case reflect.Int64:
		n.f = toNumber[int64](x)
	case reflect.Uint:
		n.f = toNumber[uint](x)
	case reflect.Uint8:
		n.f = toNumber[uint8](x)
	case reflect.Uint16:
		n.f = toNumber[uint16](x)
	case reflect.Uint32:
		n.f = toNumber[uint32](x)
	case reflect.Uint64:
		n.f = toNumber[uint64](x)
	case reflect.Uintptr:
		n.f = toNumber[uintptr](x)
	case reflect.Float32:
		n.f = toNumber[float32](x)
	case reflect.Float64:
		n.f = toNumber[float64](x)
	case reflect.Complex64:
		g := get[complex128](x)
		n.f = func(f fp) complex64 { return complex64(g(f)) }
	case reflect.Complex128:
		g := get[complex64](x)
		n.f = func(f fp) complex128 { return complex128(g(f)) }
	}
	return n
}

func toNumber[V integer | float](x *node) func(fp) V {
	switch x.rt.Kind() {
	case reflect.Int:
		return between[V, int](x)
	case reflect.Int8:
		return between[V, int8](x)
	case reflect.Int16:
		return between[V, int16](x)
	case reflect.Int32:
		return between[V, int32](x)
	case reflect.Int64:
		return between[V, int64](x)
	case reflect.Uint:
		return between[V, uint](x)
	case reflect.Uint8:
		return between[V, uint8](x)
	case reflect.Uint16:
		return between[V, uint16](x)
	case reflect.Uint32:
		return between[V, uint32](x)
	case reflect.Uint64:
		return between[V, uint64](x)
	case reflect.Uintptr:
		return between[V, uintptr](x)
	case reflect.Float32:
		return between[V, float32](x)
	}
	return between[V, float64](x)
}

func between[V, W integer | float](x *node) func(fp) V {
	if x.plain() {
		o := x.local
		return func(f fp) V { return V(ld[W](f, o)) }
	}
	g := get[W](x)
	return func(f fp) V { return V(g(f)) }
}
