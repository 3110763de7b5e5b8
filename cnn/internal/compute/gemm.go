package compute

import "sync"

// The matrix product: lanes are columns of B, which is packed into panels of 16
// columns; rows of A are read by broadcasts where they lie, or, in products
// large enough to pay for it, packed too.

// Gemm computes C = A·B, or C += A·B with add, then adds bias[j] to every
// column j unless bias is nil, then replaces negative values by 0 when relu.
// cache belongs to B.
func (g Product) Gemm(c, a, b, bias []float32, add, relu bool, cache *Cache) {
	if g.TransB && !g.TransA && g.M <= fewRows {
		g.dots(c, a, b, bias, add, relu)
		return
	}
	p := products.Get().(*product)
	p.Product, p.depth = g, blockDepth(g.K, productDepth())
	p.c, p.a, p.b, p.bias, p.add, p.relu = c, a, b, bias, add, relu
	packed := cache.lend(packedWeights{kind: productPanels, flipped: g.TransB, a: g.K, b: g.N}, p.panels()*16*g.K+1024)
	p.packed = packed.data
	if packed.fresh {
		each((p.panels()+packedTogether-1)/packedTogether, p.packOne)
		packed.ready()
	}
	p.run()
	packed.done()
	p.operands = operands{}
	products.Put(p)
}

// productDepth is how many products of a panel make a block. For the packed tile a
// panel may fill the first cache: it comes from the second as fast as it is needed,
// and C is touched less.
func productDepth() int {
	if isa.tileRows == 6 {
		return 2 * deepBlock
	}
	return deepBlock
}

// fewRows is up to how many rows of A the time is that of reading B once, so that
// a packed copy would only take memory.
const fewRows = 16

// dots computes C as products of rows of A and rows of B where they lie, four
// rows of B at a time and in blocks that stay in the first cache.
func (g Product) dots(c, a, b, bias []float32, add, relu bool) {
	const depth = 1024
	For((g.N+3)/4, max(1, grainFor(4*g.M*g.K)), func(lo, hi int) {
		sums := borrow(4)
		defer giveBack(sums)
		for j := 4 * lo; j < min(4*hi, g.N); j += 4 {
			n := min(4, g.N-j)
			for i := range g.M {
				row := c[i*g.N+j:][:n]
				if !add {
					clear(row)
				}
			}
			for k := 0; k < g.K; k += depth {
				d := min(depth, g.K-k)
				for i := range g.M {
					g.dots4(sums[:4], a[i*g.K+k:][:d], b, j, k, n)
					row := c[i*g.N+j:][:n]
					for l := range row {
						row[l] += sums[l]
					}
				}
			}
			for i := range g.M {
				finish(c[i*g.N+j:][:n], bias, j, relu)
			}
		}
	})
}

// dots4 multiplies a with columns k … of rows j … j+n−1 of B.
func (g Product) dots4(sums, a, b []float32, j, k, n int) {
	clear(sums)
	whole := 0
	if n == 4 && len(a) >= 16 {
		whole = len(a) / 16 * 16
		isa.dots4(whole/16, &a[0], &b[j*g.K+k], g.K, &sums[0])
	}
	for l := range n {
		row := b[(j+l)*g.K+k:][:len(a)]
		for i := whole; i < len(a); i++ {
			sums[l] += a[i] * row[i]
		}
	}
}

// finish adds the biases of columns from j on and rectifies.
func finish(row, bias []float32, j int, relu bool) {
	if bias != nil {
		addTo(row, row, bias[j:j+len(row)])
	}
	if relu {
		rectify(row, row)
	}
}

// A product is a Product at work. It is used again, with the functions it hands
// to other threads.
type product struct {
	Product
	operands
	depth      int // of a block of the sum
	down, wide int // parts of the rows, and panels of a job
	offs       []int32

	packOne, jobOne func(i int)
}

type operands struct {
	c, a, b, packed, bias []float32
	add, relu             bool
}

var products = sync.Pool{New: func() any {
	p := new(product)
	p.packOne, p.jobOne = p.pack, p.job
	return p
}}

