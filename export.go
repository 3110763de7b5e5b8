package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/convnotes/convnotes/internal/atomicfile"
	"github.com/convnotes/convnotes/kernel/gocell/export"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/notebook"
)

const modulePath = "github.com/convnotes/convnotes"

// exportNotebook writes a notebook as one Go program.
func exportNotebook(_ context.Context, c *call) error {
	f := c.flags()
	out := f.String("out", "", c.say("`FILE` to write the program to (standard output)", "写入程序的`文件`（默认为标准输出）"))
	others, err := c.parse(f, 1, 1)
	if err != nil {
		return err
	}
	n, err := c.readNotebook(others[0])
	if err != nil {
		return err
	}
	program, err := export.Program(codeCells(n), export.Options{
		Packages: symbols.Packages,
		Display:  modulePath + "/kernel/display",
		Magics:   map[string]export.Magic{"%lesson": lessonStart},
		Comment:  c.headOf(filepath.Base(others[0])),
	})
	var failed *export.Error
	switch {
	case errors.As(err, &failed):
		return &failure{exitCellFailed, fmt.Sprintf(c.say("cell %d (%s) cannot be exported:", "第 %d 个代码单元格（%s）无法导出："), failed.Cell, failed.ID), errors.New(failed.Reason)}
	case err != nil:
		return &failure{exitCellFailed, fmt.Sprintf(c.say("%s cannot be exported:", "%s 无法导出："), others[0]), err}
	}
	if *out == "" || *out == "-" {
		_, err = c.stdout.Write(program)
		return err
	}
	return atomicfile.Write(*out, program, 0o666)
}

// headOf says at the head of a program what it is and how it is built.
func (c *call) headOf(name string) string {
	return fmt.Sprintf(c.say(
		"The cells of %s as one program, written by convnotes export.\nBuild it in a module of its own: go mod init NAME && go mod tidy && go build",
		"%s 的全部单元格写成的一个程序，由 convnotes export 生成。\n请在单独的模块中构建：go mod init 名字 && go mod tidy && go build"), name)
}

// codeCells are the cells that run.
func codeCells(n *notebook.Notebook) (cells []export.Cell) {
	for _, c := range n.Cells {
		if c.Type == notebook.Code {
			cells = append(cells, export.Cell{ID: c.ID, Source: c.Source, MayFail: c.HasTag("raises-exception")})
		}
	}
	return cells
}

// lessonStart writes what %lesson does, see beginLesson.
func lessonStart(arguments string, use func(path string) string) (string, error) {
	s, err := lessons.ParseSession(arguments)
	if err != nil {
		return "", err
	}
	display, check := use(modulePath+"/kernel/display"), use(modulePath+"/lessons/check")
	return fmt.Sprintf("%s.SetLanguage(%q)\n%s.Seed(%d)\n%[3]s.SetUses(func(string) []string { return nil }) // a built program cannot tell what a function uses\n%[5]s.Seed(%[6]d)\n%[7]s.Println(%[8]q)",
		display, s.Language, check, s.Seed, use(modulePath+"/cnn"), uint64(s.Seed), use("fmt"), s.String()), nil
}
