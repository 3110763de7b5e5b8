package gocell

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// A clause is one case: its tests, its body, and whether it falls through.
type clause struct {
	tests []func(fp) bool
	body  stmt
	fall  bool
}

func (c *comp) switchStmt(s *ast.SwitchStmt, l *labelled) stmt {
	var init stmt
	if s.Init != nil {
		init = c.stmt(s.Init)
	}
	var keep func(fp)
	var tag *node
	if s.Tag != nil {
		t := c.typeOf(s.Tag)
		if isUntyped(t) {
			t = types.Default(t)
		}
		tag, keep = c.spill(c.exprTo(s.Tag, t))
	}
	var clauses []clause
	fallback := -1
	for i, b := range s.Body.List {
		cc := b.(*ast.CaseClause)
		if cc.List == nil {
			fallback = i
		}
		cl := clause{fall: fallsThrough(cc.Body)}
		for _, e := range cc.List {
			cl.tests = append(cl.tests, c.caseTest(tag, e))
		}
		cl.body = c.stmts(cc.Body)
		clauses = append(clauses, cl)
	}
	return after(init, c.choose(keep, clauses, fallback, l))
}

func fallsThrough(body []ast.Stmt) bool {
	if len(body) == 0 {
		return false
	}
	b, ok := body[len(body)-1].(*ast.BranchStmt)
	return ok && b.Tok == token.FALLTHROUGH
}

func (c *comp) caseTest(tag *node, e ast.Expr) func(fp) bool {
	t := c.typeOf(e)
	if tag == nil && !types.IsInterface(t) {
		return get[bool](c.expr(e))
	}
	if tag == nil { // switch { case x: } compares an interface x with true
		tag = c.nodeOf(types.Typ[types.Bool])
		tag.k = constant.MakeBool(true)
	}
	x, y := tag, (*node)(nil)
	switch {
	case isNilType(t):
		y = c.zero(tag.typ)
	case types.IsInterface(t) && !types.IsInterface(tag.typ):
		x, y = c.toInterface(tag, t, int(e.Pos())), c.expr(e)
	default:
		y = c.exprTo(e, tag.typ)
	}
	return c.compare(token.EQL, x, y, int(e.Pos()))
}

// choose runs the body of the first clause with a test that holds.
func (c *comp) choose(keep func(fp), clauses []clause, fallback int, l *labelled) stmt {
	return func(f fp) ctl {
		if keep != nil {
			keep(f)
		}
		i := pick(f, clauses, fallback)
		if i < 0 {
			return next
		}
		r := clauses[i].body(f)
		for r == next && clauses[i].fall {
			i++
			r = clauses[i].body(f)
		}
		if r == brk || l != nil && r == l.brk {
			return next
		}
		return r
	}
}

func pick(f fp, clauses []clause, fallback int) int {
	for i := range clauses {
		for _, test := range clauses[i].tests {
			if test(f) {
				return i
			}
		}
	}
	return fallback
}

// typeSwitch is switch x := v.(type).
func (c *comp) typeSwitch(s *ast.TypeSwitchStmt, l *labelled) stmt {
	var init stmt
	if s.Init != nil {
		init = c.stmt(s.Init)
	}
	var e ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		e = a.X
	case *ast.AssignStmt:
		e = a.Rhs[0]
	}
	x, keep := c.spill(c.expr(ast.Unparen(e).(*ast.TypeAssertExpr).X))
	var clauses []clause
	fallback := -1
	for i, b := range s.Body.List {
		cc := b.(*ast.CaseClause)
		if cc.List == nil {
			fallback = i
		}
		clauses = append(clauses, c.typeClause(x, cc))
	}
	return after(init, c.choose(keep, clauses, fallback, l))
}

func (c *comp) typeClause(x *node, cc *ast.CaseClause) clause {
	var cl clause
	for _, t := range cc.List {
		cl.tests = append(cl.tests, c.is(x, c.typeOf(t)))
	}
	var bind stmt
	if obj := c.info.Implicits[cc]; obj != nil {
		v := x
		if len(cc.List) == 1 {
			if t := c.typeOf(cc.List[0]); !isNilType(t) {
				v = c.assertTo(x, t, int(cc.Pos()))
			}
		}
		bind = c.declare(obj, v)
	}
	cl.body = after(bind, c.stmts(cc.Body))
	return cl
}
