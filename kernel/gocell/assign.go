package gocell

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

func (c *comp) assignStmt(s *ast.AssignStmt) stmt {
	switch {
	case s.Tok == token.DEFINE:
		return c.defineStmt(s)
	case s.Tok != token.ASSIGN:
		return c.opAssign(s.Lhs[0], s.Rhs[0], opOf(s.Tok), int(s.TokPos))
	case len(s.Lhs) == 1:
		return c.assign(s.Lhs[0], s.Rhs[0])
	case len(s.Rhs) == 1:
		return c.assignTuple(s.Lhs, s.Rhs[0])
	}
	return c.assignMany(s)
}

func opOf(t token.Token) token.Token { return t - token.ADD_ASSIGN + token.ADD }

func isBlank(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Name == "_"
}

// assign is l = r. Where both have calls, the operands of l are evaluated first.
func (c *comp) assign(l, r ast.Expr) stmt {
	if isBlank(l) {
		return c.effect(c.blankValue(r))
	}
	dst := c.expr(l)
	v := c.exprTo(r, dst.typ)
	if dst.calls && v.calls {
		return c.assignInOrder(dst, v, int(l.Pos()))
	}
	return c.assignNode(dst, v)
}

func (c *comp) blankValue(r ast.Expr) *node {
	t := c.typeOf(r)
	if isUntyped(t) {
		if isNilType(t) {
			return c.zero(types.Typ[types.UnsafePointer])
		}
		return c.exprTo(r, types.Default(t))
	}
	return c.expr(r)
}

func (c *comp) effect(n *node) stmt {
	if n.tuple != nil {
		run := n.run
		return func(f fp) ctl { run(f); return next }
	}
	if n.isNil || n.k != nil {
		return func(fp) ctl { return next }
	}
	return n.cls.drop(n)
}

func (c *comp) assignNode(dst, v *node) stmt {
	if dst.store != nil {
		return dst.store(v)
	}
	return dst.cls.assign(dst, v)
}

// assignInOrder evaluates the place, then the value, then assigns.
func (c *comp) assignInOrder(dst, v *node, pos int) stmt {
	place := c.fixed(dst)
	val, keep := c.spill(v)
	last := c.assignNode(place.node, val)
	return func(f fp) ctl {
		place.run(f)
		keep(f)
		return last(f)
	}
}

// A fixedPlace is a place whose operands have been evaluated by run. An index
// out of range is found when it is assigned to, as the specification says.
type fixedPlace struct {
	node *node
	run  func(fp)
}

func (c *comp) fixed(n *node) fixedPlace {
	if n.inMap != nil {
		return c.fixedMap(n)
	}
	if n.plain() || n.glob != nil && n.addr == nil {
		return fixedPlace{n, func(fp) {}}
	}
	o := c.alloc(reflect.TypeFor[unsafe.Pointer]())
	a := n.addr
	m := c.addrNode(n.typ, func(f fp) fp { return ld[fp](f, o) })
	return fixedPlace{m, func(f fp) { *(*fp)(unsafe.Add(f, o)) = a(f) }}
}

func (c *comp) fixedMap(n *node) fixedPlace {
	m := n.inMap
	mo := c.alloc(reflect.TypeFor[unsafe.Pointer]())
	ko := c.alloc(m.k.rt)
	cls := m.k.cls
	fixed := *m
	fixed.m = func(f fp) fp { return ld[fp](f, mo) }
	fixed.key = func(f fp) fp { return unsafe.Add(f, ko) }
	out := c.nodeOf(n.typ)
	zero := c.s.zeroOf(out.rt)
	out.inMap = &fixed
	out.f = out.cls.from(func(f fp) fp {
		at(f, m.pos)
		if p, ok := mapaccess(m.word, ld[fp](f, mo), unsafe.Add(f, ko)); ok {
			return p
		}
		return zero
	})
	out.store = func(v *node) stmt { return c.mapStore(fixed.m, fixed.key, v, m.word, m.pos) }
	return fixedPlace{out, func(f fp) {
		*(*fp)(unsafe.Add(f, mo)) = m.m(f)
		cls.move(unsafe.Add(f, ko), m.key(f))
	}}
}

