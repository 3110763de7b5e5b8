package packages

import (
	"cmp"
	"slices"
	"strings"
)

// preferred settles names that several packages share and where the shorter
// path is not what a learner means: math/rand/v2 is the one that new code should
// use, pprof is the one that writes profiles, without a web server.
var preferred = map[string]string{
	"rand":     "math/rand/v2",
	"pprof":    "runtime/pprof",
	"template": "text/template",
	"scanner":  "text/scanner",
	"draw":     "image/draw",
	"text":     "gonum.org/v1/plot/text",
	"parse":    "text/template/parse",
}

// PathOf is the path that a cell which uses a package name without importing it
// is taken to mean, "" where no package has the name: one of ours before the
// standard library, that before others, then the shorter path; with the
// exceptions of a short table (rand is math/rand/v2). Members are the names that
// the cell takes from it: the first package that has them all is preferred, so
// that rand.Intn is math/rand's.
func PathOf(pkgs map[string]*Package, name string, members ...string) string {
	paths := Paths(pkgs, name)
	for _, path := range paths {
		if !slices.ContainsFunc(members, func(m string) bool { return !pkgs[path].lookup(m).IsValid() }) {
			return path
		}
	}
	if len(paths) == 0 {
		return ""
	}
	return paths[0]
}

// Paths are all packages of that name, the likeliest first; those that cells
// have no use for by name are left out.
func Paths(pkgs map[string]*Package, name string) []string {
	var paths []string
	for path, p := range pkgs {
		if p.Name == name && !strings.HasSuffix(path, "/native") {
			paths = append(paths, path)
		}
	}
	slices.SortFunc(paths, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(name, a), rank(name, b)), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	return paths
}

func rank(name, path string) int {
	switch first, _, _ := strings.Cut(path, "/"); {
	case preferred[name] == path:
		return -1
	case strings.HasPrefix(path, "github.com/convnotes/"):
		return 0
	case !strings.Contains(first, "."):
		return 1
	}
	return 2
}
