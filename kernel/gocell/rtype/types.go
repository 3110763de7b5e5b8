package rtype

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// Of returns the runtime type of t: the compiled type where t names one, else a
// type made here, the same for every identical t. Aliases count as what they
// stand for, untyped constants as their default type. T holds no type parameters.
//
// Of panics with an *Error where the type cannot be made, for one when the
// method table is full.
func (ts *Types) Of(t types.Type) reflect.Type {
	r, ask := ts.locked(t)
	for _, m := range ask {
		m.resolve()
	}
	return r
}

func (ts *Types) locked(t types.Type) (reflect.Type, []*lateCode) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	r := ts.of(t)
	ask := ts.pending
	ts.pending = nil
	return r, ask
}

// An Error says why a runtime type cannot be made.
type Error struct{ Text string }

func (e *Error) Error() string { return e.Text }

// Source returns the type that t was made for: a cell type, or one built of
// cell types. It is nil where t was not made here.
func (ts *Types) Source(t reflect.Type) types.Type {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return ts.sources[t]
}

var basicTypes = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.UntypedBool: reflect.TypeFor[bool](),
	types.Int: reflect.TypeFor[int](), types.UntypedInt: reflect.TypeFor[int](),
	types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.UntypedRune: reflect.TypeFor[rune](),
	types.Int64: reflect.TypeFor[int64](),
	types.Uint:  reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](),
	types.Uint16: reflect.TypeFor[uint16](), types.Uint32: reflect.TypeFor[uint32](),
	types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.UntypedFloat: reflect.TypeFor[float64](),
	types.Complex64:    reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
	types.UntypedComplex: reflect.TypeFor[complex128](),
	types.String:         reflect.TypeFor[string](), types.UntypedString: reflect.TypeFor[string](),
	types.UnsafePointer: reflect.TypeFor[unsafe.Pointer](), types.UntypedNil: reflect.TypeFor[any](),
}

// of is Of with the lock held.
func (ts *Types) of(t types.Type) reflect.Type {
	t = types.Unalias(t)
	if r := ts.types.At(t); r != nil {
		return r.(reflect.Type)
	}
	r := ts.make(t)
	ts.types.Set(t, r)
	if _, known := ts.sources[r]; !known && ts.mentionsCells(t) {
		ts.sources[r] = t
	}
	return r
}

func (ts *Types) make(t types.Type) reflect.Type {
	switch t := t.(type) {
	case *types.Basic:
		if r, ok := basicTypes[t.Kind()]; ok {
			return r
		}
	case *types.Pointer:
		return reflect.PointerTo(ts.of(t.Elem()))
	case *types.Slice:
		return reflect.SliceOf(ts.of(t.Elem()))
	case *types.Array:
		return reflect.ArrayOf(int(t.Len()), ts.of(t.Elem()))
	case *types.Map:
		return reflect.MapOf(ts.of(t.Key()), ts.of(t.Elem()))
	case *types.Chan:
		return reflect.ChanOf(chanDir(t.Dir()), ts.of(t.Elem()))
	case *types.Signature:
		return reflect.FuncOf(ts.tuple(t.Params()), ts.tuple(t.Results()), t.Variadic())
	case *types.Tuple:
		return reflect.StructOf(ts.tupleFields(t))
	case *types.Struct:
		return ts.structType(t)
	case *types.Interface:
		return ts.interfaceType(t)
	case *types.Named:
		return ts.namedType(t)
	}
	panic(&Error{fmt.Sprintf("no runtime type for %v", t)})
}

func chanDir(d types.ChanDir) reflect.ChanDir {
	return [...]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}[d]
}

func (ts *Types) tuple(t *types.Tuple) []reflect.Type {
	rs := make([]reflect.Type, t.Len())
	for i := range rs {
		rs[i] = ts.of(t.At(i).Type())
	}
	return rs
}

func (ts *Types) tupleFields(t *types.Tuple) []reflect.StructField {
	fs := make([]reflect.StructField, t.Len())
	for i := range fs {
		fs[i] = reflect.StructField{Name: fmt.Sprint("F", i), Type: ts.of(t.At(i).Type())}
	}
	return fs
}

// structType makes a struct type without a name. With embedded fields it may
// have methods, and reflect cannot make it.
func (ts *Types) structType(t *types.Struct) reflect.Type {
	plain, embedded := ts.fields(t)
	if len(embedded) == 0 {
		return reflect.StructOf(plain)
	}
	return ts.shellType(t, structString(plain, embedded), structPackage(t))
}

