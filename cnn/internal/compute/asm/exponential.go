package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// exponentials writes eˣ and what is made of it. x is cut into n·ln 2 + r with
// |r| ≤ ½·ln 2, and eʳ is a polynomial (Cephes, expf.c): within 2 of the last digit.
func exponentials() {
	unary("exp8", "y = eˣ", func() {}, func(x VecPhysical) {
		within(x, -104, 89)
		power(x)
		VMOVAPS(Y2, x)
	})
	unary("sigmoid8", "y = 1/(1+e⁻ˣ)", func() { signs(Y15) }, func(x VecPhysical) {
		VMOVAPS(x, Y6)
		VORPS(Y15, x, x) // −|x|: nothing overflows
		within(x, -104, 0)
		power(x)
		constant("one", 1, Y3)
		VADDPS(Y3, Y2, Y4)
		VDIVPS(Y4, Y2, Y2) // e/(1+e)
		VSUBPS(Y2, Y3, Y3)
		VBLENDVPS(Y6, Y2, Y3, x) // 1 less that where x is not negative: right in the last digit, near 1 too
	})
	unary("tanh8", "y = (eˣ−e⁻ˣ)/(eˣ+e⁻ˣ)", func() { signs(Y15) }, func(x VecPhysical) {
		VMOVAPS(x, Y6)
		VORPS(Y15, x, x)
		VADDPS(x, x, x)
		within(x, -40, 0)
		reduced(x)
		scale(Y1, Y3)
		constant("one", 1, Y4)
		VSUBPS(Y4, Y3, Y4)
		VFMADD231PS(Y3, Y2, Y4) // q = e^(−2|x|) − 1, with all its digits near 0
		constant("two", 2, Y3)
		VADDPS(Y3, Y4, Y3)
		VANDNPS(Y4, Y15, Y4) // |q|
		VDIVPS(Y3, Y4, x)
		VANDPS(Y15, Y6, Y6)
		VORPS(Y6, x, x)
	})
}

// within bounds x; what is no number stays.
func within(x VecPhysical, lo, hi float32) {
	constant("above"+named(lo), lo, Y3)
	VMAXPS(x, Y3, x)
	constant("below"+named(hi), hi, Y3)
	VMINPS(x, Y3, x)
}

func named(v float32) string {
	return map[float32]string{-104: "Least", 89: "Most", 0: "Zero", -40: "Flat"}[v]
}

// signs sets the sign bit of every lane.
func signs(v VecPhysical) {
	VPCMPEQD(v, v, v)
	VPSLLD(Imm(31), v, v)
}

// reduced leaves n in Y1 and eʳ − 1 in Y2.
func reduced(x VecPhysical) {
	constant("log2e", 1.44269504088896341, Y3)
	VMULPS(Y3, x, Y1)
	VROUNDPS(Imm(0), Y1, Y1)
	constant("ln2High", 0.693359375, Y3)
	VFNMADD231PS(Y3, Y1, x)
	constant("ln2Low", -2.12194440e-4, Y3)
	VFNMADD231PS(Y3, Y1, x)
	constant("exp0", 1.9875691500e-4, Y2)
	for i, c := range []float32{1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1} {
		constant("exp"+string(rune('1'+i)), c, Y3)
		VFMADD213PS(Y3, x, Y2)
	}
	VMULPS(x, x, Y3)
	VFMADD213PS(x, Y3, Y2)
}

// scale computes 2ⁿ; n is spent.
func scale(n, v VecPhysical) {
	VCVTPS2DQ(n, n)
	constant("one", 1, v) // its exponent is 127
	VPSLLD(Imm(23), n, n)
	VPADDD(n, v, v)
}

// power leaves eˣ in Y2, in two factors: 2ⁿ itself may be too small or too large.
func power(x VecPhysical) {
	reduced(x)
	constant("one", 1, Y3)
	VADDPS(Y3, Y2, Y2)
	VCVTPS2DQ(Y1, Y1)
	VPSRAD(Imm(1), Y1, Y4)
	VPSUBD(Y4, Y1, Y1)
	for _, n := range []VecPhysical{Y4, Y1} {
		VPSLLD(Imm(23), n, n)
		VPADDD(Y3, n, n)
		VMULPS(n, Y2, Y2)
	}
}

// moments writes the optimizers that divide by the root of a mean of squares. They
// round as the loops in Go do, product by product.
func moments() {
	begin("adam8", "func(w, m, v, dw, p *float32, n int)",
		"does a step of Adam over 8n floats; p holds decay, β₁, 1−β₁, β₂, 1−β₂, the rate for m, the scale of v and ε.")
	w, m, v, g, p, n := arg("w"), arg("m"), arg("v"), arg("dw"), arg("p"), arg("n")
	number := func(i int) VecPhysical { return y[8+i] }
	for i := range 8 {
		VBROADCASTSS(Mem{Base: p, Disp: 4 * i}, number(i))
	}
	loop8(n, func() {
		VMOVUPS(Mem{Base: w}, Y0)
		decayed(g, number(0))
		VMULPS(Mem{Base: m}, number(1), Y2)
		VMULPS(Y1, number(2), Y3)
		VADDPS(Y3, Y2, Y2)
		VMOVUPS(Y2, Mem{Base: m})
		VMULPS(Mem{Base: v}, number(3), Y4)
		squared(Y4, number(4))
		VMOVUPS(Y4, Mem{Base: v})
		VMULPS(number(6), Y4, Y4)
		VMULPS(number(5), Y2, Y2)
		down(w, Y4, number(7), Y2)
	}, w, m, v, g)
	begin("rmsprop8", "func(w, s, dw, p *float32, n int)",
		"does a step of RMSProp over 8n floats; p holds decay, α, 1−α, the rate and ε.")
	w, v, g, p, n = arg("w"), arg("s"), arg("dw"), arg("p"), arg("n")
	for i := range 5 {
		VBROADCASTSS(Mem{Base: p, Disp: 4 * i}, number(i))
	}
	loop8(n, func() {
		VMOVUPS(Mem{Base: w}, Y0)
		decayed(g, number(0))
		VMULPS(Mem{Base: v}, number(1), Y4)
		squared(Y4, number(2))
		VMOVUPS(Y4, Mem{Base: v})
		VMULPS(number(3), Y1, Y2)
		down(w, Y4, number(4), Y2)
	}, w, v, g)
}

// decayed leaves the gradient d = dw + decay·w in Y1.
func decayed(g Register, decay VecPhysical) {
	VMULPS(Y0, decay, Y1)
	VADDPS(Mem{Base: g}, Y1, Y1)
}

// squared adds share·d·d to v.
func squared(v, share VecPhysical) {
	VMULPS(Y1, share, Y3)
	VMULPS(Y1, Y3, Y3)
	VADDPS(Y3, v, v)
}

// down takes step/(√v + ε) off the weights.
func down(w Register, v, epsilon, step VecPhysical) {
	VSQRTPS(v, v)
	VADDPS(epsilon, v, v)
	VDIVPS(v, step, step)
	VSUBPS(step, Y0, Y0)
	VMOVUPS(Y0, Mem{Base: w})
}
