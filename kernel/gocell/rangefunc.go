package gocell

import (
	"go/ast"
	"go/types"
	"reflect"
	"unsafe"
)

// Where a loop over a function is: its body runs only while it is looping.
const (
	looping = iota
	leftBody
	loopOver
	bodyPanicked
)

// rangeFunc is range over an iterator. The yield function that the iterator
// gets runs the loop's body on the frame of the enclosing function, so that
// break, return, goto and defer mean there what they mean in any loop.
func (c *comp) rangeFunc(s *ast.RangeStmt, l *labelled, sig *types.Signature) stmt {
	yieldType := sig.Params().At(0).Type()
	yieldSig := yieldType.Underlying().(*types.Signature)
	state, how := c.alloc(reflect.TypeFor[int]()), c.alloc(reflect.TypeFor[int]())
	var vals []*node
	for i := range yieldSig.Params().Len() {
		t := yieldSig.Params().At(i).Type()
		vals = append(vals, c.localNode(t, c.alloc(c.rtype(t))))
	}
	exprs := []ast.Expr{s.Key, s.Value}
	var bind stmt
	for i, v := range vals {
		bind = both(bind, c.bindRange(s, exprs[i], v))
	}
	x := c.expr(s.X)
	body := c.iteration(s, bind, l)
	yield := c.yieldNode(yieldType, yieldSig, vals, state, how, body)
	site := c.siteOf(signatureOnly(sig), int(s.For), []*node{yield})
	c.dynamic(site, x)
	run := c.effect(c.finish(site))
	return func(f fp) ctl {
		*(*int)(unsafe.Add(f, state)) = looping
		*(*int)(unsafe.Add(f, how)) = int(next)
		run(f)
		*(*int)(unsafe.Add(f, state)) = loopOver
		return ctl(ld[int](f, how))
	}
}

// yieldNode is the yield function of a loop: a closure whose only captured
// pointer is the frame that the body runs on.
func (c *comp) yieldNode(t types.Type, sig *types.Signature, vals []*node, state, how uintptr, body func(fp) (bool, ctl)) *node {
	fn := &Func{name: c.fn.name, wraps: true}
	w := c.unit.newComp(fn, signatureOnly(sig), c.subst, newEscapes())
	frame := w.alloc(reflect.TypeFor[unsafe.Pointer]())
	w.caught = []*capture{{nil, frame}}
	params, result := w.lay.params, w.lay.results[0]
	w.close(func(nf fp) ctl {
		f := ld[fp](nf, frame)
		at := (*int)(unsafe.Add(f, state))
		if *at != looping {
			panic(&continuedLoop{*at})
		}
		for i, v := range vals {
			v.cls.move(unsafe.Add(f, v.local), unsafe.Add(nf, params[i]))
		}
		*at = bodyPanicked
		leave, with := body(f)
		*at = looping
		if leave {
			*at = leftBody
			*(*int)(unsafe.Add(f, how)) = int(with)
		}
		*(*bool)(unsafe.Add(nf, result)) = !leave
		return ret
	})
	rt, s := c.rtype(signatureOnly(sig)), c.s
	return c.rvalue(t, func(f fp) fp {
		return (&closure{fn, []fp{f}, head(f).t.run, s}).value(rt)
	})
}

// A continuedLoop is an iterator that goes on when it must not.
type continuedLoop struct{ state int }

func (e *continuedLoop) Error() string {
	return "runtime error: range function continued iteration after " + [...]string{
		leftBody:     "function for loop body returned false",
		loopOver:     "whole loop exit",
		bodyPanicked: "loop body panic",
	}[e.state]
}
func (*continuedLoop) RuntimeError() {}
