package zmq

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/convnotes/convnotes/kernel/protocol"
)

func testSigner(t testing.TB, key string) signer {
	t.Helper()
	s, err := newSigner("hmac-sha256", key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The signature of four empty objects under the key "key", from Python:
// hmac.new(b"key", b"{}" * 4, "sha256").hexdigest()
func TestSignature(t *testing.T) {
	parts := [][]byte{[]byte("{}"), []byte("{}"), []byte("{}"), []byte("{}")}
	if got := string(testSigner(t, "key").sign(parts)); got != "ca767b02c5bc061ed184a9a029e7f93a7f2f7ed4e8fe74120fc1212f0b008fa3" {
		t.Errorf("signature is %s", got)
	}
	if got := testSigner(t, "").sign(parts); len(got) != 0 || got == nil {
		t.Errorf("without a key the signature is %q", got)
	}
}

func TestDecodeRefuses(t *testing.T) {
	s := testSigner(t, "secret")
	good := func() [][]byte {
		return encode(message(t, `{"msg_type":"x"}`, "{}", "{}", `{"a":1}`), s)
	}
	if _, err := decode(good(), s); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		harm func([][]byte) [][]byte
	}{
		{"no frames", func([][]byte) [][]byte { return nil }},
		{"no delimiter", func(f [][]byte) [][]byte { return f[1:] }},
		{"no content", func(f [][]byte) [][]byte { return f[:5] }},
		{"only a delimiter", func(f [][]byte) [][]byte { return f[:1] }},
		{"empty signature", func(f [][]byte) [][]byte { f[1] = nil; return f }},
		{"short signature", func(f [][]byte) [][]byte { f[1] = f[1][:10]; return f }},
		{"another content", func(f [][]byte) [][]byte { f[5] = []byte(`{"a":2}`); return f }},
		{"another key", func(f [][]byte) [][]byte {
			return encode(message(t, `{"msg_type":"x"}`, "{}", "{}", `{"a":1}`), testSigner(t, "guess"))
		}},
		{"header that is no object", func(f [][]byte) [][]byte {
			f[2] = []byte("3")
			f[1] = s.sign(f[2:6])
			return f
		}},
	} {
		if m, err := decode(test.harm(good()), s); err == nil {
			t.Errorf("%s: decoded as %+v", test.name, m)
		}
	}
}

func message(t testing.TB, header, parent, metadata, content string) protocol.Message {
	t.Helper()
	m, err := protocol.Parse([]byte(header), []byte(parent), []byte(metadata), []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestUnknownScheme(t *testing.T) {
	if _, err := newSigner("md5", "x"); err == nil {
		t.Error("md5 was accepted")
	}
}

func TestSeen(t *testing.T) {
	var s seen
	if !s.add([]byte("a")) || s.add([]byte("a")) {
		t.Error("a signature is not new just once")
	}
	for i := range 2 * seenMax {
		if !s.add([]byte(strconv.Itoa(i))) {
			t.Fatalf("signature %d is not new", i)
		}
	}
	if len(s.sigs) > seenMax {
		t.Errorf("%d signatures are kept", len(s.sigs))
	}
}

// Frames are what they were after decoding and encoding, and the other way round.
func FuzzWire(f *testing.F) {
	f.Add([]byte("id"), []byte(`{"msg_type":"x"}`), []byte(`{}`), []byte(`{}`), []byte(`{"a":1}`), []byte("buffer"), "key")
	f.Add([]byte("<IDS|MSG>"), []byte(`{"msg_type":""}`), []byte(`null`), []byte(`[]`), []byte(``), []byte{}, "")
	f.Fuzz(func(t *testing.T, id, header, parent, metadata, content, buffer []byte, key string) {
		s := testSigner(t, key)
		frames := [][]byte{id, delimiter, nil, header, parent, metadata, content, buffer}
		frames[2] = s.sign(frames[3:7])
		m, err := decode(frames, s)
		if err != nil {
			return
		}
		if again := encode(m, s); !slices.EqualFunc(again, frames, bytes.Equal) {
			t.Errorf("%q became %q", frames, again)
		}
		m2, err := decode(encode(m, s), s)
		if err != nil || m2.Header.Fields != m.Header.Fields || !bytes.Equal(m2.Content, m.Content) {
			t.Errorf("%+v became %+v (%v)", m, m2, err)
		}
	})
}

// Bytes that arrive on a socket never panic and never need more memory than
// they have.
func FuzzFrame(f *testing.F) {
	f.Add(appendMessage(nil, [][]byte{[]byte("a"), bytes.Repeat([]byte("b"), 300)}))
	f.Add([]byte{flagLong, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{flagLong, 0, 0, 0, 0, 1, 0, 0, 0, 'x'})
	f.Add(appendFrame(nil, flagCommand, readyCommand("DEALER", "me")))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bufio.NewReader(bytes.NewReader(in))
		var again []byte
		for {
			flags, body, err := readFrame(r, 1<<20)
			if err != nil {
				break
			}
			again = appendFrame(again, flags, body)
			if flags&flagCommand != 0 {
				parseReady(body)
			}
		}
		if len(again) > len(in) {
			t.Errorf("%d bytes became %d", len(in), len(again))
		}
	})
}

func TestReadFrameLimits(t *testing.T) {
	for _, test := range []struct {
		in   []byte
		want error
	}{
		{appendFrame(nil, 0, make([]byte, 100)), nil},
		{appendFrame(nil, 0, make([]byte, 101)), errZMTP},
		{appendFrame(nil, 0, make([]byte, 1000)), errZMTP},
		{[]byte{8, 0}, errZMTP},
	} {
		if _, _, err := readFrame(bufio.NewReader(bytes.NewReader(test.in)), 100); !errors.Is(err, test.want) {
			t.Errorf("%d bytes: %v, want %v", len(test.in), err, test.want)
		}
	}
}

func TestReady(t *testing.T) {
	p, err := parseReady(readyCommand("SUB", "me"))
	if err != nil || fmt.Sprint(p) != "map[identity:me socket-type:SUB]" {
		t.Errorf("%v, %v", p, err)
	}
	whole := readyCommand("DEALER", "client")
	for n := range len(whole) {
		parseReady(whole[:n]) // must not panic
	}
	for _, bad := range []string{"", "\x05HELLO", ready + "\x04ab", ready + "\x01a\xff\xff\xff\xff", ready + "\x01a\x00\x00"} {
		if _, err := parseReady([]byte(bad)); err == nil {
			t.Errorf("%q was taken for READY", bad)
		}
	}
}

func TestGreeting(t *testing.T) {
	if err := checkGreeting(greeting); err != nil {
		t.Error(err)
	}
	for i, harm := range map[int]byte{0: 0, 9: 0, 10: 2, 12: 'P', 32: 2} {
		b := bytes.Clone(greeting)
		b[i] = harm
		if checkGreeting(b) == nil {
			t.Errorf("a greeting with byte %d = %d was accepted", i, harm)
		}
	}
}
