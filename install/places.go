package install

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/convnotes/convnotes/internal/atomicfile"
)

// ErrNoPrefix says that no Python environment is active.
var ErrNoPrefix = errors.New("no Python environment is active: activate one, or name it with --prefix")

// UserDir returns the folder where Jupyter keeps the user's own data:
// JUPYTER_DATA_DIR, or else the platform's place.
func UserDir() (string, error) {
	return userDir(runtime.GOOS, os.Getenv)
}

func userDir(system string, getenv func(string) string) (string, error) {
	if dir := getenv("JUPYTER_DATA_DIR"); dir != "" {
		return dir, nil
	}
	if system == "windows" {
		if dir := getenv("APPDATA"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
		return "", errors.New("neither JUPYTER_DATA_DIR nor APPDATA is set")
	}
	if dir := getenv("XDG_DATA_HOME"); dir != "" && system != "darwin" {
		return filepath.Join(dir, "jupyter"), nil
	}
	home := getenv("HOME")
	switch {
	case home == "":
		return "", errors.New("neither JUPYTER_DATA_DIR nor HOME is set")
	case system == "darwin":
		return filepath.Join(home, "Library", "Jupyter"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}

// PrefixDir returns the Jupyter data folder of an installation of Python at prefix.
func PrefixDir(prefix string) string {
	return filepath.Join(prefix, "share", "jupyter")
}

// SysPrefixDir returns the Jupyter data folder of the active Python environment,
// a venv's or conda's.
func SysPrefixDir() (string, error) {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if prefix := os.Getenv(name); prefix != "" {
			return PrefixDir(prefix), nil
		}
	}
	return "", ErrNoPrefix
}

// Binary returns the absolute path of the running program, links resolved.
func Binary() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

// temporary says whether go run or go test built the binary, which they remove
// again: both build below a folder named go-build, in the temporary or cache folder.
func temporary(binary string) bool {
	for _, part := range strings.Split(filepath.ToSlash(binary), "/") {
		if strings.HasPrefix(part, "go-build") {
			return true
		}
	}
	return false
}

func copyBinary(from, folder string) (to string, err error) {
	data, err := os.ReadFile(from)
	if err != nil {
		return "", err
	}
	to = filepath.Join(folder, "convnotes"+filepath.Ext(from))
	return to, atomicfile.Write(to, data, 0o755)
}
