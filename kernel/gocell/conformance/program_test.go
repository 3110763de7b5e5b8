package conformance

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
)

// runProgram runs a file in this process and returns its exit status.
func runProgram(file string) int {
	go watchMemory(1 << 30)
	source, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	err = gocell.New(symbols.Packages).RunProgram(context.Background(), map[string]string{file: string(source)}, terminal{})
	var status int
	if err == nil {
		return 0
	}
	if _, scan := fmt.Sscanf(err.Error(), "exit status %d", &status); scan == nil {
		return status
	}
	fmt.Fprintln(os.Stderr, strings.TrimPrefix(err.Error(), "cell 1:"))
	return 1
}

// watchMemory ends a program that takes more than its share of the machine.
func watchMemory(limit int) {
	for ; ; time.Sleep(100 * time.Millisecond) {
		statm, err := os.ReadFile("/proc/self/statm")
		if err != nil {
			return // not on Linux
		}
		fields := strings.Fields(string(statm))
		if pages, _ := strconv.Atoi(fields[1]); pages*os.Getpagesize() > limit {
			fmt.Fprintln(os.Stderr, "out of memory")
			os.Exit(3)
		}
	}
}

// terminal is the output of a program that runs by itself.
type terminal struct{}

func (terminal) Stdout() io.Writer                  { return os.Stdout }
func (terminal) Stderr() io.Writer                  { return os.Stderr }
func (terminal) Display(display.Bundle)             {}
func (terminal) Clear(bool)                         {}
func (terminal) Input(string, bool) (string, error) { return "", kernel.ErrNoInput }
func (terminal) Page(display.Bundle)                {}
func (terminal) SetNextInput(string, bool)          {}
func (terminal) Count() int                         { return 1 }
