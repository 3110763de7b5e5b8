package compute

import (
	"fmt"
	"os"
)

// The instruction set in use is chosen once, at start: the best this machine
// has. The environment variable CNN_ISA (avx512, avx2 or generic) lowers the choice, so
// that one machine can test every path.

// A kernelSet is what an instruction set brings: the innermost loops, all with
// the same meaning. The generic set says in Go what each of them computes.
type kernelSet struct {
	name string

	tiles6x16 func(tiles, kc int, a, b, c *float32, ldc int, acc int, ahead *float32, step int)
	pack16    func(src *float32, ld int, dst *float32, n int)
	pack6     func(src *float32, ld int, dst *float32, n int)
	dots4     func(n int, a, b *float32, ldb int, c *float32)

	// rows16[n] and rows16at[n] compute n rows of 16 channels, n from 1 to
	// tileRows.
	tileRows int
	rows16   []rowsKernel
	rows16at []func(kc int, a *float32, lda int, offs *int32, b, c *float32, ldc int, acc int)
	// maps[n] and pairs[n] compute n maps with pixels as lanes, n from 1 to 6.
	maps     [7]func(kc int, x *float32, next int, offs *int32, w, y *float32, ldy int, bias *float32, floor float32)
	pairs    [7]func(n int, a *float32, lda int, b *float32, next int, c *float32)
	copyRows func(src *float32, w int, dst *float32, ld, rows int)

	transposeIn  func(src *float32, ss int, dst *float32, ds int, n int)
	transposeAdd func(src *float32, ss int, dst *float32, ds int, n int)
	transposeOut func(src *float32, ss int, dst *float32, ds int, n int, bias *float32, floor float32)

	// The transforms of F(4×4,3×3), then those of F(2×2,5×5).
	winogradIn      func(src *float32, rowStride int, dst *float32, vstride, dstep, nt int, scratch *float32)
	winogradOut     func(src *float32, mstride, sstep int, dst *float32, drow, dpix, nt int, scratch *float32)
	winogradKernel  func(src, dst *float32, ustride, n int, scratch *float32)
	winogradIn2     func(src *float32, rowStride int, dst *float32, vstride, dstep, nt int, scratch *float32)
	winogradOut2    func(src *float32, mstride, sstep int, dst *float32, drow, dpix, nt int, scratch *float32)
	winogradKernel5 func(src, dst *float32, ustride, n int, scratch *float32)

	winogradGrad       func(src *float32, rowStride int, dst *float32, vstride, dstep, nt int, scratch *float32)
	winogradKernelGrad func(src *float32, mstride int, dst *float32, n int, scratch *float32)

	// peak does about n operations and nothing else.
	peak func(n int)

	add8, mul8               func(z, x, y *float32, n int)
	relu8                    func(y, x *float32, n int)
	reluGrad8                func(dx, dy, y *float32, n int)
	reluGradAdd8             func(dx, dy, y *float32, n int)
	axpy8                    func(y, x *float32, a float32, n int)
	momentum8                func(w, v, g *float32, r, m, d float32, n int)
	exp8, sigmoid8, tanh8    func(y, x *float32, n int)
	adam8                    func(w, m, v, dw, p *float32, n int)
	rmsprop8                 func(w, s, dw, p *float32, n int)
	sums8                    func(x *float32, ld, n int, y *float64)
	maxPool2                 func(x *float32, w int, y *float32, place *int32, ow, rows int)
	maxPool2Back             func(dx *float32, w int, dy *float32, place *int32, ow, rows int)
	maxWindows1, maxWindows2 func(x *float32, offs *int32, taps int, y *float32, place *int32, first, n int)
	max3                     func(z, x, y, w *float32, zstep, xstep, step, n, rows int)
	evens8                   func(z, x *float32, n int)
}

// A rowsKernel multiplies rows with a packed panel. On its way it may fetch into
// the cache what ahead points to, step bytes for each of the kc products.
type rowsKernel func(kc int, a *float32, lda int, b, c *float32, ldc int, acc int, ahead *float32, step int)

// isa is the set in use.
var isa = choose(os.Getenv("CNN_ISA"))

// choose returns the set of the given name, or the best of this machine.
func choose(name string) kernelSet {
	for _, s := range available() {
		if name == "" || name == s.name {
			return s
		}
	}
	panic(fmt.Sprintf("cnn: CNN_ISA=%s is not available here; leave it empty or take one of %s", name, names()))
}

// available lists the sets that run on this machine, the fastest first.
func available() []kernelSet { return append(fastSets(), genericSet) }

func names() (s []string) {
	for _, k := range available() {
		s = append(s, k.name)
	}
	return s
}

// ISA returns the name of the instruction set in use: avx512, avx2 or generic.
func ISA() string { return isa.name }
