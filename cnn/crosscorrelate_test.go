package cnn

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// rows makes a matrix of text: one line per row.
func rows(text string) *Tensor {
	var m [][]float64
	for line := range strings.Lines(strings.TrimSpace(text)) {
		var row []float64
		for _, f := range strings.Fields(line) {
			var v float64
			if _, err := fmt.Sscan(f, &v); err != nil {
				panic(err)
			}
			row = append(row, v)
		}
		m = append(m, row)
	}
	return Matrix(m...)
}

var (
	// The 6×6 image of A. Ng, "Convolutional Neural Networks", week 1.
	ng = rows("3 0 1 2 7 4\n1 5 8 9 3 1\n2 7 2 5 1 3\n0 1 3 1 7 8\n4 2 1 6 2 8\n2 4 5 2 3 9")
	// The 7×7 image of the same course, for strided convolution.
	ng7        = rows("2 3 7 4 6 2 9\n6 6 9 8 7 4 3\n3 4 8 3 8 9 7\n7 8 3 6 6 3 4\n4 2 1 8 3 4 6\n3 2 4 1 9 8 3\n0 1 3 9 2 1 4")
	vertical   = rows("1 0 -1\n1 0 -1\n1 0 -1")
	horizontal = rows("1 1 1\n0 0 0\n-1 -1 -1")
	// The binary image and filter of H. Lee, "Machine Learning", CNN.
	lee     = rows("1 0 0 0 0 1\n0 1 0 0 1 0\n0 0 1 1 0 0\n1 0 0 0 1 0\n0 1 0 0 1 0\n0 0 1 0 1 0")
	filter1 = rows("1 -1 -1\n-1 1 -1\n-1 -1 1")
	filter2 = rows("-1 1 -1\n-1 1 -1\n-1 1 -1")
)

