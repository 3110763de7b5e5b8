//go:build !js

package rtype_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/tools/txtar"

	"github.com/convnotes/convnotes/kernel/gocell/rtype"
)

type Layer interface {
	Forward([]float64) []float64
	Name() string
}

// A cells is a checked cell with the types of uses_types_test.go. The compiled
// twins of the types hold the values and run the method bodies.
type cells struct {
	imp   types.Importer
	pkg   *types.Package
	types *rtype.Types
	twins map[string]reflect.Type
	known map[reflect.Type]types.Type
}

var cell = newCells()

func newCells() *cells {
	c := &cells{imp: importer, twins: map[string]reflect.Type{}, known: map[reflect.Type]types.Type{}}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "uses_types_test.go", nil, 0)
	if err != nil {
		panic(err)
	}
	f.Name.Name = "main"
	c.pkg, err = (&types.Config{Importer: c.imp}).Check("main", fset, []*ast.File{f}, nil)
	if err != nil {
		panic(err)
	}
	c.types = rtype.New(rtype.Config{Compiled: compiled, Method: c.method})
	return c
}

const twinPath = "github.com/convnotes/convnotes/kernel/gocell/rtype_test"

// typeOf is the type of the type checker for a twin or a type built of twins.
func (c *cells) typeOf(t reflect.Type) types.Type {
	if k := c.known[t]; k != nil {
		return k
	}
	k := c.translate(t)
	c.known[t] = k
	if t.PkgPath() == twinPath && t.Kind() == reflect.Struct {
		for i := range t.NumField() { // meet the twins that are only fields
			c.typeOf(t.Field(i).Type)
		}
	}
	return k
}

func (c *cells) translate(t reflect.Type) types.Type {
	if t.Name() != "" {
		return c.namedType(t)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return types.NewPointer(c.typeOf(t.Elem()))
	case reflect.Slice:
		return types.NewSlice(c.typeOf(t.Elem()))
	case reflect.Array:
		return types.NewArray(c.typeOf(t.Elem()), int64(t.Len()))
	case reflect.Map:
		return types.NewMap(c.typeOf(t.Key()), c.typeOf(t.Elem()))
	case reflect.Chan:
		return types.NewChan(types.SendRecv, c.typeOf(t.Elem()))
	case reflect.Struct:
		fields := make([]*types.Var, t.NumField())
		tags := make([]string, t.NumField())
		for i := range fields {
			f := t.Field(i)
			fields[i] = types.NewField(0, c.pkg, f.Name, c.typeOf(f.Type), f.Anonymous)
			tags[i] = string(f.Tag)
		}
		return types.NewStruct(fields, tags)
	case reflect.Func:
		return types.NewSignatureType(nil, nil, nil, c.tuple(t.NumIn(), t.In), c.tuple(t.NumOut(), t.Out), t.IsVariadic())
	case reflect.Interface:
		return c.interfaceType(t)
	}
	panic(t)
}

func (c *cells) tuple(n int, at func(int) reflect.Type) *types.Tuple {
	vars := make([]*types.Var, n)
	for i := range vars {
		vars[i] = types.NewParam(0, c.pkg, "", c.typeOf(at(i)))
	}
	return types.NewTuple(vars...)
}

func (c *cells) interfaceType(t reflect.Type) types.Type {
	var ms []*types.Func
	for i := range t.NumMethod() {
		m := t.Method(i)
		ms = append(ms, types.NewFunc(0, c.pkg, m.Name, c.translate(m.Type).(*types.Signature)))
	}
	return types.NewInterfaceType(ms, nil).Complete()
}

