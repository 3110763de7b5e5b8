package train_test

import (
	"runtime"
	"sort"
)

type memory struct{ bytes, objects float64 }

func readMemory() memory {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return memory{float64(m.TotalAlloc), float64(m.Mallocs)}
}

func median(v []float64) float64 {
	sort.Float64s(v)
	return v[len(v)/2]
}