func TestWorkedNumbers(t *testing.T) {
	bright := rows(strings.Repeat("10 10 10 0 0 0\n", 6))
	quarters := rows(strings.Repeat("10 10 10 0 0 0\n", 3) + strings.Repeat("0 0 0 10 10 10\n", 3))
	for _, c := range []struct {
		name      string
		got, want *Tensor
	}{
		{"d2l 3×3 with 2×2", CrossCorrelate(Arange(9).Reshape(3, 3), Arange(4).Reshape(2, 2)), rows("19 25\n37 43")},
		{"vertical edges", CrossCorrelate(ng, vertical), rows("-5 -4 0 8\n-10 -2 2 3\n0 -2 -4 -7\n-3 -2 -3 -16")},
		{"bright to dark", CrossCorrelate(bright, vertical), rows(strings.Repeat("0 30 30 0\n", 4))},
		{"dark to bright", CrossCorrelate(Flip(bright, 1), vertical), rows(strings.Repeat("0 -30 -30 0\n", 4))},
		{"quarters", CrossCorrelate(quarters, horizontal), rows("0 0 0 0\n30 10 -10 -30\n30 10 -10 -30\n0 0 0 0")},
		{"filter 1", CrossCorrelate(lee, filter1), rows("3 -1 -3 -1\n-3 1 0 -3\n-3 -3 0 1\n3 -2 -2 -1")},
		{"filter 2", CrossCorrelate(lee, filter2), rows("-1 -1 -1 -1\n-1 -1 -2 1\n-1 -1 -2 1\n-1 0 -4 3")},
		{"filter 1, stride 2", CrossCorrelate(lee, filter1, Stride(2)), rows("3 -3\n-3 0")},
		{"7×7, stride 2", CrossCorrelate(ng7, rows("3 4 4\n1 0 2\n-1 0 3"), Stride(2)), rows("91 100 88\n69 91 117\n44 72 74")},
		{"two channels", CrossCorrelate(FromValues([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 2, 3, 3), FromValues([]float64{0, 1, 2, 3, 1, 2, 3, 4}, 2, 2, 2)), rows("56 72\n104 120")},
		{"echoes", Convolve(rows("1 2 3"), rows("1 0.5"), Padding(0, 1)), rows("1 2.5 4 1.5")},
		{"echoes the other way round", Convolve(rows("1 0.5"), rows("1 2 3"), Padding(0, 2)), rows("1 2.5 4 1.5")},
		{"likeness", CrossCorrelate(rows("1 2 3"), rows("1 0.5"), Padding(0, 1)), rows("0.5 2 3.5 3")},
		{"likeness the other way round", CrossCorrelate(rows("1 0.5"), rows("1 2 3"), Padding(0, 2)), rows("3 3.5 2 0.5")},
		{"two dice", Convolve(Ones(1, 6), Ones(1, 6), Padding(0, 5)), rows("1 2 3 4 5 6 5 4 3 2 1")},
		{"1×1 is a product at each pixel", CrossCorrelate(FromValues([]float64{1, 2, 3}, 3, 1, 1), FromValues([]float64{1, 0, 1, 0, 2, -1}, 2, 3, 1, 1), Bias(Vector(0, 1))), FromValues([]float64{4, 2}, 2, 1, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !slices.Equal(c.got.Shape(), c.want.Shape()) || !slices.Equal(c.got.Values(), c.want.Values()) {
				t.Errorf("got\n%vwant\n%v", c.got, c.want)
			}
		})
	}
}

func TestOutputSize(t *testing.T) {
	for _, c := range []struct {
		name      string
		n, kernel int
		opts      []Option
		want      int
	}{
		{"padding 2 keeps 28", 28, 5, []Option{Padding(2)}, 28},
		{"stride 2 drops the last column", 8, 3, []Option{Stride(2)}, 3},
		{"6 with 3", 6, 3, nil, 4},
		{"padding 1 keeps 6", 6, 3, []Option{Padding(1)}, 6},
		{"AlexNet 227", 227, 11, []Option{Stride(4)}, 55},
		{"AlexNet 224 leaves a remainder", 224, 11, []Option{Stride(4)}, 54},
		{"GoogLeNet pool, floor", 112, 3, []Option{Stride(2)}, 55},
		{"GoogLeNet pool, ceil", 112, 3, []Option{Stride(2), Ceil()}, 56},
		{"6×6 pool 3 stride 2, floor", 6, 3, []Option{Stride(2)}, 2},
		{"6×6 pool 3 stride 2, ceil", 6, 3, []Option{Stride(2), Ceil()}, 3},
		{"a ceil window must start on the image", 4, 2, []Option{Stride(3), Padding(1), Ceil()}, 2},
		{"dilation 2 makes 3 into 5", 7, 3, []Option{Dilation(2)}, 3},
		{"same", 7, 4, []Option{Same()}, 7},
		{"same, stride 2", 7, 3, []Option{Same(), Stride(2)}, 4},
		{"valid after same", 7, 3, []Option{Same(), Valid()}, 5},
		{"rows of an asymmetric padding", 7, 3, []Option{Padding(1, 0, 5, 5)}, 6},
	} {
		if got := OutputSize(c.n, c.kernel, c.opts...); got != c.want {
			t.Errorf("%s: OutputSize(%d, %d) = %d, want %d", c.name, c.n, c.kernel, got, c.want)
		}
	}
}

// The sizes of d2l, "Padding and Stride".
func TestOutputSizePerAxis(t *testing.T) {
	for _, c := range []struct {
		h, w int
		opts []Option
		want []int
	}{
		{3, 3, []Option{Padding(1)}, []int{8, 8}},
		{5, 3, []Option{Padding(2, 1)}, []int{8, 8}},
		{3, 3, []Option{Padding(1), Stride(2)}, []int{4, 4}},
		{3, 5, []Option{Padding(0, 1), Stride(3, 4)}, []int{2, 2}},
	} {
		if got := CrossCorrelate(ShapeOnly(8, 8), ShapeOnly(c.h, c.w), c.opts...).Shape(); !slices.Equal(got, c.want) {
			t.Errorf("kernel %d×%d: %v, want %v", c.h, c.w, got, c.want)
		}
	}
}

func TestShapeErrorSentence(t *testing.T) {
	e := shapeError(t, func() { CrossCorrelate(ShapeOnly(1, 3, 28, 28), ShapeOnly(6, 1, 5, 5)) })
	want := "ShapeError: CrossCorrelate: input 1×3×28×28 does not fit kernel 6×1×5×5: want N×C×H×W and Out×C×Kh×Kw with the same C; use a kernel of 6×3×5×5 or an input of 1×1×28×28"
	if e.Error() != want {
		t.Errorf("got  %s\nwant %s", e, want)
	}
	if len(e.Shapes) != 2 || e.Shapes[1].Name != "kernel" || !slices.Equal(e.Shapes[1].Shape, []int{6, 1, 5, 5}) {
		t.Errorf("shapes %v", e.Shapes)
	}
}

// The mistakes of a first course, each with what to do about it, and every
// argument's shape.
func TestLikelyFixes(t *testing.T) {
	for _, c := range []struct {
		f    func()
		want string
	}{
		{func() { CrossCorrelate(Zeros(28, 28, 3), Zeros(6, 3, 5, 5)) }, "put the channels first: Transpose(x, 2, 0, 1)"},
		{func() { CrossCorrelate(Zeros(2, 28, 28, 3), Zeros(6, 3, 5, 5)) }, "put the channels before the rows: Transpose(x, 0, 3, 1, 2)"},
		{func() { CrossCorrelate(Zeros(1, 3, 28, 28), Zeros(5, 5, 3, 6)) }, "put Out and C of the kernel first: Transpose(k, 3, 2, 0, 1)"},
		{func() { CrossCorrelate(Zeros(2, 1, 28, 28), Zeros(5, 5)) }, "use k.Reshape(1, 1, 5, 5)"},
		{func() { CrossCorrelate(Zeros(2, 3, 28, 28), Zeros(3, 5, 5)) }, "use k.Reshape(1, 3, 5, 5)"},
		{func() { CrossCorrelate(Zeros(3, 28, 28), Zeros(6, 1, 5, 5)) }, "use a kernel of 6×3×5×5 or an input of 1×28×28"},
		{func() { CrossCorrelate(Zeros(3, 28, 28), Zeros(2, 5, 5)) }, "use a kernel of 3×5×5 or an input of 2×28×28"},
		{func() { CrossCorrelate(Zeros(3, 28, 28), Zeros(5, 5)) }, "use one channel, x.Channel(0), or a kernel of 3×5×5"},
		{func() { CrossCorrelate(Zeros(28, 28), Zeros(6, 3, 5, 5)) }, "use a kernel of 6×1×5×5"},
		{func() { CrossCorrelate(Zeros(28, 28), Zeros(3, 5, 5)) }, "use a kernel of 5×5"},
		{func() { CrossCorrelate(Zeros(1, 4, 28, 28), Zeros(6, 4, 5, 5), Groups(2)) }, "use a kernel of 6×2×5×5 or an input of 1×8×28×28"},
		{func() { CrossCorrelate(Zeros(1, 4, 28, 28), Zeros(7, 4, 5, 5), Groups(2)) }, ""},
		{func() { CrossCorrelate(Zeros(1, 1, 1, 2, 2), Zeros(1, 1, 1, 1)) }, ""},
		{func() { CrossCorrelate(Zeros(3, 3), Zeros(5, 5)) }, "add Padding(1) or take a smaller kernel or a larger image"},
		{func() { MaxPool2D(Zeros(2, 2), 3) }, "add Padding(1) or take a smaller window or a larger image"},
		{func() { CrossCorrelateTransposed(Zeros(1, 3, 8, 8), Zeros(6, 3, 3, 3)) }, "put the input's channels first: Transpose(k, 1, 0, 2, 3)"},
		{func() { MaxPool2D(Zeros(5), 3) }, ""},
		{func() { GlobalAvgPool2D(Zeros(28, 28)) }, "use x.Reshape(1, 28, 28)"},
		{func() { BatchNorm(Zeros(3, 28, 28), Zeros(3), Zeros(3), 1) }, "use x.Reshape(1, 3, 28, 28)"},
		{func() { Affine(Zeros(8, 16, 5, 5), Zeros(120, 400), nil) }, "use Flatten first"},
		{func() { Affine(Zeros(8, 400), Zeros(400, 120), nil) }, "use Transpose(w): the weights are Out×In"},
		{func() { Affine(Zeros(8, 256), Zeros(120, 400), nil) }, "use weights of 120×256"},
		{func() { MatMul(Zeros(2, 3), Zeros(4, 3)) }, "transpose the right one"},
		{func() { MatMul(Zeros(5, 2, 3), Zeros(5, 3, 4)) }, "multiply matrix by matrix: Index(i) is the one at place i"},
		{func() { Add(Zeros(2, 3, 4, 4), Zeros(3)) }, "use b.Reshape(3, 1, 1) for one number at each place of axis 1"},
		{func() { Mul(Zeros(2), Zeros(2, 5)) }, "use a.Reshape(2, 1) for one number at each place of axis 0"},
		{func() { Add(Zeros(2, 3), Zeros(2, 4)) }, ""},
		{func() { CrossEntropy(Zeros(8, 10), Zeros(8, 1)) }, "use labels.Reshape(8)"},
		{func() { CrossEntropy(Zeros(8, 10, 1, 1), Zeros(8)) }, "use Flatten on the scores first"},
		{func() { MeanSquaredError(Zeros(8, 1), Zeros(8)) }, "use target.Reshape(8, 1)"},
		{func() { Zeros(8, 16).Reshape(3, -1) }, ""},
		{func() { Zeros(8, 16).Reshape(8, 15) }, "let one length be −1: it follows from the others"},
		{func() { Slice(Zeros(2, 3), 1, 0, -1) }, "write 2 for -1: places count from the start"},
		{func() { GridSample(Zeros(1, 3, 8, 8), Zeros(8, 8, 2)) }, "use grid.Reshape(1, 8, 8, 2)"},
		{func() { AffineGrid(Zeros(6), 8, 8) }, "use theta.Reshape(2, 3)"},
		{func() { AffineGrid(Zeros(4, 6), 8, 8) }, "use theta.Reshape(4, 2, 3)"},
		{func() { AffineGrid(Zeros(3, 2), 8, 8) }, ""},
	} {
		e := shapeError(t, c.f)
		if e.Fix != c.want || e.Problem == "" || e.Want == "" {
			t.Errorf("%v\n\tfix %q, want %q", e, e.Fix, c.want)
		}
		for _, s := range e.Shapes {
			if s.Name == "axis" {
				t.Errorf("%v\n\tthe fields do not tell the arguments' shapes: %v", e, e.Shapes)
			}
		}
	}
	e := shapeError(t, func() { MaxPool2D(Zeros(2, 3), 3) })
	if want := "ShapeError: MaxPool2D: a window of 3 does not fit 2 cells of the input 2×3 with padding 0 and 0 (2 in all): want a window that spans at most 2; add Padding(1) or take a smaller window or a larger image"; e.Error() != want {
		t.Errorf("got  %s\nwant %s", e, want)
	}
}

func TestAbsurdSizes(t *testing.T) {
	for name, f := range map[string]func(){
		"zeros":   func() { Zeros(1<<20, 1<<20) },
		"padding": func() { CrossCorrelate(Zeros(2, 2), Zeros(1, 1), Padding(1<<24)) },
		"matrix":  func() { AsMatrix(Zeros(2, 2), []int{1 << 14, 1 << 14}) },
		"resize":  func() { Resize(Zeros(2, 2), 1<<40, 1<<40) },
		"reshape": func() { Zeros(1<<15, 1<<10).Reshape(1 << 62) },
	} {
		if e := shapeError(t, f); e.Want == "" {
			t.Errorf("%s: %v", name, e)
		}
	}
}

// A shape alone needs no memory: the fully connected layer that lesson 5
// compares with has 36,879,360,000 weights.
func TestShapeOnlyIsNotLimitedByMemory(t *testing.T) {
	y := MatMul(ShapeOnly(470_400, 78_400), ShapeOnly(78_400))
	if y.Size() != 470_400 || !y.IsShapeOnly() {
		t.Error(y)
	}
	shapeError(t, func() { ShapeOnly(1<<40, 1<<40) })
}

func TestUsageErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func()
		want string
	}{
		{"stride 0", func() { CrossCorrelate(ng, vertical, Stride(0)) }, "Stride: 0 is not possible"},
		{"negative padding", func() { OutputSize(8, 3, Padding(-1)) }, "Padding: -1 is not possible"},
		{"three strides", func() { OutputSize(8, 3, Stride(1, 2, 3)) }, "3 numbers given"},
		{"no stride", func() { OutputSize(8, 3, Stride()) }, "0 numbers given"},
		{"ceil of a correlation", func() { CrossCorrelate(ng, vertical, Ceil()) }, "the option Ceil means nothing here; leave it out; it takes Stride, Padding, Same, Dilation, Groups, Bias, ThenReLU"},
		{"groups of a size", func() { OutputSize(8, 3, Groups(2)) }, "the option Groups means nothing here"},
		{"nil option", func() { OutputSize(8, 3, nil) }, "an option is nil"},
		{"values of a shape", func() { ShapeOnly(2, 2).At(0, 0) }, "has no values"},
		{"kernel 0", func() { OutputSize(8, 0) }, "a kernel of 0"},
		{"too many steps", func() { CrossCorrelateSteps(Zeros(1, 64, 99, 99), Zeros(64, 64, 3, 3)) }, "too many to record"},
	} {
		if e := usageError(t, c.f); !strings.Contains(e.Error(), c.want) {
			t.Errorf("%s: %q does not say %q", c.name, e, c.want)
		}
	}
}

