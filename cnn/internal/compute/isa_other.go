//go:build !amd64 || noasm

package compute

func fastSets() []kernelSet { return nil }
