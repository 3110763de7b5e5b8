//go:build !race

package conformance

var racing map[string]bool
