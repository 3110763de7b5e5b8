package gocell

import (
	"go/ast"
	"go/token"
	"unsafe"
)

// flow is what break, continue and goto may mean at a place.
type flow struct {
	labels map[string]*labelled
	next   ctl // the next code for a label
}

// A labelled statement has codes for what jumps to it.
type labelled struct {
	brk, cont, jump ctl
	used            bool
}

// block runs statements one after another.
func block(s []stmt) stmt {
	switch len(s) {
	case 0:
		return func(fp) ctl { return next }
	case 1:
		return s[0]
	case 2:
		a, b := s[0], s[1]
		return func(f fp) ctl {
			if r := a(f); r != next {
				return r
			}
			return b(f)
		}
	case 3:
		a, b, d := s[0], s[1], s[2]
		return func(f fp) ctl {
			if r := a(f); r != next {
				return r
			}
			if r := b(f); r != next {
				return r
			}
			return d(f)
		}
	}
	return func(f fp) ctl {
		for _, x := range s {
			if r := x(f); r != next {
				return r
			}
		}
		return next
	}
}

// stmts compiles a list of statements, with the labels that goto may jump to.
func (c *comp) stmts(list []ast.Stmt) stmt {
	pos := 0
	if len(list) > 0 {
		pos = int(list[0].Pos())
	}
	var all []stmt
	jumps := map[ctl]int{}
	c.announce(list)
	for _, s := range list {
		if l, ok := s.(*ast.LabeledStmt); ok {
			jumps[c.labelOf(l.Label.Name).jump] = len(all)
		}
		all = append(all, c.stmt(s))
	}
	if !c.jumpsInto(list) {
		return block(all)
	}
	return func(f fp) ctl {
		for i := 0; i < len(all); i++ {
			r := all[i](f)
			if r == next {
				continue
			}
			to, ok := jumps[r]
			if !ok {
				return r
			}
			if head(f).t.s.stop.Load() {
				halt(f, pos)
			}
			i = to - 1
		}
		return next
	}
}

// announce gives codes to the labels of a list, so that goto finds those behind it.
func (c *comp) announce(list []ast.Stmt) {
	for _, s := range list {
		for l, ok := s.(*ast.LabeledStmt); ok; l, ok = l.Stmt.(*ast.LabeledStmt) {
			c.newLabel(l.Label.Name)
		}
	}
}

func (c *comp) newLabel(name string) {
	if c.flow.labels == nil {
		c.flow.labels, c.flow.next = map[string]*labelled{}, label
	}
	n := c.flow.next
	c.flow.next += 3
	c.flow.labels[name] = &labelled{brk: n, cont: n + 1, jump: n + 2}
}

func (c *comp) labelOf(name string) *labelled { return c.flow.labels[name] }

// jumpsInto reports whether a goto anywhere may want one of these labels.
func (c *comp) jumpsInto(list []ast.Stmt) bool {
	for _, s := range list {
		if _, ok := s.(*ast.LabeledStmt); ok {
			return true
		}
	}
	return false
}

func (c *comp) statement(s ast.Stmt) stmt {
	switch s := s.(type) {
	case *ast.BlockStmt:
		return c.stmts(s.List)
	case *ast.ExprStmt:
		return c.effect(c.exprStmt(s.X))
	case *ast.AssignStmt:
		return c.assignStmt(s)
	case *ast.IncDecStmt:
		return c.incDec(s)
	case *ast.DeclStmt:
		return c.declStmt(s)
	case *ast.IfStmt:
		return c.ifStmt(s)
	case *ast.ForStmt:
		return c.forStmt(s, nil)
	case *ast.RangeStmt:
		return c.rangeStmt(s, nil)
	case *ast.SwitchStmt:
		return c.switchStmt(s, nil)
	case *ast.TypeSwitchStmt:
		return c.typeSwitch(s, nil)
	case *ast.SelectStmt:
		return c.selectStmt(s, nil)
	case *ast.LabeledStmt:
		return c.labeledStmt(s)
	case *ast.BranchStmt:
		return c.branch(s)
	case *ast.ReturnStmt:
		return c.returnStmt(s)
	case *ast.DeferStmt:
		return c.deferStmt(s)
	case *ast.GoStmt:
		return c.goStmt(s)
	case *ast.SendStmt:
		return c.sendStmt(s)
	case *ast.EmptyStmt:
		return func(fp) ctl { return next }
	}
	c.notYet(s.Pos(), "%T", s)
	return nil
}

