package rtype

import (
	"go/types"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A Conversion converts values of one type to an interface type. It is made
// once for a place in the code and used for every value that passes; when a
// type gets a new generation, it follows.
type Conversion struct {
	ts       *Types
	from, to types.Type
	state    atomic.Pointer[converter]
}

type converter struct {
	epoch   uint64
	to      reflect.Type   // the interface type
	tab     unsafe.Pointer // of a concrete from type: the first word
	box     boxer          // and what makes the second; nil where from is an interface
	fromAny bool           // from is an interface without methods
}

// Conversion returns the conversion from a type, concrete or interface, to an
// interface type that it implements.
func (ts *Types) Conversion(from, to types.Type) *Conversion {
	c := &Conversion{ts: ts, from: from, to: to}
	c.resolve()
	return c
}

func (c *Conversion) resolve() *converter {
	s := &converter{epoch: c.ts.epoch.Load(), to: c.ts.Of(c.to)}
	from := c.ts.Of(c.from)
	if from.Kind() == reflect.Interface {
		s.fromAny = from.NumMethod() == 0
	} else {
		s.box = boxerOf(from)
		s.tab = itabOf(s.to, ID(from))
		if s.tab == nil {
			panic("rtype: " + from.String() + " does not implement " + s.to.String())
		}
	}
	c.state.Store(s)
	return s
}

// Convert converts the value at src and writes the interface to dst. The value
// is copied, so that later changes at src are not seen.
func (c *Conversion) Convert(dst, src unsafe.Pointer) {
	s := c.state.Load()
	if s.epoch != c.ts.epoch.Load() {
		s = c.resolve()
	}
	if s.box != nil {
		*(*iface)(dst) = iface{s.tab, s.box(src)}
		return
	}
	v := *(*iface)(src)
	if v.tab != nil {
		v.tab = itabOf(s.to, dynamic(v.tab, s.fromAny))
	}
	*(*iface)(dst) = v
}

// dynamic is the type word of an interface value that is not nil.
func dynamic(tab unsafe.Pointer, isAny bool) unsafe.Pointer {
	if isAny {
		return tab
	}
	return unsafe.Pointer((*abiItab)(tab).Type)
}

type itabKey struct {
	inter reflect.Type
	id    unsafe.Pointer
}

var itabs sync.Map // itabKey -> unsafe.Pointer, nil where id does not implement inter

// itabOf returns the first word of values of interface type inter whose dynamic
// type is id, or nil where that type does not implement inter.
func itabOf(inter reflect.Type, id unsafe.Pointer) unsafe.Pointer {
	if inter.NumMethod() == 0 {
		return id
	}
	k := itabKey{inter, id}
	if tab, ok := itabs.Load(k); ok {
		return tab.(unsafe.Pointer)
	}
	tab := findItab(inter, FromID(id))
	itabs.Store(k, tab)
	return tab
}

// findItab lets reflect store a zero value of t in an interface variable: that
// makes the runtime build the itab.
func findItab(inter, t reflect.Type) unsafe.Pointer {
	if !t.Implements(inter) {
		return nil
	}
	v := reflect.New(inter)
	v.Elem().Set(reflect.Zero(t))
	return (*iface)(v.UnsafePointer()).tab
}

// An Assertion is x.(T) for one type of x and one T. Like a Conversion it
// belongs to a place in the code.
type Assertion struct {
	ts       *Types
	from, to types.Type
	state    atomic.Pointer[asserter]
}

type asserter struct {
	epoch   uint64
	from    reflect.Type
	to      reflect.Type
	id      unsafe.Pointer // of to
	fromAny bool
	toIface bool
	copyOut func(dst, word unsafe.Pointer) // a concrete value
	last    atomic.Pointer[found]          // the type seen last
}

// found is what asserting a value of type id gave.
type found struct {
	id, tab unsafe.Pointer
	ok      bool
}

// Assertion returns the assertion of values of interface type from to type to.
func (ts *Types) Assertion(from, to types.Type) *Assertion {
	a := &Assertion{ts: ts, from: from, to: to}
	a.resolve()
	return a
}

func (a *Assertion) resolve() *asserter {
	s := &asserter{epoch: a.ts.epoch.Load(), from: a.ts.Of(a.from), to: a.ts.Of(a.to)}
	s.id = ID(s.to)
	s.fromAny = s.from.NumMethod() == 0
	s.toIface = s.to.Kind() == reflect.Interface
	if !s.toIface {
		s.copyOut = copierOf(s.to)
	}
	a.state.Store(s)
	return s
}

// copierOf returns what stores a concrete value, given the data word of the
// interface that holds it.
func copierOf(t reflect.Type) func(dst, word unsafe.Pointer) {
	if Direct(t) {
		return func(dst, word unsafe.Pointer) { *(*unsafe.Pointer)(dst) = word }
	}
	switch d := descriptor(t); {
	case d.Size == 8 && d.PtrBytes == 0:
		return func(dst, word unsafe.Pointer) { *(*uint64)(dst) = *(*uint64)(word) }
	case t.Kind() == reflect.String:
		return func(dst, word unsafe.Pointer) { *(*string)(dst) = *(*string)(word) }
	}
	return func(dst, word unsafe.Pointer) { reflect.NewAt(t, dst).Elem().Set(reflect.NewAt(t, word).Elem()) }
}

// Assert stores the value in the interface at src as the asserted type at dst
// and reports whether it has that type; where it has not, dst is left alone.
// Dst may be nil to ask only.
func (a *Assertion) Assert(dst, src unsafe.Pointer) bool {
	s := a.state.Load()
	if s.epoch != a.ts.epoch.Load() {
		s = a.resolve()
	}
	v := *(*iface)(src)
	if v.tab == nil {
		return false
	}
	id := dynamic(v.tab, s.fromAny)
	if !s.toIface && id == s.id {
		if dst != nil {
			s.copyOut(dst, v.word)
		}
		return true
	}
	f := s.last.Load()
	if f == nil || f.id != id {
		f = a.find(s, id)
		s.last.Store(f)
	}
	if !f.ok || dst == nil {
		return f.ok
	}
	if s.toIface {
		*(*iface)(dst) = iface{f.tab, v.word}
	} else {
		s.copyOut(dst, v.word)
	}
	return true
}

func (a *Assertion) find(s *asserter, id unsafe.Pointer) *found {
	f := &found{id: id}
	if s.toIface {
		f.tab = itabOf(s.to, id)
		f.ok = f.tab != nil
	} else {
		f.ok = a.ts.Same(FromID(id), s.to)
	}
	return f
}

// Error is the run-time error of the assertion failed for the interface at src,
// a *runtime.TypeAssertionError as compiled Go makes it.
func (a *Assertion) Error(src unsafe.Pointer) error {
	s := a.state.Load()
	e := &assertionError{asserted: descriptor(s.to)}
	if !s.toIface {
		e.inter = descriptor(s.from)
	}
	if v := *(*iface)(src); v.tab != nil {
		e.concrete = (*abiType)(dynamic(v.tab, s.fromAny))
		if s.toIface {
			e.missing = missingMethod(s.to, typeOf(e.concrete))
		}
	}
	return (*runtime.TypeAssertionError)(unsafe.Pointer(e))
}

// assertionError mirrors runtime.TypeAssertionError, whose fields are not
// exported.
type assertionError struct {
	inter, concrete, asserted *abiType
	missing                   string
}

// missingMethod is the first method of inter, in the order of its table, that
// t has not.
func missingMethod(inter, t reflect.Type) string {
	for i := range inter.NumMethod() {
		m := inter.Method(i)
		if n, ok := t.MethodByName(m.Name); m.IsExported() && (!ok || !sameSignature(n, m, t)) {
			return m.Name
		}
	}
	for i := range inter.NumMethod() {
		if m := inter.Method(i); !m.IsExported() {
			return m.Name
		}
	}
	return ""
}

// sameSignature compares a method of t, which has a receiver unless t is an
// interface, with a method of an interface.
func sameSignature(n, m reflect.Method, t reflect.Type) bool {
	if t.Kind() == reflect.Interface {
		return n.Type == m.Type
	}
	in := make([]reflect.Type, n.Type.NumIn()-1)
	for i := range in {
		in[i] = n.Type.In(i + 1)
	}
	out := make([]reflect.Type, n.Type.NumOut())
	for i := range out {
		out[i] = n.Type.Out(i)
	}
	return reflect.FuncOf(in, out, n.Type.IsVariadic()) == m.Type
}
