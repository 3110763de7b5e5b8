package python

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Every package is pinned with hashes, and no address of a package server is written down.
func TestRequirements(t *testing.T) {
	packages := map[string]string{}
	name := ""
	for line := range strings.Lines(string(requirements)) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "--hash=sha256:"):
			packages[name] = line
		default:
			var ok bool
			if name, _, ok = strings.Cut(line, "=="); !ok {
				t.Errorf("not pinned: %q", line)
			}
			packages[name] = ""
		}
	}
	for name, hash := range packages {
		if hash == "" {
			t.Errorf("%s has no hash", name)
		}
	}
	for _, name := range []string{"jupyterlab", "jupyterlab-widgets", "jupyterlab-language-pack-zh-cn"} {
		if _, ok := packages[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	if n := pinned(); n < len(packages) {
		t.Errorf("pinned counts %d packages, there are at least %d", n, len(packages))
	}
	if bytes.Contains(requirements, []byte("://")) {
		t.Error("requirements.txt holds an address")
	}
}

func TestCounter(t *testing.T) {
	var got []string
	c := &counter{report: func(done, total int) { got = append(got, fmt.Sprint(done, "/", total)) }, total: 5}
	for _, piece := range []string{"Collecting anyio==4\n  Using ca", "ched anyio\nIgnoring appnope: markers\n", "Collecting b", "\nInstalling collected packages: b\nSuccessfully installed"} {
		io.WriteString(c, piece)
	}
	if want := []string{"1/5", "2/5", "3/5", "5/5"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTail(t *testing.T) {
	if got := tail([]byte("1\n2\n3\n4\n5\n6\n7\n8\n")); got != "3\n4\n5\n6\n7\n8" {
		t.Errorf("%q", got)
	}
	if got := tail(nil); got != "" {
		t.Errorf("%q", got)
	}
}

func TestFreePort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	if _, err := FreePort(port, port); !errors.Is(err, ErrNoPort) {
		t.Errorf("port %d is taken: %v", port, err)
	}
	if got, err := FreePort(port, min(port+50, 65535)); err == nil && got == port {
		t.Errorf("port %d was given out", got)
	}
}

func TestLab(t *testing.T) {
	l := Lab{Folder: "/home/ada/convnotes", Open: "zh", Port: 8890, Token: "secret", Kernel: "convnotes", Browser: true}
	if got, want := l.URL(), "http://127.0.0.1:8890/lab/tree/zh?token=secret"; got != want {
		t.Errorf("address %s, want %s", got, want)
	}
	args := l.arguments()
	for _, want := range []string{"--ServerApp.port=8890", "--ServerApp.port_retries=0", "--ServerApp.open_browser=True", "--ServerApp.root_dir=/home/ada/convnotes"} {
		if !slices.Contains(args, want) {
			t.Errorf("%s is missing in %q", want, args)
		}
	}
	if strings.Contains(strings.Join(args, " "), "secret") {
		t.Error("the token is on the command line, where others see it")
	}
	if root := os.Geteuid() == 0; root != slices.Contains(args, "--allow-root") {
		t.Errorf("root %v: %q", root, args)
	}
}

func TestWaitEndsWithTheProcess(t *testing.T) {
	running, end := context.WithCancel(t.Context())
	end()
	port, err := FreePort(20000, 30000)
	if err != nil {
		t.Fatal(err)
	}
	if err := (Lab{Port: port}).Wait(running); err == nil {
		t.Error("no error")
	}
}

func TestSettings(t *testing.T) {
	e := Environment{t.TempDir()}
	folders := map[string]bool{}
	for _, locale := range []string{"zh_CN", "", "zh_CN"} {
		folder, err := e.configure(Lab{Locale: locale})
		if err != nil {
			t.Fatal(err)
		}
		folders[folder] = true
		text, err := os.ReadFile(filepath.Join(folder, "overrides.json"))
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(text, []byte(`"locale": "zh_CN"`)); got != (locale != "") {
			t.Errorf("locale %q: %s", locale, text)
		}
	}
	if len(folders) != 2 {
		t.Errorf("two locales share a folder: %v", folders)
	}
}

func TestEnvironment(t *testing.T) {
	e := Environment{filepath.Join(t.TempDir(), "lab")}
	if e.Made() {
		t.Error("made, and not there")
	}
	if err := e.Remove(); err != nil {
		t.Errorf("removing nothing: %v", err)
	}
	if err := e.Check(t.Context()); !errors.Is(err, ErrBroken) {
		t.Errorf("check: %v", err)
	}
	if err := os.MkdirAll(e.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(e.Dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("mine.txt", "precious")
	if err := e.Remove(); err == nil {
		t.Error("a folder of something else was removed")
	}
	put("pyvenv.cfg", "")
	put(filepath.Base(e.stamp()), "of other requirements\n")
	if e.Made() {
		t.Error("made of other requirements")
	}
	put(filepath.Base(e.stamp()), requirementsHash()+"\n")
	if !e.Made() {
		t.Error("not made")
	}
	if err := e.Remove(); err != nil || e.Made() {
		t.Errorf("not removed: %v", err)
	}
}

func TestCommandForgetsTheCallersPython(t *testing.T) {
	t.Setenv("PYTHONPATH", "/astray")
	t.Setenv("PIP_TARGET", "/astray")
	t.Setenv("KEPT", "kept")
	c := command(t.Context(), "python3")
	env := strings.Join(c.Env, "\n")
	if strings.Contains(env, "/astray") || !strings.Contains(env, "KEPT=kept") {
		t.Error(env)
	}
}
