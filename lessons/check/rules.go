package check

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/convnotes/convnotes/cnn"
)

var (
	mu   sync.Mutex
	uses func(name string) []string
)

// SetUses sets the function that lists the compiled functions which a function
// of the session reaches, through helpers and function values too, written as
// "cnn.CrossCorrelate" and "(*cnn.Tensor).Reshape". The evaluator knows them.
func SetUses(f func(name string) []string) {
	mu.Lock()
	defer mu.Unlock()
	uses = f
}

// Forbid checks that the learner's function does not hand the work to one of
// the named functions. It earns no points; broken, it costs them all.
func Forbid(name string, forbidden ...string) Result {
	title := fmt.Sprintf(say("%s does the work itself", "%s 自己完成计算"), name)
	mu.Lock()
	list := uses
	mu.Unlock()
	if list == nil {
		return Result{Title: title, rule: true, Message: say("this session cannot tell which functions the answer uses", "当前会话无法得知答案使用了哪些函数")}
	}
	for _, used := range list(name) {
		if slices.Contains(forbidden, used) {
			return Result{Title: title, rule: true, Message: fmt.Sprintf(say(
				"it uses %s. This exercise is about writing that operation yourself, so the answer may not call it, nor through a helper.",
				"它用到了 %s。这道练习就是要自己写出这个运算，所以答案不能调用它，也不能通过别的函数间接调用。"), used)}
		}
	}
	return Result{Passed: true, Title: title, rule: true}
}

// Property checks that something holds; en and zh say what.
func Property(en, zh string, holds func() bool) (r Result) {
	title := say(en, zh)
	defer func() {
		if p := recover(); p != nil {
			r = failedBy(title, p)
		}
	}()
	if holds() {
		return pass(title)
	}
	return fail(title, say("this does not hold", "不成立"))
}

// Choice checks the answer to a question against the digest of the right one.
func Choice(name, answer, digest string) Result {
	title := fmt.Sprintf(say("your answer to %s", "%s 的回答"), name)
	answer = strings.ToLower(strings.TrimSpace(answer))
	switch {
	case answer == "":
		return fail(title, say("not answered yet: write the letter of an option between the quotes", "还没有回答：把选项的字母写在引号里"))
	case Digest(name, answer) != digest:
		return fail(title, fmt.Sprintf(say("%s is not it. Think again, or run the cells below and look.", "%s 不对。再想一想，或者运行下面的单元格看看。"), answer))
	}
	return pass(title)
}

// Digest returns what Choice compares, so that a notebook does not spell the
// answer out.
func Digest(name, answer string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(name+":"+answer)))[:10]
}

// Gradient checks the gradient of f at x, element by element, against the
// central difference (f(x+h) − f(x−h))/2h. Where the slopes on the two sides of an
// element differ, f has a kink and any gradient between them passes.
func Gradient(f func(x *cnn.Tensor) float64, x, gradient *cnn.Tensor) (r Result) {
	const h, tolerance = 1.0 / 128, 2e-2 // h is exact in float32
	title := say("the gradient, against small steps", "梯度（与数值差分比较）")
	defer func() {
		if p := recover(); p != nil {
			r = failedBy(title, p)
		}
	}()
	if gradient == nil || !sameShape(gradient.Shape(), x.Shape()) {
		return fail(title, fmt.Sprintf(say("the gradient needs the shape of the input, %s", "梯度的形状应与输入相同：%s"), cnn.Dims(x.Shape())))
	}
	for i := range count(x.Shape()) {
		index := unravel(i, x.Shape())
		left, right := slopes(f, x, index, h)
		got := gradient.At(index...)
		slack := tolerance * max(1, math.Abs(left), math.Abs(right))
		if got < min(left, right)-slack || got > max(left, right)+slack || math.IsNaN(got) {
			return fail(title, fmt.Sprintf(say("element %s is %s; a step of %g there changes the result at a rate of %s", "元素 %s 是 %s；在那里走一小步 %g，结果的变化率是 %s"),
				place(index), short(got), h, short((left+right)/2)))
		}
	}
	return pass(title)
}

func slopes(f func(x *cnn.Tensor) float64, x *cnn.Tensor, index []int, h float64) (left, right float64) {
	at := x.At(index...)
	value := func(v float64) float64 {
		moved := clone(x)
		moved.Set(v, index...)
		return f(moved)
	}
	middle := value(at)
	return (middle - value(at-h)) / h, (value(at+h) - middle) / h
}
