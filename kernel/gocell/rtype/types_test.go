package rtype_test

import (
	"bytes"
	"fmt"
	"go/types"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/convnotes/convnotes/kernel/gocell/rtype"
)

func TestCheck(t *testing.T) {
	if err := rtype.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestCompiledTypesStay(t *testing.T) {
	s := newSheet(t, `
		import ("io"; "sync"; "image"; "time")
		var a []int; var b map[string]image.Point; var c func(io.Reader, ...time.Duration) (int, error)
		var d struct { X int; y string }; var e chan<- *sync.Mutex; var f [3]error; var g any; var h <-chan bool`, nil)
	for name, want := range map[string]reflect.Type{
		"a": reflect.TypeFor[[]int](), "e": reflect.TypeFor[chan<- *sync.Mutex](), "f": reflect.TypeFor[[3]error](),
		"g": reflect.TypeFor[any](), "h": reflect.TypeFor[<-chan bool](),
	} {
		if got := s.of(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	expect(t, "b", s.of("b"), "map[string]image.Point")
	expect(t, "c", s.of("c"), "func(io.Reader, ...time.Duration) (int, error)")
	expect(t, "d", s.of("d"), "struct { X int; y string }")
}

func TestNames(t *testing.T) {
	s := newSheet(t, `
		import "io"
		type Point struct { X, Y int }
		type pt *Point
		type Pair[A, B any] struct { First A; Second B }
		type Éclair int
		var a Pair[string, int]; var b Pair[Point, []Pair[int, io.Reader]]; var c map[Point]*Point
		var d struct { Point; *Éclair; io.Reader; n int "tag" }
		var e interface { M(Point); io.Reader }
		func f() { type Local int }`, nil)
	for name, want := range map[string]string{
		"Point": "main.Point", "pt": "main.pt", "Éclair": "main.Éclair",
		"a": "main.Pair[string,int]", "b": "main.Pair[main.Point,[]main.Pair[int,io.Reader]]",
		"c": "map[main.Point]*main.Point",
		"d": `struct { main.Point; *main.Éclair; io.Reader; n int "tag" }`,
		"e": "interface { M(main.Point); Read([]uint8) (int, error) }",
	} {
		expect(t, name, s.of(name), want)
	}
	p := s.of("Point")
	expect(t, "name and path", p.Name()+" "+p.PkgPath(), "Point main")
	expect(t, "name of pointer", reflect.PointerTo(p).String()+reflect.PointerTo(p).Name(), "*main.Point")
	expect(t, "name of instance", s.of("b").Name(), "Pair[main.Point,[]main.Pair[int,io.Reader]]")
	if f := s.of("d").Field(1); f.Name != "Éclair" || !f.Anonymous {
		t.Errorf("embedded pointer: %+v", f)
	}
}

func TestOneTypeForIdentical(t *testing.T) {
	s := newSheet(t, `
		type T int
		type List[E any] []E
		var a, b map[string][]*T; var c, d List[T]; type A = List[T]; var e A
		var f, g struct { T; x int }; var h, i interface { M() T }`, nil)
	for _, pair := range [][2]string{{"a", "b"}, {"c", "d"}, {"c", "e"}, {"f", "g"}, {"h", "i"}} {
		if s.of(pair[0]) != s.of(pair[1]) {
			t.Errorf("%v: %v and %v differ", pair, s.of(pair[0]), s.of(pair[1]))
		}
	}
	if reflect.SliceOf(s.of("T")) != s.types.Of(types.NewSlice(s.source("T"))) {
		t.Error("[]T is not reflect's")
	}
	if s.types.Source(s.of("T")) != s.source("T") || s.types.Source(reflect.TypeFor[int]()) != nil {
		t.Error("Source")
	}
}

func TestRecursiveTypes(t *testing.T) {
	s := newSheet(t, `
		type Node struct { Val int; Next *Node; By map[string]Node; Kids []Node; F func(Node) *Node; I interface { Get(Node) Node }; A [2]*Node; C chan Node }
		type L []L; type M map[string]M; type F func(F) F; type P *P; type C chan C; type A [1]*A; type I interface { M() I }
		type X struct { y *Y }; type Y struct { x []X; m map[[2]int]Y }
		type G[T any] struct { v T; next *G[T]; sub map[string]G[T] }
		var g G[Node]`, nil)
	n := s.of("Node")
	for i, want := range []reflect.Type{
		1: reflect.PointerTo(n), 2: reflect.MapOf(reflect.TypeFor[string](), n), 3: reflect.SliceOf(n),
		4: reflect.FuncOf([]reflect.Type{n}, []reflect.Type{reflect.PointerTo(n)}, false),
		6: reflect.ArrayOf(2, reflect.PointerTo(n)), 7: reflect.ChanOf(reflect.BothDir, n),
	} {
		if want != nil && n.Field(i).Type != want {
			t.Errorf("field %d: %v, want %v", i, n.Field(i).Type, want)
		}
	}
	if m := n.Field(5).Type.Method(0).Type; m.In(0) != n || m.Out(0) != n {
		t.Errorf("method %v", m)
	}
	if s.of("L").Elem() != s.of("L") || s.of("M").Elem() != s.of("M") || s.of("F").In(0) != s.of("F") ||
		s.of("P").Elem() != s.of("P") || s.of("C").Elem() != s.of("C") || s.of("A").Elem().Elem() != s.of("A") ||
		s.of("I").Method(0).Type.Out(0) != s.of("I") || s.of("X").Field(0).Type.Elem() != s.of("Y") ||
		s.of("Y").Field(1).Type.Elem() != s.of("Y") || s.of("g").Field(1).Type.Elem() != s.of("g") {
		t.Error("a type does not lead back to itself")
	}
	m := reflect.MakeMap(s.of("M"))
	m.SetMapIndex(reflect.ValueOf("self"), m)
	if m.MapIndex(reflect.ValueOf("self")).Len() != 1 {
		t.Error("map in itself")
	}
}

// An array of a type that is under construction has the comparison of the
// finished type.
func TestEquality(t *testing.T) {
	s := newSheet(t, `
		type T struct { e error; a any; s string; f float64; next *[2]T; m *map[T]int }
		type U struct { s []int; next *[1]U }`, nil)
	tt := s.of("T")
	arr := tt.Field(4).Type.Elem()
	x, y := reflect.New(arr), reflect.New(arr)
	err := fmt.Errorf("x")
	for _, v := range []reflect.Value{x, y} {
		p := (*struct {
			e error
			a any
		})(v.UnsafePointer())
		p.e, p.a = err, 3
	}
	if x.Elem().Interface() != y.Elem().Interface() {
		t.Error("equal arrays differ")
	}
	(*struct{ e error })(x.UnsafePointer()).e = io.EOF
	if x.Elem().Interface() == y.Elem().Interface() {
		t.Error("different arrays are equal")
	}
	k := reflect.MakeMap(tt.Field(5).Type.Elem())
	k.SetMapIndex(x.Elem().Index(0), reflect.ValueOf(7))
	if got := k.MapIndex(x.Elem().Index(0)); !got.IsValid() || got.Int() != 7 {
		t.Error("map key")
	}
	if s.of("U").Comparable() || s.of("U").Field(1).Type.Elem().Comparable() || !tt.Comparable() {
		t.Error("Comparable")
	}
}

func TestPromotion(t *testing.T) {
	hello := func(in, out []unsafe.Pointer) { set(out[0], fmt.Sprint("base ", at[int](in[0]))) }
	grow := func(in, out []unsafe.Pointer) { *at[*int](in[0])++ }
	s := newSheet(t, `
		import ("bytes"; "fmt"; "io"; "sync")
		type Base int
		func (b Base) String() string { return "" }
		func (b *Base) Grow() {}
		type Outer struct { pad [3]byte; Base }
		type Far struct { s string; *Outer }
		type Safe struct { n int; sync.Mutex; bytes.Buffer }
		type Any struct { x int; fmt.Stringer }
		var w struct { io.Writer; more int }
		type Ptr struct { *bytes.Buffer }
		type Err struct { error; n int }
		type Over struct { Outer; n int }
		func (o Over) String() string { return "" }
		type Clash struct { Base; fmt.Stringer }`,
		map[string]rtype.CodeFunc{"Base.String": hello, "Base.Grow": grow, "Over.String": says("over")})

	outer := reflect.New(s.of("Outer"))
	outer.Interface().(interface{ Grow() }).Grow()
	expect(t, "embedded value", outer.Interface(), "base 1")
	expect(t, "embedded value in a value", outer.Elem().Interface(), "base 1")
	if _, ok := outer.Elem().Interface().(interface{ Grow() }); ok {
		t.Error("a value has a pointer method")
	}
	far := reflect.New(s.of("Far")).Elem()
	far.Field(1).Set(outer)
	far.Interface().(interface{ Grow() }).Grow()
	expect(t, "embedded pointer", far.Interface(), "base 2")
	expect(t, "nil embedded pointer", recovered(func() { _ = s.zero("Far").(fmt.Stringer).String() }),
		"runtime error: invalid memory address or nil pointer dereference")

	safe := reflect.New(s.of("Safe")).Interface()
	safe.(sync.Locker).Lock()
	fmt.Fprintf(safe.(io.Writer), "n=%d", 3)
	safe.(sync.Locker).Unlock()
	expect(t, "embedded compiled types", safe, "n=3")
	if _, ok := s.zero("Safe").(sync.Locker); ok {
		t.Error("a value has pointer methods of a compiled field")
	}

	a := reflect.New(s.of("Any")).Elem()
	a.Field(1).Set(far)
	expect(t, "embedded interface", a.Interface().(fmt.Stringer).String(), "base 2")
	expect(t, "nil embedded interface", recovered(func() { _ = s.zero("Any").(fmt.Stringer).String() }),
		"runtime error: invalid memory address or nil pointer dereference")

	var buf bytes.Buffer
	w := reflect.New(s.of("w")).Elem()
	w.Field(0).Set(reflect.ValueOf(&buf))
	io.WriteString(w.Interface().(io.Writer), "to unnamed")
	expect(t, "unnamed struct", buf.String(), "to unnamed")
	if _, ok := w.Interface().(io.StringWriter); ok {
		t.Error("an unnamed struct has more methods than its interface")
	}
	p := reflect.New(s.of("Ptr")).Elem()
	p.Field(0).Set(reflect.ValueOf(&buf))
	expect(t, "struct of one pointer", p.Interface().(fmt.Stringer).String(), "to unnamed")
	e := reflect.New(s.of("Err")).Elem()
	*(*error)(e.Addr().UnsafePointer()) = io.EOF
	expect(t, "embedded error", e.Interface().(error).Error(), "EOF")
	expect(t, "own method first", s.zero("Over"), "over")
	if _, ok := s.zero("Clash").(fmt.Stringer); ok {
		t.Error("two methods of one depth are promoted")
	}
}

func TestReceivers(t *testing.T) {
	value := func(in, out []unsafe.Pointer) { set(out[0], at[int](in[0])) }
	pointer := func(in, out []unsafe.Pointer) { p := at[*int](in[0]); *p += at[int](in[1]) }
	s := newSheet(t, `
		type N int
		func (n N) Get() int { return 0 }
		func (n *N) Add(int) {}
		type Map map[string]int
		func (m Map) Len() int { return 0 }
		type Fn func() int
		func (f Fn) Call() int { return 0 }
		type One struct { p *int }
		func (o One) Get() int { return 0 }
		func (o *One) Set(p *int) {}
		type Empty struct {}
		func (Empty) Get() int { return 0 }
		type Big [40]int
		func (b Big) Get() int { return 0 }`,
		map[string]rtype.CodeFunc{
			"N.Get": value, "N.Add": pointer, "Big.Get": value,
			"Map.Len":   func(in, out []unsafe.Pointer) { set(out[0], len(at[map[string]int](in[0]))) },
			"Fn.Call":   func(in, out []unsafe.Pointer) { set(out[0], at[func() int](in[0])()) },
			"One.Get":   func(in, out []unsafe.Pointer) { set(out[0], *at[*int](in[0])) },
			"One.Set":   func(in, out []unsafe.Pointer) { *at[**int](in[0]) = at[*int](in[1]) },
			"Empty.Get": func(in, out []unsafe.Pointer) { set(out[0], 5) },
		})
	type getter interface{ Get() int }
	n := reflect.New(s.of("N"))
	n.Interface().(interface{ Add(int) }).Add(4)
	expect(t, "pointer receiver", n.Elem().Int(), 4)
	expect(t, "value receiver by value", n.Elem().Interface().(getter).Get(), 4)
	expect(t, "value receiver by pointer", n.Interface().(getter).Get(), 4)
	expect(t, "nil pointer", recovered(func() { reflect.Zero(n.Type()).Interface().(getter).Get() }),
		"value method main.N.Get called using nil *N pointer")

	m := reflect.ValueOf(map[string]int{"a": 1}).Convert(s.of("Map"))
	expect(t, "map", m.Interface().(interface{ Len() int }).Len(), 1)
	pm := reflect.New(s.of("Map"))
	pm.Elem().Set(m)
	expect(t, "pointer to map", pm.Interface().(interface{ Len() int }).Len(), 1)
	f := reflect.ValueOf(func() int { return 9 }).Convert(s.of("Fn"))
	expect(t, "func", f.Interface().(interface{ Call() int }).Call(), 9)
	one, i := reflect.New(s.of("One")), 6
	one.Interface().(interface{ Set(*int) }).Set(&i)
	expect(t, "one pointer", one.Elem().Interface().(getter).Get(), 6)
	expect(t, "pointer to one pointer", one.Interface().(getter).Get(), 6)
	expect(t, "empty", s.zero("Empty").(getter).Get(), 5)
	expect(t, "large", s.zero("Big").(getter).Get(), 0)

	method, _ := n.Type().MethodByName("Get")
	expect(t, "Method.Func of a pointer", method.Func.Call([]reflect.Value{n})[0].Int(), 4)
	method, _ = n.Elem().Type().MethodByName("Get")
	expect(t, "Method.Func of a value", recovered(func() { method.Func.Call([]reflect.Value{n.Elem()}) }),
		"reflect.Type.Method(i).Func does not work on a type declared in a cell; use reflect.Value.Method(i)")
	expect(t, "Value.Method", n.Elem().MethodByName("Get").Call(nil)[0].Int(), 4)
}

func TestInterfaces(t *testing.T) {
	s := newSheet(t, `
		import ("testing"; "io")
		type Shape interface { Area() float64; name() string }
		type Sq float64
		func (s Sq) Area() float64 { return 0 }
		func (s Sq) name() string { return "" }
		func (s Sq) Zero() {}
		type TB struct { testing.TB }
		type Both interface { Shape; io.Reader }`,
		map[string]rtype.CodeFunc{
			"Sq.Area": func(in, out []unsafe.Pointer) { v := at[float64](in[0]); set(out[0], v*v) },
			"Sq.name": says("square"),
		})
	sq, shape := s.of("Sq"), s.of("Shape")
	if !sq.Implements(shape) || reflect.TypeFor[int]().Implements(shape) || sq.Implements(s.of("Both")) {
		t.Fatal("Implements")
	}
	v := reflect.New(shape).Elem()
	v.Set(reflect.ValueOf(3.0).Convert(sq))
	expect(t, "call through reflect", v.MethodByName("Area").Call(nil)[0], 9)
	var name string
	rtype.InterfaceMethod(shape, "name").Call([]unsafe.Pointer{v.Addr().UnsafePointer()}, []unsafe.Pointer{unsafe.Pointer(&name)})
	expect(t, "unexported method", name, "square")
	expect(t, "nil interface", recovered(func() {
		rtype.InterfaceMethod(shape, "name").Call([]unsafe.Pointer{reflect.New(shape).UnsafePointer()}, []unsafe.Pointer{unsafe.Pointer(&name)})
	}), "runtime error: invalid memory address or nil pointer dereference")
	tb := reflect.New(s.of("TB")).Elem()
	tb.Field(0).Set(reflect.ValueOf(t))
	expect(t, "unexported method of another package", tb.Interface().(testing.TB).Name(), t.Name())
	expect(t, "method order", sq.Method(0).Name+sq.Method(1).Name+fmt.Sprint(sq.NumMethod()), "AreaZero2")
}

func TestMissingBody(t *testing.T) {
	s := newSheet(t, "type T int\nfunc (T) String() string", nil)
	expect(t, "method without a body", recovered(func() { _ = s.zero("T").(fmt.Stringer).String() }),
		"method (main.T).String has no body")
}

func TestConcurrentUse(t *testing.T) {
	src := "import \"fmt\"\ntype T0 int\nfunc (T0) String() string\n"
	for i := range 40 {
		src += fmt.Sprintf("type T%d struct { a *T%d; b map[string]T%d; T%d; fmt.State }\n", i+1, i, i+1, i)
	}
	s := newSheet(t, src, map[string]rtype.CodeFunc{"T0.String": says("zero")})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 40 {
				name := fmt.Sprint("T", (i*7+g*5)%41)
				if got := s.zero(name).(fmt.Stringer).String(); got != "zero" {
					t.Errorf("%s: %q", name, got)
				}
			}
		})
	}
	wg.Wait()
}

