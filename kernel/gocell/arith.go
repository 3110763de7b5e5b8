package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

type signed interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64
}
type unsigned interface {
	~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}
type integer interface{ signed | unsigned }
type float interface{ ~float32 | ~float64 }
type complexes interface{ ~complex64 | ~complex128 }
type number interface{ integer | float | complexes }
type ordered interface{ integer | float | ~string }

// plain reports whether n is a local variable without a closure.
func (n *node) plain() bool { return n.k == nil && n.f == nil && n.local != 0 }

// sumOf is x + y, x - y or x * y, wrapped and rounded as type V does.
func sumOf[V number](op token.Token, x, y *node) func(fp) V {
	a, b := x.local, y.local
	fx, fy := get[V](x), get[V](y)
	var k V
	if y.k != nil {
		k = constantOf[V](y.k, y.rt)
	}
	switch op {
	case token.ADD:
		switch {
		case x.plain() && y.plain():
			return func(f fp) V { return ld[V](f, a) + ld[V](f, b) }
		case x.plain() && y.k != nil:
			return func(f fp) V { return ld[V](f, a) + k }
		case y.plain():
			return func(f fp) V { return fx(f) + ld[V](f, b) }
		case x.plain():
			return func(f fp) V { v := fy(f); return ld[V](f, a) + v }
		case y.k != nil:
			return func(f fp) V { return fx(f) + k }
		}
		return func(f fp) V { v := fx(f); return v + fy(f) }
	case token.SUB:
		switch {
		case x.plain() && y.plain():
			return func(f fp) V { return ld[V](f, a) - ld[V](f, b) }
		case x.plain() && y.k != nil:
			return func(f fp) V { return ld[V](f, a) - k }
		case y.plain():
			return func(f fp) V { return fx(f) - ld[V](f, b) }
		case y.k != nil:
			return func(f fp) V { return fx(f) - k }
		}
		return func(f fp) V { v := fx(f); return v - fy(f) }
	}
	switch { // MUL
	case x.plain() && y.plain():
		return func(f fp) V { return ld[V](f, a) * ld[V](f, b) }
	case x.plain() && y.k != nil:
		return func(f fp) V { return ld[V](f, a) * k }
	case y.plain():
		return func(f fp) V { return fx(f) * ld[V](f, b) }
	case y.k != nil:
		return func(f fp) V { return fx(f) * k }
	}
	return func(f fp) V { v := fx(f); return v * fy(f) }
}

func integerOp[V integer](op token.Token, x, y *node, pos int) any {
	a, b := get[V](x), get[V](y)
	switch op {
	case token.ADD, token.SUB, token.MUL:
		return sumOf[V](op, x, y)
	case token.QUO:
		return func(f fp) V {
			v, w := a(f), b(f)
			if w == 0 {
				at(f, pos)
			}
			return v / w
		}
	case token.REM:
		if k := y.k; k != nil {
			if w := constantOf[V](k, y.rt); w != 0 {
				return func(f fp) V { return a(f) % w }
			}
		}
		return func(f fp) V {
			v, w := a(f), b(f)
			if w == 0 {
				at(f, pos)
			}
			return v % w
		}
	case token.AND:
		return func(f fp) V { v := a(f); return v & b(f) }
	case token.OR:
		return func(f fp) V { v := a(f); return v | b(f) }
	case token.XOR:
		return func(f fp) V { v := a(f); return v ^ b(f) }
	}
	return func(f fp) V { v := a(f); return v &^ b(f) } // AND_NOT
}

func floatOp[V float](op token.Token, x, y *node) any {
	if op == token.QUO {
		a, b := get[V](x), get[V](y)
		return func(f fp) V { v := a(f); return v / b(f) }
	}
	if op == token.MUL {
		m := sumOf[V](op, x, y)
		return m
	}
	return sumOf[V](op, x, y)
}

func complexOp[V complexes](op token.Token, x, y *node) any {
	if op == token.QUO {
		a, b := get[V](x), get[V](y)
		return func(f fp) V { v := a(f); return v / b(f) }
	}
	return sumOf[V](op, x, y)
}

func joinStrings(x, y *node) any {
	a, b := get[string](x), get[string](y)
	return func(f fp) string { v := a(f); return v + b(f) }
}

