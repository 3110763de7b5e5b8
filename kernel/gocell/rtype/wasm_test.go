package rtype

import (
	"fmt"
	"go/types"
	"os"
	"reflect"
	"runtime"
	"testing"
	"unsafe"
)

// TestStubsAreNoHeapPointers makes types after the heap has covered the stubs'
// addresses and shrunk again: on wasm a bare code address then stops the
// program (go.dev/issue/80472).
func TestStubsAreNoHeapPointers(t *testing.T) {
	if runtime.GOARCH != "wasm" || os.Getenv("GOCELL_STRESS") == "" {
		t.Skip("for wasm, with GOCELL_STRESS=1: it takes 1 GB")
	}
	block := make([]byte, 1050<<20)
	t.Logf("block at %p, stubs at %#x", &block[0], stubCode(0))
	block = nil
	for range 3 {
		runtime.GC()
	}
	var values []fmt.Stringer
	for i := range 1000 {
		ts := newTypes()
		n := declare(ts, "T", types.Typ[types.Int], "String", reflect.TypeFor[func() string](),
			CodeFunc(func(in, out []unsafe.Pointer) { *(*string)(out[0]) = fmt.Sprint(*(*int)(in[0])) }))
		values = append(values, reflect.ValueOf(i).Convert(ts.Of(n)).Interface().(fmt.Stringer))
	}
	var hold [][]byte
	for range 4 {
		for i := range 300 {
			hold = append(hold, make([]byte, 1000+i*170))
		}
		runtime.GC()
		for i, v := range values {
			if v.String() != fmt.Sprint(i) {
				t.Fatalf("value %d: %v", i, v)
			}
		}
	}
	runtime.KeepAlive(hold)
}
