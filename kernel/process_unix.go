//go:build unix

package kernel

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// redirect puts a pipe in the place of file descriptor 1 and a file in that of
// 2, and keeps the old standard error for the log.
func (p *Process) redirect(words string) error {
	old, err := unix.FcntlInt(2, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return err
	}
	p.Log = slog.New(slog.NewTextHandler(os.NewFile(uintptr(old), "stderr"), nil))
	out, err := openPipe(1, func(b []byte) { p.write(false, b) })
	if err != nil {
		return err
	}
	p.sources = append(p.sources, out)
	errs, err := openTail(2, words, &p.busy, func(b []byte) { p.write(true, b) })
	if err != nil {
		return err
	}
	p.sources = append(p.sources, errs)
	return nil
}

// replace makes fd a copy of another descriptor, and returns one of what it was.
func replace(fd, by int) (saved int, err error) {
	if saved, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3); err != nil {
		return 0, err
	}
	return saved, dup2(by, fd)
}

// A pipe takes what is written to a file descriptor.
type pipe struct {
	fd, saved int      // the descriptor, and what it was
	r         *os.File // the end we read, non-blocking
	rfd       int
	write     func([]byte)
	mu        sync.Mutex // one reads at a time
	buf       [32 << 10]byte
}

func openPipe(fd int, write func([]byte)) (*pipe, error) {
	var ends [2]int
	if err := unix.Pipe(ends[:]); err != nil {
		return nil, err
	}
	defer unix.Close(ends[1])
	unix.CloseOnExec(ends[0])
	if err := unix.SetNonblock(ends[0], true); err != nil {
		return nil, err
	}
	saved, err := replace(fd, ends[1])
	if err != nil {
		return nil, err
	}
	p := &pipe{fd: fd, saved: saved, r: os.NewFile(uintptr(ends[0]), "pipe"), rfd: ends[0], write: write}
	go p.follow()
	return p, nil
}

// follow takes what comes as it comes.
func (p *pipe) follow() {
	raw, err := p.r.SyscallConn()
	if err != nil {
		return
	}
	for open := true; open; {
		err := raw.Read(func(uintptr) bool {
			var n int
			n, open = p.take()
			return n > 0 || !open // otherwise wait until there is something
		})
		if err != nil {
			return
		}
	}
}

// take moves what is there, and returns how much; open is false at the end.
func (p *pipe) take() (n int, open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, err := unix.Read(p.rfd, p.buf[:])
	if n > 0 {
		p.write(p.buf[:n])
		return n, true
	}
	return 0, errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR)
}

// drain takes what is there now.
func (p *pipe) drain() {
	for {
		if n, _ := p.take(); n == 0 {
			return
		}
	}
}

func (p *pipe) close() error {
	err := dup2(p.saved, p.fd)
	p.drain()
	return errors.Join(err, p.r.Close())
}

// A tail takes what is written to a file descriptor through a file, which stays
// when the process dies. Nothing tells when a file grows, so the tail looks:
// often while a cell runs.
type tail struct {
	fd, saved int
	file      *os.File
	write     func([]byte)
	done      chan struct{}

	mu  sync.Mutex
	at  int64 // read up to here
	buf [32 << 10]byte
}

// tailMax is the size at which the file is emptied when all of it was read.
const tailMax = 1 << 20

func openTail(fd int, name string, busy *atomic.Bool, write func([]byte)) (*tail, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	saved, err := replace(fd, int(f.Fd()))
	if err != nil {
		return nil, err
	}
	t := &tail{fd: fd, saved: saved, file: f, write: write, done: make(chan struct{})}
	go t.follow(busy)
	return t, nil
}

func (t *tail) follow(busy *atomic.Bool) {
	tick := time.NewTicker(flushAfter)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-tick.C:
		case <-t.done:
			return
		}
		if busy.Load() || n%20 == 0 {
			t.drain()
		}
	}
}

func (t *tail) drain() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		n, _ := t.file.ReadAt(t.buf[:], t.at)
		if n == 0 {
			break
		}
		t.at += int64(n)
		t.write(t.buf[:n])
	}
	if t.at > tailMax {
		t.file.Truncate(0)
		t.at = 0
	}
}

func (t *tail) close() error {
	err := dup2(t.saved, t.fd)
	close(t.done)
	t.drain()
	return errors.Join(err, t.file.Close(), remove(t.file.Name()))
}

// watchParent calls gone when the process named by pid, which started this one,
// has ended. An empty or unknown pid is nobody to watch.
func watchParent(ctx context.Context, pid string, gone func()) {
	id, err := strconv.Atoi(pid)
	if err != nil || id <= 1 {
		return
	}
	parent := os.Getppid()
	for tick := time.NewTicker(time.Second); ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return
		}
		// A shell may stand between the two, so look at both.
		if os.Getppid() != parent || syscall.Kill(id, 0) == syscall.ESRCH {
			gone()
		}
	}
}
