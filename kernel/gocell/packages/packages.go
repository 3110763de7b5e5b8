// Package packages holds what cells may import: for each package its compiled
// functions, variables and types, what the type checker must know of it, the
// source of its generic functions, and its documentation. All of it is in the
// binary and decoded on first use; no toolchain and no network is needed.
//
// # Generic functions
//
// A generic function has no compiled value, so its source travels along and the
// engine compiles it like a cell's, for the type arguments at hand. Sources.Func
// takes a *types.Func and returns its checked declaration, or nil where the
// function is compiled. The rules for the engine are few:
//
//   - Declarations belong to a package of the same path, whose scope holds the
//     objects of the imported package and, beside them, what the source declares:
//     generic functions and unexported helpers. Types that both have are the
//     imported ones, so a *types.Named has one identity.
//   - A function that a declaration calls is asked for in the same way: nil means
//     that it is compiled.
//   - A method of an exported generic type is a function there, with the receiver
//     as first parameter and the type's parameters as its own: Pointer.Load of
//     sync/atomic is func Pointer_Load[T any](x *Pointer[T]) *T. Func finds it
//     for the method's object.
//   - The few that need the runtime (iter.Pull, maps.Clone, unique, weak ...) are
//     written anew with exported functions only.
package packages

import (
	"cmp"
	"reflect"
	"slices"
	"sync"
)

// A Symbol is an exported name of a package with what the linker knows of it: a
// function, a pointer to a variable, or for a type T a nil *T. Constants are in
// the export data alone, generic functions and types in the generic source.
type Symbol struct {
	Name  string
	Value any
}

// A Package is what cells may import under one path.
type Package struct {
	Path, Name string
	Symbols    []Symbol // sorted by name

	Exports  Archive // what the type checker reads
	Docs     Archive // documentation
	Generics Archive // source of generic functions and types

	reach  sync.Once
	hidden map[string]reflect.Type

	read     sync.Once
	comments map[string]string
}

// lookup returns the value of a symbol, the zero Value where there is none.
func (p *Package) lookup(name string) reflect.Value {
	i, ok := slices.BinarySearchFunc(p.Symbols, name, func(s Symbol, name string) int { return cmp.Compare(s.Name, name) })
	if !ok {
		return reflect.Value{}
	}
	return reflect.ValueOf(p.Symbols[i].Value)
}

// Func returns an exported function that is not generic, or the zero Value.
func (p *Package) Func(name string) reflect.Value { return p.lookup(name) }

// Var returns a pointer to an exported variable, or the zero Value.
func (p *Package) Var(name string) reflect.Value { return p.lookup(name) }

// Type returns a compiled type by the name that reflect prints: an exported
// type, or an unexported one or an instance of a generic one ("Pointer[int]")
// that the package's exported names lead to. It is nil where there is none.
func (p *Package) Type(name string) reflect.Type {
	if v := p.lookup(name); v.IsValid() {
		return v.Type().Elem()
	}
	p.reach.Do(p.findHidden)
	return p.hidden[name]
}

// findHidden follows the exported symbols to all named types of the package.
func (p *Package) findHidden() {
	w := walker{path: p.Path, seen: map[reflect.Type]bool{}, found: map[string]reflect.Type{}}
	for _, s := range p.Symbols {
		w.walk(reflect.TypeOf(s.Value))
	}
	p.hidden = w.found
}

type walker struct {
	path  string
	seen  map[reflect.Type]bool
	found map[string]reflect.Type
}

// walk stops at named types of other packages: what lies behind them is theirs.
func (w *walker) walk(t reflect.Type) {
	if w.seen[t] {
		return
	}
	w.seen[t] = true
	if t.Name() != "" {
		if t.PkgPath() != w.path {
			return
		}
		w.found[t.Name()] = t
		w.methods(reflect.PointerTo(t))
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		w.walk(t.Elem())
	case reflect.Map:
		w.walk(t.Key())
		w.walk(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			w.walk(t.Field(i).Type)
		}
	case reflect.Func:
		for i := range t.NumIn() {
			w.walk(t.In(i))
		}
		for i := range t.NumOut() {
			w.walk(t.Out(i))
		}
	case reflect.Interface:
		w.methods(t)
	}
}

func (w *walker) methods(t reflect.Type) {
	for i := range t.NumMethod() {
		w.walk(t.Method(i).Type)
	}
}
