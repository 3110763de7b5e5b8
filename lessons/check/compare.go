package check

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// rounding is how far two ways to compute the same float32 sums may lie apart.
const rounding = 1e-5

// Equal checks that got is want, but for the rounding of float32. Both are
// numbers, slices, tensors, truth values or texts.
func Equal(got, want any) Result { return compare(got, want, rounding) }

// Near checks that got agrees with want within a tolerance, relative to the
// larger of the two where that is above 1.
func Near(got, want any, tolerance float64) Result { return compare(got, want, tolerance) }

// Prediction checks a value that a student worked out by hand, of what it is. What
// is wrong is told, never the value expected: that would be the answer.
func Prediction(of string, got, want any) Result {
	title := fmt.Sprintf(say("your prediction of %s", "你对 %s 的预测"), of)
	w, wantIs := arrayOf(want)
	g, gotIs := arrayOf(got)
	if !wantIs || !gotIs || !sameShape(g.shape, w.shape) {
		return fail(title, fmt.Sprintf(say("this is not a value of the right kind: %s", "这里的值类型不对：%s"), describe(got)))
	}
	first, wrong := firstWrong(g, w, rounding)
	switch {
	case wrong == 0:
		return pass(title)
	case len(w.shape) == 0:
		return fail(title, fmt.Sprintf(say("it is not %s; work it out once more", "不是 %s，请再算一遍"), short(g.data[first])))
	}
	return fail(title, fmt.Sprintf(say("element %s is not %s (%d of %d values are wrong); work it out once more", "元素 %s 不是 %s（%[4]d 个值中有 %[3]d 个不对），请再算一遍"),
		place(unravel(first, w.shape)), short(g.data[first]), wrong, len(w.data)))
}

func compare(got, want any, tolerance float64) Result {
	title := say("the expected value", "结果的值")
	if text, ok := want.(string); ok {
		return compareText(title, fmt.Sprint(got), text)
	}
	w, ok := arrayOf(want)
	if !ok {
		return fail(title, fmt.Sprintf(say("this check cannot compare a %T", "这个检查不能比较 %T"), want))
	}
	g, ok := arrayOf(got)
	if !ok {
		return fail(title, fmt.Sprintf(say("there is no value to compare: %s, expected %s", "没有可比较的值：得到 %s，应为 %s"), describe(got), shapeText(w.shape)))
	}
	if problem := difference(g, w, tolerance); problem != "" {
		return fail(title, problem)
	}
	return pass(title)
}

func describe(v any) string {
	if t, ok := v.(*cnn.Tensor); ok && t != nil && t.IsShapeOnly() {
		return say("a tensor that carries only a shape", "只有形状、没有数据的张量")
	}
	if r := reflect.ValueOf(v); !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil() {
		return "nil"
	}
	return fmt.Sprintf("%T", v)
}

// difference says how got differs from want, "" where it does not.
func difference(got, want array, tolerance float64) string {
	if !sameShape(got.shape, want.shape) {
		return fmt.Sprintf(say("the shape is %s, expected %s", "形状是 %s，应为 %s"), shapeText(got.shape), shapeText(want.shape))
	}
	first, wrong := firstWrong(got, want, tolerance)
	if wrong == 0 {
		return ""
	}
	g, w := short(got.data[first]), short(want.data[first])
	if g == w {
		g, w = fmt.Sprint(got.data[first]), fmt.Sprint(want.data[first])
	}
	if len(want.shape) == 0 {
		return fmt.Sprintf(say("got %s, expected %s", "得到 %s，应为 %s"), g, w)
	}
	return fmt.Sprintf(say("element %s is %s, expected %s (%d of %d values are wrong)", "元素 %s 是 %s，应为 %s（%[5]d 个值中有 %[4]d 个不对）"),
		place(unravel(first, want.shape)), g, w, wrong, len(want.data))
}

func compareText(title, got, want string) Result {
	if got == want {
		return pass(title)
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range w {
		if i >= len(g) {
			return fail(title, fmt.Sprintf(say("line %d is missing, expected %q", "缺少第 %d 行，应为 %q"), i+1, w[i]))
		}
		if g[i] != w[i] {
			return fail(title, fmt.Sprintf(say("line %d is %q, expected %q", "第 %d 行是 %q，应为 %q"), i+1, g[i], w[i]))
		}
	}
	return fail(title, fmt.Sprintf(say("line %d is one too many: %q", "第 %d 行是多余的：%q"), len(w)+1, g[len(w)]))
}

// Output checks a text, as fmt.Sprint returns it, line by line. Spaces at the
// ends of lines and empty lines at the end do not count.
func Output(got, want string) Result {
	return compareText(say("the printed text", "输出的文字"), tidy(got), tidy(want))
}

func tidy(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// Shape checks the shape of a tensor.
func Shape(got *cnn.Tensor, want ...int) Result {
	title := fmt.Sprintf(say("the shape %s", "形状 %s"), cnn.Dims(want))
	if got == nil {
		return fail(title, say("there is no tensor: nil", "没有张量：nil"))
	}
	if !sameShape(got.Shape(), want) {
		return fail(title, fmt.Sprintf(say("the shape is %s, expected %s", "形状是 %s，应为 %s"), cnn.Dims(got.Shape()), cnn.Dims(want)))
	}
	return pass(title)
}
