package packages

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// NewImporter returns an importer of these packages for the type checker. It
// reads a package when it is first imported, with the declarations of other
// packages that its own refer to. It is safe for use by several goroutines.
func NewImporter(pkgs map[string]*Package) types.Importer {
	return &importer{pkgs: pkgs, fset: token.NewFileSet(), known: map[string]*types.Package{}}
}

type importer struct {
	pkgs map[string]*Package
	fset *token.FileSet

	mu    sync.Mutex
	known map[string]*types.Package // some of them only in part
}

// An UnknownError says that the binary has no package of that path.
type UnknownError struct{ Path string }

func (e *UnknownError) Error() string {
	if e.Path == "C" {
		return "import \"C\" needs cgo and a C compiler, which a cell has not"
	}
	return fmt.Sprintf("package %s is not built into this kernel", e.Path)
}

func (im *importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	if p := im.known[path]; p != nil && p.Complete() {
		return p, nil
	}
	p := im.pkgs[path]
	if p == nil {
		return nil, &UnknownError{path}
	}
	data, err := p.Exports.Find(path)
	if err != nil {
		return nil, fmt.Errorf("importing %s: %w", path, err)
	}
	return gcexportdata.Read(bytes.NewReader(data), im.fset, im.known, path)
}
