//go:build unix

package kernel

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// redirect puts pipes in the place of the file descriptors 1 and 2, and keeps
// the old standard error for the log.
func (p *Process) redirect() error {
	old, err := unix.FcntlInt(2, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return err
	}
	p.Log = slog.New(slog.NewTextHandler(os.NewFile(uintptr(old), "stderr"), nil))
	for _, fd := range []int{1, 2} {
		pipe, err := openPipe(fd, func(b []byte) { p.write(fd == 2, b) })
		if err != nil {
			return err
		}
		p.pipes = append(p.pipes, pipe)
	}
	return nil
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
	unix.CloseOnExec(ends[0])
	if err := unix.SetNonblock(ends[0], true); err != nil {
		return nil, err
	}
	saved, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	if err := dup2(ends[1], fd); err != nil {
		return nil, err
	}
	unix.Close(ends[1])
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

func (p *pipe) close() {
	dup2(p.saved, p.fd)
	p.drain()
	p.r.Close()
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
