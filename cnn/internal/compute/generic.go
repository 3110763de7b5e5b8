package compute

import (
	"math"
	"unsafe"
)

// The generic kernels: what every set computes, in Go. They run where there is
// no assembly (arm64, WebAssembly, the tag noasm) and are what the fast sets
// are tested against.

var genericSet = kernelSet{
	name:      "generic",
	peak:      genericPeak,
	tiles6x16: genericTiles6x16, pack16: genericPack16, pack6: genericPack6, dots4: genericDots4,
	tileRows: 6,
	rows16: []rowsKernel{
		nil, genericRows16(1), genericRows16(2), genericRows16(3), genericRows16(4), genericRows16(5), genericRows16(6)},
	rows16at:    genericRows16At(6),
	maps:        genericMaps(),
	pairs:       genericPairs(),
	copyRows:    genericCopyRows,
	transposeIn: genericTransposeIn, transposeOut: genericTransposeOut, transposeAdd: genericTransposeAdd,
	winogradIn: genericWinogradIn(4), winogradOut: genericWinogradOut(4, genericOutput), winogradKernel: genericWinogradKernel(3, genericKernel),
	winogradIn2: genericWinogradIn(2), winogradOut2: genericWinogradOut(2, genericOutput2), winogradKernel5: genericWinogradKernel(5, genericKernel5),
	winogradGrad: genericWinogradGrad, winogradKernelGrad: genericWinogradKernelGrad,
	add8: genericAdd, mul8: genericMul, relu8: genericReLU, reluGrad8: genericReLUGrad, reluGradAdd8: genericReLUGradAdd,
	axpy8: genericAxpy, momentum8: genericMomentum, sums8: genericSums,
	exp8: genericMap(exponential), sigmoid8: genericMap(sigmoid), tanh8: genericMap(tangent), adam8: genericAdam, rmsprop8: genericRMSProp,
	maxPool2: genericMaxPool2, maxPool2Back: genericMaxPool2Back, maxWindows1: genericMaxWindows(1), maxWindows2: genericMaxWindows(2), max3: genericMax3, evens8: genericEvens,
}

// at returns the n floats that begin i floats after p.
func at(p *float32, i, n int) []float32 {
	return unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(p), 4*i)), n)
}

// vec returns the 8 or 16 floats at index i after p as an array.
func vec8(p *float32, i int) *[8]float32 {
	return (*[8]float32)(unsafe.Add(unsafe.Pointer(p), 4*i))
}
func vec16(p *float32, i int) *[16]float32 {
	return (*[16]float32)(unsafe.Add(unsafe.Pointer(p), 4*i))
}
func load(p *float32, bytes int) float32 {
	return *(*float32)(unsafe.Add(unsafe.Pointer(p), bytes))
}

func genericTiles6x16(tiles, kc int, a, b, c *float32, ldc int, acc int, _ *float32, _ int) {
	for i := range 6 * tiles {
		out, first := vec16(c, i*ldc), i/6*6*kc+i%6
		if acc == 0 {
			*out = [16]float32{}
		}
		k := 0
		for ; k+4 <= kc; k += 4 {
			at := first + 6*k
			four16(out, load(a, 4*at), load(a, 4*(at+6)), load(a, 4*(at+12)), load(a, 4*(at+18)),
				vec16(b, 16*k), vec16(b, 16*k+16), vec16(b, 16*k+32), vec16(b, 16*k+48))
		}
		for ; k < kc; k++ {
			one16(out, load(a, 4*(first+6*k)), vec16(b, 16*k))
		}
	}
}

// four16 adds four scaled rows; four at a time keep the sums out of memory longer.
func four16(out *[16]float32, a0, a1, a2, a3 float32, b0, b1, b2, b3 *[16]float32) {
	for j := range out {
		out[j] += (a0*b0[j] + a1*b1[j]) + (a2*b2[j] + a3*b3[j])
	}
}

func one16(out *[16]float32, a float32, b *[16]float32) {
	for j := range out {
		out[j] += a * b[j]
	}
}

func genericPack16(src *float32, ld int, dst *float32, n int) {
	for i := range n {
		*vec16(dst, 16*i) = *vec16(src, i*ld)
	}
}

func genericPack6(src *float32, ld int, dst *float32, n int) {
	for i := range n {
		*vec8(dst, 6*i) = *vec8(src, i*ld)
	}
}

func genericDots4(n int, a, b *float32, ldb int, c *float32) {
	row, out := at(a, 0, 16*n), at(c, 0, 4)
	for j := range out {
		var s0, s1, s2, s3 float32
		other := at(b, j*ldb, 16*n)
		for k := 0; k+4 <= len(row) && k+4 <= len(other); k += 4 {
			s0 += row[k] * other[k]
			s1 += row[k+1] * other[k+1]
			s2 += row[k+2] * other[k+2]
			s3 += row[k+3] * other[k+3]
		}
		out[j] += (s0 + s1) + (s2 + s3)
	}
}

