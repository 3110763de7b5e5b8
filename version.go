package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// ourVersion is the module's version as the go command stamped it.
func ourVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func version(_ context.Context, c *call) error {
	f := c.flags()
	asJSON := f.Bool("json", false, c.say("print JSON", "输出 JSON"))
	if _, err := c.parse(f, 0, 0); err != nil {
		return err
	}
	v := map[string]string{"version": ourVersion(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH}
	if *asJSON {
		return c.json(v)
	}
	fmt.Fprintf(c.stdout, "convnotes %s %s %s/%s\n", v["version"], v["go"], v["os"], v["arch"])
	return nil
}

// json prints data as JSON.
func (c *call) json(data any) error {
	e := json.NewEncoder(c.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(data)
}
