package assist

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"
)

// A lab is a Session over packages and cells given as source text.
type lab struct {
	packages map[string]*types.Package // by path
	objects  map[string]types.Object
	values   map[string]string
	before   map[string]int
}

var labPackages = map[string]string{
	"fmt": `package fmt
func Print(a ...any) (n int, err error) { return }
func Printf(format string, a ...any) (n int, err error) { return }
func Println(a ...any) (n int, err error) { return }
func Sprint(a ...any) string { return "" }
type Stringer interface { String() string }
`,
	"math": `package math
const Pi = 3.14159
func Sqrt(x float64) float64 { return x }
func Pow(x, y float64) float64 { return x }
`,
	"go/ast": `package ast
type Node interface { Pos() int }
`,
	"example.org/cnn": `package cnn
type Tensor struct { shape []int; Name string }
func (t *Tensor) At(index ...int) float64 { return 0 }
func (t *Tensor) Dim(i int) int { return 0 }
func (t *Tensor) String() string { return "" }
func (t Tensor) Shape() []int { return nil }
type Option func(*window)
type window struct{ stride int }
type Layer interface { Forward(x *Tensor) *Tensor }
type Conv2D struct { In, Out, Kernel int; Bias bool }
func (c *Conv2D) Forward(x *Tensor) *Tensor { return x }
func Stride(n int) Option { return nil }
func Padding(n int) Option { return nil }
func Zeros(shape ...int) *Tensor { return nil }
func CrossCorrelate(x, k *Tensor, opts ...Option) *Tensor { return x }
func Map(x *Tensor, f func(float64) float64) *Tensor { return x }
func SortBy[S ~[]E, E any](s S, compare func(E, E) int) {}
func Each[T any](xs []T, f func(int, T)) {}
var Version string
`,
}

var labDocs = map[string]string{
	"example.org/cnn.CrossCorrelate": "CrossCorrelate slides k over x and sums the products at every position.\n\nSee [Convolve].",
	"example.org/cnn.Tensor.At":      "At returns one value.",
	"example.org/cnn":                "Package cnn computes convolutional neural networks.",
	"main.Point":                     "Point is a place.",
}

const labCells = `
type Base struct { ID int }
func (Base) Label() string { return "" }
type Point struct { Base; X, Y float64; hidden int }
func (p *Point) Move(dx, dy float64) {}
func (p Point) Norm() float64 { return 0 }
type Pair[K comparable, V any] struct { Key K; Value V }
type Shape interface { Area() float64 }
var image, kernel *cnn.Tensor
var count int
var names []string
var grades map[string]float64
var p Point
var pp *Point
var 图像 *cnn.Tensor
func apply(f func(float64) float64, x float64) float64 { return f(x) }
func visit(f func(int, *cnn.Tensor) (bool, error)) {}
func half(x float64) float64 { return x/2 }
func makePoint() (Point, error) { return p, nil }
`

// newLab runs the declarations of earlier cells.
func newLab(t testing.TB, cells string) *lab {
	l := &lab{packages: map[string]*types.Package{}, objects: map[string]types.Object{}}
	for path, source := range labPackages {
		l.packages[path] = l.declare(t, path, source)
	}
	pkg := l.declare(t, "main", "package main\nimport \"example.org/cnn\"\nvar _ cnn.Layer\n"+cells)
	for _, name := range pkg.Scope().Names() {
		l.objects[name] = pkg.Scope().Lookup(name)
	}
	l.objects["ast"] = types.NewPkgName(token.NoPos, pkg, "ast", l.packages["go/ast"])
	l.values = map[string]string{"image": "Tensor 28×28", "count": "3"}
	l.before = map[string]int{"lenet": 4}
	return l
}

func (l *lab) declare(t testing.TB, path, source string) *types.Package {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: l}).Check(path, fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func (l *lab) Object(name string) types.Object { return l.objects[name] }
func (l *lab) Names() []string                 { return slices.Collect(maps.Keys(l.objects)) }

func (l *lab) Import(path string) (*types.Package, error) {
	if p := l.packages[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("no package %s", path)
}

func (l *lab) Known(name string) (string, bool) {
	for path, p := range l.packages {
		if p.Name() == name && path != "go/ast" {
			return path, true
		}
	}
	return "", false
}

func (l *lab) KnownNames() []string { return []string{"fmt", "math", "cnn"} }
func (l *lab) Paths() []string      { return slices.Collect(maps.Keys(l.packages)) }

func (l *lab) Doc(path, name string) string {
	return labDocs[strings.TrimSuffix(path+"."+name, ".")]
}

func (l *lab) DefinedIn(name string) (int, bool) { _, ok := l.objects[name]; return 2, ok }
func (l *lab) Value(name string) (string, bool)  { v, ok := l.values[name]; return v, ok }

func (l *lab) Shape(name string) string {
	if name == "image" {
		return "28×28"
	}
	return ""
}

func (l *lab) BeforeRestart(name string) (int, bool) { n, ok := l.before[name]; return n, ok }