func usageError(t *testing.T, f func()) (e *UsageError) {
	t.Helper()
	defer func() {
		r := recover()
		if err, ok := r.(error); !ok || !errors.As(err, &e) {
			t.Fatalf("panic with %v (%T), want *UsageError", r, r)
		}
	}()
	f()
	t.Fatal("no panic")
	return nil
}

func TestConvolveSteps(t *testing.T) {
	x, k := rows("1 2 3"), rows("1 0.5")
	steps := ConvolveSteps(x, k, Padding(0, 1))
	if s := steps[1].String(); s != "y[0,1] = 1×0.5 + 2×1 = 2.5" {
		t.Error(s)
	}
	values, scales := stepValues(steps)
	near(t, Convolve(x, k, Padding(0, 1)), values, scales, 1e-6)
}

// golden reads one set of testdata/golden.json: outputs and gradients that
// PyTorch 2.15 computed, and CS231n's published notebook values.
func golden(t *testing.T, name string) map[string]any {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if all[name] == nil {
		t.Fatalf("golden.json has no %s", name)
	}
	return all[name]
}

// flatValues flattens nested JSON arrays.
func flatValues(v any) (all []float64) {
	switch v := v.(type) {
	case float64:
		return []float64{v}
	case []any:
		for _, e := range v {
			all = append(all, flatValues(e)...)
		}
	}
	return all
}

