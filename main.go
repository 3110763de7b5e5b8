// Convnotes is a Jupyter kernel for Go made to teach convolutional neural
// networks, with all that its lessons need: see convnotes help.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// The exit codes, the same for all commands.
const (
	exitDone        = 0
	exitCellFailed  = 1
	exitUsage       = 2
	exitEnvironment = 3
	exitTimeout     = 4
)

// A command is one of convnotes' subcommands. Its action declares its flags,
// parses the arguments with them, and works.
type command struct {
	name   string
	args   string // what it takes beside flags
	about  text
	action func(ctx context.Context, c *call) error
}

// commands returns all subcommands, in the order in which help lists them.
func commands() []command {
	return []command{
		{"lab", "[DIR] [-- JUPYTERLAB OPTIONS]", text{"open the lessons in JupyterLab", "在 JupyterLab 中打开课程"}, lab},
		{"run", "NOTEBOOK", text{"run a notebook without Jupyter and save its outputs", "不用 Jupyter 运行笔记本并保存输出"}, runNotebook},
		{"export", "NOTEBOOK", text{"write a notebook as one Go program that prints the same", "把笔记本写成一个输出相同的 Go 程序"}, exportNotebook},
		{"check", "NOTEBOOK", text{"run a notebook from the start and tell which exercises pass", "从头运行笔记本，并说明哪些练习已通过"}, checkNotebook},
		{"lessons", "list | release LESSON --to DIR", text{"list the lessons, or hand one out as an assignment", "列出课程，或把一课作为作业发布"}, lessonsCommand},
		{"grade", "SUBMISSION... --assignment DIR", text{"grade what students hand in", "为学生提交的作业评分"}, gradeSubmissions},
		{"data", "list | get NAME", text{"list the data sets that can be brought, or bring one", "列出可下载的数据集，或下载其中一个"}, dataCommand},
		{"install", "", text{"install the kernel for your own Jupyter", "为你自己的 Jupyter 安装内核"}, installKernel},
		{"uninstall", "", text{"remove the kernel from your own Jupyter", "从你自己的 Jupyter 中移除内核"}, uninstallKernel},
		{"kernel", "", text{"serve one notebook; Jupyter starts this", "为一个笔记本服务（由 Jupyter 启动）"}, serveKernel},
		{"doctor", "", text{"tell what convnotes finds on this machine, and what to do", "检查本机环境，并说明该怎么做"}, doctor},
		{"version", "", text{"print the version", "显示版本"}, version},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	args := os.Args[1:]
	os.Args = os.Args[:1:1] // what a cell sees: a program that was started without arguments
	os.Exit(run(ctx, args, os.Stdout, os.Stderr))
}

// run runs the command that args name and returns the exit code. Data goes to
// stdout, messages to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c := &call{stdout: stdout, stderr: stderr, chinese: speaksChinese(os.Getenv)}
	if len(args) == 0 {
		c.help(stderr)
		return exitUsage
	}
	switch name := args[0]; name {
	case "help", "-h", "-help", "--help":
		return c.exit(c.helpOn(ctx, args[1:]))
	case "-version", "--version":
		args[0] = "version"
	}
	i := slices.IndexFunc(commands(), func(k command) bool { return k.name == args[0] })
	if i < 0 {
		return c.exit(c.usage("there is no command %q: convnotes help lists them", "没有命令 %q：用 convnotes help 查看所有命令", args[0]))
	}
	c.command, c.args = commands()[i], args[1:]
	return c.exit(c.command.action(ctx, c))
}

// A call is one run of a command.
type call struct {
	command        command
	args           []string
	stdout, stderr io.Writer
	chinese        bool
}

// flags returns an empty set of flags for the command.
func (c *call) flags() *flag.FlagSet {
	f := flag.NewFlagSet(c.command.name, flag.ContinueOnError)
	f.SetOutput(io.Discard) // parse says what is wrong
	return f
}

// parse parses the call's arguments, flags and others in any order, and returns
// the others; with most < 0 there may be any number of them.
func (c *call) parse(f *flag.FlagSet, least, most int) (others []string, err error) {
	args, after := c.args, []string(nil)
	if i := slices.Index(args, "--"); i >= 0 {
		args, after = args[:i], args[i+1:]
	}
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			return nil, c.flagError(f, err)
		}
		if args = f.Args(); len(args) > 0 {
			others, args = append(others, args[0]), args[1:]
		}
	}
	switch {
	case len(others) < least:
		return nil, c.usage("%s: something is missing: convnotes %[1]s %s", "%s：缺少参数：convnotes %[1]s %s", c.command.name, c.command.args)
	case most >= 0 && len(others) > most:
		return nil, c.usage("%s: unexpected %q: see convnotes help %[1]s", "%s：多余的参数 %q：见 convnotes help %[1]s", c.command.name, others[most])
	}
	c.args = after
	return others, nil
}

func (c *call) flagError(f *flag.FlagSet, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		c.commandHelp(c.stdout, f)
		return err
	}
	return c.usage("%s: %v: see convnotes help %[1]s", "%s：%v：见 convnotes help %[1]s", c.command.name, err)
}

// help lists the commands.
func (c *call) help(w io.Writer) {
	fmt.Fprintln(w, c.say("convnotes: convolutional neural networks in Go, in Jupyter notebooks", "convnotes：在 Jupyter 笔记本里用 Go 学卷积神经网络"))
	fmt.Fprintf(w, "\n%sconvnotes %s\n\n", c.say("usage: ", "用法："), c.say("COMMAND [OPTIONS]", "命令 [选项]"))
	for _, k := range commands() {
		fmt.Fprintf(w, "  %-10s %s\n", k.name, c.say(k.about.en, k.about.zh))
	}
	fmt.Fprintf(w, "\n%s\n", c.say("convnotes help COMMAND tells more", "convnotes help 命令 显示详细说明"))
}

// helpOn answers convnotes help NAME as the command answers -h.
func (c *call) helpOn(ctx context.Context, args []string) error {
	if len(args) == 0 {
		c.help(c.stdout)
		return nil
	}
	if run(ctx, []string{args[0], "-h"}, c.stdout, c.stderr) != exitDone {
		return errSaid
	}
	return nil
}

func (c *call) commandHelp(w io.Writer, f *flag.FlagSet) {
	fmt.Fprintf(w, "convnotes %s: %s\n", c.command.name, c.say(c.command.about.en, c.command.about.zh))
	fmt.Fprintf(w, "\n%sconvnotes %s %s\n", c.say("usage: ", "用法："), c.command.name, strings.TrimSpace(c.say("[OPTIONS] ", "[选项] ")+c.command.args))
	first := true
	f.VisitAll(func(f *flag.Flag) {
		if first {
			fmt.Fprintf(w, "\n%s\n", c.say("options:", "选项："))
		}
		first = false
		kind, about := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  --%-22s %s\n", strings.TrimSpace(f.Name+" "+kind), about)
	})
}
