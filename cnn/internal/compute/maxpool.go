package compute

// Max pooling that needs no places: the rows under each row of windows first,
// then neighbouring columns of the result. Both run over several rows in one
// sweep; what such a sweep makes of windows that hang over the left or right
// edge is put right afterwards.

// largest is Max without places.
func (g *Pool) largest(y, x []float32) {
	size := g.OutH * g.OutW
	band := min(g.OutH, max(1, 4096/g.W)) // rows that stay in the first cache
	For(g.Planes, grainFor(4*size), func(lo, hi int) {
		rows, starts := borrow(band*g.W), borrow(band*max(g.W, g.OutW*g.StrideW)+g.Left)
		defer giveBack(rows)
		defer giveBack(starts)
		for p := lo; p < hi; p++ {
			for i := 0; i < g.OutH; i += band {
				n := min(band, g.OutH-i)
				g.maxRows(rows[:n*g.W], x[p*g.H*g.W:(p+1)*g.H*g.W], i)
				g.maxColumns(y[p*size+i*g.OutW:][:n*g.OutW], rows[:n*g.W], starts)
			}
		}
	})
}

// maxRows takes the largest of the rows under output rows i, i+1, … for every
// column of the map.
func (g *Pool) maxRows(dst, x []float32, i int) {
	for len(dst) > 0 {
		r0, r1, _ := span(i*g.StrideH-g.Top, g.Kh, g.DilationH, g.H, g.Bottom)
		taps, run := (r1-r0+g.DilationH-1)/g.DilationH, 1
		if g.StrideH == 1 && taps == g.Kh { // as many as have all their rows
			run = min(len(dst)/g.W, g.H-(g.Kh-1)*g.DilationH-r0)
		}
		maxOver(dst[:run*g.W], x[r0*g.W:], taps, g.DilationH*g.W)
		dst, i = dst[run*g.W:], i+run
	}
}

// maxColumns takes the largest of the columns under each window.
func (g *Pool) maxColumns(y, rows, starts []float32) {
	whole := max(0, len(rows)-(g.Kw-1)*g.DilationW) // windows that begin at places of rows
	if g.StrideW == 1 && g.W == g.OutW {
		maxOver(y[g.Left:g.Left+whole], rows, g.Kw, g.DilationW)
	} else {
		maxOver(starts[g.Left:g.Left+whole], rows, g.Kw, g.DilationW)
		g.everyStride(y, starts)
	}
	first, last := g.inner()
	for j := range g.OutW {
		if j < first || j >= last {
			g.maxAtEdge(y, rows, j)
		}
	}
}

// everyStride picks the windows of the pool out of those that begin at every place.
func (g *Pool) everyStride(y, starts []float32) {
	if g.W == g.StrideW*g.OutW { // rows of windows follow one another like rows of cells
		pick(y, starts, g.StrideW)
		return
	}
	for r := range len(y) / g.OutW {
		pick(y[r*g.OutW:(r+1)*g.OutW], starts[r*g.W:], g.StrideW)
	}
}

// pick computes y[i] = x[i·step].
func pick(y, x []float32, step int) {
	n := 0
	if step == 2 && len(y) >= 8 {
		n = len(y) / 8 * 8
		isa.evens8(&y[0], &x[0], n/8)
	}
	for i := n; i < len(y); i++ {
		y[i] = x[i*step]
	}
}

// maxAtEdge computes column j of the windows, which hangs over an edge.
func (g *Pool) maxAtEdge(y, rows []float32, j int) {
	q0, q1, _ := span(j*g.StrideW-g.Left, g.Kw, g.DilationW, g.W, g.Right)
	for r := range len(y) / g.OutW {
		m := rows[r*g.W+q0]
		for q := q0 + g.DilationW; q < q1; q += g.DilationW {
			m = max(m, rows[r*g.W+q])
		}
		y[r*g.OutW+j] = m
	}
}

// maxOver computes y[i] = max x[i+k·step] over k = 0 … taps−1.
func maxOver(y, x []float32, taps, step int) {
	if len(y) == 0 {
		return
	}
	from := func(k int) *float32 { return &x[min(k, taps-1)*step : min(k, taps-1)*step+len(y)][0] }
	isa.max3(&y[0], from(0), from(1), from(2), len(y))
	for k := 3; k < taps; k += 2 {
		isa.max3(&y[0], &y[0], from(k), from(k+1), len(y))
	}
}
