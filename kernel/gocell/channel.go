package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

func (c *comp) receive(e *ast.UnaryExpr) *node {
	ch := c.expr(e.X)
	g, rt := get[fp](ch), ch.rt
	n := c.nodeOf(c.elemOf(ch))
	n.calls = true
	o, pos := c.alloc(n.rt), int(e.OpPos)
	n.addr = func(f fp) fp {
		p := g(f)
		at(f, pos)
		dst := unsafe.Add(f, o)
		head(f).t.recv(rt, p, dst)
		return dst
	}
	n.ok = func() *node {
		return c.commaOk(n, func(f, dst fp) bool {
			p := g(f)
			at(f, pos)
			return head(f).t.recv(rt, p, dst)
		})
	}
	return n
}

func (c *comp) elemOf(ch *node) types.Type { return ch.typ.Underlying().(*types.Chan).Elem() }

func (c *comp) sendStmt(s *ast.SendStmt) stmt {
	ch := c.expr(s.Chan)
	v := c.exprTo(s.Value, c.elemOf(ch))
	g, rt, val, pos := get[fp](ch), ch.rt, c.place(v), int(s.Arrow)
	return func(f fp) ctl {
		p := g(f)
		from := val(f)
		at(f, pos)
		head(f).t.send(rt, p, from)
		return next
	}
}

func (c *comp) closeCall(e *ast.CallExpr) *node {
	ch := c.expr(e.Args[0])
	g, rt, pos := get[fp](ch), ch.rt, int(e.Lparen)
	return c.void(func(f fp) {
		p := g(f)
		at(f, pos)
		valueAt(reflect.ChanOf(reflect.BothDir, rt.Elem()), fp(&p)).Close()
	})
}

// recv receives from a channel to dst; ok is false when it is closed.
func (t *thread) recv(rt reflect.Type, ch, dst fp) (ok bool) {
	c := valueAt(rt, fp(&ch))
	v := reflect.Value{}
	if ch != nil {
		v, ok = c.TryRecv()
	}
	if !v.IsValid() {
		_, v, ok = t.wait([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: c}})
	}
	valueAt(rt.Elem(), dst).Set(v)
	return ok
}

func (t *thread) send(rt reflect.Type, ch, from fp) {
	c, v := valueAt(rt, fp(&ch)), valueAt(rt.Elem(), from)
	if ch != nil && c.TrySend(v) {
		return
	}
	t.wait([]reflect.SelectCase{{Dir: reflect.SelectSend, Chan: c, Send: v}})
}

// wait is a blocking select that an interrupt ends.
func (t *thread) wait(cases []reflect.SelectCase) (int, reflect.Value, bool) {
	stop, own := t.s.stopping(), t.s.ownChannels(cases)
	cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop)})
	t.block(own)
	defer t.unblock(own)
	i, v, ok := reflect.Select(cases)
	if i == len(cases)-1 {
		t.abort()
	}
	return i, v, ok
}

// A commCase is one case of a select.
type commCase struct {
	ch, val func(fp) fp
	rt      reflect.Type
	to      uintptr // where a received value goes
	okTo    uintptr
	bind    stmt
	body    stmt
	isSend  bool
	pos     int
}

func (c *comp) selectStmt(s *ast.SelectStmt, l *labelled) stmt {
	var cases []*commCase
	var fallback stmt
	for _, b := range s.Body.List {
		cc := b.(*ast.CommClause)
		if cc.Comm == nil {
			fallback = c.stmts(cc.Body)
			continue
		}
		cases = append(cases, c.commCase(cc))
	}
	pos := int(s.Select)
	return func(f fp) ctl {
		at(f, pos)
		r := c.selectOne(f, cases, fallback)
		if r == brk || l != nil && r == l.brk {
			return next
		}
		return r
	}
}

func (c *comp) selectOne(f fp, cases []*commCase, fallback stmt) ctl {
	list := make([]reflect.SelectCase, len(cases), len(cases)+1)
	for i, x := range cases {
		p := x.ch(f)
		list[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: valueAt(x.rt, fp(&p))}
		if x.isSend {
			v := reflect.New(x.rt.Elem()).Elem()
			v.Set(valueAt(x.rt.Elem(), x.val(f)))
			list[i].Dir, list[i].Send = reflect.SelectSend, v
		}
	}
	i, v, ok := 0, reflect.Value{}, false
	if fallback != nil {
		if i, v, ok = reflect.Select(append(list, reflect.SelectCase{Dir: reflect.SelectDefault})); i == len(cases) {
			if head(f).t.s.stop.Load() {
				head(f).t.stopped()
			}
			return fallback(f)
		}
	} else {
		i, v, ok = head(f).t.wait(list)
	}
	x := cases[i]
	if !x.isSend {
		valueAt(x.rt.Elem(), unsafe.Add(f, x.to)).Set(v)
		*(*bool)(unsafe.Add(f, x.okTo)) = ok
	}
	if x.bind != nil {
		x.bind(f)
	}
	return x.body(f)
}

func (c *comp) commCase(cc *ast.CommClause) *commCase {
	x := &commCase{}
	switch s := cc.Comm.(type) {
	case *ast.SendStmt:
		ch := c.expr(s.Chan)
		v := c.exprTo(s.Value, c.elemOf(ch))
		x.ch, x.rt, x.val, x.isSend = get[fp](ch), ch.rt, c.place(v), true
	case *ast.ExprStmt:
		c.commRecv(x, s.X)
	case *ast.AssignStmt:
		v, ok := c.commRecv(x, s.Rhs[0])
		x.bind = c.commBind(s, []*node{v, ok})
	}
	x.body = c.stmts(cc.Body)
	return x
}

func (c *comp) commRecv(x *commCase, e ast.Expr) (v, ok *node) {
	ch := c.expr(ast.Unparen(e).(*ast.UnaryExpr).X)
	x.ch, x.rt = get[fp](ch), ch.rt
	v = c.localNode(c.elemOf(ch), c.alloc(ch.rt.Elem()))
	ok = c.localNode(types.Typ[types.Bool], c.alloc(reflect.TypeFor[bool]()))
	x.to, x.okTo = v.local, ok.local
	return v, ok
}

func (c *comp) commBind(s *ast.AssignStmt, values []*node) stmt {
	if s.Tok == token.DEFINE {
		return c.sequence(nil, c.defineValues(s.Lhs, values[:len(s.Lhs)], s.Pos()))
	}
	var all []stmt
	for i, l := range s.Lhs {
		if !isBlank(l) {
			dst := c.expr(l)
			all = append(all, c.assignNode(dst, c.convertible(values[i], dst.typ, l.Pos())))
		}
	}
	return c.sequence(nil, all)
}

// goStmt starts a call on a thread of its own.
func (c *comp) goStmt(s *ast.GoStmt) stmt {
	prepare := c.prepare(s.Call)
	pos, hold := int(s.Go), c.fn.hold
	return func(f fp) ctl {
		at(f, pos)
		parent := head(f).t
		t := parent.s.newThread(parent.run)
		t.hold = hold
		nf, code := prepare(f, t)
		parent.s.spawn(t, code, nf, pos)
		return next
	}
}