func (c *comp) exprStmt(e ast.Expr) *node {
	n := c.expr(e)
	if n.cls == nil && n.tuple == nil {
		c.notYet(e.Pos(), "this expression as a statement")
	}
	return n
}

func (c *comp) declStmt(s *ast.DeclStmt) stmt {
	d := s.Decl.(*ast.GenDecl)
	var all []stmt
	if d.Tok == token.VAR {
		for _, sp := range d.Specs {
			all = append(all, c.varDecl(sp.(*ast.ValueSpec)))
		}
	}
	return block(all)
}

// labeledStmt hands its label to the loop or switch that it names.
func (c *comp) labeledStmt(s *ast.LabeledStmt) stmt {
	l := c.labelOf(s.Label.Name)
	switch x := s.Stmt.(type) {
	case *ast.ForStmt:
		return c.forStmt(x, l)
	case *ast.RangeStmt:
		return c.rangeStmt(x, l)
	case *ast.SwitchStmt:
		return c.switchStmt(x, l)
	case *ast.TypeSwitchStmt:
		return c.typeSwitch(x, l)
	case *ast.SelectStmt:
		return c.selectStmt(x, l)
	}
	return c.breakable(c.stmt(s.Stmt), l)
}

// breakable ends a break to its label.
func (c *comp) breakable(body stmt, l *labelled) stmt {
	if l == nil {
		return body
	}
	return func(f fp) ctl {
		r := body(f)
		if r == l.brk {
			return next
		}
		return r
	}
}

func (c *comp) branch(s *ast.BranchStmt) stmt {
	r := brk
	switch s.Tok {
	case token.CONTINUE:
		r = cont
	case token.FALLTHROUGH:
		return func(fp) ctl { return next }
	}
	if s.Label != nil {
		l := c.labelOf(s.Label.Name)
		if l == nil {
			c.notYet(s.Pos(), "jump out of a range function's body to %s", s.Label.Name)
		}
		r = map[token.Token]ctl{token.BREAK: l.brk, token.CONTINUE: l.cont, token.GOTO: l.jump}[s.Tok]
	}
	return func(fp) ctl { return r }
}

func after(init, run stmt) stmt {
	if init == nil {
		return run
	}
	return func(f fp) ctl {
		init(f)
		return run(f)
	}
}

// halt stops the thread of a frame that was interrupted.
func halt(f fp, pos int) {
	at(f, pos)
	head(f).t.stopped()
}

// loopEnd says what a loop does with what its body returned.
func loopEnd(r ctl, l *labelled) (leave bool, with ctl) {
	switch {
	case r == cont:
		return false, next
	case r == brk:
		return true, next
	case l != nil && r == l.cont:
		return false, next
	case l != nil && r == l.brk:
		return true, next
	}
	return true, r
}

func (c *comp) forStmt(s *ast.ForStmt, l *labelled) stmt {
	pos := int(s.For)
	var init stmt
	if s.Init != nil {
		init = c.stmt(s.Init)
	}
	fresh := c.freshPerIteration(s.Init)
	var cond func(fp) bool
	if s.Cond != nil {
		n := c.expr(s.Cond)
		if fresh == nil {
			if loop := c.countingLoop(s, n, l); loop != nil {
				return after(init, loop)
			}
		}
		cond = get[bool](n)
	}
	body := c.stmts(s.Body.List)
	var post stmt
	if s.Post != nil {
		post = c.stmt(s.Post)
	}
	if fresh != nil {
		inner := post
		post = func(f fp) ctl {
			fresh(f)
			if inner != nil {
				inner(f)
			}
			return next
		}
	}
	if post == nil {
		post = func(fp) ctl { return next }
	}
	engine := c.s
	if cond == nil {
		return after(init, func(f fp) ctl {
			for {
				if r := body(f); r != next {
					if leave, with := loopEnd(r, l); leave {
						return with
					}
				}
				post(f)
				if engine.stop.Load() {
					halt(f, pos)
				}
			}
		})
	}
	return after(init, func(f fp) ctl {
		for cond(f) {
			if r := body(f); r != next {
				if leave, with := loopEnd(r, l); leave {
					return with
				}
			}
			post(f)
			if engine.stop.Load() {
				halt(f, pos)
			}
		}
		return next
	})
}

