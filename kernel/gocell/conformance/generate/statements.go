package generate

import (
	"fmt"
	"strings"
)

// statement writes one statement; deep ones are simple.
func (g *generator) statement() {
	simple := []func(){g.declare, g.declare, g.assign, g.assign, g.assign, g.update, g.call, g.print, g.setMember, g.swap}
	nested := []func(){g.branch, g.loop, g.over, g.choose, g.closure, g.deferred, g.failing, g.generic, g.counter, g.typeSwitch, g.feature, g.feature, g.feature}
	if g.nesting < 3 && g.chance(45) {
		pick(g, nested)()
		return
	}
	pick(g, simple)()
}

func (g *generator) declare() {
	v := variable{name: g.name("v"), kind: g.kind()}
	value := g.expr(v.kind, 3)
	if g.chance(50) {
		g.line("var %s %s = %s", v.name, v.kind.name, value)
	} else {
		g.line("%s := %s(%s)", v.name, parenthesised(v.kind.name), value)
	}
	g.locals = append(g.locals, v)
}

func parenthesised(name string) string {
	if strings.ContainsAny(name, "[*") {
		return "(" + name + ")"
	}
	return name
}

// variables returns those in scope that a statement may assign to.
func (g *generator) variables(fits func(*kind) bool) (found []variable) {
	for _, v := range append(append([]variable{}, g.globals...), g.locals...) {
		if !v.constant && fits(v.kind) {
			found = append(found, v)
		}
	}
	return found
}

func (g *generator) assign() {
	if all := g.variables(func(*kind) bool { return true }); len(all) > 0 {
		v := pick(g, all)
		g.line("%s = %s", v.name, g.expr(v.kind, 3))
	}
}

// update writes x op= y or x++.
func (g *generator) update() {
	all := g.variables(func(k *kind) bool { return k.class == signed || k.class == unsigned })
	if len(all) == 0 {
		return
	}
	v := pick(g, all)
	switch g.rng.IntN(6) {
	case 0:
		g.line("%s++", v.name)
	case 1:
		g.line("%s--", v.name)
	case 2:
		g.line("%s <<= uint(%s) & 7", v.name, g.expr(g.basicOf(unsigned), 1))
	case 3:
		g.line("%s /= nonzero(%s)", v.name, g.expr(v.kind, 2))
	default:
		g.line("%s %s= %s", v.name, pick(g, []string{"+", "-", "*", "&", "|", "^", "&^"}), g.expr(v.kind, 2))
	}
}

func (g *generator) basicOf(c class) *kind {
	for {
		if k := g.basic(); k.class == c {
			return k
		}
	}
}

// call assigns the results of a function to new variables.
func (g *generator) call() {
	if len(g.funcs) == 0 || g.loops > 1 {
		return
	}
	f := pick(g, g.funcs)
	var args, names []string
	for _, k := range f.params {
		args = append(args, g.expr(k, 2))
	}
	for _, k := range f.results {
		v := variable{name: g.name("r"), kind: k}
		names = append(names, v.name)
		g.locals = append(g.locals, v)
	}
	g.line("%s := %s(%s)", strings.Join(names, ", "), f.name, strings.Join(args, ", "))
}

func (g *generator) print() {
	k := g.kind()
	verb := pick(g, []string{"%v", "%+v", "%T"})
	g.line("fmt.Printf(\"%s\\n\", %s)", verb, g.expr(k, 2))
}

// setMember writes to an element, a field, or through a pointer or method.
func (g *generator) setMember() {
	all := g.variables(func(k *kind) bool { return k.class >= slice })
	if len(all) == 0 {
		return
	}
	v := pick(g, all)
	switch v.kind.class {
	case slice:
		if g.chance(50) {
			g.line("%s = append(%s, %s)", v.name, v.name, g.expr(v.kind.elem, 2))
			return
		}
		i := g.name("i")
		g.line("if %s := uint(%s) & 3; int(%s) < len(%s) {", i, g.expr(intKind, 1), i, v.name)
		g.line("\t%s[%s] = %s", v.name, i, g.expr(v.kind.elem, 2))
		g.line("}")
	case array:
		g.line("%s[uint(%s)&3] = %s", v.name, g.expr(intKind, 1), g.expr(v.kind.elem, 2))
	case mapping:
		g.line("if %s == nil { %s = %s{} }", v.name, v.name, v.kind.name)
		g.line("%s[%s] = %s", v.name, g.key(), g.expr(v.kind.elem, 2))
		if g.chance(30) {
			g.line("delete(%s, %s)", v.name, g.key())
		}
	case record:
		f := pick(g, v.kind.fields)
		switch g.rng.IntN(3) {
		case 0:
			g.line("%s.%s = %s", v.name, f.name, g.expr(f.kind, 2))
		case 1:
			g.line("%s.Set(%s)", v.name, g.expr(v.kind.elem, 2))
		default:
			g.line("(&%s).%s = %s", v.name, f.name, g.expr(f.kind, 2))
		}
	}
}

