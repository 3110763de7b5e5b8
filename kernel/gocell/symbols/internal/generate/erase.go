package main

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/packages"
)

// eraseAll replaces what other packages cannot name, the types of unexported
// fields, by plain types of the same size, alignment and comparison, in these
// packages and all that they import. Export data becomes smaller by half, and of
// most packages the same on every platform.
func eraseAll(pkgs map[string]*packages.Package) {
	e := eraser{field: map[types.Type]types.Type{}}
	var named []*types.Named
	for _, pkg := range everyPackage(pkgs) {
		for _, name := range pkg.Types.Scope().Names() {
			if t, ok := pkg.Types.Scope().Lookup(name).(*types.TypeName); ok && !t.IsAlias() {
				if n, ok := t.Type().(*types.Named); ok && n.TypeParams().Len() == 0 {
					named = append(named, n)
				}
			}
		}
	}
	structs := make([]*types.Struct, len(named))
	for i, n := range named { // all first, from what the types were
		if s, ok := n.Underlying().(*types.Struct); ok {
			structs[i] = e.erase(s)
		}
	}
	for i, n := range named {
		if structs[i] != nil {
			n.SetUnderlying(structs[i])
		}
	}
}

func everyPackage(pkgs map[string]*packages.Package) (list []*packages.Package) {
	seen := map[*packages.Package]bool{}
	var visit func(*packages.Package)
	visit = func(p *packages.Package) {
		if seen[p] || p.Types == nil {
			return
		}
		seen[p] = true
		list = append(list, p)
		for _, q := range p.Imports {
			visit(q)
		}
	}
	for _, p := range pkgs {
		visit(p)
	}
	return list
}

type eraser struct {
	field map[types.Type]types.Type
}

// erase returns a struct with the unexported fields erased, nil where there is
// nothing to erase.
func (e *eraser) erase(s *types.Struct) *types.Struct {
	fields, tags := make([]*types.Var, s.NumFields()), make([]string, s.NumFields())
	changed := false
	for i := range fields {
		f := s.Field(i)
		fields[i], tags[i] = f, s.Tag(i)
		if f.Exported() || f.Embedded() && promotes(f.Type()) {
			continue
		}
		fields[i] = types.NewField(token.NoPos, f.Pkg(), f.Name(), e.plain(f.Type()), false)
		changed = true
	}
	if !changed {
		return nil
	}
	return types.NewStruct(fields, tags)
}

// promotes reports whether embedding a type gives an exported field or method.
func promotes(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	} else if !types.IsInterface(t) {
		t = types.Unalias(t)
	}
	set := types.NewMethodSet(types.NewPointer(t))
	if types.IsInterface(t) {
		set = types.NewMethodSet(t)
	}
	for m := range set.Methods() {
		if m.Obj().Exported() {
			return true
		}
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() || f.Embedded() && promotes(f.Type()) {
				return true
			}
		}
	}
	return false
}

// plain is a type without names that lies in memory and compares as t does.
func (e *eraser) plain(t types.Type) types.Type {
	if p := e.field[t]; p != nil {
		return p
	}
	p := e.makePlain(t)
	e.field[t] = p
	return p
}

func (e *eraser) makePlain(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u
	case *types.Map:
		return types.NewMap(types.Typ[types.Int], types.Typ[types.Int])
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, nil, nil, false)
	case *types.Slice:
		return types.NewSlice(types.Typ[types.Int])
	case *types.Interface:
		if u.NumMethods() > 0 {
			return types.Universe.Lookup("error").Type()
		}
		return types.Universe.Lookup("any").Type()
	case *types.Array:
		return types.NewArray(e.plain(u.Elem()), u.Len())
	case *types.Struct:
		fields := make([]*types.Var, u.NumFields())
		for i := range fields {
			f := u.Field(i)
			fields[i] = types.NewField(token.NoPos, f.Pkg(), "_", e.plain(f.Type()), false)
		}
		return types.NewStruct(fields, nil)
	}
	return types.Typ[types.UnsafePointer] // pointers and channels
}
