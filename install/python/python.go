// Package python makes the Python environment that JupyterLab runs in, and runs
// JupyterLab there. Making it is, with fetching data, the one thing in convnotes
// that downloads.
package python

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/convnotes/convnotes/internal/atomicfile"
)

// requirements.txt pins every package by version and hash (pip's hash-checking mode).
//
//go:embed requirements.txt
var requirements []byte

// Oldest is the oldest minor version of Python 3 that requirements.txt is made for.
const Oldest = 10

var (
	ErrNoPython = errors.New("no Python found")
	ErrNoVenv   = errors.New("this Python cannot make virtual environments: it lacks venv or ensurepip")
	ErrBroken   = errors.New("the environment is broken")
)

// An OldError says that a Python is older than Oldest.
type OldError struct{ Path, Version string }

func (e *OldError) Error() string {
	return fmt.Sprintf("%s is Python %s: want 3.%d or later", e.Path, e.Version, Oldest)
}

// A CommandError says which command failed, and the end of what it printed.
type CommandError struct {
	Command, Output string
	Err             error
}

func (e *CommandError) Error() string { return fmt.Sprintf("%s: %v\n%s", e.Command, e.Err, e.Output) }
func (e *CommandError) Unwrap() error { return e.Err }

// Find returns a Python that can make the environment: the one of that name, or
// with an empty name python3 or python on the PATH.
func Find(ctx context.Context, name string) (path string, err error) {
	names := []string{"python3", "python"}
	if name != "" {
		names = []string{name}
	}
	err = ErrNoPython
	for _, name := range names {
		path, found := exec.LookPath(name)
		if found != nil {
			continue
		}
		if err = suits(ctx, path); err == nil {
			return path, nil
		}
	}
	return "", err
}

// suits says what the Python at path lacks. Windows' placeholder for Python,
// which opens a shop, prints no version: it counts as none.
func suits(ctx context.Context, path string) error {
	const program = `import sys; print("%d.%d" % sys.version_info[:2]); import venv, ensurepip`
	out, err := command(ctx, path, "-c", program).Output()
	version := strings.TrimSpace(string(out))
	var major, minor int
	if _, bad := fmt.Sscanf(version, "%d.%d", &major, &minor); bad != nil {
		return ErrNoPython
	}
	if major != 3 || minor < Oldest {
		return &OldError{path, version}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, ErrNoVenv)
	}
	return nil
}

// An Environment is a virtual environment with JupyterLab in it.
type Environment struct{ Dir string }

// Python returns the environment's own interpreter.
func (e Environment) Python() string {
	if runtime.GOOS == "windows" {
		return filepath.Join(e.Dir, "Scripts", "python.exe")
	}
	return filepath.Join(e.Dir, "bin", "python")
}

// stamp is the file whose presence says that the environment is complete, and
// whose text, the hash of requirements.txt, what it was made from.
func (e Environment) stamp() string { return filepath.Join(e.Dir, "convnotes-requirements.sha256") }

func requirementsHash() string {
	sum := sha256.Sum256(requirements)
	return hex.EncodeToString(sum[:])
}

// pinned counts the packages of requirements.txt: the lines that do not go on
// with a hash.
func pinned() (n int) {
	for line := range bytes.Lines(requirements) {
		if 'a' <= line[0] && line[0] <= 'z' {
			n++
		}
	}
	return n
}

// Made says whether the environment is there, complete and of these requirements.
func (e Environment) Made() bool {
	text, err := os.ReadFile(e.stamp())
	return err == nil && strings.TrimSpace(string(text)) == requirementsHash()
}

// Check says with ErrBroken that JupyterLab does not load, and with what message.
func (e Environment) Check(ctx context.Context) error {
	out, err := command(ctx, e.Python(), "-c", "import jupyterlab.labapp").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %v\n%s", ErrBroken, err, tail(out))
	}
	return nil
}

// Make makes the environment anew with the Python at path and installs the
// requirements. It reports how many packages of how many pip has come to.
func (e Environment) Make(ctx context.Context, path string, report func(done, total int)) error {
	if err := e.Remove(); err != nil {
		return err
	}
	if err := run(command(ctx, path, "-m", "venv", e.Dir), io.Discard); err != nil {
		return err
	}
	list := filepath.Join(e.Dir, "requirements.txt")
	if err := os.WriteFile(list, requirements, 0o644); err != nil {
		return err
	}
	pip := command(ctx, e.Python(), "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:",
		"--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", list)
	if err := run(pip, &counter{report: report, total: pinned()}); err != nil {
		return err
	}
	return atomicfile.Write(e.stamp(), []byte(requirementsHash()+"\n"), 0o644)
}

// Remove removes the environment. A folder that is no virtual environment stays.
func (e Environment) Remove() error {
	if _, err := os.Stat(filepath.Join(e.Dir, "pyvenv.cfg")); err == nil {
		return os.RemoveAll(e.Dir)
	}
	files, err := os.ReadDir(e.Dir)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(files) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s holds something else than a Python environment", e.Dir)
}

// command is a command whose Python is not led astray by the caller's settings.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	for _, setting := range os.Environ() {
		key, _, _ := strings.Cut(setting, "=")
		switch key {
		case "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_NO_BINARY", "PIP_QUIET", "VIRTUAL_ENV":
		default:
			c.Env = append(c.Env, setting)
		}
	}
	c.Env = append(c.Env, "PYTHONNOUSERSITE=1", "PIP_USER=0")
	return c
}

// run runs a command, copies what it prints to out, and puts the end of that
// into the error.
func run(c *exec.Cmd, out io.Writer) error {
	var printed bytes.Buffer
	c.Stdout, c.Stderr = io.MultiWriter(out, &printed), &printed
	if err := c.Run(); err != nil {
		return &CommandError{strings.Join(c.Args, " "), tail(printed.Bytes()), err}
	}
	return nil
}

// tail returns the last lines of a text.
func tail(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-6):], "\n")
}

// A counter counts the packages that pip's output names.
type counter struct {
	report      func(done, total int)
	done, total int
	line        []byte
}

func (c *counter) Write(p []byte) (int, error) {
	c.line = append(c.line, p...)
	for {
		n, line, _ := bufio.ScanLines(c.line, false)
		if n == 0 {
			return len(p), nil
		}
		c.count(line)
		c.line = c.line[n:]
	}
}

func (c *counter) count(line []byte) {
	switch {
	case bytes.HasPrefix(line, []byte("Collecting ")), bytes.HasPrefix(line, []byte("Ignoring ")):
		c.done = min(c.done+1, c.total)
	case bytes.HasPrefix(line, []byte("Installing collected packages")):
		c.done = c.total
	default:
		return
	}
	if c.report != nil {
		c.report(c.done, c.total)
	}
}
