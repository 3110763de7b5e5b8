package compute

// The gradient of the weights: for every tap, the sum over images and pixels of
// the input under the tap times the output gradient. The sum is cut by the
// geometry alone, so that threads never change its order.

// A weightsGrad is one group of it, computed as sums of rows: lanes are output
// channels, the output gradient is laid out as pixels of 16 channels,
// and the rows of a tile are neighbouring taps of one kernel row, or, for 1×1
// kernels, neighbouring input channels.
type weightsGrad struct {
	direct
	images, pixels int     // of a chunk of the sum
	spots          []int32 // where the window of every pixel of a chunk begins
	groups         int     // of images, summed apart where channels alone give too few jobs
}

func newWeightsGrad(d direct) *weightsGrad {
	g := &weightsGrad{direct: d, images: 1, pixels: d.oh * d.ow}
	if g.pixels <= 128 {
		g.images = max(1, min(d.n, 256/g.pixels))
	} else {
		parts := (g.pixels + 255) / 256
		g.pixels = (g.pixels + parts - 1) / parts
	}
	g.groups = 1
	if chunks := (d.n + g.images - 1) / g.images; d.panels()*d.c < 8 {
		g.groups = min(chunks, 8)
	}
	for i := range g.images {
		for r := range d.oh {
			for q := range d.ow {
				g.spots = append(g.spots, int32(4*(i*g.frameSize()+r*d.strideH*d.wp+q*d.strideW)))
			}
		}
	}
	return g
}

// frameSize returns the floats from one image to the next as the taps read them.
func (g *weightsGrad) frameSize() int {
	if !g.copied {
		return g.nextX
	}
	return g.c * g.hp * g.wp
}

// weightsBlock is how many floats of frames and lanes are laid out at a time; the
// tests lower it, results do not depend on it.
var weightsBlock = 1 << 20

// run computes dw[out][c][kh][kw] from dy and x.
func (g *weightsGrad) run(dw, dy, x []float32, add bool) {
	size, image := g.taps()*g.panels()*panel, g.panels()*g.oh*g.ow*panel
	per := min(g.n, max(1, weightsBlock/(image+g.frameSize())/g.images)*g.images)
	sums, lanes := borrow(g.groups*size+64), borrow(per*image+64)
	for i := 0; i < g.n; i += per {
		b := gradImages{weightsGrad: g, first: i, n: min(per, g.n-i), dy: dy[i*g.nextY:], x: x[i*g.nextX:], lanes: lanes, sums: sums}
		b.run(size)
	}
	for i := 1; i < g.groups; i++ {
		axpy(sums[:size], sums[i*size:(i+1)*size], 1)
	}
	g.leave(dw, sums, add)
	giveBack(sums)
	giveBack(lanes)
}

// gradImages are some images of the sum, a multiple of g.images but for the last.
type gradImages struct {
	*weightsGrad
	first, n                   int
	dy, x, frames, lanes, sums []float32
}

// run adds the images to the sums, of size floats for each group.
func (b gradImages) run(size int) {
	b.frames = b.x
	if b.copied {
		b.frames = borrow(b.n * b.frameSize())
		defer giveBack(b.frames)
	}
	b.lay()
	parts := b.parts()
	each(b.groups*b.panels()*parts, func(j int) {
		i, p, q := j/parts/b.panels(), j/parts%b.panels(), j%parts
		b.sum(b.sums[i*size:], i, p, b.c*q/parts, b.c*(q+1)/parts)
	})
}

// parts returns how many jobs share the input channels; the cut does not touch a sum.
func (g *weightsGrad) parts() int {
	parts := 1
	for g.groups*g.panels()*parts < 4*Threads() && 2*parts <= g.c && Threads() > 1 {
		parts *= 2
	}
	return parts
}

// lay copies the images into frames, where they need one, and the output
// gradient into pixels of lanes, [panel][image][pixel][16].
func (b gradImages) lay() {
	jobs := b.panels() + 1
	each(b.n*jobs, func(j int) {
		i, p := j/jobs, j%jobs
		if p < b.panels() {
			b.gradient(i, p)
		} else if b.copied {
			b.frame(b.frames[i*b.frameSize():], b.x[i*b.nextX:], 0, b.c)
		}
	})
}

// gradient lays out panel p of the output gradient of image i; planes that are
// not there are zero.
func (b gradImages) gradient(i, p int) {
	plane := b.oh * b.ow
	dst := b.lanes[(p*b.n+i)*plane*panel:]
	for h := 0; h < panel; h += 8 {
		o := p*panel + h
		src := b.dy[i*b.nextY+min(o, b.out)*plane:]
		if b.out-o >= 8 {
			lanesIn(dst[h:], panel, src, plane, plane)
			continue
		}
		tmp, have := borrow(8*plane), max(0, b.out-o)
		copy(tmp, src[:have*plane])
		clear(tmp[have*plane:])
		lanesIn(dst[h:], panel, tmp, plane, plane)
		giveBack(tmp)
	}
}

