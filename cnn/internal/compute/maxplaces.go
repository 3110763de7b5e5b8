package compute

// Max pooling with the places of the maxima. Windows of 2×2 that lie side by
// side, the commonest, go over a whole map in one sweep, and so does their way
// back; others are done row by row, or several rows at once.

// halves tells whether the windows are 2×2 without overlap or padding.
func (g *Pool) halves() bool {
	return g.Kh == 2 && g.Kw == 2 && g.StrideH == 2 && g.StrideW == 2 && g.DilationH == 1 && g.DilationW == 1 &&
		g.Top == 0 && g.Left == 0 && 2*g.OutW <= g.W && 2*g.OutH <= g.H
}

func (g *Pool) maxHalves(y []float32, arg []int32, x []float32) {
	size, cells := g.OutH*g.OutW, g.H*g.W
	For(g.Planes, grainFor(size), func(lo, hi int) {
		for p := lo; p < hi; p++ {
			x, y, arg := x[p*cells:hi*cells], y[p*size:hi*size], arg[p*size:hi*size]
			rows := g.sweep(len(x), len(y))
			if rows > 0 {
				isa.maxPool2(&x[0], g.W, &y[0], &arg[0], g.OutW, rows)
			}
			for at := rows * g.OutW; at < size; at++ {
				arg[at] = g.winner(x, at)
				y[at] = x[arg[at]]
			}
		}
	})
}

// sweep returns how many rows of windows of a map the kernels may do. Of rows
// with fewer than 8 windows they read and write 8, which must lie within the
// cells and outputs from the map on; what they write too much is overwritten by
// the next row or map.
func (g *Pool) sweep(cells, outputs int) int {
	n := g.OutH
	for n > 0 && g.OutW < 8 && ((n-1)*g.OutW+8 > outputs || (2*n-1)*g.W+16 > cells) {
		n--
	}
	return n
}

// winner returns the place of the largest cell of window at.
func (g *Pool) winner(x []float32, at int) int32 {
	best := 2*(at/g.OutW)*g.W + 2*(at%g.OutW)
	for _, place := range [3]int{best + 1, best + g.W, best + g.W + 1} {
		if v, b := x[place], x[best]; v > b || v != v && b == b {
			best = place
		}
	}
	return int32(best)
}

func (g *Pool) maxHalvesBackward(dx, dy []float32, arg []int32) {
	size, cells := g.OutH*g.OutW, g.H*g.W
	exact := 2*g.OutW == g.W && 2*g.OutH == g.H
	For(g.Planes, grainFor(4*size), func(lo, hi int) {
		for p := lo; p < hi; p++ {
			dx, dy, arg := dx[p*cells:hi*cells], dy[p*size:hi*size], arg[p*size:hi*size]
			rows := g.sweep(len(dx), len(dy))
			if !exact {
				clear(dx[:cells]) // the last row and column may be no part of a window
				if g.OutW < 8 {
					rows = 0
				}
			}
			if rows > 0 {
				isa.maxPool2Back(&dx[0], g.W, &dy[0], &arg[0], g.OutW, rows)
			}
			clear(dx[2*rows*g.W : cells])
			for at := rows * g.OutW; at < size; at++ {
				dx[arg[at]] = dy[at]
			}
		}
	})
}

// maxPlaces is Max with places for any window.
func (g *Pool) maxPlaces(y []float32, arg []int32, x []float32) {
	size, cells := g.OutH*g.OutW, g.H*g.W
	For(g.Planes, grainFor(4*size), func(lo, hi int) {
		w := newWindows(g)
		for p := lo; p < hi; p++ {
			w.y, w.arg, w.x = y[p*size:hi*size], arg[p*size:hi*size], x[p*cells:hi*cells]
			for i := 0; i < g.OutH; {
				i += w.rows(i)
			}
		}
		giveBack(asFloats(w.offs))
		giveBack(asFloats(w.columns))
	})
}

// A windows computes the maxima of one map.
type windows struct {
	*Pool
	offs        []int32 // of the cells of a window
	columns     []int32 // of the map [q0,q1) under each column of windows
	first, last int     // columns [first,last) of windows that lie on the map
	x, y        []float32
	arg         []int32
}

func newWindows(g *Pool) *windows {
	w := &windows{Pool: g, offs: asInts(borrow(g.Kh * g.Kw)), columns: asInts(borrow(2 * g.OutW))}
	for j := range g.OutW {
		q0, q1, _ := span(j*g.StrideW-g.Left, g.Kw, g.DilationW, g.W, g.Right)
		w.columns[2*j], w.columns[2*j+1] = int32(q0), int32(q1)
	}
	for i := range w.offs {
		w.offs[i] = int32(i/g.Kw*g.DilationH*g.W + i%g.Kw*g.DilationW)
	}
	w.first, w.last = g.inner()
	return w
}

// inner returns the columns [first,last) of windows that hang over no edge.
func (g *Pool) inner() (first, last int) {
	first = min(g.OutW, (g.Left+g.StrideW-1)/g.StrideW)
	if room := g.W - 1 - (g.Kw-1)*g.DilationW + g.Left; room >= 0 {
		last = min(g.OutW, room/g.StrideW+1)
	}
	return first, max(first, last)
}

// rows computes row i of the maxima, and those behind it that see the map the
// same way; it returns how many.
func (w *windows) rows(i int) int {
	r0, r1, _ := span(i*w.StrideH-w.Top, w.Kh, w.DilationH, w.H, w.Bottom)
	taps, n := (r1-r0+w.DilationH-1)/w.DilationH, 1
	if w.StrideH == 1 && w.StrideW == 1 && w.W == w.OutW && taps == w.Kh {
		n = min(w.OutH-i, w.H-(w.Kh-1)*w.DilationH-r0)
	}
	swept := w.sweepRows(i, n, r0, taps*w.Kw)
	for r := range n {
		for j := 0; j < w.OutW; j++ {
			if swept && j == w.first {
				if j = w.last; j == w.OutW {
					break
				}
			}
			w.one((i+r)*w.OutW+j, r0+r, r1+r, w.columns[2*j], w.columns[2*j+1])
		}
	}
	return n
}

// sweepRows lets a kernel compute n rows from i on, whose windows begin in row
// r0 and have so many taps. What it writes at the edges, and what it writes too
// much of fewer than 8, is overwritten later.
func (w *windows) sweepRows(i, n, r0, taps int) bool {
	to, from := i*w.OutW+w.first, r0*w.W+w.first*w.StrideW-w.Left
	count := (n-1)*w.OutW + w.last - w.first
	if w.last == w.first || w.StrideW > 2 {
		return false
	}
	if count < 8 {
		count = 8
		if to+8 > len(w.y) || from+7*w.StrideW+int(w.offs[taps-1]) >= len(w.x) {
			return false
		}
	}
	kernel := isa.maxWindows1
	if w.StrideW == 2 {
		kernel = isa.maxWindows2
	}
	kernel(&w.x[from], &w.offs[0], taps, &w.y[to], &w.arg[to], from, count)
	return true
}

// one computes maximum at, of the window over rows [r0,r1) and columns [q0,q1).
func (w *windows) one(at, r0, r1 int, q0, q1 int32) {
	best := r0*w.W + int(q0)
	for r := r0; r < r1; r += w.DilationH {
		for q := int(q0); q < int(q1); q += w.DilationW {
			if v, b := w.x[r*w.W+q], w.x[best]; v > b || v != v && b == b {
				best = r*w.W + q
			}
		}
	}
	w.y[at], w.arg[at] = w.x[best], int32(best)
}
