package main

import "golang.org/x/tools/go/packages"

func genericsOf(pkg *packages.Package) ([]byte, error) { return nil, nil }
