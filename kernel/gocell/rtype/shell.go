package rtype

import (
	"cmp"
	"go/token"
	"reflect"
	"strings"
	"sync"
	"unsafe"
)

// kept holds what the runtime finds by address only. Types are never freed.
var kept struct {
	sync.Mutex
	objects []any
	made    uint32 // how many types, for their hashes
}

func keepAlive[T any](p *T) *T {
	kept.Lock()
	defer kept.Unlock()
	kept.objects = append(kept.objects, p)
	return p
}

// A block is memory for one type descriptor: the mirror of its kind, the
// uncommon part, the parameters of a func type, and the method table.
type block struct {
	typ      *abiType
	uncommon *abiUncommon
	params   unsafe.Pointer // [n]*abiType of a func type
	methods  []abiMethod
}

// newBlock allocates it as one object that the collector scans, so that the
// types which a descriptor names stay.
func newBlock(k reflect.Kind, methods, params int) block {
	mem := reflect.StructOf([]reflect.StructField{
		{Name: "T", Type: kindStruct(k)},
		{Name: "U", Type: reflect.TypeFor[abiUncommon]()},
		{Name: "P", Type: reflect.ArrayOf(params, reflect.TypeFor[*abiType]())},
		{Name: "M", Type: reflect.ArrayOf(methods, reflect.TypeFor[abiMethod]())},
	})
	p := reflect.New(mem).UnsafePointer()
	keepAlive((*abiType)(p))
	at := func(i int) unsafe.Pointer { return unsafe.Add(p, mem.Field(i).Offset) }
	b := block{typ: (*abiType)(p), uncommon: (*abiUncommon)(at(1)), params: at(2)}
	if methods > 0 {
		b.methods = unsafe.Slice((*abiMethod)(at(3)), methods)
	}
	b.uncommon.Moff = uint32(mem.Field(3).Offset - mem.Field(1).Offset)
	return b
}

// A shell is a type under construction, T and *T. It has the size, alignment
// and pointers of the type from the start, so that other types can be built of
// it before it is filled.
type shell struct {
	str     string // as reflect prints the type: main.Point
	pkgPath string
	named   bool
	kind    reflect.Kind
	hash    uint32
	strOff  int32
	t, p    block
}

// newShell makes the shell of a type with room for methods of T and of *T.
func newShell(pkgPath, str string, named bool, layout reflect.Type, onT, onP int) *shell {
	s := &shell{str: str, pkgPath: pkgPath, named: named, kind: layout.Kind()}
	params := 0
	if s.kind == reflect.Func {
		params = layout.NumIn() + layout.NumOut()
	}
	s.t, s.p = newBlock(s.kind, onT, params), newBlock(reflect.Pointer, onP, 0)
	s.hash = newHash(str)
	s.strOff = nameOffset(str, "")
	s.copyBody(layout)
	s.makePointer()
	if pkgPath != "" {
		off := nameOffset(pkgPath, "")
		s.t.uncommon.PkgPath, s.p.uncommon.PkgPath = off, off
	}
	return s
}

// newHash differs for every type made, also of one name.
func newHash(str string) uint32 {
	kept.Lock()
	defer kept.Unlock()
	kept.made++
	h := uint32(2166136261)
	for _, c := range []byte(str) {
		h = (h ^ uint32(c)) * 16777619
	}
	return h ^ kept.made*2654435761
}

func (s *shell) makePointer() {
	p := (*abiPointer)(unsafe.Pointer(s.p.typ))
	*p = *(*abiPointer)(unsafe.Pointer(descriptor(reflect.TypeFor[*struct{ _ int }]())))
	p.Elem = s.t.typ
	p.Str = nameOffset("*"+s.str, "")
	p.PtrToThis = 0
	p.Hash = s.hash*16777619 ^ '*'
	p.TFlag = p.TFlag&^(flagExtraStar|flagNamed) | flagUncommon
	s.t.typ.PtrToThis = addReflectOff(unsafe.Pointer(p))
}

