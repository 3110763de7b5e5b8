//go:build !js

package main

import (
	"context"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/zmq"
)

// serve runs a kernel for the clients that know the connection file.
func serve(ctx context.Context, connectionFile string, e kernel.Evaluator, o kernel.Options) error {
	return zmq.Serve(ctx, connectionFile, e, o)
}
