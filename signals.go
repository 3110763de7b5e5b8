package main

import (
	"os"
	"syscall"
)

// stopSignals are the signals that ask a program to stop.
var stopSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}