func TestGenerations(t *testing.T) {
	s := newSheet(t, "type T int\ntype Box struct { T T; s string }\nvar list []T; var both map[T]Box",
		map[string]rtype.CodeFunc{"T.String": says("late")})
	t1, box1, list1 := s.of("T"), s.of("Box"), s.of("list")
	toAny := s.types.Conversion(s.source("T"), anyType)
	isT, isBox := s.types.Assertion(anyType, s.source("T")), s.types.Assertion(anyType, s.source("Box"))
	isList := s.types.Assertion(anyType, s.source("list"))
	var old, now any
	k := 3
	toAny.Convert(unsafe.Pointer(&old), unsafe.Pointer(&k))
	expect(t, "before", fmt.Sprint(old), "3") // the runtime learns that T is no Stringer

	named := s.source("T").(*types.Named)
	recv := types.NewVar(0, s.pkg, "t", named)
	result := types.NewTuple(types.NewVar(0, s.pkg, "", types.Typ[types.String]))
	named.AddMethod(types.NewFunc(0, s.pkg, "String", types.NewSignatureType(recv, nil, nil, nil, result, false)))
	s.types.NewGeneration(named, named)

	toAny.Convert(unsafe.Pointer(&now), unsafe.Pointer(&k))
	expect(t, "after", fmt.Sprint(now), "late")
	if s.of("T") == t1 || s.of("Box") == box1 || s.of("list") == list1 || s.of("Box").Field(0).Type != s.of("T") {
		t.Error("types built of T stayed")
	}
	for _, x := range []any{old, now} {
		var n int
		if !isT.Assert(unsafe.Pointer(&n), unsafe.Pointer(&x)) || n != 3 {
			t.Errorf("assertion of %T to T: %v", x, n)
		}
	}
	oldBox, oldList := reflect.Zero(box1).Interface(), reflect.MakeSlice(list1, 2, 2).Interface()
	if !isBox.Assert(nil, unsafe.Pointer(&oldBox)) || !isList.Assert(nil, unsafe.Pointer(&oldList)) || isBox.Assert(nil, unsafe.Pointer(&oldList)) {
		t.Error("assertion of old values")
	}
	expect(t, "names", fmt.Sprintf("%T %T", old, now), "main.T main.T")

	// The same type declared again, with another object.
	again := check(t, "type T int\nfunc (T) String() string\nfunc (T) Error() string").Scope().Lookup("T").Type().(*types.Named)
	s.code["T.Error"] = says("error")
	s.types.NewGeneration(named, again)
	expect(t, "declared again", reflect.Zero(s.types.Of(again)).Interface(), "error")
	if a := s.types.Assertion(anyType, again); !a.Assert(nil, unsafe.Pointer(&old)) || !a.Assert(nil, unsafe.Pointer(&now)) {
		t.Error("assertion of old values to the type declared again")
	}

	// A changed type is another type.
	other := check(t, "type T int").Scope().Lookup("T").Type()
	if s.types.Assertion(anyType, other).Assert(nil, unsafe.Pointer(&old)) || s.types.Same(s.types.Of(other), t1) {
		t.Error("a changed type is taken for the old one")
	}
}

