package gocell

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/convnotes/convnotes/kernel"
)

// An input is os.Stdin as cells see it: it asks the front end for a line when
// what was typed before is used up. What is left of a line is there for the
// next read, also in a later cell.
type input struct {
	t    *thread
	last int // width of the rune read last
}

func (t *thread) input() *input { return &input{t: t} }

// fill asks for a line where nothing is pending.
func (in *input) fill() error {
	s, run := in.t.s, in.t.run
	if s.typedAt < len(s.typed) {
		return nil
	}
	if run == nil || run.out == nil {
		return io.EOF
	}
	var line string
	var err error
	in.t.await(func() { line, err = run.out.Input("", false) }, nil)
	if errors.Is(err, kernel.ErrNoInput) {
		return fmt.Errorf("reading os.Stdin: %w", err)
	} else if err != nil {
		return err
	}
	s.typed, s.typedAt = line+"\n", 0
	return nil
}

func (in *input) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := in.fill(); err != nil {
		return 0, err
	}
	n := copy(p, in.t.s.typed[in.t.s.typedAt:])
	in.t.s.typedAt += n
	return n, nil
}

func (in *input) ReadRune() (rune, int, error) {
	if err := in.fill(); err != nil {
		return 0, 0, err
	}
	r, n := utf8.DecodeRuneInString(in.t.s.typed[in.t.s.typedAt:])
	in.t.s.typedAt += n
	in.last = n
	return r, n, nil
}

func (in *input) UnreadRune() error {
	in.t.s.typedAt -= in.last
	in.last = 0
	return nil
}

// reader is what a cell reads from: the front end in the place of os.Stdin.
func (t *thread) reader(r io.Reader) io.Reader {
	if r == io.Reader(os.Stdin) {
		return t.input()
	}
	return r
}

func init() {
	scanned := func(name string, scan func(t *thread, in []fp) (int, error)) {
		natives[name] = func(t *thread, in, out []fp) {
			n, err := scan(t, in)
			setResult(out, n, err)
		}
	}
	scanned("fmt.Scan", func(t *thread, in []fp) (int, error) { return fmt.Fscan(t.input(), arg[[]any](in, 0)...) })
	scanned("fmt.Scanln", func(t *thread, in []fp) (int, error) { return fmt.Fscanln(t.input(), arg[[]any](in, 0)...) })
	scanned("fmt.Scanf", func(t *thread, in []fp) (int, error) {
		return fmt.Fscanf(t.input(), arg[string](in, 0), arg[[]any](in, 1)...)
	})
	scanned("fmt.Fscan", func(t *thread, in []fp) (int, error) {
		return fmt.Fscan(t.reader(arg[io.Reader](in, 0)), arg[[]any](in, 1)...)
	})
	scanned("fmt.Fscanln", func(t *thread, in []fp) (int, error) {
		return fmt.Fscanln(t.reader(arg[io.Reader](in, 0)), arg[[]any](in, 1)...)
	})
	scanned("fmt.Fscanf", func(t *thread, in []fp) (int, error) {
		return fmt.Fscanf(t.reader(arg[io.Reader](in, 0)), arg[string](in, 1), arg[[]any](in, 2)...)
	})
	scanned("(*os.File).Read", func(t *thread, in []fp) (int, error) {
		return t.reader(arg[*os.File](in, 0)).Read(arg[[]byte](in, 1))
	})
	natives["bufio.NewReader"] = func(t *thread, in, out []fp) {
		*(**bufio.Reader)(out[0]) = bufio.NewReader(t.reader(arg[io.Reader](in, 0)))
	}
	natives["bufio.NewScanner"] = func(t *thread, in, out []fp) {
		*(**bufio.Scanner)(out[0]) = bufio.NewScanner(t.reader(arg[io.Reader](in, 0)))
	}
	natives["io.ReadAll"] = func(t *thread, in, out []fp) {
		b, err := io.ReadAll(t.reader(arg[io.Reader](in, 0)))
		*(*[]byte)(out[0]), *(*error)(out[1]) = b, err
	}
}
