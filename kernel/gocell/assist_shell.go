package gocell

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/gocell/assist"
)

// shell runs a command of the system's shell, its output shown as it comes. An
// interrupt ends the command and what it started.
func (s *Engine) shell(ctx context.Context, p assist.Part, out kernel.Output) (any, error) {
	name, flag := "sh", "-c"
	switch runtime.GOOS {
	case "js", "wasip1":
		return nil, errors.New(say("there is no shell in the browser", "浏览器里没有系统命令"))
	case "windows":
		name, flag = "cmd", "/C"
	}
	cmd := exec.CommandContext(ctx, name, flag, p.Args)
	cmd.Stdout, cmd.Stderr = out.Stdout(), out.Stderr()
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.As(err, &exit):
		return nil, fmt.Errorf(say("the command ended with exit status %d", "命令的退出码为 %d"), exit.ExitCode())
	}
	return nil, err
}
