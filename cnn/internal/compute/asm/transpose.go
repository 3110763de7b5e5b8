package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// transposes writes the way in, from planes to pixels of 8 channels, and the
// way out, with bias and ReLU.
func transposes() {
	begin("transposeIn", "func(src *float32, ss int, dst *float32, ds int, n int)",
		"turns 8 planes, ss floats apart, into 8n pixels of 8 channels, ds floats apart.")
	transpose(inwards)
	begin("transposeOut", "func(src *float32, ss int, dst *float32, ds int, n int, bias *float32, floor float32)",
		"turns 8n pixels of 8 channels, ss floats apart, into 8 planes, ds floats apart, as max(v + bias, floor).")
	transpose(outwards)
	begin("transposeAdd", "func(src *float32, ss int, dst *float32, ds int, n int)",
		"adds 8n pixels of 8 channels, ss floats apart, to 8 planes, ds floats apart.")
	transpose(adding)
}

type transposition int

const (
	inwards transposition = iota
	outwards
	adding
)

func transpose(way transposition) {
	out := way == outwards
	src, ss, dst, ds, n := arg("src"), floats("ss"), arg("dst"), floats("ds"), arg("n")
	from, to := newStrided(ss), newStrided(ds)
	var floor Mem
	if out {
		bias := arg("bias")
		for i := range 8 {
			VBROADCASTSS(Mem{Base: bias, Disp: 4 * i}, y[8+i])
		}
		r, err := Param("floor").Resolve()
		if err != nil {
			panic(err)
		}
		floor = r.Addr
	}
	Label("loop")
	s4, d4 := GP64(), GP64()
	LEAQ(Mem{Base: src, Index: ss, Scale: 4}, s4)
	LEAQ(Mem{Base: dst, Index: ds, Scale: 4}, d4)
	for h, base := range []Register{dst, d4} {
		for i := range 4 {
			VMOVUPS(from.at(src, i, 16*h), y[i].(interface{ AsX() Register }).AsX().(VecPhysical))
		}
		for i := range 4 {
			VINSERTF128(Imm(1), from.at(s4, i, 16*h), y[i], y[i])
		}
		VUNPCKLPS(Y1, Y0, Y4)
		VUNPCKHPS(Y1, Y0, Y5)
		VUNPCKLPS(Y3, Y2, Y6)
		VUNPCKHPS(Y3, Y2, Y7)
		VUNPCKLPD(Y6, Y4, Y0)
		VUNPCKHPD(Y6, Y4, Y1)
		VUNPCKLPD(Y7, Y5, Y2)
		VUNPCKHPD(Y7, Y5, Y3)
		if out {
			VBROADCASTSS(floor, Y4)
			for i := range 4 {
				VADDPS(y[8+4*h+i], y[i], y[i])
				VMAXPS(y[i], Y4, y[i]) // in this order a NaN stays a NaN
			}
		}
		for i := range 4 {
			if way == adding {
				VADDPS(to.at(base, i, 0), y[i], y[i])
			}
			VMOVUPS(y[i], to.at(base, i, 0))
		}
	}
	if way != inwards {
		LEAQ(Mem{Base: src, Index: ss, Scale: 8}, src)
		ADDQ(Imm(32), dst)
	} else {
		ADDQ(Imm(32), src)
		LEAQ(Mem{Base: dst, Index: ds, Scale: 8}, dst)
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}
