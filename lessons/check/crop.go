package check

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"

	"github.com/convnotes/convnotes/cnn"
)

// A cropper cuts a window of C×size×size out of C×H×W, at a place drawn from source.
type cropper = func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor

// An answer is tried on several images, and each is cropped 200 times: of its at
// most 3·3 windows one stays away by chance once in 2·10⁹ times.
const cropImages, crops = 6, 200

// RandomCrop checks a random crop by what it shows: that every crop is a window
// of the image, that each of the (H−size+1)·(W−size+1) windows comes, as often as
// the others, and that the same source gives the same crops. f is a
// func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor.
func RandomCrop(f cropper) Result {
	title := fmt.Sprintf(say("random crops, %d of every image", "随机裁剪：每幅图像剪 %d 次"), crops)
	r := randFor(windows.name[0])
	for range cropImages {
		seen := cropped(f, windows.draw(r), crops, r.Uint64())
		problem := cropProblem(seen)
		if problem == "" {
			continue
		}
		result := fail(title, problem)
		if !seen[0].unwritten() {
			ids, both := windows.recognise(reflect.ValueOf(windowsOf(f)))
			result.Mutations, result.Cause = ids, cause(ids, both)
		}
		return result
	}
	if problem := drawProblem(f, r); problem != "" {
		return fail(title, problem)
	}
	return pass(title)
}

// cropped is what n calls of f come to, with a source of that seed.
func cropped(f cropper, args []any, n int, seed uint64) []*trial {
	source := rand.New(rand.NewPCG(seed, 0))
	seen := make([]*trial, n)
	for i := range seen {
		mine := cloneArgs(args)
		got := evaluate(func() any { return f(mine[0].(*cnn.Tensor), mine[1].(int), source) })
		seen[i] = &trial{args: args, got: got, touched: !sameArgs(args, mine)}
	}
	return seen
}

// cropProblem says what is wrong with crops of an image, "" where nothing is.
func cropProblem(seen []*trial) string {
	x, size := seen[0].args[0].(*cnn.Tensor), seen[0].args[1].(int)
	rows, cols := x.Dim(1)-size+1, x.Dim(2)-size+1
	all := windowsIn(x, size)
	came := make([]bool, len(all))
	for _, t := range seen {
		p := which(t.got, all)
		if t.touched || p < 0 {
			return windowProblem(t, x, size)
		}
		came[p] = true
	}
	p := slices.Index(came, false)
	if p < 0 {
		return ""
	}
	return fmt.Sprintf(say("in %d crops, none began in row %d, column %d; there are %d·%d places to begin at, from 0,0 to %d,%d",
		"剪了 %d 次，没有一次从第 %d 行、第 %d 列开始；起点共有 %d·%d 个，从 0,0 到 %d,%d"),
		len(seen), p/cols, p%cols, rows, cols, rows-1, cols-1) + "\n" + windows.inputsText(seen[0].args)
}

// windowProblem says why a crop is no window of x.
func windowProblem(t *trial, x *cnn.Tensor, size int) string {
	if t.touched || !t.got.ok {
		return windows.message(t)
	}
	got, shape := t.got.value, []int{x.Dim(0), size, size}
	problem := say("this is no window of x, the same in all channels:\n", "x 里没有这样的窗口（各通道的位置要相同）：\n") + got.String()
	if !sameShape(got.shape, shape) {
		problem = difference(got, array{shape: shape}, 0)
	}
	return problem + "\n" + windows.inputsText(t.args)
}

// windowsIn lists the windows of x row by row.
func windowsIn(x *cnn.Tensor, size int) (all []array) {
	for _, at := range places(nil, x.Dim(1), x.Dim(2), size) {
		a, _ := arrayOf(x.Crop(at[0], at[1], size, size))
		all = append(all, a)
	}
	return all
}

// which returns the number of the window that a crop is, −1 where it is none.
func which(o outcome, all []array) int {
	return slices.IndexFunc(all, func(a array) bool { return o.ok && o.value.agrees(a, 0) })
}

// drawProblem says what is wrong with the way the places are drawn.
func drawProblem(f cropper, r *rand.Rand) string {
	args, seed := []any{randomTensor(r, 2, 4, 4), 2}, r.Uint64()
	seen := cropped(f, args, 5*crops, seed)
	for i, again := range cropped(f, args, 20, seed) {
		if !alike(again.got, seen[i].got) {
			return say("two sources with the same seed gave different crops: draw the place from source, and from nothing else",
				"同样种子的两个 source 剪出了不同的窗口：位置只能从 source 抽取")
		}
	}
	return even(args[0].(*cnn.Tensor), seen)
}

