package gocell

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"
)

// memoryLimit is how many bytes the process may use. One make may not ask for
// more, and a cell that comes near is stopped.
func memoryLimit() uintptr {
	n, _ := memorySetting()
	return n
}

// memorySetting is CONVNOTES_MEMORY, or most of what the machine or its container has.
var memorySetting = sync.OnceValues(func() (uintptr, error) {
	most := uintptr(machineMemory() / 10 * 9)
	text := os.Getenv("CONVNOTES_MEMORY")
	if text == "" {
		return most, nil
	}
	n, ok := parseSize(text)
	if !ok {
		return most, fmt.Errorf(say("CONVNOTES_MEMORY is %q: it must be a size such as 2GiB or 800MiB. Set it right and restart the kernel", "CONVNOTES_MEMORY 的值是 %q：应为 2GiB 或 800MiB 这样的大小。请改正后重启内核"), text)
	}
	return uintptr(n), nil
})

// unknownMemory is taken for the memory of a machine that does not tell.
const unknownMemory = 4 << 30

// parseSize reads a number of bytes as 2GiB, 1.5GB, 800M.
func parseSize(text string) (n uint64, ok bool) {
	digits := strings.TrimRight(strings.TrimSpace(text), "BbIiKkMmGgTt ")
	unit := 1.0
	switch rest := strings.ToUpper(strings.TrimSpace(strings.TrimSpace(text)[len(digits):])); rest {
	case "", "B":
	case "K", "KB", "KIB":
		unit = 1 << 10
	case "M", "MB", "MIB":
		unit = 1 << 20
	case "G", "GB", "GIB":
		unit = 1 << 30
	case "T", "TB", "TIB":
		unit = 1 << 40
	default:
		return 0, false
	}
	x, err := strconv.ParseFloat(digits, 64)
	if x *= unit; err != nil || !(x >= 1 && x < math.MaxInt64) {
		return 0, false
	}
	return uint64(x), true
}

// keepBelow makes the collector work harder where memory gets short, before a
// cell is stopped for it. Who sets GOMEMLIMIT knows better.
var keepBelow = sync.OnceFunc(func() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(int64(memoryLimit() / 10 * 9))
	}
})

const (
	memoryPoll = 10 * time.Millisecond
	mostLive   = 0.85 // of the limit, in values that something still refers to
	mostUsed   = 0.92 // of the limit, with what is to be collected
	roomToFree = 0.02 // of the limit, for a cell that starts when there is too much
)

// errMemory is the cause that ends a cell which needs too much.
var errMemory = errors.New("out of memory")

// watchMemory ends the context that it returns when memory gets short. What it
// returns beside turns the interruption into the error that says so.
func (s *Engine) watchMemory(ctx context.Context) (watched context.Context, explain func(error) error) {
	keepBelow()
	watched, cancel := context.WithCancelCause(ctx)
	w := &memoryWatch{limit: float64(memoryLimit())}
	w.allowed = max(mostLive*w.limit, readMemory().live+roomToFree*w.limit)
	ended := make(chan struct{})
	go w.run(ended, cancel)
	return watched, func(err error) error {
		close(ended)
		defer cancel(nil)
		if err == nil || !errors.Is(context.Cause(watched), errMemory) {
			return err
		}
		return w.error(err)
	}
}

// A memoryWatch is that of one cell; sizes are in bytes.
type memoryWatch struct {
	limit   float64
	allowed float64 // of live values
	used    float64 // when the cell was stopped
}

func (w *memoryWatch) run(ended chan struct{}, cancel context.CancelCauseFunc) {
	for wait := memoryPoll; ; {
		select {
		case <-ended:
			return
		case <-time.After(wait):
		}
		start := time.Now()
		if w.over() {
			cancel(errMemory)
			return
		}
		wait = max(memoryPoll, 10*time.Since(start)) // collections are a tenth of the time
	}
}

// over reports whether there is too much, also when garbage is not counted.
func (w *memoryWatch) over() bool {
	m := readMemory()
	if m.used < mostUsed*w.limit && m.live < w.allowed {
		return false
	}
	if m.live < 1.5*w.limit { // else there is no time
		runtime.GC()
		m = readMemory()
	}
	w.used = m.live
	return m.live > w.allowed
}

// error is what the person reads: err says where the cell was.
func (w *memoryWatch) error(err error) error {
	text := fmt.Sprintf(say(
		"out of memory: the session uses %s, its limit is %s. The cell was stopped; variables keep their values.\n"+
			"Work on smaller pieces, set what you no longer need to nil, or restart the kernel. CONVNOTES_MEMORY=8GiB sets another limit.",
		"内存不足：当前会话已使用 %s，上限为 %s。单元格已停止，变量的值仍然保留。\n"+
			"请减小数据规模，把不再需要的变量设为 nil，或重启内核。可用 CONVNOTES_MEMORY=8GiB 设置其他上限。"),
		sizeText(w.used), sizeText(w.limit))
	e := &Error{Class: "out of memory", Message: text, Cause: errMemory}
	if was, ok := errors.AsType[*Error](err); ok {
		e.Frames, e.Omitted = was.Frames, was.Omitted
	}
	return e
}

func sizeText(bytes float64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%.0f MiB", bytes/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", bytes/(1<<30))
}

// memoryUse is what the process uses, in bytes.
type memoryUse struct {
	live float64 // values and stacks; garbage that is not collected yet counts
	used float64 // all that the system gave and did not get back
}

func readMemory() memoryUse {
	m := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"},
		{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(m)
	n := func(i int) float64 { return float64(m[i].Value.Uint64()) }
	return memoryUse{n(0) + n(1), n(2) - n(3)}
}
