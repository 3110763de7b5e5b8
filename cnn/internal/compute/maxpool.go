package compute

import "math"

// Max pooling that needs no places: the rows under each row of windows first,
// then neighbouring columns of the result, a band of rows at a time. The columns
// of the padding are −∞, which never wins.

// largest is Max without places.
func (g *Pool) largest(y, x []float32) {
	size, wide := g.OutH*g.OutW, max(g.Left+g.W, (g.OutW-1)*g.StrideW+(g.Kw-1)*g.DilationW+1)
	band := min(g.OutH, max(1, 4096/wide)) // rows that stay in the first cache
	For(g.Planes, grainFor(4*size), func(lo, hi int) {
		rows, starts := borrow(band*wide), borrow(band*g.OutW*g.StrideW)
		defer giveBack(rows)
		defer giveBack(starts)
		for i := range rows {
			rows[i] = float32(math.Inf(-1))
		}
		for p := lo; p < hi; p++ {
			for i := 0; i < g.OutH; i += band {
				n := min(band, g.OutH-i)
				g.maxRows(rows, wide, x[p*g.H*g.W:(p+1)*g.H*g.W], i, n)
				g.maxColumns(y[p*size+i*g.OutW:][:n*g.OutW], rows, wide, starts, n)
			}
		}
	})
}

// maxRows takes the largest of the rows under each of n rows of windows from i on,
// for every column of the map.
func (g *Pool) maxRows(dst []float32, wide int, x []float32, i, n int) {
	for end := i + n; i < end; {
		r0, r1, _ := span(i*g.StrideH-g.Top, g.Kh, g.DilationH, g.H, g.Bottom)
		taps, run := (r1-r0+g.DilationH-1)/g.DilationH, 1
		if taps == g.Kh { // as many as have all their rows
			run = min(end-i, (g.H-1-(g.Kh-1)*g.DilationH-r0)/g.StrideH+1)
		}
		maxOver(dst[(i+n-end)*wide+g.Left:], wide, x[r0*g.W:], g.StrideH*g.W, taps, g.DilationH*g.W, g.W, run)
		i += run
	}
}

// maxColumns takes the largest of the columns under each window of n rows.
func (g *Pool) maxColumns(y, rows []float32, wide int, starts []float32, n int) {
	if g.StrideW == 1 {
		maxOver(y, g.OutW, rows, wide, g.Kw, g.DilationW, g.OutW, n)
		return
	}
	maxOver(starts, g.OutW*g.StrideW, rows, wide, g.Kw, g.DilationW, (g.OutW-1)*g.StrideW+1, n)
	pick(y, starts, g.StrideW)
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

// maxOver computes rows of n values y[i] = max x[i+k·tap] over k = 0 … taps−1; the
// rows of y lie ystep floats apart, those of x xstep.
func maxOver(y []float32, ystep int, x []float32, xstep, taps, tap, n, rows int) {
	from := func(k int) *float32 { return &x[min(k, taps-1)*tap] }
	isa.max3(&y[0], from(0), from(1), from(2), ystep, xstep, xstep, n, rows)
	for k := 3; k < taps; k += 2 {
		isa.max3(&y[0], &y[0], from(k), from(k+1), ystep, ystep, xstep, n, rows)
	}
}
