package rtype

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"unsafe"
)

// shellType makes a type that reflect cannot make: a named type, a struct with
// embedded fields, an interface. The shell is registered first, so that the
// type may occur in itself.
func (ts *Types) shellType(t types.Type, str, pkgPath string) reflect.Type {
	named, _ := t.(*types.Named)
	onT, onP := ts.methodSets(t)
	s := newShell(pkgPath, str, named != nil, ts.layout(t, true), onT.Len(), onP.Len())
	ts.types.Set(t, s.typ())
	ts.types.Set(types.NewPointer(t), s.pointer())
	ts.sources[s.typ()], ts.sources[s.pointer()] = t, types.NewPointer(t)
	if named != nil {
		ts.joinFamily(named, s.typ())
	}
	if it, ok := t.Underlying().(*types.Interface); ok {
		s.fillInterface(ts.interfaceEntries(it))
		return s.typ()
	}
	ts.fillBody(s, t.Underlying())
	if err := s.setMethods(ts.entries(s, t, onT, onP)); err != nil {
		ts.types.Delete(t) // half a method table is worse than none
		ts.types.Delete(types.NewPointer(t))
		panic(err)
	}
	return s.typ()
}

func (ts *Types) fillBody(s *shell, u types.Type) {
	if st, ok := u.(*types.Struct); ok {
		plain, embedded := ts.fields(st)
		s.fill(reflect.StructOf(plain), embedded)
		return
	}
	s.fill(ts.make(u), nil)
}

// methodSets are those of t and *t; an interface type has no method table.
func (ts *Types) methodSets(t types.Type) (onT, onP *types.MethodSet) {
	if types.IsInterface(t) {
		t = types.Typ[types.Invalid]
	}
	return types.NewMethodSet(t), types.NewMethodSet(types.NewPointer(t))
}

// layout is a type of the same size, alignment, pointers, comparison and hash
// as t with no cell types in it: pointers are unsafe pointers, maps map[int]int.
// At the top the kind must be right too.
func (ts *Types) layout(t types.Type, top bool) reflect.Type {
	if n, ok := types.Unalias(t).(*types.Named); ok && !top {
		if r := ts.compiled(n); r != nil {
			return r
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicTypes[u.Kind()]
	case *types.Pointer:
		if top {
			return reflect.TypeFor[*int]()
		}
		return reflect.TypeFor[unsafe.Pointer]()
	case *types.Slice:
		return reflect.TypeFor[[]int]()
	case *types.Map:
		return reflect.TypeFor[map[int]int]()
	case *types.Chan:
		return reflect.TypeFor[chan int]()
	case *types.Signature:
		return reflect.FuncOf(ints(u.Params().Len()), ints(u.Results().Len()), false)
	case *types.Interface:
		if u.NumMethods() == 0 {
			return reflect.TypeFor[any]()
		}
		return reflect.TypeFor[prober]()
	case *types.Array:
		return reflect.ArrayOf(int(u.Len()), ts.layout(u.Elem(), false))
	case *types.Struct:
		return ts.structLayout(u)
	}
	panic(&Error{fmt.Sprintf("no layout of %v", t)})
}

func ints(n int) []reflect.Type { return slices.Repeat([]reflect.Type{reflect.TypeFor[int]()}, n) }

func (ts *Types) structLayout(t *types.Struct) reflect.Type {
	fs := make([]reflect.StructField, t.NumFields())
	for i := range fs {
		fs[i] = reflect.StructField{Name: fmt.Sprint("F", i), Type: ts.layout(t.Field(i).Type(), false)}
	}
	return reflect.StructOf(fs)
}

// An imethod is a method of an interface type.
type imethod struct {
	entry
	pkgName string
}

// interfaceMethods lists the methods of t in the order of method tables.
func (ts *Types) interfaceMethods(t *types.Interface) []imethod {
	ms := make([]imethod, t.NumMethods())
	for i := range ms {
		m := t.Method(i)
		ms[i].entry = entry{name: m.Name(), typ: ts.of(signature(m))}
		if m.Pkg() != nil {
			ms[i].pkgPath, ms[i].pkgName = m.Pkg().Path(), m.Pkg().Name()
		}
	}
	slices.SortFunc(ms, func(a, b imethod) int { return compare(a.entry, b.entry) })
	return ms
}

func (ts *Types) interfaceEntries(t *types.Interface) []entry {
	var es []entry
	for _, m := range ts.interfaceMethods(t) {
		es = append(es, m.entry)
	}
	return es
}

// signature is the type of a method without its receiver.
func signature(m *types.Func) *types.Signature {
	s := m.Signature()
	return types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
}