func TestConversions(t *testing.T) {
	s := newSheet(t, `
		import "fmt"
		type C float64
		func (C) Error() string { return "" }
		type S string; type B bool; type W uint16; type R rune; type Z struct{}; type P *int; type A [3]string; type V []int; type D [2]int
		type Small struct { a, b uint8 }
		var e error; var i fmt.Stringer; var n any`, map[string]rtype.CodeFunc{"C.Error": says("c")})
	x := 5
	for name, v := range map[string]any{
		"C": 1.5, "S": "s", "B": true, "W": uint16(70), "R": 'x', "Z": struct{}{}, "P": &x, "A": [3]string{"a", "b"}, "V": []int{1, 2},
		"D": [2]int{3, 4}, "Small": struct{ a, b uint8 }{1, 2},
	} {
		p := reflect.New(reflect.TypeOf(v))
		p.Elem().Set(reflect.ValueOf(v))
		var got any
		s.types.Conversion(s.source(name), anyType).Convert(unsafe.Pointer(&got), p.UnsafePointer())
		if reflect.TypeOf(got) != s.of(name) || name != "C" && fmt.Sprintf("%v", got) != fmt.Sprintf("%v", v) {
			t.Errorf("%s: %T %v, want %v", name, got, got, v)
		}
		if made := rtype.MakeAny(s.of(name), p.UnsafePointer()); reflect.TypeOf(made) != s.of(name) || name != "V" && made != got {
			t.Errorf("MakeAny of %s: %v, want %v", name, made, got)
		}
		back := reflect.New(reflect.TypeOf(v))
		if !s.types.Assertion(anyType, s.source(name)).Assert(back.UnsafePointer(), unsafe.Pointer(&got)) || !reflect.DeepEqual(back.Elem().Interface(), v) {
			t.Errorf("%s back: %v", name, back.Elem())
		}
		p.Elem().SetZero()
		if name == "D" && fmt.Sprint(got) != "[3 4]" {
			t.Error("the interface holds the variable, not a copy")
		}
	}

	c := 2.5
	var e error
	s.types.Conversion(s.source("C"), s.source("e")).Convert(unsafe.Pointer(&e), unsafe.Pointer(&c))
	expect(t, "to error", e, "c")
	var a any
	s.types.Conversion(s.source("e"), anyType).Convert(unsafe.Pointer(&a), unsafe.Pointer(&e))
	expect(t, "error to any", fmt.Sprintf("%T %v", a, a), "main.C c")
	var nilErr error
	s.types.Conversion(s.source("e"), anyType).Convert(unsafe.Pointer(&a), unsafe.Pointer(&nilErr))
	expect(t, "nil error to any", a, nil)
}

