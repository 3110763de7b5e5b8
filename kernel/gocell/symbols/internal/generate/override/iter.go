//go:build ignore

package iter

import "github.com/convnotes/convnotes/kernel/gocell/packages/native"

func Pull[V any](seq Seq[V]) (next func() (V, bool), stop func()) {
	step, stop := native.Pull(func(yield func(any) bool) {
		seq(func(v V) bool { return yield(v) })
	})
	return func() (v V, ok bool) {
		x, ok := step()
		v, _ = x.(V)
		return v, ok
	}, stop
}

func Pull2[K, V any](seq Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	step, stop := native.Pull2(func(yield func(any, any) bool) {
		seq(func(k K, v V) bool { return yield(k, v) })
	})
	return func() (k K, v V, ok bool) {
		x, y, ok := step()
		k, _ = x.(K)
		v, _ = y.(V)
		return k, v, ok
	}, stop
}
