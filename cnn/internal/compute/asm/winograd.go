package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// winograd writes the transforms of F(4x4,3x3) and F(2x2,5x5) over 8 channels:
// Bᵀ d B of the input tiles (the same for both), Aᵀ m A back, G g Gᵀ of the
// weights (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
// 2015). Each is a pass over the columns into scratch and a pass over the rows
// out of it.
func winograd() {
	winogradIn("winogradIn", 4)
	winogradIn("winogradIn2", 2)
	winogradOut("winogradOut", 4, outputTransform)
	winogradOut("winogradOut2", 2, outputTransform2)
	winogradKernel("winogradKernel", 3, kernelTransform)
	winogradKernel("winogradKernel5", 5, kernelTransform5)
}

// columns loads m registers per column of a 6- or 4-wide tile, applies f, and
// keeps the results in scratch [rows of the result][columns].
func columns(n int, scratch Register, load func(j int), f func() []VecPhysical) {
	for j := range n {
		load(j)
		for i, r := range f() {
			VMOVUPS(r, Mem{Base: scratch, Disp: 32 * (i*n + j)})
		}
	}
}

// fromScratch loads row i of scratch, n wide.
func fromScratch(scratch Register, i, n int) {
	for j := range n {
		VMOVUPS(Mem{Base: scratch, Disp: 32 * (i*n + j)}, y[j])
	}
}

// winogradIn's tiles are side pixels apart.
func winogradIn(name string, side int) {
	begin(name, "func(src *float32, rowStride int, dst *float32, vstride, dstep, nt int, scratch *float32)",
		fmt.Sprintf("computes Bᵀ d B of nt 6x6 tiles, %d pixels apart, of 8 channels: src [rows][pixels][8], dst [36][tile][channels]; strides in floats.", side))
	src, rs, dst := arg("src"), newStrided(floats("rowStride")), arg("dst")
	vs, dstep, nt, scratch := floats("vstride"), floats("dstep"), arg("nt"), arg("scratch")
	constant("two", 2, Y15)
	constant("four", 4, Y14)
	constant("five", 5, Y13)
	d := GP64()
	Label("loop")
	columns(6, scratch, func(j int) {
		for i := range 6 {
			VMOVUPS(rs.at(src, i, 32*j), y[i])
		}
	}, inputTransform)
	MOVQ(dst, d)
	for i := range 6 {
		fromScratch(scratch, i, 6)
		for _, r := range inputTransform() {
			VMOVUPS(r, Mem{Base: d})
			ADDQ(vs, d)
		}
	}
	ADDQ(U32(uint32(32*side)), src)
	ADDQ(dstep, dst)
	DECQ(nt)
	JNZ(LabelRef("loop"))
	end()
}

// inputTransform computes Bᵀx of x in Y0-5; 2, 4 and 5 are in Y15, Y14 and Y13:
// 4x₀-5x₂+x₄; ±(x₃-4x₁)+(x₄-4x₂); ±2(x₃-x₁)+(x₄-x₂); 4x₁-5x₃+x₅.
func inputTransform() []VecPhysical {
	VMOVAPS(Y4, Y6)
	VFNMADD231PS(Y13, Y2, Y6)
	VFMADD231PS(Y14, Y0, Y6)
	VMOVAPS(Y5, Y11)
	VFNMADD231PS(Y13, Y3, Y11)
	VFMADD231PS(Y14, Y1, Y11)
	VMOVAPS(Y4, Y0)
	VFNMADD231PS(Y14, Y2, Y0)
	VMOVAPS(Y3, Y12)
	VFNMADD231PS(Y14, Y1, Y12)
	VADDPS(Y12, Y0, Y7)
	VSUBPS(Y12, Y0, Y8)
	VSUBPS(Y2, Y4, Y10)
	VSUBPS(Y1, Y3, Y5)
	VMOVAPS(Y10, Y9)
	VFMADD231PS(Y15, Y5, Y9)
	VFNMADD231PS(Y15, Y5, Y10)
	return []VecPhysical{Y6, Y7, Y8, Y9, Y10, Y11}
}

