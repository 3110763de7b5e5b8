package rtype

import (
	"go/types"
	"reflect"
	"testing"
	"unsafe"
)

// The benchmarks have compiled Go beside what cells do.

type adder interface{ Add(int, int) int }

type compiledAdder int

func (c compiledAdder) Add(a, b int) int { return int(c) + a + b }

var addType = reflect.TypeFor[func(int, int) int]()

var addCode = CodeFunc(func(in, out []unsafe.Pointer) {
	*(*int)(out[0]) = *(*int)(in[0]) + *(*int)(in[1]) + *(*int)(in[2])
})

func cellAdder(ts *Types) (*types.Named, reflect.Type) {
	n := declare(ts, "Adder", types.Typ[types.Int], "Add", addType, addCode)
	return n, ts.Of(n)
}

var (
	sinkAny any
	sinkInt int
)

func BenchmarkMethodFromCompiledCode(b *testing.B) {
	_, rt := cellAdder(newTypes())
	k := 4
	cell := MakeAny(rt, unsafe.Pointer(&k)).(adder)
	var native adder = compiledAdder(4)
	slow := reflect.MakeFunc(addType, reflectBody(addType, CodeFunc(func(in, out []unsafe.Pointer) {
		*(*int)(out[0]) = *(*int)(in[0]) + *(*int)(in[1])
	}))).Interface().(func(int, int) int)
	b.Run("cell", func(b *testing.B) {
		for b.Loop() {
			sinkInt = cell.Add(1, 2)
		}
	})
	b.Run("reflect.MakeFunc", func(b *testing.B) {
		for b.Loop() {
			sinkInt = slow(1, 2)
		}
	})
	b.Run("compiled", func(b *testing.B) {
		for b.Loop() {
			sinkInt = native.Add(1, 2)
		}
	})
}

func BenchmarkCallOfCompiledFunction(b *testing.B) {
	f := func(a, b int) int { return a + b }
	x, y, z := 1, 2, 0
	in, out := []unsafe.Pointer{unsafe.Pointer(&x), unsafe.Pointer(&y)}, []unsafe.Pointer{unsafe.Pointer(&z)}
	fn := *(*unsafe.Pointer)(unsafe.Pointer(&f))
	b.Run("Caller", func(b *testing.B) {
		call := CallerOf(reflect.TypeOf(f))
		for b.Loop() {
			call(fn, in, out)
		}
	})
	b.Run("reflect.Call", func(b *testing.B) {
		v, args := reflect.ValueOf(f), []reflect.Value{reflect.ValueOf(1), reflect.ValueOf(2)}
		for b.Loop() {
			v.Call(args)
		}
	})
}

func BenchmarkToInterface(b *testing.B) {
	ts := newTypes()
	n, _ := cellAdder(ts)
	anyT := types.Universe.Lookup("any").Type()
	k := 5000
	b.Run("int", func(b *testing.B) {
		c := ts.Conversion(n, anyT)
		for b.Loop() {
			c.Convert(unsafe.Pointer(&sinkAny), unsafe.Pointer(&k))
		}
	})
	b.Run("pointer", func(b *testing.B) {
		c, p := ts.Conversion(types.NewPointer(n), anyT), &k
		for b.Loop() {
			c.Convert(unsafe.Pointer(&sinkAny), unsafe.Pointer(&p))
		}
	})
	b.Run("compiled int", func(b *testing.B) {
		for b.Loop() {
			sinkAny = k
			k++
		}
	})
}

func BenchmarkAssertion(b *testing.B) {
	ts := newTypes()
	n, rt := cellAdder(ts)
	anyT := types.Universe.Lookup("any").Type()
	k, v := 4, 0
	x := MakeAny(rt, unsafe.Pointer(&k))
	b.Run("concrete", func(b *testing.B) {
		a := ts.Assertion(anyT, n)
		for b.Loop() {
			a.Assert(unsafe.Pointer(&v), unsafe.Pointer(&x))
		}
	})
	b.Run("interface", func(b *testing.B) {
		m := n.Method(0)
		sig := types.NewSignatureType(nil, nil, nil, m.Signature().Params(), m.Signature().Results(), false)
		it := types.NewInterfaceType([]*types.Func{types.NewFunc(0, m.Pkg(), "Add", sig)}, nil).Complete()
		a := ts.Assertion(anyT, it)
		var y adder
		for b.Loop() {
			a.Assert(unsafe.Pointer(&y), unsafe.Pointer(&x))
		}
	})
	b.Run("compiled interface", func(b *testing.B) {
		for b.Loop() {
			sinkAny, _ = x.(adder)
		}
	})
}

func BenchmarkNewType(b *testing.B) {
	ts := newTypes()
	for b.Loop() {
		stubs.used = min(stubs.used, nStubs-100)
		cellAdder(ts)
	}
}