func genericRows16(n int) rowsKernel {
	return func(kc int, a *float32, lda int, b, c *float32, ldc int, acc int, _ *float32, _ int) {
		for i := range n {
			row, out := at(a, i*lda, kc), vec16(c, i*ldc)
			if acc == 0 {
				*out = [16]float32{}
			}
			k := 0
			for ; k+4 <= kc; k += 4 {
				four16(out, row[k], row[k+1], row[k+2], row[k+3],
					vec16(b, 16*k), vec16(b, 16*k+16), vec16(b, 16*k+32), vec16(b, 16*k+48))
			}
			for ; k < kc; k++ {
				one16(out, row[k], vec16(b, 16*k))
			}
		}
	}
}

func genericRows16At(most int) []func(int, *float32, int, *int32, *float32, *float32, int, int) {
	f := make([]func(int, *float32, int, *int32, *float32, *float32, int, int), most+1)
	for n := 1; n < len(f); n++ {
		f[n] = func(kc int, a *float32, lda int, offs *int32, b, c *float32, ldc int, acc int) {
			off := unsafe.Slice(offs, kc)
			for i := range n {
				row, out := (*float32)(unsafe.Add(unsafe.Pointer(a), 4*i*lda)), vec16(c, i*ldc)
				if acc == 0 {
					*out = [16]float32{}
				}
				k := 0
				for ; k+4 <= kc; k += 4 {
					four16(out, load(row, int(off[k])), load(row, int(off[k+1])), load(row, int(off[k+2])), load(row, int(off[k+3])),
						vec16(b, 16*k), vec16(b, 16*k+16), vec16(b, 16*k+32), vec16(b, 16*k+48))
				}
				for ; k < kc; k++ {
					one16(out, load(row, int(off[k])), vec16(b, 16*k))
				}
			}
		}
	}
	return f
}

func genericMaps() (f [7]func(int, *float32, int, *int32, *float32, *float32, int, *float32, float32)) {
	for n := 1; n < len(f); n++ {
		f[n] = func(kc int, x *float32, next int, offs *int32, w, y *float32, ldy int, bias *float32, floor float32) {
			off := unsafe.Slice(offs, kc)
			for i, b := range at(bias, 0, n) {
				for _, first := range [2]int{0, next} {
					out := vec8(y, i*ldy+first)
					for p := range out {
						out[p] = b
					}
					for k, o := range off {
						v, from := load(w, 4*(k*n+i)), vec8(x, first+int(o)/4)
						for p := range out {
							out[p] += v * from[p]
						}
					}
					for p, v := range out {
						out[p] = max(v, floor)
					}
				}
			}
		}
	}
	return f
}

func genericPairs() (f [7]func(int, *float32, int, *float32, int, *float32)) {
	for n := 1; n < len(f); n++ {
		f[n] = func(count int, a *float32, lda int, b *float32, next int, c *float32) {
			for h := range 2 {
				for i := range n {
					sum := [8]float32{}
					for k := range count {
						v, w := vec8(a, i*lda+8*k), vec8(b, h*next+8*k)
						for l := range sum {
							sum[l] += v[l] * w[l]
						}
					}
					for l, v := range sum {
						vec8(c, 8*(h*n+i))[l] += v
					}
				}
			}
		}
	}
	return f
}

func genericCopyRows(src *float32, w int, dst *float32, ld, rows int) {
	for i := range rows {
		row := at(dst, i*ld, ld)
		clear(row[copy(row, at(src, i*w, w)):])
	}
}

// genericTransposeIn writes pixel after pixel, so that with ds < 8 the next one
// covers what the last one has too many.
func genericTransposeIn(src *float32, ss int, dst *float32, ds int, n int) {
	for i := range 8 * n {
		pixel := vec8(dst, i*ds)
		for j := range pixel {
			pixel[j] = load(src, 4*(j*ss+i))
		}
	}
}

func genericTransposeOut(src *float32, ss int, dst *float32, ds int, n int, bias *float32, floor float32) {
	b := vec8(bias, 0)
	for j := range 8 {
		plane := at(dst, j*ds, 8*n)
		for i := range plane {
			plane[i] = max(load(src, 4*(i*ss+j))+b[j], floor)
		}
	}
}

func genericTransposeAdd(src *float32, ss int, dst *float32, ds int, n int) {
	for j := range 8 {
		plane := at(dst, j*ds, 8*n)
		for i := range plane {
			plane[i] += load(src, 4*(i*ss+j))
		}
	}
}

func genericAdd(z, x, y *float32, n int) {
	a, b := at(x, 0, 8*n), at(y, 0, 8*n)
	for i, v := range a {
		at(z, 0, 8*n)[i] = v + b[i]
	}
}

func genericMul(z, x, y *float32, n int) {
	a, b := at(x, 0, 8*n), at(y, 0, 8*n)
	for i, v := range a {
		at(z, 0, 8*n)[i] = v * b[i]
	}
}

