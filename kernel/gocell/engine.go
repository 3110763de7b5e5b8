// Package gocell runs cells of Go: all of the language, checked by go/types and
// compiled to closures over real typed memory.
//
// The way of a cell: split cuts it into top-level items and writes them as a Go
// file (a short variable declaration becomes a package variable); the checker of
// go/types types it in the light of earlier cells; a comp makes of every
// function a tree of closures of type func(frame) value; and the cell's
// statements run as the body of a function without a name.
package gocell

import (
	"context"
	"go/token"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/gocell/packages"
	"github.com/convnotes/convnotes/kernel/gocell/rtype"
)

// An Engine is one session: what cells declared, and what runs of them.
type Engine struct {
	pkgs    map[string]*packages.Package
	names   map[string]string // import path by package name
	imp     types.Importer
	types   *rtype.Types
	sources *packages.Sources
	fset    *token.FileSet
	pkg     *types.Package // "main"; emptied for each cell

	mu    sync.RWMutex
	funcs map[*types.Func]*funcDecl
	vars  map[*types.Var]variableOf
	zeros map[reflect.Type]fp
	units map[*types.Info]*unit // of packages of source

	compiling sync.Mutex
	eager     []*Func // instances to be compiled with the cell
	callers   map[reflect.Type]caller

	live      map[string]*declared
	written   map[string]*written
	replaced  map[*types.TypeName]int // the cells of types that were declared again
	evaluated int                     // cells
	files     map[*token.File]*cell
	released  []*cell // whose text no code holds any more

	evals  sync.Mutex
	stop   atomic.Bool
	stopCh atomic.Pointer[chan struct{}]
	done   atomic.Pointer[chan struct{}] // closed by Abandon

	threads  threads
	lastMain *thread
	typed    string // the line typed last for os.Stdin
	typedAt  int    // and how much of it was read
	crossing atomic.Pointer[crossing]
	tracer   atomic.Pointer[func(Stop)]
	magics   map[string]Magic
	helping  helping
	places   callPlaces

	assistNames map[string]*declared // what was live before the running cell
	display     *declared            // see gophernotesName
}

// A Magic is a line magic that the program adds.
type Magic func(args string, out kernel.Output) error

// variableOf is the memory of a package variable.
type variableOf struct {
	p  fp
	rt reflect.Type
}

// An Option changes an Engine when it is made.
type Option func(*Engine)

// New returns an engine whose cells may import pkgs.
func New(pkgs map[string]*packages.Package, opts ...Option) *Engine {
	s := &Engine{
		pkgs: pkgs, names: map[string]string{}, imp: packages.NewImporter(pkgs), fset: token.NewFileSet(),
		pkg:   types.NewPackage("main", "main"),
		funcs: map[*types.Func]*funcDecl{}, vars: map[*types.Var]variableOf{}, zeros: map[reflect.Type]fp{}, units: map[*types.Info]*unit{},
		live: map[string]*declared{}, written: map[string]*written{}, replaced: map[*types.TypeName]int{}, magics: map[string]Magic{},
	}
	s.sources = packages.NewSources(pkgs, s.imp)
	s.types = rtype.New(rtype.Config{Compiled: s.compiledType, Method: s.methodCode})
	s.nameImports()
	s.renewStop()
	for _, o := range opts {
		o(s)
	}
	return s
}

// nameImports maps the names of packages to the paths that cells mean by them.
func (s *Engine) nameImports() {
	for _, p := range s.pkgs {
		if path := packages.PathOf(s.pkgs, p.Name); path != "" {
			s.names[p.Name] = path
		}
	}
}

func (s *Engine) compiledType(path, name string) reflect.Type {
	if p := s.pkgs[path]; p != nil {
		return p.Type(name)
	}
	return nil
}

// methodCode is the body of a method of a cell type, for its method table.
func (s *Engine) methodCode(recv *types.Named, m *types.Func) rtype.Code {
	fn := s.funcOf(nil, m, nil, recv)
	if fn == nil {
		return nil
	}
	return &closure{fn: fn, s: s}
}

// RegisterMagic adds a line magic: name is written with its sign, "%lesson".
func (s *Engine) RegisterMagic(name string, run func(args string, out kernel.Output) error) {
	s.magics[name] = run
}

