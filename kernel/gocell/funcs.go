package gocell

import (
	"go/ast"
	"go/types"
	"strings"
)

// A funcDecl is a function that is not compiled Go: of a cell, or from the
// source of a package.
type funcDecl struct {
	unit *unit
	decl *ast.FuncDecl
	obj  *types.Func
	sig  *types.Signature // with the receiver, where there is one
	fn   *Func            // of a function that is not generic
	inst instances
}

// funcOf returns the function of cells that obj is, for type arguments or for a
// receiver type, nil where it is compiled.
func (s *Engine) funcOf(u *unit, obj *types.Func, targs []types.Type, recv types.Type) *Func {
	origin := obj.Origin()
	s.mu.RLock()
	d := s.funcs[origin]
	s.mu.RUnlock()
	if d == nil {
		if d = s.fromSource(origin); d == nil {
			return nil
		}
	}
	params := typeParams(d.sig)
	if len(params) == 0 {
		return d.fn
	}
	if recv != nil && len(targs) == 0 {
		targs = argsOf(recv)
	}
	return s.instanceOf(d, params, targs)
}

func typeParams(sig *types.Signature) (all []*types.TypeParam) {
	for _, l := range []*types.TypeParamList{sig.RecvTypeParams(), sig.TypeParams()} {
		for i := range l.Len() {
			all = append(all, l.At(i))
		}
	}
	return all
}

// argsOf are the type arguments of a receiver's type.
func argsOf(t types.Type) (args []types.Type) {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		for i := range n.TypeArgs().Len() {
			args = append(args, n.TypeArgs().At(i))
		}
	}
	return args
}

func (s *Engine) instanceOf(d *funcDecl, params []*types.TypeParam, targs []types.Type) *Func {
	key := tupleOfTypes(targs)
	s.mu.Lock()
	defer s.mu.Unlock()
	if fn, ok := d.inst.m.At(key).(*Func); ok {
		return fn
	}
	fn := &Func{name: funcName(d.obj) + "[...]"}
	d.inst.m.Set(key, fn)
	sub := newSubst(params, targs)
	fn.build = func() { s.compileDecl(d, fn, sub) }
	if s.eager != nil {
		s.eager = append(s.eager, fn)
	}
	return fn
}

// compileDecl compiles the body of a declared function.
func (s *Engine) compileDecl(d *funcDecl, fn *Func, sub *subst) {
	if d.decl.Body == nil {
		panic(&notYet{d.decl.Pos(), "function without a body"})
	}
	s.compiling.Lock()
	defer s.compiling.Unlock()
	fn.uses, fn.native, fn.values = nil, nil, nil
	sig := sub.typ(d.sig).(*types.Signature)
	c := d.unit.newComp(fn, sig, sub, d.unit.escapesOfDecl(d.decl))
	c.compileBody(d.decl.Type, d.decl.Recv, d.decl.Body)
}

func (u *unit) escapesOfDecl(d *ast.FuncDecl) *escapes {
	w := &escapeWalk{u: u, esc: newEscapes(), home: map[types.Object]int{}}
	if d.Recv != nil {
		w.walk(d.Recv)
	}
	w.walk(d.Type)
	w.results(d.Type)
	w.walk(d.Body)
	return w.done()
}

func (w *escapeWalk) done() *escapes {
	for obj := range w.esc.captured {
		if w.esc.assigned[obj] {
			w.esc.boxed[obj] = true
		}
	}
	return w.esc
}

// funcName is a name as Go's tracebacks write it: main.f, main.(*T).m.
func funcName(f *types.Func) string {
	name := f.FullName()
	if r := f.Signature().Recv(); r != nil {
		star := ""
		t := types.Unalias(r.Type())
		if p, ok := t.(*types.Pointer); ok {
			star, t = "*", types.Unalias(p.Elem())
		}
		if n, ok := t.(*types.Named); ok {
			name = n.Obj().Name()
			if star != "" {
				name = "(*" + name + ")"
			}
			return name + "." + f.Name()
		}
	}
	return strings.TrimPrefix(name, "main.")
}

// fromSource finds a function in the source of a compiled package: generic
// functions have no other form.
func (s *Engine) fromSource(obj *types.Func) *funcDecl {
	if obj.Pkg() == nil || obj.Pkg() == s.pkg {
		return nil
	}
	d, err := s.sources.Func(obj)
	if err != nil {
		panic(&notYet{0, err.Error()})
	}
	if d == nil || d.Decl.Body == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fd := s.funcs[d.Func]
	if fd == nil {
		u := s.units[d.Info]
		if u == nil {
			u = &unit{s: s, pkg: d.Pkg, info: d.Info, fset: d.Fset}
			s.units[d.Info] = u
		}
		fd = &funcDecl{unit: u, decl: d.Decl, obj: d.Func, sig: d.Func.Signature(), fn: &Func{name: d.Func.FullName()}}
		fd.fn.build = func() { s.compileDecl(fd, fd.fn, nil) }
		s.funcs[d.Func] = fd
	}
	s.funcs[obj] = fd
	return fd
}
