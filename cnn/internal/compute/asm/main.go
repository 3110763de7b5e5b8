// Command asm writes the AVX2 and AVX-512 kernels of package compute:
// ../kernels_amd64.s and its Go declarations ../kernels_amd64.go.
// Run it with go generate in the folder above.
//
// It is a module of its own, so that avo never enters the module graph of
// those who use the library.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("amd64,!noasm")
	matrixProduct()
	rows()
	rows512()
	few()
	transposes()
	winograd()
	winogradWeights()
	elementwise()
	exponentials()
	moments()
	pools()
	peak()
	peak512()
	Generate()
}

// y lists the sixteen vector registers of eight lanes.
var y = []VecPhysical{Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15}

// begin opens a function that keeps no pointer.
func begin(name, signature, doc string) {
	TEXT(name, NOSPLIT, signature)
	Doc(name + " " + doc)
	Pragma("noescape")
}

// end closes it.
func end() {
	VZEROUPPER()
	RET()
}

// arg loads a parameter.
func arg(name string) Register { return Load(Param(name), GP64()) }

// floats loads a stride counted in floats and turns it into bytes.
func floats(name string) Register {
	r := arg(name)
	SHLQ(Imm(2), r)
	return r
}

// times returns a register with n times the stride s, n = 3 or 5.
func times(n int, s Register) Register {
	r := GP64()
	LEAQ(Mem{Base: s, Index: s, Scale: uint8(n - 1)}, r)
	return r
}

// A row addresses base + i*stride for i up to 5 without another addition.
type strided struct{ s, s3, s5 Register }

func newStrided(s Register) strided { return strided{s, times(3, s), times(5, s)} }

func (s strided) at(base Register, i, disp int) Mem {
	switch i {
	case 0:
		return Mem{Base: base, Disp: disp}
	case 3:
		return Mem{Base: base, Index: s.s3, Scale: 1, Disp: disp}
	case 5:
		return Mem{Base: base, Index: s.s5, Scale: 1, Disp: disp}
	}
	return Mem{Base: base, Index: s.s, Scale: uint8(i), Disp: disp}
}

var constants = map[string]Mem{}

// constant broadcasts a named number into a register.
func constant(name string, v float32, r VecPhysical) {
	m, ok := constants[name]
	if !ok {
		m = ConstData(name, F32(v))
		constants[name] = m
	}
	VBROADCASTSS(m, r)
}

// ifZero jumps to label when the flag parameter is zero.
func ifZero(flag, label string) {
	f := arg(flag)
	TESTQ(f, f)
	JZ(LabelRef(label))
}

// peak is the speed of light: independent multiply-adds and nothing else.
func peak() {
	TEXT("peakFMA", NOSPLIT, "func(n int)")
	Doc("peakFMA runs n times 12 independent 8-lane multiply-adds.")
	n := arg("n")
	for _, r := range y {
		VXORPS(r, r, r)
	}
	Label("loop")
	for i := range 12 {
		VFMADD213PS(Y15, Y14, y[i])
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	end()
}
