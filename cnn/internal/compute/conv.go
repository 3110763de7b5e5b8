package compute

// Forward computes y (N×Out×OutH×OutW) from x and w, adds bias[o] unless bias
// is nil, and replaces negative values by 0 when relu. cache belongs to w.
func (g *Conv) Forward(y, x, w, bias []float32, relu bool, cache *Cache) {
	oh, ow := g.OutH(), g.OutW()
	in, plane, taps := g.C/g.Groups, g.H*g.W, g.Kh*g.Kw
	For(g.N*g.Out, grainFor(in*taps*oh*ow), func(lo, hi int) {
		for at := lo; at < hi; at++ {
			n, o := at/g.Out, at%g.Out
			y := y[at*oh*ow : (at+1)*oh*ow]
			fill(y, valueAt(bias, o))
			first := n*g.C + o/(g.Out/g.Groups)*in
			for c := range in {
				g.correlate(y, x[(first+c)*plane:(first+c+1)*plane], w[(o*in+c)*taps:])
			}
			if relu {
				rectify(y, y)
			}
		}
	})
}

// correlate adds one input map times one kernel to an output map, a row and a
// weight at a time.
func (g *Conv) correlate(y, x, w []float32) {
	ow := g.OutW()
	for i := range g.OutH() {
		for u := range g.Kh {
			r := i*g.StrideH - g.Top + u*g.DilationH
			if r < 0 || r >= g.H {
				continue
			}
			for v := range g.Kw {
				lo, hi, q := g.columns(v)
				gatherAxpy(y[i*ow+lo:i*ow+hi], x[r*g.W:(r+1)*g.W], q, g.StrideW, w[u*g.Kw+v])
			}
		}
	}
}

// columns returns the output columns [lo,hi) for which tap v lies inside the
// image, and the input column of the first.
func (g *Conv) columns(v int) (lo, hi, first int) {
	shift := v*g.DilationW - g.Left
	if shift < 0 {
		lo = (-shift + g.StrideW - 1) / g.StrideW
	}
	if last := g.W - 1 - shift; last >= 0 {
		hi = min(g.OutW(), last/g.StrideW+1)
	}
	if hi <= lo {
		return 0, 0, 0
	}
	return lo, hi, lo*g.StrideW + shift
}

// gatherAxpy adds a·x[first + j·stride] to y[j].
func gatherAxpy(y, x []float32, first, stride int, a float32) {
	if stride == 1 {
		axpy(y, x[first:], a)
		return
	}
	for j := range y {
		y[j] += a * x[first+j*stride]
	}
}

// BackwardData computes the gradient of x from that of y:
//
//	dx[n,c,r,q] = Σ dy[n,o,i,j] · w[o,c′,u,v]   over all o, i, j, u, v that touch x[n,c,r,q]
//
// cache belongs to w.
func (g *Conv) BackwardData(dx, dy, w []float32, add bool, cache *Cache) {
	oh, ow := g.OutH(), g.OutW()
	in, out, plane, taps := g.C/g.Groups, g.Out/g.Groups, g.H*g.W, g.Kh*g.Kw
	For(g.N*g.C, grainFor(out*taps*oh*ow), func(lo, hi int) {
		for at := lo; at < hi; at++ {
			n, c := at/g.C, at%g.C
			dx := dx[at*plane : (at+1)*plane]
			if !add {
				clear(dx)
			}
			group := c / in
			for o := group * out; o < (group+1)*out; o++ {
				g.spread(dx, dy[(n*g.Out+o)*oh*ow:], w[(o*in+c%in)*taps:])
			}
		}
	})
}

// spread adds one output map's gradient times one kernel to an input map's.
func (g *Conv) spread(dx, dy, w []float32) {
	ow := g.OutW()
	for i := range g.OutH() {
		for u := range g.Kh {
			r := i*g.StrideH - g.Top + u*g.DilationH
			if r < 0 || r >= g.H {
				continue
			}
			for v := range g.Kw {
				lo, hi, q := g.columns(v)
				scatterAxpy(dx[r*g.W:(r+1)*g.W], dy[i*ow+lo:i*ow+hi], q, g.StrideW, w[u*g.Kw+v])
			}
		}
	}
}

// scatterAxpy adds a·x[j] to y[first + j·stride].
func scatterAxpy(y, x []float32, first, stride int, a float32) {
	if stride == 1 {
		axpy(y[first:first+len(x)], x, a)
		return
	}
	for j, v := range x {
		y[first+j*stride] += a * v
	}
}

// BackwardWeights computes the gradient of w from that of y:
//
//	dw[o,c′,u,v] = Σ dy[n,o,i,j] · x[n,c,i·StrideH−Top+u·DilationH, j·StrideW−Left+v·DilationW]
func (g *Conv) BackwardWeights(dw, dy, x []float32, add bool) {
	oh, ow := g.OutH(), g.OutW()
	in, plane, taps := g.C/g.Groups, g.H*g.W, g.Kh*g.Kw
	For(g.Out*in, grainFor(g.N*taps*oh*ow), func(lo, hi int) {
		for at := lo; at < hi; at++ {
			o, c := at/in, at%in
			c += o / (g.Out / g.Groups) * in
			for t := range taps {
				var sum float64
				for n := range g.N {
					sum += g.tap(dy[(n*g.Out+o)*oh*ow:], x[(n*g.C+c)*plane:], t/g.Kw, t%g.Kw)
				}
				store(dw, at*taps+t, float32(sum), add)
			}
		}
	})
}

// tap sums dy times the cells of x that tap (u,v) reads.
func (g *Conv) tap(dy, x []float32, u, v int) (sum float64) {
	ow := g.OutW()
	lo, hi, q := g.columns(v)
	for i := range g.OutH() {
		r := i*g.StrideH - g.Top + u*g.DilationH
		if r < 0 || r >= g.H {
			continue
		}
		sum += float64(gatherDot(dy[i*ow+lo:i*ow+hi], x[r*g.W:(r+1)*g.W], q, g.StrideW))
	}
	return sum
}

// gatherDot sums y[j]·x[first + j·stride] in four lanes.
func gatherDot(y, x []float32, first, stride int) float32 {
	var s0, s1, s2, s3 float32
	j := 0
	for ; j+4 <= len(y); j += 4 {
		p := first + j*stride
		s0 += y[j] * x[p]
		s1 += y[j+1] * x[p+stride]
		s2 += y[j+2] * x[p+2*stride]
		s3 += y[j+3] * x[p+3*stride]
	}
	for ; j < len(y); j++ {
		s0 += y[j] * x[first+j*stride]
	}
	return (s0 + s1) + (s2 + s3)
}

// BackwardBias sums dy (N×channels×plane) over everything but the channel.
func BackwardBias(db, dy []float32, n, channels, plane int, add bool) {
	For(channels, grainFor(n*plane), func(lo, hi int) {
		for o := lo; o < hi; o++ {
			var sum float64
			for i := range n {
				sum += sum64(dy[(i*channels+o)*plane : (i*channels+o+1)*plane])
			}
			store(db, o, float32(sum), add)
		}
	})
}

func store(y []float32, i int, v float32, add bool) {
	if add {
		v += y[i]
	}
	y[i] = v
}

func fill(y []float32, v float32) {
	for i := range y {
		y[i] = v
	}
}

func valueAt(x []float32, i int) float32 {
	if x == nil {
		return 0
	}
	return x[i]
}
