package kernel

import (
	"bytes"
	"os"
	"strconv"
)

// residentMemory returns the bytes of memory that the process holds.
func residentMemory() (int64, bool) {
	b, err := os.ReadFile("/proc/self/statm") // pages: size, resident, shared ...
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}
