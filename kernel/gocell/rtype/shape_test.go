package rtype

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

// typesOf reads Go types off one side of a shape.
func typesOf(key string) (list []reflect.Type) {
	for key != "" {
		var t reflect.Type
		t, key = typeAt(key)
		list = append(list, t)
	}
	return list
}

func typeAt(key string) (reflect.Type, string) {
	if key[0] != '{' {
		return map[byte]reflect.Type{
			'I': reflect.TypeFor[uint](), 'W': reflect.TypeFor[rune](), 'H': reflect.TypeFor[uint16](), 'B': reflect.TypeFor[bool](),
			'D': reflect.TypeFor[float64](), 'F': reflect.TypeFor[float32](), 'C': reflect.TypeFor[complex128](), 'c': reflect.TypeFor[complex64](),
			'P': reflect.TypeFor[*int](), 'S': reflect.TypeFor[string](), 'L': reflect.TypeFor[[]float64](), 'E': reflect.TypeFor[error](),
		}[key[0]], key[1:]
	}
	var fs []reflect.StructField
	key = key[1:]
	for key[0] != '}' {
		var t reflect.Type
		t, key = typeAt(key)
		fs = append(fs, reflect.StructField{Name: fmt.Sprint("F", len(fs)), Type: t})
	}
	return reflect.StructOf(fs), key[1:]
}

// fill sets v to something random.
func fill(v reflect.Value, r *rand.Rand) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), r)
		}
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(r.Int32()) / 4)
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(float64(r.IntN(1000)), float64(r.IntN(1000))))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.String:
		v.SetString(fmt.Sprint("s", r.IntN(1e6)))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 4))
		v.Index(1).SetFloat(r.Float64())
	case reflect.Interface:
		v.Set(reflect.ValueOf(fmt.Errorf("e%d", r.IntN(1e6))))
	default:
		if v.CanUint() {
			v.SetUint(r.Uint64() & (1<<v.Type().Bits() - 1))
		} else {
			v.SetInt(int64(r.Int32()))
		}
	}
}

func randomValues(ts []reflect.Type, r *rand.Rand) []reflect.Value {
	vs := make([]reflect.Value, len(ts))
	for i, t := range ts {
		vs[i] = reflect.New(t).Elem()
		fill(vs[i], r)
	}
	return vs
}

func interfaces(vs []reflect.Value) (list []any) {
	for _, v := range vs {
		list = append(list, v.Interface())
	}
	return list
}

// shapesToTest are those of the table and some that go by reflect, among them
// ones with more words than there are registers.
func shapesToTest() (keys []string) {
	for _, s := range shapes {
		keys = append(keys, s.key)
	}
	return append(keys, "BHWIDFCcPSLE:ELSPcCFDIWHB", "IIIIIIIIIIII:IIIIIIIIIIII", "DDDDDDDDDDDDDDDDDD:D",
		"{ISD}{{B}F}L:{SE}", "SSSSSS{III}B:{IIIIIIIIII}", "BBHWB{BI}B:B{BH}W")
}

// TestShapes passes random values both ways through every shape: compiled code
// calls a Code, a Caller calls compiled code.
func TestShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, key := range shapesToTest() {
		params, results, _ := strings.Cut(key, ":")
		in, out := typesOf(params), typesOf(results)
		ft := reflect.FuncOf(in, out, false)
		if s := Shape(ft); s != key {
			t.Fatalf("Shape of %v: %q, want %q", ft, s, key)
		}
		for range 4 {
			args, answers := randomValues(in, r), randomValues(out, r)
			testMakeFunc(t, r, key, ft, args, answers)
			testCaller(t, key, ft, args, answers)
		}
	}
}

