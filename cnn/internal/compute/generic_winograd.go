package compute

// The Winograd transforms in Go, over 8 channels at a time. The formulas stand
// beside their assembly twins in asm/winograd.go.

type lanes = [8]float32

// transform8 applies f to the columns of an n×n tile and then to the rows of
// the result.
func transform8(rows, cols, out int, get func(i, j int) *lanes, f func(dst, src []lanes), put func(i, j int, v *lanes)) {
	var src, dst [6]lanes
	var half [6][6]lanes
	for j := range cols {
		for i := range rows {
			src[i] = *get(i, j)
		}
		f(dst[:out], src[:rows])
		for i := range out {
			half[i][j] = dst[i]
		}
	}
	for i := range out {
		f(dst[:out], half[i][:cols])
		for j := range out {
			put(i, j, &dst[j])
		}
	}
}

func genericWinogradIn(side int) func(src *float32, rowStride int, dst *float32, vstride, dstep, nt int, _ *float32) {
	return func(src *float32, rowStride int, dst *float32, vstride, dstep, nt int, _ *float32) {
		for t := range nt {
			transform8(6, 6, 6,
				func(i, j int) *lanes { return vec8(src, i*rowStride+(side*t+j)*8) },
				genericInput,
				func(i, j int, v *lanes) { *vec8(dst, (6*i+j)*vstride+t*dstep) = *v })
		}
	}
}

func genericInput(d, x []lanes) {
	for l := range 8 {
		x0, x1, x2, x3, x4, x5 := x[0][l], x[1][l], x[2][l], x[3][l], x[4][l], x[5][l]
		e, f, g, h := x4-4*x2, x3-4*x1, x4-x2, x3-x1
		d[0][l], d[5][l] = 4*x0-5*x2+x4, 4*x1-5*x3+x5
		d[1][l], d[2][l], d[3][l], d[4][l] = e+f, e-f, g+2*h, g-2*h
	}
}

func genericWinogradOut(side int, f func(d, m []lanes)) func(src *float32, mstride, sstep int, dst *float32, drow, dpix, nt int, _ *float32) {
	return func(src *float32, mstride, sstep int, dst *float32, drow, dpix, nt int, _ *float32) {
		for t := range nt {
			transform8(6, 6, side,
				func(i, j int) *lanes { return vec8(src, (6*i+j)*mstride+t*sstep) },
				f,
				func(i, j int, v *lanes) { *vec8(dst, i*drow+(side*t+j)*dpix) = *v })
		}
	}
}

func genericOutput(d, m []lanes) {
	for l := range 8 {
		s1, d1, s2, d2 := m[1][l]+m[2][l], m[1][l]-m[2][l], m[3][l]+m[4][l], m[3][l]-m[4][l]
		d[0][l], d[1][l] = m[0][l]+s1+s2, d1+2*d2
		d[2][l], d[3][l] = s1+4*s2, d1+8*d2+m[5][l]
	}
}

func genericOutput2(d, m []lanes) {
	for l := range 8 {
		d[0][l] = m[0][l] + (m[1][l] + m[2][l]) + (m[3][l] + m[4][l])
		d[1][l] = (m[1][l] - m[2][l]) + 2*(m[3][l]-m[4][l]) + m[5][l]
	}
}

func genericWinogradKernel(taps int, f func(d, g []lanes)) func(src, dst *float32, ustride, n int, _ *float32) {
	return func(src, dst *float32, ustride, n int, _ *float32) {
		for c := range n {
			transform8(taps, taps, 6,
				func(i, j int) *lanes { return vec8(src, 8*((c*taps+i)*taps+j)) },
				f,
				func(i, j int, v *lanes) { *vec8(dst, (6*i+j)*ustride+16*c) = *v })
		}
	}
}

func genericKernel(d, g []lanes) {
	for l := range 8 {
		a, b, c := g[0][l], g[1][l], g[2][l]
		s, t := (a+c)*(-1.0/6), b*(-1.0/6)
		u, v := a*(1.0/24)+c*(1.0/6), b*(1.0/12)
		d[0][l], d[1][l], d[2][l] = a*0.25, s+t, s-t
		d[3][l], d[4][l], d[5][l] = u+v, u-v, c
	}
}

func genericKernel5(d, g []lanes) {
	for l := range 8 {
		a, b, c, e, f := g[0][l], g[1][l], g[2][l], g[3][l], g[4][l]
		s, t := (a+c+f)*(-1.0/6), (b+e)*(-1.0/6)
		u, v := a*(1.0/24)+c*(1.0/6)+f*(2.0/3), b*(1.0/12)+e*(1.0/3)
		d[0][l], d[1][l], d[2][l] = a*0.25, s+t, s-t
		d[3][l], d[4][l], d[5][l] = u+v, u-v, f
	}
}

func genericWinogradGrad(src *float32, rowStride int, dst *float32, vstride, dstep, nt int, _ *float32) {
	for t := range nt {
		transform8(4, 4, 6,
			func(i, j int) *lanes { return vec8(src, i*rowStride+(4*t+j)*8) },
			genericGrad,
			func(i, j int, v *lanes) { *vec8(dst, (6*i+j)*vstride+t*dstep) = *v })
	}
}

func genericGrad(d, x []lanes) {
	for l := range 8 {
		a, b, c, e := x[0][l], x[1][l], x[2][l], x[3][l]
		s, t := (a+c)*(-1.0/6), (b+e)*(-1.0/6)
		u, v := a*(1.0/24)+c*(1.0/6), b*(1.0/12)+e*(1.0/3)
		d[0][l], d[1][l], d[2][l] = a*0.25, s+t, s-t
		d[3][l], d[4][l], d[5][l] = u+v, u-v, e
	}
}

func genericWinogradKernelGrad(src *float32, mstride int, dst *float32, n int, _ *float32) {
	for c := range n {
		transform8(6, 6, 3,
			func(i, j int) *lanes { return vec8(src, (6*i+j)*mstride+8*c) },
			genericKernelGrad,
			func(i, j int, v *lanes) { *vec8(dst, c*72+(3*i+j)*8) = *v })
	}
}

func genericKernelGrad(d, m []lanes) {
	for l := range 8 {
		s1, d1, s2, d2 := m[1][l]+m[2][l], m[1][l]-m[2][l], m[3][l]+m[4][l], m[3][l]-m[4][l]
		d[0][l], d[1][l], d[2][l] = m[0][l]+s1+s2, d1+2*d2, s1+4*s2+m[5][l]
	}
}
