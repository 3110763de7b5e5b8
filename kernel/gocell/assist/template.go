package assist

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"unicode"
)

// literal adds the fields of a struct literal as Field: templates, without those
// that are written already, and once an all-fields template.
func (c *completer) literal(lit *ast.CompositeLit) {
	s, ok := structOf(c.info.Types[lit].Type)
	if !ok {
		return
	}
	written := map[string]bool{}
	for _, e := range lit.Elts {
		switch e := e.(type) {
		case *ast.KeyValueExpr:
			if id, ok := e.Key.(*ast.Ident); ok {
				written[id.Name] = true
			}
		case *ast.Ident:
			if e.Name != placeholder {
				return // values in order, no names
			}
		default:
			return
		}
	}
	var all []string
	for f := range s.Fields() {
		if f.Exported() || f.Pkg() != nil && f.Pkg().Path() == "main" {
			if !written[f.Name()] {
				c.put(f.Name()+": ", "field", signatureOf(f), rankFits)
			}
			all = append(all, f.Name()+": "+zeroText(f.Type()))
		}
	}
	if len(written) == 0 && len(all) > 1 && len(all) <= 8 {
		c.put(strings.Join(all, ", "), "template", "", rankFits+1)
	}
}

// zeroText writes the zero value of a type.
func zeroText(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsBoolean != 0:
			return "false"
		case u.Info()&types.IsNumeric != 0:
			return "0"
		}
	case *types.Struct, *types.Array:
		return types.TypeString(t, qualify) + "{}"
	}
	return "nil"
}

// functionLiteral adds func(x float64) float64 { … } where a function is wanted.
func (c *completer) functionLiteral() {
	if c.wanted == nil || !strings.HasPrefix("func", c.prefix) {
		return
	}
	if _, ok := c.wanted.(anyType); ok {
		return
	}
	sig, ok := c.wanted.Underlying().(*types.Signature)
	if !ok {
		return
	}
	body := c.indent + "\t"
	if sig.Results().Len() > 0 {
		body += "return "
	}
	used := map[string]bool{}
	head := "func" + writeSignature(sig, func(p *types.Var) string { return nameFor(p, used) })
	c.put(head+" {\n"+body+"\n"+c.indent+"}", "template", strings.TrimPrefix(head, "func"), 2*rankFits)
}

// nameFor returns the name of a parameter, or makes one of its type: t for a
// *Tensor, i, j, k for integers, x, y, z for the rest.
func nameFor(p *types.Var, used map[string]bool) string {
	if p.Name() != "" && p.Name() != "_" {
		used[p.Name()] = true
		return p.Name()
	}
	names := []string{"x", "y", "z", "u", "v", "w"}
	t := p.Type()
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsInteger != 0 {
		names = []string{"i", "j", "k", "m", "n"}
	}
	if n, ok := t.(*types.Named); ok {
		names = append([]string{initial(n.Obj().Name())}, names...)
	}
	for _, n := range names {
		if !used[n] {
			used[n] = true
			return n
		}
	}
	name := fmt.Sprintf("p%d", len(used))
	used[name] = true
	return name
}

// initial is the first letter of the last word: w for ResponseWriter.
func initial(name string) string {
	letters := []rune(name)
	for i := len(letters) - 2; i > 0; i-- {
		if unicode.IsUpper(letters[i]) && unicode.IsLower(letters[i+1]) {
			return string(unicode.ToLower(letters[i]))
		}
	}
	return string(unicode.ToLower(letters[0]))
}