// Lookup returns the variable of that name, as an addressable value, or the function.
func (s *Engine) Lookup(name string) (reflect.Value, bool) {
	d := s.live[name]
	if d == nil {
		return reflect.Value{}, false
	}
	switch obj := d.obj.(type) {
	case *types.Var:
		v := s.vars[obj]
		return valueAt(v.rt, v.p), v.p != nil
	case *types.Func:
		fn := s.funcOf(nil, obj, nil, nil)
		if fn == nil || fn.sig == nil {
			return reflect.Value{}, false
		}
		return rtype.MakeFunc(s.rtypeOf(signatureOnly(obj.Signature())), &closure{fn: fn, s: s}), true
	}
	return reflect.Value{}, false
}

func (s *Engine) rtypeOf(t types.Type) reflect.Type { return s.types.Of(t) }

// zeroOf is memory with the zero value of a type, not to be written to.
func (s *Engine) zeroOf(t reflect.Type) fp {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.zeros[t]; p != nil {
		return p
	}
	p := unsafeNew(typeWord(t))
	s.zeros[t] = p
	return p
}

// globalOf is the memory of a package variable, of cells or compiled.
func (s *Engine) globalOf(obj *types.Var) (fp, reflect.Type) {
	s.mu.Lock()
	v, ok := s.vars[obj]
	s.mu.Unlock()
	if ok {
		return v.p, v.rt
	}
	if obj.Pkg() == nil {
		return nil, nil
	}
	p := s.pkgs[obj.Pkg().Path()]
	if p == nil {
		return nil, nil
	}
	ptr := p.Var(obj.Name())
	if !ptr.IsValid() || ptr.Kind() != reflect.Pointer {
		return nil, nil
	}
	return ptr.UnsafePointer(), ptr.Type().Elem()
}

// newGlobal gives a package variable its memory.
func (s *Engine) newGlobal(obj *types.Var) {
	rt := s.rtypeOf(obj.Type())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vars[obj] = variableOf{unsafeNew(typeWord(rt)), rt}
}

func (s *Engine) valueOf(obj *types.Func) reflect.Value {
	if obj.Pkg() == nil {
		return reflect.Value{}
	}
	p := s.pkgs[obj.Pkg().Path()]
	if p == nil {
		return reflect.Value{}
	}
	return p.Func(obj.Name())
}

func (s *Engine) callerOf(t reflect.Type) caller {
	return rtype.CallerOf(t)
}

// renewStop makes a new channel for the next interrupt, where the last one was
// used: goroutines that earlier cells left waiting on it must hear the next, too.
func (s *Engine) renewStop() {
	if s.stopCh.Load() != nil && !s.stop.Load() {
		return
	}
	ch := make(chan struct{})
	s.stopCh.Store(&ch)
	s.stop.Store(false)
}

func (s *Engine) stopping() chan struct{} { return *s.stopCh.Load() }

// Stopping returns kernel.ErrInterrupted when what runs is to stop: the person
// asked for it, or memory is short. Long compiled computations ask for it.
func (s *Engine) Stopping() error {
	if s.stop.Load() {
		return kernel.ErrInterrupted
	}
	return nil
}

// interrupt stops what runs.
func (s *Engine) interrupt() {
	if s.stop.CompareAndSwap(false, true) {
		close(s.stopping())
	}
}

// Abandon gives up the running cell: Eval returns, and what does not listen is
// left behind.
func (s *Engine) Abandon() {
	if ch := s.done.Load(); ch != nil {
		s.interrupt()
		select {
		case <-*ch:
		default:
			close(*ch)
		}
	}
}

// Eval runs a cell. Cells run one after another.
func (s *Engine) Eval(ctx context.Context, source string, out kernel.Output) (any, error) {
	s.evals.Lock()
	defer s.evals.Unlock()
	if _, err := memorySetting(); err != nil {
		return nil, err
	}
	ctx, explain := s.watchMemory(ctx)
	result, err := s.evalParts(ctx, source, out)
	return result, s.annotate(explain(err))
}

var _ kernel.Evaluator = (*Engine)(nil)
var _ kernel.Abandoner = (*Engine)(nil)
var _ = unsafe.Pointer(nil)
