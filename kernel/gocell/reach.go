package gocell

import (
	"go/types"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
)

// Uses lists the compiled functions that a function of the session mentions, and
// so may call: in its own body, through helpers, function literals, methods, and
// the present values of variables that hold functions. They are written
// as "cnn.CrossCorrelate" and "(*cnn.Tensor).Reshape", in order.
func (s *Engine) Uses(name string) []string {
	r := reach{s: s, seen: map[*Func]bool{}, names: map[string]bool{}}
	if d := s.live[name]; d != nil {
		switch obj := d.obj.(type) {
		case *types.Func:
			r.visit(s.funcOf(nil, obj, nil, nil))
		case *types.Var:
			r.value(obj)
		}
	}
	return slices.Sorted(maps.Keys(r.names))
}

// A reach collects what a function reaches.
type reach struct {
	s     *Engine
	seen  map[*Func]bool
	names map[string]bool
}

func (r *reach) visit(fn *Func) {
	if fn == nil || r.seen[fn] {
		return
	}
	r.seen[fn] = true
	if fn.build != nil {
		fn.ready() // a body that was not called yet is not compiled yet
	}
	for _, name := range fn.native {
		r.names[shortName(name)] = true
	}
	for _, used := range fn.uses {
		r.visit(used)
	}
	for _, v := range fn.values {
		r.value(v)
	}
}

// value visits the function that a variable holds.
func (r *reach) value(obj *types.Var) {
	p, rt := r.s.globalOf(obj)
	if p == nil || rt.Kind() != reflect.Func {
		return
	}
	fv := *(*fp)(p)
	if fv == nil {
		return
	}
	if cl := r.s.funcKind(rt).closure(fv); cl != nil {
		r.visit(cl.fn)
		return
	}
	if f := runtime.FuncForPC(*(*uintptr)(fv)); f != nil {
		r.names[shortName(strings.TrimSuffix(f.Name(), "-fm"))] = true
	}
}

// shortName leaves of a function's full name the last part of the package's
// path: (*example.org/cnn.Tensor).Reshape is (*cnn.Tensor).Reshape. The runtime
// writes methods as example.org/cnn.(*Tensor).Reshape.
func shortName(full string) string {
	open := ""
	for _, prefix := range []string{"(*", "("} {
		if rest, ok := strings.CutPrefix(full, prefix); ok {
			open, full = prefix, rest
			break
		}
	}
	short := open + full[strings.LastIndexByte(full, '/')+1:]
	if pkg, method, ok := strings.Cut(short, ".(*"); ok && open == "" {
		return "(*" + pkg + "." + method
	}
	return short
}
