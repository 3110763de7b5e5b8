package generate

import (
	"fmt"
	"strings"
)

// expr writes an expression of a kind that changes nothing and does not panic.
func (g *generator) expr(k *kind, depth int) string {
	if depth <= 0 || g.chance(15) {
		return g.leaf(k)
	}
	switch k.class {
	case signed, unsigned:
		return g.integer(k, depth)
	case float:
		return g.floating(k, depth)
	case boolean:
		return g.condition(depth)
	case text:
		return g.text(depth)
	}
	return g.leaf(k)
}

// leaf is a variable of the kind, an element or field of one, or a value.
func (g *generator) leaf(k *kind) string {
	var found []string
	for _, v := range append(append([]variable{}, g.globals...), g.locals...) {
		found = append(found, g.reads(v, k)...)
	}
	if len(found) > 0 && g.chance(75) {
		return pick(g, found)
	}
	return g.value(k)
}

// reads lists the ways to get a value of kind k out of a variable.
func (g *generator) reads(v variable, k *kind) (ways []string) {
	switch {
	case v.kind == k || v.kind.name == k.name:
		return []string{v.name}
	case v.kind.class == slice && v.kind.elem == k:
		return []string{fmt.Sprintf("at(%s, %d)", v.name, g.rng.IntN(9))}
	case v.kind.class == mapping && v.kind.elem == k:
		return []string{fmt.Sprintf("%s[%s]", v.name, g.key())}
	case v.kind.class == array && v.kind.elem == k:
		return []string{fmt.Sprintf("%s[%d]", v.name, g.rng.IntN(4))}
	case v.kind.class == record:
		for _, f := range v.kind.fields {
			if f.kind == k {
				ways = append(ways, v.name+"."+f.name)
			}
		}
		if v.kind.elem == k {
			ways = append(ways, v.name+".Get()")
		}
	case v.kind.class >= slice && v.kind.class <= array && k == intKind:
		return []string{fmt.Sprintf("same(len(%s))", v.name)} // of an array it is constant
	}
	return ways
}

// value writes a value of the kind without variables, never a bare constant.
func (g *generator) value(k *kind) string {
	switch k.class {
	case slice, array:
		var elems []string
		for range 1 + g.rng.IntN(4) {
			elems = append(elems, g.literal(k.elem))
		}
		return k.name + "{" + strings.Join(elems, ", ") + "}"
	case mapping:
		return fmt.Sprintf("%s{\"a\": %s, \"b\": %s}", k.name, g.literal(k.elem), g.literal(k.elem))
	case record:
		var fields []string
		for _, f := range k.fields {
			fields = append(fields, f.name+": "+g.literal(f.kind))
		}
		return k.name + "{" + strings.Join(fields, ", ") + "}"
	}
	return fmt.Sprintf("same(%s(%s))", k.name, g.literal(k))
}

// literal writes a constant of a basic kind, at times an extreme one.
func (g *generator) literal(k *kind) string {
	switch k.class {
	case signed:
		if g.chance(15) {
			return pick(g, []string{fmt.Sprint(-1 << (k.bits - 1)), fmt.Sprint(uint64(1)<<(k.bits-1) - 1)})
		}
		return fmt.Sprint(g.rng.IntN(200) - 100)
	case unsigned:
		if g.chance(15) {
			return fmt.Sprint(^uint64(0) >> (64 - k.bits))
		}
		return fmt.Sprint(g.rng.IntN(200))
	case float:
		return pick(g, []string{"0.1", "-2.5", "1e-3", "3", "12345.678", "-0.25", "1e20", "7"})
	case boolean:
		return pick(g, []string{"true", "false"})
	}
	return fmt.Sprintf("%q", pick(g, []string{"", "a", "go", "卷积", "é\n", "kernel", "\x00z", "xyzzy"}))
}