// binaryOp is x op y for arithmetic operators on operands of one type.
func binaryOp(op token.Token, x, y *node, pos int) any {
	switch x.rt.Kind() {
	case reflect.Int:
		return integerOp[int](op, x, y, pos)
	case reflect.Int8:
		return integerOp[int8](op, x, y, pos)
	case reflect.Int16:
		return integerOp[int16](op, x, y, pos)
	case reflect.Int32:
		return integerOp[int32](op, x, y, pos)
	case reflect.Int64:
		return integerOp[int64](op, x, y, pos)
	case reflect.Uint:
		return integerOp[uint](op, x, y, pos)
	case reflect.Uint8:
		return integerOp[uint8](op, x, y, pos)
	case reflect.Uint16:
		return integerOp[uint16](op, x, y, pos)
	case reflect.Uint32:
		return integerOp[uint32](op, x, y, pos)
	case reflect.Uint64:
		return integerOp[uint64](op, x, y, pos)
	case reflect.Uintptr:
		return integerOp[uintptr](op, x, y, pos)
	case reflect.Float32:
		return floatOp[float32](op, x, y)
	case reflect.Float64:
		return floatOp[float64](op, x, y)
	case reflect.Complex64:
		return complexOp[complex64](op, x, y)
	case reflect.Complex128:
		return complexOp[complex128](op, x, y)
	}
	return joinStrings(x, y)
}

// shiftOp is x << n or x >> n.
func shiftOp[V integer](op token.Token, x *node, n func(fp) uint64) any {
	a := get[V](x)
	if op == token.SHL {
		return func(f fp) V { v := a(f); return v << n(f) }
	}
	return func(f fp) V { v := a(f); return v >> n(f) }
}

func shift(op token.Token, x *node, n func(fp) uint64) any {
	switch x.rt.Kind() {
	case reflect.Int:
		return shiftOp[int](op, x, n)
	case reflect.Int8:
		return shiftOp[int8](op, x, n)
	case reflect.Int16:
		return shiftOp[int16](op, x, n)
	case reflect.Int32:
		return shiftOp[int32](op, x, n)
	case reflect.Int64:
		return shiftOp[int64](op, x, n)
	case reflect.Uint:
		return shiftOp[uint](op, x, n)
	case reflect.Uint8:
		return shiftOp[uint8](op, x, n)
	case reflect.Uint16:
		return shiftOp[uint16](op, x, n)
	case reflect.Uint32:
		return shiftOp[uint32](op, x, n)
	case reflect.Uint64:
		return shiftOp[uint64](op, x, n)
	}
	return shiftOp[uintptr](op, x, n)
}

// shiftCount is the right operand of a shift; a negative one panics.
func (c *comp) shiftCount(n *node, pos int) func(fp) uint64 {
	if n.k != nil {
		v := constantOf[uint64](n.k, reflect.TypeFor[uint64]())
		return func(fp) uint64 { return v }
	}
	switch n.rt.Kind() {
	case reflect.Int:
		return signedCount[int](n, pos)
	case reflect.Int8:
		return signedCount[int8](n, pos)
	case reflect.Int16:
		return signedCount[int16](n, pos)
	case reflect.Int32:
		return signedCount[int32](n, pos)
	case reflect.Int64:
		return signedCount[int64](n, pos)
	case reflect.Uint:
		return unsignedCount[uint](n)
	case reflect.Uint8:
		return unsignedCount[uint8](n)
	case reflect.Uint16:
		return unsignedCount[uint16](n)
	case reflect.Uint32:
		return unsignedCount[uint32](n)
	case reflect.Uintptr:
		return unsignedCount[uintptr](n)
	}
	return get[uint64](n)
}

func signedCount[V signed](n *node, pos int) func(fp) uint64 {
	g := get[V](n)
	return func(f fp) uint64 {
		v := g(f)
		if v < 0 {
			at(f, pos)
			panicShift(int(v))
		}
		return uint64(v)
	}
}

func unsignedCount[V unsigned](n *node) func(fp) uint64 {
	g := get[V](n)
	return func(f fp) uint64 { return uint64(g(f)) }
}

