package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pools writes 2x2 max pooling with stride 2, eight outputs at a time.
func pools() {
	maxPool2()
	maxPool2Grad()
}

func maxPool2() {
	begin("maxPool2", "func(x *float32, w int, y *float32, n int)",
		"pools two rows of x, w floats apart, into 8n maxima.")
	x, w, d, n := arg("x"), floats("w"), arg("y"), arg("n")
	Label("loop")
	VMOVUPS(Mem{Base: x}, Y0)
	VMOVUPS(Mem{Base: x, Disp: 32}, Y1)
	VMAXPS(Mem{Base: x, Index: w, Scale: 1}, Y0, Y0)
	VMAXPS(Mem{Base: x, Index: w, Scale: 1, Disp: 32}, Y1, Y1)
	VSHUFPS(U8(0x88), Y1, Y0, Y2)
	VSHUFPS(U8(0xdd), Y1, Y0, Y3)
	VMAXPS(Y3, Y2, Y2)
	VPERMPD(U8(0xd8), Y2, Y2)
	VMOVUPS(Y2, Mem{Base: d})
	ADDQ(Imm(64), x)
	ADDQ(Imm(32), d)
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

func words(name string, v [8]uint32) Mem {
	m := GLOBL(name, RODATA|NOPTR)
	for i, x := range v {
		DATA(4*i, U32(x))
	}
	return m
}

// maxPool2Grad adds the gradient to the first cell of a window, row by row, that
// equals its maximum.
func maxPool2Grad() {
	const all = 0xffffffff
	low := words("lowPairs", [8]uint32{0, 0, 1, 1, 2, 2, 3, 3})
	high := words("highPairs", [8]uint32{4, 4, 5, 5, 6, 6, 7, 7})
	odd := words("oddLanes", [8]uint32{0, all, 0, all, 0, all, 0, all})
	begin("maxPool2Grad", "func(dx, x *float32, w int, dy, y *float32, n int)",
		"adds 8n gradients dy to the first cell in each 2x2 window of x that equals the maximum y.")
	dx, x, w, dy, out, n := arg("dx"), arg("x"), floats("w"), arg("dy"), arg("y"), arg("n")
	VMOVUPS(low, Y15)
	VMOVUPS(high, Y14)
	VMOVUPS(odd, Y13)
	add := func(r VecPhysical, to Mem) {
		VADDPS(to, r, r)
		VMOVUPS(r, to)
	}
	Label("loop")
	VMOVUPS(Mem{Base: out}, Y0)
	VMOVUPS(Mem{Base: dy}, Y1)
	for h, pairs := range []VecPhysical{Y15, Y14} {
		VPERMPS(Y0, pairs, Y2) // maxima, each twice
		VPERMPS(Y1, pairs, Y3) // gradients, each twice
		VCMPPS(Imm(0), Mem{Base: x, Disp: 32 * h}, Y2, Y4)
		VMOVSLDUP(Y4, Y5)
		VMOVSHDUP(Y4, Y6)
		VORPS(Y5, Y6, Y6) // the pair has a winner in the upper row
		VANDPS(Y13, Y5, Y5)
		VANDNPS(Y4, Y5, Y4)
		VANDPS(Y3, Y4, Y4)
		add(Y4, Mem{Base: dx, Disp: 32 * h})
		VCMPPS(Imm(0), Mem{Base: x, Index: w, Scale: 1, Disp: 32 * h}, Y2, Y7)
		VANDNPS(Y7, Y6, Y7)
		VMOVSLDUP(Y7, Y5)
		VANDPS(Y13, Y5, Y5)
		VANDNPS(Y7, Y5, Y7)
		VANDPS(Y3, Y7, Y7)
		add(Y7, Mem{Base: dx, Index: w, Scale: 1, Disp: 32 * h})
	}
	ADDQ(Imm(64), x)
	ADDQ(Imm(64), dx)
	ADDQ(Imm(32), out)
	ADDQ(Imm(32), dy)
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}