func agree(t *testing.T, what string, got *Tensor, want []float64, tolerance float64) {
	t.Helper()
	values := got.Values()
	if len(values) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(values), len(want))
	}
	for i, w := range want {
		if d := math.Abs(float64(values[i]) - w); !(d <= tolerance*max(1, math.Abs(w))) {
			t.Errorf("%s at %v: %v, want %v", what, indexOf(i, got.Shape()), values[i], w)
		}
	}
}

func TestCS231nConvolution(t *testing.T) {
	g := golden(t, "cs231n_conv_s2_p1")
	x := Parameter(Linspace(-0.1, 0.5, 2*3*4*4).Reshape(2, 3, 4, 4))
	w := Parameter(Linspace(-0.2, 0.3, 3*3*4*4).Reshape(3, 3, 4, 4))
	b := Parameter(Linspace(-0.1, 0.2, 3))
	y := CrossCorrelate(x, w, Bias(b), Stride(2), Padding(1))
	agree(t, "out", y, flatValues(g["out"]), 1e-6)
	y.Backward(Linspace(-0.5, 0.5, y.Size()).Reshape(y.Shape()...))
	agree(t, "dx", x.Grad(), flatValues(g["dx"]), 1e-6)
	agree(t, "dw", w.Grad(), flatValues(g["dw"]), 1e-6)
	agree(t, "db", b.Grad(), flatValues(g["db"]), 1e-6)
}

