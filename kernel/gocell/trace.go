package gocell

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"unsafe"
)

// Trace has hook called before each statement of cells' functions, on the
// goroutine that runs it; in a loop over a range also when an iteration's
// variables have got their values. Nil ends it.
//
// Functions that exist are compiled again, in the traced form or without it.
// What runs already keeps its form, and so does a func value that a literal made.
// A hook that waits holds its goroutine only.
func (s *Engine) Trace(hook func(Stop)) {
	s.evals.Lock()
	defer s.evals.Unlock()
	was := s.tracer.Load() != nil
	if hook == nil {
		s.tracer.Store(nil)
	} else {
		s.tracer.Store(&hook)
	}
	if was != (hook != nil) {
		s.compileAgain()
	}
}

// A Stop is a place before a statement that is about to run. It is good until
// its statement has ended, so a debugger may keep those of the callers.
type Stop struct {
	f fp
	p *point
}

// A point is what is known of a statement when it is compiled.
type point struct {
	c      *comp
	pos    token.Pos
	scope  *types.Scope
	before token.Pos // variables declared from here on are not there yet
}

// A Local is a variable of a function. Setting its value sets the variable.
type Local struct {
	Name  string
	Type  types.Type
	Value reflect.Value
}

// At is the function and the place of the statement.
func (s Stop) At() Frame {
	frames, _ := s.p.c.s.frames([]traceFrame{{fn: s.p.c.fn, pos: int(s.p.pos)}})
	if frames == nil {
		return Frame{Func: s.p.c.fn.name}
	}
	return frames[0]
}

// Goroutine tells the goroutines of a session apart. A call from compiled code
// into a function of cells counts as one of its own.
func (s Stop) Goroutine() int { return head(s.f).t.id }

// Depth is the number of calls on the goroutine's stack, this one included.
func (s Stop) Depth() int {
	t := head(s.f).t
	for d := min(t.depth, len(t.stack)-1); d > 0; d-- {
		if t.stack[d] == s.f {
			return d
		}
	}
	return 0
}

// Locals are the variables that the statement sees, in the order of their
// declarations: those of its function, and those it uses of the functions around
// a literal. A variable that another one hides is left out.
func (s Stop) Locals() (all []Local) {
	for _, v := range s.p.visible() {
		if l, ok := s.local(v); ok {
			all = append(all, l)
		}
	}
	return all
}

func (s Stop) local(v *types.Var) (Local, bool) {
	l := s.p.c.vars[v]
	if l == nil {
		return Local{}, false // of an enclosing function, and not captured
	}
	at := unsafe.Add(s.f, l.off)
	if l.boxed {
		at = *(*fp)(at)
	}
	if at == nil {
		return Local{}, false
	}
	return Local{v.Name(), l.typ, valueAt(l.rt, at)}, true
}

// visible are the variables in scope, outermost first.
func (p *point) visible() (all []*types.Var) {
	hidden := map[string]bool{}
	for scope := p.scope; scope != nil && scope.Parent() != p.c.pkg.Scope(); scope = scope.Parent() {
		var here []*types.Var
		for _, name := range scope.Names() {
			v, ok := scope.Lookup(name).(*types.Var)
			if ok && v.Pos() < p.before && !hidden[name] && name != "_" {
				here, hidden[name] = append(here, v), true
			}
		}
		slices.SortFunc(here, func(a, b *types.Var) int { return cmp.Compare(a.Pos(), b.Pos()) })
		all = append(here, all...)
	}
	return all
}

// stmt compiles a statement, in its traced form where the session is traced.
func (c *comp) stmt(s ast.Stmt) stmt {
	run := c.statement(s)
	pos := stopOf(s)
	if !c.tracing || !pos.IsValid() {
		return run
	}
	return c.traced(pos, run)
}

// stopOf is where a statement is stopped at, nowhere if its parts are. The
// statement behind a label is compiled with it.
func stopOf(s ast.Stmt) token.Pos {
	switch s := s.(type) {
	case *ast.BlockStmt, *ast.EmptyStmt:
		return token.NoPos
	case *ast.LabeledStmt:
		switch s.Stmt.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			return s.Stmt.Pos()
		}
		return token.NoPos
	}
	return s.Pos()
}

// traced is a statement with a stop before it.
func (c *comp) traced(pos token.Pos, run stmt) stmt {
	if !c.tracing {
		return run
	}
	stop := c.stopAt(pos, pos)
	return func(f fp) ctl { stop(f); return run(f) }
}

// stopAt calls the hook, with the variables declared before a place in the
// statement's scope.
func (c *comp) stopAt(pos, before token.Pos) stmt {
	p := &point{c: c, pos: pos, before: before}
	if c.scope != nil {
		p.scope = c.scope.Innermost(before)
	}
	engine := c.s
	return func(f fp) ctl {
		if hook := engine.tracer.Load(); hook != nil {
			at(f, int(pos))
			(*hook)(Stop{f, p})
			if engine.stop.Load() {
				halt(f, int(pos))
			}
		}
		return next
	}
}

// tracedIteration stops when the variables of an iteration have their values.
func (c *comp) tracedIteration(s *ast.RangeStmt, bind stmt) stmt {
	if !c.tracing {
		return bind
	}
	return both(bind, c.stopAt(s.For, s.Body.Lbrace+1))
}

// compileAgain gives all functions of cells the form that is wanted now.
func (s *Engine) compileAgain() {
	s.mu.RLock()
	decls := map[*funcDecl]bool{}
	for _, d := range s.funcs {
		decls[d] = d.unit.cell != nil && d.decl.Body != nil
	}
	s.mu.RUnlock()
	for d, cells := range decls {
		if !cells {
			continue
		}
		params := typeParams(d.sig)
		if len(params) == 0 {
			s.compileDeclAgain(d, d.fn, nil)
		}
		for _, key := range d.inst.m.Keys() {
			s.compileDeclAgain(d, d.inst.m.At(key).(*Func), newSubst(params, tupleTypes(key.(*types.Tuple))))
		}
	}
}

// compileDeclAgain compiles a function that was compiled before. One that no
// longer fits what it uses keeps saying so.
func (s *Engine) compileDeclAgain(d *funcDecl, fn *Func, sub *subst) {
	if was := fn.code.Load(); was == nil || was.stale {
		return
	}
	k := d.unit.cell
	k.swaps = nil
	s.compileDecl(d, fn, sub)
	for _, w := range k.swaps {
		w.fn.code.Store(w.code)
	}
	k.swaps = nil
}
