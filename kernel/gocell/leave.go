package gocell

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"testing"
)

// What ends a program ends the cell, and not the process: os.Exit and log.Fatal
// (see natives), the loggers of cells, flags that cannot be parsed, testing.Main.
func init() {
	natives["syscall.Exit"] = natives["os.Exit"]
	natives["(*log.Logger).Fatal"] = func(t *thread, in, out []fp) { fatal(in, fmt.Sprint(arg[[]any](in, 1)...)) }
	natives["(*log.Logger).Fatalln"] = func(t *thread, in, out []fp) { fatal(in, fmt.Sprintln(arg[[]any](in, 1)...)) }
	natives["(*log.Logger).Fatalf"] = func(t *thread, in, out []fp) {
		fatal(in, fmt.Sprintf(arg[string](in, 1), arg[[]any](in, 2)...))
	}
	natives["flag.Parse"] = func(t *thread, in, out []fp) { _ = parseFlags(flag.CommandLine, os.Args[1:]) }
	natives["(*flag.FlagSet).Parse"] = func(t *thread, in, out []fp) {
		*(*error)(out[0]) = parseFlags(arg[*flag.FlagSet](in, 0), arg[[]string](in, 1))
	}
	natives["testing.Main"] = func(t *thread, in, out []fp) {
		m := testing.MainStart(testDeps{match: arg[matchFunc](in, 0)}, arg[[]testing.InternalTest](in, 1),
			arg[[]testing.InternalBenchmark](in, 2), nil, arg[[]testing.InternalExample](in, 3))
		panic(&exit{m.Run()})
	}
	natives["testing.RunTests"] = func(t *thread, in, out []fp) {
		readyToTest()
		*(*bool)(out[0]) = testing.RunTests(arg[matchFunc](in, 0), arg[[]testing.InternalTest](in, 1))
	}
	natives["testing.Short"] = func(t *thread, in, out []fp) { readyToTest(); *(*bool)(out[0]) = testing.Short() }
	natives["testing.Verbose"] = func(t *thread, in, out []fp) { readyToTest(); *(*bool)(out[0]) = testing.Verbose() }
}

func fatal(in []fp, text string) {
	_ = arg[*log.Logger](in, 0).Output(2, text)
	panic(&exit{1})
}

// parseFlags parses as fs does, but for ExitOnError: that ends the cell.
func parseFlags(fs *flag.FlagSet, args []string) error {
	if fs.ErrorHandling() != flag.ExitOnError {
		return fs.Parse(args)
	}
	fs.Init(fs.Name(), flag.ContinueOnError)
	err := fs.Parse(args)
	fs.Init(fs.Name(), flag.ExitOnError)
	switch {
	case errors.Is(err, flag.ErrHelp):
		panic(&exit{0})
	case err != nil:
		panic(&exit{2})
	}
	return nil
}

// ownFlags gives a program the command line of its own that it would have, and
// returns what puts the session's back.
func ownFlags() (restore func()) {
	session := flag.CommandLine
	flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	flag.CommandLine.Usage = func() { flag.Usage() }
	return func() { flag.CommandLine = session }
}