// winogradOut's tiles are of side×side pixels.
func winogradOut(name string, side int, transform func() []VecPhysical) {
	begin(name, "func(src *float32, mstride, sstep int, dst *float32, drow, dpix, nt int, scratch *float32)",
		fmt.Sprintf("computes Aᵀ m A of nt tiles of 8 channels: src [36][tile][channels], dst %d rows (drow apart) of pixels (dpix apart) of 8 channels.", side))
	src, ms, sstep, dst := arg("src"), floats("mstride"), floats("sstep"), arg("dst")
	drow, dpix, nt, scratch := floats("drow"), floats("dpix"), arg("nt"), arg("scratch")
	constant("two", 2, Y15)
	constant("four", 4, Y14)
	constant("eight", 8, Y13)
	ms6 := sixTimes(ms)
	p, q := GP64(), GP64()
	Label("loop")
	MOVQ(src, q)
	columns(6, scratch, func(int) { loadColumn(p, q, ms, ms6) }, transform)
	MOVQ(dst, q)
	for i := range side {
		fromScratch(scratch, i, 6)
		MOVQ(q, p)
		for _, r := range transform() {
			VMOVUPS(r, Mem{Base: p})
			ADDQ(dpix, p)
		}
		ADDQ(drow, q)
	}
	ADDQ(sstep, src)
	LEAQ(Mem{Base: dst, Index: dpix, Scale: uint8(side)}, dst)
	DECQ(nt)
	JNZ(LabelRef("loop"))
	end()
}

func sixTimes(s Register) Register {
	r := times(3, s)
	ADDQ(r, r)
	return r
}

// loadColumn loads six products 6·ms apart from q and steps q to the next column.
func loadColumn(p, q, ms, ms6 Register) {
	MOVQ(q, p)
	for i := range 6 {
		VMOVUPS(Mem{Base: p}, y[i])
		if i < 5 {
			ADDQ(ms6, p)
		}
	}
	ADDQ(ms, q)
}

// outputTransform computes Aᵀm of m in Y0-5; 2, 4 and 8 are in Y15, Y14 and Y13:
// m₀+m₁+m₂+m₃+m₄; m₁-m₂+2(m₃-m₄); m₁+m₂+4(m₃+m₄); m₁-m₂+8(m₃-m₄)+m₅.
func outputTransform() []VecPhysical {
	VADDPS(Y2, Y1, Y8)
	VSUBPS(Y2, Y1, Y9)
	VADDPS(Y4, Y3, Y10)
	VSUBPS(Y4, Y3, Y11)
	VADDPS(Y8, Y0, Y6)
	VADDPS(Y10, Y6, Y6)
	VADDPS(Y9, Y5, Y7)
	VFMADD231PS(Y13, Y11, Y7)
	VFMADD231PS(Y15, Y11, Y9)
	VFMADD231PS(Y14, Y10, Y8)
	return []VecPhysical{Y6, Y9, Y8, Y7}
}

// outputTransform2 goes to 2 outputs: m₀+m₁+m₂+m₃+m₄; m₁-m₂+2(m₃-m₄)+m₅.
func outputTransform2() []VecPhysical {
	VADDPS(Y2, Y1, Y6)
	VSUBPS(Y2, Y1, Y7)
	VADDPS(Y4, Y3, Y8)
	VSUBPS(Y4, Y3, Y9)
	VADDPS(Y0, Y6, Y6)
	VADDPS(Y8, Y6, Y6)
	VADDPS(Y5, Y7, Y7)
	VFMADD231PS(Y15, Y9, Y7)
	return []VecPhysical{Y6, Y7}
}