func (s *shell) typ() reflect.Type     { return typeOf(s.t.typ) }
func (s *shell) pointer() reflect.Type { return typeOf(s.p.typ) }

// copyBody takes over everything of u but its name and methods.
func (s *shell) copyBody(u reflect.Type) {
	dst, src := unsafe.Pointer(s.t.typ), unsafe.Pointer(descriptor(u))
	ptrToThis := s.t.typ.PtrToThis
	switch s.kind {
	case reflect.Struct:
		*(*abiStruct)(dst) = *(*abiStruct)(src)
	case reflect.Pointer:
		*(*abiPointer)(dst) = *(*abiPointer)(src)
	case reflect.Slice:
		*(*abiSlice)(dst) = *(*abiSlice)(src)
	case reflect.Array:
		*(*abiArray)(dst) = *(*abiArray)(src)
	case reflect.Chan:
		*(*abiChan)(dst) = *(*abiChan)(src)
	case reflect.Map:
		*(*abiMap)(dst) = *(*abiMap)(src)
	case reflect.Interface:
		*(*abiInterface)(dst) = *(*abiInterface)(src)
	case reflect.Func:
		*(*abiFunc)(dst) = *(*abiFunc)(src)
		s.copyParams(u)
	default:
		*(*abiType)(dst) = *(*abiType)(src)
	}
	t := s.t.typ
	t.Str, t.Hash, t.PtrToThis = s.strOff, s.hash, ptrToThis
	t.TFlag = t.TFlag&^(flagExtraStar|flagNamed) | flagUncommon
	if s.named {
		t.TFlag |= flagNamed
	}
}

func (s *shell) copyParams(u reflect.Type) {
	in, out := u.NumIn(), u.NumOut()
	params := unsafe.Slice((**abiType)(s.t.params), in+out)
	for i := range in {
		params[i] = descriptor(u.In(i))
	}
	for i := range out {
		params[in+i] = descriptor(u.Out(i))
	}
}

// fill gives the type its real body. Embedded tells the fields of a struct
// that are embedded: reflect cannot embed types with methods, so u has them as
// plain fields and their names are rewritten here.
func (s *shell) fill(u reflect.Type, embedded []int) {
	s.copyBody(u)
	if s.kind != reflect.Struct {
		return
	}
	t := (*abiStruct)(unsafe.Pointer(s.t.typ))
	t.Fields = append([]abiField(nil), t.Fields...)
	for _, i := range embedded {
		f := u.Field(i)
		t.Fields[i].Name = encodeName(f.Name, string(f.Tag), "", true)
	}
	if t.PkgPath == nil && s.pkgPath != "" {
		t.PkgPath = encodeName(s.pkgPath, "", "", false)
	}
}

// fillInterface gives an interface type its methods, sorted as the runtime
// wants them.
func (s *shell) fillInterface(ms []entry) {
	t := (*abiInterface)(unsafe.Pointer(s.t.typ))
	t.PkgPath = encodeName(s.pkgPath, "", "", false)
	t.Methods = make([]abiImethod, len(ms))
	for i, m := range ms {
		t.Methods[i] = abiImethod{nameOffset(m.name, m.foreign(s.pkgPath)), typeOffset(m.typ)}
	}
}

// An entry is one row of a method table.
type entry struct {
	name    string
	pkgPath string       // of the package that declares it
	typ     reflect.Type // the signature without receiver
	onValue bool         // of T too, not only of *T
	body    *body        // nil in an interface type
}

func (e entry) exported() bool { return token.IsExported(e.name) }

// foreign is the package path that a method's name must carry: that of an
// unexported method of a package other than home.
func (e entry) foreign(home string) string {
	if e.exported() || e.pkgPath == home {
		return ""
	}
	return e.pkgPath
}

// compare is the order of method tables: exported names first, by name, by package.
func compare(a, b entry) int {
	if a.exported() != b.exported() {
		if a.exported() {
			return -1
		}
		return 1
	}
	return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.pkgPath, b.pkgPath))
}
