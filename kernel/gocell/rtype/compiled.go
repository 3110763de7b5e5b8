package rtype

import (
	"reflect"
	"unsafe"
)

// FuncCode is a compiled func value as Code.
func FuncCode(f reflect.Value) Code {
	word := *(*unsafe.Pointer)(addressOf(f))
	call := CallerOf(f.Type())
	return CodeFunc(func(in, out []unsafe.Pointer) { call(word, in, out) })
}

func addressOf(v reflect.Value) unsafe.Pointer {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.UnsafePointer()
}

// CompiledMethod is an exported method of a compiled type as Code: in[0] points
// to a value of type recv. It is nil where recv has no such method.
func CompiledMethod(recv reflect.Type, name string) Code {
	m, ok := recv.MethodByName(name)
	if !ok {
		return nil
	}
	return FuncCode(m.Func)
}

// InterfaceMethod is a method of interface type inter as Code: in[0] points to
// an interface value of that type. A nil interface value panics as Go does.
func InterfaceMethod(inter reflect.Type, name string) Code {
	for i := range inter.NumMethod() {
		if m := inter.Method(i); m.Name == name {
			return &interfaceMethod{i, CallerOf(withReceiver(m.Type))}
		}
	}
	return nil
}

type interfaceMethod struct {
	index int
	call  Caller
}

func (m *interfaceMethod) Call(in, out []unsafe.Pointer) {
	v := *(*iface)(in[0])
	if v.tab == nil {
		nilDereference()
	}
	fun := unsafe.Add(unsafe.Pointer(&(*abiItab)(v.tab).Fun), uintptr(m.index)*unsafe.Sizeof(uintptr(0)))
	// A func value is a pointer to a code address, and the itab holds just that.
	in[0] = unsafe.Pointer(&v.word)
	m.call(fun, in, out)
}
