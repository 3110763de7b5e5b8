package gocell

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
)

// A type that is declared again is another one, and values made before keep the
// old one. Where the checker prints both alike, the message says of which cell
// each is.

// alike are the messages that set one type against another: what stands before,
// between and behind them, and the operand.
var alike = []*regexp.Regexp{
	regexp.MustCompile(`^(cannot use (.+) \(.* type )(.+)(\) as )(.+)( value in .+)$`),
	regexp.MustCompile(`^(cannot convert (.+) \(.* type )(.+)(\) to type )(.+)()$`),
	regexp.MustCompile(`^(invalid operation: (.+) \(mismatched types )(.+)( and )(.+)(\))$`),
	regexp.MustCompile(`^((.+) undefined \(type )(.+)( has no field or method .+)()()$`),
}

// tellApart adds the cells to the types of a message that prints two of them
// alike, or that misses in an old one what today's may have.
func (k *checked) tellApart(e types.Error) string {
	for _, r := range alike {
		m := r.FindStringSubmatch(e.Msg)
		if m == nil || m[5] != "" && m[3] != m[5] {
			continue
		}
		old, have := k.oldTypes(m[3]), k.operand(e, m[2])
		if len(old) != 1 || have == nil || m[5] == "" && !mentions(have, old[0]) {
			return e.Msg
		}
		was, now := k.generations(old[0])
		if !mentions(have, old[0]) {
			was, now = now, was
		}
		name := old[0].Name()
		return m[1] + rename(m[3], name, was) + m[4] + rename(m[5], name, now) + m[6]
	}
	return e.Msg
}

var identifier = regexp.MustCompile(`[\pL_][\pL\pN_]*`)

func rename(text, from, to string) string {
	return identifier.ReplaceAllStringFunc(text, func(name string) string {
		if name == from {
			return to
		}
		return name
	})
}

// generations writes the old type and today's.
func (k *checked) generations(old *types.TypeName) (was, now string) {
	name, oldCell, newCell := old.Name(), k.replacedIn(old), 0
	if c, _, _, _ := k.s.place(k.meaning(name).Pos()); c != nil {
		newCell = c.number
	}
	if oldCell == newCell { // declared again because of what it uses
		return name + " (old)", name + " (new)"
	}
	return fmt.Sprintf("%s (cell %d)", name, oldCell), fmt.Sprintf("%s (cell %d)", name, newCell)
}

// oldTypes are the types of the cell's expressions that have been declared again,
// of those that a text names.
func (k *checked) oldTypes(text string) (old []*types.TypeName) {
	names, seen := identifier.FindAllString(text, -1), map[types.Object]bool{}
	for _, tv := range k.info.Types {
		namesIn(tv.Type, func(n *types.TypeName) {
			if !seen[n] && slices.Contains(names, n.Name()) && k.replacedIn(n) > 0 {
				old = append(old, n)
			}
			seen[n] = true
		})
	}
	return old
}

// replacedIn is the cell of a type that has been declared again, 0 of any other.
func (k *checked) replacedIn(n *types.TypeName) int {
	if now := k.meaning(n.Name()); n.Pkg() != k.pkg || now == n || now == nil {
		return 0
	}
	if d := k.s.live[n.Name()]; d != nil && d.obj == n && d.cell != nil {
		return d.cell.number // by this cell
	}
	return k.s.replaced[n]
}

// meaning is what a name of cells means in the cell, which has only the names it
// mentions in its scope.
func (k *checked) meaning(name string) types.Object {
	return failed{&assistant{k.s, k.s.live}}.Object(name)
}

// operand is the type of the expression that a message writes, of the left part
// where that is an operation or a selection.
func (k *checked) operand(e types.Error, text string) (t types.Type) {
	for _, p := range k.parts {
		ast.Inspect(p.decl, func(n ast.Node) bool {
			x, ok := n.(ast.Expr)
			if !ok || t != nil || x.Pos() > e.Pos || e.Pos > x.End() || types.ExprString(x) != text {
				return t == nil
			}
			if k.info.Types[x].Type == nil { // what has failed has no type
				x = left(x)
			}
			t = k.info.Types[x].Type
			return false
		})
	}
	return t
}

func left(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case *ast.BinaryExpr:
		return x.X
	case *ast.SelectorExpr:
		return x.X
	}
	return x
}

func mentions(t types.Type, name *types.TypeName) (found bool) {
	namesIn(t, func(n *types.TypeName) { found = found || n == name })
	return found
}

// namesIn visits the named types that a type is written with.
func namesIn(t types.Type, visit func(*types.TypeName)) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		visit(t.Obj())
		for a := range t.TypeArgs().Types() {
			namesIn(a, visit)
		}
	case *types.Map:
		namesIn(t.Key(), visit)
		namesIn(t.Elem(), visit)
	case *types.Tuple:
		for v := range t.Variables() {
			namesIn(v.Type(), visit)
		}
	case *types.Signature:
		namesIn(t.Params(), visit)
		namesIn(t.Results(), visit)
	case interface{ Elem() types.Type }: // a pointer, slice, array or channel
		namesIn(t.Elem(), visit)
	}
}