// expected returns the type that the place of the cursor wants, nil where any
// will do. The path begins with the name that is being written.
func (c *completer) expected(path []ast.Node) types.Type {
	at := path[0]
	for i, n := range path[1:] {
		switch n := n.(type) {
		case *ast.SelectorExpr, *ast.ParenExpr:
			at = n // x.name and (name) are wanted as a whole
			continue
		case *ast.CallExpr:
			return c.argument(n, at)
		case *ast.AssignStmt:
			return c.assigned(n.Lhs, n.Rhs, at)
		case *ast.ValueSpec:
			if n.Type != nil && n.Type != at {
				return c.info.Types[n.Type].Type
			}
		case *ast.BinaryExpr:
			return c.operand(n, at)
		case *ast.KeyValueExpr:
			return c.keyed(n, at, path[i+2:])
		case *ast.CompositeLit:
			return c.element(n)
		case *ast.ReturnStmt:
			return c.result(n, at, path[i+2:])
		case *ast.SendStmt:
			if ch, ok := c.info.Types[n.Chan].Type.(*types.Chan); ok && n.Value == at {
				return ch.Elem()
			}
		case *ast.IfStmt:
			return types.Typ[types.Bool]
		case *ast.IndexExpr:
			if t := c.info.Types[n.X].Type; t != nil && n.Index == at {
				if m, ok := t.Underlying().(*types.Map); ok {
					return m.Key()
				}
				return types.Typ[types.Int]
			}
		}
		return nil
	}
	return nil
}

func (c *completer) argument(call *ast.CallExpr, at ast.Node) types.Type {
	t := c.info.Types[call.Fun].Type
	if t == nil || call.Fun == at {
		return nil
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	for i, arg := range call.Args {
		if arg == at {
			return c.parameter(sig, call.Args, i)
		}
	}
	return nil
}

// parameter is the type of the i-th parameter, type parameters inferred from
// the arguments before it.
func (c *completer) parameter(sig *types.Signature, args []ast.Expr, i int) types.Type {
	t := parameterType(sig, i)
	if t == nil || sig.TypeParams().Len() == 0 {
		return t
	}
	var before []types.Type
	for _, arg := range args[:i] {
		before = append(before, c.info.TypeOf(arg))
	}
	return infer(sig, before, t)
}

func parameterType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		if s, ok := sig.Params().At(n - 1).Type().(*types.Slice); ok {
			return s.Elem()
		}
		return nil
	}
	if i < n {
		return sig.Params().At(i).Type()
	}
	return nil
}

func (c *completer) assigned(lhs, rhs []ast.Expr, at ast.Node) types.Type {
	for i, e := range rhs {
		if e == at && i < len(lhs) {
			return c.info.TypeOf(lhs[i])
		}
	}
	return nil
}

func (c *completer) operand(e *ast.BinaryExpr, at ast.Node) types.Type {
	if e.Op == token.SHL || e.Op == token.SHR || at == e.X {
		return nil
	}
	if e.Op == token.LAND || e.Op == token.LOR {
		return types.Typ[types.Bool]
	}
	return c.info.TypeOf(e.X)
}

// keyed returns the type of the value in Key: value within a literal.
func (c *completer) keyed(kv *ast.KeyValueExpr, at ast.Node, outer []ast.Node) types.Type {
	if kv.Value != at || len(outer) == 0 {
		return nil
	}
	lit, ok := outer[0].(*ast.CompositeLit)
	if !ok {
		return nil
	}
	s, ok := structOf(c.info.Types[lit].Type)
	id, named := kv.Key.(*ast.Ident)
	if !ok || !named {
		return c.element(lit)
	}
	for f := range s.Fields() {
		if f.Name() == id.Name {
			return f.Type()
		}
	}
	return nil
}

func (c *completer) element(lit *ast.CompositeLit) types.Type {
	t := c.info.Types[lit].Type
	if t == nil {
		return nil
	}
	switch t := t.Underlying().(type) {
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	case *types.Map:
		return t.Elem()
	}
	return nil
}

func (c *completer) result(ret *ast.ReturnStmt, at ast.Node, outer []ast.Node) types.Type {
	var sig *types.Signature
	for _, n := range outer {
		switch n := n.(type) {
		case *ast.FuncLit:
			sig, _ = c.info.TypeOf(n).(*types.Signature)
		case *ast.FuncDecl:
			if obj := c.info.Defs[n.Name]; obj != nil {
				sig, _ = obj.Type().(*types.Signature)
			}
		default:
			continue
		}
		break
	}
	for i, e := range ret.Results {
		if e == at && sig != nil && i < sig.Results().Len() {
			return sig.Results().At(i).Type()
		}
	}
	return nil
}
