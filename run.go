package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/convnotes/convnotes/lessons/execute"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/page"
)

// A job is one notebook to run and what becomes of it.
type job struct {
	file, out, html string
	timeout         time.Duration
	allowErrors     bool
}

// runNotebook runs a notebook without Jupyter.
func runNotebook(ctx context.Context, c *call) error {
	f := c.flags()
	var j job
	f.StringVar(&j.out, "out", "", c.say("`FILE` to save the notebook to, - for standard output (the notebook itself)", "保存笔记本的`文件`，- 表示标准输出（默认为原文件）"))
	f.StringVar(&j.html, "html", "", c.say("`FILE` to write a page to that needs nothing else; the notebook is then saved with --out only", "写成独立网页的`文件`；此时只有给出 --out 才保存笔记本"))
	f.DurationVar(&j.timeout, "timeout", 0, c.say("`TIME` that a cell may take, such as 90s or 5m (no limit)", "每个单元格的时间`上限`，如 90s 或 5m（默认不限）"))
	f.BoolVar(&j.allowErrors, "allow-errors", false, c.say("go on after a cell that failed", "单元格出错后继续运行"))
	others, err := c.parse(f, 1, 1)
	if err != nil {
		return err
	}
	j.file = others[0]
	if j.out == "" && j.html == "" {
		j.out = j.file
	}
	n, err := c.openNotebook(&j)
	if err != nil {
		return err
	}
	ran := c.execute(ctx, n, j)
	if err := j.save(c.stdout, n); err != nil {
		return err
	}
	return c.outcome(ran)
}

// openNotebook reads the notebook and goes to its folder, where its cells find
// the files they name; the job's own paths are made absolute for that.
func (c *call) openNotebook(j *job) (*notebook.Notebook, error) {
	n, err := c.readNotebook(j.file)
	if err != nil {
		return nil, err
	}
	for _, path := range []*string{&j.file, &j.out, &j.html} {
		if *path == "" || *path == "-" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return nil, err
		}
	}
	return n, os.Chdir(filepath.Dir(j.file))
}

// readNotebook reads a notebook in Go.
func (c *call) readNotebook(file string) (*notebook.Notebook, error) {
	n, err := notebook.ReadFile(file)
	if err != nil {
		return nil, c.usage("%v", "%v", err)
	}
	if l := n.Language(); l != "" && l != "go" {
		return nil, c.usage("%s is written in %s: convnotes runs notebooks in Go", "%s 使用的语言是 %s：convnotes 只能运行 Go 笔记本", file, l)
	}
	return n, nil
}

func (c *call) execute(ctx context.Context, n *notebook.Notebook, j job) error {
	e, o := c.session()
	bar := c.bar(filepath.Base(j.file))
	defer bar.Exit()
	return execute.Notebook(ctx, n, e, execute.Options{
		Timeout: j.timeout, AllowErrors: j.allowErrors, Kernel: o,
		Progress: func(done, total int) {
			bar.ChangeMax(total)
			bar.Set(done)
		},
	})
}

// save writes what was asked for, also of a notebook that failed: it shows where.
func (j job) save(stdout io.Writer, n *notebook.Notebook) error {
	switch j.out {
	case "":
	case "-":
		if err := notebook.Write(stdout, n); err != nil {
			return err
		}
	default:
		if err := notebook.WriteFile(j.out, n); err != nil {
			return err
		}
	}
	if j.html == "" {
		return nil
	}
	w := stdout
	if j.html != "-" {
		f, err := os.Create(j.html)
		if err != nil {
			return err
		}
		defer f.Close()
		w = f
	}
	title := strings.TrimSuffix(filepath.Base(j.file), filepath.Ext(j.file))
	return page.Write(w, n, page.Options{Title: title, Pictures: os.DirFS(filepath.Dir(j.file))})
}

// outcome turns how a notebook ended into a sentence and an exit code.
func (c *call) outcome(err error) error {
	var failed *execute.CellError
	var late *execute.TimeoutError
	switch {
	case errors.As(err, &failed):
		return &failure{exitCellFailed, fmt.Sprintf(c.say("cell %d (%s) failed:", "第 %d 个单元格（%s）出错："), failed.Cell, failed.ID), errors.New(c.coloured(strings.Join(failed.Traceback, "\n")))}
	case errors.As(err, &late):
		return &failure{exitTimeout, fmt.Sprintf(c.say("cell %d (%s) ran longer than %v", "第 %d 个单元格（%s）运行超过 %v"), late.Cell, late.ID, late.Limit), nil}
	case errors.Is(err, context.Canceled):
		return &failure{exitCellFailed, c.say("stopped; what had run is saved", "已停止；已运行的部分已保存"), nil}
	}
	return err
}

var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// coloured leaves colours to terminals, where the person wants them
// (https://no-color.org).
func (c *call) coloured(text string) string {
	if isTerminal(c.stderr) && os.Getenv("NO_COLOR") == "" {
		return text
	}
	return colours.ReplaceAllString(text, "")
}
