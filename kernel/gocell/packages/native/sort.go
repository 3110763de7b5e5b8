package native

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// Sort sorts a slice of an ordered type, named or not.
func Sort(slice any) {
	v := reflect.ValueOf(slice)
	sort := sorters[v.Type().Elem().Kind()]
	if sort == nil {
		panic(fmt.Sprintf("native.Sort: %T has no order", slice))
	}
	sort(v.UnsafePointer(), v.Len())
}

var sorters = map[reflect.Kind]func(unsafe.Pointer, int){
	reflect.Int: sortAs[int], reflect.Int8: sortAs[int8], reflect.Int16: sortAs[int16],
	reflect.Int32: sortAs[int32], reflect.Int64: sortAs[int64],
	reflect.Uint: sortAs[uint], reflect.Uint8: sortAs[uint8], reflect.Uint16: sortAs[uint16],
	reflect.Uint32: sortAs[uint32], reflect.Uint64: sortAs[uint64], reflect.Uintptr: sortAs[uintptr],
	reflect.Float32: sortAs[float32], reflect.Float64: sortAs[float64], reflect.String: sortAs[string],
}

func sortAs[E cmp.Ordered](p unsafe.Pointer, n int) { slices.Sort(unsafe.Slice((*E)(p), n)) }
