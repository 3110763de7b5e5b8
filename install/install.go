// Package install tells Jupyter of the kernel: it writes and removes the
// kernelspec, the folder with kernel.json that Jupyter looks kernels up in.
//
// The folders: https://docs.jupyter.org/en/latest/use/jupyter-directories.html
package install

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/convnotes/convnotes/internal/atomicfile"
)

//go:embed kernelspec
var logos embed.FS

// Name and DisplayName are what the kernel is called where nobody says otherwise.
const (
	Name        = "convnotes"
	DisplayName = "Go (convnotes)"
)

// A Spec is what kernel.json tells Jupyter.
type Spec struct {
	Name        string // of its folder, and in a notebook's metadata
	DisplayName string
	Binary      string // absolute path of convnotes
	Version     string // of convnotes
}

var (
	// ErrNotOurs says that a kernelspec starts another kernel.
	ErrNotOurs = errors.New("this kernelspec is not convnotes'")
	// ErrName says that Jupyter does not take a name.
	ErrName = errors.New("want letters, digits, '.', '-' and '_'")
)

// Write puts the kernelspec into dataDir, a Jupyter data folder, in place of an
// earlier one of the same name, and returns its folder. A binary that is about
// to vanish, as go run's, is copied there first.
func (s Spec) Write(dataDir string) (folder string, err error) {
	folder, err = s.folder(dataDir)
	if err != nil {
		return "", err
	}
	if err := ours(folder); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	if temporary(s.Binary) {
		if s.Binary, err = copyBinary(s.Binary, folder); err != nil {
			return "", err
		}
	}
	if err := writeLogos(folder); err != nil {
		return "", err
	}
	return folder, atomicfile.Write(filepath.Join(folder, "kernel.json"), s.JSON(), 0o644)
}

// Remove removes the kernelspec of that name from dataDir and returns what its
// folder was. A kernelspec of another kernel stays: ErrNotOurs.
func Remove(dataDir, name string) (folder string, err error) {
	folder, err = Spec{Name: name}.folder(dataDir)
	if err != nil {
		return "", err
	}
	if err := ours(folder); err != nil {
		return "", err
	}
	return folder, os.RemoveAll(folder)
}

// kernelJSON is kernel.json; metadata.convnotes marks it as ours.
// https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
type kernelJSON struct {
	Argv        []string `json:"argv"`
	DisplayName string   `json:"display_name"`
	Language    string   `json:"language"`
	Interrupt   string   `json:"interrupt_mode"`
	Protocol    string   `json:"kernel_protocol_version"`
	Metadata    struct {
		Debugger  bool      `json:"debugger"`
		Convnotes *metadata `json:"convnotes"`
	} `json:"metadata"`
}

type metadata struct {
	Version string `json:"version"`
}

// JSON returns the text of kernel.json. Interrupts come as messages, which works
// on Windows too; a SIGINT interrupts as well.
func (s Spec) JSON() []byte {
	k := kernelJSON{
		Argv:        []string{s.Binary, "kernel", "--connection-file", "{connection_file}"},
		DisplayName: s.DisplayName,
		Language:    "go",
		Interrupt:   "message",
		Protocol:    "5.5",
	}
	k.Metadata.Convnotes = &metadata{s.Version}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	e.Encode(k) // strings and a bool cannot fail
	return text.Bytes()
}

// Jupyter takes these names and no others (jupyter_client/kernelspec.py, _is_valid_kernel_name).
var validName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func (s Spec) folder(dataDir string) (string, error) {
	if !validName.MatchString(s.Name) || s.Name == "." || s.Name == ".." {
		return "", fmt.Errorf("kernel name %q: %w", s.Name, ErrName)
	}
	dataDir, err := filepath.Abs(dataDir)
	return filepath.Join(dataDir, "kernels", s.Name), err
}

// ours returns nil if the folder holds a kernelspec of convnotes, an
// os.ErrNotExist if it holds none, and ErrNotOurs otherwise.
func ours(folder string) error {
	text, err := os.ReadFile(filepath.Join(folder, "kernel.json"))
	if err != nil {
		return err
	}
	var k kernelJSON
	if json.Unmarshal(text, &k) != nil || k.Metadata.Convnotes == nil {
		return fmt.Errorf("%s: %w", folder, ErrNotOurs)
	}
	return nil
}

func writeLogos(folder string) error {
	for _, name := range []string{"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} {
		picture, err := logos.ReadFile("kernelspec/" + name)
		if err != nil {
			return err
		}
		if err := atomicfile.Write(filepath.Join(folder, name), picture, 0o644); err != nil {
			return err
		}
	}
	return nil
}
