//go:build !js

package gocell

// maxDepth is how many calls of cells may be open.
const maxDepth = 400_000
