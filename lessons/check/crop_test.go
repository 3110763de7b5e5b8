package check

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/kernel/display"
)

// cropping draws a place of those that the mistakes leave.
func cropping(m mistakes) cropper {
	return func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
		list := places(m, x.Dim(1), x.Dim(2), size)
		at := list[source.IntN(len(list))]
		return window(m, x, at[0], at[1], size)
	}
}

func TestRandomCropPasses(t *testing.T) {
	columnFirst := func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
		left := source.IntN(x.Dim(2) - size + 1)
		return x.Crop(source.IntN(x.Dim(1)-size+1), left, size, size)
	}
	for seed := range int64(5) {
		Seed(seed)
		for what, f := range map[string]cropper{"the definition": cropping(nil), "the column first, as a view": columnFirst} {
			if r := RandomCrop(f); !r.Passed {
				t.Errorf("%s, seed %d: %s", what, seed, r)
			}
		}
	}
}

func TestRandomCropMistakesAreRecognised(t *testing.T) {
	for _, id := range windows.mistakes {
		if _, ok := known[family(id)]; !ok {
			t.Errorf("mistake %s has no text", id)
		}
		for seed := range int64(3) {
			Seed(seed)
			if r := RandomCrop(cropping(mistakes{id})); r.Passed || !slices.Equal(r.Mutations, []string{id}) {
				t.Errorf("%s, seed %d: passed %v, recognised %v", id, seed, r.Passed, r.Mutations)
			}
		}
	}
}

// TestRandomCropSaysWhatIsWrong tries what no known mistake explains.
func TestRandomCropSaysWhatIsWrong(t *testing.T) {
	defer display.SetLanguage(display.Language())
	for _, test := range []struct {
		en, zh string
		f      cropper
	}{
		{"there is no value: nil", "没有返回值", func(*cnn.Tensor, int, *rand.Rand) *cnn.Tensor { return nil }},
		{"not written yet", "还没有写", func(*cnn.Tensor, int, *rand.Rand) *cnn.Tensor { panic("not implemented") }},
		{"the function panicked: too hard", "函数发生了 panic：too hard", func(*cnn.Tensor, int, *rand.Rand) *cnn.Tensor { panic("too hard") }},
		{"the shape is", "形状是", func(x *cnn.Tensor, _ int, _ *rand.Rand) *cnn.Tensor { return x }},
		{"the same in all channels", "各通道的位置要相同", func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
			var maps []*cnn.Tensor
			for c := range x.Dim(0) {
				maps = append(maps, cropping(nil)(x, size, source).Index(c))
			}
			return cnn.Stack(maps...)
		}},
		{"the call changed its own input", "调用改动了输入", func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
			y := cropping(nil)(x, size, source)
			x.Set(100, 0, 0, 0)
			return y
		}},
		{"two sources with the same seed", "同样种子的两个 source", func(x *cnn.Tensor, size int, _ *rand.Rand) *cnn.Tensor {
			return cropping(nil)(x, size, rand.New(rand.NewPCG(rand.Uint64(), 0)))
		}},
		{"began in row 2, column 2: all 9 places", "从第 2 行、第 2 列开始：9 个起点", func(x *cnn.Tensor, size int, source *rand.Rand) *cnn.Tensor {
			top, left := min(source.IntN(x.Dim(1)), x.Dim(1)-size), min(source.IntN(x.Dim(2)), x.Dim(2)-size)
			return x.Crop(top, left, size, size)
		}},
	} {
		for language, want := range map[string]string{"en": test.en, "zh": test.zh} {
			display.SetLanguage(language)
			if r := RandomCrop(test.f); r.Passed || len(r.Mutations) > 0 || !strings.Contains(r.Message, want) {
				t.Errorf("passed %v, recognised %v, no %q in\n%s", r.Passed, r.Mutations, want, r)
			}
		}
	}
}
