package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pools writes the vector half of max pooling.
func pools() {
	maxPool2()
	maxPool2Back()
	maxWindows(1)
	maxWindows(2)
	max3()
	evens()
}

// maxPool2 is the whole of it for 2x2 windows with stride 2.
func maxPool2() {
	begin("maxPool2", "func(x *float32, w int, y *float32, place *int32, ow, rows int)",
		"pools rows pairs of rows of x, w floats apart, into rows of ow maxima and their places as counted from x; fewer than 8 maxima are written as 8.")
	x, w, out, place := arg("x"), arg("w"), arg("y"), arg("place")
	one, below, diagonal := stepsOf2(w)
	eachHalf(w, x, out, place, func(at Register, lower Mem) {
		VMOVUPS(Mem{Base: x, Index: at, Scale: 8}, Y0)
		VMOVUPS(Mem{Base: x, Index: at, Scale: 8, Disp: 32}, Y1)
		VMOVUPS(lower, Y2)
		lower.Disp = 32
		VMOVUPS(lower, Y3)
		VSHUFPS(U8(0x88), Y1, Y0, Y4) // even columns of the upper row: the best so far
		VSHUFPS(U8(0xdd), Y1, Y0, Y5)
		VSHUFPS(U8(0x88), Y3, Y2, Y6)
		VSHUFPS(U8(0xdd), Y3, Y2, Y7)
		origins(at, Y0)
		VMOVAPS(Y0, Y8)
		for i, step := range []VecPhysical{one, below, diagonal} {
			VPADDD(step, Y0, Y3)
			challenge(Y4, Y8, y[5+i], Y3)
		}
		VPERMPD(U8(0xd8), Y4, Y4)
		VPERMPD(U8(0xd8), Y8, Y8)
		VMOVUPS(Y4, Mem{Base: out, Index: at, Scale: 4})
		VMOVUPS(Y8, Mem{Base: place, Index: at, Scale: 4})
	})
}

// maxPool2Back is the way back: every cell of a window gets the gradient or 0.
func maxPool2Back() {
	begin("maxPool2Back", "func(dx *float32, w int, dy *float32, place *int32, ow, rows int)",
		"writes rows pairs of rows of dx, w floats apart: dy where a cell is the place of its window, else 0; fewer than 8 windows are read and written as 8.")
	dx, w, dy, place := arg("dx"), arg("w"), arg("dy"), arg("place")
	one, below, diagonal := stepsOf2(w)
	VPXOR(Y10, Y10, Y10)
	eachHalf(w, dx, dy, place, func(at Register, lower Mem) {
		VPERMPD(U8(0xd8), Mem{Base: dy, Index: at, Scale: 4}, Y0) // in the order of the shuffles
		VPERMPD(U8(0xd8), Mem{Base: place, Index: at, Scale: 4}, Y1)
		origins(at, Y2)
		VPSUBD(Y2, Y1, Y1)
		for i, step := range []VecPhysical{Y10, one, below, diagonal} {
			VPCMPEQD(step, Y1, y[4+i])
			VANDPS(Y0, y[4+i], y[4+i])
		}
		upper := Mem{Base: dx, Index: at, Scale: 8}
		for i, to := range []Mem{upper, lower} {
			VUNPCKLPS(y[5+2*i], y[4+2*i], Y2)
			VUNPCKHPS(y[5+2*i], y[4+2*i], Y3)
			VMOVUPS(Y2, to)
			to.Disp = 32
			VMOVUPS(Y3, to)
		}
	})
}

// stepsOf2 returns how far the other cells of a 2x2 window are from its first, in
// rows of w cells; eachHalf fills in the one below.
func stepsOf2(w Register) (one, below, diagonal VecPhysical) {
	one, below, diagonal = Y13, Y12, Y11
	step := GP64()
	LEAQ(Mem{Base: w, Disp: 1}, step)
	broadcastInt(step, diagonal)
	MOVQ(U32(1), step)
	broadcastInt(step, one)
	return one, below, diagonal
}

