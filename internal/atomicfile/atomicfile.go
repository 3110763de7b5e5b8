// Package atomicfile writes a file whole or not at all.
package atomicfile

import (
	"io"
	"os"
	"path/filepath"
)

// Write puts data into the named file, of that mode: who reads it meanwhile, or
// runs it, has the old one, and after an error the old one is still there.
func Write(name string, data []byte, mode os.FileMode) error {
	return Stream(name, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Stream is Write of what write writes.
func Stream(name string, mode os.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it is renamed
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), mode)
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}
