package check

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
)

func TestScore(t *testing.T) {
	good, bad, rule := pass("a"), fail("b", "no"), Result{Title: "rule", rule: true}
	kept := Result{Passed: true, Title: "rule", rule: true}
	for _, test := range []struct {
		name    string
		max     float64
		results []Result
		want    string
		passed  bool
	}{
		{"all", 2, []Result{kept, good, good}, "2", true},
		{"half", 2, []Result{good, bad}, "1", false},
		{"a third, rounded", 2, []Result{good, bad, bad}, "0.67", false},
		{"none", 2, []Result{bad}, "0", false},
		{"broken rule", 2, []Result{rule, good, good}, "0", false},
		{"settings do not count", 2, []Result{Reseed(1), good, bad}, "1", false},
		{"nothing checked", 2, nil, "0", false},
		{"only a rule", 2, []Result{kept}, "0", true},
		{"no points", 0, []Result{good}, "0", true},
		{"infinite points", math.Inf(1), []Result{good}, "0", true},
		{"negative points", -1, []Result{good}, "0", true},
	} {
		s := Exercise("x", test.max, test.results...)
		if s.String() != test.want || s.Passed() != test.passed {
			t.Errorf("%s: %s, %v; want %s, %v", test.name, s, s.Passed(), test.want, test.passed)
		}
	}
}

func TestCompare(t *testing.T) {
	m := cnn.Matrix([]float64{1, 2}, []float64{3, 4})
	for _, test := range []struct {
		name      string
		got, want any
		problem   string // "" passes
	}{
		{"same tensor", m, cnn.Matrix([]float64{1, 2}, []float64{3, 4}), ""},
		{"tensor and slices", m, [][]float64{{1, 2}, {3, 4}}, ""},
		{"wrong element", m, [][]float64{{1, 2}, {5, 4}}, "element [1,0] is 3, expected 5 (1 of 4 values are wrong)"},
		{"wrong shape", m, []float64{1, 2, 3, 4}, "the shape is 2×2, expected 4 numbers"},
		{"numbers", 3, 3.0, ""},
		{"wrong number", 3.5, 3, "got 3.5, expected 3"},
		{"close, not the same", 1.00004, 1.0, "got 1.00004, expected 1"},
		{"truth", true, false, "got 1, expected 0"},
		{"NaN", math.NaN(), 1.0, "got NaN, expected 1"},
		{"nil", nil, 1.0, "no value to compare: nil"},
		{"nil tensor", (*cnn.Tensor)(nil), 1.0, "no value to compare: nil"},
		{"shape only", cnn.ShapeOnly(2, 2), m, "carries only a shape"},
		{"ragged", [][]float64{{1}, {1, 2}}, 1.0, "no value to compare"},
		{"text", "a", "a", ""},
		{"other text", "a\nb", "a\nc", `line 2 is "b", expected "c"`},
	} {
		r := Equal(test.got, test.want)
		if r.Passed != (test.problem == "") || !strings.Contains(r.Message, test.problem) {
			t.Errorf("%s: %v, %q; want %q", test.name, r.Passed, r.Message, test.problem)
		}
	}
}

func TestPredictionKeepsTheAnswer(t *testing.T) {
	for _, test := range []struct {
		name      string
		got, want any
		problem   string // "" passes
	}{
		{"right", 224, 224, ""},
		{"right values", []int{3, 0}, []float64{3, 0}, ""},
		{"wrong", 0, 224, "it is not 0"},
		{"wrong value", []int{1, 0}, []float64{1, 224}, "element [1] is not 0 (1 of 2 values are wrong)"},
		{"nothing", nil, 224, "not a value of the right kind"},
		{"another size", []int{1}, []int{224, 224}, "not a value of the right kind"},
	} {
		r := Prediction("the size", test.got, test.want)
		if r.Passed != (test.problem == "") || !strings.Contains(r.Message, test.problem) || strings.Contains(r.Message, "224") {
			t.Errorf("%s: %v, %q; want %q", test.name, r.Passed, r.Message, test.problem)
		}
	}
}

