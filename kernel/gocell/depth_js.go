package gocell

// maxDepth is how many calls of cells may be open: a call takes some of the stack
// that JavaScript has, whose overflow ends the process.
const maxDepth = 2_000
