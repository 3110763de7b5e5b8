package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// rows writes the kernels whose lanes are output channels: the left-hand rows
// are read by broadcasts where they lie, the weights are a packed panel.
func rows() {
	for n := 1; n <= 6; n++ {
		rows16(fmt.Sprintf("rows%dx16", n), n, false)
		rows16(fmt.Sprintf("rows%dx16at", n), n, true)
	}
}

// rows16 computes n rows of 16 channels. Row i begins at a + i*lda; its element
// k is the next float, or the one offs[k] bytes further (the tap of a window).
// The direct form fetches what ahead points to, step bytes for each k, on its way.
func rows16(name string, n int, indirect bool) {
	signature := "func(kc int, a *float32, lda int, b, c *float32, ldc int, acc int, ahead *float32, step int)"
	doc := fmt.Sprintf("computes c[%d][16] (+)= Σₖ a[i·lda+k]·b[k][16] and prefetches ahead, step bytes for each k.", n)
	if indirect {
		signature = "func(kc int, a *float32, lda int, offs *int32, b, c *float32, ldc int, acc int)"
		doc = fmt.Sprintf("computes c[%d][16] (+)= Σₖ a[i·lda + offs[k]]·b[k][16]; offs counts bytes.", n)
	}
	begin(name, signature, doc)
	kc, a, lda, b, c, ldc := arg("kc"), arg("a"), newStrided(floats("lda")), arg("b"), arg("c"), floats("ldc")
	var offs, ahead Register
	var next strided
	if indirect {
		offs = arg("offs")
	} else {
		ahead, next = arg("ahead"), strided{s: arg("step")}
		next.s3 = times(3, next.s)
	}
	sum := clearTile(n)
	bv, av := y[2*n:2*n+2], y[2*n+2:min(2*n+6, 16)]
	step := func(u int) {
		base, disp := a, 4*u
		if indirect {
			o := GP64()
			MOVLQSX(Mem{Base: offs, Disp: 4 * u}, o)
			ADDQ(a, o)
			base, disp = o, 0
			PREFETCHT0(Mem{Base: b, Disp: 1024 + 64*u})
		} else {
			PREFETCHT1(next.at(ahead, u, 0))
		}
		VMOVUPS(Mem{Base: b, Disp: 64 * u}, bv[0])
		VMOVUPS(Mem{Base: b, Disp: 64*u + 32}, bv[1])
		for i := range n {
			x := av[i%len(av)]
			VBROADCASTSS(lda.at(base, i, disp), x)
			VFMADD231PS(x, bv[0], sum[i][0])
			VFMADD231PS(x, bv[1], sum[i][1])
		}
	}
	unrolled(kc, 4, step, func(m int) {
		ADDQ(U32(64*m), b)
		if indirect {
			ADDQ(Imm(uint64(4*m)), offs)
		} else {
			ADDQ(Imm(uint64(4*m)), a)
			LEAQ(Mem{Base: ahead, Index: next.s, Scale: uint8(m)}, ahead)
		}
	})
	storeTile(sum, c, ldc)
	end()
}
