package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/convnotes/convnotes/install"
	"github.com/convnotes/convnotes/install/python"
	"github.com/convnotes/convnotes/notebooks"
)

// The ports that lab tries where none is asked for; 8888 is Jupyter's own.
const firstPort, lastPort = 8888, 8938

// lab opens the lessons in JupyterLab: it makes the Python environment where
// there is none, tells it of the kernel, hands out the lessons, and starts.
func lab(ctx context.Context, c *call) error {
	f := c.flags()
	noBrowser := f.Bool("no-browser", false, c.say("print the address instead of opening it", "只显示网址，不打开浏览器"))
	port := f.Int("port", 0, c.say("`PORT` to listen on (the first free one from 8888)", "监听的`端口`（默认从 8888 起第一个空闲端口）"))
	interpreter := f.String("python", "", c.say("`PYTHON` to make the environment with (python3 on the PATH)", "用来建立环境的 `PYTHON`（默认为 PATH 中的 python3）"))
	reinstall := f.Bool("reinstall", false, c.say("make the Python environment anew", "重新建立 Python 环境"))
	others, err := c.parse(f, 0, 1)
	if err != nil {
		return err
	}
	if *port < 0 || *port > 65535 {
		return c.usage("--port %d: want 1 to 65535", "--port %d：应在 1 到 65535 之间", *port)
	}
	folder, err := c.lessonsFolder(others)
	if err != nil {
		return err
	}
	environment, err := c.labEnvironment(ctx, *interpreter, *reinstall)
	if err != nil {
		return err
	}
	if err := c.handOut(folder); err != nil {
		return err
	}
	chosen, err := c.choosePort(*port)
	if err != nil {
		return err
	}
	l := python.Lab{
		Folder: folder, Port: chosen, Token: python.NewToken(), Browser: !*noBrowser,
		Kernel: install.Name, Locale: c.say("", "zh_CN"), Args: c.args,
	}
	for _, path := range []string{c.language(), c.language() + "/00-index.ipynb"} {
		if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(path))); err == nil {
			l.Open = path
		}
	}
	return c.runLab(ctx, environment, l)
}

// lessonsFolder is the student's own folder, by default convnotes in the home folder.
func (c *call) lessonsFolder(others []string) (string, error) {
	if len(others) > 0 {
		return filepath.Abs(others[0])
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", c.environment(err, "no home folder: name a folder for the lessons, convnotes lab DIR", "找不到主目录：请指定课程目录，convnotes lab 目录")
	}
	return filepath.Join(home, "convnotes"), nil
}

// environmentDir is where JupyterLab lives: it can be made again, so the cache folder.
func environmentDir() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "convnotes", "jupyterlab"), err
}

// labEnvironment returns the Python environment, made where it is missing or of
// other requirements, with our kernelspec in it.
func (c *call) labEnvironment(ctx context.Context, interpreter string, reinstall bool) (python.Environment, error) {
	dir, err := environmentDir()
	if err != nil {
		return python.Environment{}, err
	}
	e := python.Environment{Dir: dir}
	if reinstall || !e.Made() {
		if err := c.makeEnvironment(ctx, e, interpreter); err != nil {
			return e, err
		}
	} else if err := e.Check(ctx); err != nil {
		return e, c.environment(err, "the Python environment in %s is broken: make it anew with convnotes lab --reinstall", "%s 中的 Python 环境已损坏：请用 convnotes lab --reinstall 重新建立", dir)
	}
	binary, err := install.Binary()
	if err != nil {
		return e, err
	}
	spec := install.Spec{Name: install.Name, DisplayName: install.DisplayName, Binary: binary, Version: ourVersion()}
	_, err = spec.Write(install.PrefixDir(e.Dir))
	return e, err
}

func (c *call) makeEnvironment(ctx context.Context, e python.Environment, interpreter string) error {
	path, err := python.Find(ctx, interpreter)
	if err != nil {
		return c.noPython(err)
	}
	c.tell("Downloading JupyterLab from the Python package index, once (about 70 MB), into %s", "正在从 Python 软件包索引下载 JupyterLab（仅此一次，约 70 MB），安装到 %s", e.Dir)
	bar := c.bar(c.say("packages", "软件包"))
	err = e.Make(ctx, path, func(done, total int) {
		bar.ChangeMax(total)
		bar.Set(done)
	})
	bar.Exit()
	var failed *python.CommandError
	switch {
	case ctx.Err() != nil:
		return c.environment(nil, "stopped", "已停止")
	case errors.As(err, &failed):
		return c.environment(err, "JupyterLab could not be installed: look at the lines below (is there a network?), then run convnotes lab again", "无法安装 JupyterLab：请看下面的信息（网络是否可用？），然后重新运行 convnotes lab")
	}
	return err
}

