package export

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// declare puts what the unit declares into the program, and makes it live.
func (u *unit) declare() {
	for _, c := range u.pieces {
		switch c.kind {
		case declaration:
			u.declarePiece(c)
		case define, variables:
			u.declareVars(c)
		}
	}
	for name, e := range u.own {
		u.live[name] = e
	}
}

func (u *unit) declarePiece(c *piece) {
	d := &decl{before: c.comment + c.written}
	if f, ok := c.decl.(*ast.FuncDecl); ok && f.Recv == nil {
		name := f.Name.Name
		after := strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(c.written, "func")), name)
		d = &decl{c.comment + "func ", name, after}
		if e := u.own[c.names[0]]; e.decl == nil {
			e.decl = d
		}
	}
	if c.key != "" {
		u.methods[c.key] = c.Text()
	}
	u.decls = append(u.decls, d)
}

// declareVars declares the variables that the program does not have.
func (u *unit) declareVars(c *piece) {
	for _, spec := range c.decl.(*ast.GenDecl).Specs {
		for _, id := range spec.(*ast.ValueSpec).Names {
			if id.Name == "_" || strings.HasSuffix(id.Name, newMark) {
				continue
			}
			if obj := u.info.Defs[id]; obj != nil {
				u.decls = append(u.decls, &decl{before: "var " + id.Name + " " + u.typeText(obj.Type())})
			}
		}
	}
}

// run writes the statements of the unit.
func (u *unit) run(b *block, last bool) {
	for _, name := range u.again {
		e := u.own[name]
		b.stmts = append(b.stmts, fmt.Sprintf("%s = %s", e.use, e.def))
	}
	for i, c := range u.pieces {
		if c.kind != declaration && c.comment != "" {
			b.stmts = append(b.stmts, strings.TrimSuffix(c.comment, "\n"))
		}
		switch c.kind {
		case initializer:
			name := u.fresh("init")
			u.decls = append(u.decls, &decl{before: c.comment + "func " + name + strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(c.written, "func")), "init")})
			b.stmts = append(b.stmts, name+"()")
		case define, variables:
			b.stmts = append(b.stmts, u.assignments(c)...)
		case statement:
			b.jumps = b.jumps || jumps(c.decl)
			b.stmts = append(b.stmts, u.statement(c, i == len(u.pieces)-1, last))
		}
	}
}

// assignments give variables their values.
func (u *unit) assignments(c *piece) (all []string) {
	for _, spec := range c.decl.(*ast.GenDecl).Specs {
		spec := spec.(*ast.ValueSpec)
		var names, values []string
		for _, id := range spec.Names {
			name := strings.TrimSuffix(id.Name, newMark)
			if len(spec.Values) == 0 && name != id.Name {
				all = append(all, fmt.Sprintf("%s = *new(%s)", name, u.textOf(c, spec.Type)))
			}
			names = append(names, name)
		}
		for _, v := range spec.Values {
			values = append(values, u.textOf(c, v))
		}
		if len(values) > 0 {
			all = append(all, strings.Join(names, ", ")+" = "+strings.Join(values, ", "))
		}
	}
	return all
}

// textOf is the text of a node of a piece.
func (u *unit) textOf(c *piece, n ast.Node) string {
	start := c.decl.Pos()
	return strings.ReplaceAll(c.written[n.Pos()-start:n.End()-start], newMark, "")
}

// statement is the text of a statement; the value that ends the cell is shown.
func (u *unit) statement(c *piece, end, last bool) string {
	body := c.decl.(*ast.FuncDecl).Body
	if len(body.List) == 0 {
		return ""
	}
	text := u.textOf(c, body)
	text = strings.TrimSpace(text[1 : len(text)-1])
	e := u.lastExpr()
	if !end || e == nil {
		return text
	}
	switch tv := u.info.Types[e]; {
	case tv.IsVoid() || tv.IsNil() || u.quiet(e):
		return text
	case !last:
		return u.discard(tv) + text
	case simple(tv.Type):
		return u.use("fmt") + ".Println(" + text + ")"
	default:
		return u.show() + "(" + text + ")"
	}
}

