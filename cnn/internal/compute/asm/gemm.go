package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// matrixProduct writes the tiles of the packed matrix product, 6 rows by 16
// columns, and the packer of its right-hand side.
func matrixProduct() {
	tiles6x16()
	pack16()
	pack6()
	dots4()
}

func tiles6x16() {
	const rows, unroll = 6, 4
	begin("tiles6x16", "func(tiles, kc int, a, b, c *float32, ldc int, acc int, ahead *float32, step int)",
		"computes c[6·tiles][16] (+)= Σₖ a[tile][k][6]·b[k][16] and prefetches ahead, 4·step bytes for every fourth k; a and b are packed, ldc counts floats.")
	tiles, a, c, ldc := arg("tiles"), arg("a"), arg("c"), floats("ldc")
	ahead, next := arg("ahead"), arg("step")
	kc, b := GP64(), GP64()
	Label("tile")
	Load(Param("kc"), kc)
	Load(Param("b"), b)
	sum := clearTile(rows)
	bv, av := y[12:14], y[14:16]
	pc := GP64()
	MOVQ(c, pc)
	for i := range rows {
		PREFETCHT0(Mem{Base: pc})
		if i < rows-1 {
			ADDQ(ldc, pc)
		}
	}
	step := func(u int) {
		VMOVUPS(Mem{Base: b, Disp: 64 * u}, bv[0])
		VMOVUPS(Mem{Base: b, Disp: 64*u + 32}, bv[1])
		for i := range rows {
			x := av[i%2]
			VBROADCASTSS(Mem{Base: a, Disp: 4 * (u*rows + i)}, x)
			VFMADD231PS(x, bv[0], sum[i][0])
			VFMADD231PS(x, bv[1], sum[i][1])
		}
	}
	unrolled(kc, unroll, step, func(n int) {
		ADDQ(U32(4*n*rows), a)
		ADDQ(U32(64*n), b)
		PREFETCHT1(Mem{Base: ahead})
		LEAQ(Mem{Base: ahead, Index: next, Scale: uint8(n)}, ahead)
	})
	storeTile(sum, c, ldc)
	ADDQ(ldc, c)
	DECQ(tiles)
	JNZ(LabelRef("tile"))
	end()
}

// clearTile zeroes the accumulators of a tile of 16 columns.
func clearTile(rows int) [][2]VecPhysical {
	sum := make([][2]VecPhysical, rows)
	for i := range sum {
		sum[i] = [2]VecPhysical{y[2*i], y[2*i+1]}
		VXORPS(sum[i][0], sum[i][0], sum[i][0])
		VXORPS(sum[i][1], sum[i][1], sum[i][1])
	}
	return sum
}

// unrolled runs step for k = 0 … kc-1, n at a time; advance moves the pointers.
func unrolled(kc Register, n int, step, advance func(int)) {
	k := GP64()
	MOVQ(kc, k)
	SHRQ(Imm(uint64(map[int]int{2: 1, 4: 2, 8: 3}[n])), k)
	JZ(LabelRef("rest"))
	Label("loop")
	for u := range n {
		step(u)
	}
	advance(n)
	DECQ(k)
	JNZ(LabelRef("loop"))
	Label("rest")
	ANDQ(Imm(uint64(n-1)), kc)
	JZ(LabelRef("store"))
	Label("restloop")
	step(0)
	advance(1)
	DECQ(kc)
	JNZ(LabelRef("restloop"))
	Label("store")
}

// storeTile writes the accumulators to c, adding what is there when acc is set.
func storeTile(sum [][2]VecPhysical, c, ldc Register) {
	ifZero("acc", "write")
	pc := GP64()
	MOVQ(c, pc)
	for i := range sum {
		for j, r := range sum[i] {
			VADDPS(Mem{Base: pc, Disp: 32 * j}, r, r)
		}
		if i < len(sum)-1 {
			ADDQ(ldc, pc)
		}
	}
	Label("write")
	for i := range sum {
		for j, r := range sum[i] {
			VMOVUPS(r, Mem{Base: c, Disp: 32 * j})
		}
		if i < len(sum)-1 {
			ADDQ(ldc, c)
		}
	}
}

func pack16() {
	begin("pack16", "func(src *float32, ld int, dst *float32, n int)",
		"copies n rows of 16 floats, ld floats apart, one after the other.")
	src, ld, dst, n := arg("src"), floats("ld"), arg("dst"), arg("n")
	Label("loop")
	VMOVUPS(Mem{Base: src}, Y0)
	VMOVUPS(Mem{Base: src, Disp: 32}, Y1)
	PREFETCHT0(Mem{Base: src, Index: ld, Scale: 8})
	VMOVUPS(Y0, Mem{Base: dst})
	VMOVUPS(Y1, Mem{Base: dst, Disp: 32})
	ADDQ(ld, src)
	ADDQ(Imm(64), dst)
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

func pack6() {
	begin("pack6", "func(src *float32, ld int, dst *float32, n int)",
		"copies n rows of 6 floats, ld floats apart, one after the other; it reads 8 and writes 8.")
	src, ld, dst, n := arg("src"), floats("ld"), arg("dst"), arg("n")
	Label("loop")
	VMOVUPS(Mem{Base: src}, Y0)
	VMOVUPS(Y0, Mem{Base: dst})
	ADDQ(ld, src)
	ADDQ(Imm(24), dst)
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}

// dots4 multiplies one row with four others where they lie, for products with
// few rows, whose time is that of reading the matrix once.
func dots4() {
	begin("dots4", "func(n int, a, b *float32, ldb int, c *float32)",
		"adds Σₖ a[k]·b[j·ldb+k] to c[j] for j = 0 … 3 over 16n floats; ldb counts floats.")
	n, a, b, ldb, c := arg("n"), arg("a"), arg("b"), newStrided(floats("ldb")), arg("c")
	for i := range 8 {
		VXORPS(y[i], y[i], y[i])
	}
	Label("loop")
	VMOVUPS(Mem{Base: a}, Y8)
	VMOVUPS(Mem{Base: a, Disp: 32}, Y9)
	for j := range 4 {
		VFMADD231PS(ldb.at(b, j, 0), Y8, y[2*j])
		VFMADD231PS(ldb.at(b, j, 32), Y9, y[2*j+1])
	}
	ADDQ(Imm(64), a)
	ADDQ(Imm(64), b)
	DECQ(n)
	JNZ(LabelRef("loop"))
	for j := range 4 {
		VADDPS(y[2*j+1], y[2*j], y[2*j])
	}
	// four sums of eight lanes become four numbers
	VHADDPS(Y2, Y0, Y0)
	VHADDPS(Y6, Y4, Y4)
	VHADDPS(Y4, Y0, Y0)
	VEXTRACTF128(Imm(1), Y0, X1)
	VADDPS(X1, X0, X0)
	VADDPS(Mem{Base: c}, X0, X0)
	VMOVUPS(X0, Mem{Base: c})
	end()
}
