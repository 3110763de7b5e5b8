package gocell

import (
	"os"
	"strconv"
	"strings"
	"sync"
)

// memoryLimit is how many bytes one make may ask for: most of what the machine
// or its container has.
var memoryLimit = sync.OnceValue(func() uintptr {
	limit := uint64(4 << 30)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		for _, line := range strings.Split(string(text), "\n") {
			if f := strings.Fields(line); len(f) >= 2 && f[0] == "MemTotal:" {
				if kb, err := strconv.ParseUint(f[1], 10, 64); err == nil {
					limit = kb << 10
				}
			}
		}
	}
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil {
			limit = min(limit, n)
		}
	}
	return uintptr(limit / 10 * 9)
})
