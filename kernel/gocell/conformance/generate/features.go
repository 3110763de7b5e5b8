package generate

import (
	"fmt"
	"strings"
)

// features are statements that use one feature of the language each, with
// generated types and values in it.
var features = []func(*generator){
	(*generator).pipeline, (*generator).methodValue, (*generator).embedded, (*generator).rangeFunc, (*generator).labelled,
	(*generator).namedResult, (*generator).variadic, (*generator).structKey, (*generator).aliasing, (*generator).arrayCopy,
	(*generator).constants, (*generator).bytes, (*generator).pointers, (*generator).recursive, (*generator).genericPair,
	(*generator).repanic, (*generator).waitGroup, (*generator).sorted, (*generator).verbs, (*generator).selected,
	(*generator).complexNumbers, (*generator).jump, (*generator).iterator, (*generator).dispatch, (*generator).loopVariables,
}

func (g *generator) feature() { pick(g, features)(g) }

// lines writes text with $-names replaced: $k a kind, $e an expression of it.
func (g *generator) lines(text string, pairs ...string) {
	for line := range strings.Lines(strings.TrimPrefix(text, "\n")) {
		g.line("%s", strings.NewReplacer(pairs...).Replace(strings.TrimRight(line, "\n")))
	}
}

func (g *generator) pipeline() {
	k := g.basic()
	g.lines(`
{
	ch := make(chan $k, $n)
	done := make(chan int)
	go func() {
		defer close(ch)
		for _, x := range []$k{$a, $b, $c} {
			ch <- x
		}
	}()
	go func() { done <- len(cap1) }()
	for x := range ch {
		fmt.Println(x)
	}
	x, ok := <-ch
	fmt.Println(x, ok, <-done)
}`, "$k", k.name, "$n", fmt.Sprint(g.rng.IntN(3)), "$a", g.expr(k, 2), "$b", g.expr(k, 2), "$c", g.expr(k, 1), "len(cap1)", fmt.Sprint(g.rng.IntN(9)))
}

// record returns a struct type, nil where the program has none.
func (g *generator) record() *kind {
	if len(g.structs) == 0 {
		return nil
	}
	return pick(g, g.structs)
}

func (g *generator) methodValue() {
	t := g.record()
	if t == nil {
		return
	}
	g.lines(`
{
	v := $v
	get, set := v.Get, v.Set
	set($e)
	fmt.Println(get(), v.Get(), $t.Get(v))
	(*$t).Set(&v, $f)
	fmt.Println(v, get())
}`, "$v", g.leaf(t), "$t", t.name, "$e", g.expr(t.elem, 2), "$f", g.expr(t.elem, 2))
}

func (g *generator) embedded() {
	t := g.record()
	if t == nil {
		return
	}
	k := g.basic()
	g.lines(`
{
	type inner struct{ *$t }
	type outer struct {
		inner
		Extra $k
	}
	o := outer{inner{&$v}, $e}
	o.Set($f)
	p := o
	p.Set($g)
	fmt.Println(o.Get(), p.Get(), o.Extra, o == p, o.$t == p.inner.$t)
	var s fmt.Stringer = o
	fmt.Println(s)
}`, "$v", g.value(t), "$t", t.name, "$k", k.name, "$e", g.expr(k, 2), "$f", g.expr(t.elem, 1), "$g", g.expr(t.elem, 1))
}

func (g *generator) rangeFunc() {
	k := g.basic()
	g.lines(`
for i, x := range func(yield func(int, $k) bool) {
	defer fmt.Println("end of iteration")
	for i, x := range []$k{$a, $b, $c} {
		if !yield(i, x) {
			fmt.Println("stopped at", i)
			return
		}
	}
} {
	if i == $n {
		continue
	}
	fmt.Println(i, x)
	if i == $m {
		break
	}
}`, "$k", k.name, "$a", g.expr(k, 2), "$b", g.expr(k, 2), "$c", g.expr(k, 1), "$n", fmt.Sprint(g.rng.IntN(4)), "$m", fmt.Sprint(g.rng.IntN(4)))
}

