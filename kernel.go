package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/lessons/grade"
)

// serveKernel is what Jupyter starts: kernel.json names it.
func serveKernel(ctx context.Context, c *call) error {
	f := c.flags()
	file := f.String("connection-file", "", c.say("`FILE` in which Jupyter says where the kernel listens", "Jupyter 写明内核监听地址的`文件`"))
	if _, err := c.parse(f, 0, 0); err != nil {
		return err
	}
	if *file == "" {
		return c.usage("kernel: --connection-file is missing; Jupyter starts kernels, people start convnotes lab", "kernel：缺少 --connection-file；内核由 Jupyter 启动，请使用 convnotes lab")
	}
	if err := gocell.Check(); err != nil {
		return c.environment(err, "this build of convnotes cannot run cells here", "这个 convnotes 程序无法在此运行单元格")
	}
	e, o := c.session(gocell.RememberIn(namesOf(*file)))
	if os.Getenv("NBGRADER_EXECUTION") != "" {
		e = grade.Evaluator(e)
	} else {
		keepProgress()
	}
	if err := serve(context.WithoutCancel(ctx), *file, e, o); err != nil {
		return c.environment(err, "the kernel could not serve %s", "内核无法使用 %s", *file)
	}
	return nil
}

// namesOf returns where a kernel keeps the names its cells declared, for the one
// that is started in its place with the same connection file; those of kernels
// that are gone are cleared away.
func namesOf(connectionFile string) string {
	const end = ".names"
	old, _ := filepath.Glob(filepath.Join(filepath.Dir(connectionFile), "*.json"+end)) // the pattern is well formed
	for _, f := range old {
		if _, err := os.Stat(strings.TrimSuffix(f, end)); os.IsNotExist(err) {
			os.Remove(f)
		}
	}
	return connectionFile + end
}
