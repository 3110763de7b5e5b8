package main

import (
	"fmt"
	"go/types"
)

// A symbol is one row of a table: a name and the Go expression of its value,
// in which %s stands for the package.
type symbol struct{ name, value string }

// symbolsOf lists what the linker knows of the exported names. Constants,
// generic functions and types, and constraints have no value.
func symbolsOf(pkg *types.Package) []symbol {
	var list []symbol
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		if value := valueOf(obj); value != "" {
			list = append(list, symbol{name, fmt.Sprintf(value, "%s."+name)})
		}
	}
	return list
}

func valueOf(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		if obj.Signature().TypeParams().Len() == 0 {
			return "%s"
		}
	case *types.Var:
		return "&%s"
	case *types.TypeName:
		if hasRuntimeType(obj.Type()) {
			return "(*%s)(nil)"
		}
	}
	return ""
}

func hasRuntimeType(t types.Type) bool {
	if g, ok := t.(interface{ TypeParams() *types.TypeParamList }); ok && g.TypeParams().Len() > 0 {
		return false
	}
	i, ok := t.Underlying().(*types.Interface)
	return !ok || i.IsMethodSet()
}
