//go:build race

package conformance

// racing are programs of the sample that race by themselves: the compiled ones too
// count something from several goroutines without a lock.
var racing = map[string]bool{"chan/powser1.go": true, "ken/chan.go": true}
