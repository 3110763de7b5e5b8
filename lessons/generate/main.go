// Command generate writes the notebooks of all lessons into the folders en and
// zh of a folder.
//
//	go run ./generate [-solved] DIR
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/convnotes/convnotes/lessons"
	"github.com/convnotes/convnotes/lessons/source"
)

func main() {
	solved := flag.Bool("solved", false, "write the solutions too")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: generate [-solved] DIR")
		os.Exit(2)
	}
	form := lessons.Student
	if *solved {
		form = lessons.Solved
	}
	for _, language := range source.Languages {
		if err := write(filepath.Join(flag.Arg(0), language), language, form); err != nil {
			fmt.Fprintln(os.Stderr, "generate:", err)
			os.Exit(1)
		}
	}
}

// write makes the folder hold the generated notebooks and no others.
func write(folder, language string, form lessons.Form) error {
	files, err := lessons.Files(language, form)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(folder, "*.ipynb"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, ok := files[filepath.Base(name)]; !ok {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
