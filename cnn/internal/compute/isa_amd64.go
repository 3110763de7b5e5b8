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
	sets := []kernelSet{avx2()}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL {
		sets = append([]kernelSet{avx512()}, sets...)
	}
	return sets
}

// avx512 has the products of avx2 in registers of twice the width.
func avx512() kernelSet {
	s := avx2()
	s.name = "avx512"
	s.peak = func(n int) { peakFMA512(n / (2 * 16 * 12)) }
	s.tileRows = 14
	s.rows16 = nil
	for _, f := range []func(int, *float32, int, *float32, *float32, int, int){
		nil, wide1x16, wide2x16, wide3x16, wide4x16, wide5x16, wide6x16, wide7x16,
		wide8x16, wide9x16, wide10x16, wide11x16, wide12x16, wide13x16, wide14x16} {
		s.rows16 = append(s.rows16, func(kc int, a *float32, lda int, b, c *float32, ldc int, acc int, _ *float32, _ int) {
			f(kc, a, lda, b, c, ldc, acc)
		})
	}
	s.rows16at = []func(int, *float32, int, *int32, *float32, *float32, int, int){
		nil, wide1x16at, wide2x16at, wide3x16at, wide4x16at, wide5x16at, wide6x16at, wide7x16at,
		wide8x16at, wide9x16at, wide10x16at, wide11x16at, wide12x16at, wide13x16at, wide14x16at}
	return s
}

func avx2() kernelSet {
	return kernelSet{
		name:      "avx2",
		peak:      func(n int) { peakFMA(n / (2 * 8 * 12)) },
		tiles6x16: tiles6x16, pack16: pack16, pack6: pack6, dots4: dots4,
		tileRows: 6,
		rows16: []rowsKernel{
			nil, rows1x16, rows2x16, rows3x16, rows4x16, rows5x16, rows6x16},
		rows16at: []func(int, *float32, int, *int32, *float32, *float32, int, int){
			nil, rows1x16at, rows2x16at, rows3x16at, rows4x16at, rows5x16at, rows6x16at},
		maps: [...]func(int, *float32, int, *int32, *float32, *float32, int, *float32, float32){
			nil, maps1, maps2, maps3, maps4, maps5, maps6},
		pairs: [...]func(int, *float32, int, *float32, int, *float32){
			nil, pair1, pair2, pair3, pair4, pair5, pair6},
		copyRows:    copyRows,
		transposeIn: transposeIn, transposeOut: transposeOut, transposeAdd: transposeAdd,
		winogradIn: winogradIn, winogradOut: winogradOut, winogradKernel: winogradKernel,
		winogradIn2: winogradIn2, winogradOut2: winogradOut2, winogradKernel5: winogradKernel5,
		winogradGrad: winogradGrad, winogradKernelGrad: winogradKernelGrad,
		add8: add8, mul8: mul8, relu8: relu8, reluGrad8: reluGrad8, reluGradAdd8: reluGradAdd8, axpy8: axpy8, momentum8: momentum8,
		exp8: exp8, sigmoid8: sigmoid8, tanh8: tanh8, adam8: adam8, rmsprop8: rmsprop8,
		sums8:    sums8,
		maxPool2: maxPool2, maxPool2Back: maxPool2Back, maxWindows1: maxWindows1, maxWindows2: maxWindows2, max3: max3, evens8: evens8,
	}
}