// deeplearning.ai's conv_single_step (convolutional networks, week 1, inputs of
// numpy's seed 1) adds the bias once: −6.999089450680221. Its 2017 edition added
// it to each of the 48 products.
func TestBiasIsAddedOnce(t *testing.T) {
	g := golden(t, "deeplearning_conv_single_step")
	x, k := FromValues(flatValues(g["x"]), 3, 4, 4), FromValues(flatValues(g["w"]), 1, 3, 4, 4)
	agree(t, "single step", CrossCorrelate(x, k, Bias(Vector(flatValues(g["b"])...))), flatValues(g["out"]), 1e-6)
	one := CrossCorrelateSteps(Ones(2, 2), Ones(1, 1, 2, 2), Bias(Vector(10)))
	if len(one) != 1 || one[0].Sum != 14 {
		t.Errorf("%v, want one step with the sum 4 + 10", one)
	}
	if s := one[0].String(); s != "y[0,0] = 1×1 + 1×1 + 1×1 + 1×1 + 10 = 14" {
		t.Error(s)
	}
}

// FuzzCrossCorrelate draws sizes and options: the fast twin says what the
// definition says, or both refuse.
func FuzzCrossCorrelate(f *testing.F) {
	f.Add(uint64(1), []byte{1, 1, 5, 5, 1, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1})
	f.Add(uint64(2), []byte{2, 3, 7, 6, 4, 3, 2, 2, 1, 1, 2, 0, 3, 1, 2, 1})
	f.Add(uint64(3), []byte{1, 4, 9, 9, 4, 3, 3, 2, 2, 1, 1, 1, 1, 2, 2, 2})
	f.Add(uint64(4), []byte{1, 2, 2, 2, 1, 5, 5, 1, 1, 0, 0, 0, 0, 1, 1, 1})
	f.Fuzz(func(t *testing.T, seed uint64, sizes []byte) {
		if len(sizes) < 16 {
			return
		}
		n := func(i, least, most int) int { return least + int(sizes[i])%(most-least+1) }
		groups := n(15, 1, 3)
		in, out := groups*n(1, 1, 3), groups*n(4, 1, 3)
		random := rand.New(rand.NewPCG(seed, 1))
		draw := func(shape ...int) *Tensor {
			x := Zeros(shape...)
			for i := range x.storage.data {
				x.storage.data[i] = 2*random.Float32() - 1
			}
			return x
		}
		x, k, b := draw(n(0, 1, 3), in, n(2, 1, 12), n(3, 1, 12)), draw(out, in/groups, n(5, 1, 5), n(6, 1, 5)), draw(out)
		opts := []Option{Stride(n(7, 1, 3), n(8, 1, 3)), Padding(n(9, 0, 3), n(10, 0, 3), n(11, 0, 3), n(12, 0, 3)), Dilation(n(13, 1, 3), n(14, 1, 3)), Groups(groups), Bias(b)}
		steps, refused := try(func() []Step { return CrossCorrelateSteps(x, k, opts...) })
		y, fastRefused := try(func() *Tensor { return CrossCorrelate(x, k, opts...) })
		if (refused == nil) != (fastRefused == nil) {
			t.Fatalf("definition: %v, fast: %v", refused, fastRefused)
		}
		if refused != nil {
			return
		}
		values, scales := stepValues(steps)
		near(t, y, values, scales, 1e-5)
	})
}

