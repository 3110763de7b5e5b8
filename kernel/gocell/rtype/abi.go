//go:build go1.26 && !go1.27

package rtype

import (
	"fmt"
	"go/token"
	"reflect"
	"runtime"
	"unsafe"
)

// The structs below mirror internal/abi of Go 1.26 under names that start with
// abi. Check compares them with types that the compiler made; the build tag of
// this file keeps another Go from being trusted without a look.

type abiType struct {
	Size, PtrBytes  uintptr
	Hash            uint32
	TFlag           uint8
	Align, FldAlign uint8
	Kind            uint8
	Equal           func(unsafe.Pointer, unsafe.Pointer) bool
	GCData          *byte
	Str, PtrToThis  int32
}

const (
	flagUncommon  = 1 << 0
	flagExtraStar = 1 << 1
	flagNamed     = 1 << 2
	flagDirect    = 1 << 5
)

type abiUncommon struct {
	PkgPath        int32
	Mcount, Xcount uint16
	Moff           uint32
	_              uint32
}

type abiMethod struct{ Name, Mtyp, Ifn, Tfn int32 }

type abiField struct {
	Name   *byte
	Typ    *abiType
	Offset uintptr
}

type abiStruct struct {
	abiType
	PkgPath *byte
	Fields  []abiField
}

type abiPointer struct {
	abiType
	Elem *abiType
}

type abiSlice struct {
	abiType
	Elem *abiType
}

type abiArray struct {
	abiType
	Elem, Slice *abiType
	Len         uintptr
}

type abiChan struct {
	abiType
	Elem *abiType
	Dir  int
}

type abiFunc struct {
	abiType
	In, Out uint16
}

type abiMap struct {
	abiType
	Key, Elem, Group             *abiType
	Hasher                       func(unsafe.Pointer, uintptr) uintptr
	GroupSize, SlotSize, ElemOff uintptr
	Flags                        uint32
}

type abiImethod struct{ Name, Typ int32 }

type abiInterface struct {
	abiType
	PkgPath *byte
	Methods []abiImethod
}

type abiItab struct {
	Inter, Type *abiType
	Hash        uint32
	Fun         [1]unsafe.Pointer
}

// An iface is an interface value: tab is a type where the interface type has
// no methods and an itab where it has.
type iface struct{ tab, word unsafe.Pointer }

// addReflectOff gives an offset by which the runtime finds ptr from a type
// that lies in no module.
//
//go:linkname addReflectOff reflect.addReflectOff
func addReflectOff(ptr unsafe.Pointer) int32

// kindStruct is the mirror of the type descriptor of kind k.
func kindStruct(k reflect.Kind) reflect.Type {
	switch k {
	case reflect.Struct:
		return reflect.TypeFor[abiStruct]()
	case reflect.Pointer:
		return reflect.TypeFor[abiPointer]()
	case reflect.Slice:
		return reflect.TypeFor[abiSlice]()
	case reflect.Array:
		return reflect.TypeFor[abiArray]()
	case reflect.Chan:
		return reflect.TypeFor[abiChan]()
	case reflect.Func:
		return reflect.TypeFor[abiFunc]()
	case reflect.Map:
		return reflect.TypeFor[abiMap]()
	case reflect.Interface:
		return reflect.TypeFor[abiInterface]()
	}
	return reflect.TypeFor[abiType]()
}

// descriptor returns the descriptor of t.
func descriptor(t reflect.Type) *abiType {
	return (*abiType)((*iface)(unsafe.Pointer(&t)).word)
}

// typeOf is the inverse of descriptor.
func typeOf(d *abiType) reflect.Type {
	t := reflect.TypeFor[int]()
	(*iface)(unsafe.Pointer(&t)).word = unsafe.Pointer(d)
	return t
}

// encodeName writes a name as the runtime reads it: flags, length, bytes, and
// where asked for the tag and the offset of the package path.
func encodeName(s, tag, pkgPath string, embedded bool) *byte {
	b := []byte{0}
	if token.IsExported(s) {
		b[0] |= 1
	}
	if embedded {
		b[0] |= 8
	}
	b = appendCounted(b, s)
	if tag != "" {
		b[0] |= 2
		b = appendCounted(b, tag)
	}
	if pkgPath != "" {
		b[0] |= 4
		off := addReflectOff(unsafe.Pointer(encodeName(pkgPath, "", "", false)))
		b = append(b, unsafe.Slice((*byte)(unsafe.Pointer(&off)), 4)...)
	}
	return keepAlive(&b[0])
}

func appendCounted(b []byte, s string) []byte {
	n := len(s)
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(append(b, byte(n)), s...)
}

func nameOffset(s, pkgPath string) int32 {
	return addReflectOff(unsafe.Pointer(encodeName(s, "", pkgPath, false)))
}

func typeOffset(t reflect.Type) int32 { return addReflectOff(unsafe.Pointer(descriptor(t))) }

// Check compares the mirrored layouts with what the compiler made of a few
// types. Cell types must not be made where it fails.
func Check() error {
	wrong := func(what string) error {
		return fmt.Errorf("types declared in cells need the type layout of Go 1.26: %s of %s differs", what, runtime.Version())
	}
	if nStubs == 0 {
		return fmt.Errorf("types declared in cells have no method stubs on %s", runtime.GOARCH)
	}
	if !structAsExpected() {
		return wrong("the struct type")
	}
	if !interfaceAsExpected() {
		return wrong("the interface type or the itab")
	}
	if !pointersAsExpected() {
		return wrong("the pointer, map or func type")
	}
	return nil
}

type probe struct {
	A int `k:"v"`
	b string
}

func (probe) M() int { return 7 }

type prober interface{ M() int }

func structAsExpected() bool {
	t := reflect.TypeFor[probe]()
	d := (*abiStruct)(unsafe.Pointer(descriptor(t)))
	return d.Size == t.Size() && d.Kind == uint8(reflect.Struct) && int(d.Align) == t.Align() &&
		len(d.Fields) == 2 && d.Fields[1].Offset == t.Field(1).Offset &&
		typeOf(d.Fields[1].Typ) == t.Field(1).Type &&
		d.TFlag&(flagNamed|flagUncommon|flagDirect) == flagNamed|flagUncommon &&
		*d.Fields[0].Name == 1|2
}

func interfaceAsExpected() bool {
	t := reflect.TypeFor[prober]()
	d := (*abiInterface)(unsafe.Pointer(descriptor(t)))
	var p prober = probe{}
	tab := (*abiItab)((*iface)(unsafe.Pointer(&p)).tab)
	return len(d.Methods) == 1 && d.Kind == uint8(reflect.Interface) && tab.Inter == &d.abiType &&
		typeOf(tab.Type) == reflect.TypeFor[probe]() && tab.Hash == tab.Type.Hash && p.M() == 7
}

func pointersAsExpected() bool {
	p := (*abiPointer)(unsafe.Pointer(descriptor(reflect.TypeFor[*probe]())))
	m := (*abiMap)(unsafe.Pointer(descriptor(reflect.TypeFor[map[string]probe]())))
	f := (*abiFunc)(unsafe.Pointer(descriptor(reflect.TypeFor[func(int, ...string) error]())))
	return typeOf(p.Elem) == reflect.TypeFor[probe]() && p.TFlag&flagDirect != 0 &&
		typeOf(m.Elem) == reflect.TypeFor[probe]() && typeOf(m.Key) == reflect.TypeFor[string]() &&
		f.In == 2 && f.Out == 1<<15|1
}
