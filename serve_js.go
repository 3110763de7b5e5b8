package main

import (
	"context"
	"errors"

	"github.com/convnotes/convnotes/kernel"
)

// serve has nothing to listen on: a program in JavaScript has no sockets. The
// other commands drive the same kernel without them.
func serve(context.Context, string, kernel.Evaluator, kernel.Options) error {
	return errors.New("a build for GOOS=js has no sockets to serve Jupyter with; use convnotes run")
}
