package gocell

import "github.com/convnotes/convnotes/kernel/gocell/rtype"

// Check says whether the engine can run on this processor with the Go this
// program was built by: types of cells are laid out as the runtime's own are.
func Check() error { return rtype.Check() }
