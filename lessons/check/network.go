package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// Network checks a network that the learner built against a reference: what
// comes out of every layer with weights and of every layer that changes the
// shape, how many parameters it has, and where the activations stand. The input
// carries only its shape, so the largest network costs nothing. A network may
// be cut into blocks as one likes. The network is a layers.Layer or the function
// that makes it, so that one not written yet is a result and no panic.
func Network(made any, reference layers.Layer, shape ...int) (r Result) {
	title := fmt.Sprintf(say("the network, layer by layer, for an input of %s", "逐层检查网络，输入为 %s"), cnn.Dims(shape))
	defer func() {
		if p := recover(); p != nil {
			r = failedBy(title, p)
		}
	}()
	net := networkOf(made)
	if net == nil {
		return fail(title, say("there is no network: nil", "没有网络：nil"))
	}
	got, broken := stagesOf(net, shape)
	want, _ := stagesOf(reference, shape)
	for i := range min(len(got), len(want)) {
		if problem, id := got[i].differs(want[i], i); problem != "" {
			if id == "" {
				id = arranged(got, want, broken != nil)
			}
			return explained(fail(title, problem), id)
		}
	}
	switch {
	case broken != nil:
		return broken.result(title, got, want)
	case len(got) < len(want):
		return explained(fail(title, fmt.Sprintf(say("after layer %d the network ends; %d layers are missing (activations do not count)", "网络在第 %d 层之后就结束了，还少 %d 层（激活函数不算层）"), len(got), len(want)-len(got))), arranged(got, want, false))
	case len(got) > len(want):
		return fail(title, fmt.Sprintf(say("layer %d, %s, is one too many", "第 %d 层 %s 是多余的"), len(want)+1, got[len(want)].Name))
	}
	return pass(title)
}

// networkOf is nil where nothing was made.
func networkOf(made any) layers.Layer {
	if build, ok := made.(func() layers.Layer); ok {
		return build()
	}
	net, ok := made.(layers.Layer)
	if !ok && made != nil {
		panic(fmt.Sprintf("check.Network: got %T: want a layers.Layer or a func() layers.Layer", made))
	}
	return net
}

func explained(r Result, ids ...string) Result {
	for _, id := range ids {
		if id != "" {
			r.Mutations = append(r.Mutations, id)
		}
	}
	r.Cause = cause(r.Mutations, false)
	return r
}

// A stage is a layer with weights, or one that changes the shape, and the
// activations that follow it.
type stage struct {
	layers.Row
	activations []string
}

var activations = []string{"ReLU", "LeakyReLU", "Sigmoid", "Tanh", "ScaledTanh", "Softmax"}

// stagesOf returns the stages up to the end, or up to where the network broke.
func stagesOf(net layers.Layer, shape []int) (stages []stage, broken *breach) {
	rows, broken := rowsOf(net, shape)
	for _, row := range rows {
		name, _, _ := strings.Cut(row.Name, "(")
		switch {
		case slices.Contains(activations, name):
			if n := len(stages); n > 0 && name != "Softmax" {
				activate(stages, name)
			}
		case row.Parameters > 0 || !sameMaps(row.In, row.Out) || strings.Contains(name, "Pool"):
			stages = append(stages, stage{Row: row})
		}
	}
	return stages, broken
}

// sameMaps says whether two shapes are the same but for axes of one cell: a map
// of 1×1 is its number.
func sameMaps(a, b []int) bool { return slices.Equal(withoutCells(a), withoutCells(b)) }

func withoutCells(shape []int) []int {
	for len(shape) > 2 && shape[len(shape)-1] == 1 {
		shape = shape[:len(shape)-1]
	}
	return shape
}

// activate hangs an activation on the last stage; behind a maximum pooling, which
// it may change places with, on the one before.
func activate(stages []stage, name string) {
	last := &stages[len(stages)-1]
	if n := len(stages); n > 1 && kind(last.Name) == "MaxPool2D" && len(last.activations) == 0 && len(stages[n-2].activations) == 0 {
		last = &stages[n-2]
	}
	last.activations = append(last.activations, name)
}

// A breach is where a network does not fit together: a layer that cannot take
// what comes to it, or a place where paths do not join.
type breach struct {
	layer    layers.Layer
	in       []int
	panicked any
}

func (b *breach) result(title string, got, want []stage) Result {
	if b.layer == nil {
		return failedBy(title, b.panicked)
	}
	name, next := layers.NameOf(b.layer), len(got)
	r := fail(title, fmt.Sprintf(say("layer %d, %s, cannot take what comes to it, %s\n%s", "第 %d 层 %s 接不上传来的 %s\n%s"),
		next+1, name, cnn.Dims(b.in), panicText(b.panicked)))
	switch {
	case next+1 < len(want) && kind(name) == kind(want[next+1].Name) && kind(name) != kind(want[next].Name):
		return explained(r, "X1")
	case next < len(want) && kind(name) == kind(want[next].Name) && slices.ContainsFunc(got, func(s stage) bool { return s.Name == name }):
		return explained(r, "M85")
	}
	return r
}

func kind(name string) string { name, _, _ = strings.Cut(name, "("); return name }

