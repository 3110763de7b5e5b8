//go:build amd64 && !noasm

package compute

import "golang.org/x/sys/cpu"

// The kernels are generated: see asm/main.go.
//
//go:generate go run -C asm . -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg compute

func fastSets() []kernelSet {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	return []kernelSet{{
		name:     "avx2",
		tile6x16: tile6x16, pack16: pack16,
		rows16: [...]func(int, *float32, int, *float32, *float32, int, int){
			nil, rows1x16, rows2x16, rows3x16, rows4x16, rows5x16, rows6x16},
		rows16at: [...]func(int, *float32, int, *int32, *float32, *float32, int, int){
			nil, rows1x16at, rows2x16at, rows3x16at, rows4x16at, rows5x16at, rows6x16at},
		rows8at: [...]func(int, *float32, int, *int32, *float32, *float32, int, int){
			nil, rows1x8at, rows2x8at, rows3x8at, rows4x8at, rows5x8at, rows6x8at, rows7x8at,
			rows8x8at, rows9x8at, rows10x8at, rows11x8at, rows12x8at, rows13x8at, rows14x8at},
		transposeIn: transposeIn, transposeOut: transposeOut,
		winogradIn: winogradIn, winogradOut: winogradOut, winogradKernel: winogradKernel,
		winogradGrad: winogradGrad, winogradKernelGrad: winogradKernelGrad,
		add8: add8, mul8: mul8, relu8: relu8, reluGrad8: reluGrad8, reluGradAdd8: reluGradAdd8, axpy8: axpy8, momentum8: momentum8,
		maxPool2: maxPool2, maxRow8: maxRow8,
	}}
}
