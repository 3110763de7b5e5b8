package rtype

import (
	"fmt"
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"unsafe"
)

// entries are the rows of the method tables of T and *T: declared methods and
// those promoted from embedded fields.
func (ts *Types) entries(s *shell, t types.Type, onT, onP *types.MethodSet) []entry {
	es := make([]entry, onP.Len())
	for i := range es {
		sel := onP.At(i)
		fn := sel.Obj().(*types.Func)
		es[i] = entry{
			name: fn.Name(), pkgPath: pathOf(fn.Pkg()),
			typ:     ts.of(signature(fn)),
			onValue: onT.Lookup(fn.Pkg(), fn.Name()) != nil,
		}
		es[i].body = ts.body(s, t, sel, fn)
	}
	slices.SortFunc(es, compare)
	return es
}

// body is the code of one method, entered with a pointer to T.
func (ts *Types) body(s *shell, t types.Type, sel *types.Selection, fn *types.Func) *body {
	path := sel.Index()
	b := &body{owner: t, typ: s.typ(), name: fn.Name()}
	at := t
	for _, i := range path[:len(path)-1] {
		b.walk = append(b.walk, ts.step(at, i))
		at = deref(at).Underlying().(*types.Struct).Field(i).Type()
	}
	b.held = isPointer(at)
	b.wantsPointer = isPointer(fn.Signature().Recv().Type())
	ts.setTarget(b, deref(at), fn)
	return b
}

// A step leads from a value to a field of it, through a pointer or not.
type step struct {
	through bool
	offset  uintptr
}

func (ts *Types) step(t types.Type, field int) step {
	if n, ok := types.Unalias(deref(t)).(*types.Named); ok && ts.families.At(n) == nil {
		if r := ts.of(n); ts.sources[r] == nil { // compiled: no need to work it out
			return step{isPointer(t), r.Field(field).Offset}
		}
	}
	st := deref(t).Underlying().(*types.Struct)
	return step{isPointer(t), ts.structLayout(st).Field(field).Offset}
}

func isPointer(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.Pointer)
	return ok
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// setTarget finds what runs in the end: a method of a cell type, of a compiled
// type or of an embedded interface. Compiled methods are called with a pointer,
// since the method table of *T has them all.
func (ts *Types) setTarget(b *body, recv types.Type, fn *types.Func) {
	if types.IsInterface(recv) {
		b.target = InterfaceMethod(ts.of(recv), fn.Name())
		b.wantsPointer = false
		return
	}
	named, ok := types.Unalias(recv).(*types.Named)
	if !ok {
		panic(&Error{fmt.Sprintf("no method %s of %v", fn.Name(), recv)})
	}
	if r := ts.of(named); ts.sources[r] == nil {
		b.target = CompiledMethod(reflect.PointerTo(r), fn.Name())
		b.wantsPointer = true
		return
	}
	late := &lateCode{ask: ts.cfg.Method, recv: named, fn: fn}
	ts.pending = append(ts.pending, late)
	b.target = late
}

// lateCode is asked for when the type is complete and no lock is held, or by
// the first call where that comes earlier.
type lateCode struct {
	once sync.Once
	ask  func(*types.Named, *types.Func) Code
	recv *types.Named
	fn   *types.Func
	code Code
}

func (l *lateCode) resolve() {
	l.once.Do(func() {
		if l.ask != nil {
			l.code = l.ask(l.recv, l.fn)
		}
		if l.code == nil {
			l.code = noBody(fmt.Sprintf("method %v has no body", l.fn.FullName()))
		}
	})
}

func (l *lateCode) Call(in, out []unsafe.Pointer) {
	l.resolve()
	l.code.Call(in, out)
}

type noBody string

func (n noBody) Call(in, out []unsafe.Pointer) { panic(string(n)) }

// A body is a method as the method table of T calls it: in[0] points to the
// receiver word, which is a pointer to T.
type body struct {
	owner        types.Type
	typ          reflect.Type // T
	name         string
	walk         []step // to the embedded field that has the method
	held         bool   // the field (or T itself, never) is a pointer
	wantsPointer bool   // the target takes a pointer receiver
	target       Code
}

func (b *body) Call(in, out []unsafe.Pointer) {
	recv := in[0]
	in[0] = b.receiver(*(*unsafe.Pointer)(recv))
	b.target.Call(in, out)
}

// receiver gives what in[0] of the target is, from a pointer to T.
func (b *body) receiver(p unsafe.Pointer) unsafe.Pointer {
	if p == nil && !b.wantsPointer && len(b.walk) == 0 {
		panic(nilReceiver(b.typ.String()+"."+b.name, b.typ.Name()))
	}
	for _, s := range b.walk {
		if s.through {
			p = *(*unsafe.Pointer)(p)
		}
		if p == nil {
			nilDereference()
		}
		p = unsafe.Add(p, s.offset)
	}
	switch {
	case b.held == b.wantsPointer && b.held:
		return p // the field is the pointer that the method wants
	case b.held:
		return *(*unsafe.Pointer)(p)
	case b.wantsPointer:
		q := p
		return unsafe.Pointer(&q)
	}
	return p
}

func nilDereference() { _ = *(*byte)(nil) }

// nilReceiverError is what Go panics with when a nil *T calls a method of T.
type nilReceiverError struct{ method, typ string }

func nilReceiver(method, typ string) runtime.Error { return nilReceiverError{method, typ} }

func (e nilReceiverError) RuntimeError() {}

func (e nilReceiverError) Error() string {
	return "value method " + e.method + " called using nil *" + e.typ + " pointer"
}

// wordBody enters a body from the method table of a pointer-shaped T: the
// receiver word is the value of T itself, not a pointer to it.
type wordBody struct{ *body }

func (w wordBody) Call(in, out []unsafe.Pointer) {
	recv := in[0]
	in[0] = w.receiver(recv)
	w.target.Call(in, out)
}

// setMethods fills the method tables of T and *T.
func (s *shell) setMethods(es []entry) error {
	onT := 0
	for i, e := range es {
		row := abiMethod{Name: nameOffset(e.name, e.foreign(s.pkgPath)), Mtyp: typeOffset(e.typ)}
		stub, err := newStub(e.closure(e.body))
		if err != nil {
			return err
		}
		row.Ifn, row.Tfn = stub, stub
		s.p.methods[i] = row
		countMethod(s.p.uncommon, e)
		if !e.onValue {
			continue
		}
		if Direct(s.typ()) {
			if row.Ifn, err = newStub(e.closure(wordBody{e.body})); err != nil {
				return err
			}
			row.Tfn = row.Ifn
		} else if row.Tfn, err = refusal(); err != nil {
			return err
		}
		s.t.methods[onT] = row
		onT++
		countMethod(s.t.uncommon, e)
	}
	return nil
}

func countMethod(u *abiUncommon, e entry) {
	u.Mcount++
	if e.exported() {
		u.Xcount++
	}
}

// pathOf is the path of a package, empty for the universe, to which error's
// method belongs.
func pathOf(p *types.Package) string {
	if p == nil {
		return ""
	}
	return p.Path()
}
