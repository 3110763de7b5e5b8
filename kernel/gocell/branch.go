package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"math"
	"reflect"
	"unsafe"
)

// A condition is what a branch decides itself, without a closure that makes a
// bool: a comparison of int locals, and what !, && and || make of conditions.
type condition struct {
	op   token.Token // LSS, NOT, LAND or LOR
	less less
	x, y *node // the operands of !, && and ||
}

// A less is a < b+k for int locals a and b.
type less struct {
	a, b uintptr
	k    int
}

func (l less) holds(f fp) bool { return ld[int](f, l.a) < ld[int](f, l.b)+l.k }

// conditionOf is a comparison of ints, nil where its operands are more than
// locals and constants.
func conditionOf(op token.Token, x, y *node) *condition {
	switch op {
	case token.LSS:
		return lessThan(x.asAffine(), y.asAffine())
	case token.GTR:
		return lessThan(y.asAffine(), x.asAffine())
	case token.LEQ:
		return negate(lessThan(y.asAffine(), x.asAffine()))
	case token.GEQ:
		return negate(lessThan(x.asAffine(), y.asAffine()))
	}
	return nil
}

func lessThan(x, y *affine) *condition {
	switch {
	case x == nil || y == nil || x.b != zeroWord || y.b != zeroWord:
		return nil
	case x.k == 0:
		return &condition{op: token.LSS, less: less{x.a, y.a, y.k}}
	case x.a == zeroWord && y.k == 0 && x.k < math.MaxInt: // k < b unless b < k+1
		return negate(&condition{op: token.LSS, less: less{y.a, zeroWord, x.k + 1}})
	}
	return nil
}

func negate(c *condition) *condition {
	if c == nil {
		return nil
	}
	return &condition{op: token.NOT, x: &node{cond: c}}
}

// comparison is the one comparison that a condition consists of, if it does.
func (c *condition) comparison() (l less, not, ok bool) {
	for ; c != nil && c.op == token.NOT; c = c.x.cond {
		not = !not
	}
	if c == nil || c.op != token.LSS {
		return l, not, false
	}
	return c.less, not, true
}

func (c *comp) ifStmt(s *ast.IfStmt) stmt {
	var init, other stmt
	if s.Init != nil {
		init = c.stmt(s.Init)
	}
	cond := c.expr(s.Cond)
	body := c.stmts(s.Body.List)
	if s.Else != nil {
		other = c.stmt(s.Else)
	}
	return after(init, choice(cond, body, other))
}

// choice runs one of two statements, either of which may be nil.
func choice(n *node, then, other stmt) stmt {
	if c := n.cond; c != nil {
		switch c.op {
		case token.NOT:
			return choice(c.x, other, then)
		case token.LAND:
			return choice(c.x, choice(c.y, then, other), other)
		case token.LOR:
			return choice(c.x, then, choice(c.y, then, other))
		}
		return choiceLess(c.less, then, other)
	}
	test := get[bool](n)
	switch {
	case other == nil:
		return func(f fp) ctl {
			if test(f) {
				return then(f)
			}
			return next
		}
	case then == nil:
		return func(f fp) ctl {
			if test(f) {
				return next
			}
			return other(f)
		}
	}
	return func(f fp) ctl {
		if test(f) {
			return then(f)
		}
		return other(f)
	}
}

//go:noinline
func choiceLess(l less, then, other stmt) stmt {
	switch {
	case other == nil:
		return func(f fp) ctl {
			if l.holds(f) {
				return then(f)
			}
			return next
		}
	case then == nil:
		return func(f fp) ctl {
			if l.holds(f) {
				return next
			}
			return other(f)
		}
	}
	return func(f fp) ctl {
		if l.holds(f) {
			return then(f)
		}
		return other(f)
	}
}

// A step is a += b+k for int locals a and b: what most loops do after an iteration.
type step struct {
	a, b uintptr
	k    int
}

func (s step) take(f fp) { *(*int)(unsafe.Add(f, s.a)) += ld[int](f, s.b) + s.k }

func incremented(i uintptr) step { return step{i, zeroWord, 1} }

// stepOf is the statement after an iteration as a step.
func (c *comp) stepOf(s ast.Stmt) (to step, ok bool) {
	switch s := s.(type) {
	case nil:
		return step{zeroWord, zeroWord, 0}, true
	case *ast.IncDecStmt:
		if i := c.intLocal(s.X); i != nil && s.Tok == token.INC {
			return incremented(i.local), true
		} else if i != nil {
			return step{i.local, zeroWord, -1}, true
		}
	case *ast.AssignStmt:
		i := c.intLocal(s.Lhs[0])
		if i == nil || s.Tok != token.ADD_ASSIGN && s.Tok != token.SUB_ASSIGN {
			return to, false
		}
		if tv := c.info.Types[s.Rhs[0]]; tv.Value != nil {
			k := constantOf[int](tv.Value, i.rt)
			if s.Tok == token.SUB_ASSIGN {
				k = -k
			}
			return step{i.local, zeroWord, k}, true
		}
		if by := c.intLocal(s.Rhs[0]); by != nil && s.Tok == token.ADD_ASSIGN {
			return step{i.local, by.local, 0}, true
		}
	}
	return to, false
}

// intLocal is an int variable that lies in the frame, nil for all else.
func (c *comp) intLocal(e ast.Expr) *node {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	if v, ok := c.info.ObjectOf(id).(*types.Var); ok {
		if l := c.lookup(v); l != nil && !l.boxed && l.rt.Kind() == reflect.Int {
			return c.variableNode(l)
		}
	}
	return nil
}
