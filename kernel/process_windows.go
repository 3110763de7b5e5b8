package kernel

import (
	"context"
	"os"
	"strconv"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// redirect puts pipes in the place of os.Stdout and os.Stderr. What is written
// to the system's handles without them is not seen.
func (p *Process) redirect(string) error {
	for i, file := range []**os.File{&os.Stdout, &os.Stderr} {
		pipe, err := openPipe(file, func(b []byte) { p.write(i == 1, b) })
		if err != nil {
			return err
		}
		p.sources = append(p.sources, pipe)
	}
	return nil
}

// A pipe takes what is written to a file.
type pipe struct {
	file  **os.File
	saved *os.File
	r, w  *os.File
	write func([]byte)
	done  chan struct{}
	mu    sync.Mutex // one reads at a time
	buf   [32 << 10]byte
}

func openPipe(file **os.File, write func([]byte)) (*pipe, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &pipe{file: file, saved: *file, r: r, w: w, write: write, done: make(chan struct{})}
	*file = w
	go p.follow()
	return p, nil
}

// follow looks every so often: a Windows pipe does not tell when it is readable.
func (p *pipe) follow() {
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case <-tick.C:
			p.drain()
		case <-p.done:
			tick.Stop()
			return
		}
	}
}

// drain takes what is there now.
func (p *pipe) drain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.available() > 0 {
		n, err := p.r.Read(p.buf[:])
		if err != nil {
			return
		}
		p.write(p.buf[:n])
	}
}

var peekNamedPipe = windows.NewLazySystemDLL("kernel32.dll").NewProc("PeekNamedPipe")

func (p *pipe) available() (n uint32) {
	peekNamedPipe.Call(p.r.Fd(), 0, 0, 0, uintptr(unsafe.Pointer(&n)), 0)
	return n
}

func (p *pipe) close() error {
	*p.file = p.saved
	p.drain()
	close(p.done)
	return p.w.Close()
}

// watchParent calls gone when the process behind a handle, which started this
// one, has ended. An empty or invalid handle is nobody to watch.
func watchParent(ctx context.Context, handle string, gone func()) {
	h, err := strconv.ParseUint(handle, 10, 64)
	if err != nil || h == 0 {
		return
	}
	for ctx.Err() == nil {
		e, err := windows.WaitForSingleObject(windows.Handle(h), 1000)
		if err != nil {
			return
		}
		if e == windows.WAIT_OBJECT_0 {
			gone()
			return
		}
	}
}
