package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/convnotes/convnotes/kernel/display"
)

// A Process is what belongs to the whole process and not to one kernel: file
// descriptors 1 and 2, signals, the parent, the file that a crash leaves behind.
type Process struct {
	// Log is where the process wrote its errors before cells could.
	Log *slog.Logger

	crash   *os.File // the running cell, and the runtime's words at the end
	died    string   // what to tell of the last process
	sources []source // what comes to the file descriptors

	mu   sync.Mutex
	cell *output // takes what comes
	busy atomic.Bool
}

// A source takes what is written to a file descriptor.
type source interface {
	drain() // takes what is there now
	close() error
}

// OwnProcess gives the process to a kernel. What compiled code prints to the
// file descriptors 1 and 2 goes to the cell that runs; a crash is written to
// crashFile, from where the restarted kernel tells of it; SIGINT interrupts the
// running cell; the kernel ends with the parent that JPY_PARENT_PID names. The
// scheduler gets two threads more than cores, so that control requests are
// answered at once while a cell keeps every core busy.
//
// Close gives them back.
func OwnProcess(crashFile string) (*Process, error) {
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 2)
	p := &Process{Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if err := p.openCrash(crashFile); err != nil {
		return nil, fmt.Errorf("crash file: %w", err)
	}
	if err := p.redirect(crashFile + wordsSuffix); err != nil {
		return nil, fmt.Errorf("standard output: %w", err)
	}
	return p, nil
}

// Close removes the crash file: this process ended in order.
func (p *Process) Close() (err error) {
	for _, s := range p.sources {
		err = errors.Join(err, s.close())
	}
	debug.SetCrashOutput(nil, debug.CrashOptions{})
	return errors.Join(err, p.crash.Close(), remove(p.crash.Name()))
}

// remove removes a file; that somebody did so before is fine.
func remove(name string) error {
	if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// attach serves a kernel until the returned function is called.
func (p *Process) attach(ctx context.Context, k *Kernel) (detach func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for s := range signals {
			if s == os.Interrupt {
				k.Interrupt()
			} else {
				k.stop()
			}
		}
	}()
	go watchParent(ctx, os.Getenv("JPY_PARENT_PID"), k.stop)
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

// running notes that a cell runs, for the pipes and for the crash file. The
// returned function notes that it has ended.
func (p *Process) running(out *output, code string) (done func()) {
	if p == nil {
		return func() {}
	}
	p.mu.Lock()
	p.cell = out
	died := p.died
	if !out.silent {
		p.died = ""
	}
	p.mu.Unlock()
	if died != "" && !out.silent {
		io.WriteString(out.Stderr(), died)
	}
	p.noteCell(fmt.Sprintf("%d %s\n", out.count, firstLine(code)))
	p.busy.Store(true)
	return func() {
		p.busy.Store(false)
		p.noteCell("")
	}
}

// write takes what was printed to the file descriptors.
func (p *Process) write(stderr bool, b []byte) {
	p.mu.Lock()
	cell := p.cell
	p.mu.Unlock()
	switch {
	case cell == nil:
		p.Log.Info("printed while no cell ran", "text", string(b))
	case stderr:
		cell.Stderr().Write(b)
	default:
		cell.Stdout().Write(b)
	}
}

// drain takes what was printed so far.
func (p *Process) drain() {
	if p != nil {
		for _, s := range p.sources {
			s.drain()
		}
	}
}

// The crash file holds the number and the first line of the cell that runs,
// then what the runtime writes when it dies. That lacks the line which says
// why: "fatal error: …" goes to file descriptor 2 alone. So where that can be
// had as a file, it is one, too.
const wordsSuffix = ".stderr"

// openCrash reads what the last process left and prepares for this one's end.
func (p *Process) openCrash(name string) (err error) {
	if note, err := os.ReadFile(name); err == nil && len(note) > 0 {
		words, _ := os.ReadFile(name + wordsSuffix) // it need not be there
		p.died = obituary(note, words, display.Language())
	}
	if p.crash, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600); err != nil {
		return err
	}
	return debug.SetCrashOutput(p.crash, debug.CrashOptions{})
}

// noteCell replaces the content of the crash file.
func (p *Process) noteCell(note string) {
	p.crash.Truncate(0)
	if note != "" {
		p.crash.WriteString(note)
	}
}

// obituary tells which cell ended a process, and of what.
func obituary(note, words []byte, language string) string {
	head, trace, _ := strings.Cut(string(note), "\n")
	number, code, _ := strings.Cut(head, " ")
	cause := causeOfDeath(string(words)+"\n"+trace, language)
	if language == "zh" {
		return fmt.Sprintf("上一个内核在运行单元 [%s]（%s）时终止：%s。\n所有变量都已丢失，请重新运行需要的单元。\n", number, code, cause)
	}
	return fmt.Sprintf("The kernel died while it ran cell [%s] (%s): %s.\nAll variables are gone; run the cells that you need again.\n", number, code, cause)
}

// causeOfDeath finds the line by which the runtime says why it ends.
func causeOfDeath(words, language string) string {
	for _, sign := range []string{"fatal error: ", "panic: ", "SIG"} {
		if i := strings.LastIndex("\n"+words, "\n"+sign); i >= 0 {
			line, _, _ := strings.Cut(words[i:], "\n")
			return line
		}
	}
	if language == "zh" {
		return "进程没有留下任何信息就结束了：多半因内存不足被强行结束，也可能是编译好的代码自己退出了"
	}
	return "the process ended without a word: most likely it was killed because memory ran out, or compiled code has ended it"
}

func firstLine(code string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(code), "\n")
	if runes := []rune(line); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return line
}