// even says which of the 3·3 windows of 2×2 comes more than one and a half times
// as often as it should, which by chance happens less than once in 10⁶ times.
func even(x *cnn.Tensor, seen []*trial) string {
	all := windowsIn(x, 2)
	counts := make([]int, len(all))
	for _, t := range seen {
		if p := which(t.got, all); p >= 0 {
			counts[p]++
		}
	}
	for p, n := range counts {
		if n*len(all) > len(seen)*3/2 {
			return fmt.Sprintf(say("of %d crops, %d began in row %d, column %d: all %d places should come equally often",
				"剪了 %d 次，有 %d 次从第 %d 行、第 %d 列开始：%d 个起点出现的机会应当相同"), len(seen), n, p/3, p%3, len(all))
		}
	}
	return ""
}

// windows is the set of the crops that can come out, by which mistakes are told
// apart: no answer has to draw as another does.
var windows = Operation{
	name: [2]string{"random crops", "随机裁剪"}, inputs: "x size", signature: (func(x *cnn.Tensor, size int) []float64)(nil),
	run: func(m mistakes, args []any) any {
		x, size := args[0].(*cnn.Tensor), args[1].(int)
		var all []outcome
		for _, at := range places(m, x.Dim(1), x.Dim(2), size) {
			all = append(all, evaluate(func() any { return window(m, x, at[0], at[1], size) }))
		}
		return distinct(all)
	},
	draw: func(r *rand.Rand) []any {
		size := between(r, 2, 3)
		return []any{randomTensor(r, between(r, 2, 3), size+between(r, 0, 2), size+between(r, 0, 2)), size}
	},
	mistakes: []string{"M6a", "M6b", "M20", "M80a", "M80b", "M80c", "M80d", "K5a", "K5b", "W11a", "W11b", "R1", "R2", "R3a", "R3b", "R4"},
}

// windowsOf is the set of what f returns in many draws.
func windowsOf(f cropper) func(x *cnn.Tensor, size int) []float64 {
	return func(x *cnn.Tensor, size int) []float64 {
		var all []outcome
		for _, t := range cropped(f, []any{x, size}, crops, 1) {
			all = append(all, t.got)
		}
		return distinct(all)
	}
}

// distinct writes a set of outcomes, shapes and values, in one order; a call
// without a value is NaN.
func distinct(all []outcome) []float64 {
	var rows [][]float64
	for _, o := range all {
		row := []float64{math.NaN()}
		if o.ok {
			row = row[:0]
			for _, d := range o.value.shape {
				row = append(row, float64(d))
			}
			row = append(row, o.value.data...)
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, slices.Compare)
	return slices.Concat(slices.CompactFunc(rows, func(a, b []float64) bool { return slices.Compare(a, b) == 0 })...)
}

// places lists where a window can begin. One that lies outside stands for a draw
// that panics.
func places(m mistakes, h, w, size int) (list [][2]int) {
	rows, cols := reach(m, h-size), reach(m, w-size)
	if m.has("M80d") {
		rows = span(0, h-size)
	}
	if m.has("M80c") {
		cols = span(0, w-size)
	}
	switch {
	case m.has("M6b"):
		rows, cols = cols, rows
	case m.has("K5a"):
		cols = rows
	case m.has("K5b"):
		rows = cols
	}
	for _, top := range rows {
		for _, left := range cols {
			if m.has("R3a") {
				left = top
			}
			if m.has("R3b") {
				top = left
			}
			list = append(list, [2]int{top, left})
		}
	}
	return list
}

// reach lists the places on an axis of which last is the last.
func reach(m mistakes, last int) []int {
	switch {
	case m.has("M80a") || m.has("M80c") || m.has("M80d"):
		return span(0, last-1)
	case m.has("M80b"):
		return span(1, last)
	case m.has("R1"):
		return []int{0}
	case m.has("R2"):
		return []int{last / 2}
	case m.has("R4"):
		return span(0, last+1)
	}
	return span(0, last)
}

// span lists the numbers from first to last; drawing from none panics.
func span(first, last int) (list []int) {
	if first > last {
		return []int{-1}
	}
	for i := first; i <= last; i++ {
		list = append(list, i)
	}
	return list
}

// window cuts the window out that begins at (top, left).
func window(m mistakes, x *cnn.Tensor, top, left, size int) *cnn.Tensor {
	switch {
	case top < 0 || left < 0:
		panic("there is no place")
	case m.has("W11a"):
		size++
	case m.has("W11b"):
		size--
	}
	return fill(func(i []int) float64 {
		c, row, col := i[0], top+i[1], left+i[2]
		if m.has("M6a") {
			row, col = top+i[2], left+i[1]
		}
		if m.has("M20") {
			c = 0
		}
		return x.At(c, row, col)
	}, x.Dim(0), size, size)
}