// sum adds up panel p for the taps of input channels [c0,c1) over those images
// of a group that are here.
func (b gradImages) sum(sums []float32, group, p, c0, c1 int) {
	plane, chunks := b.oh*b.ow, (b.weightsGrad.n+b.images-1)/b.images
	first, last := chunks*group/b.groups*b.images, min(b.weightsGrad.n, chunks*(group+1)/b.groups*b.images)
	for i := max(first, b.first); i < min(last, b.first+b.n); i += b.images {
		images, here := min(b.images, last-i), i-b.first
		for v := 0; v < plane; v += b.pixels {
			n, add := min(b.pixels, plane-v)+(images-1)*plane, 1
			if i == first && v == 0 {
				add = 0
			}
			y := &b.lanes[((p*b.n+here)*plane+v)*panel]
			x := b.frames[here*b.frameSize():]
			if b.kh*b.kw == 1 {
				b.channels(sums, x, y, b.spots[v:], n, p, c0, c1, add)
			} else {
				b.windows(sums, x, y, b.spots[v:], n, p, c0, c1, add)
			}
		}
	}
}

// channels sums tiles of neighbouring input channels of a 1×1 kernel.
func (g *weightsGrad) channels(sums, x []float32, b *float32, spots []int32, n, p, c0, c1, add int) {
	wide, frame := g.panels()*panel, g.hp*g.wp
	groups := (c1 - c0 + isa.tileRows - 1) / isa.tileRows
	for i := range groups {
		lo, hi := c0+(c1-c0)*i/groups, c0+(c1-c0)*(i+1)/groups
		isa.rows16at[hi-lo](n, &x[lo*frame], frame, &spots[0], b, &sums[lo*wide+p*panel], wide, add)
	}
}

// windows sums tiles of neighbouring taps of one kernel row.
func (g *weightsGrad) windows(sums, x []float32, b *float32, spots []int32, n, p, c0, c1, add int) {
	wide := g.panels() * panel
	groups := (g.kw + isa.tileRows - 1) / isa.tileRows
	for c := c0; c < c1; c++ {
		for u := range g.kh {
			row := x[(c*g.hp+u*g.dilationH)*g.wp:]
			to := sums[(c*g.kh+u)*g.kw*wide+p*panel:]
			for i := range groups {
				lo, hi := g.kw*i/groups, g.kw*(i+1)/groups
				isa.rows16at[hi-lo](n, &row[lo*g.dilationW], g.dilationW, &spots[0], b, &to[lo*wide], wide, add)
			}
		}
	}
}

// leave transposes the sums [tap][channel] into dw.
func (g *weightsGrad) leave(dw, sums []float32, add bool) {
	k, wide := g.taps(), g.panels()*panel
	out := newOutlet(nil, g.out, false, add)
	each((g.out+7)/8, func(i int) {
		lanes := min(8, g.out-8*i)
		if lanes == 8 && !add {
			lanesOut(dw[8*i*k:], k, sums[8*i:], wide, k, out.bias, out.floor)
			return
		}
		out.through(dw[8*i*k:], k, sums[8*i:], wide, k, lanes, 0)
	})
}

// A winogradWeights computes it for 3×3 kernels and stride 1 by F(3×3,4×4): the
// transformed tiles of the input, as in winograd, times transformed 4×4 tiles of
// the output gradient, summed over the tiles.
type winogradWeights struct {
	*winograd
	wideC, wideO int // channels of v and e, rounded up
}

const winogradGradBytes = 4 << 20 // of transformed tiles in flight

func (n *winogradWeights) run(dw, dy, x []float32, add bool) {
	n.wideC, n.wideO = (n.c+15)/16*16, n.out+16
	rows := n.n * n.th
	per := min(rows, max(1, max(winogradGradBytes/(36*4*(n.wideC+n.wideO)), 192)/n.tw))
	blocks := (rows + per - 1) / per
	ms := n.out*n.wideC + 16
	m := borrow(36*ms + 64)
	for k := range blocks {
		b := n.gradBlock(rows*k/blocks, rows*(k+1)/blocks)
		inputs := (n.c + 15) / 16
		each(inputs+(n.out+15)/16, func(j int) {
			if j < inputs {
				b.inputs(x, 16*j)
			} else {
				b.grads(dy, 16*(j-inputs))
			}
		})
		each(36, func(i int) { b.multiply(m, ms, i, k > 0) })
		b.end()
	}
	each(n.out, func(o int) { n.leave(dw, m, ms, o, add) })
	giveBack(m)
}

