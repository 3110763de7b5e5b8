package compute

// Winograd's minimal filtering F(4×4,3×3) for kernels of 3×3 and stride 1: a
// tile of 4×4 outputs takes 36 products per channel instead of 144. F(2×2,5×5)
// takes 36 instead of 100 for the 2×2 outputs of a tile. Tiles of 6×6 inputs are
// transformed, each of the 36 positions is a matrix product over the channels,
// and the sums are transformed back (Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2015, section 4.3). Lanes are channels here
// too, in and out in multiples of 8.

// A winograd is one group of such a convolution.
type winograd struct {
	n, c, h, w, out int
	top, left       int
	oh, ow          int
	nextX, nextY    int
	kernel, side    int // taps of a kernel and outputs of a tile along an axis, 6 with the one both count
	th, tw          int // rows and columns of tiles
	wp              int // pixels of a strip
}

// winogradOf returns d as a Winograd convolution, if it is one.
func winogradOf(d *direct) (*winograd, bool) {
	fits := (d.kh == 3 || d.kh == 5) && d.kw == d.kh && d.strideH == 1 && d.strideW == 1 && d.dilationH == 1 && d.dilationW == 1 &&
		d.spreadH == 1 && d.spreadW == 1 && d.c%8 == 0 && d.out%8 == 0 && d.top >= 0 && d.left >= 0
	if !fits || method == "direct" {
		return nil, false
	}
	n := &winograd{n: d.n, c: d.c, h: d.h, w: d.w, out: d.out, top: d.top, left: d.left,
		oh: d.oh, ow: d.ow, nextX: d.nextX, nextY: d.nextY}
	n.kernel, n.side = d.kh, 7-d.kh
	n.th, n.tw = (n.oh+n.side-1)/n.side, (n.ow+n.side-1)/n.side
	n.wp = n.side*(n.tw-1) + 6
	return n, true
}

func (n *winograd) panels() int { return (n.out + 15) / 16 }

// Transformed weights lie as [36][panel][c][16], next to each other but for 16
// floats, so that the 36 do not fall on the same cache lines.
func (n *winograd) stride() int { return n.panels()*n.c*16 + 16 }
func (n *winograd) size() int   { return 36*n.stride() + 1024 }

func (n *winograd) taps() int { return n.kernel * n.kernel }

// transform transforms the weights w[out][c][kernel][kernel].
func (n *winograd) transform(dst, w []float32) {
	k := n.c * n.taps()
	n.transformLanes(dst, func(lanes []float32, o, groups int) {
		for q := range groups {
			lanesIn(lanes[q*k*8:], 8, w[(o+8*q)*k:], k, k)
		}
	})
}

// transformFlipped does so with w[c][out][kernel][kernel] read backwards, for
// the gradient of the input.
func (n *winograd) transformFlipped(dst, w []float32) {
	n.transformLanes(dst, func(lanes []float32, o, groups int) {
		taps := n.taps()
		for c := range n.c {
			for q := range groups {
				from, to := w[(c*n.out+o+8*q)*taps:][:8*taps], lanes[(q*n.c+c)*8*taps:][:8*taps]
				for l := range 8 {
					for k, v := range from[l*taps : (l+1)*taps] {
						to[8*(taps-1-k)+l] = v
					}
				}
			}
		}
	})
}

// transformLanes transforms a few groups of 8 output channels at a time; lay
// lays the kernels of groups from channel o on out as [group][c][tap][8].
func (n *winograd) transformLanes(dst []float32, lay func(lanes []float32, o, groups int)) {
	if n.out%16 != 0 { // the second half of the last panel stays empty
		clear(dst)
	}
	transform := isa.winogradKernel
	if n.kernel == 5 {
		transform = isa.winogradKernel5
	}
	all, k := n.out/8, n.c*n.taps()*8
	few := min(4, max(1, all/8))
	each((all+few-1)/few, func(j int) {
		first := j * few
		groups := min(few, all-first)
		lanes, tmp := borrow(groups*k), borrow(36*8)
		lay(lanes, 8*first, groups)
		for q := range groups {
			g := first + q
			transform(&lanes[q*k], &dst[(g/2)*n.c*16+g%2*8], n.stride(), n.c, &tmp[0])
		}
		giveBack(lanes)
		giveBack(tmp)
	})
}

// blocks returns how many blocks the rows of tiles of all images are cut into,
// so that the transformed tiles of one stay in the cache, or, where the weights
// do not fit it, are many for each time the weights are read.
func (n *winograd) blocks() int {
	bytes := 1 << 20
	if n.c+n.out >= 768 {
		bytes = 8 << 20
	}
	rows := n.n * n.th
	per := max(1, bytes/(36*4*n.tw*(n.c+n.panels()*16)), (24+n.tw-1)/n.tw)
	return (rows + per - 1) / per
}

// run computes y from x and transformed weights.
func (n *winograd) run(y, x, u []float32, out outlet) {
	rows, blocks := n.n*n.th, n.blocks()
	if t := Threads(); t > 1 && blocks < 4*t {
		// few blocks: all threads share one after the other, and the weights are read once
		for k := range blocks {
			b := n.block(u, rows*k/blocks, rows*(k+1)/blocks)
			each((n.c+15)/16, func(i int) { b.in(x, 16*i, min(n.c, 16*i+16)) })
			each(36, func(i int) { b.multiply(i) })
			each(n.panels(), func(i int) { b.leave(y, out, 16*i, min(n.out, 16*i+16)) })
			b.end()
		}
		return
	}
	each(blocks, func(k int) {
		b := n.block(u, rows*k/blocks, rows*(k+1)/blocks)
		b.in(x, 0, n.c)
		for i := range 36 {
			b.multiply(i)
		}
		b.leave(y, out, 0, n.out)
		b.end()
	})
}

