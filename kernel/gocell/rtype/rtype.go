// Package rtype makes runtime types of the types that cells declare.
//
// A type declared in a cell becomes a real runtime type, with its own name,
// method table and pointer type, so compiled code sees it as it sees a compiled
// type: fmt finds its String method, encoding/json its tags, errors.As its
// identity, and an interface value holds it without a box around it. Package
// reflect makes unnamed types only; the rest is written here by hand against
// the layouts of internal/abi, which Check compares with what the compiler made.
// One linkname is used, reflect.addReflectOff, which the standard library keeps
// open for this (go.dev/issue/67401).
//
// The engine asks Types.Of for the runtime type of a types.Type, converts to
// interfaces with a Conversion, asserts with an Assertion, and makes func values
// that compiled code can call with MakeFunc. A method is one Code; the method
// table of a type leads to it by one of a fixed number of assembly stubs.
package rtype

import (
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"

	"golang.org/x/tools/go/types/typeutil"
)

// Config is what a set of types needs to know from outside.
type Config struct {
	// Compiled returns the type of that name in a compiled package (exported or
	// not, an instance by the name reflect prints: "Pointer[int]"), or nil.
	Compiled func(pkgPath, name string) reflect.Type

	// Method returns the body of method m, declared on recv, which is not
	// compiled. It is asked after the type is made and at most once for each
	// type, without locks held, so that it may call Of; a later redefinition of
	// the body is the returned Code's affair. Nil means that there is no body:
	// calling the method then panics.
	Method func(recv *types.Named, m *types.Func) Code
}

// Types maps types of the type checker, by identity, to runtime types.
// It is safe for use by several goroutines.
type Types struct {
	cfg   Config
	epoch atomic.Uint64 // counts generations, so that conversions notice

	mu       sync.Mutex
	types    typeutil.Map                // types.Type -> reflect.Type
	sources  map[reflect.Type]types.Type // the inverse, for types made of cell types
	families typeutil.Map                // named type -> *family
	familyOf map[reflect.Type]*family
	pending  []*lateCode // to be asked for when mu is free
}

// New returns an empty set of types.
func New(cfg Config) *Types {
	return &Types{cfg: cfg, sources: map[reflect.Type]types.Type{}, familyOf: map[reflect.Type]*family{}}
}