func genericReLU(y, x *float32, n int) {
	out := at(y, 0, 8*n)
	for i, v := range at(x, 0, 8*n) {
		out[i] = max(v, 0)
	}
}

func genericReLUGrad(dx, dy, y *float32, n int) {
	out, g := at(dx, 0, 8*n), at(dy, 0, 8*n) // they may be the same
	for i, v := range at(y, 0, 8*n) {
		d := g[i]
		if v <= 0 {
			d = 0
		}
		out[i] = d
	}
}

func genericReLUGradAdd(dx, dy, y *float32, n int) {
	out, g := at(dx, 0, 8*n), at(dy, 0, 8*n)
	for i, v := range at(y, 0, 8*n) {
		if !(v <= 0) { // a NaN lets the gradient through
			out[i] += g[i]
		}
	}
}

func genericAxpy(y, x *float32, a float32, n int) {
	out := at(y, 0, 8*n)
	for i, v := range at(x, 0, 8*n) {
		out[i] += a * v
	}
}

func genericMomentum(w, v, g *float32, r, m, d float32, n int) {
	ws, vs := at(w, 0, 8*n), at(v, 0, 8*n)
	for i, g := range at(g, 0, 8*n) {
		vs[i] = m*vs[i] + (g + d*ws[i])
		ws[i] -= r * vs[i]
	}
}

func genericMap(f func(float32) float32) func(y, x *float32, n int) {
	return func(y, x *float32, n int) {
		out := at(y, 0, 8*n)
		for i, v := range at(x, 0, 8*n) {
			out[i] = f(v)
		}
	}
}

func exponential(x float32) float32 { return float32(math.Exp(float64(x))) }

func tangent(x float32) float32 { return float32(math.Tanh(float64(x))) }

func sigmoid(x float32) float32 {
	e := math.Exp(-math.Abs(float64(x)))
	if x < 0 {
		return float32(e / (1 + e))
	}
	return float32(1 / (1 + e))
}

func genericAdam(w, m, v, dw, p *float32, n int) {
	adam(at(w, 0, 8*n), at(m, 0, 8*n), at(v, 0, 8*n), at(dw, 0, 8*n), (*[8]float32)(unsafe.Pointer(p)))
}

func genericRMSProp(w, s, dw, p *float32, n int) {
	rmsprop(at(w, 0, 8*n), at(s, 0, 8*n), at(dw, 0, 8*n), (*[5]float32)(unsafe.Pointer(p)))
}

func genericSums(x *float32, ld, n int, y *float64) {
	sums := unsafe.Slice(y, 8)
	for i := range n {
		for j, v := range vec8(x, i*ld) {
			sums[j] += float64(v)
		}
	}
}

func genericMaxPool2(x *float32, w int, y *float32, place *int32, ow, rows int) {
	out, places, cells := at(y, 0, rows*ow), unsafe.Slice(place, rows*ow), at(x, 0, (2*rows-1)*w+2*ow)
	g := Pool{W: w, OutW: ow}
	for i := range out {
		places[i] = g.winner(cells, i)
		out[i] = cells[places[i]]
	}
}

func genericMaxPool2Back(dx *float32, w int, dy *float32, place *int32, ow, rows int) {
	cells := at(dx, 0, (2*rows-1)*w+2*ow)
	for r := range 2 * rows {
		clear(cells[r*w : r*w+2*ow])
	}
	for i, p := range unsafe.Slice(place, rows*ow) {
		cells[p] = at(dy, i, 1)[0]
	}
}

func genericMaxWindows(step int) func(x *float32, offs *int32, taps int, y *float32, place *int32, first, n int) {
	return func(x *float32, offs *int32, taps int, y *float32, place *int32, first, n int) {
		out, places := at(y, 0, n), unsafe.Slice(place, n)
		for i := range out {
			for k, o := range unsafe.Slice(offs, taps) {
				v := load(x, 4*(i*step+int(o)))
				if b := out[i]; k == 0 || v > b || v != v && b == b {
					out[i], places[i] = v, int32(first+i*step)+o
				}
			}
		}
	}
}

func genericMax3(z, x, y, w *float32, zstep, xstep, step, n, rows int) {
	for r := range rows {
		out, a, b, c := at(z, r*zstep, n), at(x, r*xstep, n), at(y, r*step, n), at(w, r*step, n)
		for i, v := range a {
			out[i] = max(v, b[i], c[i])
		}
	}
}

func genericEvens(z, x *float32, n int) {
	out, in := at(z, 0, 8*n), at(x, 0, 16*n)
	for i := range out {
		out[i] = in[2*i]
	}
}

// genericPeak multiplies and adds in eight chains that do not wait for each other.
func genericPeak(n int) {
	var a, b, c, d, e, f, g, h float32
	for range n / 16 {
		a, b, c, d = a*0.5+1, b*0.5+1, c*0.5+1, d*0.5+1
		e, f, g, h = e*0.5+1, f*0.5+1, g*0.5+1, h*0.5+1
	}
	sink = a + b + c + d + e + f + g + h
}

var sink float32
