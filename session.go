package main

import (
	"io"
	"runtime"
	"strings"
	"sync/atomic"

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
func (c *call) session(options ...gocell.Option) (kernel.Evaluator, kernel.Options) {
	display.SetLanguage(c.language())
	engine := gocell.New(symbols.Packages, options...)
	engine.RegisterMagic("%lesson", beginLesson)
	engine.RegisterMagic("%progress", showProgress)
	check.SetUses(engine.Uses)
	display.SetRenderer(plotting.Translated)
	train.SetReporter(plotting.Training) // also in run: the curve is part of the notebook
	return engine, kernel.Options{
		Info: kernelInfo(),
		Made: func(k *kernel.Kernel) { cnn.SetYield(yield(k, engine)) },
	}
}

// yield returns what long computations call now and then: it serves the browser,
// and ends them when the person interrupts or memory is short.
func yield(k *kernel.Kernel, engine *gocell.Engine) func() error {
	return func() error {
		if err := k.Yield(); err != nil {
			return err
		}
		return engine.Stopping()
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
	current.Store(&s.Lesson.ID)
	cnn.Seed(uint64(s.Seed))
	_, err = io.WriteString(out.Stdout(), s.String()+"\n")
	return err
}

// current is the lesson that the notebook is of, for the learner's progress.
var current atomic.Pointer[string]

// keepProgress notes every score beside the notebooks, in the folder the kernel
// was started in. A folder that cannot be written to keeps none.
func keepProgress() {
	check.SetRecorder(func(s check.Score) {
		if id := current.Load(); id != nil {
			lessons.Record(".", *id, s)
		}
	})
}

// showProgress is the cell at the end of the index.
func showProgress(arguments string, out kernel.Output) error {
	if l := strings.TrimSpace(arguments); l == "en" || l == "zh" {
		display.SetLanguage(l)
	}
	p, err := lessons.ReadProgress(".")
	if err != nil {
		return err
	}
	out.Display(display.Of(p))
	return nil
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
