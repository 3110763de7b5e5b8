//go:build !linux

package kernel

import "runtime"

// residentMemory returns about the bytes of memory that the process holds.
func residentMemory() (int64, bool) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys), true
}