// orderOf is x op y for <, <=, > and >=.
func orderOf[V ordered](op token.Token, x, y *node) func(fp) bool {
	a, b := x.local, y.local
	fx, fy := get[V](x), get[V](y)
	ll, lk := x.plain() && y.plain(), x.plain() && y.k != nil
	var k V
	if y.k != nil {
		k = constantOf[V](y.k, y.rt)
	}
	switch op {
	case token.LSS:
		switch {
		case ll:
			return func(f fp) bool { return ld[V](f, a) < ld[V](f, b) }
		case lk:
			return func(f fp) bool { return ld[V](f, a) < k }
		}
		return func(f fp) bool { v := fx(f); return v < fy(f) }
	case token.LEQ:
		switch {
		case ll:
			return func(f fp) bool { return ld[V](f, a) <= ld[V](f, b) }
		case lk:
			return func(f fp) bool { return ld[V](f, a) <= k }
		}
		return func(f fp) bool { v := fx(f); return v <= fy(f) }
	case token.GTR:
		switch {
		case ll:
			return func(f fp) bool { return ld[V](f, a) > ld[V](f, b) }
		case lk:
			return func(f fp) bool { return ld[V](f, a) > k }
		}
		return func(f fp) bool { v := fx(f); return v > fy(f) }
	}
	switch { // GEQ
	case ll:
		return func(f fp) bool { return ld[V](f, a) >= ld[V](f, b) }
	case lk:
		return func(f fp) bool { return ld[V](f, a) >= k }
	}
	return func(f fp) bool { v := fx(f); return v >= fy(f) }
}

func order(op token.Token, x, y *node) func(fp) bool {
	switch x.rt.Kind() {
	case reflect.Int:
		return orderOf[int](op, x, y)
	case reflect.Int8:
		return orderOf[int8](op, x, y)
	case reflect.Int16:
		return orderOf[int16](op, x, y)
	case reflect.Int32:
		return orderOf[int32](op, x, y)
	case reflect.Int64:
		return orderOf[int64](op, x, y)
	case reflect.Uint:
		return orderOf[uint](op, x, y)
	case reflect.Uint8:
		return orderOf[uint8](op, x, y)
	case reflect.Uint16:
		return orderOf[uint16](op, x, y)
	case reflect.Uint32:
		return orderOf[uint32](op, x, y)
	case reflect.Uint64:
		return orderOf[uint64](op, x, y)
	case reflect.Uintptr:
		return orderOf[uintptr](op, x, y)
	case reflect.Float32:
		return orderOf[float32](op, x, y)
	case reflect.Float64:
		return orderOf[float64](op, x, y)
	}
	return orderOf[string](op, x, y)
}

// equalLocal compares locals of the commonest type without a call.
func equalLocal(x, y *node) func(fp) bool {
	if x.rt.Kind() != reflect.Int || !x.plain() {
		return nil
	}
	a := x.local
	switch {
	case y.k != nil:
		k := constantOf[int](y.k, y.rt)
		return func(f fp) bool { return ld[int](f, a) == k }
	case y.plain():
		b := y.local
		return func(f fp) bool { return ld[int](f, a) == ld[int](f, b) }
	}
	return nil
}

func (c *comp) binary(e *ast.BinaryExpr) *node {
	t := c.typeOf(e)
	pos := int(e.OpPos)
	switch e.Op {
	case token.LAND, token.LOR:
		return c.logical(e, t)
	case token.SHL, token.SHR:
		x := c.exprTo(e.X, t)
		y := c.expr(e.Y)
		n := c.rvalue(t, shift(e.Op, x, c.shiftCount(y, pos)))
		n.calls = x.calls || y.calls
		return n
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return c.comparison(e, t)
	}
	x, y := c.exprTo(e.X, t), c.exprTo(e.Y, t)
	if x.calls || y.calls {
		x = c.keep(x, y)
	}
	n := c.rvalue(t, binaryOp(e.Op, x, y, pos))
	n.calls = x.calls || y.calls
	if e.Op == token.MUL {
		n.mul = &[2]*node{x, y}
	}
	if e.Op == token.ADD || e.Op == token.SUB {
		n.affine = affineOf(e.Op, x, y)
	}
	return n
}

// keep is a place for later care about operands that calls change; Go leaves
// the order of variables and calls open, so x is taken as it is.
func (c *comp) keep(x, _ *node) *node { return x }

func (c *comp) logical(e *ast.BinaryExpr, t types.Type) *node {
	x, y := c.expr(e.X), c.expr(e.Y)
	a, b := get[bool](x), get[bool](y)
	n := c.rvalue(t, func(f fp) bool { return a(f) && b(f) })
	if e.Op == token.LOR {
		n.f = func(f fp) bool { return a(f) || b(f) }
	}
	n.calls = x.calls || y.calls
	n.cond = &condition{op: e.Op, x: x, y: y}
	return n
}