// eachHalf runs body for every 8 windows of 2x2, row after row; at counts the
// windows before them in their row, lower is where the lower row of cells
// begins. Cells are w floats a row, results and places ow a row. The last 8 of
// a row overlap those before them.
func eachHalf(w, cells, results, places Register, body func(at Register, lower Mem)) {
	ow, rows := arg("ow"), arg("rows")
	below, step, here := Y12, Y14, Y15
	broadcastInt(w, below)
	VPADDD(below, below, step)
	VMOVDQU(pairs(), here)
	SHLQ(Imm(2), w)
	at, last, lower := GP64(), GP64(), GP64()
	XORQ(at, at)
	LEAQ(Mem{Base: ow, Disp: -8}, last)
	TESTQ(last, last)
	CMOVQLT(at, last)
	Label("row")
	XORQ(at, at)
	LEAQ(Mem{Base: cells, Index: w, Scale: 1}, lower)
	Label("block")
	body(at, Mem{Base: lower, Index: at, Scale: 8})
	CMPQ(at, last)
	JE(LabelRef("next"))
	ADDQ(Imm(8), at)
	CMPQ(at, last)
	CMOVQGT(last, at)
	JMP(LabelRef("block"))
	Label("next")
	LEAQ(Mem{Base: cells, Index: w, Scale: 2}, cells)
	LEAQ(Mem{Base: results, Index: ow, Scale: 4}, results)
	LEAQ(Mem{Base: places, Index: ow, Scale: 4}, places)
	VPADDD(step, here, here)
	DECQ(rows)
	JNZ(LabelRef("row"))
	end()
}