// TestAssertionErrors compares the texts with those of compiled Go.
func TestAssertionErrors(t *testing.T) {
	s := newSheet(t, `
		import ("fmt"; "io")
		type T int
		type I interface { Foo(); bar() }
		var st fmt.Stringer; var r io.ReadWriter; var e error`, nil)
	str := types.Universe.Lookup("string").Type()
	fails := func(from, to types.Type, x unsafe.Pointer) string {
		a := s.types.Assertion(from, to)
		if a.Assert(nil, x) {
			t.Fatal("assertion holds")
		}
		return a.Error(x).Error()
	}
	var x, none any = 1, nil
	var e error
	var buf io.Reader = strings.NewReader("")
	expect(t, "int as string", fails(anyType, str, unsafe.Pointer(&x)), recovered(func() { _ = x.(string) }))
	expect(t, "nil as string", fails(anyType, str, unsafe.Pointer(&none)), recovered(func() { _ = none.(string) }))
	expect(t, "int as Stringer", fails(anyType, s.source("st"), unsafe.Pointer(&x)), recovered(func() { _ = x.(fmt.Stringer) }))
	expect(t, "nil as Stringer", fails(anyType, s.source("st"), unsafe.Pointer(&none)), recovered(func() { _ = none.(fmt.Stringer) }))
	expect(t, "nil error as Stringer", fails(s.source("e"), s.source("st"), unsafe.Pointer(&e)), recovered(func() { _ = e.(fmt.Stringer) }))
	x = buf
	expect(t, "Reader as ReadWriter", fails(anyType, s.source("r"), unsafe.Pointer(&x)), recovered(func() { _ = x.(io.ReadWriter) }))
	x = 1
	expect(t, "int as T", fails(anyType, s.source("T"), unsafe.Pointer(&x)), "interface conversion: interface {} is int, not main.T")
	expect(t, "int as I", fails(anyType, s.source("I"), unsafe.Pointer(&x)), "interface conversion: int is not main.I: missing method Foo")
	x = s.zero("T")
	expect(t, "T as string", fails(anyType, str, unsafe.Pointer(&x)), "interface conversion: interface {} is main.T, not string")
	expect(t, "T as Stringer", fails(anyType, s.source("st"), unsafe.Pointer(&x)), "interface conversion: main.T is not fmt.Stringer: missing method String")
}

func TestCompiledInstances(t *testing.T) {
	s := newSheet(t, `
		import ("iter"; "sync/atomic")
		type Point struct { X, Y int }
		var p atomic.Pointer[Point]; var q iter.Seq[Point]`,
		map[string]rtype.CodeFunc{"Pointer.Load": func(in, out []unsafe.Pointer) {
			// type Pointer[T any] struct { _ [0]*T; _ noCopy; v unsafe.Pointer }
			set(out[0], *at[*unsafe.Pointer](in[0]))
		}})
	expect(t, "atomic.Pointer", s.of("p"), "atomic.Pointer[main.Point]")
	expect(t, "its path", s.of("p").PkgPath(), "sync/atomic")
	expect(t, "size", s.of("p").Size(), unsafe.Sizeof(uintptr(0)))
	expect(t, "iter.Seq", s.of("q"), "iter.Seq[main.Point]")
	p := reflect.New(s.of("p"))
	point := reflect.New(s.of("Point"))
	*(*unsafe.Pointer)(p.UnsafePointer()) = point.UnsafePointer()
	if got := p.MethodByName("Load").Call(nil)[0]; got.Interface() != point.Interface() {
		t.Errorf("Load: %v", got)
	}
}
