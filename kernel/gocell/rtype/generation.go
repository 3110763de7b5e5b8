package rtype

import (
	"go/types"
	"reflect"
)

// A family is all runtime types made for one named type: the generations that
// differ in their methods, not in their layout.
type family struct{ newest reflect.Type }

// joinFamily makes r the newest generation of t.
func (ts *Types) joinFamily(t *types.Named, r reflect.Type) {
	f, _ := ts.families.At(t).(*family)
	if f == nil {
		f = &family{}
		ts.families.Set(t, f)
	}
	f.newest = r
	ts.familyOf[r] = f
}

// NewGeneration says that methods were declared for a type after its first use:
// by adding them to old itself (then next is old too), or by declaring the same
// type again as next, with the same underlying type. From now on conversions and
// Of give a new runtime type, for it and for all types built of it; values made
// before keep theirs, and assertions accept both.
//
// The new methods cannot be put into the old table, since the runtime
// remembers which interfaces a type does not implement.
func (ts *Types) NewGeneration(old, next *types.Named) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if f := ts.families.At(old); f != nil && next != old {
		ts.families.Set(next, f)
	}
	for _, t := range ts.types.Keys() {
		if mentions(t, old, map[types.Type]bool{}) {
			ts.types.Delete(t)
		}
	}
	ts.epoch.Add(1)
}

// mentions reports whether t is built of the named type, in its fields,
// elements, parameters, type arguments or methods.
func mentions(t types.Type, named *types.Named, seen map[types.Type]bool) bool {
	return Mentions(t, seen, func(n *types.Named) bool { return n == named || n.Origin() == named })
}

// mentionsCells reports whether a type that was made here is part of t.
func (ts *Types) mentionsCells(t types.Type) bool {
	return Mentions(t, map[types.Type]bool{}, func(n *types.Named) bool { return ts.families.At(n) != nil })
}

// Mentions looks for a named type in t, its fields, elements, parameters, type
// arguments, constraints or methods, for which is reports true. What seen has is
// passed over.
func Mentions(t types.Type, seen map[types.Type]bool, is func(*types.Named) bool) bool {
	t = types.Unalias(t)
	if seen[t] {
		return false
	}
	seen[t] = true
	w := func(t types.Type) bool { return Mentions(t, seen, is) }
	switch t := t.(type) {
	case *types.Pointer:
		return w(t.Elem())
	case *types.Slice:
		return w(t.Elem())
	case *types.Array:
		return w(t.Elem())
	case *types.Chan:
		return w(t.Elem())
	case *types.Map:
		return w(t.Key()) || w(t.Elem())
	case *types.Signature:
		return t.Recv() != nil && w(t.Recv().Type()) || w(t.Params()) || w(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if w(v.Type()) {
				return true
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			if w(f.Type()) {
				return true
			}
		}
	case *types.Interface:
		for e := range t.EmbeddedTypes() {
			if w(e) {
				return true
			}
		}
		for m := range t.Methods() {
			if w(m.Type()) {
				return true
			}
		}
	case *types.Union:
		for x := range t.Terms() {
			if w(x.Type()) {
				return true
			}
		}
	case *types.TypeParam:
		return w(t.Constraint())
	case *types.Named:
		return is(t) || walkNamed(t, w)
	}
	return false
}

func walkNamed(t *types.Named, w func(types.Type) bool) bool {
	for a := range t.TypeArgs().Types() {
		if w(a) {
			return true
		}
	}
	for m := range t.Methods() {
		if w(m.Type()) {
			return true
		}
	}
	return w(t.Underlying())
}

// Each gives all types that runtime types were made for.
func (ts *Types) Each(do func(types.Type)) {
	ts.mu.Lock()
	all := ts.types.Keys()
	for _, t := range ts.sources {
		all = append(all, t)
	}
	ts.mu.Unlock()
	for _, t := range all {
		do(t)
	}
}

// Same reports whether a and b are one type to a cell: the same runtime type,
// two generations of one named type, or built alike of such.
func (ts *Types) Same(a, b reflect.Type) bool {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return ts.same(a, b)
}

func (ts *Types) same(a, b reflect.Type) bool {
	if a == b {
		return true
	}
	if f := ts.familyOf[a]; f != nil || a.Name() != "" {
		return f != nil && f == ts.familyOf[b]
	}
	if a.Kind() != b.Kind() || b.Name() != "" {
		return false
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Slice:
		return ts.same(a.Elem(), b.Elem())
	case reflect.Array:
		return a.Len() == b.Len() && ts.same(a.Elem(), b.Elem())
	case reflect.Chan:
		return a.ChanDir() == b.ChanDir() && ts.same(a.Elem(), b.Elem())
	case reflect.Map:
		return ts.same(a.Key(), b.Key()) && ts.same(a.Elem(), b.Elem())
	case reflect.Struct:
		return a.NumField() == b.NumField() && ts.sameFields(a, b)
	case reflect.Func:
		return a.NumIn() == b.NumIn() && a.NumOut() == b.NumOut() && a.IsVariadic() == b.IsVariadic() && ts.sameParameters(a, b)
	}
	return false
}

func (ts *Types) sameFields(a, b reflect.Type) bool {
	for i := range a.NumField() {
		f, g := a.Field(i), b.Field(i)
		if f.Name != g.Name || f.PkgPath != g.PkgPath || f.Tag != g.Tag || f.Anonymous != g.Anonymous || !ts.same(f.Type, g.Type) {
			return false
		}
	}
	return true
}

func (ts *Types) sameParameters(a, b reflect.Type) bool {
	for i := range a.NumIn() {
		if !ts.same(a.In(i), b.In(i)) {
			return false
		}
	}
	for i := range a.NumOut() {
		if !ts.same(a.Out(i), b.Out(i)) {
			return false
		}
	}
	return true
}