// run multiplies, once B is packed.
func (p *product) run() {
	p.offs = p.offs[:0]
	for k := 0; p.TransA && k < p.depth; k++ {
		p.offs = append(p.offs, int32(4*k*p.M))
	}
	p.cut()
	each(p.down*p.across(), p.jobOne)
}

func (p *product) panels() int { return (p.N + 15) / 16 }

// cut says how many parts the rows are cut into and how many panels one job takes:
// rows that stay in the second cache, and enough jobs for every thread. A job
// packs its rows for itself, so panels are parted only where rows are few.
func (p *product) cut() {
	p.down, p.wide = (p.M+95)/96, p.panels()
	if p.M >= 192 {
		p.down = (p.down + 3) / 4 * 4 // as many for each thread
		return
	}
	for p.wide > 1 && p.down*p.across() < 16 && p.M/p.down*p.wide*16*p.K > 1<<18 {
		p.wide = (p.wide + 1) / 2
	}
}

func (p *product) across() int { return (p.panels() + p.wide - 1) / p.wide }

func (p *product) job(i int) {
	j, q := i/p.across(), i%p.across()*p.wide
	p.block(p.row(j), p.row(j+1), q, min(q+p.wide, p.panels()))
}

// row returns the first row of part j, a multiple of the tile.
func (p *product) row(j int) int { return min(p.M, (p.M+5)/6*j/p.down*6) }

// packedTogether is how many panels are packed at a time, so that a few rows of B
// are read from one page of memory, not from as many as there are panels.
const packedTogether = 4

// pack packs the i-th few panels of B as [block][panel][k][16]; missing columns
// are zero.
func (p *product) pack(i int) {
	const rows = 32
	first, last := i*packedTogether, min((i+1)*packedTogether, p.panels())
	for k := 0; k < p.K; k += p.depth {
		depth := min(p.depth, p.K-k)
		for r := 0; r < depth; r += rows {
			for q := first; q < last; q++ {
				p.packPart(p.packed[p.panels()*16*k+16*(q*depth+r):][:16*min(rows, depth-r)], k+r, q)
			}
		}
	}
}

// packPart packs the rows of panel q from k on.
func (p *product) packPart(d []float32, k, q int) {
	n, depth := min(16, p.N-16*q), len(d)/16
	switch {
	case p.TransB:
		for h := 0; h < 16; h += 8 {
			rowsToLanes(d[h:], p.b, (16*q+h)*p.K+k, p.K, depth, n-h)
		}
	case n == 16:
		isa.pack16(&p.b[k*p.N+16*q], p.N, &d[0], depth)
	default:
		clear(d)
		for i := range depth {
			copy(d[16*i:], p.b[(k+i)*p.N+16*q:][:n])
		}
	}
}

// rowsToLanes writes depth values of up to 8 rows of b, from first and next
// apart, as lanes of pixels 16 apart.
func rowsToLanes(d, b []float32, first, next, depth, rows int) {
	if rows >= 8 {
		lanesIn(d, 16, b[first:], next, depth)
		return
	}
	for j := range 8 {
		for i := range depth {
			d[16*i+j] = 0
			if j < rows {
				d[16*i+j] = b[first+j*next+i]
			}
		}
	}
}

// block computes rows [r0,r1) of panels [q0,q1).
func (p *product) block(r0, r1, q0, q1 int) {
	if isa.tileRows == 6 && r1-r0 >= 24 && q1-q0 >= 4 && p.K >= 32 {
		p.tiles(r0, r1, q0, q1)
	} else {
		p.plain(r0, r1, q0, q1)
	}
	if p.bias == nil && !p.relu {
		return
	}
	lo, hi := 16*q0, min(16*q1, p.N)
	for r := r0; r < r1; r++ {
		finish(p.c[r*p.N+lo:r*p.N+hi], p.bias, lo, p.relu)
	}
}

// sums calls f for every block of the sum and panel: taps [k,k+depth), panel q,
// and whether to add to what is there.
func (p *product) sums(q0, q1 int, f func(k, depth, q int, b []float32, acc int)) {
	for k := 0; k < p.K; k += p.depth {
		depth := min(p.depth, p.K-k)
		acc := 0
		if p.add || k > 0 {
			acc = 1
		}
		for q := q0; q < q1; q++ {
			f(k, depth, q, p.packed[p.panels()*16*k+16*q*depth:], acc)
		}
	}
}

