package gocell

import (
	"go/ast"
	"go/types"
	"strings"
	"sync/atomic"

	"golang.org/x/tools/go/types/typeutil"
)

// A subst replaces type parameters by type arguments, for one instance of a
// generic function.
type subst struct {
	args  string // the type arguments as reflect prints them: [int,main.T]
	m     map[*types.TypeParam]types.Type
	cache map[types.Type]types.Type
	local map[*types.Named]*types.Named // types declared within the function
}

func newSubst(params []*types.TypeParam, args []types.Type) *subst {
	s := &subst{argsString(args), map[*types.TypeParam]types.Type{}, map[types.Type]types.Type{}, map[*types.Named]*types.Named{}}
	for i, p := range params {
		s.m[p] = args[i]
	}
	return s
}

func argsString(args []types.Type) string {
	names := make([]string, len(args))
	for i, a := range args {
		names[i] = strings.ReplaceAll(types.TypeString(a, (*types.Package).Path), ", ", ",")
	}
	return "[" + strings.Join(names, ",") + "]"
}

// typ is t with its type parameters replaced.
func (s *subst) typ(t types.Type) types.Type {
	if s == nil || t == nil {
		return t
	}
	if r, ok := s.cache[t]; ok {
		return r
	}
	r := s.replace(t)
	s.cache[t] = r
	return r
}

func (s *subst) replace(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		if r := s.m[t]; r != nil {
			return r
		}
	case *types.Alias:
		return s.alias(t)
	case *types.Pointer:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewPointer(e)
		}
	case *types.Slice:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewSlice(e)
		}
	case *types.Array:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewArray(e, t.Len())
		}
	case *types.Chan:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewChan(t.Dir(), e)
		}
	case *types.Map:
		k, e := s.typ(t.Key()), s.typ(t.Elem())
		if k != t.Key() || e != t.Elem() {
			return types.NewMap(k, e)
		}
	case *types.Tuple:
		if v, changed := s.vars(t); changed {
			return types.NewTuple(v...)
		}
	case *types.Signature:
		return s.signature(t)
	case *types.Struct:
		return s.structure(t)
	case *types.Interface:
		return s.iface(t)
	case *types.Union:
		return s.union(t)
	case *types.Named:
		return s.named(t)
	}
	return t
}

func (s *subst) alias(t *types.Alias) types.Type {
	if r := s.typ(types.Unalias(t)); r != types.Unalias(t) {
		return r
	}
	return t
}

func (s *subst) vars(t *types.Tuple) (all []*types.Var, changed bool) {
	for i := range t.Len() {
		v := t.At(i)
		if r := s.typ(v.Type()); r != v.Type() {
			v, changed = types.NewParam(v.Pos(), v.Pkg(), v.Name(), r), true
		}
		all = append(all, v)
	}
	return all, changed
}

func (s *subst) signature(t *types.Signature) types.Type {
	p, a := s.vars(t.Params())
	r, b := s.vars(t.Results())
	recv := t.Recv()
	if recv != nil && !types.IsInterface(recv.Type()) {
		if rt := s.typ(recv.Type()); rt != recv.Type() {
			recv, a = types.NewParam(recv.Pos(), recv.Pkg(), recv.Name(), rt), true
		}
	}
	if !a && !b {
		return t
	}
	return types.NewSignatureType(recv, nil, nil, types.NewTuple(p...), types.NewTuple(r...), t.Variadic())
}

func (s *subst) structure(t *types.Struct) types.Type {
	var fields []*types.Var
	var tags []string
	changed := false
	for i := range t.NumFields() {
		f := t.Field(i)
		if r := s.typ(f.Type()); r != f.Type() {
			f, changed = types.NewField(f.Pos(), f.Pkg(), f.Name(), r, f.Embedded()), true
		}
		fields, tags = append(fields, f), append(tags, t.Tag(i))
	}
	if !changed {
		return t
	}
	return types.NewStruct(fields, tags)
}

func (s *subst) iface(t *types.Interface) types.Type {
	changed := false
	var methods []*types.Func
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		if r := s.typ(m.Type()); r != m.Type() {
			m, changed = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), r.(*types.Signature)), true
		}
		methods = append(methods, m)
	}
	var embedded []types.Type
	for i := range t.NumEmbeddeds() {
		e := t.EmbeddedType(i)
		r := s.typ(e)
		changed = changed || r != e
		embedded = append(embedded, r)
	}
	if !changed {
		return t
	}
	return types.NewInterfaceType(methods, embedded).Complete()
}

func (s *subst) union(t *types.Union) types.Type {
	changed := false
	terms := make([]*types.Term, t.Len())
	for i := range terms {
		x := t.Term(i)
		r := s.typ(x.Type())
		changed = changed || r != x.Type()
		terms[i] = types.NewTerm(x.Tilde(), r)
	}
	if !changed {
		return t
	}
	return types.NewUnion(terms)
}

// named replaces the arguments of an instance; a type declared within the
// generic function is another type in each instance.
func (s *subst) named(t *types.Named) types.Type {
	if args := t.TypeArgs(); args.Len() > 0 {
		var list []types.Type
		changed := false
		for i := range args.Len() {
			r := s.typ(args.At(i))
			changed = changed || r != args.At(i)
			list = append(list, r)
		}
		if !changed {
			return t
		}
		inst, err := types.Instantiate(shared.Load(), t.Origin(), list, false)
		if err != nil {
			return t
		}
		return inst
	}
	if !s.isLocal(t) {
		return t
	}
	return s.localType(t)
}

// shared makes equal instances one type. It is renewed with the methods of a
// generic type.
var shared = func() *atomic.Pointer[types.Context] {
	p := new(atomic.Pointer[types.Context])
	p.Store(types.NewContext())
	return p
}()

// isLocal reports whether t is declared within a function and mentions its type parameters.
func (s *subst) isLocal(t *types.Named) bool {
	o := t.Obj()
	if o.Pkg() == nil || o.Parent() == nil || o.Parent() == o.Pkg().Scope() || o.Parent() == types.Universe {
		return false
	}
	for p := range s.m {
		if ps := p.Obj().Parent(); ps != nil && ps.Contains(o.Pos()) {
			return true
		}
	}
	return false
}

func (s *subst) localType(t *types.Named) types.Type {
	if r := s.local[t]; r != nil {
		return r
	}
	name := types.NewTypeName(t.Obj().Pos(), t.Obj().Pkg(), t.Obj().Name()+s.args, nil)
	r := types.NewNamed(name, nil, nil)
	s.local[t] = r
	s.cache[t] = r
	r.SetUnderlying(s.typ(t.Underlying()).Underlying())
	return r
}

// typeArgs are the type arguments that a use of a generic function has.
func (c *comp) typeArgs(id *ast.Ident) (args []types.Type) {
	inst, ok := c.info.Instances[id]
	if !ok {
		return nil
	}
	for i := range inst.TypeArgs.Len() {
		args = append(args, c.subst.typ(inst.TypeArgs.At(i)))
	}
	return args
}

// instances are the compiled instances of one generic function.
type instances struct{ m typeutil.Map }

func tupleOfTypes(args []types.Type) types.Type {
	var v []*types.Var
	for _, a := range args {
		v = append(v, types.NewParam(0, nil, "", a))
	}
	return types.NewTuple(v...)
}
