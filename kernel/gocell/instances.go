package gocell

import (
	"go/types"
	"reflect"
	"slices"

	"github.com/convnotes/convnotes/kernel/gocell/rtype"
)

// changeMethods changes the methods of a type; its instances and the runtime
// types built of it follow. Sig is a signature that nothing else leads to yet.
//
// The checker completes an instance once and does not look at its origin again,
// so each gets the contents of a new instance, and stays the type it was.
func (s *Engine) changeMethods(t *types.Named, change func(), also []types.Type) {
	s.compiling.Lock()
	defer s.compiling.Unlock()
	instances := s.instancesOf(t, also)
	change()
	for inst := range instances {
		fresh, err := types.Instantiate(nil, t, slices.Collect(inst.TypeArgs().Types()), false)
		if err == nil {
			setContents(inst, contents(fresh.(*types.Named)))
		}
	}
	shared.Store(types.NewContext())
	s.types.NewGeneration(t, t)
}

// instancesOf are the instances of a generic type in all that a later cell may
// come to see.
func (s *Engine) instancesOf(t *types.Named, also []types.Type) map[*types.Named]bool {
	found, seen := map[*types.Named]bool{}, map[types.Type]bool{}
	if t.TypeParams() == nil {
		return nil
	}
	look := func(x types.Type) {
		rtype.Mentions(x, seen, func(n *types.Named) bool {
			if n != t && n.Origin() == t {
				found[n] = true
			}
			return false
		})
	}
	s.eachType(look)
	for _, x := range also {
		look(x)
	}
	return found
}

// eachType gives all types that the session keeps.
func (s *Engine) eachType(do func(types.Type)) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.types.Each(do)
	for _, d := range s.live {
		do(d.obj.Type())
	}
	units := map[*unit]bool{}
	for obj, d := range s.funcs {
		do(obj.Type())
		for _, args := range d.inst.m.Keys() {
			do(args)
		}
		if !units[d.unit] && d.unit.cell != nil {
			units[d.unit] = true
			d.unit.eachType(do)
		}
	}
}

// eachType gives the types that the checker found in a unit.
func (u *unit) eachType(do func(types.Type)) {
	for _, tv := range u.info.Types {
		do(tv.Type)
	}
	for _, obj := range u.info.Defs {
		if obj != nil {
			do(obj.Type())
		}
	}
	for _, inst := range u.info.Instances {
		do(inst.Type)
		for a := range inst.TypeArgs.Types() {
			do(a)
		}
	}
}

// contents is a copy of what a type knows of itself, setContents gives it back.
// It goes by reflect, since package types has no way to take a method away.
func contents(t *types.Named) reflect.Value {
	v := reflect.New(reflect.TypeFor[types.Named]()).Elem()
	v.Set(reflect.ValueOf(t).Elem())
	return v
}

func setContents(t *types.Named, v reflect.Value) { reflect.ValueOf(t).Elem().Set(v) }

// takeInstances hands the compiled instances of a generic method on to its new
// declaration, so that callers and method tables find the new body.
func (k *checked) takeInstances(d, old *funcDecl) {
	params := typeParams(d.sig)
	for _, key := range old.inst.m.Keys() {
		fn := old.inst.m.At(key).(*Func)
		d.inst.m.Set(key, fn)
		sub := newSubst(params, tupleTypes(key.(*types.Tuple)))
		k.rebuilds = append(k.rebuilds, rebuild{fn, func() { k.s.compileDecl(d, fn, sub) }})
	}
}

func tupleTypes(t *types.Tuple) (all []types.Type) {
	for v := range t.Variables() {
		all = append(all, v.Type())
	}
	return all
}

// A rebuild compiles a function that exists from its new declaration.
type rebuild struct {
	fn    *Func
	build func()
}

// rebuild compiles those that were compiled before, to be swapped with the rest
// of the cell.
func (k *checked) rebuild() {
	for _, r := range k.rebuilds {
		if r.fn.code.Load() != nil {
			r.build()
		}
	}
}

// commitRebuilds lets functions that nobody has called yet follow.
func (k *checked) commitRebuilds() {
	for _, r := range k.rebuilds {
		r.fn.mu.Lock()
		r.fn.build = r.build
		r.fn.mu.Unlock()
	}
}
