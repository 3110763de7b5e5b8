package assist

import (
	"slices"
	"strings"
)

// DidYouMean returns the candidates that a misspelt name may have meant,
// nearest first, at most three. Names are near when few letters were added,
// left out, changed or swapped (Damerau and Levenshtein's distance, letter case
// counting a little): one in four of the letters, and one in three of
// short names.
func DidYouMean(name string, candidates []string) []string {
	type near struct {
		name     string
		distance int
	}
	var found []near
	limit := edit * ((len([]rune(name)) + 1) / 4)
	if limit == 0 {
		limit = 2 * otherCase // one or two letters: only their case
	}
	for _, c := range candidates {
		if c == name || c == "" || c == "_" {
			continue
		}
		if d := distance([]rune(name), []rune(c), limit); d <= limit {
			found = append(found, near{c, d})
		}
	}
	slices.SortFunc(found, func(a, b near) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return strings.Compare(a.name, b.name)
	})
	var names []string
	for _, n := range found {
		if len(names) < 3 && !slices.Contains(names, n.name) {
			names = append(names, n.name)
		}
	}
	return names
}

// The cost of an edit is 10; of another letter case alone 3.
const edit, otherCase = 10, 3

// distance is the optimal string alignment distance, or more than limit.
func distance(a, b []rune, limit int) int {
	if short := min(len(a), len(b)); short < 2 && !strings.EqualFold(string(a), string(b)) {
		return limit + 1 // one letter is near every other one
	}
	if edit*max(len(a)-len(b), len(b)-len(a)) > limit {
		return limit + 1
	}
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = edit * j
	}
	var older []int
	for i := range a {
		older, before, row = before, row, make([]int, len(b)+1)
		row[0] = edit * (i + 1)
		for j := range b {
			row[j+1] = min(before[j+1]+edit, row[j]+edit, before[j]+change(a[i], b[j]))
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] && a[i] != b[j] {
				row[j+1] = min(row[j+1], older[j-1]+edit)
			}
		}
	}
	return row[len(b)]
}

func change(a, b rune) int {
	switch {
	case a == b:
		return 0
	case strings.EqualFold(string(a), string(b)):
		return otherCase
	}
	return edit
}