// rowsOf runs a network on a shape and returns what its layers made of it, and
// where it broke.
func rowsOf(net layers.Layer, shape []int) (rows []layers.Row, broken *breach) {
	var b breach
	defer func() {
		if b.panicked = recover(); b.panicked != nil {
			stopped(b.panicked)
			broken = &b
		}
	}()
	var visit func(l layers.Layer, x *cnn.Tensor) *cnn.Tensor
	visit = func(l layers.Layer, x *cnn.Tensor) *cnn.Tensor {
		if c, ok := l.(layers.Container); ok {
			return c.Through(x, visit)
		}
		b.layer, b.in = l, x.Shape()
		row := layers.Summary(l, x.Shape()...).Rows[0]
		rows = append(rows, row)
		b.layer = nil
		return cnn.ShapeOnly(row.Out...)
	}
	visit(net, cnn.ShapeOnly(shape...))
	return rows, nil
}

// arranged says what is wrong with the order: layers left out, or the right ones
// in another order.
func arranged(got, want []stage, broken bool) string {
	switch {
	case len(got) == len(want) && !broken && permuted(got, want):
		return "X2"
	case broken:
		return ""
	case lacks(got, want):
		return "X1"
	case lacks(want, got):
		return "X6"
	}
	return ""
}

// lacks says whether some stages in a row, before the last, make the difference.
func lacks(short, long []stage) bool {
	left := len(long) - len(short)
	if left <= 0 {
		return false
	}
	for i := range short {
		if slices.EqualFunc(short[:i], long[:i], stage.like) && slices.EqualFunc(short[i:], long[i+left:], stage.like) {
			return true
		}
	}
	return false
}

// like says whether two stages are the same layer, perhaps for another input.
func (s stage) like(t stage) bool {
	return kind(s.Name) == kind(t.Name) && s.Kernel == t.Kernel && (kind(s.Name) == "Flatten" || s.Out[1] == t.Out[1])
}

func permuted(a, b []stage) bool {
	text := func(s stage) string { return fmt.Sprint(s.Name, s.In, s.Out, s.Parameters, s.activations) }
	count := map[string]int{}
	for i := range a {
		count[text(a[i])]++
		count[text(b[i])]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// differs says how a stage differs from the one that should stand there.
func (s stage) differs(want stage, i int) (problem, id string) {
	place := fmt.Sprintf(say("layer %d, %s, ", "第 %d 层 %s "), i+1, s.Name)
	switch {
	case !sameMaps(s.Out, want.Out):
		problem = place + fmt.Sprintf(say("gives %s, expected %s", "输出 %s，应为 %s"), cnn.Dims(s.Out), cnn.Dims(want.Out))
		if slices.Equal(s.In, want.In) && len(s.Out) == 4 && s.Out[1] == want.Out[1] {
			id = s.window(want)
		}
	case s.Kernel != want.Kernel && kind(s.Name) == kind(want.Name):
		problem, id = place+fmt.Sprintf(say("has a kernel of %s, expected %s", "的卷积核是 %s，应为 %s"), s.Kernel, want.Kernel), "X5"
	case s.reduction() != want.reduction():
		problem, id = place+fmt.Sprintf(say("stands where %s belongs", "应为 %s"), want.Name), s.reduction()
	case s.Parameters != want.Parameters:
		problem = place + fmt.Sprintf(say("has %d parameters, expected %d", "有 %d 个参数，应为 %d 个"), s.Parameters, want.Parameters)
	case len(s.activations) < len(want.activations):
		problem, id = place+say("is not followed by an activation", "后面没有激活函数"), "M86"
	case len(s.activations) > len(want.activations):
		problem = place + fmt.Sprintf(say("is followed by %s, where there should be none", "后面不应有 %s"), s.activations[0])
	}
	if problem == "" && !slices.Equal(s.activations, want.activations) {
		problem, id = place+fmt.Sprintf(say("is followed by %s, expected %s", "后面是 %s，应为 %s"), s.activations[0], want.activations[0]), "X7"
	}
	return problem, id
}

// reduction is the mistake that a pooling is where the other one belongs.
func (s stage) reduction() string {
	return map[string]string{"AvgPool2D": "M40", "GlobalAvgPool2D": "M40", "MaxPool2D": "M41"}[kind(s.Name)]
}

// padded says whether more windows fit than on the input alone.
func (s stage) padded() bool {
	kernel, stride := s.Layer.(layers.Windowed).Window()
	return s.Out[2] > (s.In[2]-kernel)/stride+1
}

// window names what a layer of the right kernel and the wrong size lacks.
func (s stage) window(want stage) string {
	c, ok := s.Layer.(layers.Windowed)
	w, wanted := want.Layer.(layers.Windowed)
	if !ok || !wanted || kind(s.Name) != kind(want.Name) {
		return ""
	}
	_, stride := c.Window()
	_, wantStride := w.Window()
	switch {
	case stride == wantStride && s.Kernel == want.Kernel && s.padded() && want.padded():
		return "X8"
	case stride == wantStride && s.Kernel == want.Kernel && s.Out[2] < want.Out[2]:
		return "M11"
	case stride == 1 && wantStride > 1:
		return "M16"
	case stride != wantStride:
		return "X3"
	case s.Kernel == want.Kernel:
		return "X4"
	}
	return "X5"
}
