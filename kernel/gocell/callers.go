package gocell

import (
	"bytes"
	"fmt"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// Cells have no machine code of their own, so that the runtime knows no line of
// theirs. The functions here answer in its place, with program counters that
// stand for a function of a cell and a position in it.

// A callPlace is what a made-up program counter stands for.
type callPlace struct {
	fn  *Func
	pos int
}

// callPlaces numbers the places that were asked for.
type callPlaces struct {
	mu     sync.Mutex
	number map[callPlace]uintptr
	places []callPlace
	funcs  map[*Func]*runtime.Func         // tokens, never looked into
	names  map[*runtime.Func]callPlace     // what a token stands for
	frames map[*runtime.Frames][]callPlace // what is left to be told
}

// Counters lie where no code is, with room for the one that callers subtract.
const counterBase, counterStep = 1 << 46, 16

func (s *Engine) counter(p callPlace) uintptr {
	c := &s.places
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.number[p]
	if !ok {
		if c.number == nil {
			c.number = map[callPlace]uintptr{}
		}
		n = uintptr(len(c.places))
		c.number[p] = n
		c.places = append(c.places, p)
	}
	return counterBase + n*counterStep + counterStep/2
}

// placeOf returns what a counter stands for.
func (s *Engine) placeOf(pc uintptr) (callPlace, bool) {
	c := &s.places
	c.mu.Lock()
	defer c.mu.Unlock()
	n := (pc - counterBase) / counterStep
	if pc < counterBase || n >= uintptr(len(c.places)) {
		return callPlace{}, false
	}
	return c.places[n], true
}

// calls lists the functions of cells that are being executed, innermost first.
// Below a deferred call that a panic made lie, as in compiled Go, the functions
// that the panic has passed.
func (t *thread) calls() (all []callPlace) {
	for i := min(t.depth, len(t.stack)-1); i > 0; i-- {
		h := head(t.stack[i])
		if h == nil || h.pos == 0 || h.fn.fn.wraps {
			continue
		}
		all = append(all, callPlace{h.fn.fn, h.pos})
		if p := h.caught; p != nil && len(p.trace) > 0 {
			return append(all, p.calls()...)
		}
	}
	return all
}

// The functions of the runtime that a panic passes.
var (
	goPanic    = callPlace{fn: &Func{name: "runtime.gopanic"}}
	panicMem   = callPlace{fn: &Func{name: "runtime.panicmem"}}
	sigPanic   = callPlace{fn: &Func{name: "runtime.sigpanic"}}
	boundPanic = callPlace{fn: &Func{name: "runtime.panicBounds"}}
)

func (p *panicking) calls() (all []callPlace) {
	all = append(all, goPanic)
	if err, ok := p.val.(runtime.Error); ok {
		if strings.Contains(err.Error(), "nil pointer") {
			all = append(all, panicMem, sigPanic)
		} else {
			all = append(all, boundPanic)
		}
	}
	for _, f := range p.trace {
		all = append(all, callPlace{f.fn, f.pos})
	}
	return all
}

// fileLine is where a place is, //line directives of programs followed.
func (s *Engine) fileLine(p callPlace) (file string, line int) {
	c, line, _, _ := s.placeIn(p.fn, p.pos)
	switch {
	case c == nil:
		return "?", 0
	case c.name != "":
		return directed(c.name, s.fset.Position(token.Pos(p.pos)))
	}
	return fmt.Sprintf("cell%d.go", c.number), line
}

// directed is a position as the compiler has it: the parser puts the folder of
// the file before names in //line directives, the compiler does not.
func directed(name string, at token.Position) (file string, line int) {
	if at.Filename != name {
		at.Filename = strings.TrimPrefix(at.Filename, filepath.Dir(name)+string(filepath.Separator))
	}
	if at.Filename == "" {
		at.Filename = "??"
	}
	return at.Filename, at.Line
}

// fullName is the name of a function with its package.
func (p callPlace) fullName() string {
	if name := p.fn.name; p.fn.source || strings.HasPrefix(name, "main.") || strings.HasPrefix(name, "runtime.") {
		return name
	}
	return "main." + p.fn.name
}

func init() {
	natives["runtime.Caller"] = callerNative
	natives["runtime.Callers"] = callersNative
	natives["runtime.CallersFrames"] = callersFramesNative
	natives["(*runtime.Frames).Next"] = nextFrameNative
	natives["runtime.FuncForPC"] = funcForPCNative
	natives["(*runtime.Func).Name"] = funcNameNative
	natives["(*runtime.Func).FileLine"] = funcFileLineNative
	natives["(reflect.Value).Pointer"] = pointerNative
	natives["runtime.Breakpoint"] = func(*thread, []fp, []fp) {
		panic("runtime.Breakpoint: there is no debugger, and the trap would end the kernel")
	}
	natives["runtime.Stack"] = func(t *thread, in, out []fp) {
		*(*int)(out[0]) = copy(arg[[]byte](in, 0), t.stackText())
	}
	natives["runtime/debug.Stack"] = func(t *thread, in, out []fp) { *(*[]byte)(out[0]) = t.stackText() }
	natives["runtime/debug.PrintStack"] = func(t *thread, in, out []fp) { t.run.stderr().Write(t.stackText()) }
}

// pointerNative is what FuncForPC takes of a function, and reflect's own answer
// for everything else.
func pointerNative(t *thread, in, out []fp) {
	v := arg[reflect.Value](in, 0)
	if v.Kind() == reflect.Func && !v.IsNil() {
		if cl := t.s.funcKind(v.Type()).closure(word(v)); cl != nil {
			*(*uintptr)(out[0]) = t.s.counter(callPlace{fn: cl.fn})
			return
		}
	}
	*(*uintptr)(out[0]) = v.Pointer()
}

func callerNative(t *thread, in, out []fp) {
	calls, skip := t.calls(), arg[int](in, 0)
	if skip < 0 || skip >= len(calls) {
		return
	}
	*(*uintptr)(out[0]) = t.s.counter(calls[skip])
	*(*string)(out[1]), *(*int)(out[2]) = t.s.fileLine(calls[skip])
	*(*bool)(out[3]) = true
}

func callersNative(t *thread, in, out []fp) {
	calls, skip := t.calls(), max(0, arg[int](in, 0)-1) // 0 means Callers itself
	pcs := arg[[]uintptr](in, 1)
	n := 0
	for i := skip; i < len(calls) && n < len(pcs); i++ {
		pcs[n] = t.s.counter(calls[i])
		n++
	}
	*(*int)(out[0]) = n
}

func callersFramesNative(t *thread, in, out []fp) {
	pcs := arg[[]uintptr](in, 0)
	frames := runtime.CallersFrames(pcs)
	var places []callPlace
	for _, pc := range pcs {
		if p, ok := t.s.placeOf(pc); ok {
			places = append(places, p)
		}
	}
	if len(places) == len(pcs) {
		c := &t.s.places
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.frames == nil {
			c.frames = map[*runtime.Frames][]callPlace{}
		}
		c.frames[frames] = places
	}
	*(**runtime.Frames)(out[0]) = frames
}

func nextFrameNative(t *thread, in, out []fp) {
	frames := arg[*runtime.Frames](in, 0)
	c := &t.s.places
	c.mu.Lock()
	places, ours := c.frames[frames]
	if len(places) > 1 {
		c.frames[frames] = places[1:]
	} else {
		delete(c.frames, frames)
	}
	c.mu.Unlock()
	if !ours {
		*(*runtime.Frame)(out[0]), *(*bool)(out[1]) = frames.Next()
		return
	}
	if len(places) > 0 {
		file, line := t.s.fileLine(places[0])
		*(*runtime.Frame)(out[0]) = runtime.Frame{PC: t.s.counter(places[0]), Func: t.s.funcToken(places[0]), Function: places[0].fullName(), File: file, Line: line}
	}
	*(*bool)(out[1]) = len(places) > 1
}

// funcToken is a *runtime.Func that stands for a function of a cell. Nothing
// looks into it: its methods are answered here.
func (s *Engine) funcToken(p callPlace) *runtime.Func {
	c := &s.places
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.funcs == nil {
		c.funcs, c.names = map[*Func]*runtime.Func{}, map[*runtime.Func]callPlace{}
	}
	f := c.funcs[p.fn]
	if f == nil {
		f = (*runtime.Func)(unsafe.Pointer(new([64]byte)))
		c.funcs[p.fn] = f
		c.names[f] = p
	}
	return f
}

func funcForPCNative(t *thread, in, out []fp) {
	pc := arg[uintptr](in, 0)
	if p, ok := t.s.placeOf(pc); ok {
		*(**runtime.Func)(out[0]) = t.s.funcToken(p)
		return
	}
	*(**runtime.Func)(out[0]) = runtime.FuncForPC(pc)
}

func (s *Engine) tokenPlace(f *runtime.Func) (callPlace, bool) {
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	p, ok := s.places.names[f]
	return p, ok
}

func funcNameNative(t *thread, in, out []fp) {
	f := arg[*runtime.Func](in, 0)
	if p, ok := t.s.tokenPlace(f); ok {
		*(*string)(out[0]) = p.fullName()
		return
	}
	*(*string)(out[0]) = f.Name()
}

func funcFileLineNative(t *thread, in, out []fp) {
	f, pc := arg[*runtime.Func](in, 0), arg[uintptr](in, 1)
	p, ok := t.s.placeOf(pc)
	if !ok {
		p, ok = t.s.tokenPlace(f)
	}
	if ok {
		*(*string)(out[0]), *(*int)(out[1]) = t.s.fileLine(p)
		return
	}
	*(*string)(out[0]), *(*int)(out[1]) = f.FileLine(pc)
}

// stackText is what runtime.Stack writes.
func (t *thread) stackText() []byte {
	var b bytes.Buffer
	b.WriteString("goroutine 1 [running]:\n")
	for _, p := range t.calls() {
		file, line := t.s.fileLine(p)
		fmt.Fprintf(&b, "%s(...)\n\t%s:%d +0x1d\n", p.fullName(), file, line)
	}
	return b.Bytes()
}
