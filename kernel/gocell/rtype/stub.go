package rtype

import (
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"unsafe"
)

//go:generate go run stubgen.go

// An itab holds bare code addresses, so every method needs an address of its
// own. The generated stubs are these addresses: stub i loads the closure
// stubContext[i] into the context register and jumps to its code. It has no
// frame and leaves the arguments where they are, so it serves any signature.
var stubs struct {
	sync.Mutex
	used   int
	refuse int32 // the offset of the stub that refuses, once made
}

// newStub returns the offset of a stub that enters closure.
func newStub(closure unsafe.Pointer) (int32, error) {
	stubs.Lock()
	defer stubs.Unlock()
	return nextStub(closure)
}

func nextStub(closure unsafe.Pointer) (int32, error) {
	if stubs.used >= nStubs {
		return 0, &Error{fmt.Sprintf("method table full: %d methods declared since the restart; restart the kernel to go on", nStubs)}
	}
	i := stubs.used
	stubs.used++
	stubContext[i] = closure
	code := stubCode(i)
	return addReflectOff(*(*unsafe.Pointer)(unsafe.Pointer(&code))), nil
}

// stubCode is the address of stub i.
func stubCode(i int) uintptr {
	c := *(*uintptr)(unsafe.Add(stubTable(), uintptr(i)*8))
	if runtime.GOARCH == "wasm" {
		// A code address is the function's index << 16 and can look like a heap
		// pointer to the collector (go.dev/issue/80472). A call uses bits 16 to
		// 47 only, so a bit above them makes it an address of nothing.
		c |= 1 << 48
	}
	return c
}

// refusal is the stub for reflect.Type.Method(i).Func of value types. That func
// takes the receiver by value and would need a second stub for every method; it
// is used so rarely that one stub refuses for all.
func refusal() (int32, error) {
	stubs.Lock()
	defer stubs.Unlock()
	var err error
	if stubs.refuse == 0 {
		refuse := func() {
			panic("reflect.Type.Method(i).Func does not work on a type declared in a cell; use reflect.Value.Method(i)")
		}
		_, word := Words(refuse)
		stubs.refuse, err = nextStub(word)
	}
	return stubs.refuse, err
}

// closure is the word of a func value that enters c: its first parameter is the
// receiver word, the others are those of the method.
func (e entry) closure(c Code) unsafe.Pointer {
	if w := makeClosure("P"+Shape(e.typ), c); w != nil {
		return w
	}
	t := withReceiver(e.typ)
	_, w := Words(reflect.MakeFunc(t, reflectBody(t, c)).Interface())
	return w
}

// withReceiver is the func type t with an unsafe.Pointer before the parameters.
func withReceiver(t reflect.Type) reflect.Type {
	in := []reflect.Type{reflect.TypeFor[unsafe.Pointer]()}
	for i := range t.NumIn() {
		in = append(in, t.In(i))
	}
	var out []reflect.Type
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	return reflect.FuncOf(in, out, t.IsVariadic())
}

// Methods reports how many methods have been declared, and how many a session
// can declare.
func Methods() (used, limit int) {
	stubs.Lock()
	defer stubs.Unlock()
	return stubs.used, nStubs
}