func (g *generator) integer(k *kind, depth int) string {
	a := func() string { return g.expr(k, depth-1) }
	switch g.rng.IntN(12) {
	case 0:
		return fmt.Sprintf("(%s %s nonzero(%s))", a(), pick(g, []string{"/", "%"}), a())
	case 1:
		return fmt.Sprintf("(%s %s (uint(%s) & %d))", a(), pick(g, []string{"<<", ">>"}), g.expr(g.basicOf(unsigned), depth-1), pick(g, []int{7, 31, 127}))
	case 2:
		return fmt.Sprintf("%s(%s)", pick(g, []string{"-", "^"}), a())
	case 3:
		return fmt.Sprintf("%s(%s)", k.name, g.expr(g.basicOf(pick(g, []class{signed, unsigned})), depth-1))
	case 4:
		return fmt.Sprintf("%s(whole(%s))", k.name, g.expr(g.basicOf(float), depth-1))
	case 5:
		return fmt.Sprintf("%s(%s, %s)", pick(g, []string{"min", "max"}), a(), a())
	case 6:
		return fmt.Sprintf("%s(len(%s))", k.name, g.expr(textKind, depth-1))
	case 7:
		return fmt.Sprintf("sum([]%s{%s, %s})", k.name, a(), a())
	}
	return fmt.Sprintf("(%s %s %s)", a(), pick(g, []string{"+", "-", "*", "&", "|", "^", "&^"}), a())
}

func (g *generator) floating(k *kind, depth int) string {
	a := func() string { return g.expr(k, depth-1) }
	switch g.rng.IntN(7) {
	case 0:
		return fmt.Sprintf("%s(%s)", k.name, g.expr(g.basicOf(pick(g, []class{signed, unsigned, float})), depth-1))
	case 1:
		return "-(" + a() + ")"
	case 2:
		return fmt.Sprintf("%s(%s * %s)", k.name, a(), a())
	case 3:
		return fmt.Sprintf("%s(%s, %s)", pick(g, []string{"min", "max"}), a(), a())
	case 4:
		return fmt.Sprintf("(%s / %s)", a(), a())
	}
	return fmt.Sprintf("(%s %s %s)", a(), pick(g, []string{"+", "-"}), a())
}

func (g *generator) condition(depth int) string {
	switch g.rng.IntN(6) {
	case 0:
		return "!" + g.expr(boolKind, depth-1)
	case 1:
		return fmt.Sprintf("(%s %s %s)", g.expr(boolKind, depth-1), pick(g, []string{"&&", "||", "==", "!="}), g.expr(boolKind, depth-1))
	case 2:
		if len(g.structs) > 0 {
			k := pick(g, g.structs)
			return fmt.Sprintf("(%s == %s)", g.operand(k), g.operand(k))
		}
	case 3:
		e := g.basic()
		k := &kind{"[4]" + e.name, array, 0, e, nil}
		return fmt.Sprintf("(%s != %s)", g.operand(k), g.operand(k))
	}
	k := g.basic()
	ops := []string{"==", "!=", "<", "<=", ">", ">="}
	if k == boolKind {
		ops = ops[:2]
	}
	return fmt.Sprintf("(%s %s %s)", g.expr(k, depth-1), pick(g, ops), g.expr(k, depth-1))
}

// operand wraps a literal, which must not stand bare in the header of an if.
func (g *generator) operand(k *kind) string { return "(" + g.leaf(k) + ")" }

func (g *generator) text(depth int) string {
	s := g.expr(textKind, depth-1)
	switch g.rng.IntN(6) {
	case 0:
		return fmt.Sprintf("fmt.Sprint(%s)", g.expr(g.basic(), depth-1))
	case 1:
		return fmt.Sprintf("string([]byte(%s))", s)
	case 2:
		return fmt.Sprintf("string([]rune(%s))", s)
	case 3:
		return fmt.Sprintf("strings.ToUpper(clip(%s))", s)
	case 4:
		return fmt.Sprintf("clip(%s)[min(1, len(clip(%s))):]", s, s)
	}
	return fmt.Sprintf("clip(%s + %s)", s, g.expr(textKind, depth-1))
}
