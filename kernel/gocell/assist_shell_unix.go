//go:build unix

package gocell

import (
	"os/exec"
	"syscall"
)

// ownGroup puts a command into a process group of its own, so that the front
// end's signals do not reach it and ending it ends its children too.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
