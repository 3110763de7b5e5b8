package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// An affine is a+b+k for int locals a and b: the indices of lessons, in[i+u][j+v],
// need no closure then. An absent variable is the zero of the frame's header.
type affine struct {
	a, b uintptr
	k    int
}

const zeroWord = unsafe.Offsetof(header{}.zero)

func (x *affine) at(f fp) int { return ld[int](f, x.a) + ld[int](f, x.b) + x.k }

func affineOf(op token.Token, x, y *node) *affine {
	if x.rt.Kind() != reflect.Int || !x.plain() {
		return nil
	}
	switch {
	case y.k != nil:
		k := constantOf[int](y.k, y.rt)
		if op == token.SUB {
			k = -k
		}
		return &affine{x.local, zeroWord, k}
	case y.plain() && op == token.ADD:
		return &affine{x.local, y.local, 0}
	}
	return nil
}

func (n *node) asAffine() *affine {
	switch {
	case n.rt.Kind() != reflect.Int:
		return nil
	case n.affine != nil:
		return n.affine
	case n.k != nil:
		return &affine{zeroWord, zeroWord, constantOf[int](n.k, n.rt)}
	case n.plain():
		return &affine{n.local, zeroWord, 0}
	}
	return nil
}

// intIndex is an index of any integer type as an int; what does not fit in one
// becomes out of range.
func (c *comp) intIndex(n *node) func(fp) int {
	if n.k != nil {
		v := constantOf[int](n.k, reflect.TypeFor[int]())
		return func(fp) int { return v }
	}
	switch n.rt.Kind() {
	case reflect.Int:
		return get[int](n)
	case reflect.Int8:
		return widen[int8](n)
	case reflect.Int16:
		return widen[int16](n)
	case reflect.Int32:
		return widen[int32](n)
	case reflect.Int64:
		return widen[int64](n)
	case reflect.Uint8:
		return widen[uint8](n)
	case reflect.Uint16:
		return widen[uint16](n)
	case reflect.Uint32:
		return widen[uint32](n)
	case reflect.Uint64:
		return widen[uint64](n)
	case reflect.Uintptr:
		return widen[uintptr](n)
	}
	return widen[uint](n)
}

func widen[V integer](n *node) func(fp) int {
	g := get[V](n)
	return func(f fp) int { return int(g(f)) }
}

// index is x[i], or an instance of a generic function.
func (c *comp) index(e *ast.IndexExpr) *node {
	if tv := c.info.Types[e.X]; tv.IsType() || isGenericFunc(tv.Type) {
		return c.instance(e.X, e.Pos())
	}
	t := c.typeOf(e.X)
	pos := int(e.Lbrack)
	switch u := t.Underlying().(type) {
	case *types.Map:
		return c.mapIndex(e, u)
	case *types.Slice:
		x, i := c.expr(e.X), c.indexOperand(e.Index)
		return c.sliceElem(x, i, u.Elem(), pos)
	case *types.Pointer:
		a := u.Elem().Underlying().(*types.Array)
		p, i := c.expr(e.X), c.indexOperand(e.Index)
		return c.arrayElem(c.deref(p, pos), i, a, pos)
	case *types.Array:
		x, i := c.expr(e.X), c.indexOperand(e.Index)
		return c.arrayElem(x, i, u, pos)
	case *types.Basic:
		x, i := c.exprTo(e.X, types.Default(t)), c.indexOperand(e.Index)
		return c.stringByte(x, i, pos)
	}
	c.notYet(e.Pos(), "index of %s", t)
	return nil
}

func isGenericFunc(t types.Type) bool {
	s, ok := t.(*types.Signature)
	return ok && s.TypeParams().Len() > 0
}

// indexOperand compiles an index; an untyped constant is an int.
func (c *comp) indexOperand(e ast.Expr) *node {
	if tv := c.info.Types[e]; tv.Value != nil && isUntyped(tv.Type) {
		return c.exprTo(e, types.Typ[types.Int])
	}
	return c.expr(e)
}