func (g *generator) key() string { return fmt.Sprintf("%q", pick(g, []string{"a", "b", "c", "图"})) }

func (g *generator) swap() {
	k := g.basic()
	same := g.variables(func(v *kind) bool { return v == k })
	if len(same) > 1 {
		a, b := same[0], same[len(same)-1]
		g.line("%s, %s = %s, %s", a.name, b.name, b.name, a.name)
	}
}

func (g *generator) branch() {
	g.line("if %s {", g.expr(boolKind, 2))
	g.block(2)
	if g.chance(50) {
		g.line("} else {")
		g.block(2)
	}
	g.line("}")
}

// loop counts with a for of three parts, with break and continue at times.
func (g *generator) loop() {
	i := variable{name: g.name("i"), kind: pick(g, basics[:10]), constant: true}
	g.line("for %s := %s(0); %s < %d; %s++ {", i.name, i.kind.name, i.name, 2+g.rng.IntN(5), i.name)
	g.inLoop(i)
	g.line("}")
}

func (g *generator) inLoop(vars ...variable) {
	g.locals = append(g.locals, vars...)
	g.loops++
	outer := g.indent
	if g.chance(25) {
		g.line("\tif %s {", g.expr(boolKind, 1))
		g.line("\t\t%s", pick(g, []string{"break", "continue"}))
		g.line("\t}")
	}
	for _, v := range vars {
		g.line("\t_ = %s", v.name)
	}
	g.block(2)
	g.indent = outer
	g.loops--
	g.locals = g.locals[:len(g.locals)-len(vars)]
}

// over ranges over an integer, a slice, a string, or the sorted keys of a map.
func (g *generator) over() {
	switch g.rng.IntN(4) {
	case 0:
		i := variable{name: g.name("i"), kind: intKind, constant: true}
		g.line("for %s := range %d {", i.name, 1+g.rng.IntN(4))
		g.inLoop(i)
	case 1:
		e := g.basic()
		i, v := variable{g.name("i"), intKind, true}, variable{name: g.name("e"), kind: e}
		g.line("for %s, %s := range %s {", i.name, v.name, g.value(&kind{"[]" + e.name, slice, 0, e, nil}))
		g.inLoop(i, v)
	case 2:
		i := variable{g.name("i"), intKind, true}
		c := variable{name: g.name("c"), kind: basics[3]}
		g.line("for %s, %s := range %s {", i.name, c.name, g.expr(textKind, 1))
		g.inLoop(i, c)
	default:
		v := variable{name: g.name("k"), kind: textKind}
		g.line("for _, %s := range keys(%s) {", v.name, g.value(&kind{"map[string]int", mapping, 0, intKind, nil}))
		g.inLoop(v)
	}
	g.line("}")
}

// choose is a switch, with an expression or without, with fallthrough at times.
func (g *generator) choose() {
	k := g.basicOf(pick(g, []class{signed, unsigned, text}))
	g.line("switch %s {", g.expr(k, 2))
	used := map[string]bool{}
	for range 3 {
		v := g.literal(k)
		if used[v] {
			continue
		}
		used[v] = true
		g.line("case %s:", v)
		g.block(1)
		if g.chance(30) {
			g.line("\tfallthrough")
		}
		g.line("case %s:", g.value(k))
	}
	g.line("default:")
	g.block(1)
	g.line("}")
}

// closure makes a function that changes what it captures, and calls it.
func (g *generator) closure() {
	k := g.basic()
	f, p := g.name("f"), variable{name: g.name("p"), kind: k}
	g.line("%s := func(%s %s) %s {", f, p.name, k.name, k.name)
	g.locals = append(g.locals, p)
	g.block(2)
	g.line("\treturn %s", g.expr(k, 2))
	g.locals = g.locals[:len(g.locals)-1]
	g.line("}")
	for range 1 + g.rng.IntN(2) {
		r := variable{name: g.name("r"), kind: k}
		g.line("%s := %s(%s)", r.name, f, g.expr(k, 2))
		g.locals = append(g.locals, r)
	}
}

