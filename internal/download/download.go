// Package download brings a file over HTTP: it goes on where it stopped, checks
// what came, and never leaves half a file under its name.
package download

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// A File is something to bring.
type File struct {
	URL  string
	Name string // the file it becomes
	Size int64  // in bytes; 0 when it is not known
	Sum  string // "sha256:…" or "md5:…" of the file
}

// A Progress hears how many bytes of a file are there; it may be nil.
type Progress func(have, all int64)

// Fetch brings a file to path. What is there and right stays; a part of it, left
// as path.part by an earlier try, is completed. Tries are repeated a few times
// when the connection breaks.
func Fetch(ctx context.Context, client *http.Client, f File, path string, progress Progress) error {
	if err := f.check(path); err == nil {
		return nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is there but is not the file: %w; move it away first", path, err)
	}
	part := path + ".part"
	var err error
	for try := range 4 {
		if try > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Duration(try) * pause):
			}
		}
		if err = f.resume(ctx, client, part, progress); err == nil || ctx.Err() != nil || errors.As(err, new(*refused)) {
			break
		}
	}
	if err != nil {
		return err
	}
	if err := f.check(part); err != nil {
		os.Remove(part)
		return fmt.Errorf("what came from %s is damaged: %w; try again", f.URL, err)
	}
	return os.Rename(part, path)
}

// pause between tries; tests make it short.
var pause = 2 * time.Second

// refused is an answer that will not change.
type refused struct{ status, url string }

func (r *refused) Error() string { return r.url + ": the server says " + r.status }

// resume asks for what is missing of the part and adds it.
func (f File) resume(ctx context.Context, client *http.Client, part string, progress Progress) error {
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	have, err := out.Seek(0, io.SeekEnd)
	if err != nil || f.Size > 0 && have == f.Size {
		return err
	}
	answer, err := f.ask(ctx, client, have)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusPartialContent:
	case http.StatusOK: // the server sends all of it again
		have = 0
		if err := out.Truncate(0); err != nil {
			return err
		}
		out.Seek(0, io.SeekStart)
	case http.StatusRequestedRangeNotSatisfiable: // the part is whole, or longer than the file
		return nil
	default:
		return &refused{answer.Status, f.URL}
	}
	return f.copy(out, answer, have, progress)
}

func (f File) ask(ctx context.Context, client *http.Client, have int64) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL, nil)
	if err != nil {
		return nil, err
	}
	if have > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	return client.Do(request)
}

func (f File) copy(out *os.File, answer *http.Response, have int64, progress Progress) error {
	all := f.Size
	if all == 0 && answer.ContentLength > 0 {
		all = have + answer.ContentLength
	}
	limit := int64(1 << 40)
	if f.Size > 0 {
		limit = f.Size - have + 1 // one more tells that there is too much
	}
	n, err := io.Copy(&counted{out, have, all, progress}, io.LimitReader(answer.Body, limit))
	switch {
	case err != nil:
		return fmt.Errorf("%s: the connection broke after %d bytes: %w", f.URL, have+n, err)
	case f.Size > 0 && have+n > f.Size:
		return &refused{fmt.Sprintf("more than the expected %d bytes", f.Size), f.URL}
	case f.Size > 0 && have+n < f.Size:
		return fmt.Errorf("%s: the connection ended after %d of %d bytes", f.URL, have+n, f.Size)
	}
	return out.Sync()
}

type counted struct {
	io.Writer
	have, all int64
	progress  Progress
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.have += int64(n)
	if c.progress != nil {
		c.progress(c.have, c.all)
	}
	return n, err
}

// check compares a file's size and sum.
func (f File) check(path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	kind, want, _ := strings.Cut(f.Sum, ":")
	var h hash.Hash = sha256.New()
	if kind == "md5" { // what the publisher gives
		h = md5.New()
	}
	n, err := io.Copy(h, in)
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("%d bytes with %s %s, expected %s", n, kind, got, want)
	}
	return nil
}
