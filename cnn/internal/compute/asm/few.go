package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// few writes the kernels whose lanes are pixels, for layers of few maps.
func few() {
	for n := 1; n <= 6; n++ {
		maps(n)
		pair(n)
	}
	copyRows()
}

// maps computes twice 8 pixels of n maps; w is packed by taps.
func maps(n int) {
	begin(fmt.Sprintf("maps%d", n), "func(kc int, x *float32, next int, offs *int32, w, y *float32, ldy int, bias *float32, floor float32)",
		fmt.Sprintf("computes max(bias[i] + Σₖ w[k][%d]·x[p + offs[k]], floor) for 8 pixels p of maps i = 0 … %d, ldy floats apart, and for those next floats further; offs counts bytes.", n, n-1))
	kc, x, next, offs, w, out, ldy := arg("kc"), arg("x"), floats("next"), arg("offs"), arg("w"), arg("y"), newStrided(floats("ldy"))
	sum := func(i, h int) VecPhysical { return y[2*i+h] }
	second := GP64()
	LEAQ(Mem{Base: out, Index: next, Scale: 1}, second)
	bias := arg("bias")
	for i := range n {
		VBROADCASTSS(Mem{Base: bias, Disp: 4 * i}, sum(i, 0))
		VMOVAPS(sum(i, 0), sum(i, 1))
	}
	TESTQ(kc, kc)
	JZ(LabelRef("store"))
	Label("loop")
	o := GP64()
	MOVLQSX(Mem{Base: offs}, o)
	ADDQ(x, o)
	VMOVUPS(Mem{Base: o}, Y12)
	VMOVUPS(Mem{Base: o, Index: next, Scale: 1}, Y13)
	for i := range n {
		v := y[14+i%2]
		VBROADCASTSS(Mem{Base: w, Disp: 4 * i}, v)
		VFMADD231PS(v, Y12, sum(i, 0))
		VFMADD231PS(v, Y13, sum(i, 1))
	}
	ADDQ(Imm(4), offs)
	ADDQ(Imm(uint64(4*n)), w)
	DECQ(kc)
	JNZ(LabelRef("loop"))
	Label("store")
	broadcastParam("floor", Y15)
	for i := range n {
		for h, to := range []Register{out, second} {
			VMAXPS(sum(i, h), Y15, sum(i, h)) // in this order a NaN stays a NaN
			VMOVUPS(sum(i, h), ldy.at(to, i, 0))
		}
	}
	end()
}

// pair multiplies n maps with two others, lane by lane.
func pair(n int) {
	begin(fmt.Sprintf("pair%d", n), "func(n int, a *float32, lda int, b *float32, next int, c *float32)",
		fmt.Sprintf("adds Σₚ a[i·lda + p]·b[p] of rows i = 0 … %d, lane by lane over n vectors of 8, to c[%d][8], and those with b next floats further to the %d vectors behind.", n-1, n, n))
	count, a, lda, b, next, c := arg("n"), arg("a"), newStrided(floats("lda")), arg("b"), floats("next"), arg("c")
	sum := func(h, i int) VecPhysical { return y[n*h+i] }
	for i := range 2 * n {
		VXORPS(y[i], y[i], y[i])
	}
	Label("loop")
	VMOVUPS(Mem{Base: b}, Y12)
	VMOVUPS(Mem{Base: b, Index: next, Scale: 1}, Y13)
	for i := range n {
		v := y[14+i%2]
		VMOVUPS(lda.at(a, i, 0), v)
		VFMADD231PS(v, Y12, sum(0, i))
		VFMADD231PS(v, Y13, sum(1, i))
	}
	ADDQ(Imm(32), a)
	ADDQ(Imm(32), b)
	DECQ(count)
	JNZ(LabelRef("loop"))
	for i := range 2 * n {
		VADDPS(Mem{Base: c, Disp: 32 * i}, y[i], y[i])
		VMOVUPS(y[i], Mem{Base: c, Disp: 32 * i})
	}
	end()
}

// copyRows lays rows out with zeros between them.
func copyRows() {
	begin("copyRows", "func(src *float32, w int, dst *float32, ld, rows int)",
		"copies rows of w floats, at least 8, to rows ld floats apart, the gaps zero; up to 7 more floats after the last gap may become zero.")
	src, w, dst, ld, rows := arg("src"), arg("w"), arg("dst"), floats("ld"), arg("rows")
	last, at, gap := GP64(), GP64(), GP64()
	SHLQ(Imm(2), w)
	MOVQ(w, last)
	SUBQ(Imm(32), last)
	VXORPS(Y1, Y1, Y1)
	Label("row")
	MOVQ(w, gap)
	Label("gap")
	CMPQ(gap, ld)
	JGE(LabelRef("copy"))
	VMOVUPS(Y1, Mem{Base: dst, Index: gap, Scale: 1})
	ADDQ(Imm(32), gap)
	JMP(LabelRef("gap"))
	Label("copy")
	XORQ(at, at)
	Label("block")
	VMOVUPS(Mem{Base: src, Index: at, Scale: 1}, Y0)
	VMOVUPS(Y0, Mem{Base: dst, Index: at, Scale: 1})
	CMPQ(at, last)
	JE(LabelRef("next"))
	ADDQ(Imm(32), at)
	CMPQ(at, last)
	CMOVQGT(last, at)
	JMP(LabelRef("block"))
	Label("next")
	ADDQ(w, src)
	ADDQ(ld, dst)
	DECQ(rows)
	JNZ(LabelRef("row"))
	end()
}