// origins computes where the 8 windows from at on begin: Y15 of the row + 2·at.
func origins(at Register, v VecPhysical) {
	broadcastInt(at, v)
	VPADDD(v, v, v)
	VPADDD(Y15, v, v)
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

// maxWindows is max pooling by windows of any form that begin step cells apart.
func maxWindows(step int) {
	name := fmt.Sprintf("maxWindows%d", step)
	begin(name, "func(x *float32, offs *int32, taps int, y *float32, place *int32, first, n int)",
		fmt.Sprintf("takes the largest cells of n windows, at least 8, and their places; a window has cells x[offs[k]], the next begins %d further, and x is at place first.", step))
	x, offs, taps, out, place, first, n := arg("x"), arg("offs"), arg("taps"), arg("y"), arg("place"), arg("first"), arg("n")
	begins, best, places := Y15, Y4, Y8
	broadcastInt(first, begins)
	order := upTo8()
	if step == 2 {
		order = pairs()
	}
	VPADDD(order, begins, begins)
	at, last, from, k, o := GP64(), GP64(), GP64(), GP64(), GP64()
	XORQ(at, at)
	LEAQ(Mem{Base: n, Disp: -8}, last)
	cell := func(v, where VecPhysical) { // of tap k, and where it lies
		MOVLQSX(Mem{Base: offs, Index: k, Scale: 4}, o)
		VMOVUPS(Mem{Base: from, Index: o, Scale: 4}, v)
		if step == 2 {
			VMOVUPS(Mem{Base: from, Index: o, Scale: 4, Disp: 28}, Y6) // from the last of them on: nothing is read behind the windows
			VSHUFPS(U8(0xd8), Y6, v, v)
		}
		VPBROADCASTD(Mem{Base: offs, Index: k, Scale: 4}, where)
		VPADDD(Y14, where, where)
	}
	Label("block")
	LEAQ(Mem{Base: x, Index: at, Scale: uint8(4 * step)}, from)
	broadcastInt(at, Y14)
	if step == 2 {
		VPADDD(Y14, Y14, Y14)
	}
	VPADDD(begins, Y14, Y14)
	XORQ(k, k)
	cell(best, places)
	INCQ(k)
	Label("tap")
	CMPQ(k, taps)
	JGE(LabelRef("write"))
	cell(Y5, Y3)
	challenge(best, places, Y5, Y3)
	INCQ(k)
	JMP(LabelRef("tap"))
	Label("write")
	if step == 2 {
		VPERMPD(U8(0xd8), best, best)
		VPERMPD(U8(0xd8), places, places)
	}
	VMOVUPS(best, Mem{Base: out, Index: at, Scale: 4})
	VMOVUPS(places, Mem{Base: place, Index: at, Scale: 4})
	CMPQ(at, last)
	JE(LabelRef("end"))
	ADDQ(Imm(8), at)
	CMPQ(at, last)
	CMOVQGT(last, at)
	JMP(LabelRef("block"))
	Label("end")
	end()
}

// max3 is the maximum alone. The last 8 of a row overlap those before them; fewer
// than 8 are masked.
func max3() {
	begin("max3", "func(z, x, y, w *float32, zstep, xstep, step, n, rows int)",
		"computes z = max(x, y, w) over rows of n floats; what is no number wins. Rows of z lie zstep floats apart, those of x xstep, of y and w step.")
	d, a, b, c := arg("z"), arg("x"), arg("y"), arg("w")
	zstep, xstep, step, n, rows := floats("zstep"), floats("xstep"), floats("step"), arg("n"), arg("rows")
	larger := func(load, store func(at Register, v VecPhysical)) {
		for i, p := range []Register{a, b, c} {
			load(p, y[i])
		}
		for _, r := range []VecPhysical{Y1, Y2} {
			VMAXPS(r, Y0, Y3) // r where one of them is no number
			VCMPPS(Imm(3), Y0, Y0, Y4)
			VBLENDVPS(Y4, Y0, Y3, Y0)
		}
		store(d, Y0)
	}
	below := func(again string) {
		ADDQ(zstep, d)
		ADDQ(xstep, a)
		ADDQ(step, b)
		ADDQ(step, c)
		DECQ(rows)
		JNZ(LabelRef(again))
	}
	at, last := GP64(), GP64()
	CMPQ(n, Imm(8))
	JL(LabelRef("few"))
	LEAQ(Mem{Base: n, Disp: -8}, last)
	Label("row")
	XORQ(at, at)
	Label("block")
	larger(func(p Register, v VecPhysical) { VMOVUPS(Mem{Base: p, Index: at, Scale: 4}, v) },
		func(p Register, v VecPhysical) { VMOVUPS(v, Mem{Base: p, Index: at, Scale: 4}) })
	CMPQ(at, last)
	JE(LabelRef("next"))
	ADDQ(Imm(8), at)
	CMPQ(at, last)
	CMOVQGT(last, at)
	JMP(LabelRef("block"))
	Label("next")
	below("row")
	JMP(LabelRef("end"))
	Label("few")
	loadMask(n, Y5)
	Label("fewRow")
	larger(func(p Register, v VecPhysical) { VMASKMOVPS(Mem{Base: p}, Y5, v) },
		func(p Register, v VecPhysical) { VMASKMOVPS(v, Y5, Mem{Base: p}) })
	below("fewRow")
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

func upTo8() Mem { return integers("upTo8", 0, 1, 2, 3, 4, 5, 6, 7) }

// pairs returns where the windows begin, in the order in which the shuffles
// leave them.
func pairs() Mem { return integers("pairs", 0, 2, 8, 10, 4, 6, 12, 14) }

// integers returns a vector of constants.
func integers(name string, values ...uint32) Mem {
	m, ok := constants[name]
	if !ok {
		m = GLOBL(name, RODATA|NOPTR)
		for i, v := range values {
			DATA(4*i, U32(v))
		}
		constants[name] = m
	}
	return m
}

func broadcastInt(r Register, v VecPhysical) {
	x := v.(interface{ AsX() Register }).AsX().(VecPhysical)
	VMOVQ(r, x) // MOVQ, without the V, waits hundreds of cycles for the upper halves
	VPBROADCASTD(x, v)
}