func (g *generator) labelled() {
	label := g.name("outer")
	g.lines(`
$l:
for i := range 4 {
	for j := 0; j < 4; j++ {
		switch {
		case i*j == $a:
			continue $l
		case i+j == $b:
			break $l
		case j == 2:
			break
		default:
			fmt.Print(i, j, " ")
		}
	}
}
fmt.Println()`, "$l", label, "$a", fmt.Sprint(g.rng.IntN(5)), "$b", fmt.Sprint(2+g.rng.IntN(5)))
}

func (g *generator) namedResult() {
	k := g.basicOf(signed)
	g.lines(`
fmt.Println(func(x $k) (r $k, err error) {
	defer func() {
		r *= 2
		if v := recover(); v != nil {
			err = fmt.Errorf("caught: %v", v)
		}
	}()
	r = x + 1
	if x > $a {
		panic(x)
	}
	return r - 3, nil
}($e))`, "$k", k.name, "$a", g.literal(k), "$e", g.expr(k, 2))
}

func (g *generator) variadic() {
	k := g.basic()
	g.lines(`
{
	f := func(first int, rest ...$k) string {
		if len(rest) > 0 {
			rest[0] = $a
		}
		return fmt.Sprint(first, len(rest), rest == nil, rest)
	}
	s := []$k{$b, $c}
	fmt.Println(f(1), f(2, $d), f(3, s...), s)
}`, "$k", k.name, "$a", g.expr(k, 1), "$b", g.expr(k, 1), "$c", g.expr(k, 1), "$d", g.expr(k, 1))
}

func (g *generator) structKey() {
	k := g.basicOf(pick(g, []class{signed, unsigned, text, boolean}))
	g.lines(`
{
	type key struct {
		a $k
		b [2]int8
	}
	m := map[key]int{}
	for i := range int8(5) {
		m[key{$a, [2]int8{i % 2, 3}}] += int(i)
	}
	_, there := m[key{$a, [2]int8{0, 3}}]
	fmt.Println(len(m), m[key{$a, [2]int8{1, 3}}], there)
	clear(m)
	fmt.Println(len(m))
	any1 := map[any]string{1: "int", int8(1): "int8", "1": "text", [1]int{1}: "array", key{}: "key"}
	fmt.Println(any1[1], any1[int8(1)], any1["1"], any1[[1]int{1}], any1[key{}], any1[1.0] == "")
}`, "$k", k.name, "$a", g.literal(k))
}

// aliasing shows which slices share memory. How much capacity grows is left open.
func (g *generator) aliasing() {
	k := g.basic()
	g.lines(`
{
	s := make([]$k, 2, $n)
	a, b := append(s, $a), append(s, $b)
	c := append(s[:1:1], $c)
	fmt.Println(a, b, c, s, len(a), cap(s[1:]), cap(c) >= 2)
	copy(a[1:], a)
	fmt.Println(a, b, copy(s, c))
	var grow []$k
	for range $m {
		grow = append(grow, $d)
	}
	fmt.Println(len(grow), cap(grow) >= len(grow))
}`, "$k", k.name, "$n", fmt.Sprint(2+g.rng.IntN(3)), "$a", g.expr(k, 1), "$b", g.expr(k, 1), "$c", g.expr(k, 1), "$d", g.leaf(k), "$m", fmt.Sprint(g.rng.IntN(40)))
}

func (g *generator) arrayCopy() {
	k := g.basic()
	g.lines(`
{
	a := [3][2]$k{{$a}, {1: $b}}
	b := a
	b[$n][1] = $c
	p := &a
	for i, row := range p {
		row[0] = $d
		p[i][1] = row[0]
	}
	fmt.Println(a, b, a == b, len(p), [...]string{2: "x", 0: "y"})
}`, "$k", k.name, "$a", g.expr(k, 1), "$b", g.expr(k, 1), "$c", g.expr(k, 1), "$d", g.expr(k, 1), "$n", fmt.Sprint(g.rng.IntN(3)))
}

