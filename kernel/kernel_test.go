package kernel_test

import (
	"flag"
	"testing"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/kerneltest"
	"github.com/convnotes/convnotes/kernel/protocol"
)

var update = flag.Bool("update", false, "write the transcripts in testdata anew")

var echoInfo = protocol.KernelInfo{
	Implementation: "echo", ImplementationVersion: "1.0", Banner: "an echo",
	LanguageInfo: protocol.LanguageInfo{Name: "echo", Version: "1.0", MIMEType: "text/plain", FileExtension: ".txt"},
}

func TestTranscripts(t *testing.T) {
	kerneltest.Transcripts(t, "testdata/*.txtar", *update,
		func() kernel.Evaluator { return kerneltest.NewEcho() }, kernel.Options{Info: echoInfo})
}
