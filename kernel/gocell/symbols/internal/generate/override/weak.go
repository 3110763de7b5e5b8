//go:build ignore

package weak

import (
	"unsafe"

	"github.com/convnotes/convnotes/kernel/gocell/packages/native"
)

func Make[T any](ptr *T) Pointer[T] {
	if ptr == nil {
		return Pointer[T]{}
	}
	return Pointer[T]{u: native.WeakPointer(unsafe.Pointer(ptr))}
}

func (p Pointer[T]) Value() *T {
	if p.u == nil {
		return nil
	}
	return (*T)(native.StrongPointer(p.u))
}