// A gradBlock is rows [r0,r1) of tiles of all images.
type gradBlock struct {
	*winogradWeights
	r0, r1, tiles int
	vs, es        int
	v, e          []float32 // inputs [36][16 channels][tile][16], gradients [36][tile][channel]
	offs          []int32
}

func (n *winogradWeights) gradBlock(r0, r1 int) *gradBlock {
	b := &gradBlock{winogradWeights: n, r0: r0, r1: r1, tiles: (r1 - r0) * n.tw}
	b.vs, b.es = n.wideC*b.tiles+16, n.wideO*b.tiles+16
	b.v, b.e = borrow(36*b.vs+64), borrow(36*b.es+64)
	b.offs = asInts(borrow(b.tiles))
	for t := range b.offs {
		b.offs[t] = int32(4 * t * n.wideO)
	}
	return b
}

func (b *gradBlock) end() { giveBack(b.v); giveBack(b.e); giveBack(asFloats(b.offs)) }

// inputs transforms input channels c … c+15.
func (b *gradBlock) inputs(x []float32, c int) {
	strip, tmp := borrow(6*b.wp*8), borrow(36*8)
	defer giveBack(strip)
	defer giveBack(tmp)
	whole := winogradBlock{winograd: b.winograd}
	for q := c; q < c+16; q += 8 {
		for r := b.r0; r < b.r1; r++ {
			v := b.v[c*b.tiles+(r-b.r0)*b.tw*16+q-c:]
			if q >= b.c { // half a group: its other half counts as zero
				clearLanes(v, b.vs, 16, b.tw)
				continue
			}
			i, a := r/b.th, r%b.th
			whole.strip(strip, x[i*b.nextX+q*b.h*b.w:], a, a+1)
			isa.winogradIn(&strip[0], b.wp*8, &v[0], b.vs, 16, b.tw, &tmp[0])
		}
	}
}

func clearLanes(v []float32, next, step, n int) {
	for i := range 36 {
		for t := range n {
			clear(v[i*next+t*step:][:8])
		}
	}
}

// grads transforms the gradients of output channels o … o+15.
func (b *gradBlock) grads(dy []float32, o int) {
	wide := 4 * b.tw
	strip, tmp := borrow(4*wide*8), borrow(36*8)
	defer giveBack(strip)
	defer giveBack(tmp)
	for r := b.r0; r < b.r1; r++ {
		i, a := r/b.th, r%b.th
		for q := o; q < min(o+16, b.out); q += 8 {
			for j := range 4 {
				row := strip[j*wide*8 : (j+1)*wide*8]
				if 4*a+j >= b.oh {
					clear(row)
					continue
				}
				lanesIn(row, 8, dy[i*b.nextY+(q*b.oh+4*a+j)*b.ow:], b.oh*b.ow, b.ow)
				clear(row[8*b.ow:])
			}
			isa.winogradGrad(&strip[0], wide*8, &b.e[(r-b.r0)*b.tw*b.wideO+q], b.es, b.wideO, b.tw, &tmp[0])
		}
	}
}

// multiply adds position i of the block: rows are output channels, lanes input channels.
func (b *gradBlock) multiply(m []float32, ms, i int, add bool) {
	parts, groups := (b.tiles+127)/128, (b.out+isa.tileRows-1)/isa.tileRows
	for k := range parts {
		k0, k1 := b.tiles*k/parts, b.tiles*(k+1)/parts
		acc := 0
		if add || k > 0 {
			acc = 1
		}
		for c := 0; c < b.wideC; c += 16 {
			v := &b.v[i*b.vs+c*b.tiles+16*k0]
			for g := range groups {
				lo, hi := b.out*g/groups, b.out*(g+1)/groups
				isa.rows16at[hi-lo](k1-k0, &b.e[i*b.es+lo], 1, &b.offs[k0], v, &m[i*ms+lo*b.wideC+c], b.wideC, acc)
			}
		}
	}
}

// leave transforms the sums of output channel o back to 3×3.
func (n *winogradWeights) leave(dw, m []float32, ms, o int, add bool) {
	taps, tmp := borrow(n.c*9), borrow(36*8)
	defer giveBack(taps)
	defer giveBack(tmp)
	isa.winogradKernelGrad(&m[o*n.wideC], ms, &taps[0], n.c/8, &tmp[0])
	for c := 0; c < n.c; c += 8 {
		from, to := (*[72]float32)(taps[9*c:]), (*[72]float32)(dw[(o*n.c+c)*9:])
		for l := range 8 {
			for k := range 9 {
				store(to[:], 9*l+k, from[8*k+l], add)
			}
		}
	}
}