// freshPerIteration copies the loop variables that closures captured to new
// boxes, so that each iteration has its own.
func (c *comp) freshPerIteration(init ast.Stmt) func(fp) {
	def, ok := init.(*ast.AssignStmt)
	if !ok || def.Tok != token.DEFINE {
		return nil
	}
	var copies []func(fp)
	for _, e := range def.Lhs {
		l := c.vars[c.info.Defs[e.(*ast.Ident)]]
		if l == nil || !l.boxed {
			continue
		}
		o, w := l.off, typeWord(l.rt)
		cls := classOf(l.rt)
		copies = append(copies, func(f fp) {
			p := unsafeNew(w)
			cls.move(p, ld[fp](f, o))
			*(*fp)(unsafe.Add(f, o)) = p
		})
	}
	if copies == nil {
		return nil
	}
	return func(f fp) {
		for _, cp := range copies {
			cp(f)
		}
	}
}

// countingLoop is a loop that compares and steps int locals, nil for others.
func (c *comp) countingLoop(s *ast.ForStmt, cond *node, l *labelled) stmt {
	while, not, ok := cond.cond.comparison()
	if c.tracing || !ok {
		return nil
	}
	step, ok := c.stepOf(s.Post)
	if !ok {
		return nil
	}
	return c.count(while, not, step, c.stmts(s.Body.List), l, int(s.For))
}

//go:noinline
func (c *comp) count(while less, not bool, step step, body stmt, l *labelled, pos int) stmt {
	stop := &c.s.stop
	if i := while.a; !not && step == (incremented(i)) {
		return func(f fp) ctl {
			for ; while.holds(f); *(*int)(unsafe.Add(f, i))++ {
				if r := body(f); r != next {
					if leave, with := loopEnd(r, l); leave {
						return with
					}
				}
				if stop.Load() {
					halt(f, pos)
				}
			}
			return next
		}
	}
	return func(f fp) ctl {
		for ; while.holds(f) != not; step.take(f) {
			if r := body(f); r != next {
				if leave, with := loopEnd(r, l); leave {
					return with
				}
			}
			if stop.Load() {
				halt(f, pos)
			}
		}
		return next
	}
}

func (c *comp) returnStmt(s *ast.ReturnStmt) stmt {
	results := c.sig.Results()
	switch {
	case len(s.Results) == 0:
		return c.bareReturn()
	case len(s.Results) == 1 && results.Len() == 1:
		v := c.exprTo(s.Results[0], results.At(0).Type())
		if c.named == nil {
			return v.cls.result(c.lay.results[0], v)
		}
	}
	return c.returnMany(s)
}

// bareReturn copies named results that are boxed to where the caller looks.
func (c *comp) bareReturn() stmt {
	return func(fp) ctl { return ret }
}

func (c *comp) returnMany(s *ast.ReturnStmt) stmt {
	results := c.sig.Results()
	var runs []func(fp)
	var values []*node
	if len(s.Results) == 1 && results.Len() > 1 {
		t := c.tupleOf(s.Results[0])
		runs = append(runs, t.run)
		for i, v := range t.tuple {
			values = append(values, c.tupleValue(v, results.At(i).Type(), s.Pos()))
		}
	} else {
		for i, r := range s.Results {
			v := c.exprTo(r, results.At(i).Type())
			if v.k == nil && !v.isNil && len(s.Results) > 1 {
				n, keep := c.spill(v)
				runs = append(runs, keep)
				v = n
			}
			values = append(values, v)
		}
	}
	var stores []stmt
	for i, v := range values {
		dst := c.resultNode(i)
		stores = append(stores, dst.cls.assign(dst, v))
	}
	all := c.sequence(runs, stores)
	return func(f fp) ctl { all(f); return ret }
}

// resultNode is result i as a variable.
func (c *comp) resultNode(i int) *node {
	if c.named != nil {
		return c.variableNode(c.named[i])
	}
	return c.localNode(c.sig.Results().At(i).Type(), c.lay.results[i])
}
