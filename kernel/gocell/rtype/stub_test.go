package rtype

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

// declare makes type T of the package main with one method.
func declare(ts *Types, name string, u types.Type, method string, sig reflect.Type, body Code) *types.Named {
	pkg := types.NewPackage("main", "main")
	n := types.NewNamed(types.NewTypeName(token.NoPos, pkg, name, nil), u, nil)
	m := types.NewFunc(token.NoPos, pkg, method, methodType(pkg, n, sig))
	n.AddMethod(m)
	bodies[m] = body
	return n
}

var bodies = map[*types.Func]Code{}

func newTypes() *Types {
	return New(Config{Method: func(_ *types.Named, m *types.Func) Code { return bodies[m] }})
}

// methodType is a signature of basic types, slices of them, any and error.
func methodType(pkg *types.Package, recv types.Type, sig reflect.Type) *types.Signature {
	vars := func(n int, at func(int) reflect.Type) *types.Tuple {
		list := make([]*types.Var, n)
		for i := range list {
			list[i] = types.NewParam(token.NoPos, pkg, "", basic(at(i)))
		}
		return types.NewTuple(list...)
	}
	return types.NewSignatureType(types.NewParam(token.NoPos, pkg, "r", recv), nil, nil,
		vars(sig.NumIn(), sig.In), vars(sig.NumOut(), sig.Out), false)
}

func basic(t reflect.Type) types.Type {
	if t.Kind() == reflect.Slice {
		return types.NewSlice(basic(t.Elem()))
	}
	if t.Kind() == reflect.Interface && t.NumMethod() == 0 {
		return types.Universe.Lookup("any").Type()
	}
	return types.Universe.Lookup(t.String()).Type()
}

func TestTableFull(t *testing.T) {
	stubs.Lock()
	used := stubs.used
	stubs.used = nStubs
	stubs.Unlock()
	defer func() {
		stubs.Lock()
		stubs.used = used
		stubs.Unlock()
	}()
	ts := newTypes()
	n := declare(ts, "T", types.Typ[types.Int], "M", reflect.TypeFor[func()](), CodeFunc(nil))
	for range 2 { // also when asked again
		tableIsFull(t, ts, n)
	}
}

func tableIsFull(t *testing.T, ts *Types, n *types.Named) {
	defer func() {
		e, ok := recover().(*Error)
		if want := fmt.Sprintf("method table full: %d methods declared since the restart; restart the kernel to go on", nStubs); !ok || e.Error() != want {
			t.Errorf("%v, want %s", e, want)
		}
		ts.Of(types.Typ[types.Int]) // not left locked
	}()
	ts.Of(n)
	t.Error("no panic")
}

// TestManyArguments enters a method through its stub with more words than
// registers, from several goroutines, while the stack grows and memory is
// collected inside.
func TestManyArguments(t *testing.T) {
	type many interface {
		M(a int, b string, c float64, d []int, e any, f error, g int8, h float32, i complex128, j string, k []string) (string, int, error)
	}
	sig := reflect.TypeFor[many]().Method(0).Type
	ts := newTypes()
	n := declare(ts, "Many", types.Typ[types.String], "M", sig, CodeFunc(func(in, out []unsafe.Pointer) {
		runtime.GC()
		grow(200)
		s := *(*string)(in[0])
		for i, p := range in[1:] {
			s += fmt.Sprint(" ", reflect.NewAt(sig.In(i), p).Elem())
		}
		*(*string)(out[0]), *(*int)(out[1]) = s, len(s)
	}))
	rt := ts.Of(n)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			recv := reflect.ValueOf(fmt.Sprint("r", g)).Convert(rt).Interface()
			for i := range 10 {
				s, l, err := recv.(many).M(i, "b", 1.5, []int{i}, i, fmt.Errorf("e%d", i), int8(i), 2.5, 1i, "j", []string{"k"})
				want := fmt.Sprintf("r%d %d b 1.5 [%d] %d e%d %d 2.5 (0+1i) j [k]", g, i, i, i, i, i)
				if s != want || l != len(want) || err != nil {
					t.Errorf("%q, want %q", s, want)
				}
			}
		})
	}
	wg.Wait()
}

func grow(n int) int {
	var pad [100]int
	if n == 0 {
		return pad[3]
	}
	pad[n%100] = n
	return grow(n-1) + pad[n%100] - n
}

func TestPanicExitTrace(t *testing.T) {
	run := func(body func() string) (s string, r any) {
		ts := newTypes()
		n := declare(ts, "T", types.Typ[types.Int], "String", reflect.TypeFor[func() string](),
			CodeFunc(func(in, out []unsafe.Pointer) { *(*string)(out[0]) = body() }))
		defer func() { r = recover() }()
		return reflect.Zero(ts.Of(n)).Interface().(fmt.Stringer).String(), nil
	}
	if _, r := run(func() string { panic("boom") }); r != "boom" {
		t.Errorf("recovered %v", r)
	}
	if s, _ := run(func() string { return string(debug.Stack()) }); !strings.Contains(s, "TestPanicExitTrace") {
		t.Errorf("the trace stops at the stub:\n%s", s)
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		run(func() string { runtime.Goexit(); return "" })
		t.Error("Goexit returned")
	}()
	<-done
}

// TestHeapObjects keeps pointers only in memory of cell types while memory is
// collected.
func TestHeapObjects(t *testing.T) {
	pkg := types.NewPackage("main", "main")
	field := func(name string, t types.Type) *types.Var { return types.NewField(token.NoPos, pkg, name, t, false) }
	for _, words := range []int64{3, 200, 5000} {
		ts := newTypes()
		st := types.NewStruct([]*types.Var{
			field("p", types.NewPointer(types.NewArray(types.Typ[types.Byte], 64))),
			field("s", types.NewSlice(types.Typ[types.String])),
			field("a", types.NewArray(types.Universe.Lookup("any").Type(), words)),
		}, nil)
		n := types.NewNamed(types.NewTypeName(token.NoPos, pkg, "Big", nil), st, nil)
		rt := ts.Of(n)
		list := reflect.MakeSlice(ts.Of(types.NewSlice(n)), 20, 20)
		table := reflect.MakeMap(ts.Of(types.NewMap(types.Typ[types.Int], n)))
		for i := range 20 {
			type big struct {
				p *[64]byte
				s []string
			}
			v := reflect.New(rt)
			b := (*big)(v.UnsafePointer())
			b.p, b.s = &[64]byte{byte(i)}, []string{fmt.Sprint("s", i)}
			last := unsafe.Add(v.UnsafePointer(), rt.Field(2).Offset+uintptr(words-1)*16)
			*(*any)(last) = fmt.Sprint("a", i)
			list.Index(i).Set(v.Elem())
			table.SetMapIndex(reflect.ValueOf(i), v.Elem())
			runtime.GC()
		}
		for i := range 20 {
			for _, v := range []reflect.Value{list.Index(i), table.MapIndex(reflect.ValueOf(i))} {
				if v.Field(0).Elem().Index(0).Uint() != uint64(i) || v.Field(1).Index(0).String() != fmt.Sprint("s", i) ||
					v.Field(2).Index(int(words)-1).Elem().String() != fmt.Sprint("a", i) {
					t.Fatalf("%d words: object %d is lost", words, i)
				}
			}
		}
	}
}

func TestStubAddresses(t *testing.T) {
	seen := map[uintptr]bool{}
	for i := range nStubs {
		if c := stubCode(i); seen[c] || c == 0 {
			t.Fatalf("stub %d has the address %#x", i, c)
		} else {
			seen[c] = true
		}
	}
}
