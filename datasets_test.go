package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/internal/download"
)

func archive(t *testing.T, name string, content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644}); err != nil {
		t.Fatal(err)
	}
	w.Write(content)
	w.Close()
	z.Close()
	return b.Bytes()
}

// TestGetData brings an archive from a server on this machine, cut off once.
func TestGetData(t *testing.T) {
	body, tries := archive(t, "folder/batch.bin", bytes.Repeat([]byte("pixels"), 5000)), 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tries++; tries == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			w.Write(body[:10])
			panic(http.ErrAbortHandler)
		}
		w.Write(body)
	}))
	defer server.Close()
	d := dataset{name: "test", about: text{"a test", "测试"}, terms: text{"none", "无"}, use: "data.Load(%q)", unpack: "folder",
		files: []download.File{{URL: server.URL + "/a.tar.gz", Name: "a.tar.gz", Size: int64(len(body)), Sum: fmt.Sprintf("sha256:%x", sha256.Sum256(body))}}}
	folder := filepath.Join(t.TempDir(), "data")
	var out, said bytes.Buffer
	c := &call{stdout: &out, stderr: &said}
	if err := c.getData(context.Background(), http.DefaultClient, d, folder); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(said.String(), "downloading test") {
		t.Errorf("it does not say first what it downloads: %q", said.String())
	}
	if info, err := os.Stat(filepath.Join(folder, "folder", "batch.bin")); err != nil || info.Size() != 30000 {
		t.Errorf("%v, %v", info, err)
	}
	if want := fmt.Sprintf("data.Load(%q)\n", filepath.Join(folder, "folder")); out.String() != want {
		t.Errorf("it says %q, want %q", out.String(), want)
	}
	if err := unpack(writeFile(t, archive(t, "../outside", nil)), t.TempDir()); err == nil || !strings.Contains(err.Error(), "leads out") {
		t.Errorf("an archive that leads out of its folder: %v", err)
	}
}

func writeFile(t *testing.T, b []byte) string {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDataCommand(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"data", "list"}, exitDone, "cifar-10"},
		{[]string{"data", "list", "--json"}, exitDone, `"name": "mnist"`},
		{[]string{"data", "get", "imagenet"}, exitUsage, `there is no data set "imagenet"`},
		{[]string{"data", "fetch"}, exitUsage, "convnotes data list"},
		{[]string{"data"}, exitUsage, "something is missing"},
	} {
		var out bytes.Buffer
		t.Setenv("LANG", "C")
		t.Setenv("LC_ALL", "C")
		if code := run(context.Background(), c.args, &out, &out); code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%v: code %d, %q", c.args, code, out.String())
		}
	}
}
