package gocell

import (
	"reflect"
	"unsafe"
)

// direct calls compiled functions of the commonest shapes as the Go functions
// they are: up to two arguments of one shape, or a pointer and one argument (a
// method). The type of a parameter does not matter, only the shape that the
// calling convention sees. All other calls go through pointers to the arguments.
func (cls[R]) direct(s *callSite) any {
	switch len(s.args) {
	case 0:
		return direct0[R](s)
	case 1:
		return byShape[R](s, s.args[0].rt.Kind(), 1)
	case 2:
		x, y := s.args[0].rt.Kind(), s.args[1].rt.Kind()
		switch {
		case shapeKind(x) == shapeKind(y):
			return byShape[R](s, x, 2)
		case shapeKind(x) == reflect.Pointer:
			return byShape[R](s, y, 3)
		}
	}
	return nil
}

func (memCls) direct(*callSite) any { return nil }

// shapeKind names the shape of a kind by one of its kinds.
func shapeKind(k reflect.Kind) reflect.Kind {
	switch k {
	case reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return reflect.Pointer
	case reflect.Int64, reflect.Uint64, reflect.Uint, reflect.Uintptr:
		return reflect.Int
	}
	return k
}

func byShape[R any](s *callSite, k reflect.Kind, form int) any {
	switch k {
	case reflect.Int:
		return directOf[int, R](s, form)
	case reflect.Float64:
		return directOf[float64, R](s, form)
	case reflect.String:
		return directOf[string, R](s, form)
	case reflect.Pointer:
		return directOf[fp, R](s, form)
	case reflect.Slice:
		return directOf[hdr, R](s, form)
	case reflect.Interface:
		return directOf[eface, R](s, form)
	}
	return nil
}

func direct0[R any](s *callSite) any {
	call, pos := *(*func() R)(unsafe.Pointer(&s.fixed)), s.pos
	return func(f fp) R { at(f, pos); return call() }
}

func directOf[A, R any](s *callSite, form int) any {
	pos, fv := s.pos, s.fixed
	switch form {
	case 1:
		call, a := *(*func(A) R)(unsafe.Pointer(&fv)), get[A](s.args[0])
		return func(f fp) R {
			x := a(f)
			at(f, pos)
			return call(x)
		}
	case 2:
		if s.args[1].rt.Kind() != s.args[0].rt.Kind() {
			return nil
		}
		call, a, b := *(*func(A, A) R)(unsafe.Pointer(&fv)), get[A](s.args[0]), get[A](s.args[1])
		return func(f fp) R {
			x := a(f)
			y := b(f)
			at(f, pos)
			return call(x, y)
		}
	}
	call, p, b := *(*func(fp, A) R)(unsafe.Pointer(&fv)), get[fp](s.args[0]), get[A](s.args[1])
	return func(f fp) R {
		x := p(f)
		y := b(f)
		at(f, pos)
		return call(x, y)
	}
}
