// Generate writes the tables of package symbols: for each platform the exported
// names of the listed packages, their export data, their documentation and the
// source of their generic functions. What is the same on all native platforms is
// written once. Run it in the folder of package symbols (go generate does).
package main

import (
	"log"
	"maps"
	"slices"
	"sync"
)

func main() {
	log.SetFlags(0)
	lists, err := readLists("symbols.go")
	if err != nil {
		log.Fatal(err)
	}
	builds, err := describeAll(lists)
	if err != nil {
		log.Fatal(err)
	}
	if err := writeAll(builds); err != nil {
		log.Fatal(err)
	}
}

// A build is what cells of one platform may import.
type build struct {
	platform platform
	packages map[string]*description
}

// A description is what the tables hold of one package.
type description struct {
	path, name string
	symbols    []symbol
	export     []byte
	docs       []byte
	generic    []byte
}

// describeAll loads two platforms at a time: more would want too much memory.
func describeAll(lists lists) ([]build, error) {
	all := append(slices.Clone(native), browser)
	builds, errs := make([]build, len(all)), make([]error, len(all))
	var wg sync.WaitGroup
	turn := make(chan bool, 2)
	for i, p := range all {
		wg.Go(func() {
			turn <- true
			defer func() { <-turn }()
			builds[i], errs[i] = describe(p, lists)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return builds, nil
}

func describe(p platform, lists lists) (build, error) {
	b := build{p, map[string]*description{}}
	l, err := load(p, lists.patterns(p))
	if err != nil {
		return b, err
	}
	eraseAll(l.packages)
	for _, path := range slices.Sorted(maps.Keys(l.packages)) {
		if !lists.wanted(p, path) {
			continue
		}
		if b.packages[path], err = l.describe(path); err != nil {
			return b, err
		}
	}
	return b, nil
}