// assignMany is a, b = x, y: places and values first, then the assignments.
func (c *comp) assignMany(s *ast.AssignStmt) stmt {
	var runs []func(fp)
	var places []*node
	for _, l := range s.Lhs {
		if isBlank(l) {
			places = append(places, nil)
			continue
		}
		p := c.lateFixed(c.expr(l), l)
		runs = append(runs, p.run)
		places = append(places, p.node)
	}
	var values []*node
	for i, r := range s.Rhs {
		var v *node
		if places[i] == nil {
			v = c.blankValue(r)
		} else {
			v = c.exprTo(r, places[i].typ)
		}
		if v.k == nil && !v.isNil {
			n, keep := c.spill(v)
			runs = append(runs, keep)
			v = n
		}
		values = append(values, v)
	}
	var stores []stmt
	for i, p := range places {
		if p != nil {
			stores = append(stores, c.assignNode(p, values[i]))
		}
	}
	return c.sequence(runs, stores)
}

func (c *comp) sequence(runs []func(fp), stores []stmt) stmt {
	if len(runs) == 2 && len(stores) == 2 {
		r0, r1, s0, s1 := runs[0], runs[1], stores[0], stores[1]
		return func(f fp) ctl { r0(f); r1(f); s0(f); return s1(f) }
	}
	return func(f fp) ctl {
		for _, r := range runs {
			r(f)
		}
		for _, s := range stores {
			s(f)
		}
		return next
	}
}

// lateFixed fixes the operands of a place and leaves its checks (nil, range) to
// the assignment itself, after all values are known.
func (c *comp) lateFixed(n *node, e ast.Expr) fixedPlace {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		t := c.typeOf(e.X).Underlying()
		if sl, ok := t.(*types.Slice); ok {
			x, keepX := c.spill(c.expr(e.X))
			i, keepI := c.spill(c.indexOperand(e.Index))
			m := c.sliceElem(x, i, sl.Elem(), int(e.Lbrack))
			return fixedPlace{m, func(f fp) { keepX(f); keepI(f) }}
		}
	case *ast.StarExpr:
		p, keep := c.spill(c.expr(e.X))
		return fixedPlace{c.deref(p, int(e.Pos())), keep}
	case *ast.SelectorExpr:
		if s := c.info.Selections[e]; s != nil && isPtrTo(c.typeOf(e.X)) && len(s.Index()) == 1 {
			p, keep := c.spill(c.expr(e.X))
			return fixedPlace{c.field(p, c.selection(e).index, int(e.Sel.Pos())), keep}
		}
	}
	return c.fixed(n)
}

