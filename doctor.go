package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/convnotes/convnotes/install"
	"github.com/convnotes/convnotes/install/python"
)

// A finding is one thing that doctor looked at.
type finding struct {
	What  string `json:"what"`
	State string `json:"state"` // ok, missing (nothing is wrong, but something could be done) or broken
	Found string `json:"found"`
	Do    string `json:"do,omitempty"`
}

const (
	fine    = "ok"
	missing = "missing"
	broken  = "broken"
)

// doctor tells what it finds and what to do; it changes nothing.
func doctor(ctx context.Context, c *call) error {
	f := c.flags()
	asJSON := f.Bool("json", false, c.say("print JSON", "输出 JSON"))
	if _, err := c.parse(f, 0, 0); err != nil {
		return err
	}
	findings := []finding{c.findBinary(), c.findPython(ctx), c.findEnvironment(ctx), c.findKernelspec(), c.findLessons()}
	if *asJSON {
		if err := c.json(findings); err != nil {
			return err
		}
	} else {
		c.printFindings(findings)
	}
	for _, f := range findings {
		if f.State == broken {
			return &failure{code: exitEnvironment}
		}
	}
	return nil
}

func (c *call) printFindings(findings []finding) {
	marks := map[string]string{fine: "✓", missing: "–", broken: "✗"}
	for _, f := range findings {
		fmt.Fprintf(c.stdout, "%s %s: %s\n", marks[f.State], f.What, f.Found)
		if f.Do != "" {
			fmt.Fprintf(c.stdout, "    → %s\n", f.Do)
		}
	}
}

func (c *call) findBinary() finding {
	path, err := install.Binary()
	if err != nil {
		path = err.Error()
	}
	return finding{"convnotes", fine, fmt.Sprintf("%s, %s, %s/%s, %s", ourVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, path), ""}
}

func (c *call) findPython(ctx context.Context) finding {
	path, err := python.Find(ctx, "")
	if err == nil {
		return finding{"Python", fine, path, ""}
	}
	why := &failure{}
	errors.As(c.noPython(err), &why)
	found, do, _ := strings.Cut(why.sentence, c.say(": ", ":"))
	return finding{"Python", broken, found, do}
}

func (c *call) findEnvironment(ctx context.Context) finding {
	dir, err := environmentDir()
	f := finding{c.say("JupyterLab's environment", "JupyterLab 环境"), fine, dir, ""}
	e := python.Environment{Dir: dir}
	switch {
	case err != nil:
		f.State, f.Found, f.Do = broken, err.Error(), c.say("set HOME", "请设置 HOME")
	case !e.Made():
		f.State, f.Found, f.Do = missing, c.say("not made yet: ", "尚未建立：")+dir, "convnotes lab"
	default:
		if err := e.Check(ctx); err != nil {
			f.State, f.Found, f.Do = broken, err.Error(), "convnotes lab --reinstall"
		}
	}
	return f
}

// findKernelspec looks into the kernelspec in the user's own Jupyter.
func (c *call) findKernelspec() finding {
	f := finding{c.say("kernel in your own Jupyter", "你自己 Jupyter 中的内核"), fine, "", ""}
	dir, err := install.UserDir()
	if err != nil {
		f.State, f.Found, f.Do = missing, err.Error(), ""
		return f
	}
	f.Found = filepath.Join(dir, "kernels", install.Name, "kernel.json")
	text, err := os.ReadFile(f.Found)
	var spec struct{ Argv []string }
	switch {
	case errors.Is(err, os.ErrNotExist):
		f.State, f.Found, f.Do = missing, c.say("not installed", "未安装"), "convnotes install"
	case err != nil || json.Unmarshal(text, &spec) != nil || len(spec.Argv) == 0:
		f.State, f.Do = broken, "convnotes uninstall && convnotes install"
	default:
		if _, err := os.Stat(spec.Argv[0]); err != nil {
			f.State, f.Found, f.Do = broken, err.Error(), "convnotes install"
		}
	}
	return f
}

func (c *call) findLessons() finding {
	f := finding{c.say("your lessons", "你的课程"), fine, "", ""}
	folder, err := c.lessonsFolder(nil)
	if err == nil {
		_, err = os.Stat(folder)
	}
	if f.Found = folder; err != nil {
		f.State, f.Found, f.Do = missing, c.say("not copied yet", "尚未复制"), "convnotes lab"
	}
	return f
}
