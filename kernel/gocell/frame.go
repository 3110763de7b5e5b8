package gocell

import (
	"go/types"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// fp points to memory: a frame, a variable, an element.
type fp = unsafe.Pointer

// A header is the start of every frame. A frame is real, typed Go memory: the
// header, the results, the parameters (at offsets that follow from the
// signature alone), then the locals. Values lie in it exactly as in compiled
// code, so the collector sees every pointer and no other word.
type header struct {
	t      *thread
	next   fp // the next free frame of the same code
	fn     *code
	pos    int // where the frame is, as far as something can panic there
	zero   int // always 0: what an index has in place of a second variable
	defers *deferred
	caught *panicking // the panic that the frame's deferred calls may recover
}

const headerSize = unsafe.Sizeof(header{})

func head(f fp) *header { return (*header)(f) }

// at records where a frame is, before what may panic or look at the stack.
func at(f fp, pos int) { (*header)(f).pos = pos }

// ld loads the value at an offset.
func ld[V any](f fp, o uintptr) V { return *(*V)(unsafe.Add(f, o)) }

// A Func is a function of cells: its name and a body that can be swapped. Every
// call goes through it, so that a redefinition is seen by all callers.
type Func struct {
	name   string // main.f, main.(*T).m
	sig    *layout
	code   atomic.Pointer[code]
	build  func() // makes code at the first call, where it was not made before
	mu     sync.Mutex
	uses   []*Func
	hold   *hold        // of the cell that has its source
	wraps  bool         // made by the compiler: tracebacks leave it out
	source bool         // of a package compiled from its source: it is in no cell
	native []string     // full names of compiled functions the body mentions
	values []*types.Var // package variables of func type that it mentions
}

// code is one compiled body.
type code struct {
	fn     *Func
	owner  atomic.Pointer[thread]
	free   fp // the pool of the owner's frames
	frame  reflect.Type
	ptrs   []uintptr // the words to clear
	body   stmt
	env    []uintptr // where captured variables go
	defers bool
	stale  bool // it says that its function no longer compiles
}

// ready returns the code of a function, compiling it at its first call.
func (fn *Func) ready() *code {
	if c := fn.code.Load(); c != nil {
		return c
	}
	fn.mu.Lock()
	defer fn.mu.Unlock()
	if c := fn.code.Load(); c != nil {
		return c
	}
	if fn.build == nil {
		panic(&noBody{fn.name})
	}
	fn.build()
	return fn.code.Load()
}

type noBody struct{ name string }

func (e *noBody) Error() string { return "function " + e.name + " has no body" }

// A layout is where results and parameters lie in a frame.
type layout struct {
	results, params []uintptr
	size            uintptr
	slots           []slot
	ptrs            []uintptr // pointer words, of results first
}

type slot struct {
	off uintptr
	rt  reflect.Type
}

func (l *layout) add(rt reflect.Type) uintptr {
	o := alignUp(l.size, uintptr(max(rt.Align(), 8)))
	l.size = o + max(rt.Size(), 1) // so that no slot lies behind the end
	l.slots = append(l.slots, slot{o, rt})
	return o
}

func alignUp(n, a uintptr) uintptr { return (n + a - 1) &^ (a - 1) }

func newLayout(results, params []reflect.Type) *layout {
	l := &layout{size: headerSize}
	for _, r := range results {
		l.results = append(l.results, l.add(r))
	}
	for _, p := range params {
		l.params = append(l.params, l.add(p))
	}
	return l
}

// pointerWords appends the offsets of the pointers in a value of type t at o.
func pointerWords(words []uintptr, t reflect.Type, o uintptr) []uintptr {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.String, reflect.Slice:
		return append(words, o)
	case reflect.Interface:
		return append(words, o, o+ptrSize)
	case reflect.Array:
		for i := range t.Len() {
			n := len(words)
			if words = pointerWords(words, t.Elem(), o+uintptr(i)*t.Elem().Size()); len(words) == n {
				break
			}
		}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			words = pointerWords(words, f.Type, o+f.Offset)
		}
	}
	return words
}

const ptrSize = unsafe.Sizeof(uintptr(0))

var (
	frameTypes sync.Map // by pattern of pointer words
	headWords  = pointerWords(nil, reflect.TypeFor[header](), 0)
)

// frameType returns a type of that size with pointers at those words.
func frameType(size uintptr, ptrs []uintptr) reflect.Type {
	n := int(alignUp(size, ptrSize) / ptrSize)
	pattern := []byte(strings.Repeat(".", n))
	for _, o := range append(headWords[:len(headWords):len(headWords)], ptrs...) {
		pattern[o/ptrSize] = 'p'
	}
	if t, ok := frameTypes.Load(string(pattern)); ok {
		return t.(reflect.Type)
	}
	t := patternType(pattern)
	frameTypes.Store(string(pattern), t)
	return t
}