func (c *call) noPython(err error) error {
	var old *python.OldError
	switch {
	case errors.As(err, &old):
		return c.environment(nil, "%s is Python %s: install Python 3.%d or later, or name one with --python", "%s 是 Python %s：请安装 Python 3.%d 或更新版本，或用 --python 指定", old.Path, old.Version, python.Oldest)
	case errors.Is(err, python.ErrNoVenv):
		return c.environment(err, "this Python cannot make virtual environments: install its venv package (Debian, Ubuntu: apt install python3-venv)", "这个 Python 不能建立虚拟环境：请安装它的 venv 包（Debian、Ubuntu:apt install python3-venv）")
	case errors.Is(err, python.ErrNoPython):
		return c.environment(nil, "no Python found: install Python 3.%d or later, or name one with --python", "找不到 Python：请安装 Python 3.%d 或更新版本，或用 --python 指定", python.Oldest)
	}
	return err
}

// bar is a progress bar on a terminal and nothing elsewhere.
func (c *call) bar(about string) *progressbar.ProgressBar {
	w := io.Discard
	if isTerminal(c.stderr) {
		w = c.stderr
	}
	return progressbar.NewOptions(1,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(about), progressbar.OptionShowCount(),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionEnableColorCodes(os.Getenv("NO_COLOR") == ""))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// handOut copies the lessons and says what is new.
func (c *call) handOut(folder string) error {
	lessons, err := notebooks.HandOut(notebooks.Files, folder)
	if err != nil {
		return c.environment(err, "the lessons cannot be copied to %s", "无法把课程复制到 %s", folder)
	}
	for _, l := range lessons {
		file := filepath.Join(folder, filepath.FromSlash(l.Path))
		switch l.Change {
		case notebooks.Copied:
			c.tell("copied %s", "已复制 %s", file)
		case notebooks.Updated:
			c.tell("updated %s", "已更新 %s", file)
		case notebooks.Offered:
			c.tell("there is a newer version of a lesson you have edited: %s", "你改过的一课有新版本：%s", file)
		}
	}
	return nil
}

func (c *call) choosePort(asked int) (int, error) {
	first, last := firstPort, lastPort
	if asked != 0 {
		first, last = asked, asked
	}
	port, err := python.FreePort(first, last)
	if err != nil && asked != 0 {
		return 0, c.environment(nil, "port %d is in use: choose another --port, or none and a free one is found", "端口 %d 已被占用：请换一个 --port，或不指定而自动选择", asked)
	}
	if err != nil {
		return 0, c.environment(nil, "all ports from %d to %d are in use: choose a free one with --port", "端口 %d 到 %d 都被占用：请用 --port 指定一个空闲端口", first, last)
	}
	return port, nil
}

// runLab runs JupyterLab until it ends, which Ctrl-C makes it do.
func (c *call) runLab(ctx context.Context, e python.Environment, l python.Lab) error {
	if os.Geteuid() == 0 {
		c.tell("Running as root, as in a container: JupyterLab is told to allow it.", "正以 root 身份运行（例如在容器中）：已允许 JupyterLab 这样启动。")
	}
	process, err := e.Start(context.WithoutCancel(ctx), l, c.stderr)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	running, done := context.WithCancel(context.Background())
	go func() { ended <- process.Wait(); done() }()
	stopOn(running, process)
	if err := l.Wait(running); err != nil {
		return c.environment(<-ended, "JupyterLab did not start: look at the lines above, or make its environment anew with convnotes lab --reinstall", "JupyterLab 没有启动：请看上面的信息，或用 convnotes lab --reinstall 重新建立环境")
	}
	c.tell("JupyterLab is running in %s; Ctrl-C stops it. Its address:", "JupyterLab 已在 %s 启动；按 Ctrl-C 停止。网址：", l.Folder)
	fmt.Fprintln(c.stdout, l.URL())
	err = <-ended
	if err != nil && ctx.Err() == nil {
		return c.environment(err, "JupyterLab ended with an error", "JupyterLab 异常结束")
	}
	return nil
}

// stopOn passes what should stop us on to JupyterLab, until it has ended. A
// Ctrl-C in a terminal reaches it by itself, and twice does no harm.
func stopOn(running context.Context, process *exec.Cmd) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, stopSignals...)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case s := <-signals:
				process.Process.Signal(s)
			case <-running.Done():
				return
			}
		}
	}()
}