func (g *generator) constants() {
	k := g.basicOf(pick(g, []class{signed, unsigned}))
	g.lines(`
{
	type weekday $k
	const (
		a weekday = iota * 3
		b
		_
		c
		big  = 1 << 100
		half = big >> 98
		r    = 'x' + 1.0
	)
	fmt.Printf("%T %v %v %v %v %T\n", b, a, b, c, half, r)
	fmt.Println(c/weekday($n), float32(big), half/3, half/3.0, r, "s"+"t", len("卷积"), 7.0/2, -7/2, -7%3)
}`, "$k", k.name, "$n", fmt.Sprint(1+g.rng.IntN(5)))
}

func (g *generator) bytes() {
	g.lines(`
{
	s := $s + "a\xffé"
	for i, c := range s {
		fmt.Print(i, ":", c, " ")
	}
	b := []byte(s)
	b[0] ^= $n
	fmt.Println(len(s), s[len(s)-1], string(b[:1]) == s[:1], string(rune($m)), []rune(s), s < string(b))
}`, "$s", g.leaf(textKind), "$n", fmt.Sprint(g.rng.IntN(256)), "$m", fmt.Sprint(g.rng.IntN(0x3000)))
}

func (g *generator) pointers() {
	k := g.basic()
	g.lines(`
{
	x := $k($a)
	p := &x
	pp := &p
	*p = $b
	y := new($k)
	*pp = y
	**pp = $c
	fmt.Println(x, *p, *y, p == y, p == &x, *pp == nil)
	type node struct {
		value $k
		next  *node
	}
	var list *node
	for range 3 {
		list = &node{x, list}
	}
	n := 0
	for l := list; l != nil; l = l.next {
		l.value = $d
		n++
	}
	fmt.Println(n, list.next.value)
}`, "$k", k.name, "$a", g.expr(k, 1), "$b", g.expr(k, 1), "$c", g.expr(k, 1), "$d", g.expr(k, 1))
}

func (g *generator) recursive() {
	k := g.basicOf(pick(g, []class{signed, unsigned}))
	g.lines(`
{
	var f func(n int) $k
	calls := 0
	f = func(n int) $k {
		calls++
		if n < 2 {
			return $a
		}
		return f(n-1) + f(n-2)*$b
	}
	fmt.Println(f($n), calls)
}`, "$k", k.name, "$a", g.expr(k, 1), "$b", g.expr(k, 1), "$n", fmt.Sprint(5+g.rng.IntN(8)))
}

func (g *generator) genericPair() {
	k, v := g.basic(), g.kind()
	g.lines(`
{
	p := makePair($a, $b)
	q := p.swapped()
	fmt.Printf("%T %v %v\n", p, p.first, q)
}`, "$a", "("+k.name+")("+g.expr(k, 2)+")", "$b", "("+v.name+")("+g.expr(v, 2)+")")
}

func (g *generator) repanic() {
	g.lines(`
func() {
	defer func() {
		r := recover()
		err, ok := r.(error)
		fmt.Println("outer", r, ok, ok && errors.Is(err, errSome))
		fmt.Println(recover())
	}()
	defer func() {
		if r := recover(); r != nil {
			panic(fmt.Errorf("again %v: %w", r, errSome))
		}
	}()
	defer fmt.Println("first", $e)
	panic($e)
}()`, "$e", g.expr(g.basic(), 2))
}

func (g *generator) waitGroup() {
	g.lines(`
{
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := map[int]int{}
	for i := range $n {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			total[i%2] += i
		})
	}
	wg.Wait()
	fmt.Println(total)
	fmt.Println(sync.OnceValue(func() int { return $e })())
}`, "$n", fmt.Sprint(3+g.rng.IntN(9)), "$e", g.expr(intKind, 2))
}

