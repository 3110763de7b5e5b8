// Package native is what the generic functions of the standard library that
// need the runtime stand on in cells: a few compiled functions for one type
// each, from which the source in the symbol tables makes the generic ones.
package native

import (
	"hash/maphash"
	"iter"
	"runtime"
	"sync"
	"unsafe"
	"weak"
)

// Pull and Pull2 are iter.Pull and iter.Pull2 for values of any type.
func Pull(seq iter.Seq[any]) (next func() (any, bool), stop func()) { return iter.Pull(seq) }

func Pull2(seq iter.Seq2[any, any]) (next func() (any, any, bool), stop func()) {
	return iter.Pull2(seq)
}

// WeakPointer is what a weak.Pointer to p holds.
func WeakPointer(p unsafe.Pointer) unsafe.Pointer {
	w := weak.Make((*byte)(p))
	return *(*unsafe.Pointer)(unsafe.Pointer(&w))
}

// StrongPointer is the inverse, nil when the object is gone.
func StrongPointer(held unsafe.Pointer) unsafe.Pointer {
	return unsafe.Pointer((*(*weak.Pointer[byte])(unsafe.Pointer(&held))).Value())
}

// AddCleanup runs f some time after the object at p is gone.
func AddCleanup(p unsafe.Pointer, f func()) runtime.Cleanup {
	return runtime.AddCleanup((*byte)(p), func(f func()) { f() }, f)
}

// Comparable and WriteComparable hash a value by its type and content.
func Comparable(seed maphash.Seed, v any) uint64 { return maphash.Comparable(seed, v) }

func WriteComparable(h *maphash.Hash, v any) { maphash.WriteComparable(h, v) }

var canonical sync.Map

// Canonical returns the pointer first given with a value equal to this one. It
// keeps what it was given.
func Canonical(value, pointer any) any {
	p, _ := canonical.LoadOrStore(value, pointer)
	return p
}
