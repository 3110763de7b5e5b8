package compute

// Max pooling by windows of 2×2 that lie side by side, with the places of the
// maxima, and its way back: both go over a whole map in one sweep.

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