func (g *generator) sorted() {
	k := g.basicOf(pick(g, []class{signed, unsigned, text}))
	g.lines(`
{
	s := []$k{$a, $b, $c, $d}
	sort.Slice(s, func(i, j int) bool { return s[i] > s[j] })
	fmt.Println(s, slices.Max(s))
	slices.SortFunc(s, func(a, b $k) int { return cmp.Compare(a, b) })
	i, found := slices.BinarySearch(s, $a)
	fmt.Println(s, i, found, slices.Collect(maps.Values(map[int]$k{1: s[0]})))
	fmt.Println(strings.Map(func(r rune) rune { return r + 1 }, clip($t)))
}`, "$k", k.name, "$a", g.expr(k, 1), "$b", g.expr(k, 1), "$c", g.expr(k, 1), "$d", g.expr(k, 1), "$t", g.leaf(textKind))
}

func (g *generator) verbs() {
	k := g.kind()
	v := g.leaf(k)
	g.lines(`
fmt.Printf("%v|%+v|%#v|%T\n", $v, $v, $v, $v)
fmt.Printf("%v|%+v|%T\n", []any{$v, nil, struct{ A, b any }{$v, 1}}, map[string]any{"k": $v}, map[string][]$k{})`, "$v", v, "$k", k.name)
}

func (g *generator) selected() {
	k := g.basic()
	g.lines(`
{
	a, b := make(chan $k, 1), make(chan string)
	var none chan int
	for range 2 {
		select {
		case a <- $e:
			fmt.Println("sent")
		case x, ok := <-b:
			fmt.Println("received", x, ok)
		case <-none:
			fmt.Println("never")
		default:
			fmt.Println("default", len(a), cap(a), <-a)
		}
	}
	close(b)
	select {
	case x, ok := <-b:
		fmt.Println(x, ok)
	}
}`, "$k", k.name, "$e", g.expr(k, 2))
}

func (g *generator) complexNumbers() {
	k := g.basicOf(float)
	size := k.bits * 2
	g.lines(`
{
	z := complex($a, $b)
	w := $c(z) + 2i
	fmt.Println(z, real(w), imag(w-z), z == w, -w)
	fmt.Printf("%T %.3f\n", z, w)
}`, "$a", "("+k.name+")("+g.expr(k, 1)+")", "$b", "("+k.name+")("+g.expr(k, 1)+")", "$c", fmt.Sprintf("complex%d", size))
}

func (g *generator) jump() {
	label := g.name("again")
	n := g.name("n")
	g.lines(`
$n := 0
$l:
$n++
if $n < $m {
	goto $l
}
fmt.Println($n)`, "$l", label, "$n", n, "$m", fmt.Sprint(2+g.rng.IntN(5)))
}

func (g *generator) iterator() {
	k := g.basic()
	g.lines(`
for x := range twice(slices.Values([]$k{$a, $b})) {
	fmt.Println(x)
	if x == $b {
		break
	}
}`, "$k", k.name, "$a", g.expr(k, 1), "$b", g.value(k))
}

// dispatch calls through interfaces, compares them, and asserts their types.
func (g *generator) dispatch() {
	t := g.record()
	if t == nil {
		return
	}
	g.lines(`
{
	v := $v
	type getter interface{ Get() $k }
	var a getter = v
	var b getter = &v
	v.Set($e)
	fmt.Println(a.Get(), b.Get(), a == getter($z), b == getter(&v))
	_, isSetter := a.(interface{ Set($k) })
	s, isSetter2 := b.(interface{ Set($k) })
	fmt.Println(isSetter, isSetter2, s != nil)
	var err error
	fmt.Println(err == nil, fmt.Sprint(a), fmt.Sprintf("%v", []fmt.Stringer{v, &v}))
}`, "$v", g.leaf(t), "$z", "("+g.value(t)+")", "$t", t.name, "$k", t.elem.name, "$e", g.expr(t.elem, 2))
}

func (g *generator) loopVariables() {
	g.lines(`
{
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i += $n; return i })
		i := i * 10
		fs = append(fs, func() int { i++; return i })
	}
	for _, f := range fs {
		defer func() { fmt.Print(f(), " ") }()
		fmt.Print(f(), " ")
	}
	fmt.Println()
}`, "$n", fmt.Sprint(g.rng.IntN(3)))
}
