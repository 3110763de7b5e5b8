package kernel

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// usage answers jupyter-resource-usage: what the kernel and its machine use, in
// bytes and percent of a core, under the names that psutil has for it.
func (k *Kernel) usage(*request) (any, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	resident, err := residentMemory()
	if err != nil {
		return nil, err
	}
	machine, err := machineMemory()
	if err != nil {
		return nil, err
	}
	return map[string]any{"hostname": host, "pid": os.Getpid(), "kernel_cpu": cpuUse.percent(),
		"kernel_memory": resident, "cpu_count": runtime.NumCPU(), "host_virtual_memory": machine}, nil
}

// residentMemory returns the bytes of memory that the process holds.
func residentMemory() (int64, error) {
	b, err := os.ReadFile("/proc/self/statm") // pages: size, resident, shared ...
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return 0, errors.New("/proc/self/statm has no second field")
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// machineMemory reads /proc/meminfo, whose lines are like "MemTotal:  24576 kB".
func machineMemory() (map[string]float64, error) {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names := map[string]string{"MemTotal:": "total", "MemAvailable:": "available", "MemFree:": "free",
		"Active:": "active", "Inactive:": "inactive"}
	m := map[string]float64{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		if name := names[fields[0]]; name != "" {
			kB, err := strconv.ParseFloat(fields[1], 64)
			if err != nil {
				return nil, fmt.Errorf("/proc/meminfo: %w", err)
			}
			m[name] = kB * 1024
		}
	}
	m["used"] = m["total"] - m["available"]
	m["percent"] = 100 * m["used"] / max(m["total"], 1)
	return m, nil
}

// cpuUse measures the process between two requests, at first since its start.
var cpuUse = cpuMeter{when: time.Now()}

type cpuMeter struct {
	mu   sync.Mutex
	when time.Time
	used time.Duration
}

func (c *cpuMeter) percent() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	now, used := time.Now(), time.Duration(r.Utime.Nano()+r.Stime.Nano())
	percent := 100 * float64(used-c.used) / max(float64(now.Sub(c.when)), 1)
	c.when, c.used = now, used
	return percent
}