func (c *cells) namedType(t reflect.Type) types.Type {
	name, args, generic := strings.Cut(t.Name(), "[")
	scope := types.Universe
	switch t.PkgPath() {
	case "":
	case twinPath:
		scope = c.pkg.Scope()
		c.twins[t.Name()] = t
	default:
		p, err := c.imp.Import(t.PkgPath())
		if err != nil {
			panic(err)
		}
		scope = p.Scope()
	}
	if scope.Lookup(name) == nil {
		panic(fmt.Sprint("no type ", t))
	}
	r := scope.Lookup(name).Type()
	if !generic {
		return r
	}
	var targs []types.Type
	for a := range strings.SplitSeq(strings.TrimSuffix(args, "]"), ",") {
		targs = append(targs, types.Universe.Lookup(a).Type())
	}
	r, err := types.Instantiate(nil, r, targs, true)
	if err != nil {
		panic(err)
	}
	return r
}

// method is the body of a method: it calls the twin's on the same memory.
func (c *cells) method(recv *types.Named, m *types.Func) rtype.Code {
	name := strings.ReplaceAll(types.TypeString(recv, func(*types.Package) string { return "" }), ", ", ",")
	return rtype.CodeFunc(func(in, out []unsafe.Pointer) {
		twin := c.twins[name]
		if _, ok := m.Signature().Recv().Type().(*types.Pointer); ok {
			twin = reflect.PointerTo(twin)
		}
		f := reflect.NewAt(twin, in[0]).Elem().MethodByName(m.Name())
		args := make([]reflect.Value, len(in)-1)
		for i := range args {
			args[i] = reflect.NewAt(f.Type().In(i), in[i+1]).Elem()
		}
		for i, r := range f.Call(args) {
			reflect.NewAt(r.Type(), out[i]).Elem().Set(r)
		}
	})
}

// I converts v to an interface, as a value of the cell's type.
func I[T any](v T) (x any) {
	t := cell.typeOf(reflect.TypeFor[T]())
	cell.types.Conversion(t, anyType).Convert(unsafe.Pointer(&x), unsafe.Pointer(&v))
	return x
}

// U is the assertion x.(T).
func U[T any](x any) (v T, ok bool) {
	a := cell.types.Assertion(anyType, cell.typeOf(reflect.TypeFor[T]()))
	ok = a.Assert(unsafe.Pointer(&v), unsafe.Pointer(&x))
	return v, ok
}

func Must[T any](x any) T {
	v, ok := U[T](x)
	if !ok {
		panic("assertion failed")
	}
	return v
}

// As converts to an interface type.
func As[X any](x any) X {
	if t := reflect.TypeFor[X](); t.PkgPath() == twinPath {
		if !reflect.TypeOf(x).Implements(t) {
			panic(fmt.Sprint(reflect.TypeOf(x), " does not implement ", t))
		}
	}
	return x.(X)
}

// Is asks for an interface.
func Is[X any](x any) X { r, _ := x.(X); return r }

func runUse(u use) (s string) {
	out.Reset()
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintln(&out, "PANIC:", r)
		}
		s = out.String()
	}()
	u.run()
	return ""
}

// want is what compiled Go prints for a use.
func want(t testing.TB, name string) string {
	data, err := os.ReadFile("../testdata/uses/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse(data).Files {
		if f.Name == "want" {
			return string(f.Data)
		}
	}
	t.Fatal("no output of", name)
	return ""
}

func TestUses(t *testing.T) {
	for _, u := range uses {
		t.Run(u.name, func(t *testing.T) {
			if got, want := runUse(u), want(t, u.name); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
	if len(uses) != 62 {
		t.Errorf("%d uses", len(uses))
	}
}

// TestUsesUnderCollection runs all uses beside a loop of collections.
func TestUsesUnderCollection(t *testing.T) {
	rounds := 2
	if os.Getenv("GOCELL_STRESS") != "" {
		rounds = 200
	}
	stop := make(chan bool)
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	for range rounds {
		for _, u := range uses {
			if got, want := runUse(u), want(t, u.name); got != want && u.name != "gob-register-interface" {
				t.Fatalf("%s: got\n%swant\n%s", u.name, got, want)
			}
		}
	}
}
