package install

import (
	"encoding/json"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
)

func TestUserDir(t *testing.T) {
	for _, tt := range []struct {
		name, system string
		env          map[string]string
		want         string
	}{
		{"Linux", "linux", map[string]string{"HOME": "/home/ada"}, "/home/ada/.local/share/jupyter"},
		{"Linux with XDG", "linux", map[string]string{"HOME": "/home/ada", "XDG_DATA_HOME": "/data"}, "/data/jupyter"},
		{"macOS", "darwin", map[string]string{"HOME": "/Users/ada", "XDG_DATA_HOME": "/data"}, "/Users/ada/Library/Jupyter"},
		{"Windows", "windows", map[string]string{"APPDATA": "/Roaming", "HOME": "/x"}, "/Roaming/jupyter"},
		{"JUPYTER_DATA_DIR wins", "linux", map[string]string{"HOME": "/home/ada", "JUPYTER_DATA_DIR": "/j"}, "/j"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := userDir(tt.system, func(k string) string { return tt.env[k] })
			if err != nil || got != filepath.FromSlash(tt.want) {
				t.Errorf("%q, %v; want %q", got, err, tt.want)
			}
		})
	}
	for _, system := range []string{"linux", "darwin", "windows"} {
		if got, err := userDir(system, func(string) string { return "" }); err == nil {
			t.Errorf("%s without HOME: %q and no error", system, got)
		}
	}
}

func TestSysPrefixDir(t *testing.T) {
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("CONDA_PREFIX", "")
	if _, err := SysPrefixDir(); !errors.Is(err, ErrNoPrefix) {
		t.Errorf("error %v", err)
	}
	t.Setenv("CONDA_PREFIX", "/conda")
	t.Setenv("VIRTUAL_ENV", "/venv")
	if got, _ := SysPrefixDir(); got != filepath.FromSlash("/venv/share/jupyter") {
		t.Errorf("%q", got)
	}
}

func TestTemporary(t *testing.T) {
	for path, want := range map[string]bool{
		"/tmp/go-build123/b001/exe/convnotes":           true,
		"/home/ada/.cache/go-build/ab/abcd-d/convnotes": true,
		"/home/ada/go/bin/convnotes":                    false,
		"/home/ada/my-go-build/convnotes":               false,
	} {
		if got := temporary(filepath.FromSlash(path)); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

func TestWriteAndRemove(t *testing.T) {
	data := t.TempDir()
	spec := Spec{Name: Name, DisplayName: DisplayName, Binary: filepath.Join(data, "bin", "convnotes"), Version: "v1"}
	folder, err := spec.Write(data)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(data, "kernels", "convnotes"); folder != want {
		t.Errorf("folder %q, want %q", folder, want)
	}
	text, err := os.ReadFile(filepath.Join(folder, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var k map[string]any
	if err := json.Unmarshal(text, &k); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"argv":                    []any{spec.Binary, "kernel", "--connection-file", "{connection_file}"},
		"display_name":            "Go (convnotes)",
		"language":                "go",
		"interrupt_mode":          "message",
		"kernel_protocol_version": "5.5",
	} {
		if !reflect.DeepEqual(k[key], want) {
			t.Errorf("%s: %v, want %v", key, k[key], want)
		}
	}
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		f, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		c, err := png.DecodeConfig(f)
		if err != nil || c.Width != size || c.Height != size {
			t.Errorf("%s: %d×%d, %v", name, c.Width, c.Height, err)
		}
	}
	if _, err := spec.Write(data); err != nil {
		t.Errorf("written again: %v", err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 4 {
		t.Errorf("files: %v", left)
	}
	if _, err := Remove(data, Name); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
	if _, err := Remove(data, Name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("removed twice: %v", err)
	}
}

// The binary of this very test lies in go test's temporary folder.
func TestWriteCopiesATemporaryBinary(t *testing.T) {
	binary, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	if !temporary(binary) {
		t.Skipf("%s was not built by go test in its own folder", binary)
	}
	data := t.TempDir()
	for range 2 { // the second time over the first copy
		folder, err := Spec{Name: "go", Binary: binary}.Write(data)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := os.ReadFile(filepath.Join(folder, "kernel.json"))
		var k kernelJSON
		if err := json.Unmarshal(text, &k); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(k.Argv[0])
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Dir(k.Argv[0]) != folder || (runtime.GOOS != "windows" && info.Mode()&0o111 == 0) {
			t.Errorf("%s, mode %v: want an executable in %s", k.Argv[0], info.Mode(), folder)
		}
	}
}

func TestAnotherKernelStays(t *testing.T) {
	data := t.TempDir()
	other := filepath.Join(data, "kernels", "python3", "kernel.json")
	if err := os.MkdirAll(filepath.Dir(other), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte(`{"argv":["python3"]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := (Spec{Name: "python3", Binary: "/b"}).Write(data); !errors.Is(err, ErrNotOurs) {
		t.Errorf("written over: %v", err)
	}
	if _, err := Remove(data, "python3"); !errors.Is(err, ErrNotOurs) {
		t.Errorf("removed: %v", err)
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"", "..", "a/b", `a\b`, "互相关", "a b"} {
		if _, err := (Spec{Name: name, Binary: "/b"}).Write(t.TempDir()); err == nil {
			t.Errorf("name %q was taken", name)
		}
		if _, err := Remove(t.TempDir(), name); err == nil {
			t.Errorf("name %q was removed", name)
		}
	}
}