// patternType builds the type from runs of equal words, few fields for many locals.
func patternType(pattern []byte) reflect.Type {
	var fields []reflect.StructField
	for i := 0; i < len(pattern); {
		j := i
		for j < len(pattern) && pattern[j] == pattern[i] {
			j++
		}
		word := reflect.TypeFor[uintptr]()
		if pattern[i] == 'p' {
			word = reflect.TypeFor[unsafe.Pointer]()
		}
		fields = append(fields, reflect.StructField{Name: "F" + itoa(i), Type: reflect.ArrayOf(j-i, word)})
		i = j
	}
	return reflect.StructOf(fields)
}

// newCode closes the layout of a function's frame.
func newCode(fn *Func, slots []slot, size uintptr) *code {
	c := &code{fn: fn}
	for _, s := range slots {
		c.ptrs = pointerWords(c.ptrs, s.rt, s.off)
	}
	c.frame = frameType(size, c.ptrs)
	return c
}

// A thread is one goroutine of cells.
type thread struct {
	s     *Engine
	run   *run // the cell it belongs to
	stack []fp
	depth int
	free  map[*code]fp // pools of frames of code that another thread owns
	ptrs  []fp         // where the arguments of compiled calls are
	id    int

	panics  *panicking // the innermost panic being handled
	grace   time.Time  // the thread is being stopped: until then, its deferred calls may run
	repanic *panicking // a panic on its way from frame to frame
	result  any        // the value of the cell's last expression
	counted bool       // a deadlock is made of it
	hold    *hold      // of the cell that has the go statement
	parent  *thread    // of a callback: the thread that created the func value
}

// begin pushes a frame for code c. A frame stays where it is in the stack when
// its call has ended, for the next call of the same code at the same depth.
func (t *thread) begin(c *code) fp {
	if p := t.beginAgain(c); p != nil {
		return p
	}
	return t.beginNew(c)
}

// beginAgain is begin where the frame is there, nil where it is not. It is small
// enough to be inlined.
func (t *thread) beginAgain(c *code) fp {
	if d := t.depth + 1; d < len(t.stack) {
		if p := t.stack[d]; p != nil && head(p).fn == c {
			head(p).pos = 0 // not begun: tracebacks pass over it
			t.depth = d
			return p
		}
	}
	return nil
}

func (t *thread) beginNew(c *code) fp {
	if t.depth+1 >= len(t.stack) {
		t.grow()
	}
	t.depth++
	p := t.exchange(t.depth, c)
	head(p).pos = 0
	return p
}

// exchange puts a frame for c in the place of another one.
func (t *thread) exchange(d int, c *code) fp {
	t.release(t.stack[d])
	p := t.enter(c)
	t.stack[d] = p
	return p
}

// end clears and pops a frame.
func (t *thread) end(c *code, p fp) {
	for _, o := range c.ptrs {
		*(*fp)(unsafe.Add(p, o)) = nil
	}
	t.depth--
}

// enter returns a frame that is not on the stack, for a call that comes later.
// The thread that used the code first has its pool in the code itself.
func (t *thread) enter(c *code) fp {
	switch owner := c.owner.Load(); {
	case owner == t:
		if p := c.free; p != nil {
			c.free = head(p).next
			return p
		}
	case owner == nil:
		c.owner.CompareAndSwap(nil, t)
	default:
		if p := t.free[c]; p != nil {
			t.free[c] = head(p).next
			return p
		}
	}
	p := unsafeNew(typeWord(c.frame))
	h := head(p)
	h.t, h.fn = t, c
	return p
}

// release puts a frame into its pool.
func (t *thread) release(p fp) {
	if p == nil {
		return
	}
	h := head(p)
	if c := h.fn; c.owner.Load() == t {
		h.next = c.free
		c.free = p
	} else {
		if t.free == nil {
			t.free = map[*code]fp{}
		}
		h.next = t.free[c]
		t.free[c] = p
	}
}

// push puts a frame that enter returned on the stack.
func (t *thread) push(p fp) {
	d := t.depth + 1
	if d >= len(t.stack) {
		t.grow()
	}
	t.release(t.stack[d])
	t.stack[d] = p
	t.depth = d
}

func (t *thread) grow() {
	if t.depth+1 >= maxDepth {
		panic(&stackOverflow{})
	}
	t.stack = append(t.stack, make([]fp, min(max(64, len(t.stack)), maxDepth-len(t.stack)))...)
}