// winogradKernel's kernels are of taps×taps.
func winogradKernel(name string, taps int, transform func() []VecPhysical) {
	begin(name, "func(src, dst *float32, ustride, n int, scratch *float32)",
		fmt.Sprintf("computes G g Gᵀ of n input channels for 8 output channels: src [n][%d][8], dst [36][n][16].", taps*taps))
	src, dst, us, n, scratch := arg("src"), arg("dst"), floats("ustride"), arg("n"), arg("scratch")
	constant("quarter", 0.25, Y15)
	constant("minusSixth", -1.0/6, Y14)
	constant("twentyFourth", 1.0/24, Y13)
	constant("sixth", 1.0/6, Y12)
	constant("twelfth", 1.0/12, Y11)
	constant("third", 1.0/3, Y10)
	constant("twoThirds", 2.0/3, Y9)
	d := GP64()
	Label("loop")
	columns(taps, scratch, func(j int) {
		for i := range taps {
			VMOVUPS(Mem{Base: src, Disp: 32 * (i*taps + j)}, y[i])
		}
	}, transform)
	MOVQ(dst, d)
	for i := range 6 {
		fromScratch(scratch, i, taps)
		for _, r := range transform() {
			VMOVUPS(r, Mem{Base: d})
			ADDQ(us, d)
		}
	}
	ADDQ(U32(uint32(32*taps*taps)), src)
	ADDQ(Imm(64), dst)
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

// kernelTransform computes Gg of g in Y0-2:
// g₀/4; -(g₀±g₁+g₂)/6; g₀/24±g₁/12+g₂/6; g₂.
func kernelTransform() []VecPhysical {
	VMULPS(Y15, Y0, Y3)
	VADDPS(Y2, Y0, Y4)
	VMULPS(Y14, Y4, Y4)
	VMULPS(Y14, Y1, Y5)
	VADDPS(Y5, Y4, Y6)
	VSUBPS(Y5, Y4, Y7)
	VMULPS(Y12, Y2, Y4)
	VFMADD231PS(Y13, Y0, Y4)
	VMULPS(Y11, Y1, Y5)
	VADDPS(Y5, Y4, Y8)
	VSUBPS(Y5, Y4, Y9)
	return []VecPhysical{Y3, Y6, Y7, Y8, Y9, Y2}
}

// kernelTransform5 computes Gg of g in Y0-4; a third and two are in Y10 and Y9:
// g₀/4; -((g₀+g₂+g₄)±(g₁+g₃))/6; g₀/24+g₂/6+2g₄/3±(g₁/12+g₃/3); g₄.
func kernelTransform5() []VecPhysical {
	VADDPS(Y2, Y0, Y5)
	VADDPS(Y4, Y5, Y5)
	VMULPS(Y14, Y5, Y5)
	VADDPS(Y3, Y1, Y6)
	VMULPS(Y14, Y6, Y6)
	VADDPS(Y6, Y5, Y7)
	VSUBPS(Y6, Y5, Y8)
	VMULPS(Y13, Y0, Y5)
	VFMADD231PS(Y12, Y2, Y5)
	VFMADD231PS(Y9, Y4, Y5)
	VMULPS(Y11, Y1, Y6)
	VFMADD231PS(Y10, Y3, Y6)
	VADDPS(Y6, Y5, Y1)
	VSUBPS(Y6, Y5, Y2)
	VMULPS(Y15, Y0, Y0)
	return []VecPhysical{Y0, Y7, Y8, Y1, Y2, Y4}
}

// winogradWeights writes what the weight gradient F(3x3,4x4) needs besides
// winogradIn: G d Gᵀ of the 4x4 tiles of the output gradient, and the way back
// from 6x6 to 3x3.
func winogradWeights() {
	winogradGrad()
	winogradKernelGrad()
}

func winogradGrad() {
	begin("winogradGrad", "func(src *float32, rowStride int, dst *float32, vstride, dstep, nt int, scratch *float32)",
		"computes G d Gᵀ of nt neighbouring 4x4 tiles of 8 channels: src [4 rows][pixels][8], dst [36][tile][channels].")
	src, rs, dst := arg("src"), newStrided(floats("rowStride")), arg("dst")
	vs, dstep, nt, scratch := floats("vstride"), floats("dstep"), arg("nt"), arg("scratch")
	constant("quarter", 0.25, Y15)
	constant("minusSixth", -1.0/6, Y14)
	constant("twentyFourth", 1.0/24, Y13)
	constant("sixth", 1.0/6, Y12)
	constant("twelfth", 1.0/12, Y11)
	constant("third", 1.0/3, Y10)
	d := GP64()
	Label("loop")
	columns(4, scratch, func(j int) {
		for i := range 4 {
			VMOVUPS(rs.at(src, i, 32*j), y[i])
		}
	}, gradTransform)
	MOVQ(dst, d)
	for i := range 6 {
		fromScratch(scratch, i, 4)
		for _, r := range gradTransform() {
			VMOVUPS(r, Mem{Base: d})
			ADDQ(vs, d)
		}
	}
	ADDQ(U32(128), src)
	ADDQ(dstep, dst)
	DECQ(nt)
	JNZ(LabelRef("loop"))
	end()
}

// gradTransform computes the 6x4 G of d in Y0-3:
// d₀/4; -((d₀+d₂)±(d₁+d₃))/6; d₀/24+d₂/6±(d₁/12+d₃/3); d₃.
func gradTransform() []VecPhysical {
	VADDPS(Y2, Y0, Y4)
	VMULPS(Y14, Y4, Y4)
	VADDPS(Y3, Y1, Y5)
	VMULPS(Y14, Y5, Y5)
	VADDPS(Y5, Y4, Y6)
	VSUBPS(Y5, Y4, Y7)
	VMULPS(Y13, Y0, Y4)
	VFMADD231PS(Y12, Y2, Y4)
	VMULPS(Y11, Y1, Y5)
	VFMADD231PS(Y10, Y3, Y5)
	VADDPS(Y5, Y4, Y8)
	VSUBPS(Y5, Y4, Y9)
	VMULPS(Y15, Y0, Y0)
	return []VecPhysical{Y0, Y6, Y7, Y8, Y9, Y3}
}

func winogradKernelGrad() {
	begin("winogradKernelGrad", "func(src *float32, mstride int, dst *float32, n int, scratch *float32)",
		"goes back from 6x6 to 3x3 for n groups of 8 channels: src [36][channels], dst [n][9][8].")
	src, ms, dst, n, scratch := arg("src"), floats("mstride"), arg("dst"), arg("n"), arg("scratch")
	constant("two", 2, Y15)
	constant("four", 4, Y14)
	ms6 := sixTimes(ms)
	p, q := GP64(), GP64()
	Label("loop")
	MOVQ(src, q)
	columns(6, scratch, func(int) { loadColumn(p, q, ms, ms6) }, kernelGradTransform)
	for i := range 3 {
		fromScratch(scratch, i, 6)
		for j, r := range kernelGradTransform() {
			VMOVUPS(r, Mem{Base: dst, Disp: 32 * (i*3 + j)})
		}
	}
	ADDQ(Imm(32), src)
	ADDQ(U32(288), dst)
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

// kernelGradTransform goes from m in Y0-5 to
// m₀+m₁+m₂+m₃+m₄; m₁-m₂+2(m₃-m₄); m₁+m₂+4(m₃+m₄)+m₅.
func kernelGradTransform() []VecPhysical {
	VADDPS(Y2, Y1, Y6)
	VSUBPS(Y2, Y1, Y7)
	VADDPS(Y4, Y3, Y8)
	VSUBPS(Y4, Y3, Y9)
	VADDPS(Y6, Y0, Y0)
	VADDPS(Y8, Y0, Y0)
	VFMADD231PS(Y15, Y9, Y7)
	VADDPS(Y5, Y6, Y6)
	VFMADD231PS(Y14, Y8, Y6)
	return []VecPhysical{Y0, Y7, Y6}
}
