package zmq

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/convnotes/convnotes/kernel"
)

// Serve runs a kernel for the clients that know a connection file, in a process
// that is the kernel's own (see kernel.OwnProcess), until one of them or a
// signal ends it.
func Serve(ctx context.Context, connectionFile string, e kernel.Evaluator, o kernel.Options) (err error) {
	c, err := ReadConnection(connectionFile)
	if err != nil {
		return err
	}
	// A restarted kernel gets the same connection file, so it finds this one's
	// last words.
	crash := strings.TrimSuffix(connectionFile, filepath.Ext(connectionFile)) + ".crash"
	if o.Process, err = kernel.OwnProcess(crash); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Process.Close()) }()
	if o.Log == nil {
		o.Log = o.Process.Log
	}
	t, err := Listen(c, o.Log)
	if err != nil {
		return err
	}
	defer t.Close()
	if c.registers() {
		if err := register(ctx, c, t); err != nil {
			return err
		}
	}
	return kernel.New(e, t, o).Run(ctx)
}
