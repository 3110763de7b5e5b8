package assist

import (
	"strings"
	"testing"
)

func TestDidYouMean(t *testing.T) {
	names := []string{"Println", "Printf", "Print", "CrossCorrelate", "Convolve", "Weight", "Height", "image", "Image", "x", "y", "len", "图像", "lenet", "for", "feature", "features"}
	for _, c := range []struct{ name, want string }{
		{"Pritnln", "Println"},
		{"Prinln", "Println"},
		{"print", "Print"},
		{"CrossCorelate", "CrossCorrelate"},
		{"crosscorrelate", "CrossCorrelate"},
		{"Wieght", "Weight"},
		{"imgae", "image"},
		{"lne", "len"},
		{"z", ""},
		{"X", "x"},
		{"xy", ""},
		{"banana", ""},
		{"图象像", "图像"},
		{"featuer", "feature features"},
		{"", ""},
	} {
		if got := strings.Join(DidYouMean(c.name, names), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func FuzzDidYouMean(f *testing.F) {
	f.Add("Pritnln", "Println")
	f.Add("", "图")
	f.Fuzz(func(t *testing.T, a, b string) {
		there, back := len(DidYouMean(a, []string{b})), len(DidYouMean(b, []string{a}))
		if len([]rune(a)) == len([]rune(b)) && a != "" && a != "_" && b != "_" && there != back {
			t.Fatalf("%q is near %q one way only", a, b)
		}
	})
}
