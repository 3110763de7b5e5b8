package export

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// check checks the pieces together with the program so far.
func (u *unit) check() error {
	var b strings.Builder
	b.WriteString(u.header())
	for _, c := range u.pieces {
		b.WriteString(c.written + "\n")
	}
	u.fset = token.NewFileSet()
	before, err := parser.ParseFile(u.fset, "before", u.header()+u.declarations(), parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if u.file, err = parser.ParseFile(u.fset, "cell", b.String(), parser.SkipObjectResolution); err != nil {
		return err
	}
	for i, d := range u.file.Decls[len(u.file.Decls)-len(u.pieces):] {
		u.pieces[i].decl = d
	}
	u.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	var errs []error
	config := types.Config{Importer: u.imp, DisableUnusedImportCheck: true, Error: func(err error) {
		var e types.Error
		if !errors.As(err, &e) || !u.allowed(e) {
			errs = append(errs, err)
		}
	}}
	u.pkg, _ = config.Check("main", u.fset, []*ast.File{before, u.file}, u.info)
	if len(errs) == 0 {
		return nil
	}
	var e types.Error
	if errors.As(errs[0], &e) {
		return errors.New(strings.ReplaceAll(e.Msg, newMark, ""))
	}
	return errs[0]
}

// allowed reports whether a cell may have this error: something unused, which is
// made legal later, the value that ends it, a function that uses the variable it
// gives its value to.
func (u *unit) allowed(e types.Error) bool {
	if last := u.lastExpr(); last != nil && strings.Contains(e.Msg, "is not used") && last.Pos() <= e.Pos && e.Pos <= last.End() {
		return true
	}
	return e.Soft || strings.HasPrefix(e.Msg, "initialization cycle")
}

// lastExpr is the expression that ends the unit, nil where there is none.
func (u *unit) lastExpr() ast.Expr {
	if len(u.pieces) == 0 {
		return nil
	}
	c := u.pieces[len(u.pieces)-1]
	if f, ok := c.decl.(*ast.FuncDecl); ok && c.kind == statement && len(f.Body.List) > 0 {
		if s, ok := f.Body.List[len(f.Body.List)-1].(*ast.ExprStmt); ok {
			return s.X
		}
	}
	return nil
}

// merge lets variables and functions be those that the program has under the
// same name, where the types are the same.
func (u *unit) merge() (merged bool) {
	for name, e := range u.own {
		old := u.live[name]
		if old == nil || old.path != "" || e.use == old.use {
			continue
		}
		was, is := u.pkg.Scope().Lookup(old.use), u.pkg.Scope().Lookup(e.def)
		if was == nil || is == nil || !types.Identical(was.Type(), is.Type()) {
			continue
		}
		_, isVar := is.(*types.Var)
		_, wasVar := was.(*types.Var)
		_, isFunc := is.(*types.Func)
		switch {
		case isVar && wasVar && old.decl == nil:
			delete(u.taken, e.use)
			e.use, e.def = old.use, old.use+newMark
			merged = true
		case isFunc && old.decl != nil && is.(*types.Func).Signature().TypeParams().Len() == 0:
			u.variable(name, old, is)
			e.use, e.decl = old.use, old.decl
			u.again = append(u.again, name)
			merged = true
		}
	}
	return merged
}

// variable makes a variable of a function that is declared again.
func (u *unit) variable(name string, old *entity, f types.Object) {
	if old.decl.name != old.use {
		return // it is one already
	}
	old.decl.name = u.fresh(name)
	u.decls = append(u.decls,
		&decl{before: fmt.Sprintf("// %s is declared again by a later cell.\nvar %[1]s %s", old.use, u.typeText(f.Type()))},
		&decl{before: fmt.Sprintf("func init() { %s = %s }", old.use, old.decl.name)})
}

// typeText writes a type with the names of the program.
func (u *unit) typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return u.use(p.Path())
	})
}

// methodsOnce drops the methods that were declared before as they are.
func (u *unit) methodsOnce(file *ast.File) error {
	kept := u.pieces[:0:0]
	for i, d := range file.Decls {
		c := u.pieces[i]
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || len(f.Recv.List) == 0 {
			kept = append(kept, c)
			continue
		}
		id := receiver(f.Recv.List[0].Type)
		if id == nil {
			return errors.New("a method without a receiver's type")
		}
		c.key = u.meaning(id, d, c, file) + "." + f.Name.Name
		switch was := u.methods[c.key]; was {
		case "":
			kept = append(kept, c)
		case c.Text():
		default:
			return fmt.Errorf("%w: another method %s of a type that stays", errNotYet, c.key)
		}
	}
	u.pieces = kept
	return nil
}

// receiver is the name of the type in a receiver.
func receiver(t ast.Expr) *ast.Ident {
	switch t := t.(type) {
	case *ast.Ident:
		return t
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.ParenExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	}
	return nil
}

// unwritable finds a type that no other package can write.
func (u *unit) unwritable(t types.Type) (found types.Object) {
	seen := map[types.Type]bool{}
	var walk func(types.Type)
	walk = func(t types.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			if o := t.Obj(); o.Pkg() != nil && o.Pkg().Path() != "main" && !o.Exported() {
				found = o
			}
			for a := range t.TypeArgs().Types() {
				walk(a)
			}
		case *types.Pointer:
			walk(t.Elem())
		case *types.Slice:
			walk(t.Elem())
		case *types.Array:
			walk(t.Elem())
		case *types.Chan:
			walk(t.Elem())
		case *types.Map:
			walk(t.Key())
			walk(t.Elem())
		case *types.Signature:
			walk(t.Params())
			walk(t.Results())
		case *types.Tuple:
			for v := range t.Variables() {
				walk(v.Type())
			}
		}
	}
	walk(t)
	return found
}