// comparison is x == y and so on; of an interface and a concrete value the
// second is converted, as the specification says.
func (c *comp) comparison(e *ast.BinaryExpr, t types.Type) *node {
	x, y := c.operands(e.X, e.Y)
	pos := int(e.OpPos)
	test := c.compare(e.Op, x, y, pos)
	n := c.rvalue(t, test)
	n.calls = x.calls || y.calls
	if x.rt != nil && x.rt.Kind() == reflect.Int {
		n.cond = conditionOf(e.Op, x, y)
	}
	return n
}

func (c *comp) compare(op token.Token, x, y *node, pos int) func(fp) bool {
	if op != token.EQL && op != token.NEQ {
		return order(op, x, y)
	}
	eq := equalLocal(x, y)
	if eq == nil {
		eq = c.equality(x, y, pos)
	}
	if op == token.NEQ {
		return func(f fp) bool { return !eq(f) }
	}
	return eq
}

func (c *comp) equality(x, y *node, pos int) func(fp) bool {
	eq := x.cls.equal(x, y)
	switch x.rt.Kind() {
	case reflect.Interface, reflect.Struct, reflect.Array: // comparing may panic
		return func(f fp) bool { at(f, pos); return eq(f) }
	}
	return eq
}

// operands compiles the operands of a comparison to one type.
func (c *comp) operands(ex, ey ast.Expr) (x, y *node) {
	tx, ty := c.typeOf(ex), c.typeOf(ey)
	switch {
	case isNilType(tx):
		return c.exprTo(ex, ty), c.expr(ey)
	case isNilType(ty):
		return c.expr(ex), c.exprTo(ey, tx)
	case isUntyped(tx) && !isUntyped(ty):
		return c.exprTo(ex, ty), c.expr(ey)
	case isUntyped(ty) && !isUntyped(tx):
		return c.expr(ex), c.exprTo(ey, tx)
	case types.IsInterface(tx) && !types.IsInterface(ty):
		return c.expr(ex), c.exprTo(ey, tx)
	case types.IsInterface(ty) && !types.IsInterface(tx):
		return c.exprTo(ex, ty), c.expr(ey)
	}
	return c.expr(ex), c.expr(ey)
}

func isNilType(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Kind() == types.UntypedNil
}

func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// negate, complement and plus.
func unaryOp[V number](op token.Token, x *node) any {
	a := get[V](x)
	if op == token.SUB {
		return func(f fp) V { return -a(f) }
	}
	return func(f fp) V { return a(f) }
}

func complementOp[V integer](x *node) any {
	a := get[V](x)
	return func(f fp) V { return ^a(f) }
}

func arithUnary(op token.Token, x *node) any {
	if op == token.XOR {
		return complement(x)
	}
	switch x.rt.Kind() {
	case reflect.Int:
		return unaryOp[int](op, x)
	case reflect.Int8:
		return unaryOp[int8](op, x)
	case reflect.Int16:
		return unaryOp[int16](op, x)
	case reflect.Int32:
		return unaryOp[int32](op, x)
	case reflect.Int64:
		return unaryOp[int64](op, x)
	case reflect.Uint:
		return unaryOp[uint](op, x)
	case reflect.Uint8:
		return unaryOp[uint8](op, x)
	case reflect.Uint16:
		return unaryOp[uint16](op, x)
	case reflect.Uint32:
		return unaryOp[uint32](op, x)
	case reflect.Uint64:
		return unaryOp[uint64](op, x)
	case reflect.Uintptr:
		return unaryOp[uintptr](op, x)
	case reflect.Float32:
		return unaryOp[float32](op, x)
	case reflect.Float64:
		return unaryOp[float64](op, x)
	case reflect.Complex64:
		return unaryOp[complex64](op, x)
	}
	return unaryOp[complex128](op, x)
}

func complement(x *node) any {
	switch x.rt.Kind() {
	case reflect.Int:
		return complementOp[int](x)
	case reflect.Int8:
		return complementOp[int8](x)
	case reflect.Int16:
		return complementOp[int16](x)
	case reflect.Int32:
		return complementOp[int32](x)
	case reflect.Int64:
		return complementOp[int64](x)
	case reflect.Uint:
		return complementOp[uint](x)
	case reflect.Uint8:
		return complementOp[uint8](x)
	case reflect.Uint16:
		return complementOp[uint16](x)
	case reflect.Uint32:
		return complementOp[uint32](x)
	case reflect.Uint64:
		return complementOp[uint64](x)
	}
	return complementOp[uintptr](x)
}
