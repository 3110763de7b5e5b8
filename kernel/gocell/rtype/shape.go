package rtype

import (
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

//go:generate go run shapegen.go

// A shape is how functions whose types have one Shape are entered and called.
type shape struct {
	key  string
	make func(Code) unsafe.Pointer // the word of a func value that enters the Code
	call Caller
}

// Shape is the shape of a func type: a letter for each parameter, a colon, a
// letter for each result. Two functions of one shape pass their arguments
// alike, whatever the names of their types. It is "" where a type has no letter
// (arrays and the structs that hold them).
//
//	I W H B   integers of 8, 4, 2 and 1 bytes (and bool)
//	D F C c   float64, float32, complex128, complex64
//	P         pointers, maps, channels, functions
//	S L E     strings, slices, interfaces
//	{...}     structs, by their fields
func Shape(t reflect.Type) string {
	var b strings.Builder
	for i := range t.NumIn() {
		if !writeShape(&b, t.In(i)) {
			return ""
		}
	}
	b.WriteByte(':')
	for i := range t.NumOut() {
		if !writeShape(&b, t.Out(i)) {
			return ""
		}
	}
	return b.String()
}

var letters = map[reflect.Kind]byte{
	reflect.Bool: 'B', reflect.Float32: 'F', reflect.Float64: 'D',
	reflect.Complex64: 'c', reflect.Complex128: 'C',
	reflect.Pointer: 'P', reflect.UnsafePointer: 'P', reflect.Map: 'P', reflect.Chan: 'P', reflect.Func: 'P',
	reflect.String: 'S', reflect.Slice: 'L', reflect.Interface: 'E',
}

func writeShape(b *strings.Builder, t reflect.Type) bool {
	k := t.Kind()
	switch {
	case reflect.Int <= k && k <= reflect.Uintptr:
		b.WriteByte(" BH W   I"[t.Size()])
		return true
	case k == reflect.Struct:
		return writeFields(b, t)
	}
	if l, ok := letters[k]; ok {
		b.WriteByte(l)
		return true
	}
	return false
}

func writeFields(b *strings.Builder, t reflect.Type) bool {
	b.WriteByte('{')
	for i := range t.NumField() {
		if !writeShape(b, t.Field(i).Type) {
			return false
		}
	}
	b.WriteByte('}')
	return true
}

func findShape(key string) *shape {
	i, ok := slices.BinarySearchFunc(shapes[:], key, func(s shape, key string) int { return strings.Compare(s.key, key) })
	if !ok {
		return nil
	}
	return &shapes[i]
}

// makeClosure returns the word of a func value of that shape that enters c, nil
// where the table has no such shape.
func makeClosure(key string, c Code) unsafe.Pointer {
	if s := findShape(key); s != nil {
		return s.make(c)
	}
	return nil
}

// callShape returns the Caller of a shape, nil where the table has none.
func callShape(key string) Caller {
	if s := findShape(key); s != nil {
		return s.call
	}
	return nil
}