func (c *comp) sliceElem(x, i *node, elem types.Type, pos int) *node {
	n := c.nodeOf(elem)
	n.lval, n.calls = true, x.calls || i.calls
	size := n.rt.Size()
	if n.elem = c.elementOf(x, i, pos); n.elem != nil {
		n.addr = n.elem.address(size)
		return n
	}
	g, gi := c.headerOf(x), c.intIndex(i)
	n.addr = func(f fp) fp {
		h := g(f)
		k := gi(f)
		if uint(k) >= uint(h.n) {
			at(f, pos)
			panicIndex(k, h.n)
		}
		return unsafe.Add(h.p, uintptr(k)*size)
	}
	return n
}

// headerOf is the header of a slice: by address where it has one.
func (c *comp) headerOf(x *node) func(fp) hdr {
	if x.k == nil && x.f == nil && x.addr != nil {
		a := x.addr
		return func(f fp) hdr { return *(*hdr)(a(f)) }
	}
	return get[hdr](x)
}

// An element is a[i], or a[row][i], of a slice in a variable by affine indices.
type element struct {
	glob fp      // the package variable, or
	base uintptr // the local one
	rows bool
	row  affine
	ix   affine
	pos  int
}

// elementOf is x[i], nil where that takes more than an element tells.
func (c *comp) elementOf(x, i *node, pos int) *element {
	ix, row := i.asAffine(), x.elem
	switch {
	case ix == nil:
		return nil
	case x.plain():
		return &element{base: x.local, ix: *ix, pos: pos}
	case x.f == nil && x.glob != nil:
		return &element{glob: x.glob, ix: *ix, pos: pos}
	case row != nil && !row.rows && c.sameLine(row.pos, pos):
		return &element{glob: row.glob, base: row.base, rows: true, row: row.ix, ix: *ix, pos: pos}
	}
	return nil
}

func (c *comp) sameLine(pos, other int) bool {
	file := c.fset.File(token.Pos(pos))
	return file.Line(token.Pos(pos)) == file.Line(token.Pos(other))
}

// local reports whether x is a[i] for a local slice and a local index.
func (x *element) local() bool {
	return x.glob == nil && !x.rows && x.ix.b == zeroWord && x.ix.k == 0
}

// list is the slice that the element is in: that of the variable, or a row.
func (x *element) list(f fp) *hdr {
	at(f, x.pos)
	if x.glob != nil {
		return (*hdr)(x.glob)
	}
	return (*hdr)(unsafe.Add(f, x.base))
}

func (x *element) rowOf(f fp) *hdr {
	return (*hdr)(elemOf(x.list(f), x.row.at(f), unsafe.Sizeof(hdr{})))
}

// elemOf is the address of an element of h. The check is that of Go itself: a
// closure that calls nothing needs no frame on Go's stack.
func elemOf(h *hdr, k int, size uintptr) fp {
	_ = (*(*[]struct{})(unsafe.Pointer(h)))[k]
	return unsafe.Add(h.p, uintptr(k)*size)
}

//go:noinline
func loadElem[V any](x *element) func(fp) V {
	switch {
	case x.local():
		o, i, pos := x.base, x.ix.a, x.pos
		return func(f fp) (v V) {
			at(f, pos)
			return *(*V)(elemOf((*hdr)(unsafe.Add(f, o)), ld[int](f, i), unsafe.Sizeof(v)))
		}
	case x.rows:
		return func(f fp) (v V) { return *(*V)(elemOf(x.rowOf(f), x.ix.at(f), unsafe.Sizeof(v))) }
	}
	return func(f fp) (v V) { return *(*V)(elemOf(x.list(f), x.ix.at(f), unsafe.Sizeof(v))) }
}

