package gocell

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"runtime"
	"slices"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
	"github.com/convnotes/convnotes/kernel/gocell/packages"
)

// A written is where a live declaration was written and what the names in it
// meant. When one of them gets another meaning, the declaration is checked and
// compiled again, as if its cell had been run after the change.
type written struct {
	key        string // the name, or T.m of a method
	cell       *cell
	start, end int
	uses       map[string]types.Object
	fns        []*Func
}

// A stale panic is the call of a function that no longer fits what it uses.
type stale struct{ text string }

func (e *stale) Error() string { return e.text }

// record remembers the declarations of a cell.
func (k *checked) record() {
	for _, p := range k.parts {
		keys, fns := k.keysOf(p)
		if len(keys) == 0 {
			continue
		}
		uses := k.declItem(p.item).uses
		for _, key := range keys {
			k.s.forget(k.s.written[key])
			k.cell.refs++
			k.s.written[key] = &written{key, k.cell, p.item.Start, p.item.End, uses, fns}
		}
	}
}

// keysOf are the names that a part declares, and its functions. Variables keep
// their value, so they are not declared again.
func (k *checked) keysOf(p *part) (keys []string, fns []*Func) {
	switch d := p.decl.(type) {
	case *ast.FuncDecl:
		if p.stmt || d.Name.Name == "init" {
			return nil, nil
		}
		for _, fd := range k.funcs {
			if fd.decl == d {
				return []string{packages.MethodKey(fd.obj)}, []*Func{fd.fn}
			}
		}
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return p.item.Names(), nil
		}
	}
	return nil, nil
}

// changed are the live names that the cell gives another meaning, with the old one.
func (k *checked) changed() map[string]types.Object {
	c := map[string]types.Object{}
	for n, d := range k.names {
		if old := k.s.live[n]; old != nil && !sameMeaning(old.obj, d.obj) {
			c[n] = old.obj
		}
	}
	return c
}

// follow lets what was written go by the new objects of names that keep their meaning.
func (s *Engine) follow(names map[string]*declared) {
	for n, d := range names {
		old := s.live[n]
		if old == nil || old.obj == d.obj || !sameMeaning(old.obj, d.obj) {
			continue
		}
		for _, w := range s.written {
			if w.uses[n] == old.obj {
				w.uses[n] = d.obj
			}
		}
	}
}

// sameMeaning reports whether code compiled for one object serves for the other.
func sameMeaning(old, now types.Object) bool {
	if old == now {
		return true
	}
	switch now := now.(type) {
	case *types.PkgName:
		old, ok := old.(*types.PkgName)
		return ok && old.Imported() == now.Imported()
	case *types.Const:
		old, ok := old.(*types.Const)
		return ok && types.Identical(old.Type(), now.Type()) && constant.Compare(old.Val(), token.EQL, now.Val())
	case *types.Var:
		old, ok := old.(*types.Var)
		return ok && types.Identical(old.Type(), now.Type())
	case *types.Func:
		old, ok := old.(*types.Func)
		return ok && now.Signature().TypeParams().Len() == 0 && types.Identical(old.Type(), now.Type())
	}
	return types.Identical(old.Type(), now.Type())
}

// recheck declares again what used the old meaning of the changed names. Skip
// has the keys that are settled.
func (s *Engine) recheck(changed map[string]types.Object, skip map[string]bool) {
	if len(changed) == 0 {
		return
	}
	var todo []*written
	for key, w := range s.written {
		if !skip[key] && w.usesOld(changed) {
			todo = append(todo, w)
		}
	}
	slices.SortFunc(todo, func(a, b *written) int {
		return cmp.Or(cmp.Compare(a.cell.number, b.cell.number), cmp.Compare(a.start, b.start), cmp.Compare(a.key, b.key))
	})
	for _, w := range todo {
		if !skip[w.key] {
			skip[w.key] = true
			s.again(w, changed, skip)
		}
	}
}

func (w *written) usesOld(changed map[string]types.Object) bool {
	for n, obj := range changed {
		if w.uses[n] == obj {
			return true
		}
	}
	return false
}

// again checks and compiles one declaration in the light of today's names.
func (s *Engine) again(w *written, changed map[string]types.Object, skip map[string]bool) {
	k := s.newChecked(&cell{number: w.cell.number, source: w.cell.source})
	var items []lex.Item
	for _, it := range lex.Items(w.cell.source) {
		if it.Start == w.start {
			items = append(items, it)
		}
	}
	if len(items) == 0 {
		return
	}
	err := k.checkItems(items, items[0].Tokens)
	if err == nil {
		_, err = k.compile()
	}
	if err != nil {
		k.undoAll()
		s.broken(w, changed, err)
		return
	}
	k.commit(skip)
}

// broken makes calls of a function that no longer compiles say why.
func (s *Engine) broken(w *written, changed map[string]types.Object, err error) {
	w.uses = maps.Clone(w.uses)
	name := ""
	for n, old := range changed {
		if w.uses[n] == old {
			name = n
			w.uses[n] = s.live[n].obj
		}
	}
	text := fmt.Sprintf("%s (cell %d) no longer fits %s (cell %d): %v", w.key, w.cell.number, name, s.cellOf(name), err)
	for _, fn := range w.fns {
		if fn.sig == nil {
			continue
		}
		c := newCode(fn, fn.sig.slots, fn.sig.size)
		c.stale = true
		c.body = func(fp) ctl { panic(&stale{text}) }
		fn.code.Store(c)
	}
}

func (s *Engine) cellOf(name string) int {
	if d := s.live[name]; d != nil && d.cell != nil {
		return d.cell.number
	}
	return 0
}

// forget drops what only a declaration that was replaced needed. Its code may
// still run, so its source stays while another declaration of the cell is live.
func (s *Engine) forget(w *written) {
	if w == nil {
		return
	}
	w.cell.refs--
	s.dropSource(w.cell)
}

// dropSource forgets the text of a cell that nothing can come back to.
func (s *Engine) dropSource(c *cell) {
	if c.refs > 0 || c.keep || c.file == nil {
		return
	}
	s.mu.Lock()
	delete(s.files, c.file)
	s.mu.Unlock()
	s.fset.RemoveFile(c.file)
	c.file = nil
}

// A hold keeps the text of a cell while code of it, a function literal or a
// goroutine, may run: every Func of the cell has it. When the collector finds
// that nothing leads to it any more, the text goes with the next cell.
type hold struct{ cell *cell }

func (s *Engine) keepWhileHeld(k *checked) {
	k.cell.keep = true
	runtime.AddCleanup(k.hold, func(c *cell) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.released = append(s.released, c)
	}, k.cell)
}

func (s *Engine) dropReleased() {
	s.mu.Lock()
	released := s.released
	s.released = nil
	s.mu.Unlock()
	for _, c := range released {
		c.keep = false
		s.dropSource(c)
	}
}

// prune drops the objects that the names of a cell take the place of.
func (k *checked) prune() {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	for n, d := range k.names {
		old := k.s.live[n]
		if old == nil || old.obj == d.obj {
			continue
		}
		switch obj := old.obj.(type) {
		case *types.Func:
			delete(k.s.funcs, obj)
		case *types.Var:
			delete(k.s.vars, obj)
		case *types.TypeName:
			if old.cell != nil {
				k.s.replaced[obj] = old.cell.number
			}
		}
	}
	for _, obj := range k.olds {
		delete(k.s.vars, obj)
	}
}
