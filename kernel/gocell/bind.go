package gocell

import (
	"fmt"
	"go/types"
	"io"
	"log"
	"os"
	"sync"
	"time"
	"unsafe"

	"github.com/convnotes/convnotes/kernel/display"
)

// bound is the function that stands in for a compiled one, so that output goes
// to the cell that runs and waiting can be interrupted.
func (s *Engine) bound(name string) native { return natives[name] }

func arg[V any](in []fp, i int) V { return *(*V)(in[i]) }

func setResult(out []fp, n int, err error) {
	*(*int)(out[0]) = n
	*(*error)(out[1]) = err
}

var natives = map[string]native{
	"fmt.Print": func(t *thread, in, out []fp) {
		n, err := fmt.Fprint(t.run.stdout(), arg[[]any](in, 0)...)
		setResult(out, n, err)
	},
	"fmt.Println": func(t *thread, in, out []fp) {
		n, err := fmt.Fprintln(t.run.stdout(), arg[[]any](in, 0)...)
		setResult(out, n, err)
	},
	"fmt.Printf": func(t *thread, in, out []fp) {
		n, err := fmt.Fprintf(t.run.stdout(), arg[string](in, 0), arg[[]any](in, 1)...)
		setResult(out, n, err)
	},
	"fmt.Fprint": func(t *thread, in, out []fp) {
		n, err := fmt.Fprint(t.writer(arg[io.Writer](in, 0)), arg[[]any](in, 1)...)
		setResult(out, n, err)
	},
	"fmt.Fprintln": func(t *thread, in, out []fp) {
		n, err := fmt.Fprintln(t.writer(arg[io.Writer](in, 0)), arg[[]any](in, 1)...)
		setResult(out, n, err)
	},
	"fmt.Fprintf": func(t *thread, in, out []fp) {
		n, err := fmt.Fprintf(t.writer(arg[io.Writer](in, 0)), arg[string](in, 1), arg[[]any](in, 2)...)
		setResult(out, n, err)
	},
	"(*os.File).Write": func(t *thread, in, out []fp) {
		n, err := t.writer(arg[*os.File](in, 0)).Write(arg[[]byte](in, 1))
		setResult(out, n, err)
	},
	"(*os.File).WriteString": func(t *thread, in, out []fp) {
		n, err := io.WriteString(t.writer(arg[*os.File](in, 0)), arg[string](in, 1))
		setResult(out, n, err)
	},
	"io.WriteString": func(t *thread, in, out []fp) {
		n, err := io.WriteString(t.writer(arg[io.Writer](in, 0)), arg[string](in, 1))
		setResult(out, n, err)
	},
	"os.Exit": func(t *thread, in, out []fp) { panic(&exit{arg[int](in, 0)}) },
	"(*sync.Mutex).Lock": func(t *thread, in, out []fp) {
		if mu := arg[*sync.Mutex](in, 0); !mu.TryLock() {
			t.await(mu.Lock, mu.Unlock)
		}
	},
	"(*sync.RWMutex).Lock": func(t *thread, in, out []fp) {
		if mu := arg[*sync.RWMutex](in, 0); !mu.TryLock() {
			t.await(mu.Lock, mu.Unlock)
		}
	},
	"(*sync.RWMutex).RLock": func(t *thread, in, out []fp) {
		if mu := arg[*sync.RWMutex](in, 0); !mu.TryRLock() {
			t.await(mu.RLock, mu.RUnlock)
		}
	},
	"(*sync.WaitGroup).Wait": func(t *thread, in, out []fp) { t.await(arg[*sync.WaitGroup](in, 0).Wait, nil) },
	"(*sync.Cond).Wait":      func(t *thread, in, out []fp) { t.await(arg[*sync.Cond](in, 0).Wait, nil) },
	"(*sync.WaitGroup).Go": func(t *thread, in, out []fp) {
		wg, f := arg[*sync.WaitGroup](in, 0), arg[func()](in, 1)
		wg.Add(1)
		t.spawnFunc(func() { defer wg.Done(); f() })
	},
	"time.AfterFunc": func(t *thread, in, out []fp) {
		f := arg[func()](in, 1)
		t.s.handOut()
		*(**time.Timer)(out[0]) = time.AfterFunc(arg[time.Duration](in, 0), func() { t.spawnFunc(f) })
	},
	"time.Sleep": func(t *thread, in, out []fp) { t.sleep(arg[time.Duration](in, 0)) },

	"log.Print":   func(t *thread, in, out []fp) { t.log(fmt.Sprint(arg[[]any](in, 0)...)) },
	"log.Println": func(t *thread, in, out []fp) { t.log(fmt.Sprintln(arg[[]any](in, 0)...)) },
	"log.Printf":  func(t *thread, in, out []fp) { t.log(fmt.Sprintf(arg[string](in, 0), arg[[]any](in, 1)...)) },
	"log.Fatal":   func(t *thread, in, out []fp) { t.log(fmt.Sprint(arg[[]any](in, 0)...)); panic(&exit{1}) },
	"log.Fatalln": func(t *thread, in, out []fp) { t.log(fmt.Sprintln(arg[[]any](in, 0)...)); panic(&exit{1}) },
	"log.Fatalf": func(t *thread, in, out []fp) {
		t.log(fmt.Sprintf(arg[string](in, 0), arg[[]any](in, 1)...))
		panic(&exit{1})
	},
	"log.Panic":   func(t *thread, in, out []fp) { s := fmt.Sprint(arg[[]any](in, 0)...); t.log(s); panic(s) },
	"log.Panicln": func(t *thread, in, out []fp) { s := fmt.Sprintln(arg[[]any](in, 0)...); t.log(s); panic(s) },
	"log.Panicf": func(t *thread, in, out []fp) {
		s := fmt.Sprintf(arg[string](in, 0), arg[[]any](in, 1)...)
		t.log(s)
		panic(s)
	},
	displayPath + ".Show": func(t *thread, in, out []fp) {
		for _, v := range arg[[]any](in, 0) {
			t.show(display.Of(v))
		}
	},
	displayPath + ".ShowAs": func(t *thread, in, out []fp) {
		b := display.Of(arg[any](in, 1))
		b.ID, b.Update = arg[string](in, 0), false
		t.show(b)
	},
	displayPath + ".Update": func(t *thread, in, out []fp) {
		b := display.Of(arg[any](in, 1))
		b.ID, b.Update = arg[string](in, 0), true
		t.show(b)
	},
	displayPath + ".Clear": func(t *thread, in, out []fp) {
		if t.run != nil && t.run.out != nil {
			t.run.out.Clear(arg[bool](in, 0))
		}
	},
}