// try calls f and returns the shape error it panics with.
func try[T any](f func() T) (result T, refused *ShapeError) {
	defer func() {
		if r := recover(); r != nil {
			refused = r.(*ShapeError)
		}
	}()
	return f(), nil
}

// Layers as large networks have them, where other algorithms take over: sampled
// cells of the result against the sum of products, and both gradients by their
// defining property, ⟨dx, v⟩ = ⟨dy, v ⋆ k⟩ and ⟨dk, v⟩ = ⟨dy, x ⋆ v⟩ for random v;
// and the same bits for any number of threads.
func TestLayersOfNetworks(t *testing.T) {
	for _, c := range []struct {
		name string
		x, k []int
		opts []Option
	}{
		{"LeNet 1", []int{4, 1, 28, 28}, []int{6, 1, 5, 5}, []Option{Padding(2)}},
		{"LeNet 2", []int{4, 6, 14, 14}, []int{16, 6, 5, 5}, nil},
		{"AlexNet 1", []int{1, 3, 63, 63}, []int{32, 3, 11, 11}, []Option{Stride(4)}},
		{"AlexNet 2, groups", []int{2, 32, 13, 13}, []int{64, 16, 5, 5}, []Option{Padding(2), Groups(2)}},
		{"VGG", []int{2, 32, 30, 28}, []int{40, 32, 3, 3}, []Option{Padding(1)}},
		{"VGG, small map", []int{3, 64, 7, 7}, []int{64, 64, 3, 3}, []Option{Padding(1)}},
		{"VGG, channels not of eight", []int{1, 30, 20, 21}, []int{27, 30, 3, 3}, []Option{Padding(1)}},
		{"NiN 1×1", []int{2, 48, 14, 14}, []int{96, 48, 1, 1}, nil},
		{"1×1 with stride", []int{2, 24, 15, 14}, []int{32, 24, 1, 1}, []Option{Stride(2)}},
		{"GoogLeNet 1", []int{1, 3, 56, 56}, []int{64, 3, 7, 7}, []Option{Stride(2), Padding(3)}},
		{"GoogLeNet 5×5", []int{2, 16, 14, 14}, []int{32, 16, 5, 5}, []Option{Padding(2)}},
		{"dilated", []int{1, 16, 24, 24}, []int{16, 16, 3, 3}, []Option{Dilation(2), Padding(2)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			draw := &supply{seed: 77}
			x, k, dx, dk := Parameter(draw.tensor(c.x...)), Parameter(draw.tensor(c.k...)), draw.tensor(c.x...), draw.tensor(c.k...)
			y := CrossCorrelate(x, k, c.opts...)
			dy := draw.tensor(y.Shape()...)
			y.Backward(dy)
			gradients := [][]float32{x.Grad().Values(), k.Grad().Values()}
			dot := func(a, b *Tensor) (sum, scale float64) {
				v := b.Values()
				for i, u := range a.Values() {
					p := float64(u) * float64(v[i])
					sum, scale = sum+p, scale+math.Abs(p)
				}
				return sum, scale
			}
			for _, p := range []struct {
				what              string
				gradient, v, back *Tensor
			}{{"input", x.Grad(), dx, CrossCorrelate(dx, k, c.opts...)}, {"kernel", k.Grad(), dk, CrossCorrelate(x, dk, c.opts...)}} {
				got, scale := dot(p.gradient, p.v)
				want, other := dot(dy, p.back)
				if math.Abs(got-want) > 1e-5*max(scale, other) {
					t.Errorf("gradient of the %s: %v, want %v", p.what, got, want)
				}
			}
			sampled(t, x, k, y, c.opts)

			defer compute.SetThreads(compute.Threads())
			for _, n := range []int{1, 2, 3, 8} {
				compute.SetThreads(n)
				x, k := Parameter(x), Parameter(k)
				again := CrossCorrelate(x, k, c.opts...)
				again.Backward(dy)
				if !slices.Equal(again.Values(), y.Values()) || !slices.Equal(x.Grad().Values(), gradients[0]) || !slices.Equal(k.Grad().Values(), gradients[1]) {
					t.Errorf("%d threads give other bits", n)
				}
			}
		})
	}
}

// sampled compares 200 cells of y with the steps of their window alone.
func sampled(t *testing.T, x, k, y *Tensor, opts []Option) {
	g, _ := correlation("CrossCorrelate", x, k, opts)
	random := rand.New(rand.NewPCG(5, 6))
	image, kernel := x.Values(), k.Values()
	for range 200 {
		i := indexOf(random.IntN(y.Size()), y.shape)
		s := Step{Image: i[0], Map: i[1], Row: i[2], Col: i[3], Top: i[2]*g.StrideH - g.Top, Left: i[3]*g.StrideW - g.Left}
		s.products(g, image, kernel)
		values, scales := stepValues([]Step{s})
		near(t, Scalar(y.At(i...)), values, scales, 1e-5)
	}
}