// deferred changes variables after the body of a function has ended.
func (g *generator) deferred() {
	g.line("func() {")
	g.indent++
	for range 1 + g.rng.IntN(2) {
		g.line("defer func(x int) { fmt.Println(\"deferred\", x) }(%s)", g.expr(intKind, 2))
	}
	g.line("defer func() {")
	g.block(1)
	g.line("}()")
	g.indent--
	g.block(2)
	g.line("}()")
}

// failing panics in one of the ways programs do, and recovers.
func (g *generator) failing() {
	name := g.name("panic")
	g.line("func() {")
	g.line("\tdefer guard(%q)", name)
	switch g.rng.IntN(7) {
	case 0:
		g.line("\tzero := same(0)")
		g.line("\tfmt.Println(%s / zero)", g.expr(intKind, 1))
	case 1:
		g.line("\ts := make([]int, %d)", g.rng.IntN(4))
		g.line("\tfmt.Println(s[%d])", 4+g.rng.IntN(4))
	case 2:
		g.line("\tvar m map[string]int")
		g.line("\tm[\"a\"] = 1")
	case 3:
		g.line("\tvar p *struct{ x int }")
		g.line("\tfmt.Println(p.x)")
	case 4:
		g.line("\tvar x any = %s", g.expr(g.basicOf(text), 1))
		g.line("\tfmt.Println(x.(int))")
	case 5:
		g.line("\tpanic(fmt.Sprint(\"own \", %s))", g.expr(intKind, 1))
	default:
		g.line("\ts := []int{1, 2, 3}")
		g.line("\thigh := same(%d)", 4+g.rng.IntN(3))
		g.line("\tfmt.Println(s[1:high])")
	}
	g.line("}()")
}

// generic uses the generic stack, or applies a function to a slice.
func (g *generator) generic() {
	k := g.basic()
	if g.chance(50) {
		s := g.name("s")
		g.line("%s := &stack[%s]{}", s, k.name)
		for range 1 + g.rng.IntN(3) {
			g.line("%s.push(%s)", s, g.expr(k, 2))
		}
		r := variable{name: g.name("r"), kind: k}
		g.line("%s, _ := %s.pop()", r.name, s)
		g.line("fmt.Println(%s, %s.size())", r.name, s)
		g.locals = append(g.locals, r)
		return
	}
	to := g.basic()
	x := variable{name: g.name("x"), kind: k, constant: true}
	r := variable{name: g.name("r"), kind: &kind{"[]" + to.name, slice, 0, to, nil}}
	from := g.value(&kind{"[]" + k.name, slice, 0, k, nil})
	g.locals = append(g.locals, x)
	body := g.expr(to, 2)
	g.locals = g.locals[:len(g.locals)-1]
	g.line("%s := apply(%s, func(%s %s) %s { return %s })", r.name, from, x.name, k.name, to.name, body)
	g.locals = append(g.locals, r)
}

// counter keeps closures of a loop, each with its own loop variable.
func (g *generator) counter() {
	fs := g.name("fs")
	g.line("var %s []func() int", fs)
	g.line("for i := range %d {", 2+g.rng.IntN(3))
	g.line("\tn := %s", g.expr(intKind, 1))
	g.line("\t%s = append(%s, func() int { n += i; return n })", fs, fs)
	g.line("}")
	g.line("for _, f := range %s {", fs)
	g.line("\ta := f()")
	g.line("\tb := f()")
	g.line("\tfmt.Println(a, b)")
	g.line("}")
}

// typeSwitch finds out what an interface holds.
func (g *generator) typeSwitch() {
	k := g.kind()
	g.line("switch x := any(%s(%s)).(type) {", parenthesised(k.name), g.expr(k, 2))
	g.line("case int, uint8, float32:")
	g.line("\tfmt.Printf(\"number %%v %%T\\n\", x, x)")
	g.line("case string:")
	g.line("\tfmt.Println(len(x), clip(x))")
	g.line("case fmt.Stringer:")
	g.line("\tfmt.Println(x.String())")
	g.line("case []int:")
	g.line("\tfmt.Println(sum(x))")
	g.line("default:")
	g.line("\tfmt.Printf(\"%%T %%v\\n\", x, x)")
	g.line("}")
}
