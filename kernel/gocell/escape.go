package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// escapes tells which variables of a function cannot lie in its frame: those
// whose address is taken, and those that a function literal uses and that
// change after their declaration. A captured variable that never changes is
// copied into the literal instead.
type escapes struct {
	boxed    map[types.Object]bool
	assigned map[types.Object]bool // assigned to after the declaration
	captured map[types.Object]bool
}

func newEscapes() *escapes {
	return &escapes{map[types.Object]bool{}, map[types.Object]bool{}, map[types.Object]bool{}}
}

type escapeWalk struct {
	u     *unit
	esc   *escapes
	home  map[types.Object]int // the literal each variable is declared in
	lits  []int
	count int
}

func (w *escapeWalk) here() int {
	if len(w.lits) == 0 {
		return 0
	}
	return w.lits[len(w.lits)-1]
}

func (w *escapeWalk) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			w.count++
			w.lits = append(w.lits, w.count)
			w.walk(n.Type)
			w.results(n.Type)
			w.walk(n.Body)
			w.lits = w.lits[:len(w.lits)-1]
			return false
		case *ast.RangeStmt:
			w.rangeStmt(n)
		case *ast.Ident:
			w.ident(n)
		case *ast.AssignStmt:
			w.assign(n)
		case *ast.IncDecStmt:
			w.assigned(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				w.address(n.X)
			}
		case *ast.SliceExpr:
			if t := w.u.info.TypeOf(n.X); t != nil {
				if _, ok := t.Underlying().(*types.Array); ok || isTypeParam(t) {
					w.address(n.X)
				}
			}
		case *ast.SelectorExpr:
			w.selector(n)
		case *ast.CaseClause:
			if obj := w.u.info.Implicits[n]; obj != nil {
				w.home[obj] = w.here()
			}
		}
		return true
	})
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

func (w *escapeWalk) results(t *ast.FuncType) {
	if t.Results == nil {
		return
	}
	for _, f := range t.Results.List {
		for _, id := range f.Names {
			if obj := w.u.info.Defs[id]; obj != nil {
				w.esc.assigned[obj] = true // by return
			}
		}
	}
}

func (w *escapeWalk) ident(id *ast.Ident) {
	if obj := w.u.info.Defs[id]; obj != nil {
		if _, ok := w.home[obj]; !ok {
			w.home[obj] = w.here()
		}
		return
	}
	obj, ok := w.u.info.Uses[id].(*types.Var)
	if !ok {
		return
	}
	if home, ok := w.home[obj]; !ok && len(w.lits) > 0 || ok && home != w.here() {
		w.esc.captured[obj] = true
	}
}

func (w *escapeWalk) assign(s *ast.AssignStmt) {
	for _, l := range s.Lhs {
		if id, ok := l.(*ast.Ident); ok && s.Tok == token.DEFINE && w.u.info.Defs[id] != nil {
			continue
		}
		w.assigned(l)
	}
}

// assigned marks the variable that an assignment changes, also in part.
func (w *escapeWalk) assigned(e ast.Expr) {
	if obj := w.base(e); obj != nil {
		w.esc.assigned[obj] = true
	}
}

func (w *escapeWalk) rangeStmt(s *ast.RangeStmt) {
	if s.Tok == token.ASSIGN {
		for _, e := range []ast.Expr{s.Key, s.Value} {
			if e != nil {
				w.assigned(e)
			}
		}
	}
}

func (w *escapeWalk) address(e ast.Expr) {
	if obj := w.base(e); obj != nil {
		w.esc.boxed[obj] = true
		w.esc.assigned[obj] = true
	}
}

// selector marks x in x.m() where m has a pointer receiver.
func (w *escapeWalk) selector(e *ast.SelectorExpr) {
	s := w.u.info.Selections[e]
	if s == nil || s.Kind() != types.MethodVal {
		return
	}
	m, ok := s.Obj().(*types.Func)
	if !ok {
		return
	}
	recv := m.Signature().Recv().Type()
	if isPointer(recv) && !isPtrTo(w.u.info.TypeOf(e.X)) || isTypeParam(w.u.info.TypeOf(e.X)) || types.IsInterface(recv) && !types.IsInterface(w.u.info.TypeOf(e.X)) {
		w.address(e.X)
	}
}

// base is the variable that an operand is a part of.
func (w *escapeWalk) base(e ast.Expr) types.Object {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return w.base(e.X)
	case *ast.Ident:
		return w.u.info.ObjectOf(e)
	case *ast.SelectorExpr:
		if s := w.u.info.Selections[e]; s != nil && s.Kind() == types.FieldVal && !isPtrTo(w.u.info.TypeOf(e.X)) {
			return w.base(e.X)
		}
	case *ast.IndexExpr:
		if t := w.u.info.TypeOf(e.X); t != nil {
			if _, ok := t.Underlying().(*types.Array); ok || isTypeParam(t) {
				return w.base(e.X)
			}
		}
	}
	return nil
}
