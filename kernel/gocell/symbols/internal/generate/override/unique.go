//go:build ignore

package unique

import "github.com/convnotes/convnotes/kernel/gocell/packages/native"

func Make[T comparable](value T) Handle[T] {
	return Handle[T]{value: native.Canonical(value, &value).(*T)}
}