const displayPath = "github.com/convnotes/convnotes/kernel/display"

// writer is where a write goes: the cell's output in the place of os.Stdout and os.Stderr.
func (t *thread) writer(w io.Writer) io.Writer {
	switch w {
	case io.Writer(os.Stdout):
		return t.run.stdout()
	case io.Writer(os.Stderr):
		return t.run.stderr()
	}
	return w
}

// cellWriter is an argument for compiled code: where that takes os.Stdout or
// os.Stderr for an io.Writer and may keep it, it gets the output of the cell.
func (c *comp) cellWriter(n *node) *node {
	named, ok := types.Unalias(n.typ).(*types.Named)
	if !ok || named.Obj().Name() != "Writer" || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "io" || n.isNil {
		return n
	}
	g := get[eface](n)
	m := c.rvalue(n.typ, func(f fp) eface {
		v := g(f)
		w := head(f).t.writer(*(*io.Writer)(unsafe.Pointer(&v)))
		return *(*eface)(unsafe.Pointer(&w))
	})
	m.calls = n.calls
	return m
}

// log writes a line as the default logger does.
func (t *thread) log(text string) {
	l := log.New(t.writer(log.Writer()), log.Prefix(), log.Flags())
	_ = l.Output(2, text)
}

func (t *thread) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.s.stopping():
		t.abort()
	}
}

func (t *thread) show(b display.Bundle) {
	if t.run != nil && t.run.out != nil {
		t.run.out.Display(b)
	}
}
