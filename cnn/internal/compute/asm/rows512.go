package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

var z = []VecPhysical{Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15}

// rows512 writes the same kernels as rows with registers of 16 lanes: a tile has
// up to 14 rows, and the broadcast is part of the multiply-add.
func rows512() {
	for n := 1; n <= 14; n++ {
		wide(fmt.Sprintf("wide%dx16", n), n, false)
		wide(fmt.Sprintf("wide%dx16at", n), n, true)
	}
}

func wide(name string, n int, indirect bool) {
	signature := "func(kc int, a *float32, lda int, b, c *float32, ldc int, acc int)"
	doc := fmt.Sprintf("computes c[%d][16] (+)= Σₖ a[i·lda+k]·b[k][16] (AVX-512).", n)
	if indirect {
		signature = "func(kc int, a *float32, lda int, offs *int32, b, c *float32, ldc int, acc int)"
		doc = fmt.Sprintf("computes c[%d][16] (+)= Σₖ a[i·lda + offs[k]]·b[k][16]; offs counts bytes (AVX-512).", n)
	}
	begin(name, signature, doc)
	kc, a, lda, b, c, ldc := arg("kc"), arg("a"), newStrided(floats("lda")), arg("b"), arg("c"), floats("ldc")
	var offs Register
	if indirect {
		offs = arg("offs")
	}
	for i := range n {
		VPXORD(z[i], z[i], z[i])
	}
	// rows 6 to 11 and 12 to 13 have base registers of their own
	bases := func(first Register) []Register {
		all := []Register{first}
		for i := 6; i < n; i += 6 {
			p := GP64()
			LEAQ(Mem{Base: all[len(all)-1], Index: lda.s3, Scale: 2}, p)
			all = append(all, p)
		}
		return all
	}
	var direct []Register
	if !indirect {
		direct = bases(a)
	}
	step := func(u int) {
		base, disp := direct, 4*u
		if indirect {
			o := GP64()
			MOVLQSX(Mem{Base: offs, Disp: 4 * u}, o)
			ADDQ(a, o)
			base, disp = bases(o), 0
		}
		w := z[14+u%2]
		PREFETCHT0(Mem{Base: b, Disp: 1024 + 64*u})
		VMOVUPS(Mem{Base: b, Disp: 64 * u}, w)
		for i := range n {
			VFMADD231PS_BCST(lda.at(base[i/6], i%6, disp), w, z[i])
		}
	}
	unrolled(kc, 4, step, func(m int) {
		ADDQ(U32(64*m), b)
		if indirect {
			ADDQ(Imm(uint64(4*m)), offs)
			return
		}
		for _, p := range direct {
			ADDQ(Imm(uint64(4*m)), p)
		}
	})
	ifZero("acc", "write")
	pc := GP64()
	MOVQ(c, pc)
	for i := range n {
		VADDPS(Mem{Base: pc}, z[i], z[i])
		ADDQ(ldc, pc)
	}
	Label("write")
	for i := range n {
		VMOVUPS(z[i], Mem{Base: c})
		ADDQ(ldc, c)
	}
	end()
}

// peak512 is peak for registers of 16 lanes.
func peak512() {
	TEXT("peakFMA512", NOSPLIT, "func(n int)")
	Doc("peakFMA512 runs n times 12 independent 16-lane multiply-adds.")
	n := arg("n")
	for _, r := range z {
		VPXORD(r, r, r)
	}
	Label("loop")
	for i := range 12 {
		VFMADD213PS(Z15, Z14, z[i])
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}
