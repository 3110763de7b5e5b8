package gocell

import "golang.org/x/sys/unix"

// machineMemory is what the machine has, in bytes.
func machineMemory() uint64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return unknownMemory
	}
	return n
}
