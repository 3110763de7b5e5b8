package rtype

import (
	"reflect"
	"unsafe"
)

// ID is the identity of t: what a value of type any with the dynamic type t
// holds as its type word.
func ID(t reflect.Type) unsafe.Pointer { return unsafe.Pointer(descriptor(t)) }

// FromID is the inverse of ID.
func FromID(id unsafe.Pointer) reflect.Type { return typeOf((*abiType)(id)) }

// Direct reports whether an interface holds a value of type t in its second
// word rather than a pointer to it: pointers, maps, channels, funcs and structs
// and arrays of exactly one of these.
func Direct(t reflect.Type) bool { return descriptor(t).TFlag&flagDirect != 0 }

// Words returns the type word of x and the word beside it.
func Words(x any) (id, word unsafe.Pointer) {
	e := (*iface)(unsafe.Pointer(&x))
	return e.tab, e.word
}

// MakeAny copies the value of type t at p into an interface, as the conversion
// any(v) does. T is no interface type.
func MakeAny(t reflect.Type, p unsafe.Pointer) any {
	var x any
	*(*iface)(unsafe.Pointer(&x)) = iface{ID(t), boxerOf(t)(p)}
	return x
}

// A boxer gives the data word of an interface for the value at p.
type boxer func(p unsafe.Pointer) unsafe.Pointer

var zeroWord [8]byte

// boxerOf copies by size where t holds no pointers, by reflect otherwise.
func boxerOf(t reflect.Type) boxer {
	d := descriptor(t)
	switch {
	case d.TFlag&flagDirect != 0:
		return func(p unsafe.Pointer) unsafe.Pointer { return *(*unsafe.Pointer)(p) }
	case d.Size == 0:
		return func(unsafe.Pointer) unsafe.Pointer { return unsafe.Pointer(&zeroWord) }
	case t.Kind() == reflect.String:
		return box[string]
	case t.Kind() == reflect.Slice:
		return box[[]byte]
	case d.PtrBytes != 0:
		return func(p unsafe.Pointer) unsafe.Pointer {
			v := reflect.New(t)
			v.Elem().Set(reflect.NewAt(t, p).Elem())
			return v.UnsafePointer()
		}
	}
	switch d.Size {
	case 1:
		return boxByte
	case 2:
		return box[uint16]
	case 4:
		return box[uint32]
	case 8:
		return box[uint64]
	case 16:
		return box[[2]uint64]
	}
	return func(p unsafe.Pointer) unsafe.Pointer {
		v := reflect.New(t).UnsafePointer()
		copy(unsafe.Slice((*byte)(v), d.Size), unsafe.Slice((*byte)(p), d.Size))
		return v
	}
}

func box[T any](p unsafe.Pointer) unsafe.Pointer {
	v := new(T)
	*v = *(*T)(p)
	return unsafe.Pointer(v)
}

// allBytes holds every byte, as the runtime does, so that a bool in an
// interface costs nothing.
var allBytes = func() (b [256]byte) {
	for i := range b {
		b[i] = byte(i)
	}
	return b
}()

func boxByte(p unsafe.Pointer) unsafe.Pointer {
	return unsafe.Pointer(&allBytes[*(*byte)(p)])
}
