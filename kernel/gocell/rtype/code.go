package rtype

import (
	"reflect"
	"unsafe"
)

// Code is a function or method body that is not compiled Go.
//
// In[i] points to argument i and out[i] to where result i goes. For a method
// in[0] points to the receiver: to a T where the method is declared on T, to a
// *T where it is declared on *T. A variadic parameter is one slice.
//
// The arguments belong to the caller: Call copies what it wants to change or
// keep, and holds neither in, out nor what they point to after it returns. It is
// called from any goroutine, and by several at once.
type Code interface {
	Call(in, out []unsafe.Pointer)
}

// CodeFunc is a Go function as Code.
type CodeFunc func(in, out []unsafe.Pointer)

// Call calls f.
func (f CodeFunc) Call(in, out []unsafe.Pointer) { f(in, out) }

// MakeFunc returns a func value of type t that enters c. Functions whose
// parameters and results have a shape that the generated table knows cost one
// allocation a call; all others go by reflect.MakeFunc.
func MakeFunc(t reflect.Type, c Code) reflect.Value {
	w := makeClosure(Shape(t), c)
	if w == nil {
		return reflect.MakeFunc(t, reflectBody(t, c))
	}
	return reflect.NewAt(t, unsafe.Pointer(&w)).Elem()
}

// reflectBody is what reflect.MakeFunc calls. The function that it returns has
// captured c first, where the engine looks for it.
//
//go:noinline
func reflectBody(t reflect.Type, c Code) func([]reflect.Value) []reflect.Value {
	outs := make([]reflect.Type, t.NumOut())
	for i := range outs {
		outs[i] = t.Out(i)
	}
	return func(args []reflect.Value) []reflect.Value { return callWithValues(c, args, outs) }
}

// callWithValues copies each argument to memory of its own, since a
// reflect.Value may have no address.
func callWithValues(c Code, args []reflect.Value, outs []reflect.Type) []reflect.Value {
	in, out := make([]unsafe.Pointer, len(args)), make([]unsafe.Pointer, len(outs))
	for i, a := range args {
		p := reflect.New(a.Type())
		p.Elem().Set(a)
		in[i] = p.UnsafePointer()
	}
	results := make([]reflect.Value, len(outs))
	for i, o := range outs {
		p := reflect.New(o)
		results[i], out[i] = p.Elem(), p.UnsafePointer()
	}
	c.Call(in, out)
	return results
}

// A Caller calls a compiled function: fn is the word of a func value (what a
// variable of func type holds), in and out are as for Code.
type Caller func(fn unsafe.Pointer, in, out []unsafe.Pointer)

// CallerOf returns the Caller for functions of type t: the inverse of MakeFunc.
func CallerOf(t reflect.Type) Caller {
	if call := callShape(Shape(t)); call != nil {
		return call
	}
	return func(fn unsafe.Pointer, in, out []unsafe.Pointer) {
		f := reflect.NewAt(t, unsafe.Pointer(&fn)).Elem()
		args := make([]reflect.Value, len(in))
		for i, p := range in {
			args[i] = reflect.NewAt(t.In(i), p).Elem()
		}
		call := f.Call
		if t.IsVariadic() {
			call = f.CallSlice
		}
		for i, r := range call(args) {
			reflect.NewAt(t.Out(i), out[i]).Elem().Set(r)
		}
	}
}
