package gocell

import (
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

// readyToTest sets package testing up for testing.RunTests, which does nothing
// in a process that go test has not started.
func readyToTest() {
	setUpTesting()
	if !flag.Parsed() {
		_ = flag.CommandLine.Parse(nil)
	}
}

// setUpTesting does what the main function of a test binary does; as a worker
// for fuzzing without targets it prints nothing. The flags of tests stay out of
// the session's command line.
var setUpTesting = sync.OnceFunc(func() {
	if testing.Testing() {
		return
	}
	defer ownFlags()()
	m := testing.MainStart(testDeps{match: matchAll}, nil, nil, nil, nil)
	_ = flag.Set("test.fuzzworker", "true")
	m.Run()
	_ = flag.Set("test.fuzzworker", "false")
})

type matchFunc = func(pattern, name string) (bool, error)

func matchAll(string, string) (bool, error) { return true, nil }

// testDeps is what package testing asks of a test binary: nothing but the names
// of the tests to run.
type testDeps struct{ match matchFunc }

var errNoProfile = errors.New("there are no profiles of tests in a cell")

func (d testDeps) MatchString(pattern, name string) (bool, error) { return d.match(pattern, name) }
func (testDeps) ImportPath() string                               { return "main" }
func (testDeps) ModulePath() string                               { return "" }
func (testDeps) SetPanicOnExit0(bool)                             {}
func (testDeps) StartCPUProfile(io.Writer) error                  { return errNoProfile }
func (testDeps) StopCPUProfile()                                  {}
func (testDeps) StartTestLog(io.Writer)                           {}
func (testDeps) StopTestLog() error                               { return errNoProfile }
func (testDeps) WriteProfileTo(string, io.Writer, int) error      { return errNoProfile }
func (testDeps) CoordinateFuzzing(time.Duration, int64, time.Duration, int64, int, []corpusEntry, []reflect.Type, string, string) error {
	return errNoProfile
}
func (testDeps) RunFuzzWorker(func(corpusEntry) error) error              { return nil }
func (testDeps) ReadCorpus(string, []reflect.Type) ([]corpusEntry, error) { return nil, nil }
func (testDeps) CheckCorpus([]any, []reflect.Type) error                  { return nil }
func (testDeps) ResetCoverage()                                           {}
func (testDeps) SnapshotCoverage()                                        {}
func (testDeps) InitRuntimeCoverage() (string, func(string, string) (string, error), func() float64) {
	return "", nil, nil
}

// A corpusEntry is the type that package testing keeps under this name.
type corpusEntry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

// pastedTests is the call that runs the tests of a pasted test file, a cell that
// begins with a package clause and is no program; empty where it has none.
func pastedTests(source string) string {
	toks, _ := lex.Scan(source)
	if len(toks) == 0 || toks[0].Tok != token.PACKAGE {
		return ""
	}
	var list strings.Builder
	for _, it := range lex.Split(toks) {
		if it.Tokens[0].Tok == token.FUNC && len(it.Tokens) > 1 && isTest(it.Tokens[1].Text) {
			fmt.Fprintf(&list, "{%q, %[1]s}, ", it.Tokens[1].Text)
		}
	}
	if list.Len() == 0 {
		return ""
	}
	return `if testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{` +
		list.String() + `}) { fmt.Println("PASS") } else { fmt.Println("FAIL") }`
}

// isTest reports whether go test takes a function of this name for a test.
func isTest(name string) bool {
	rest, ok := strings.CutPrefix(name, "Test")
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && name != "TestMain" && !unicode.IsLower(r)
}

// failTest ends a test whose code in a cell has panicked: package testing would
// let the panic end the process. It does nothing where the function is none of a test.
func (t *thread) failTest(sig *layout, in []fp, p *panicking) {
	if len(in) == 0 {
		return
	}
	tb, ok := valueAt(sig.slots[len(sig.results)].rt, in[0]).Interface().(testing.TB)
	if !ok {
		return
	}
	if _, ok := tb.(*testing.T); !ok {
		t.s.goroutineFailed(t, p) // nobody prints the log of a benchmark
	} else if recoverable(p.val) {
		err := t.s.panicError(p).(*Error)
		fmt.Fprintln(tb.Output(), strings.Join(err.Traceback(), "\n"))
	}
	tb.FailNow()
}

// tell writes a line of a test's log with its place in the cell.
func (t *thread) tell(in []fp, text string) *testing.T {
	test := arg[*testing.T](in, 0) // or a B or an F: what they have in common comes first in each
	var place string
	if trace := t.trace(); len(trace) > 0 {
		if c, line, _, _ := t.s.placeIn(trace[0].fn, trace[0].pos); c != nil {
			place = fmt.Sprintf("cell %d, line %d: ", c.number, line)
		}
	}
	fmt.Fprintln(test.Output(), place+strings.TrimSuffix(text, "\n"))
	return test
}

func init() {
	for name, end := range map[string]func(*testing.T){
		"Log": func(*testing.T) {}, "Error": (*testing.T).Fail, "Fatal": (*testing.T).FailNow, "Skip": (*testing.T).SkipNow,
	} {
		natives["(*testing.common)."+name] = func(t *thread, in, out []fp) { end(t.tell(in, fmt.Sprintln(arg[[]any](in, 1)...))) }
		natives["(*testing.common)."+name+"f"] = func(t *thread, in, out []fp) {
			end(t.tell(in, fmt.Sprintf(arg[string](in, 1), arg[[]any](in, 2)...)))
		}
	}
}

// strayed reports whether a panic of this goroutine would end the process:
// compiled code has started it, and nobody who is known to recover.
func strayed() bool {
	stack := make([]byte, 1<<16)
	stack = stack[:runtime.Stack(stack, false)]
	i := strings.LastIndex(string(stack), "\ncreated by ")
	if i < 0 {
		return false
	}
	by := string(stack[i+len("\ncreated by "):])
	for _, p := range []string{"github.com/convnotes/", "iter.", "net/http.", "golang.org/x/"} {
		if strings.HasPrefix(by, p) {
			return false
		}
	}
	return true
}
