package check

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/kernel/display"
)

// operations are all operations an exercise can name.
var operations = map[string]Operation{
	"CrossCorrelation": CrossCorrelation,
	"Convolution":      Convolution,
	"Convolution1D":    Convolution1D,
	"KernelDescent":    KernelDescent,

	"ZeroPadding":             ZeroPadding,
	"OutputSize":              OutputSize,
	"Params":                  Params,
	"ReceptiveField":          ReceptiveField,
	"StridedCrossCorrelation": StridedCrossCorrelation,
	"ChannelCrossCorrelation": ChannelCrossCorrelation,
	"ConvolutionLayer":        ConvolutionLayer,

	"MaxPooling":         MaxPooling,
	"AvgPooling":         AvgPooling,
	"MaxPoolingBackward": MaxPoolingBackward,
	"AvgPoolingBackward": AvgPoolingBackward,
	"Flatten":            Flatten,
	"FlatIndex":          FlatIndex,

	"LeNetFlat":     LeNetFlat,
	"Connections":   Connections,
	"C3Params":      C3Params,
	"GroupedParams": GroupedParams,
	"Blocks":        Blocks,
	"StackParams":   StackParams,
	"Bottleneck":    Bottleneck,
	"Confusion":     Confusion,
	"TopK":          TopK,

	"FlipH":         FlipH,
	"Brighten":      Brighten,
	"ResponseNorm":  ResponseNorm,
	"PixelLayer":    PixelLayer,
	"GlobalAverage": GlobalAverage,
	"JoinChannels":  JoinChannels,
}

// learner is a function of the operation's type that computes it with mistakes.
func (op Operation) learner(m mistakes) any {
	t := reflect.TypeOf(op.signature)
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		args := make([]any, len(in))
		for i := range in {
			args[i] = in[i].Interface()
		}
		return []reflect.Value{reflect.ValueOf(op.run(m, args))}
	}).Interface()
}

func TestDefinitionsPass(t *testing.T) {
	for name, op := range operations {
		for seed := range int64(20) {
			Seed(seed)
			if r := Implements(op.learner(nil), op); !r.Passed {
				t.Errorf("%s, seed %d: %s", name, seed, r)
			}
		}
	}
}

// TestMistakesAreRecognised holds that every mistake of every operation is
// found, whatever the seed, and that no mistake passes for the truth.
func TestMistakesAreRecognised(t *testing.T) {
	for name, op := range operations {
		for _, id := range op.mistakes {
			if _, ok := known[family(id)]; !ok {
				t.Errorf("%s: mistake %s has no text", name, id)
			}
			for seed := range int64(10) {
				Seed(seed)
				r := Implements(op.learner(mistakes{id}), op)
				if r.Passed || !slices.Contains(r.Mutations, id) {
					t.Errorf("%s with %s, seed %d: passed %v, recognised %v", name, id, seed, r.Passed, r.Mutations)
					break
				}
				if len(r.Mutations) > 1 {
					t.Logf("%s with %s, seed %d: also fits %v", name, id, seed, r.Mutations)
				}
			}
		}
	}
}

// TestPairsAreRecognised holds that two mistakes at once are named both, or
// another pair or single one that does the same.
func TestPairsAreRecognised(t *testing.T) {
	Seed(1)
	for _, pair := range []mistakes{{"M1", "M9"}, {"M2", "M7"}, {"M3", "M10"}} {
		r := Implements(CrossCorrelation.learner(pair), CrossCorrelation)
		if !reflect.DeepEqual(r.Mutations, []string(pair)) || !strings.Contains(r.Cause, ", and ") {
			t.Errorf("%v: recognised %v", pair, r.Mutations)
		}
	}
}

// TestEveryOperationExplains holds that a wrong element is never left without a
// word about where the right one comes from, in either language.
func TestEveryOperationExplains(t *testing.T) {
	defer display.SetLanguage(display.Language())
	r := randFor("explain")
	for name, op := range operations {
		if op.explain == nil {
			if name != "KernelDescent" { // a whole training
				t.Errorf("%s does not explain", name)
			}
			continue
		}
		for range 50 {
			args := op.draw(r)
			want := evaluate(func() any { return op.run(nil, args) })
			if want.panicked != nil || len(want.value.data) == 0 {
				continue
			}
			index := unravel(r.IntN(len(want.value.data)), want.value.shape)
			display.SetLanguage("en")
			en := op.explain(args, index)
			display.SetLanguage("zh")
			zh := op.explain(args, index)
			if en == "" || zh == "" || strings.Contains(en+zh, "%!") {
				t.Fatalf("%s: %q, %q", name, en, zh)
			}
		}
	}
}

func TestMessageShowsTheSum(t *testing.T) {
	for _, test := range []struct {
		language string
		want     []string
	}{
		{"en", []string{"element [0,0] is", "expected", "x = \n", "The window starts at row 0, column 0", "= ", "flipped both ways"}},
		{"zh", []string{"元素 [0,0] 是", "应为", "k = \n", "窗口从第 0 行、第 0 列开始", "左右都翻转"}},
	} {
		display.SetLanguage(test.language)
		r := Implements(CrossCorrelation.learner(mistakes{"M1"}), CrossCorrelation)
		for _, want := range test.want {
			if !strings.Contains(r.String(), want) {
				t.Errorf("%s: no %q in\n%s", test.language, want, r)
			}
		}
		t.Log("\n" + r.String())
	}
	display.SetLanguage("en")
}
