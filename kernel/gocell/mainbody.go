package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// compileMain compiles the statements of the cell in their written order.
func (k *checked) compileMain() *Func {
	fn := &Func{name: "cell"}
	sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	w := &escapeWalk{u: k.unit, esc: newEscapes(), home: map[types.Object]int{}}
	for _, p := range k.parts {
		if p.stmt {
			w.walk(p.decl.(*ast.FuncDecl).Body)
		} else if g, ok := p.decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
			w.walk(g)
		}
	}
	c := k.newComp(fn, sig, nil, w.done())
	var all []stmt
	for _, p := range k.parts {
		if s := k.compilePart(c, p); s != nil {
			all = append(all, s)
		}
	}
	body := block(all)
	if c.defers {
		body = withDefers(body)
	}
	c.close(body)
	return fn
}

func (k *checked) compilePart(c *comp, p *part) stmt {
	switch d := p.decl.(type) {
	case *ast.FuncDecl:
		if !p.stmt {
			return k.compileInit(c, d)
		}
		list := d.Body.List
		c.scope = k.info.Scopes[d.Type]
		if k.last != nil && len(list) > 0 && list[len(list)-1] == ast.Stmt(k.last) {
			return both(c.stmts(list[:len(list)-1]), c.traced(k.last.Pos(), c.lastValue(k.last.X)))
		}
		return c.stmts(list)
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return nil
		}
		var all []stmt
		c.scope = nil
		for _, spec := range d.Specs {
			all = append(all, c.traced(spec.Pos(), c.globalDecl(spec.(*ast.ValueSpec))))
		}
		return block(all)
	}
	return nil
}

// compileInit runs func init() where it is declared.
func (k *checked) compileInit(c *comp, d *ast.FuncDecl) stmt {
	if d.Recv != nil || d.Name.Name != "init" {
		return nil
	}
	for _, fd := range k.funcs {
		if fd.decl == d {
			s := c.siteOf(fd.sig, int(d.Pos()), nil)
			s.fn = fd.fn
			return c.effect(c.finish(s))
		}
	}
	return nil
}

// globalDecl runs a variable declaration of a cell: also without a value, it
// sets the variable (to zero).
func (c *comp) globalDecl(sp *ast.ValueSpec) stmt {
	var lhs []ast.Expr
	for _, id := range sp.Names {
		lhs = append(lhs, id)
	}
	switch {
	case len(sp.Values) == 0:
		var all []stmt
		for _, id := range sp.Names {
			if id.Name != "_" {
				dst := c.globalNode(id)
				all = append(all, dst.cls.assign(dst, c.zero(dst.typ)))
			}
		}
		return block(all)
	case len(sp.Values) == 1 && len(sp.Names) > 1:
		return c.assignTuple(lhs, sp.Values[0])
	case len(sp.Values) == 1:
		if sp.Names[0].Name == "_" {
			return c.effect(c.blankValue(sp.Values[0]))
		}
		dst := c.globalNode(sp.Names[0])
		return c.assignNode(dst, c.exprTo(sp.Values[0], dst.typ))
	}
	return c.assignMany(&ast.AssignStmt{Lhs: lhs, Rhs: sp.Values, TokPos: sp.Pos()})
}

func (c *comp) globalNode(id *ast.Ident) *node {
	return c.global(c.info.Defs[id].(*types.Var), id.Pos())
}

// lastValue keeps the value of the expression that ends a cell.
func (c *comp) lastValue(e ast.Expr) stmt {
	n := c.expr(e)
	if n.tuple != nil && len(n.tuple) == 0 || c.quiet(e) {
		return c.effect(n)
	}
	if n.tuple == nil {
		return c.keepResult([]*node{n}, func(fp) {})
	}
	return c.keepResult(n.tuple, n.run)
}

func (c *comp) keepResult(nodes []*node, run func(fp)) stmt {
	var values []func(fp) any
	for _, n := range nodes {
		if n.isNil {
			return c.effect(n)
		}
		p, rt := c.place(n), c.rtype(n.typ) // the newest generation of its type
		values = append(values, func(f fp) any {
			v := reflect.New(rt)
			v.Elem().Set(valueAt(rt, p(f)))
			return v.Elem().Interface()
		})
	}
	return func(f fp) ctl {
		run(f)
		var all Values
		for _, v := range values {
			all = append(all, v(f))
		}
		t := head(f).t
		t.result = all
		if len(all) == 1 {
			t.result = all[0]
		}
		return next
	}
}

// quiet reports whether nobody wants to see the results of a call: those of
// fmt.Print and its kin.
func (c *comp) quiet(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	fun := ast.Unparen(call.Fun)
	if tv := c.info.Types[fun]; tv.IsBuiltin() {
		return builtinName(fun) == "copy"
	}
	obj, _ := c.callee(fun)
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	return obj.Pkg().Path() == "fmt" && strings.Contains(obj.Name(), "rint") && !strings.HasPrefix(obj.Name(), "S")
}