//go:noinline
func storeElem[V any](x *element, v *node) stmt {
	g := get[V](v)
	switch {
	case x.rows:
		return func(f fp) ctl { v := g(f); *(*V)(elemOf(x.rowOf(f), x.ix.at(f), unsafe.Sizeof(v))) = v; return next }
	case v.k != nil && x.local():
		k := constantOf[V](v.k, v.rt)
		o, i, pos := x.base, x.ix.a, x.pos
		return func(f fp) ctl {
			at(f, pos)
			*(*V)(elemOf((*hdr)(unsafe.Add(f, o)), ld[int](f, i), unsafe.Sizeof(k))) = k
			return next
		}
	}
	return func(f fp) ctl { v := g(f); *(*V)(elemOf(x.list(f), x.ix.at(f), unsafe.Sizeof(v))) = v; return next }
}

// address is where an element of any size is.
func (x *element) address(size uintptr) func(fp) fp {
	if x.rows {
		return func(f fp) fp { return elemOf(x.rowOf(f), x.ix.at(f), size) }
	}
	return func(f fp) fp { return elemOf(x.list(f), x.ix.at(f), size) }
}

func (c *comp) arrayElem(x, i *node, a *types.Array, pos int) *node {
	n := c.nodeOf(a.Elem())
	n.lval, n.calls = x.lval, x.calls || i.calls
	size, length := n.rt.Size(), int(a.Len())
	if i.k != nil {
		off := uintptr(constantOf[int](i.k, reflect.TypeFor[int]())) * size
		switch {
		case x.plain():
			n.local = x.local + off
		case x.glob != nil:
			n.glob = unsafe.Add(x.glob, off)
		default:
			base := c.place(x)
			n.addr = func(f fp) fp { return unsafe.Add(base(f), off) }
		}
		return n
	}
	gi := c.intIndex(i)
	if x.plain() {
		o := x.local
		n.addr = func(f fp) fp {
			k := gi(f)
			if uint(k) >= uint(length) {
				at(f, pos)
				panicIndex(k, length)
			}
			return unsafe.Add(f, o+uintptr(k)*size)
		}
		return n
	}
	base := c.place(x)
	n.addr = func(f fp) fp {
		p := base(f)
		k := gi(f)
		if uint(k) >= uint(length) {
			at(f, pos)
			panicIndex(k, length)
		}
		return unsafe.Add(p, uintptr(k)*size)
	}
	return n
}

func (c *comp) stringByte(x, i *node, pos int) *node {
	g, gi := get[string](x), c.intIndex(i)
	n := c.rvalue(types.Typ[types.Uint8], func(f fp) uint8 {
		s := g(f)
		k := gi(f)
		if uint(k) >= uint(len(s)) {
			at(f, pos)
			panicIndex(k, len(s))
		}
		return s[k]
	})
	n.calls = x.calls || i.calls
	return n
}

// mapIndex is m[k], with its comma-ok form and its assignment.
func (c *comp) mapIndex(e *ast.IndexExpr, t *types.Map) *node {
	m, k := c.expr(e.X), c.exprTo(e.Index, t.Key())
	return c.mapElem(m, k, t, int(e.Lbrack))
}

func (c *comp) mapElem(m, k *node, t *types.Map, pos int) *node {
	n := c.nodeOf(t.Elem())
	n.calls = m.calls || k.calls
	gm, key := get[fp](m), c.place(k)
	word, zero := typeWord(m.rt), c.s.zeroOf(n.rt)
	find := func(f fp) (fp, bool) {
		v := gm(f)
		p := key(f)
		at(f, pos)
		return mapaccess(word, v, p)
	}
	n.f = n.cls.from(func(f fp) fp {
		if p, ok := find(f); ok {
			return p
		}
		return zero
	})
	n.ok = func() *node {
		return c.commaOk(n, func(f fp, dst fp) bool {
			p, ok := find(f)
			if !ok {
				p = zero
			}
			n.cls.move(dst, p)
			return ok
		})
	}
	n.store = func(v *node) stmt { return c.mapStore(gm, key, v, word, pos) }
	n.inMap = &mapPlace{gm, key, word, pos, k}
	return n
}