func testMakeFunc(t *testing.T, r *rand.Rand, key string, ft reflect.Type, args, answers []reflect.Value) {
	f := MakeFunc(ft, CodeFunc(func(in, out []unsafe.Pointer) {
		if r.IntN(20) == 0 {
			runtime.GC()
		}
		var got []any
		for i, p := range in {
			got = append(got, reflect.NewAt(ft.In(i), p).Elem().Interface())
		}
		if !reflect.DeepEqual(got, interfaces(args)) {
			t.Errorf("%s: entered with %v, want %v", key, got, interfaces(args))
		}
		for i, p := range out {
			reflect.NewAt(ft.Out(i), p).Elem().Set(answers[i])
		}
	}))
	if got := interfaces(f.Call(args)); !reflect.DeepEqual(got, interfaces(answers)) {
		t.Errorf("%s: returned %v, want %v", key, got, interfaces(answers))
	}
}

func testCaller(t *testing.T, key string, ft reflect.Type, args, answers []reflect.Value) {
	f := reflect.MakeFunc(ft, func(got []reflect.Value) []reflect.Value {
		if !reflect.DeepEqual(interfaces(got), interfaces(args)) {
			t.Errorf("%s: called with %v, want %v", key, interfaces(got), interfaces(args))
		}
		return answers
	})
	in, out := make([]unsafe.Pointer, len(args)), make([]unsafe.Pointer, len(answers))
	for i, a := range args {
		in[i] = a.Addr().UnsafePointer()
	}
	results := make([]reflect.Value, len(answers))
	for i, a := range answers {
		p := reflect.New(a.Type())
		results[i], out[i] = p.Elem(), p.UnsafePointer()
	}
	FuncCode(f).Call(in, out)
	if got := interfaces(results); !reflect.DeepEqual(got, interfaces(answers)) {
		t.Errorf("%s: call returned %v, want %v", key, got, interfaces(answers))
	}
}

func TestVariadic(t *testing.T) {
	f := MakeFunc(reflect.TypeFor[func(string, ...int) int](), CodeFunc(func(in, out []unsafe.Pointer) {
		*(*int)(out[0]) = len(*(*[]int)(in[1]))
	})).Interface().(func(string, ...int) int)
	if got := f("x", 1, 2, 3); got != 3 {
		t.Error(got)
	}
	var s string
	call := CallerOf(reflect.TypeFor[func(string, ...any) string]())
	sprintf := fmt.Sprintf
	format, args := "%d-%d", []any{1, 2}
	call(*(*unsafe.Pointer)(unsafe.Pointer(&sprintf)),
		[]unsafe.Pointer{unsafe.Pointer(&format), unsafe.Pointer(&args)}, []unsafe.Pointer{unsafe.Pointer(&s)})
	if s != "1-2" {
		t.Error(s)
	}
}

func TestShapeNames(t *testing.T) {
	type level int
	for _, c := range []struct {
		t    reflect.Type
		want string
	}{
		{reflect.TypeFor[func()](), ":"},
		{reflect.TypeFor[func(level, *level, map[int]level) (error, bool)](), "IPP:EB"},
		{reflect.TypeFor[func(struct {
			a int32
			b []string
		})](), "{WL}:"},
		{reflect.TypeFor[func([2]int)](), ""},
		{reflect.TypeFor[func() struct{ x [1]int }](), ""},
	} {
		if got := Shape(c.t); got != c.want {
			t.Errorf("%v: %q, want %q", c.t, got, c.want)
		}
	}
}

type pointerCode struct{ n int }

func (*pointerCode) Call(in, out []unsafe.Pointer) {}

// TestCapturedCode: the engine finds the Code behind a func value as the first
// thing that it has captured.
func TestCapturedCode(t *testing.T) {
	var c Code = &pointerCode{3}
	for name, fn := range map[string]unsafe.Pointer{
		"typed":   makeClosure("I:I", c),
		"reflect": funcWord(reflectBody(reflect.TypeFor[func([2]int) int](), c)),
	} {
		captured := *(*Code)(unsafe.Add(fn, unsafe.Sizeof(uintptr(0))))
		if captured != c {
			t.Errorf("%s: captured %v", name, captured)
		}
	}
}

func funcWord(f func([]reflect.Value) []reflect.Value) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&f))
}
