//go:build ignore

package slices

import (
	"cmp"
	"sort"

	"github.com/convnotes/convnotes/kernel/gocell/packages/native"
)

// Sorting stays compiled, for its speed. Package sort runs the same algorithm, so
// that elements which compare equal end up in the same places.

func Sort[S ~[]E, E cmp.Ordered](x S) { native.Sort(x) }

func SortFunc[S ~[]E, E any](x S, cmp func(a, b E) int) {
	sort.Slice(x, func(i, j int) bool { return cmp(x[i], x[j]) < 0 })
}

func SortStableFunc[S ~[]E, E any](x S, cmp func(a, b E) int) {
	sort.SliceStable(x, func(i, j int) bool { return cmp(x[i], x[j]) < 0 })
}
