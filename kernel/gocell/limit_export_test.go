package gocell

// ParseSize is for the tests.
var ParseSize = parseSize
