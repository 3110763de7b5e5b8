package compute

// Max takes the largest cell of every window that lies on the map (padding
// never wins; the first of equal cells does; NaN wins over everything).
// arg, unless nil, receives the winner's place r·W + q on its map.
func (g *Pool) Max(y []float32, arg []int32, x []float32) {
	switch {
	case arg == nil:
		g.largest(y, x)
	case g.halves():
		g.maxHalves(y, arg, x)
	default:
		g.maxPlaces(y, arg, x)
	}
}

// MaxBackward sends the gradient of every window to the cell that won it.
func (g *Pool) MaxBackward(dx, dy []float32, arg []int32, add bool) {
	if g.halves() && !add {
		g.maxHalvesBackward(dx, dy, arg)
		return
	}
	size := g.OutH * g.OutW
	For(g.Planes, grainFor(size+g.H*g.W), func(lo, hi int) {
		for p := lo; p < hi; p++ {
			dx := dx[p*g.H*g.W : (p+1)*g.H*g.W]
			if !add {
				clear(dx)
			}
			for i, place := range arg[p*size : (p+1)*size] {
				dx[place] += dy[p*size+i]
			}
		}
	})
}

// Avg takes the mean of every window: over its cells on the map, or with
// CountPadding over its cells on the padded map.
func (g *Pool) Avg(y, x []float32) {
	size := g.OutH * g.OutW
	For(g.Planes, grainFor(size*g.Kh*g.Kw), func(lo, hi int) {
		for p := lo; p < hi; p++ {
			g.each(func(at int, w window) {
				y[p*size+at] = w.sum(x[p*g.H*g.W:(p+1)*g.H*g.W], g) / float32(w.count)
			})
		}
	})
}

// AvgBackward gives every cell of a window an equal share of its gradient.
func (g *Pool) AvgBackward(dx, dy []float32, add bool) {
	size := g.OutH * g.OutW
	For(g.Planes, grainFor(size*g.Kh*g.Kw), func(lo, hi int) {
		for p := lo; p < hi; p++ {
			dx := dx[p*g.H*g.W : (p+1)*g.H*g.W]
			if !add {
				clear(dx)
			}
			g.each(func(at int, w window) { w.spread(dx, dy[p*size+at]/float32(w.count), g) })
		}
	})
}

// A window is the part of a map under the pool at one place: rows [r0,r1) and
// columns [q0,q1) in steps of the dilation, and how many cells the mean counts.
type window struct{ r0, r1, q0, q1, count int }

// each calls f for every output cell in order, with its window.
func (g *Pool) each(f func(at int, w window)) {
	for i := range g.OutH {
		r0, r1, rows := span(i*g.StrideH-g.Top, g.Kh, g.DilationH, g.H, g.Bottom)
		for j := range g.OutW {
			q0, q1, columns := span(j*g.StrideW-g.Left, g.Kw, g.DilationW, g.W, g.Right)
			w := window{r0, r1, q0, q1, rows * columns}
			if !g.CountPadding {
				w.count = ((r1 - r0 + g.DilationH - 1) / g.DilationH) * ((q1 - q0 + g.DilationW - 1) / g.DilationW)
			}
			f(i*g.OutW+j, w)
		}
	}
}

// span cuts k taps from start to the n cells of the map, and counts those that
// lie on the map or its padding.
func span(start, k, dilation, n, after int) (lo, hi, counted int) {
	lo, hi = start, start+(k-1)*dilation+1
	counted = (min(hi, n+after) - start + dilation - 1) / dilation
	if lo < 0 {
		lo += (-lo + dilation - 1) / dilation * dilation
	}
	return lo, min(hi, n), counted
}

func (w window) sum(x []float32, g *Pool) (sum float32) {
	for r := w.r0; r < w.r1; r += g.DilationH {
		for q := w.q0; q < w.q1; q += g.DilationW {
			sum += x[r*g.W+q]
		}
	}
	return sum
}

func (w window) spread(dx []float32, share float32, g *Pool) {
	for r := w.r0; r < w.r1; r += g.DilationH {
		for q := w.q0; q < w.q1; q += g.DilationW {
			dx[r*g.W+q] += share
		}
	}
}
