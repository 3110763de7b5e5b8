// Package generate writes Go programs by chance: equal seeds, equal programs.
// Every program compiles, ends, and prints the same wherever it runs, so that
// two implementations of Go can be compared by their output.
//
// What the language leaves open does not occur: a call that changes variables
// stands alone on the right of an assignment, maps are only summed over, products
// of floats are rounded (so that none is fused with a sum), floats become integers
// only within range, and what panics does so in a statement of its own, under a
// deferred recover that prints the text.
package generate

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Program returns the source of the main package for a seed.
func Program(seed uint64) string {
	g := &generator{rng: rand.New(rand.NewPCG(seed, 7))}
	g.prelude()
	for range 1 + g.rng.IntN(3) {
		g.structType()
	}
	for range 2 + g.rng.IntN(3) {
		g.global()
	}
	for range 2 + g.rng.IntN(4) {
		g.function()
	}
	g.line("func main() {")
	g.indent++
	g.body(18, nil)
	for _, v := range g.globals {
		g.line("fmt.Println(%q, %s)", v.name, v.name)
	}
	g.indent--
	g.line("}")
	return g.out.String()
}

type generator struct {
	rng     *rand.Rand
	out     strings.Builder
	indent  int
	names   int
	structs []*kind
	globals []variable
	funcs   []function
	locals  []variable
	nesting int
	loops   int // nested ones around the statement
}

// A kind is a type of the generated program.
type kind struct {
	name   string
	class  class
	bits   int
	elem   *kind
	fields []variable
}

type class int

const (
	signed class = iota
	unsigned
	float
	boolean
	text
	slice
	mapping // from string
	array   // of four
	record
)

type variable struct {
	name     string
	kind     *kind
	constant bool // a loop variable, which is not assigned to
}

type function struct {
	name    string
	params  []*kind
	results []*kind
}

var basics = []*kind{
	{"int", signed, 64, nil, nil}, {"int8", signed, 8, nil, nil}, {"int16", signed, 16, nil, nil}, {"int32", signed, 32, nil, nil}, {"int64", signed, 64, nil, nil},
	{"uint", unsigned, 64, nil, nil}, {"uint8", unsigned, 8, nil, nil}, {"uint16", unsigned, 16, nil, nil}, {"uint32", unsigned, 32, nil, nil}, {"uint64", unsigned, 64, nil, nil},
	{"float32", float, 32, nil, nil}, {"float64", float, 64, nil, nil},
	{"bool", boolean, 1, nil, nil}, {"string", text, 0, nil, nil},
}

var (
	intKind     = basics[0]
	float64Kind = basics[11]
	boolKind    = basics[12]
	textKind    = basics[13]
)

// prelude declares the helpers that programs use: pure functions without panics.
func (g *generator) prelude() {
	g.out.WriteString(`package main

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
)

type integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

type number interface{ integer | ~float32 | ~float64 }

func same[T any](x T) T { return x }

func nonzero[T integer](x T) T {
	if x == 0 {
		return 1
	}
	return x
}

func at[T any](s []T, i int) T {
	var zero T
	if len(s) == 0 {
		return zero
	}
	return s[uint(i)%uint(len(s))]
}

func sum[T number](s []T) (total T) {
	for _, x := range s {
		total += x
	}
	return
}

func apply[T, U any](s []T, f func(T) U) []U {
	var out []U
	for _, x := range s {
		out = append(out, f(x))
	}
	return out
}

func whole[F float32 | float64](x F) int64 {
	if x > -1e9 && x < 1e9 {
		return int64(x)
	}
	return -1
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40]
	}
	return s
}

func keys[V any](m map[string]V) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	sort.Strings(all)
	return all
}

type stack[T any] struct{ items []T }

func (s *stack[T]) push(x T)  { s.items = append(s.items, x) }
func (s *stack[T]) size() int { return len(s.items) }
func (s *stack[T]) pop() (x T, ok bool) {
	if len(s.items) == 0 {
		return x, false
	}
	x = s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, true
}

func guard(name string) {
	if r := recover(); r != nil {
		fmt.Println(name, "recovered:", r)
	}
}

type pair[K, V any] struct {
	first  K
	second V
}

func (p pair[K, V]) swapped() pair[V, K] { return pair[V, K]{p.second, p.first} }

func makePair[K, V any](k K, v V) pair[K, V] { return pair[K, V]{k, v} }

func twice[T any](seq iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for x := range seq {
			if !yield(x) || !yield(x) {
				return
			}
		}
	}
}

var errSome = errors.New("some error")

var (
	_ = strings.Repeat
	_ = cmp.Compare[int]
	_ = slices.Max[[]int]
	_ = maps.Keys[map[int]int]
	_ sync.Mutex
)

`)
}

