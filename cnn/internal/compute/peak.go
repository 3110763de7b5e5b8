package compute

import "time"

// Peak returns how long this core takes for 2³⁰ floating-point operations when
// it does nothing but multiply-adds (of the instruction set in use): the yard
// stick of the benchmarks.
func Peak() time.Duration {
	const operations = 1 << 30
	best := time.Hour
	for range 5 {
		t := time.Now()
		isa.peak(operations)
		best = min(best, time.Since(t))
	}
	return best
}
