package main

import "golang.org/x/tools/go/packages"

func docsOf(pkg *packages.Package) []byte { return []byte(pkg.Types.Path()) }
