package compute

import (
	"math/bits"
	"strings"
	"sync"
	"unsafe"
)

// Scratch memory: padded images, tiles, packed blocks. It is borrowed and given
// back within a call, in sizes that are powers of two, so that a steady loop
// allocates nothing; at most keep bytes wait for the next call.

const keep = 192 << 20

var scratch struct {
	mu    sync.Mutex
	free  [40][][]float32
	bytes int
}

// borrow returns n floats on a cache line boundary, with any contents, and
// slack beyond them that kernels may read.
func borrow(n int) []float32 {
	class := bits.Len(uint(n + 63))
	scratch.mu.Lock()
	if list := scratch.free[class]; len(list) > 0 {
		s := list[len(list)-1]
		scratch.free[class] = list[:len(list)-1]
		scratch.bytes -= 4 * cap(s)
		scratch.mu.Unlock()
		return s[:n]
	}
	scratch.mu.Unlock()
	return aligned(1 << class)[:n]
}

// giveBack returns what borrow lent.
func giveBack(s []float32) {
	class := bits.Len(uint(cap(s))) - 1
	scratch.mu.Lock()
	defer scratch.mu.Unlock()
	if scratch.bytes+4*cap(s) > keep {
		return
	}
	scratch.bytes += 4 * cap(s)
	scratch.free[class] = append(scratch.free[class], s)
}

// aligned returns n floats that begin on a cache line.
func aligned(n int) []float32 {
	s := Zeros[float32](n + 16)
	skip := int(-uintptr(unsafe.Pointer(&s[0]))&63) / 4
	return s[skip : skip+n : skip+n]
}

// asInts, asDoubles and asFloats look at the same scratch memory as another type.
func asInts(s []float32) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(&s[0])), cap(s))[:len(s)]
}

func asDoubles(s []float32) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(&s[0])), len(s)/2)
}

func asFloats(s []int32) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(&s[0])), cap(s))[:len(s)]
}

// Zeros returns n numbers that are 0.
func Zeros[T float32 | int32](n int) []T {
	s := make([]T, n)
	inLargePages(unsafe.Pointer(unsafe.SliceData(s)), 4*n)
	return s
}

// Room returns n floats that may hold anything: Zeros without the time it takes to
// clear them. A strings.Builder grows into such memory.
func Room(n int) []float32 {
	if n < 1<<12 {
		return make([]float32, n)
	}
	var b strings.Builder
	b.Grow(4 * n)
	b.WriteByte(0)
	s := unsafe.Slice((*float32)(unsafe.Pointer(unsafe.StringData(b.String()))), n)
	inLargePages(unsafe.Pointer(&s[0]), 4*n)
	return s
}
