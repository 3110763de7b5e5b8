package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// declareAll gives variables their memory and functions their slots.
func (k *checked) declareAll() {
	for _, p := range k.parts {
		switch d := p.decl.(type) {
		case *ast.FuncDecl:
			if !p.stmt {
				k.declareFunc(d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				k.declareSpec(p, spec)
			}
		}
	}
	for _, m := range k.late {
		k.declareLate(m)
	}
	for _, p := range k.parts {
		if g, ok := p.decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				k.declareVars(spec.(*ast.ValueSpec))
			}
		}
	}
}

func (k *checked) declareFunc(d *ast.FuncDecl) {
	if k.isLate(d) {
		return
	}
	obj, ok := k.info.Defs[d.Name].(*types.Func)
	if !ok {
		return
	}
	fd := &funcDecl{unit: k.unit, decl: d, obj: obj, sig: obj.Signature(), fn: &Func{name: funcName(obj)}}
	if old := k.s.live[d.Name.Name]; old != nil && d.Recv == nil {
		if f, ok := old.obj.(*types.Func); ok && types.Identical(f.Type(), obj.Type()) {
			if was := k.s.declOf(f); was != nil {
				fd.fn = was.fn
			}
		}
	}
	k.addFunc(fd)
	if d.Recv == nil && d.Name.Name != "_" && d.Name.Name != "init" {
		k.names[d.Name.Name] = &declared{obj: obj, cell: k.cell}
	}
}

func (k *checked) addFunc(fd *funcDecl) {
	k.funcs = append(k.funcs, fd)
	was := k.s.setDecl(fd.obj, fd)
	k.undo = append(k.undo, func() { k.s.setDecl(fd.obj, was) })
}

// setDecl gives a function its declaration, nil for none, and returns the one it had.
func (s *Engine) setDecl(f *types.Func, d *funcDecl) (was *funcDecl) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was = s.funcs[f]
	if d == nil {
		delete(s.funcs, f)
	} else {
		s.funcs[f] = d
	}
	return was
}

func (s *Engine) declOf(f *types.Func) *funcDecl {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.funcs[f.Origin()]
}

func (k *checked) declareSpec(p *part, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if obj := k.info.Defs[spec.Name]; obj != nil && spec.Name.Name != "_" {
			k.names[spec.Name.Name] = &declared{obj, k.cell, k.declItem(p.item)}
		}
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			if obj := k.info.Defs[n]; obj != nil && n.Name != "_" && !strings.HasSuffix(n.Name, newMark) {
				k.names[n.Name] = &declared{obj: obj, cell: k.cell}
				if _, ok := obj.(*types.Const); ok {
					k.names[n.Name].item = k.declItem(p.item)
				}
			}
		}
	}
}

// declareVars gives variables their memory; one that keeps its type keeps it.
func (k *checked) declareVars(spec *ast.ValueSpec) {
	for _, n := range spec.Names {
		obj, ok := k.info.Defs[n].(*types.Var)
		if !ok {
			continue
		}
		if old := k.s.live[n.Name]; old != nil {
			if v, ok := old.obj.(*types.Var); ok && types.Identical(v.Type(), obj.Type()) {
				k.s.mu.Lock()
				k.s.vars[obj] = k.s.vars[v]
				k.s.mu.Unlock()
				continue
			}
		}
		k.s.newGlobal(obj)
	}
}
