//go:build !amd64 && !arm64 && !wasm

package rtype

import "unsafe"

const nStubs = 0

var stubContext [nStubs]unsafe.Pointer

func stubTable() unsafe.Pointer { return nil }
