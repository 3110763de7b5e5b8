//go:build race

package plotting

// Drawing is done by one goroutine: under the race detector, which makes it
// ten times slower, every twelfth figure is enough.
func init() { every = 12 }