// fields are those of t as plain fields, and which of them are embedded.
func (ts *Types) fields(t *types.Struct) (plain []reflect.StructField, embedded []int) {
	plain = make([]reflect.StructField, t.NumFields())
	for i := range plain {
		f := t.Field(i)
		plain[i] = reflect.StructField{Name: f.Name(), Type: ts.of(f.Type()), Tag: reflect.StructTag(t.Tag(i))}
		if !f.Exported() {
			plain[i].PkgPath = f.Pkg().Path()
		}
		if f.Embedded() {
			embedded = append(embedded, i)
		}
	}
	return plain, embedded
}

// structString prints a struct type as the compiler does.
func structString(fs []reflect.StructField, embedded []int) string {
	s := "struct {"
	for i, f := range fs {
		if i > 0 {
			s += ";"
		}
		if len(embedded) > 0 && embedded[0] == i {
			embedded = embedded[1:]
		} else {
			s += " " + f.Name
		}
		s += " " + f.Type.String()
		if f.Tag != "" {
			s += fmt.Sprintf(" %q", string(f.Tag))
		}
	}
	return s + " }"
}

// structPackage is the package to which the struct's unexported names belong.
func structPackage(t *types.Struct) string {
	for f := range t.Fields() {
		if !f.Exported() {
			return f.Pkg().Path()
		}
	}
	return t.Field(0).Pkg().Path()
}

// interfaceType makes an interface type without a name.
func (ts *Types) interfaceType(t *types.Interface) reflect.Type {
	if t.NumMethods() == 0 {
		return reflect.TypeFor[any]()
	}
	return ts.shellType(t, interfaceString(ts, t), interfacePackage(t))
}

func interfaceString(ts *Types, t *types.Interface) string {
	s := "interface {"
	for i, m := range ts.interfaceMethods(t) {
		if i > 0 {
			s += ";"
		}
		name := m.name
		if !token.IsExported(name) {
			name = m.pkgName + "." + name
		}
		s += " " + name + m.typ.String()[len("func"):]
	}
	return s + " }"
}

func interfacePackage(t *types.Interface) string {
	for m := range t.Methods() {
		if !m.Exported() {
			return m.Pkg().Path()
		}
	}
	return ""
}

// namedType finds the compiled type or makes one.
func (ts *Types) namedType(t *types.Named) reflect.Type {
	if r := ts.compiled(t); r != nil {
		return r
	}
	pkg := t.Obj().Pkg()
	return ts.shellType(t, pkg.Name()+"."+t.Obj().Name()+ts.typeArguments(t), pkg.Path())
}

// compiled returns the compiled type of that name, nil where there is none.
func (ts *Types) compiled(t *types.Named) reflect.Type {
	pkg := t.Obj().Pkg()
	if pkg == nil {
		return reflect.TypeFor[error]()
	}
	if ts.cfg.Compiled == nil || t.Obj().Parent() != nil && t.Obj().Parent() != pkg.Scope() {
		return nil // declared in a function
	}
	return ts.cfg.Compiled(pkg.Path(), t.Obj().Name()+ts.typeArguments(t))
}

// typeArguments prints those of an instance as reflect does: with full package
// paths and no spaces.
func (ts *Types) typeArguments(t *types.Named) string {
	return ts.brackets(slices.Collect(t.TypeArgs().Types()))
}

func (ts *Types) brackets(args []types.Type) string {
	if len(args) == 0 {
		return ""
	}
	names := make([]string, len(args))
	for i, a := range args {
		names[i] = ts.linkString(a)
	}
	return "[" + strings.Join(names, ",") + "]"
}

// linkString is the name of a type inside the name of an instance.
func (ts *Types) linkString(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return t.Obj().Name()
		}
		return t.Obj().Pkg().Path() + "." + t.Obj().Name() + ts.typeArguments(t)
	case *types.Pointer:
		return "*" + ts.linkString(t.Elem())
	case *types.Slice:
		return "[]" + ts.linkString(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), ts.linkString(t.Elem()))
	case *types.Map:
		return "map[" + ts.linkString(t.Key()) + "]" + ts.linkString(t.Elem())
	case *types.Chan:
		return [...]string{"chan ", "chan<- ", "<-chan "}[t.Dir()] + ts.linkString(t.Elem())
	}
	return ts.of(t).String()
}