// A winogradBlock is rows [r0,r1) of tiles, counted over all images.
type winogradBlock struct {
	*winograd
	r0, r1 int
	tiles  int
	vt, mt int // floats from one tile to the next: no power of two, whose rows fall on the same cache lines
	vs, ms int // floats from one of the 36 positions to the next
	u      []float32
	v, m   []float32 // transformed inputs [36][tile][c], products [36][tile][channels of panels]
}

func (n *winograd) block(u []float32, r0, r1 int) *winogradBlock {
	b := &winogradBlock{winograd: n, r0: r0, r1: r1, tiles: (r1 - r0) * n.tw, u: u}
	b.vt, b.mt = n.c+16, n.panels()*16+16
	b.vs, b.ms = b.tiles*b.vt+16, b.tiles*b.mt+16
	b.v, b.m = borrow(36*b.vs+64), borrow(36*b.ms+64)
	return b
}

func (b *winogradBlock) end() { giveBack(b.v); giveBack(b.m) }

// images calls f for each part of the block that lies in one image: rows
// [a,e) of tiles of image i, the first of them tile t of the block.
func (b *winogradBlock) images(f func(i, a, e, t int)) {
	t := 0
	for r := b.r0; r < b.r1; {
		i, a := r/b.th, r%b.th
		e := min(b.th, a+b.r1-r)
		f(i, a, e, t)
		t += (e - a) * b.tw
		r += e - a
	}
}

// in transforms channels [c0,c1), two groups of 8 at a time: the lines they
// share are written whole.
func (b *winogradBlock) in(x []float32, c0, c1 int) {
	transform := isa.winogradIn
	if b.side == 2 {
		transform = isa.winogradIn2
	}
	high := (b.side*(b.r1-b.r0-1) + 6) * b.wp * 8
	strip, tmp := borrow(2*high), borrow(36*8)
	defer giveBack(strip)
	defer giveBack(tmp)
	b.images(func(i, a, e, t int) {
		for c := c0; c < c1; c += 16 {
			groups := min(2, (c1-c)/8)
			for q := range groups {
				b.strip(strip[q*high:], x[i*b.nextX+(c+8*q)*b.h*b.w:], a, e)
			}
			for r := a; r < e; r++ {
				for tx := 0; tx < b.tw; tx += 8 {
					for q := range groups {
						transform(&strip[q*high+b.side*((r-a)*b.wp+tx)*8], b.wp*8,
							&b.v[(t+(r-a)*b.tw+tx)*b.vt+c+8*q], b.vs, b.vt, min(8, b.tw-tx), &tmp[0])
					}
				}
			}
		}
	})
}

// strip lays the input rows of tile rows [a,e) out as pixels of 8 channels,
// with the padding around them.
func (b *winogradBlock) strip(dst, x []float32, a, e int) {
	inner := min(b.w, b.wp-b.left)
	for i := range b.side*(e-a-1) + 6 {
		row := dst[i*b.wp*8 : (i+1)*b.wp*8]
		h := b.side*a - b.top + i
		if h < 0 || h >= b.h {
			clear(row)
			continue
		}
		clear(row[:b.left*8])
		lanesIn(row[b.left*8:], 8, x[h*b.w:], b.h*b.w, inner)
		clear(row[(b.left+inner)*8:])
	}
}

// multiply does the matrix product of position i, in blocks of channels whose
// panel stays in the first cache.
func (b *winogradBlock) multiply(i int) {
	groups := (b.tiles + isa.tileRows - 1) / isa.tileRows
	depth := blockDepth(b.c, deepBlock)
	for p := range b.panels() {
		for c := 0; c < b.c; c += depth {
			u := b.u[i*b.stride()+16*(p*b.c+c):]
			for g := range groups { // each fetches its part of the next panel
				lo, hi := b.tiles*g/groups, b.tiles*(g+1)/groups
				isa.rows16[hi-lo](min(depth, b.c-c), &b.v[i*b.vs+lo*b.vt+c], b.vt, &u[0], &b.m[i*b.ms+lo*b.mt+16*p], b.mt, min(c, 1),
					&u[min(16*depth*(groups+g)/groups, len(u)-1)], 64/groups)
			}
		}
	}
}

// leave transforms output channels [o0,o1) back into the planes of y, up to 32
// pixels of a row of tiles at a time.
func (b *winogradBlock) leave(y []float32, out outlet, o0, o1 int) {
	transform := isa.winogradOut
	if b.side == 2 {
		transform = isa.winogradOut2
	}
	const wide = 32
	plane := b.oh * b.ow
	buf, tmp := borrow(4*wide*8), borrow(36*8)
	defer giveBack(buf)
	defer giveBack(tmp)
	b.images(func(i, a, e, t int) {
		for r := a; r < e; r++ {
			for o := o0; o < o1; o += 8 {
				for q := 0; q < b.ow; q += wide {
					tx, n := q/b.side, min(wide, b.ow-q)
					transform(&b.m[(t+(r-a)*b.tw+tx)*b.mt+o], b.ms, b.mt, &buf[0], wide*8, 8, min(wide/b.side, b.tw-tx), &tmp[0])
					for j := range min(b.side, b.oh-b.side*r) {
						to := y[i*b.nextY+o*plane+(b.side*r+j)*b.ow+q:]
						if out.add {
							out.through(to, plane, buf[j*wide*8:], 8, n, 8, o)
						} else {
							lanesOut(to, plane, buf[j*wide*8:], 8, n, out.bias[o:], out.floor)
						}
					}
				}
			}
		}
	})
}
