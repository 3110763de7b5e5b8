package gocell

import (
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// machineMemory is what the machine or its container has, in bytes.
func machineMemory() uint64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return unknownMemory
	}
	return containerMemory(uint64(info.Totalram) * uint64(info.Unit))
}

// containerMemory is what the control groups of the process allow, at most n.
// Both versions are read: https://docs.kernel.org/admin-guide/cgroup-v2.html
// (memory.max) and cgroup-v1/memory.html (memory.limit_in_bytes).
func containerMemory(n uint64) uint64 {
	groups, err := os.ReadFile("/proc/self/cgroup") // lines such as 0::/user.slice or 4:memory:/docker/1f
	if err != nil {
		return n
	}
	for line := range strings.Lines("0::/\n1:memory:/\n" + string(groups)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		switch {
		case len(f) != 3:
		case f[1] == "":
			n = lowest(n, "/sys/fs/cgroup", f[2], "memory.max")
		case strings.Contains(","+f[1]+",", ",memory,"):
			n = lowest(n, "/sys/fs/cgroup/memory", f[2], "memory.limit_in_bytes")
		}
	}
	return n
}

// lowest is the lowest limit of a group and of those above it.
func lowest(n uint64, root, group, file string) uint64 {
	for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
		if text, err := os.ReadFile(path.Join(root, dir, file)); err == nil {
			if limit, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil { // or it is "max"
				n = min(n, limit)
			}
		}
		if dir == "/" {
			return n
		}
	}
}