func (g *generator) line(format string, args ...any) {
	g.out.WriteString(strings.Repeat("\t", g.indent))
	fmt.Fprintf(&g.out, format, args...)
	g.out.WriteByte('\n')
}

func (g *generator) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

func pick[T any](g *generator, from []T) T { return from[g.rng.IntN(len(from))] }

func (g *generator) chance(percent int) bool { return g.rng.IntN(100) < percent }

// structType declares a struct with a method by value and one by pointer.
func (g *generator) structType() {
	k := &kind{name: g.name("T"), class: record}
	g.line("type %s struct {", k.name)
	for range 1 + g.rng.IntN(4) {
		f := variable{name: g.name("f"), kind: g.basic()}
		k.fields = append(k.fields, f)
		g.line("\t%s %s", f.name, f.kind.name)
	}
	g.line("}\n")
	f := pick(g, k.fields)
	g.line("func (t %s) Get() %s { return t.%s }\n", k.name, f.kind.name, f.name)
	g.line("func (t *%s) Set(x %s) { t.%s = x }\n", k.name, f.kind.name, f.name)
	g.line("func (t %s) String() string { return fmt.Sprintf(\"%s<%%v>\", t.%s) }\n", k.name, k.name, f.name)
	k.elem = f.kind // what Get and Set handle
	g.structs = append(g.structs, k)
}

func (g *generator) basic() *kind { return pick(g, basics) }

// kind returns any type.
func (g *generator) kind() *kind {
	switch n := g.rng.IntN(12); {
	case n == 0 && len(g.structs) > 0:
		return pick(g, g.structs)
	case n == 1:
		e := g.basic()
		return &kind{"[]" + e.name, slice, 0, e, nil}
	case n == 2:
		e := g.basic()
		return &kind{"map[string]" + e.name, mapping, 0, e, nil}
	case n == 3:
		e := g.basic()
		return &kind{"[4]" + e.name, array, 0, e, nil}
	}
	return g.basic()
}

func (g *generator) global() {
	v := variable{name: g.name("g"), kind: g.kind()}
	g.line("var %s %s = %s\n", v.name, v.kind.name, g.value(v.kind))
	g.globals = append(g.globals, v)
}

// function declares one that later functions and main call; it calls only
// earlier ones, so that none is recursive.
func (g *generator) function() {
	f := function{name: g.name("fn")}
	var params, results []string
	g.locals = nil
	for range g.rng.IntN(4) {
		v := variable{name: g.name("p"), kind: g.kind()}
		g.locals = append(g.locals, v)
		f.params = append(f.params, v.kind)
		params = append(params, v.name+" "+v.kind.name)
	}
	for range 1 + g.rng.IntN(2) {
		k := g.kind()
		f.results = append(f.results, k)
		results = append(results, k.name)
	}
	g.line("func %s(%s) (%s) {", f.name, strings.Join(params, ", "), strings.Join(results, ", "))
	g.indent++
	g.body(3+g.rng.IntN(4), f.results)
	g.indent--
	g.line("}\n")
	g.locals = nil
	g.funcs = append(g.funcs, f)
}

// body writes statements, prints the locals, and returns values of the kinds.
func (g *generator) body(statements int, results []*kind) {
	outer := len(g.locals)
	for range statements {
		g.statement()
	}
	for _, v := range g.locals {
		g.line("fmt.Println(%q, %s)", v.name, v.name)
	}
	if len(results) > 0 {
		var values []string
		for _, k := range results {
			values = append(values, g.expr(k, 2))
		}
		g.line("return %s", strings.Join(values, ", "))
	}
	g.locals = g.locals[:outer]
}

// block writes statements in a scope of their own.
func (g *generator) block(statements int) {
	outer := len(g.locals)
	g.indent++
	g.nesting++
	for range statements {
		g.statement()
	}
	for _, v := range g.locals[outer:] {
		g.line("_ = %s", v.name)
	}
	g.nesting--
	g.indent--
	g.locals = g.locals[:outer]
}
