package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/convnotes/convnotes/install"
	"github.com/convnotes/convnotes/lessons/grade"
	"github.com/convnotes/convnotes/lessons/notebook"
	"github.com/convnotes/convnotes/lessons/page"
)

// workerFlag, alone, makes grade the process that runs one submission's cells.
const workerFlag = "--worker"

// gradeSubmissions grades what students hand in.
func gradeSubmissions(ctx context.Context, c *call) error {
	if len(c.args) == 1 && c.args[0] == workerFlag {
		return c.work(ctx)
	}
	f := c.flags()
	o := grade.Options{}
	folder := f.String("assignment", "", c.say("`DIR` that lessons release made", "lessons release 生成的`文件夹`"))
	html := f.String("html", "", c.say("`DIR` to write a page of feedback to for each submission", "为每份提交写反馈网页的`文件夹`"))
	asJSON := f.Bool("json", false, c.say("print JSON, schema version 1", "输出 JSON（格式版本 1）"))
	f.IntVar(&o.Parallel, "j", 1, c.say("submissions graded at a time, `N`", "同时评分的提交`份数`"))
	f.DurationVar(&o.Cell, "cell-timeout", 2*time.Minute, c.say("`TIME` that a cell may take (2m)", "每个单元格的时间`上限`（2m）"))
	f.DurationVar(&o.Total, "timeout", 15*time.Minute, c.say("`TIME` that a submission may take (15m)", "每份提交的时间`上限`（15m）"))
	submissions, err := c.parse(f, 1, -1)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(c.stdout, "\n%s\n", c.say(unguarded.en, unguarded.zh))
	}
	switch {
	case err != nil:
		return err
	case *folder == "":
		return c.usage("grade: --assignment DIR is missing: the folder that convnotes lessons release made", "grade：缺少 --assignment 文件夹：即 convnotes lessons release 生成的文件夹")
	case o.Parallel < 1 || o.Cell <= 0 || o.Total <= 0:
		return c.usage("grade: -j, --cell-timeout and --timeout must be above 0", "grade：-j、--cell-timeout 和 --timeout 必须大于 0")
	}
	return c.gradeAll(ctx, *folder, *html, *asJSON, submissions, o)
}

var unguarded = text{`A SUBMISSION is a notebook, or a folder with one and the files it needs. What
cannot be read is graded 0, with the reason; the exit code is 0 whatever the marks.

Not guarded yet: answers run with your rights. They are not kept from files, the
network or memory, and a student who studies convnotes can forge a score. Grade in
a container or a virtual machine, one submission each, if you cannot trust them.
An honest mistake that eats memory is stopped: CONVNOTES_MEMORY=1GiB is a limit
for each submission, without it 90 % of the machine's.

Pages of feedback hold what students wrote, scripts included.`,
	`“提交”可以是一个笔记本，也可以是一个含有笔记本及其所需文件的文件夹。无法读取的提交记 0 分并
说明原因；无论得分多少，退出码都是 0。

目前尚未防护：学生的代码以你的权限运行，可以访问文件、网络和内存；钻研过 convnotes 的学生也
能伪造分数。如果不能信任学生的代码，请在容器或虚拟机中评分，每份提交单独一个。
无意中耗尽内存的代码会被停止：CONVNOTES_MEMORY=1GiB 是每份提交的上限，不设则为本机
内存的 90 %。

反馈网页包含学生写的内容，也包括其中的脚本。`}

func (c *call) gradeAll(ctx context.Context, folder, html string, asJSON bool, submissions []string, o grade.Options) error {
	self, err := install.Binary()
	if err != nil {
		return err
	}
	o.Worker = []string{self, "grade", workerFlag}
	if _, err := grade.Open(folder); err != nil {
		return c.usage("%v", "%v", err)
	}
	if html != "" {
		if err := os.MkdirAll(html, 0o755); err != nil {
			return err
		}
	}
	names := pageNames(submissions)
	bar, done := c.bar(c.say("grading", "评分")), 0
	bar.ChangeMax(len(submissions))
	o.Graded = func(i int, s *grade.Submission, feedback *notebook.Notebook) error {
		done++
		bar.Set(done)
		if html == "" {
			return nil
		}
		return writeFeedback(filepath.Join(html, names[i]), feedback, s.Submission)
	}
	report, err := grade.All(ctx, folder, submissions, o)
	bar.Exit()
	if errors.Is(err, context.Canceled) {
		return &failure{exitEnvironment, c.say("stopped; nothing is graded", "已停止；未给出任何评分"), nil}
	} else if err != nil {
		return err
	}
	if asJSON {
		return c.json(report)
	}
	c.printMarks(report)
	return nil
}

// printMarks prints a line for each submission.
func (c *call) printMarks(r *grade.Report) {
	for _, s := range r.Submissions {
		fmt.Fprintf(c.stdout, "%s\t%s/%s\t%s\n", s.Submission, points(s.Points), points(s.Max), strings.TrimSpace(s.State+" "+s.Reason))
	}
}

// pageNames makes a name for each submission's page from its path, without the
// folder that all of them lie in.
func pageNames(submissions []string) []string {
	paths := make([]string, len(submissions))
	for i, s := range submissions {
		paths[i] = strings.TrimSuffix(filepath.ToSlash(filepath.Clean(s)), ".ipynb")
	}
	folder := path.Dir(paths[0])
	outside := func(p string) bool { return !strings.HasPrefix(p, folder+"/") }
	for folder != path.Dir(folder) && slices.ContainsFunc(paths, outside) {
		folder = path.Dir(folder)
	}
	names, seen := make([]string, len(paths)), map[string]int{}
	for i, p := range paths {
		name := strings.Trim(strings.NewReplacer("/", "-", ":", "-", "..", "").Replace(strings.TrimPrefix(p, folder+"/")), "-")
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s-%d", name, seen[name])
		}
		names[i] = name + ".html"
	}
	return names
}

func writeFeedback(name string, n *notebook.Notebook, title string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := page.Write(f, n, page.Options{Title: title}); err != nil {
		return err
	}
	return f.Close()
}

// work runs the cells of one submission. Standard output is the grader's: what
// compiled code prints by itself goes to the standard error stream.
func (c *call) work(ctx context.Context) error {
	out := os.Stdout
	os.Stdout = os.Stderr
	e, o := c.session()
	if err := grade.Serve(ctx, os.Stdin, out, e, o); err != nil {
		return c.environment(err, "the cells could not be run", "无法运行单元格")
	}
	return nil
}
