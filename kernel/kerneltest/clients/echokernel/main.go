// Echokernel is a Jupyter kernel around kerneltest.Echo, for tests of
// everything but the language.
//
//	echokernel CONNECTION_FILE
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/comm"
	"github.com/convnotes/convnotes/kernel/kerneltest"
	"github.com/convnotes/convnotes/kernel/protocol"
	"github.com/convnotes/convnotes/kernel/zmq"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: echokernel CONNECTION_FILE")
		os.Exit(2)
	}
	err := zmq.Serve(context.Background(), os.Args[1], kerneltest.NewEcho(), kernel.Options{
		Info: protocol.KernelInfo{
			Implementation: "echo", ImplementationVersion: "1.0", Banner: "echo",
			LanguageInfo: protocol.LanguageInfo{Name: "echo", Version: "1.0", MIMEType: "text/plain", FileExtension: ".txt"},
		},
		Comms: comm.NewRegistry(),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
