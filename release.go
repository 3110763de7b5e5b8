package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/convnotes/convnotes/install"
	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/grade"
	"github.com/convnotes/convnotes/lessons/release"
)

// lessonsCommand lists the lessons, or hands one out.
func lessonsCommand(ctx context.Context, c *call) error {
	f := c.flags()
	to := f.String("to", "", c.say("release: `DIR` to write the assignment to", "release：写入作业的`文件夹`"))
	seed := f.Int64("seed", 0, c.say("release: `N`, from which hidden checks draw their inputs (random)", "release：隐藏检查生成输入所用的`种子`（默认随机）"))
	language := f.String("lang", c.language(), c.say("`en or zh`", "`en 或 zh`"))
	verify := f.Bool("verify", true, c.say("release: run the teacher's notebook first, which must pass with this seed (on; --verify=false leaves it out)", "release：先运行教师版笔记本，在该种子下必须全部通过（默认开启；--verify=false 可跳过）"))
	asJSON := f.Bool("json", false, c.say("list: print JSON", "list：输出 JSON"))
	others, err := c.parse(f, 1, 2)
	if err != nil {
		return err
	}
	switch {
	case *language != "en" && *language != "zh":
		return c.usage("lessons: --lang %q: want en or zh", "lessons：--lang %q：应为 en 或 zh", *language)
	case len(others) == 1 && others[0] == "list":
		return c.listLessons(*language, *asJSON)
	case len(others) == 2 && others[0] == "release" && *to != "":
		return c.release(ctx, others[1], *to, *language, *seed, *verify)
	case others[0] == "release":
		return c.usage("lessons: want convnotes lessons release LESSON --to DIR", "lessons：用法为 convnotes lessons release 课程 --to 文件夹")
	}
	return c.usage("lessons: want list or release, not %q", "lessons：应为 list 或 release，而不是 %q", strings.Join(others, " "))
}

// A listed lesson is a line of the list.
type listed struct {
	Lesson    string  `json:"lesson"`
	Name      string  `json:"name"`
	Title     string  `json:"title"`
	Minutes   int     `json:"minutes"`
	Exercises int     `json:"exercises"` // and questions
	Points    float64 `json:"points"`
}

func (c *call) listLessons(language string, asJSON bool) error {
	all, err := lessons.All()
	if err != nil {
		return err
	}
	var list []listed
	for _, l := range all {
		one := listed{Lesson: l.ID, Name: l.Name, Title: l.Title().In(language), Minutes: l.Minutes}
		for _, b := range l.Blocks {
			if b.Points > 0 {
				one.Exercises, one.Points = one.Exercises+1, one.Points+b.Points
			}
		}
		list = append(list, one)
	}
	if asJSON {
		return c.json(list)
	}
	for _, l := range list {
		fmt.Fprintf(c.stdout, c.say("%s  %s  (%d minutes, %d exercises and questions, %s points)\n", "%s  %s（%d 分钟，%d 道练习和问题，共 %s 分）\n"), l.Lesson, l.Title, l.Minutes, l.Exercises, points(l.Points))
	}
	return nil
}

func (c *call) release(ctx context.Context, id, folder, language string, seed int64, verify bool) error {
	l, err := lessons.Find(id)
	if err != nil {
		return c.usage("%v", "%v", err)
	}
	if seed == 0 {
		if seed, err = drawSeed(); err != nil {
			return err
		}
	}
	if verify {
		if err := c.verify(ctx, l, language, seed); err != nil {
			return err
		}
	}
	err = release.Write(l, folder, language, seed)
	if errors.Is(err, release.ErrReleased) {
		return c.usage("%v", "%v", err)
	} else if err != nil {
		return err
	}
	c.tell("%s: give students %[2]s/student/%[3]s.ipynb; keep teacher and nbgrader to yourself", "%s：把 %[2]s/student/%[3]s.ipynb 发给学生；teacher 和 nbgrader 请自己保管", l.Title().In(language), folder, l.Name)
	return nil
}

// verify grades the teacher's own notebook.
func (c *call) verify(ctx context.Context, l lessons.Lesson, language string, seed int64) error {
	self, err := install.Binary()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "convnotes-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := release.Write(l, folder, language, seed); err != nil {
		return err
	}
	teacher := filepath.Join(folder, release.TeacherFolder, l.Name+".ipynb")
	r, err := grade.All(ctx, folder, []string{teacher}, grade.Options{Worker: []string{self, "grade", workerFlag}, Cell: 10 * time.Minute, Total: time.Hour})
	if err != nil {
		return err
	}
	var wrong []string
	for _, e := range r.Submissions[0].Exercises {
		if e.State != grade.Passed {
			wrong = append(wrong, fmt.Sprintf("%s: %s %s", e.Name, e.State, e.Reason))
		}
	}
	if len(wrong) > 0 {
		return &failure{exitCellFailed, fmt.Sprintf(c.say("with seed %d the lesson's own solutions do not pass; nothing was written:", "在种子 %d 下，课程自带的答案没有全部通过；未写入任何文件："), seed), errors.New(strings.Join(wrong, "\n"))}
	}
	return nil
}

// drawSeed draws a seed that nobody can guess.
func drawSeed() (int64, error) {
	var b [8]byte
	_, err := rand.Read(b[:])
	return int64(binary.LittleEndian.Uint64(b[:]) >> 1), err
}
