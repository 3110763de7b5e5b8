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
	for n := 1; n <= 14; n++ {
		rows8(n)
	}
}

// rows16 computes n rows of 16 channels. Row i begins at a + i*lda; its element
// k is the next float, or the one offs[k] bytes further (the tap of a window).
func rows16(name string, n int, indirect bool) {
	signature := "func(kc int, a *float32, lda int, b, c *float32, ldc int, acc int)"
	doc := fmt.Sprintf("computes c[%d][16] (+)= Σₖ a[i·lda+k]·b[k][16].", n)
	if indirect {
		signature = "func(kc int, a *float32, lda int, offs *int32, b, c *float32, ldc int, acc int)"
		doc = fmt.Sprintf("computes c[%d][16] (+)= Σₖ a[i·lda + offs[k]]·b[k][16]; offs counts bytes.", n)
	}
	begin(name, signature, doc)
	kc, a, lda, b, c, ldc := arg("kc"), arg("a"), newStrided(floats("lda")), arg("b"), arg("c"), floats("ldc")
	var offs Register
	if indirect {
		offs = arg("offs")
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
		}
		PREFETCHT0(Mem{Base: b, Disp: 1024 + 64*u})
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
		}
	})
	storeTile(sum, c, ldc)
	end()
}

// rows8 serves layers of at most 8 channels: n rows, each the next a[lda] further.
func rows8(n int) {
	begin(fmt.Sprintf("rows%dx8at", n), "func(kc int, a *float32, lda int, offs *int32, b, c *float32, ldc int, acc int)",
		fmt.Sprintf("computes c[%d][8] (+)= Σₖ a[i·lda + offs[k]]·b[k][8]; offs counts bytes.", n))
	kc, a, lda, offs, b, c, ldc := arg("kc"), arg("a"), newStrided(floats("lda")), arg("offs"), arg("b"), arg("c"), floats("ldc")
	// rows 6 to 11 and 12 to 13 are reached from second and third base registers
	base := []Register{a}
	for i := 6; i < n; i += 6 {
		p := GP64()
		LEAQ(Mem{Base: base[len(base)-1], Index: lda.s3, Scale: 2}, p)
		base = append(base, p)
	}
	for i := range n {
		VXORPS(y[i], y[i], y[i])
	}
	av := y[n:15]
	Label("loop")
	o := GP64()
	MOVLQSX(Mem{Base: offs}, o)
	VMOVUPS(Mem{Base: b}, Y15)
	for g, p := range base {
		q := GP64()
		LEAQ(Mem{Base: p, Index: o, Scale: 1}, q)
		for i := 6 * g; i < min(n, 6*g+6); i++ {
			x := av[i%len(av)]
			VBROADCASTSS(lda.at(q, i-6*g, 0), x)
			VFMADD231PS(x, Y15, y[i])
		}
	}
	ADDQ(Imm(4), offs)
	ADDQ(Imm(32), b)
	DECQ(kc)
	JNZ(LabelRef("loop"))
	ifZero("acc", "write")
	pc := GP64()
	MOVQ(c, pc)
	for i := range n {
		VADDPS(Mem{Base: pc}, y[i], y[i])
		ADDQ(ldc, pc)
	}
	Label("write")
	for i := range n {
		VMOVUPS(y[i], Mem{Base: c})
		ADDQ(ldc, c)
	}
	end()
}
