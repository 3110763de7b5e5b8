package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// elementwise writes the loops over whole vectors: n counts blocks of 8 floats,
// the rest is the caller's.
func elementwise() {
	binary("add8", "z = x + y", func(x Mem, r VecPhysical) { VADDPS(x, r, r) })
	binary("mul8", "z = x · y", func(x Mem, r VecPhysical) { VMULPS(x, r, r) })
	unary("relu8", "y = max(x, 0)", func() { VXORPS(Y15, Y15, Y15) }, func(r VecPhysical) {
		VMAXPS(r, Y15, r) // in this order a NaN stays a NaN
	})
	reluGrad("reluGrad8", "computes dx = dy where y > 0 or y is no number, else 0, over 8n floats.", false)
	reluGrad("reluGradAdd8", "adds dy to dx where y > 0 or y is no number, over 8n floats.", true)
	scaled("axpy8", "y += a·x", func(x Mem, r VecPhysical) { VFMADD231PS(x, Y15, r) })
	momentum()
	sums()
}

// loop8 runs body over n blocks of 8 floats and advances the pointers.
func loop8(n Register, body func(), pointers ...Register) {
	Label("loop")
	body()
	for _, p := range pointers {
		ADDQ(Imm(32), p)
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

func binary(name, formula string, op func(Mem, VecPhysical)) {
	begin(name, "func(z, x, y *float32, n int)", "computes "+formula+" over 8n floats.")
	z, x, b, n := arg("z"), arg("x"), arg("y"), arg("n")
	loop8(n, func() {
		VMOVUPS(Mem{Base: b}, Y0)
		op(Mem{Base: x}, Y0)
		VMOVUPS(Y0, Mem{Base: z})
	}, z, x, b)
}

func unary(name, formula string, setup func(), op func(VecPhysical)) {
	begin(name, "func(y, x *float32, n int)", "computes "+formula+" over 8n floats.")
	d, x, n := arg("y"), arg("x"), arg("n")
	setup()
	loop8(n, func() {
		VMOVUPS(Mem{Base: x}, Y0)
		op(Y0)
		VMOVUPS(Y0, Mem{Base: d})
	}, d, x)
}

func scaled(name, formula string, op func(Mem, VecPhysical)) {
	begin(name, "func(y, x *float32, a float32, n int)", "computes "+formula+" over 8n floats.")
	d, x, n := arg("y"), arg("x"), arg("n")
	broadcastParam("a", Y15)
	loop8(n, func() {
		VMOVUPS(Mem{Base: d}, Y0)
		op(Mem{Base: x}, Y0)
		VMOVUPS(Y0, Mem{Base: d})
	}, d, x)
}

func broadcastParam(name string, r VecPhysical) {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(p.Addr, r)
}

// reluGrad passes the gradient on where the output is positive (or no number).
func reluGrad(name, doc string, add bool) {
	begin(name, "func(dx, dy, y *float32, n int)", doc)
	dx, dy, out, n := arg("dx"), arg("dy"), arg("y"), arg("n")
	VXORPS(Y15, Y15, Y15)
	loop8(n, func() {
		VMOVUPS(Mem{Base: out}, Y0)
		VCMPPS(Imm(6), Y15, Y0, Y1) // not y <= 0
		VANDPS(Mem{Base: dy}, Y1, Y1)
		if add {
			VADDPS(Mem{Base: dx}, Y1, Y1)
		}
		VMOVUPS(Y1, Mem{Base: dx})
	}, dx, dy, out)
}

// momentum is one step of SGD: v = m·v + (g + d·w); w -= r·v.
func momentum() {
	begin("momentum8", "func(w, v, dw *float32, r, m, d float32, n int)", "computes v = m·v + dw + d·w, then w -= r·v, over 8n floats.")
	w, v, g, n := arg("w"), arg("v"), arg("dw"), arg("n")
	broadcastParam("r", Y15)
	broadcastParam("m", Y14)
	broadcastParam("d", Y13)
	loop8(n, func() {
		VMOVUPS(Mem{Base: w}, Y0)
		VMOVUPS(Mem{Base: g}, Y1)
		VFMADD231PS(Y13, Y0, Y1)
		VFMADD231PS(Mem{Base: v}, Y14, Y1)
		VMOVUPS(Y1, Mem{Base: v})
		VFNMADD231PS(Y15, Y1, Y0)
		VMOVUPS(Y0, Mem{Base: w})
	}, w, v, g)
}

// sums adds rows of 8 floats in float64.
func sums() {
	begin("sums8", "func(x *float32, ld, n int, y *float64)", "adds n rows of 8 floats, ld floats apart, to the 8 sums of y.")
	x, ld, n, out := arg("x"), floats("ld"), arg("n"), arg("y")
	for i := range 4 {
		VXORPS(y[i], y[i], y[i])
	}
	add := func(to int) {
		for h := range 2 {
			VCVTPS2PD(Mem{Base: x, Disp: 16 * h}, y[4+h])
			VADDPD(y[4+h], y[to+h], y[to+h])
		}
		ADDQ(ld, x)
	}
	SUBQ(Imm(2), n)
	JLT(LabelRef("odd"))
	Label("loop")
	add(0)
	add(2)
	SUBQ(Imm(2), n)
	JGE(LabelRef("loop"))
	Label("odd")
	ADDQ(Imm(2), n)
	JZ(LabelRef("write"))
	add(0)
	Label("write")
	for h := range 2 {
		VADDPD(y[2+h], y[h], y[h])
		VADDPD(Mem{Base: out, Disp: 32 * h}, y[h], y[h])
		VMOVUPD(y[h], Mem{Base: out, Disp: 32 * h})
	}
	end()
}
