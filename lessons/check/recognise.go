package check

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// An outcome is what a call came to: a value, or a panic.
type outcome struct {
	value    array
	raw      any
	ok       bool // value is one
	panicked any
}

func call(f reflect.Value, args []any) outcome {
	in := make([]reflect.Value, len(args))
	for i, arg := range args {
		in[i] = reflect.ValueOf(arg)
	}
	return evaluate(func() any { return f.Call(in)[0].Interface() })
}

func evaluate(f func() any) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			stopped(p)
			o = outcome{panicked: p}
		}
	}()
	o.raw = f()
	o.value, o.ok = arrayOf(o.raw)
	return o
}

// stopped passes on the panics that end a cell from outside: an interrupt is
// no wrong answer.
func stopped(p any) {
	err, ok := p.(error)
	if !ok {
		return
	}
	var end interface{ Interrupted() bool }
	var yielded *cnn.Interrupted
	if errors.As(err, &end) && end.Interrupted() || errors.As(err, &yielded) {
		panic(p)
	}
}

// alike says whether two outcomes are the same answer: equal values, or panics.
func alike(a, b outcome) bool {
	if a.panicked != nil || b.panicked != nil {
		return a.panicked != nil && b.panicked != nil
	}
	return a.ok && b.ok && a.value.agrees(b.value, 1e-6)
}

// recognise returns the known mistakes with which the definition does what f
// does on every one of the random inputs. Two mistakes made both are looked for
// only where no single one fits.
func (op Operation) recognise(f reflect.Value) (ids []string, both bool) {
	r := randFor(op.name[0] + " mistakes")
	var trials []*trial
	for range draws {
		trials = append(trials, op.try(f, op.draw(r)))
	}
	if !telling(trials) {
		return nil, false
	}
	for _, id := range op.mistakes {
		if op.behaves(trials, mistakes{id}) {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		return ids, false
	}
	for i, a := range op.mistakes {
		for _, b := range op.mistakes[i+1:] {
			if family(a) != family(b) && op.behaves(trials, mistakes{a, b}) {
				return []string{a, b}, true
			}
		}
	}
	return nil, false
}

// telling says whether the trials can name a mistake: some differ from the
// truth, and at least a quarter of them have values.
func telling(trials []*trial) bool {
	failed, values := 0, 0
	for _, t := range trials {
		if !t.passed() {
			failed++
		}
		if t.got.ok {
			values++
		}
	}
	return failed > 0 && 4*values >= len(trials)
}

func (op Operation) behaves(trials []*trial, m mistakes) bool {
	for _, t := range trials {
		if !alike(t.got, evaluate(func() any { return op.run(m, t.args) })) {
			return false
		}
	}
	return true
}

// family is the row of the table a mistake belongs to: M17a and M17b are both M17.
func family(id string) string { return strings.TrimRight(id, "abcdef") }

// cause names recognised mistakes: both that were made, or any that fits.
func cause(ids []string, both bool) string {
	var texts []string
	for _, id := range ids {
		text := say(known[family(id)][0], known[family(id)][1])
		if len(texts) == 0 || texts[len(texts)-1] != text {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return ""
	}
	link := say("; or ", "；或者")
	if both {
		link = say(", and ", "，而且")
	}
	return say("It behaves as if ", "它的表现就像：") + strings.Join(texts, link) + say(".", "。")
}

// panicText says what a panic in the learner's function was.
func panicText(p any) string {
	stopped(p)
	text := fmt.Sprint(p)
	var e interface {
		error
		Traceback() []string
	}
	if err, ok := p.(error); ok && errors.As(err, &e) {
		text = strings.Join(e.Traceback(), "\n")
	}
	return say("the function panicked: ", "函数发生了 panic：") + text
}

// failedBy is the result of a check in which the learner's function panicked.
func failedBy(title string, p any) Result {
	stopped(p)
	if strings.Contains(fmt.Sprint(p), "not implemented") {
		return fail(title, unwrittenText())
	}
	return fail(title, panicText(p))
}
