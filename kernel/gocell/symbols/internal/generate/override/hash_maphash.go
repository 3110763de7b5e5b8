//go:build ignore

package maphash

import "github.com/convnotes/convnotes/kernel/gocell/packages/native"

func Comparable[T comparable](seed Seed, v T) uint64 { return native.Comparable(seed, v) }

func WriteComparable[T comparable](h *Hash, x T) { native.WriteComparable(h, x) }
