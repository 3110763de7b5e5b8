//go:build !js

package rtype_test

// The types that cells declare.

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"net/http"
	"strings"
	"sync"
)

type Level int

func (l Level) String() string { return [...]string{"low", "mid", "high"}[l] }

type Celsius float64
type Fahr float64
type Plain int
type Key string

type Point struct{ X, Y int }
type PV struct{ X, Y int }

func (p PV) String() string { return fmt.Sprintf("<%d,%d>", p.X, p.Y) }

type PP struct{ N int }

func (p *PP) String() string { return fmt.Sprintf("PP#%d", p.N) }

type Holder struct {
	L  Level
	P  PV
	PP *PV
	h  Level
	M  map[string]Level
	S  []Level
	A  any
}

type Vec []float64

func (v Vec) Sum() (s float64) {
	for _, x := range v {
		s += x
	}
	return
}

type Grid [2][2]Level
type Set map[string]bool

func (s Set) Has(k string) bool { return s[k] }

type Fn func(int) int

func (f Fn) Twice(x int) int { return f(f(x)) }

type Node struct {
	Val  int
	Next *Node
}
type Tree struct {
	Name string
	Kids []*Tree
	By   map[string]Tree `json:",omitempty"`
}

func (t *Tree) Count() int {
	n := 1
	for _, k := range t.Kids {
		n += k.Count()
	}
	return n
}

type CodeErr struct{ Code int }

func (e CodeErr) Error() string { return fmt.Sprint("code ", e.Code) }

type PtrErr struct{ Op string }

func (e *PtrErr) Error() string { return "op " + e.Op }

type StrErr string

func (e StrErr) Error() string { return string(e) }

type WrapErr struct{ Err error }

func (e WrapErr) Error() string { return "wrap: " + e.Err.Error() }
func (e WrapErr) Unwrap() error { return e.Err }

type IsErr struct{ K int }

func (e IsErr) Error() string   { return "iserr" }
func (e IsErr) Is(t error) bool { return t == io.EOF }

type byLen []string

func (b byLen) Len() int           { return len(b) }
func (b byLen) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
func (b byLen) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

type Item struct {
	Name string
	Pri  int
}
type PQ []*Item

func (q PQ) Len() int           { return len(q) }
func (q PQ) Less(i, j int) bool { return q[i].Pri > q[j].Pri }
func (q PQ) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

var pushAny = func(x any) *Item { return x.(*Item) }
var popAny = func(x *Item) any { return x }

func (q *PQ) Push(x any) { *q = append(*q, pushAny(x)) }
func (q *PQ) Pop() any {
	o := *q
	x := o[len(o)-1]
	*q = o[:len(o)-1]
	return popAny(x)
}

type User struct {
	Name  string `json:"name" xml:"name,attr"`
	Age   int    `json:"age,omitempty"`
	inner int
	Lv    Lang `json:"lang"`
	Base
	Tags []Key `json:"tags"`
}
type Base struct {
	ID int `json:"id"`
}

func (b Base) Ident() string { return fmt.Sprint("id", b.ID) }

type Lang int

func (l Lang) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprintf("lang-%d", int(l))) }
func (l *Lang) UnmarshalJSON(b []byte) error {
	_, err := fmt.Sscanf(strings.Trim(string(b), `"`), "lang-%d", (*int)(l))
	return err
}

type TextKey struct{ A, B int }

func (k TextKey) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("%d-%d", k.A, k.B)), nil }

type XDoc struct {
	XMLName xml.Name `xml:"doc"`
	Title   string   `xml:"title"`
	Items   []XItem  `xml:"item"`
}
type XItem struct {
	K string `xml:"k,attr"`
	V string `xml:",chardata"`
}

type Person struct {
	First, Last string
	Friends     []*Person
}

func (p *Person) Full() string                 { return p.First + " " + p.Last }
func (p *Person) Greet(s string, n int) string { return strings.Repeat(s+" ", n) + p.First }

type FlagList []string

func (f *FlagList) String() string     { return strings.Join(*f, "|") }
func (f *FlagList) Set(s string) error { *f = append(*f, s); return nil }

type Counter struct{ n, rf int }

func (c *Counter) Write(p []byte) (int, error) { c.n += len(p); return len(p), nil }

type FastW struct{ n, rf int }

func (c *FastW) Write(p []byte) (int, error) { c.n += len(p); return len(p), nil }
func (c *FastW) ReadFrom(r io.Reader) (int64, error) {
	c.rf++
	return io.Copy(struct{ io.Writer }{io.Discard}, r)
}

type Rot struct {
	s string
	i int
}

func (r *Rot) Read(p []byte) (int, error) {
	if r.i >= len(r.s) {
		return 0, io.EOF
	}
	n := copy(p, r.s[r.i:])
	r.i += n
	return n, nil
}

type Hello struct{ Name string }

func (h Hello) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := w.(http.Flusher)
	fmt.Fprintln(w, "hello", h.Name, r.URL.Path, ok)
	if ok {
		f.Flush()
	}
}

type MyRW struct {
	http.ResponseWriter
	code int
}

func (m *MyRW) WriteHeader(c int)           { m.code = c; m.ResponseWriter.WriteHeader(c) }
func (m *MyRW) Unwrap() http.ResponseWriter { return m.ResponseWriter }

type Checker struct{ N int }

func (c Checker) ColorModel() color.Model { return color.GrayModel }
func (c Checker) Bounds() image.Rectangle { return image.Rect(0, 0, c.N, c.N) }
func (c Checker) At(x, y int) color.Color { return color.Gray{uint8((x + y) % 2 * 255)} }

type Safe struct {
	sync.Mutex
	N int
}
type Log struct {
	bytes.Buffer
	Name string
}

type Relu struct{ Calls int }

func (r *Relu) Forward(x []float64) []float64 {
	r.Calls++
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = max(v, 0)
	}
	return y
}
func (r *Relu) Name() string { return "relu" }

type Shape interface{ Area() float64 }
type Sq struct{ A float64 }

func (s Sq) Area() float64 { return s.A * s.A }

type Bad struct{ F []int }
type Fmter struct{ V int }

func (f Fmter) Format(s fmt.State, v rune) { fmt.Fprintf(s, "F(%c%d)", v, f.V) }

type GoS struct{ V int }

func (GoS) GoString() string { return "GoS!" }

type Secret string

func (Secret) LogValue() string { return "x" }

type Opt struct{ p *int }

func (o Opt) Get() int { return *o.p }

type Deep struct {
	Holder
	Err error
}

type Pair[A, B any] struct {
	First  A
	Second B
}

func (p Pair[A, B]) String() string { return fmt.Sprintf("(%v; %v)", p.First, p.Second) }

var errSentinel = errors.New("sentinel")
