package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pools writes the vector half of max pooling.
func pools() {
	maxPool2()
	maxRow()
	maxPlaces()
	max3()
	evens()
}

// maxPool2 is the whole of it for 2x2 windows with stride 2.
func maxPool2() {
	begin("maxPool2", "func(x *float32, w int, y *float32, place *int32, first, n int)",
		"pools two rows of x, w floats apart, into 8n maxima and their places; first is the place of x.")
	x, w, out, place, first, n := arg("x"), arg("w"), arg("y"), arg("place"), arg("first"), arg("n")
	one, below, diagonal, here, next := Y13, Y12, Y11, Y15, Y14
	broadcastInt(w, below)
	r := GP64()
	LEAQ(Mem{Base: w, Disp: 1}, r)
	broadcastInt(r, diagonal)
	MOVQ(U32(1), r)
	broadcastInt(r, one)
	MOVQ(U32(16), r)
	broadcastInt(r, next)
	broadcastInt(first, here)
	VPADDD(pairs(), here, here)
	SHLQ(Imm(2), w)
	Label("loop")
	VMOVUPS(Mem{Base: x}, Y0)
	VMOVUPS(Mem{Base: x, Disp: 32}, Y1)
	VMOVUPS(Mem{Base: x, Index: w, Scale: 1}, Y2)
	VMOVUPS(Mem{Base: x, Index: w, Scale: 1, Disp: 32}, Y3)
	VSHUFPS(U8(0x88), Y1, Y0, Y4) // even columns of the upper row: the best so far
	VSHUFPS(U8(0xdd), Y1, Y0, Y5)
	VSHUFPS(U8(0x88), Y3, Y2, Y6)
	VSHUFPS(U8(0xdd), Y3, Y2, Y7)
	VMOVAPS(here, Y8)
	for i, step := range []VecPhysical{one, below, diagonal} {
		VPADDD(step, here, Y3)
		challenge(Y4, Y8, y[5+i], Y3)
	}
	VPERMPD(U8(0xd8), Y4, Y4)
	VPERMPD(U8(0xd8), Y8, Y8)
	VMOVUPS(Y4, Mem{Base: out})
	VMOVUPS(Y8, Mem{Base: place})
	VPADDD(next, here, here)
	ADDQ(Imm(64), x)
	ADDQ(Imm(32), out)
	ADDQ(Imm(32), place)
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

// challenge replaces the best values and their places where v is larger, or the
// first that is no number; Y9 and Y10 are used.
func challenge(best, places, v, place VecPhysical) {
	VCMPPS(Imm(6), best, v, Y9) // not v <= best: larger, or one of them is no number
	VCMPPS(Imm(7), best, best, Y10)
	VANDPS(Y10, Y9, Y9) // but a best that is no number stays
	VBLENDVPS(Y9, v, best, best)
	VBLENDVPS(Y9, place, places, places)
}

// maxRow is the pass over the rows of a window for all columns at once.
func maxRow() {
	begin("maxRow8", "func(best *float32, place *int32, x *float32, first, n int)",
		"replaces 8n best values, and their places, by those of x that are larger; first is the place of x.")
	best, place, x, first, n := arg("best"), arg("place"), arg("x"), arg("first"), arg("n")
	broadcastInt(first, Y15)
	VPADDD(upTo8(), Y15, Y15)
	r := GP64()
	MOVQ(U32(8), r)
	broadcastInt(r, Y14)
	Label("loop")
	VMOVUPS(Mem{Base: best}, Y4)
	VMOVUPS(Mem{Base: place}, Y8)
	VMOVUPS(Mem{Base: x}, Y5)
	challenge(Y4, Y8, Y5, Y15)
	VMOVUPS(Y4, Mem{Base: best})
	VMOVUPS(Y8, Mem{Base: place})
	VPADDD(Y14, Y15, Y15)
	ADDQ(Imm(32), best)
	ADDQ(Imm(32), place)
	ADDQ(Imm(32), x)
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

// maxPlaces is the pass over the columns: of equal values the first place counts.
func maxPlaces() {
	begin("maxPlaces8", "func(best *float32, place *int32, x *float32, places *int32, n int)",
		"replaces 8n best values and their places by those of x that are larger, or equal at an earlier place.")
	best, place, x, places, n := arg("best"), arg("place"), arg("x"), arg("places"), arg("n")
	Label("loop")
	VMOVUPS(Mem{Base: best}, Y4)
	VMOVUPS(Mem{Base: place}, Y8)
	VMOVUPS(Mem{Base: x}, Y5)
	VMOVUPS(Mem{Base: places}, Y3)
	VCMPPS(Imm(0), Y4, Y5, Y6)  // equal
	VCMPPS(Imm(3), Y5, Y5, Y7)  // x is no number
	VCMPPS(Imm(3), Y4, Y4, Y11) // neither is the best
	VANDPS(Y7, Y11, Y7)
	VORPS(Y7, Y6, Y6)
	VPCMPGTD(Y3, Y8, Y7) // an earlier place
	VANDPS(Y7, Y6, Y6)
	VBLENDVPS(Y6, Y3, Y8, Y8)
	challenge(Y4, Y8, Y5, Y3)
	VMOVUPS(Y4, Mem{Base: best})
	VMOVUPS(Y8, Mem{Base: place})
	for _, p := range []Register{best, place, x, places} {
		ADDQ(Imm(32), p)
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

// max3 is the maximum alone; the last floats, fewer than 8, are masked.
func max3() {
	begin("max3", "func(z, x, y, w *float32, n int)", "computes z = max(x, y, w) over n floats; what is no number wins.")
	d, a, b, c, n := arg("z"), arg("x"), arg("y"), arg("w"), arg("n")
	larger := func() {
		for _, r := range []VecPhysical{Y1, Y2} {
			VMAXPS(r, Y0, Y3) // r where one of them is no number
			VCMPPS(Imm(3), Y0, Y0, Y4)
			VBLENDVPS(Y4, Y0, Y3, Y0)
		}
	}
	SUBQ(Imm(8), n)
	JL(LabelRef("rest"))
	Label("loop")
	for i, p := range []Register{a, b, c} {
		VMOVUPS(Mem{Base: p}, y[i])
		ADDQ(Imm(32), p)
	}
	larger()
	VMOVUPS(Y0, Mem{Base: d})
	ADDQ(Imm(32), d)
	SUBQ(Imm(8), n)
	JGE(LabelRef("loop"))
	Label("rest")
	ADDQ(Imm(8), n)
	JZ(LabelRef("end"))
	loadMask(n, Y5)
	for i, p := range []Register{a, b, c} {
		VMASKMOVPS(Mem{Base: p}, Y5, y[i])
	}
	larger()
	VMASKMOVPS(Y0, Y5, Mem{Base: d})
	Label("end")
	end()
}

// loadMask sets the first n of eight lanes, n from 1 to 7.
func loadMask(n Register, r VecPhysical) {
	m := GLOBL("masks", RODATA|NOPTR)
	for i := range uint32(16) {
		DATA(int(4*i), U32(uint32(int32(i)-8)>>31*0xffffffff))
	}
	p := GP64()
	LEAQ(m.Offset(32), p)
	SHLQ(Imm(2), n)
	SUBQ(n, p)
	VMOVUPS(Mem{Base: p}, r)
}

// evens drops every second float.
func evens() {
	begin("evens8", "func(z, x *float32, n int)", "computes z[i] = x[2i] over 8n floats.")
	d, x, n := arg("z"), arg("x"), arg("n")
	Label("loop")
	VMOVUPS(Mem{Base: x}, Y0)
	VSHUFPS(U8(0x88), Mem{Base: x, Disp: 32}, Y0, Y0)
	VPERMPD(U8(0xd8), Y0, Y0)
	VMOVUPS(Y0, Mem{Base: d})
	ADDQ(Imm(64), x)
	ADDQ(Imm(32), d)
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

func upTo8() Mem {
	m := GLOBL("upTo8", RODATA|NOPTR)
	for i := range uint32(8) {
		DATA(int(4*i), U32(i))
	}
	return m
}

// pairs returns where the windows begin, in the order in which the shuffles
// leave them.
func pairs() Mem {
	m := GLOBL("pairs", RODATA|NOPTR)
	for i, x := range []uint32{0, 2, 8, 10, 4, 6, 12, 14} {
		DATA(4*i, U32(x))
	}
	return m
}

func broadcastInt(r Register, v VecPhysical) {
	x := v.(interface{ AsX() Register }).AsX().(VecPhysical)
	VMOVQ(r, x) // MOVQ, without the V, waits hundreds of cycles for the upper halves
	VPBROADCASTD(x, v)
}