// plain reads the rows of A where they lie.
func (p *product) plain(r0, r1, q0, q1 int) {
	edge := borrow(14 * 16)
	defer giveBack(edge)
	groups := (r1 - r0 + isa.tileRows - 1) / isa.tileRows
	p.sums(q0, q1, func(k, depth, q int, b []float32, acc int) {
		for g := range groups {
			lo, hi := r0+(r1-r0)*g/groups, r0+(r1-r0)*(g+1)/groups
			if n := p.N - 16*q; n < 16 {
				p.rows(b, edge, 16, k, depth, lo, hi, 0)
				p.fromEdge(edge, q, n, lo, hi, acc)
				continue
			}
			p.rows(b, p.c[lo*p.N+16*q:], p.N, k, depth, lo, hi, acc)
		}
	})
}

// rows computes rows [lo,hi), at most a tile's, of one panel.
func (p *product) rows(b, c []float32, ldc, k, depth, lo, hi, acc int) {
	if p.TransA {
		isa.rows16at[hi-lo](depth, &p.a[k*p.M+lo], 1, &p.offs[0], &b[0], &c[0], ldc, acc)
	} else {
		isa.rows16[hi-lo](depth, &p.a[lo*p.K+k], p.K, &b[0], &c[0], ldc, acc, &b[256], 64)
	}
}

// fromEdge copies or adds the n columns of a last, narrower panel.
func (p *product) fromEdge(edge []float32, q, n, lo, hi, acc int) {
	for r := lo; r < hi; r++ {
		from, to := edge[(r-lo)*16:][:n], p.c[r*p.N+16*q:][:n]
		for j, v := range from {
			store(to, j, v, acc != 0)
		}
	}
}

// tiles packs the rows of A by six and runs the tiles of 6×16.
func (p *product) tiles(r0, r1, q0, q1 int) {
	edge := borrow(6 * 16)
	defer giveBack(edge)
	left := borrow((r1 - r0 + 6) * p.depth)
	defer giveBack(left)
	last := -1
	p.sums(q0, q1, func(k, depth, q int, b []float32, acc int) {
		if k != last {
			p.packRows(left, k, depth, r0, r1)
			last = k
		}
		n, whole := min(16, p.N-16*q), (r1-r0)/6
		if n < 16 {
			whole = 0
		}
		if whole > 0 {
			tilesOf6(whole, depth, left, b, p.c[r0*p.N+16*q:], p.N, acc)
		}
		for r := r0 + 6*whole; r < r1; r += 6 {
			tilesOf6(1, depth, left[(r-r0)*depth:], b, edge, 16, 0)
			p.fromEdge(edge, q, n, r, min(r+6, r1), acc)
		}
	})
}

// tilesOf6 multiplies packed rows with a panel and fetches the next one.
func tilesOf6(tiles, depth int, left, b, c []float32, ldc, acc int) {
	isa.tiles6x16(tiles, depth, &left[0], &b[0], &c[0], ldc, acc, &b[min(16*depth, len(b)-1)], (63+tiles)/tiles)
}

// packRows packs columns [k,k+depth) of rows [r0,r1) of A as [six rows][k][6].
func (p *product) packRows(dst []float32, k, depth, r0, r1 int) {
	for r := r0; r < r1; r += 6 {
		d, n := dst[(r-r0)*depth:][:6*depth], min(6, r1-r)
		switch {
		case p.TransA:
			for i := range depth {
				copy(d[6*i:6*i+n], p.a[(k+i)*p.M+r:])
			}
		case n == 6 && r+8 <= p.M && depth >= 8:
			// eight lanes are written where six count; the next rows follow over them
			lanesIn(dst[(r-r0)*depth:], 6, p.a[r*p.K+k:], p.K, depth)
		default:
			for j := range n {
				for i, v := range p.a[(r+j)*p.K+k:][:depth] {
					d[6*i+j] = v
				}
			}
		}
	}
}