// A mapPlace is what m[k] op= v evaluates once.
type mapPlace struct {
	m    func(fp) fp
	key  func(fp) fp
	word fp
	pos  int
	k    *node
}

func (c *comp) mapStore(m, key func(fp) fp, v *node, word fp, pos int) stmt {
	tmp := c.alloc(v.rt)
	put := v.cls.putAt(v, tmp)
	cls := v.cls
	return func(f fp) ctl {
		table := m(f)
		k := key(f)
		put(f, f) // may move what is in the map
		at(f, pos)
		cls.move(mapassign(word, table, k), unsafe.Add(f, tmp))
		return next
	}
}

// commaOk is a tuple of a value and a bool that get stores and returns.
func (c *comp) commaOk(n *node, get func(f, dst fp) bool) *node {
	v := c.localNode(n.typ, c.alloc(n.rt))
	ok := c.localNode(types.Typ[types.Bool], c.alloc(reflect.TypeFor[bool]()))
	vo, oko := v.local, ok.local
	return &node{tuple: []*node{v, ok}, calls: true, run: func(f fp) {
		*(*bool)(unsafe.Add(f, oko)) = get(f, unsafe.Add(f, vo))
	}}
}

// slice is x[i:j:k].
func (c *comp) slice(e *ast.SliceExpr) *node {
	t := c.typeOf(e)
	x := c.expr(e.X)
	if b, ok := x.typ.Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
		return c.sliceString(e, x, t)
	}
	pos := int(e.Lbrack)
	base := c.sliceBase(x, pos)
	_, slice := x.typ.Underlying().(*types.Slice)
	array := !slice
	lo, hi, top := c.bound(e.Low), c.bound(e.High), c.bound(e.Max)
	size := c.rtype(t).Elem().Size()
	n := c.rvalue(t, func(f fp) hdr {
		h := base(f)
		i, j, k := 0, h.n, h.c
		if lo != nil {
			i = lo(f)
		}
		if hi != nil {
			j = hi(f)
		}
		if top != nil {
			k = top(f)
		}
		at(f, pos)
		checkSlice(i, j, k, h, top != nil, hi == nil, array)
		return cut(h.p, i, j, k, size)
	})
	n.calls = true
	return n
}

// cut keeps the pointer inside of its array when nothing is left.
func cut(p fp, i, j, k int, size uintptr) hdr {
	if k > i {
		p = unsafe.Add(p, uintptr(i)*size)
	}
	return hdr{p, j - i, k - i}
}

func (c *comp) bound(e ast.Expr) func(fp) int {
	if e == nil {
		return nil
	}
	return c.intIndex(c.indexOperand(e))
}

// sliceBase is the slice, array or array pointer that is sliced, as a slice.
func (c *comp) sliceBase(x *node, pos int) func(fp) hdr {
	switch u := x.typ.Underlying().(type) {
	case *types.Pointer:
		n := int(u.Elem().Underlying().(*types.Array).Len())
		p := c.pointee(x, 0, pos)
		return func(f fp) hdr { return hdr{p(f), n, n} }
	case *types.Array:
		n := int(u.Len())
		p := get[fp](c.addressNode(x, types.NewPointer(x.typ)))
		return func(f fp) hdr { return hdr{p(f), n, n} }
	}
	return get[hdr](x)
}

func (c *comp) sliceString(e *ast.SliceExpr, x *node, t types.Type) *node {
	g := get[string](x)
	pos := int(e.Lbrack)
	lo, hi := c.bound(e.Low), c.bound(e.High)
	n := c.rvalue(t, func(f fp) string {
		s := g(f)
		i, j := 0, len(s)
		if lo != nil {
			i = lo(f)
		}
		if hi != nil {
			j = hi(f)
		}
		at(f, pos)
		return s[i:j]
	})
	n.calls = true
	return n
}
