package main

import (
	"io"
	"runtime"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/train"
	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
	"github.com/convnotes/convnotes/kernel/protocol"
	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/plotting"
)

// session returns what runs cells, Go with our packages and the course's own
// magics, and the kernel's options for it.
func (c *call) session() (kernel.Evaluator, kernel.Options) {
	display.SetLanguage(c.language())
	engine := gocell.New(symbols.Packages)
	engine.RegisterMagic("%lesson", beginLesson)
	check.SetUses(engine.Uses)
	train.SetReporter(plotting.Training) // also in run: the curve is part of the notebook
	return engine, kernel.Options{
		Info: kernelInfo(),
		Made: func(k *kernel.Kernel) { cnn.SetYield(k.Yield) }, // long computations can be interrupted
	}
}

// beginLesson is the first cell of a lesson: it sets the session's language and
// seeds, and greets.
func beginLesson(arguments string, out kernel.Output) error {
	s, err := lessons.ParseSession(arguments)
	if err != nil {
		return err
	}
	s.Begin()
	cnn.Seed(uint64(s.Seed))
	_, err = io.WriteString(out.Stdout(), s.String()+"\n")
	return err
}

// kernelInfo says to front ends what the kernel is.
func kernelInfo() protocol.KernelInfo {
	version := strings.TrimPrefix(runtime.Version(), "go")
	return protocol.KernelInfo{
		Implementation:        "convnotes",
		ImplementationVersion: ourVersion(),
		LanguageInfo: protocol.LanguageInfo{
			Name: "go", Version: version, MIMEType: "text/x-go", FileExtension: ".go",
			PygmentsLexer: "go", CodeMirrorMode: "go", NbconvertExporter: "script",
		},
		Banner: "convnotes " + ourVersion() + ", Go " + version,
		HelpLinks: []protocol.HelpLink{
			{Text: "A Tour of Go", URL: "https://go.dev/tour/"},
			{Text: "Go standard library", URL: "https://pkg.go.dev/std"},
		},
	}
}
