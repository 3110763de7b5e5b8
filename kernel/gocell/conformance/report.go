package conformance

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Report writes the count and every failure with its reason, to be kept.
func Report(w io.Writer, title string, results []Result) error {
	passed := 0
	for _, r := range results {
		if r.Passed {
			passed++
		}
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n# passed %d of %d\n", title, passed, len(results))
	for _, r := range results {
		if !r.Passed {
			fmt.Fprintf(out, "%s: %s\n", r.File, r.Reason)
		}
	}
	return out.Flush()
}

// A Group is a reason with the programs it stopped.
type Group struct {
	Reason string
	Files  []string
}

// Groups puts failures with the same reason together, the most frequent first.
// Names, numbers and quoted texts do not tell reasons apart.
func Groups(results []Result) []Group {
	index := map[string]int{}
	var groups []Group
	for _, r := range results {
		if r.Passed {
			continue
		}
		key := general(r.Reason)
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, Group{Reason: r.Reason})
		}
		groups[i].Files = append(groups[i].Files, r.File)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return len(b.Files) - len(a.Files) })
	return groups
}

// general leaves out of a reason what differs from file to file.
func general(reason string) string {
	if _, what, ok := strings.Cut(reason, "not supported yet: "); ok {
		return "not supported yet: " + what
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, quoted.ReplaceAllString(reason, `""`))
}