func isPtrTo(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// tupleOf compiles what gives several values: a call, or a comma-ok form.
func (c *comp) tupleOf(e ast.Expr) *node {
	n := c.expr(e)
	if n.tuple == nil && n.ok != nil {
		return n.ok()
	}
	if n.tuple == nil {
		c.notYet(e.Pos(), "several values of %T", e)
	}
	return n
}

func (c *comp) assignTuple(lhs []ast.Expr, r ast.Expr) stmt {
	var runs []func(fp)
	var places []*node
	for _, l := range lhs {
		if isBlank(l) {
			places = append(places, nil)
			continue
		}
		p := c.lateFixed(c.expr(l), l)
		runs = append(runs, p.run)
		places = append(places, p.node)
	}
	t := c.tupleOf(r)
	runs = append(runs, t.run)
	var stores []stmt
	for i, p := range places {
		if p != nil {
			stores = append(stores, c.assignNode(p, c.tupleValue(t.tuple[i], p.typ, r.Pos())))
		}
	}
	return c.sequence(runs, stores)
}

// tupleValue is a value of a tuple for a place of type t. The ok of a comma-ok
// form is untyped and takes any boolean type.
func (c *comp) tupleValue(v *node, t types.Type, pos token.Pos) *node {
	return c.convertible(v, t, pos)
}

// defineStmt is a := x with its several forms.
func (c *comp) defineStmt(s *ast.AssignStmt) stmt {
	if len(s.Lhs) == 1 && len(s.Rhs) == 1 {
		id := s.Lhs[0].(*ast.Ident)
		if obj := c.info.Defs[id]; obj != nil && id.Name != "_" {
			v := c.exprTo(s.Rhs[0], c.subst.typ(obj.Type()))
			return c.declare(obj, v)
		}
		return c.assign(s.Lhs[0], s.Rhs[0])
	}
	if len(s.Rhs) == 1 {
		return c.defineTuple(s.Lhs, s.Rhs[0])
	}
	return c.defineMany(s)
}

func (c *comp) defineMany(s *ast.AssignStmt) stmt {
	var runs []func(fp)
	var values []*node
	for i, r := range s.Rhs {
		v := c.blankOr(s.Lhs[i], r)
		if v.k == nil && !v.isNil {
			n, keep := c.spill(v)
			runs = append(runs, keep)
			v = n
		}
		values = append(values, v)
	}
	return c.sequence(runs, c.defineValues(s.Lhs, values, s.Pos()))
}

func (c *comp) blankOr(l, r ast.Expr) *node {
	id := l.(*ast.Ident)
	if id.Name == "_" {
		return c.blankValue(r)
	}
	return c.exprTo(r, c.subst.typ(c.info.ObjectOf(id).Type()))
}

func (c *comp) defineTuple(lhs []ast.Expr, r ast.Expr) stmt {
	t := c.tupleOf(r)
	return c.sequence([]func(fp){t.run}, c.defineValues(lhs, t.tuple, r.Pos()))
}

// defineValues gives values to new variables and to those that were there.
func (c *comp) defineValues(lhs []ast.Expr, values []*node, pos token.Pos) (stores []stmt) {
	for i, l := range lhs {
		id := l.(*ast.Ident)
		if id.Name == "_" {
			continue
		}
		if obj := c.info.Defs[id]; obj != nil {
			v := c.tupleValue(values[i], c.subst.typ(obj.Type()), pos)
			stores = append(stores, c.declare(obj, v))
			continue
		}
		dst := c.expr(id)
		stores = append(stores, c.assignNode(dst, c.tupleValue(values[i], dst.typ, pos)))
	}
	return stores
}

// varDecl is var a, b T = x, y within a function.
func (c *comp) varDecl(sp *ast.ValueSpec) stmt {
	var lhs []ast.Expr
	for _, id := range sp.Names {
		lhs = append(lhs, id)
	}
	switch {
	case len(sp.Values) == 0:
		var all []stmt
		for _, id := range sp.Names {
			if obj := c.info.Defs[id]; obj != nil && id.Name != "_" {
				all = append(all, c.declare(obj, nil))
			}
		}
		return block(all)
	case len(sp.Values) == 1 && len(sp.Names) > 1:
		return c.defineTuple(lhs, sp.Values[0])
	case len(sp.Values) == 1:
		if sp.Names[0].Name == "_" {
			v := c.blankValue(sp.Values[0])
			if sp.Type != nil {
				v = c.exprTo(sp.Values[0], c.typeOf(sp.Type))
			}
			return c.effect(v)
		}
		obj := c.info.Defs[sp.Names[0]]
		return c.declare(obj, c.exprTo(sp.Values[0], c.subst.typ(obj.Type())))
	}
	return c.defineMany(&ast.AssignStmt{Lhs: lhs, Rhs: sp.Values, TokPos: sp.Pos()})
}

// incDec is x++ and x--.
func (c *comp) incDec(s *ast.IncDecStmt) stmt {
	op := token.ADD
	if s.Tok == token.DEC {
		op = token.SUB
	}
	dst := c.expr(s.X)
	one := c.nodeOf(dst.typ)
	one.k = constant.MakeInt64(1)
	return c.update(dst, one, op, int(s.TokPos))
}

// opAssign is l op= r.
func (c *comp) opAssign(l, r ast.Expr, op token.Token, pos int) stmt {
	dst := c.expr(l)
	if op == token.SHL || op == token.SHR {
		return c.updateWith(dst, func(x *node) any { return shift(op, x, c.shiftCount(c.expr(r), pos)) })
	}
	return c.update(dst, c.exprTo(r, dst.typ), op, pos)
}

func (c *comp) update(dst, v *node, op token.Token, pos int) stmt {
	if dst.inMap == nil && (op == token.ADD || op == token.SUB || op == token.MUL) {
		if s := addTo(dst, v, op, pos); s != nil {
			return s
		}
	}
	return c.updateWith(dst, func(x *node) any { return binaryOp(op, x, v, pos) })
}

// updateWith evaluates the place once, then assigns f of its value.
func (c *comp) updateWith(dst *node, value func(x *node) any) stmt {
	p := c.fixed(dst)
	n := c.nodeOf(dst.typ)
	n.f = value(p.node)
	set := c.assignNode(p.node, n)
	run := p.run
	return func(f fp) ctl { run(f); return set(f) }
}

// addTo is x += v and its kin for numbers with an address.
func addTo(dst, v *node, op token.Token, pos int) stmt {
	switch dst.rt.Kind() {
	case reflect.Int:
		return addNumber[int](dst, v, op)
	case reflect.Int8:
		return addNumber[int8](dst, v, op)
	case reflect.Int16:
		return addNumber[int16](dst, v, op)
	case reflect.Int32:
		return addNumber[int32](dst, v, op)
	case reflect.Int64:
		return addNumber[int64](dst, v, op)
	case reflect.Uint:
		return addNumber[uint](dst, v, op)
	case reflect.Uint8:
		return addNumber[uint8](dst, v, op)
	case reflect.Uint16:
		return addNumber[uint16](dst, v, op)
	case reflect.Uint32:
		return addNumber[uint32](dst, v, op)
	case reflect.Uint64:
		return addNumber[uint64](dst, v, op)
	case reflect.Float32:
		return addNumber[float32](dst, v, op)
	case reflect.Float64:
		return addNumber[float64](dst, v, op)
	}
	return nil
}

func addNumber[V integer | float](dst, v *node, op token.Token) stmt {
	g := get[V](v)
	switch op {
	case token.ADD:
		return addPlace(dst, v, g)
	case token.SUB:
		if v.k != nil {
			k := -constantOf[V](v.k, v.rt)
			return addConst[V](dst, k)
		}
		if dst.plain() {
			o := dst.local
			return func(f fp) ctl { x := g(f); *(*V)(unsafe.Add(f, o)) -= x; return next }
		}
	case token.MUL:
		if dst.plain() {
			o := dst.local
			return func(f fp) ctl { x := g(f); *(*V)(unsafe.Add(f, o)) *= x; return next }
		}
	}
	return nil
}

func addPlace[V integer | float](dst, v *node, g func(fp) V) stmt {
	switch {
	case v.k != nil:
		return addConst(dst, constantOf[V](v.k, v.rt))
	case dst.plain() && v.plain():
		o, from := dst.local, v.local
		return func(f fp) ctl { *(*V)(unsafe.Add(f, o)) += ld[V](f, from); return next }
	case dst.plain() && v.mul != nil:
		return addProduct[V](dst.local, v.mul[0], v.mul[1])
	case dst.plain():
		o := dst.local
		return func(f fp) ctl { x := g(f); *(*V)(unsafe.Add(f, o)) += x; return next }
	case dst.glob != nil && dst.addr == nil:
		p := (*V)(dst.glob)
		return func(f fp) ctl { x := g(f); *p += x; return next }
	case v.calls:
		return nil
	}
	a := dst.addr
	return func(f fp) ctl {
		p := (*V)(a(f))
		*p += g(f)
		return next
	}
}

// addProduct is s += a * b, of which the sums of lessons consist: of images,
// matrices and vectors.
func addProduct[V integer | float](o uintptr, a, b *node) stmt {
	x, y := a.elem, b.elem
	switch {
	case x != nil && y != nil && x.rows && y.rows:
		return func(f fp) ctl {
			v := *(*V)(elemOf(x.rowOf(f), x.ix.at(f), unsafe.Sizeof(V(0))))
			p := v * *(*V)(elemOf(y.rowOf(f), y.ix.at(f), unsafe.Sizeof(V(0))))
			*(*V)(unsafe.Add(f, o)) += p
			return next
		}
	case x != nil && y != nil && !x.rows && !y.rows:
		return func(f fp) ctl {
			v := *(*V)(elemOf(x.list(f), x.ix.at(f), unsafe.Sizeof(V(0))))
			p := v * *(*V)(elemOf(y.list(f), y.ix.at(f), unsafe.Sizeof(V(0))))
			*(*V)(unsafe.Add(f, o)) += p
			return next
		}
	}
	left, right := get[V](a), get[V](b)
	return func(f fp) ctl {
		v := left(f)
		p := v * right(f)
		*(*V)(unsafe.Add(f, o)) += p
		return next
	}
}

func addConst[V integer | float](dst *node, k V) stmt {
	switch {
	case dst.plain():
		o := dst.local
		return func(f fp) ctl { *(*V)(unsafe.Add(f, o)) += k; return next }
	case dst.glob != nil && dst.addr == nil:
		p := (*V)(dst.glob)
		return func(f fp) ctl { *p += k; return next }
	}
	a := dst.addr
	return func(f fp) ctl { *(*V)(a(f)) += k; return next }
}
