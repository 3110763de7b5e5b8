//go:build ignore

package runtime

import (
	"unsafe"

	"github.com/convnotes/convnotes/kernel/gocell/packages/native"
)

func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) Cleanup {
	if ptr == nil {
		panic("runtime.AddCleanup: ptr is nil")
	}
	if any(arg) == any(ptr) || any(arg) == any(unsafe.Pointer(ptr)) {
		panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
	}
	return native.AddCleanup(unsafe.Pointer(ptr), func() { cleanup(arg) })
}
