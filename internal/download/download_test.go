package download

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var content = bytes.Repeat([]byte("0123456789abcdef"), 4096)

func server(t *testing.T, handle http.HandlerFunc) (File, string) {
	pause = time.Millisecond
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return File{URL: s.URL + "/f", Name: "f", Size: int64(len(content)), Sum: fmt.Sprintf("sha256:%x", sha256.Sum256(content))}, filepath.Join(t.TempDir(), "f")
}

func whole(w http.ResponseWriter, r *http.Request) {
	http.ServeContent(w, r, "f", time.Time{}, bytes.NewReader(content))
}

func fetch(t *testing.T, f File, path string) error {
	t.Helper()
	return Fetch(context.Background(), http.DefaultClient, f, path, nil)
}

func TestFetch(t *testing.T) {
	asked := 0
	f, path := server(t, func(w http.ResponseWriter, r *http.Request) { asked++; whole(w, r) })
	var last int64
	if err := Fetch(context.Background(), http.DefaultClient, f, path, func(have, all int64) { last = have }); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, content) || last != f.Size {
		t.Errorf("%d bytes came, %d were reported", len(got), last)
	}
	if err := fetch(t, f, path); err != nil || asked != 1 {
		t.Errorf("what is there is asked for again: %v", err)
	}
	f.Sum = fmt.Sprintf("md5:%x", md5.Sum(content))
	if err := fetch(t, f, path); err != nil {
		t.Errorf("md5: %v", err)
	}
}

func TestItGoesOnWhereItStopped(t *testing.T) {
	var ranges []string
	f, path := server(t, func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		whole(w, r)
	})
	os.WriteFile(path+".part", content[:1000], 0o644)
	if err := fetch(t, f, path); err != nil || len(ranges) != 1 || ranges[0] != "bytes=1000-" {
		t.Errorf("%v, asked for %q", err, ranges)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 0 {
		t.Errorf("files are left: %v", left)
	}
}

func TestABrokenConnectionIsTriedAgain(t *testing.T) {
	tries := 0
	f, path := server(t, func(w http.ResponseWriter, r *http.Request) {
		if tries++; tries < 3 {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Write(content[:2000*tries])
			panic(http.ErrAbortHandler)
		}
		whole(w, r)
	})
	if err := fetch(t, f, path); err != nil || tries != 3 {
		t.Errorf("%v after %d tries", err, tries)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, content) {
		t.Error("the file is not the one that was sent")
	}
}

func TestAServerWithoutRanges(t *testing.T) {
	f, path := server(t, func(w http.ResponseWriter, r *http.Request) { w.Write(content) })
	os.WriteFile(path+".part", []byte("something else"), 0o644)
	if err := fetch(t, f, path); err != nil {
		t.Error(err)
	}
}

func TestWhatIsWrongIsNotKept(t *testing.T) {
	for want, handle := range map[string]http.HandlerFunc{
		"damaged": func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("x"), len(content))) },
		"404":     http.NotFound,
		"more than": func(w http.ResponseWriter, r *http.Request) {
			w.Write(append(content[:len(content):len(content)], 'x'))
		},
		"ended after 10": func(w http.ResponseWriter, r *http.Request) { w.Write(content[:10]) },
	} {
		f, path := server(t, handle)
		if err := fetch(t, f, path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: half a file has the name", want)
		}
	}
	f, path := server(t, whole)
	os.WriteFile(path, []byte("my own file"), 0o644)
	if err := fetch(t, f, path); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("a file of one's own: %v", err)
	}
	if own, _ := os.ReadFile(path); string(own) != "my own file" {
		t.Error("a file of one's own is overwritten")
	}
}

func TestInterrupt(t *testing.T) {
	f, path := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write(content[:100])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := Fetch(ctx, http.DefaultClient, f, path, nil); err == nil {
		t.Error("an interrupted download succeeds")
	}
}
