// Package compute does the sums of package cnn over plain []float32, as fast
// as the machine allows. It knows nothing of tensors, gradients tapes or
// notebooks; package cnn checks every shape before it calls, so that a routine
// may trust its geometry.
//
// # What every routine promises
//
// Layout. Arrays are dense and row-major: images N×C×H×W, kernels
// Out×(C/Groups)×Kh×Kw, matrices rows×columns. A slice is at least as long as
// its geometry says; a routine reads and writes nothing beyond that length.
//
// Aliasing. Outputs do not overlap inputs, except in the element-wise routines
// (elementwise.go, optimize.go), where the output may be the very slice of an
// input (never a shifted part of it). Inputs are never written.
//
// Accumulation. A routine with an argument add writes its result when add is
// false (what the output held before does not matter, it may be garbage) and
// adds to what is there when add is true. Gradients use it: the first
// contribution writes, the next ones add.
//
// Determinism. The same input gives the same bits for any number of threads:
// work is split over independent outputs only, by chunks that depend on the
// geometry alone, and a sum over many values is cut into fixed parts that are
// joined in order. Other instruction sets may differ in the last bits.
//
// Concurrency. Every routine may be called by several goroutines at once, on
// different outputs. None keeps a slice after it returns; what may be kept
// about constant weights goes into the Cache the caller hands over.
//
// Precision. Products and sums are float32 (fused or not); an error stays
// within 1e-6 of the sum of absolute products, with Winograd's method within 1e-5
// of the largest such sum of the map (of the kernel, for its gradient). Sum, Dot and the like return float64 sums.
// NaN and infinities pass through as in the definition.
//
// # Where to touch
//
// compute.go holds the types. isa.go chooses the instruction set: a kernelSet
// is the innermost loops, generic.go and generic_winograd.go say in Go what they
// compute, asm/ generates their AVX2 twins. Everything above them is shared:
// direct.go (convolution), winograd.go (3×3 and 5×5 with stride 1), few.go
// (towards at most 8 channels), phases.go (the gradient of the input of a layer
// with strides), weights.go (the gradient of the weights), gemm.go, pool.go,
// maxpool.go, maxplaces.go, elementwise.go, softmax.go, normalize.go,
// optimize.go; parallel.go keeps the workers, scratch.go the working memory,
// largepages_linux.go the pages of large arrays, cache.go what is worth keeping
// of constant weights.
//
// CNN_ISA=generic leaves the assembly out, CNN_CONV=direct leaves Winograd out;
// the tests take every way through.
package compute

// A Product is the geometry of a matrix product C = A·B (+ bias, ReLU):
// A is M×K, or K×M read transposed when TransA; B is K×N, or N×K read
// transposed when TransB; C is M×N.
type Product struct {
	M, N, K        int
	TransA, TransB bool
}

// A Conv is the geometry of a two-dimensional cross-correlation
//
//	y[n,o,i,j] = b[o] + Σ x[n,c,i·StrideH−Top+u·DilationH, j·StrideW−Left+v·DilationW] · w[o,c′,u,v]
//
// over the channels c of o's group (c′ counts within the group) and all u, v,
// where x is zero outside the image. C and Out are multiples of Groups, every
// stride and dilation is at least 1, no padding is negative and OutH and OutW
// are at least 1.
type Conv struct {
	N, C, H, W               int // input
	Out, Kh, Kw              int // kernels
	StrideH, StrideW         int
	DilationH, DilationW     int
	Top, Bottom, Left, Right int // zero padding
	Groups                   int
}

// OutH returns the rows of the output: ⌊(H + Top + Bottom − DilationH·(Kh−1) − 1)/StrideH⌋ + 1.
func (g *Conv) OutH() int {
	return (g.H+g.Top+g.Bottom-g.DilationH*(g.Kh-1)-1)/g.StrideH + 1
}

// OutW returns the columns of the output.
func (g *Conv) OutW() int {
	return (g.W+g.Left+g.Right-g.DilationW*(g.Kw-1)-1)/g.StrideW + 1
}

// A Pool is the geometry of pooling: each of Planes (N·C) maps of H×W gives
// one of OutH×OutW. OutH and OutW are given, because rounding up (ceil) makes
// a last window that hangs over the edge; every window covers at least one
// cell of the map.
type Pool struct {
	Planes, H, W         int
	Kh, Kw               int
	StrideH, StrideW     int
	DilationH, DilationW int
	Top, Left            int // cells of padding before the first row and column
	Bottom, Right        int // and after the last; CountPadding needs them
	OutH, OutW           int

	// CountPadding makes an average count the cells of the padding as zeros
	// (but not the cells beyond it that rounding up adds), as PyTorch's
	// count_include_pad does. Otherwise only cells of the map count.
	CountPadding bool
}
