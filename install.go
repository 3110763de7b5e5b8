package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/convnotes/convnotes/install"
)

// where are the flags that say which Jupyter is meant.
type where struct {
	name, prefix, dir string
	user, sysPrefix   bool
}

func (c *call) whereFlags(f *flag.FlagSet) *where {
	w := &where{}
	f.StringVar(&w.name, "name", install.Name, c.say("`NAME` of the kernelspec", "内核规范的`名称`"))
	f.BoolVar(&w.user, "user", false, c.say("for this user (the default)", "只为当前用户（默认）"))
	f.BoolVar(&w.sysPrefix, "sys-prefix", false, c.say("for the active Python environment", "为当前激活的 Python 环境"))
	f.StringVar(&w.prefix, "prefix", "", c.say("for the Python installed at `DIR`", "为安装在`目录`的 Python"))
	f.StringVar(&w.dir, "jupyter-dir", "", c.say("in this Jupyter data `DIR`", "放进这个 Jupyter 数据`目录`"))
	return w
}

// dataDir is the Jupyter data folder that the flags mean.
func (w *where) dataDir(c *call) (string, error) {
	given := 0
	for _, set := range []bool{w.user, w.sysPrefix, w.prefix != "", w.dir != ""} {
		if set {
			given++
		}
	}
	if given > 1 {
		return "", c.usage("only one of --user, --sys-prefix, --prefix and --jupyter-dir at a time", "--user、--sys-prefix、--prefix、--jupyter-dir 只能选一个")
	}
	switch {
	case w.dir != "":
		return w.dir, nil
	case w.prefix != "":
		return install.PrefixDir(w.prefix), nil
	case w.sysPrefix:
		dir, err := install.SysPrefixDir()
		if errors.Is(err, install.ErrNoPrefix) {
			err = c.environment(nil, "no Python environment is active: activate one, or name it with --prefix DIR", "没有激活的 Python 环境：请先激活一个，或用 --prefix 指定目录")
		}
		return dir, err
	}
	return install.UserDir()
}

func installKernel(_ context.Context, c *call) error {
	f := c.flags()
	w := c.whereFlags(f)
	display := f.String("display-name", install.DisplayName, c.say("`NAME` that notebooks show", "笔记本中显示的`名称`"))
	asJSON := f.Bool("json", false, c.say("print JSON", "输出 JSON"))
	if _, err := c.parse(f, 0, 0); err != nil {
		return err
	}
	dir, err := w.dataDir(c)
	if err != nil {
		return err
	}
	binary, err := install.Binary()
	if err != nil {
		return err
	}
	spec := install.Spec{Name: w.name, DisplayName: *display, Binary: binary, Version: ourVersion()}
	folder, err := spec.Write(dir)
	if err != nil {
		return c.notOurs(err)
	}
	return c.result(*asJSON, folder, "installed the kernel %q in %s", "已把内核 %q 安装到 %s", w.name)
}

func uninstallKernel(_ context.Context, c *call) error {
	f := c.flags()
	w := c.whereFlags(f)
	asJSON := f.Bool("json", false, c.say("print JSON", "输出 JSON"))
	if _, err := c.parse(f, 0, 0); err != nil {
		return err
	}
	dir, err := w.dataDir(c)
	if err != nil {
		return err
	}
	folder, err := install.Remove(dir, w.name)
	if errors.Is(err, os.ErrNotExist) {
		return c.environment(nil, "no kernel %q in %s", "在 %[2]s 中没有内核 %[1]q", w.name, dir)
	}
	if err != nil {
		return c.notOurs(err)
	}
	return c.result(*asJSON, folder, "removed the kernel %q from %s", "已把内核 %q 从 %s 移除", w.name)
}

func (c *call) notOurs(err error) error {
	if errors.Is(err, install.ErrNotOurs) {
		return c.environment(err, "a kernel of that name is there and is not convnotes': choose another --name", "已有同名的其他内核：请用 --name 换一个名称")
	}
	if errors.Is(err, install.ErrName) {
		return c.usage("%v", "%v", err)
	}
	return err
}

// result prints the folder: as data on stdout for a program, as a sentence for a person.
func (c *call) result(asJSON bool, folder, en, zh, name string) error {
	if asJSON {
		return c.json(map[string]string{"name": name, "folder": folder})
	}
	fmt.Fprintf(c.stdout, c.say(en, zh)+"\n", name, folder)
	return nil
}
