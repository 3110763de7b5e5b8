package kernel

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/protocol"
)

func TestWhole(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       int
	}{
		{"nothing", "", 0},
		{"ASCII", "abc", 3},
		{"whole rune", "a界", 4},
		{"two thirds of a rune", "a界"[:3], 1},
		{"one third of a rune", "a界"[:2], 1},
		{"three quarters of a rune", "😀"[:3], 0},
		{"no rune at all", "a\xff", 2},
		{"only continuation bytes", "\x80\x80\x80\x80", 4},
		{"escape alone", "a\x1b", 1},
		{"escape begun", "a\x1b[3", 1},
		{"escape done", "a\x1b[31m", 6},
		{"second escape begun", "\x1b[0mx\x1b[1;", 5},
		{"other escape", "a\x1bc", 3},
		{"escape with rubbish", "a\x1b[\n", 4},
		{"escape and rune begun", "a\x1b[1\xe7", 1},
		{"escape without end", "\x1b[" + string(bytes.Repeat([]byte{'1'}, 100)), 102},
	} {
		if got := whole([]byte(test.text)); got != test.want {
			t.Errorf("%s: %d bytes of %q are whole, want %d", test.name, got, test.text, test.want)
		}
	}
}

// However text is cut into writes, what is sent together is all of it, and no
// rune that was whole in the text is broken.
func FuzzWhole(f *testing.F) {
	f.Add([]byte("a界\x1b[31mred\x1b[0m"), 2)
	f.Add([]byte("\xe7\x95\x1b["), 1)
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		size = max(1, size%16)
		var sent, waiting []byte
		for rest := text; len(rest) > 0; {
			n := min(size, len(rest))
			waiting, rest = append(waiting, rest[:n]...), rest[n:]
			cut := whole(waiting)
			if utf8.Valid(text) && !utf8.Valid(waiting[:cut]) {
				t.Fatalf("%q cuts a rune", waiting[:cut])
			}
			sent = append(sent, waiting[:cut]...)
			waiting = append([]byte(nil), waiting[cut:]...)
			if len(waiting) > longestEscape+utf8.UTFMax {
				t.Fatalf("%d bytes are held back", len(waiting))
			}
		}
		if !bytes.Equal(append(sent, waiting...), text) {
			t.Fatal("bytes were lost")
		}
	})
}

func TestOffsets(t *testing.T) {
	const code = "a界😀b" // 1, 3, 4, 1 bytes
	for points, bytes := range []int{0, 1, 4, 8, 9} {
		if got := byteOffset(code, points); got != bytes {
			t.Errorf("byteOffset(%d) = %d, want %d", points, got, bytes)
		}
		if got := pointOffset(code, bytes); got != points {
			t.Errorf("pointOffset(%d) = %d, want %d", bytes, got, points)
		}
	}
	if byteOffset(code, -1) != 0 || byteOffset(code, 99) != 9 || pointOffset(code, -1) != 0 || pointOffset(code, 99) != 4 {
		t.Error("offsets outside of the code do not mean its ends")
	}
}

func TestObituary(t *testing.T) {
	const trace = "\ngoroutine 1 [running]:\nmain.main()\n"
	for _, test := range []struct{ name, note, words, language, want string }{
		{"fatal", "3 x := 1" + trace, "printed\nfatal error: concurrent map writes\n", "en",
			"The kernel died while it ran cell [3] (x := 1): fatal error: concurrent map writes.\n"},
		{"panic", "3 x := 1\npanic: boom\n" + trace, "panic: boom\n" + trace, "en",
			"The kernel died while it ran cell [3] (x := 1): panic: boom.\n"},
		{"killed", "12 for {}\n", "a panic: of the cell itself, printed\n", "en",
			"The kernel died while it ran cell [12] (for {}): the process ended without a word: most likely it was killed because memory ran out, or compiled code has ended it.\n"},
		{"Chinese", "3 x\n", "fatal error: stack overflow\n", "zh",
			"上一个内核在运行单元 [3]（x）时终止：fatal error: stack overflow。\n"},
		{"killed, Chinese", "3 x\n", "", "zh", "上一个内核在运行单元 [3]（x）时终止：进程没有留下任何信息就结束了：多半因内存不足被强行结束，也可能是编译好的代码自己退出了。\n"},
	} {
		if got := obituary([]byte(test.note), []byte(test.words), test.language); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: told as\n%s, want\n%s", test.name, got, test.want)
		}
	}
}

func TestContentOf(t *testing.T) {
	data, metadata := contentOf(display.Bundle{Data: map[string]any{
		"text/plain":                        []byte("text"),
		"image/svg+xml":                     "<svg>&</svg>",
		"image/png":                         []byte{1, 2, 3},
		"application/json":                  []byte(`{"a":1}`),
		"application/vnd.vegalite.v5+json":  map[string]any{"mark": "bar"},
		"application/vnd.dataresource+json": []byte("{"),
		"application/x":                     math.NaN(),
	}})
	got, err := protocol.Marshal(data)
	const want = `{"application/json":{"a":1},"application/vnd.vegalite.v5+json":{"mark":"bar"},"image/png":"AQID",` +
		`"image/svg+xml":"<svg>&</svg>","text/plain":`
	if err != nil || !strings.HasPrefix(string(got), want) || metadata == nil {
		t.Errorf("content is %s (%v), %v; want %s", got, err, metadata, want)
	}
	for _, reason := range []string{"application/x cannot be shown", "application/vnd.dataresource+json cannot be shown"} {
		if !strings.Contains(string(got), reason) {
			t.Errorf("%s does not say %s", got, reason)
		}
	}
}
