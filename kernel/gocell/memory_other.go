//go:build !linux && !darwin && !windows

package gocell

// machineMemory is not known here.
func machineMemory() uint64 { return unknownMemory }
