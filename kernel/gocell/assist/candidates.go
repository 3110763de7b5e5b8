package assist

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Ranks: what is nearest to the cursor comes first, and what has the wanted
// type before all that has not.
const (
	rankFits   = -20
	rankYields = -10 // a function whose result fits
	rankLocal  = 1
	rankCell   = 2
	rankSeen   = 3 // of an earlier cell
	rankModule = 4
	rankBasic  = 5
	rankWord   = 6
)

// words adds the names that can be written at the cursor: local, of the cell,
// of earlier cells, packages, predeclared ones and keywords.
func (c *completer) words() {
	c.functionLiteral()
	c.locals()
	for _, name := range c.session.Names() {
		if !c.own[name] {
			c.object(name, c.session.Object(name), rankSeen)
		}
	}
	for _, name := range c.session.KnownNames() {
		if c.prefix != "" && c.session.Object(name) == nil {
			path, _ := c.session.Known(name)
			c.put(name, "module", path, rankModule)
		}
	}
	for _, name := range types.Universe.Names() {
		c.object(name, types.Universe.Lookup(name), rankBasic)
	}
	c.keywords()
}

// locals adds the names of the scopes around the cursor, innermost first.
func (c *completer) locals() {
	for s := c.scope(); s != nil && s != types.Universe; s = s.Parent() {
		for _, name := range s.Names() {
			obj := s.Lookup(name)
			if s == c.pkg.Scope() {
				c.object(name, obj, rankCell)
			} else if _, at := s.LookupParent(name, c.cursor); at == obj {
				c.object(name, obj, rankLocal)
			}
		}
	}
}

// object adds a declared name.
func (c *completer) object(name string, obj types.Object, rank int) {
	if obj == nil || !strings.HasPrefix(strings.ToLower(name), strings.ToLower(c.prefix)) && len(c.found) > 2000 {
		return
	}
	c.put(name, kindOf(obj), c.signature(name, obj), rank+c.bonus(obj))
}

// signature is what is shown beside a name: parameters and results, or the type.
func (c *completer) signature(name string, obj types.Object) string {
	text := signatureOf(obj)
	if v, ok := obj.(*types.Var); ok && !v.IsField() && c.session.Object(name) == obj {
		if shape := c.session.Shape(name); shape != "" {
			return text + " " + shape
		}
	}
	return text
}

func signatureOf(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.PkgName:
		return obj.Imported().Path()
	case *types.Builtin, *types.Nil:
		return ""
	case *types.Func:
		if sig := obj.Signature(); sig.TypeParams().Len() == 0 {
			return writeSignature(sig, (*types.Var).Name)
		}
		return strings.TrimPrefix(types.TypeString(obj.Type(), qualify), "func")
	case *types.TypeName:
		return types.TypeString(obj.Type().Underlying(), qualify)
	}
	if obj.Type() == nil {
		return ""
	}
	return types.TypeString(obj.Type(), qualify)
}

// kindOf names the kind of a declaration as front ends show it.
func kindOf(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.PkgName:
		return "module"
	case *types.Builtin:
		return "function"
	case *types.Func:
		if sig, ok := obj.Type().(*types.Signature); ok && sig.Recv() != nil {
			return "method"
		}
		return "function"
	case *types.Const, *types.Nil:
		return "constant"
	case *types.Var:
		if obj.IsField() {
			return "field"
		}
		return "variable"
	case *types.TypeName:
		return kindOfType(obj.Type())
	}
	return "name"
}

func kindOfType(t types.Type) string {
	if t == nil {
		return "type"
	}
	switch t.Underlying().(type) {
	case *types.Struct:
		return "struct"
	case *types.Interface:
		return "interface"
	}
	return "type"
}

// bonus is how much a declaration moves up because it fits what is wanted.
func (c *completer) bonus(obj types.Object) int {
	_, isType := obj.(*types.TypeName)
	if _, want := c.wanted.(anyType); want || c.wanted == nil {
		if want && isType {
			return rankFits
		}
		return 0
	}
	t := obj.Type()
	if _, isNil := obj.(*types.Nil); isNil || isType || t == nil || !usable(t) {
		return 0
	}
	if types.AssignableTo(t, c.wanted) && !isEmptyInterface(c.wanted) {
		return rankFits
	}
	if sig, ok := t.(*types.Signature); ok && sig.Results().Len() == 1 && !isEmptyInterface(c.wanted) &&
		sig.TypeParams().Len() == 0 && types.AssignableTo(sig.Results().At(0).Type(), c.wanted) {
		return rankYields
	}
	return 0
}

func usable(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return !ok || b.Kind() != types.Invalid
}

func isEmptyInterface(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.Empty()
}

// selector adds what may follow the dot of x.Sel.
func (c *completer) selector(e *ast.SelectorExpr) {
	if id, ok := e.X.(*ast.Ident); ok {
		if pkg, ok := c.info.Uses[id].(*types.PkgName); ok {
			c.packageMembers(pkg.Imported())
			return
		}
	}
	tv, ok := c.info.Types[e.X]
	if !ok || tv.Type == nil || !usable(tv.Type) {
		return
	}
	for _, m := range membersOf(tv.Type) {
		if _, field := m.obj.(*types.Var); field && tv.IsType() {
			continue // T.method is a function, T.field is nothing
		}
		c.put(m.obj.Name(), kindOf(m.obj), signatureOf(m.obj), rankLocal+m.depth+c.bonus(m.obj))
	}
}

func (c *completer) packageMembers(pkg *types.Package) {
	for _, name := range pkg.Scope().Names() {
		if token.IsExported(name) {
			c.object(name, pkg.Scope().Lookup(name), rankLocal)
		}
	}
}

// A member is a field or method, with the number of embedded fields on the way.
type member struct {
	obj   types.Object
	depth int
}

// membersOf lists the fields and methods of a type that a cell can select,
// promoted ones included. A member hides those of the same name deeper down.
func membersOf(t types.Type) []member {
	var all []member
	seen := map[string]bool{}
	put := func(obj types.Object, depth int) {
		if (obj.Exported() || obj.Pkg() != nil && obj.Pkg().Path() == "main") && !seen[obj.Name()] {
			seen[obj.Name()] = true
			all = append(all, member{obj, depth})
		}
	}
	walkFields(t, func(f *types.Var, depth int) { put(f, depth) })
	for m := range methodSet(t).Methods() {
		put(m.Obj(), len(m.Index())-1)
	}
	return all
}

// methodSet includes the methods with a pointer receiver, which variables have too.
func methodSet(t types.Type) *types.MethodSet {
	if _, pointer := t.Underlying().(*types.Pointer); !pointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	return types.NewMethodSet(t)
}

// walkFields visits the fields of a struct and of what it embeds, by depth.
func walkFields(t types.Type, visit func(*types.Var, int)) {
	visited := map[types.Type]bool{}
	for level, depth := []types.Type{t}, 0; len(level) > 0; depth++ {
		var next []types.Type
		for _, t := range level {
			s, ok := structOf(t)
			if !ok || visited[t] {
				continue
			}
			visited[t] = true
			for f := range s.Fields() {
				visit(f, depth)
				if f.Embedded() {
					next = append(next, f.Type())
				}
			}
		}
		level = next
	}
}

// structOf returns the struct that t is or points to.
func structOf(t types.Type) (*types.Struct, bool) {
	if t == nil {
		return nil, false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	return s, ok
}
