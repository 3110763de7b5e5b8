package check

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// An Operation is what an exercise asks for: its definition, inputs to try it
// on, and the mistakes people make.
type Operation struct {
	name      [2]string // in English and Chinese
	inputs    string    // the names of the inputs, "x k"
	signature any       // a nil function of the type asked for
	// run computes the operation, with the mistakes of m in it; with none it is
	// the definition. It panics where the mistake would.
	run func(m mistakes, args []any) any
	// draw returns inputs on which every mistake of the list shows at least now
	// and then.
	draw     func(r *rand.Rand) []any
	mistakes []string
	// explain writes out how an element of the result comes about.
	explain func(args []any, index []int) string
}

// mistakes are ids of the table in mistakes.go.
type mistakes []string

func (m mistakes) has(id string) bool {
	for _, have := range m {
		if have == id {
			return true
		}
	}
	return false
}

// draws is on how many random inputs an answer is tried.
const draws = 20

// Implements checks the learner's function on random inputs against the
// operation's definition. The message shows the smallest input that fails and,
// where the function behaves like a known mistake on every input, names it.
func Implements(function any, op Operation) Result {
	title := fmt.Sprintf(say("%s on random inputs", "%s：随机输入"), say(op.name[0], op.name[1]))
	r := randFor(op.name[0])
	inputs := make([][]any, draws)
	for i := range inputs {
		inputs[i] = op.draw(r)
	}
	return op.check(title, function, inputs)
}

// Example checks the learner's function on given inputs, and looks for a known
// mistake on random ones.
func Example(function any, op Operation, inputs ...any) Result {
	title := fmt.Sprintf(say("%s on the example", "%s：例题"), say(op.name[0], op.name[1]))
	return op.check(title, function, [][]any{inputs})
}

func (op Operation) check(title string, function any, inputs [][]any) Result {
	f := reflect.ValueOf(function)
	if want := reflect.TypeOf(op.signature); !f.IsValid() || f.Type() != want {
		return fail(title, fmt.Sprintf(say("expected a %s, this is a %s", "需要 %s，这是 %s"), typeText(want), typeText(reflect.TypeOf(function))))
	}
	worst := op.smallestFailure(f, inputs)
	if worst == nil {
		return pass(title)
	}
	result := fail(title, op.message(worst))
	if worst.unwritten() {
		return result
	}
	ids, both := op.recognise(f)
	result.Mutations, result.Cause = ids, cause(ids, both)
	return result
}

func typeText(t reflect.Type) string {
	if t == nil {
		return "nil"
	}
	return t.String()
}

// A trial is one call of the learner's function.
type trial struct {
	args     []any
	want     array
	got      outcome
	touched  bool // the call changed its inputs
	unwanted bool // the definition has no value here
}

func (op Operation) smallestFailure(f reflect.Value, inputs [][]any) *trial {
	var worst *trial
	for _, args := range inputs {
		t := op.try(f, args)
		if t.passed() || worst != nil && volume(t.args) >= volume(worst.args) {
			continue
		}
		worst = t
		if t.unwritten() {
			break
		}
	}
	return worst
}

func (op Operation) try(f reflect.Value, args []any) *trial {
	t := &trial{args: args}
	want := evaluate(func() any { return op.run(nil, args) })
	t.want, t.unwanted = want.value, want.panicked != nil
	mine := cloneArgs(args)
	t.got = call(f, mine)
	t.touched = !sameArgs(args, mine)
	return t
}

func (t *trial) passed() bool {
	if t.unwanted {
		return t.got.panicked != nil && !t.unwritten()
	}
	return !t.touched && t.got.panicked == nil && t.got.ok && t.got.value.agrees(t.want, rounding)
}

func (t *trial) unwritten() bool {
	return t.got.panicked != nil && strings.Contains(fmt.Sprint(t.got.panicked), "not implemented")
}

// message says what is wrong in a trial.
func (op Operation) message(t *trial) string {
	switch {
	case t.unwritten():
		return unwrittenText()
	case t.got.panicked != nil:
		return panicText(t.got.panicked) + "\n" + op.inputsText(t.args)
	case t.unwanted:
		return say("these inputs have no answer: panic with a message that says so", "这样的输入没有答案：请用 panic 说明原因") + "\n" + op.inputsText(t.args)
	case t.touched:
		return say("the call changed its own input: compute into a new value", "调用改动了输入：请把结果写入新的值") + "\n" + op.inputsText(t.args)
	case !t.got.ok:
		return say("there is no value: ", "没有返回值：") + describe(t.got.raw) + "\n" + op.inputsText(t.args)
	}
	text := difference(t.got.value, t.want, rounding) + "\n" + op.inputsText(t.args)
	if sameShape(t.got.value.shape, t.want.shape) && op.explain != nil {
		first, _ := firstWrong(t.got.value, t.want, rounding)
		text += "\n" + op.explain(t.args, unravel(first, t.want.shape))
	}
	return text
}

// inputsText writes the inputs with their names, matrices row under row.
func (op Operation) inputsText(args []any) string {
	names := strings.Fields(op.inputs)
	var lines []string
	for i, arg := range args {
		text := fmt.Sprint(arg)
		if a, ok := arrayOf(arg); ok {
			text = a.String()
		}
		if strings.Contains(text, "\n") {
			text = "\n  " + strings.ReplaceAll(text, "\n", "\n  ")
		}
		lines = append(lines, names[i]+" = "+text)
	}
	return strings.Join(lines, "\n")
}

// volume is how much there is to read in an input.
func volume(args []any) int {
	n := 0
	for _, arg := range args {
		if a, ok := arrayOf(arg); ok {
			n += len(a.data)
		}
	}
	return n
}

func cloneArgs(args []any) []any {
	c := make([]any, len(args))
	for i, arg := range args {
		c[i] = cloneArg(arg)
	}
	return c
}

func cloneArg(arg any) any {
	switch v := arg.(type) {
	case *cnn.Tensor:
		return clone(v)
	case []float64:
		return append([]float64{}, v...)
	case []int:
		return append([]int{}, v...)
	case [][]int:
		c := make([][]int, len(v))
		for i := range v {
			c[i] = append([]int{}, v[i]...)
		}
		return c
	}
	return arg
}

func sameArgs(a, b []any) bool {
	for i := range a {
		x, ok := arrayOf(a[i])
		y, _ := arrayOf(b[i])
		if ok && !x.agrees(y, 0) {
			return false
		}
	}
	return true
}

func unwrittenText() string {
	return say("not written yet: put your code in place of the panic", "还没有写：请用你的代码替换 panic 那一行")
}
