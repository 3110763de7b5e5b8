package assist

import "go/types"

// infer replaces the type parameters of a generic function's signature by what
// the arguments written so far say of them, and returns t under that reading,
// nil where a parameter of it is still open.
func infer(sig *types.Signature, args []types.Type, t types.Type) types.Type {
	known := map[*types.TypeParam]types.Type{}
	for i, arg := range args {
		if i < sig.Params().Len() && arg != nil {
			unify(sig.Params().At(i).Type(), types.Default(arg), known)
		}
	}
	for p := range sig.TypeParams().TypeParams() {
		if core := coreOf(p); core != nil && known[p] != nil {
			unify(core, known[p].Underlying(), known)
		}
	}
	return substitute(t, known)
}

// coreOf returns []E for a type parameter with the constraint ~[]E.
func coreOf(p *types.TypeParam) types.Type {
	iface, ok := p.Constraint().Underlying().(*types.Interface)
	if !ok || iface.NumEmbeddeds() != 1 {
		return nil
	}
	if u, ok := iface.EmbeddedType(0).(*types.Union); ok && u.Len() == 1 {
		return u.Term(0).Type()
	}
	return nil
}

// unify notes what type parameters in pattern stand for where t is written.
func unify(pattern, t types.Type, known map[*types.TypeParam]types.Type) {
	if p, ok := pattern.(*types.TypeParam); ok {
		if known[p] == nil && usable(t) {
			known[p] = t
		}
		return
	}
	switch p := pattern.(type) {
	case *types.Slice:
		if u, ok := t.Underlying().(*types.Slice); ok {
			unify(p.Elem(), u.Elem(), known)
		}
	case *types.Array:
		if u, ok := t.Underlying().(*types.Array); ok {
			unify(p.Elem(), u.Elem(), known)
		}
	case *types.Pointer:
		if u, ok := t.Underlying().(*types.Pointer); ok {
			unify(p.Elem(), u.Elem(), known)
		}
	case *types.Map:
		if u, ok := t.Underlying().(*types.Map); ok {
			unify(p.Key(), u.Key(), known)
			unify(p.Elem(), u.Elem(), known)
		}
	case *types.Named:
		if u, ok := t.(*types.Named); ok && u.Origin() == p.Origin() && u.TypeArgs().Len() == p.TypeArgs().Len() {
			for i := range p.TypeArgs().Len() {
				unify(p.TypeArgs().At(i), u.TypeArgs().At(i), known)
			}
		}
	}
}

// substitute writes known types for type parameters, nil where one is unknown.
func substitute(t types.Type, known map[*types.TypeParam]types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		return known[t]
	case *types.Slice:
		if e := substitute(t.Elem(), known); e != nil {
			return types.NewSlice(e)
		}
		return nil
	case *types.Pointer:
		if e := substitute(t.Elem(), known); e != nil {
			return types.NewPointer(e)
		}
		return nil
	case *types.Map:
		k, e := substitute(t.Key(), known), substitute(t.Elem(), known)
		if k == nil || e == nil {
			return nil
		}
		return types.NewMap(k, e)
	case *types.Signature:
		params, ok := substituteTuple(t.Params(), known)
		results, ok2 := substituteTuple(t.Results(), known)
		if !ok || !ok2 {
			return nil
		}
		return types.NewSignatureType(nil, nil, nil, params, results, t.Variadic())
	case *types.Named:
		return substituteNamed(t, known)
	}
	return t
}

func substituteTuple(vars *types.Tuple, known map[*types.TypeParam]types.Type) (*types.Tuple, bool) {
	var list []*types.Var
	for v := range vars.Variables() {
		t := substitute(v.Type(), known)
		if t == nil {
			return nil, false
		}
		list = append(list, types.NewParam(v.Pos(), v.Pkg(), v.Name(), t))
	}
	return types.NewTuple(list...), true
}

func substituteNamed(t *types.Named, known map[*types.TypeParam]types.Type) types.Type {
	var args []types.Type
	for arg := range t.TypeArgs().Types() {
		s := substitute(arg, known)
		if s == nil {
			return nil
		}
		args = append(args, s)
	}
	if len(args) == 0 {
		return t
	}
	inst, err := types.Instantiate(nil, t.Origin(), args, false)
	if err != nil {
		return nil
	}
	return inst
}
