package gocell

import (
	"reflect"
	"strconv"
	"unsafe"
)

// The functions of the Go runtime below are kept open to other packages by
// push linknames in the standard library (go.dev/issue/67401).

//go:linkname mapaccess runtime.mapaccess2
func mapaccess(t, m, key fp) (fp, bool)

//go:linkname mapassign runtime.mapassign
func mapassign(t, m, key fp) fp

//go:linkname mapdelete runtime.mapdelete
func mapdelete(t, m, key fp)

//go:linkname typedmemmove runtime.typedmemmove
func typedmemmove(t, dst, src fp)

//go:linkname unsafeNew reflect.unsafe_New
func unsafeNew(t fp) fp

//go:linkname unsafeNewArray reflect.unsafe_NewArray
func unsafeNewArray(t fp, n int) fp

// An eface is the two words of an any: type and data. In the interfaces with
// methods the first word is a method table, an itab.
type eface struct{ t, d fp }

// An itab is the runtime's method table of a type for an interface.
type itab struct {
	inter, typ fp
	hash       uint32
	_          [4]byte
	fun        [1]uintptr
}

// A hdr is the header of a slice.
type hdr struct {
	p    fp
	n, c int
}

// typeWord returns the word that names a type in an interface value.
func typeWord(t reflect.Type) fp { return (*eface)(unsafe.Pointer(&t)).d }

var rtypeTab = func() fp { t := reflect.TypeFor[int](); return (*eface)(unsafe.Pointer(&t)).t }()

// typeOfWord is the inverse of typeWord.
func typeOfWord(w fp) (t reflect.Type) {
	*(*eface)(unsafe.Pointer(&t)) = eface{rtypeTab, w}
	return t
}

// isDirect reports whether an interface holds values of type t in its data
// word itself: pointers and what has the shape of one. The flag lies behind the
// size, the pointer bytes and the hash of internal/abi.Type.
func isDirect(t reflect.Type) bool {
	const flags, direct = 2*ptrSize + 4, 1 << 5
	return *(*uint8)(unsafe.Add(typeWord(t), flags))&direct != 0
}

// anyAt reads the value of type t at p as an any that shares its memory.
func anyAt(t reflect.Type, p fp) (x any) {
	e := (*eface)(unsafe.Pointer(&x))
	if t.Kind() == reflect.Interface {
		if t.NumMethod() == 0 {
			return *(*any)(p)
		}
		*e = toEface(*(*eface)(p))
		return x
	}
	if isDirect(t) {
		p = *(*fp)(p)
	}
	e.t, e.d = typeWord(t), p
	return x
}

// toEface turns the words of an interface with methods into those of an any.
func toEface(v eface) eface {
	if v.t != nil {
		v.t = (*itab)(v.t).typ
	}
	return v
}

// valueAt is the variable of type t at p.
func valueAt(t reflect.Type, p fp) reflect.Value { return reflect.NewAt(t, p).Elem() }

// word reads the pointer word of a func, map, chan or pointer value.
func word(v reflect.Value) fp {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return *(*fp)(p.UnsafePointer())
}

func itoa(n int) string { return strconv.Itoa(n) }