func TestImplementsJudgesTheCall(t *testing.T) {
	for _, test := range []struct {
		name     string
		function any
		want     string
	}{
		{"nothing written", func(x, k *cnn.Tensor) *cnn.Tensor { panic("not implemented") }, "not written yet"},
		{"panic", func(x, k *cnn.Tensor) *cnn.Tensor { panic("lost") }, "panicked: lost"},
		{"another type", func(x *cnn.Tensor) *cnn.Tensor { return x }, "expected a func(*cnn.Tensor, *cnn.Tensor) *cnn.Tensor, this is a func(*cnn.Tensor) *cnn.Tensor"},
		{"nil", nil, "this is a nil"},
		{"nil result", func(x, k *cnn.Tensor) *cnn.Tensor { return nil }, "no value"},
		{"changes its input", func(x, k *cnn.Tensor) *cnn.Tensor {
			y := CrossCorrelation.run(nil, []any{x, k}).(*cnn.Tensor)
			x.Set(100, 0, 0)
			return y
		}, "changed its own input"},
		{"wrong shape", func(x, k *cnn.Tensor) *cnn.Tensor { return x }, "the shape is"},
	} {
		r := Implements(test.function, CrossCorrelation)
		if r.Passed || !strings.Contains(r.Message, test.want) || r.Cause != "" {
			t.Errorf("%s: %v %q %q; want %q and no cause", test.name, r.Passed, r.Message, r.Cause, test.want)
		}
	}
}

func TestForbid(t *testing.T) {
	defer SetUses(nil)
	SetUses(func(name string) []string { return []string{"cnn.Zeros", "cnn.Convolve"} })
	if r := Forbid("f", "cnn.CrossCorrelate"); !r.Passed {
		t.Errorf("refused: %s", r)
	}
	if r := Forbid("f", "cnn.CrossCorrelate", "cnn.Convolve"); r.Passed || !strings.Contains(r.Message, "cnn.Convolve") {
		t.Errorf("allowed: %s", r)
	}
	SetUses(nil)
	if r := Forbid("f", "cnn.Convolve"); r.Passed {
		t.Error("a session that cannot know lets everything pass")
	}
}

func TestGradient(t *testing.T) {
	square := func(x *cnn.Tensor) float64 { return x.At(0, 0)*x.At(0, 0) + 3*x.At(0, 1) }
	x := cnn.Matrix([]float64{2, 5})
	if r := Gradient(square, x, cnn.Matrix([]float64{4, 3})); !r.Passed {
		t.Error(r)
	}
	if r := Gradient(square, x, cnn.Matrix([]float64{4, 2})); r.Passed || !strings.Contains(r.Message, "[0,1] is 2") {
		t.Error(r)
	}
	kink := func(x *cnn.Tensor) float64 { return math.Abs(x.At(0, 0)) }
	if r := Gradient(kink, cnn.Matrix([]float64{0}), cnn.Matrix([]float64{0.5})); !r.Passed {
		t.Errorf("any slope between the sides of a kink is a gradient: %s", r)
	}
	if r := Gradient(kink, cnn.Matrix([]float64{0}), cnn.Matrix([]float64{2})); r.Passed {
		t.Error("2 is no gradient of |x|")
	}
}

func TestChoice(t *testing.T) {
	digest := Digest("q", "b")
	for answer, want := range map[string]bool{"b": true, " B ": true, "a": false, "": false} {
		if r := Choice("q", answer, digest); r.Passed != want {
			t.Errorf("Choice %q = %v; want %v", answer, r.Passed, want)
		}
	}
}

func TestKernel(t *testing.T) {
	image := cnn.Zeros(6, 6)
	for i := range 6 {
		for j := range 3 {
			image.Set(10, i, j)
		}
	}
	vertical := cnn.Matrix([]float64{1, 0, -1}, []float64{1, 0, -1}, []float64{1, 0, -1})
	want := cnn.CrossCorrelate(image, vertical)
	for _, test := range []struct {
		name   string
		kernel *cnn.Tensor
		passed bool
		cause  string
	}{
		{"right", vertical, true, ""},
		{"another right one", cnn.Matrix([]float64{3, 0, -3}, []float64{0, 0, 0}, []float64{0, 0, 0}), true, ""},
		{"mirrored", cnn.Matrix([]float64{-1, 0, 1}, []float64{-1, 0, 1}, []float64{-1, 0, 1}), false, "M2"},
		{"turned", cnn.Matrix([]float64{1, 1, 1}, []float64{0, 0, 0}, []float64{-1, -1, -1}), false, "M5a"},
		{"nothing", cnn.Zeros(3, 3), false, ""},
		{"too large", cnn.Zeros(7, 7), false, ""},
		{"nil", nil, false, ""},
	} {
		r := Kernel(test.kernel, image, want)
		if r.Passed != test.passed || strings.Join(r.Mutations, " ") != test.cause {
			t.Errorf("%s: %v %v; want %v %s", test.name, r.Passed, r.Mutations, test.passed, test.cause)
		}
	}
}

func ExampleExercise() {
	mean := func(x []float64) float64 { return x[0] }
	s := Exercise("mean", 2, Equal(mean([]float64{1, 1}), 1.0), Equal(mean([]float64{1, 2}), 1.5))
	fmt.Println(s) // what a grader reads
	fmt.Println(s.Text())
	// Output:
	// 1
	// mean: 1 of 2 points
	// ✓ the expected value
	// ✗ the expected value
	//     got 1, expected 1.5
}