// discard is what makes a value that nothing shows a statement.
func (u *unit) discard(tv types.TypeAndValue) string {
	n := 1
	if t, ok := tv.Type.(*types.Tuple); ok {
		n = t.Len()
	}
	return strings.TrimSuffix(strings.Repeat("_, ", n), ", ") + " = "
}

// simple reports whether fmt prints a value as the notebook shows it.
func simple(t types.Type) bool {
	_, basic := types.Unalias(t).(*types.Basic)
	return basic
}

// quiet reports whether nobody wants to see the results of a call: those of
// fmt.Print and its kin, and of copy.
func (u *unit) quiet(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		_, builtin := u.info.Uses[f].(*types.Builtin)
		return builtin && f.Name == "copy"
	case *ast.SelectorExpr:
		obj := u.info.Uses[f.Sel]
		return obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == "fmt" && strings.Contains(obj.Name(), "rint") && !strings.HasPrefix(obj.Name(), "S")
	}
	return false
}

// jumps reports whether a statement has labels, returns or deferred calls of its own.
func jumps(d ast.Decl) (found bool) {
	ast.Inspect(d, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.LabeledStmt, *ast.ReturnStmt, *ast.DeferStmt:
			found = true
		}
		return true
	})
	return found
}

// writable says which variable of the unit has a type that has no name here.
func (u *unit) writable() error {
	for _, c := range u.pieces {
		g, ok := c.decl.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				if obj := u.info.Defs[id]; obj != nil && obj.Name() != "_" {
					if t := u.unwritable(obj.Type()); t != nil {
						return fmt.Errorf("%w: the variable %s has a type that only package %s can write, %[2]s.%s", errNotYet, id.Name, t.Pkg().Name(), t.Name())
					}
				}
			}
		}
	}
	return nil
}

// legal uses the variables that nothing uses, so that the compiler accepts them.
func (p *program) legal(source []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "program", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var unused []types.Error
	var errs []error
	config := types.Config{Importer: p.imp, Error: func(err error) {
		var e types.Error
		if errors.As(err, &e) && strings.Contains(e.Msg, "declared and not used") {
			unused = append(unused, e)
		} else {
			errs = append(errs, err)
		}
	}}
	config.Check("main", fset, []*ast.File{file}, nil)
	if len(errs) > 0 {
		return nil, fmt.Errorf("the program does not compile: %w", errs[0])
	}
	var edits []edit
	for _, e := range unused {
		at := fset.Position(useAfter(file, e.Pos)).Offset
		name := strings.TrimSpace(strings.NewReplacer("declared and not used", "", ":", "").Replace(e.Msg))
		edits = append(edits, edit{at, at, "\n_ = " + name + "\n"})
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return a.start - b.start })
	return []byte(apply(string(source), edits, 0, len(source))), nil
}

// useAfter is where a variable declared at pos can be used: after its statement,
// or in the body of the statement whose header declares it.
func useAfter(file *ast.File, pos token.Pos) (at token.Pos) {
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || pos >= n.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.BlockStmt:
			at = endOf(n.List, pos, at)
		case *ast.CaseClause:
			at = endOf(n.Body, pos, at)
		case *ast.CommClause:
			if pos < n.Colon {
				at = n.Colon + 1
			}
			at = endOf(n.Body, pos, at)
		case *ast.ForStmt:
			at = inside(n.Body, pos, at)
		case *ast.RangeStmt:
			at = inside(n.Body, pos, at)
		case *ast.IfStmt:
			at = inside(n.Body, pos, at)
		case *ast.SwitchStmt:
			at = clause(n.Body, pos, at)
		case *ast.TypeSwitchStmt:
			at = clause(n.Body, pos, at)
		}
		return true
	})
	return at
}

func endOf(list []ast.Stmt, pos, at token.Pos) token.Pos {
	for _, s := range list {
		if s.Pos() <= pos && pos < s.End() {
			return s.End()
		}
	}
	return at
}

func inside(body *ast.BlockStmt, pos, at token.Pos) token.Pos {
	if pos < body.Lbrace {
		return body.Lbrace + 1
	}
	return at
}

func clause(body *ast.BlockStmt, pos, at token.Pos) token.Pos {
	if pos < body.Lbrace && len(body.List) > 0 {
		return body.List[0].(*ast.CaseClause).Colon + 1
	}
	return at
}
