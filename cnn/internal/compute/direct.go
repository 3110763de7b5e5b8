package compute

import "math"

// The direct convolution. The lanes of the vectors are output channels, so
// short rows and small maps waste nothing: weights are packed into panels of
// 16 output channels, and the image is read by broadcasts where it lies,
// through a table with the offset of every tap. Nothing is unrolled into
// columns (im2col); only an image with padding is copied once, into a frame of
// zeros. A tile of pixels × channels is transposed on its way out, where the
// bias is added and the rectifier applied.

// A direct is one group of a convolution: how the output reads the frame, and
// where the image stands in it. The gradient of the input is one as well, of
// the output gradient with flipped weights; there stride becomes spread, the
// distance of the image's cells in the frame.
type direct struct {
	n, c, h, w           int // images, channels, rows and columns of the input
	out, kh, kw          int
	strideH, strideW     int
	dilationH, dilationW int
	top, left            int // where the image begins in the frame; negative cuts it
	spreadH, spreadW     int
	oh, ow               int
	nextX, nextY         int // floats from one image to the next

	hp, wp int // the frame
	copied bool
	depth  int // taps of a block
	offs   []int32
	few    *few // the same for few channels, or nil
}

// forward returns one group of g as a direct convolution.
func (g *Conv) forward() direct {
	d := direct{
		n: g.N, c: g.C / g.Groups, h: g.H, w: g.W, out: g.Out / g.Groups, kh: g.Kh, kw: g.Kw,
		strideH: g.StrideH, strideW: g.StrideW, dilationH: g.DilationH, dilationW: g.DilationW,
		top: g.Top, left: g.Left, spreadH: 1, spreadW: 1, oh: g.OutH(), ow: g.OutW(),
	}
	d.nextX, d.nextY = g.C*g.H*g.W, g.Out*d.oh*d.ow
	return d.finish()
}

// backward returns the gradient of one group's input as a direct convolution
// of the output gradient.
func (g *Conv) backward() direct {
	d := direct{
		n: g.N, c: g.Out / g.Groups, h: g.OutH(), w: g.OutW(), out: g.C / g.Groups, kh: g.Kh, kw: g.Kw,
		strideH: 1, strideW: 1, dilationH: g.DilationH, dilationW: g.DilationW,
		top: g.DilationH*(g.Kh-1) - g.Top, left: g.DilationW*(g.Kw-1) - g.Left,
		spreadH: g.StrideH, spreadW: g.StrideW, oh: g.H, ow: g.W,
	}
	d.nextX, d.nextY = g.Out*d.h*d.w, g.C*g.H*g.W
	return d.finish()
}

// finish derives frame, panels, blocks and offsets.
func (d direct) finish() direct {
	d.hp = (d.oh-1)*d.strideH + (d.kh-1)*d.dilationH + 1
	d.wp = (d.ow-1)*d.strideW + (d.kw-1)*d.dilationW + 1
	d.copied = d.top != 0 || d.left != 0 || d.spreadH > 1 || d.spreadW > 1 || d.hp > d.h || d.wp > d.w
	if !d.copied {
		d.hp, d.wp = d.h, d.w
	}
	d.depth = blockDepth(d.taps(), deepBlock)
	if !d.packs() && (d.oh*d.ow <= 64 || d.kh*d.kw == 1) { // every tap is a cache line of the image too
		d.depth = blockDepth(d.taps(), deepBlock/2)
	}
	d.offs = make([]int32, 0, d.taps())
	for u := range d.kh {
		for c := range d.c {
			for v := range d.kw {
				d.offs = append(d.offs, int32(4*((c*d.hp+u*d.dilationH)*d.wp+v*d.dilationW)))
			}
		}
	}
	return d
}

// plan returns d with the way for few channels, where it is one.
func (d direct) plan() *direct {
	d.few, _ = fewOf(&d)
	return &d
}

// blockDepth cuts a sum of n products into equal blocks of at most most.
func blockDepth(n, most int) int {
	blocks := (n + most - 1) / most
	return (n + blocks - 1) / blocks
}

// deepBlock is how many products of a panel of 16 stay in the first cache.
const deepBlock = 256

const panel = 16 // channels of a panel

func (d *direct) taps() int   { return d.c * d.kh * d.kw }
func (d *direct) panels() int { return (d.out + panel - 1) / panel }

// flat tells whether pixels can be taken one after the other, over the ends of rows.
func (d *direct) flat() bool {
	return d.kh*d.kw == 1 && !d.copied && d.strideH == 1 && d.strideW == 1 && d.w == d.ow
}

// packs tells whether the pixels are packed by six for the tile of the matrix
// product: where it is the set's best, few of its rows stay empty and there are
// enough panels to pay for the packing.
func (d *direct) packs() bool {
	return d.flat() && isa.tileRows == 6 && d.oh*d.ow >= 96 && d.out >= 96
}

// Packed weights lie as [block][panel][tap][16], the taps of a block in the
// order kernel row, channel, kernel column.

// pack packs the weights w[out][c][kh][kw] of a forward convolution.
func (d *direct) pack(dst, w []float32) {
	each(d.panels(), func(p int) {
		k := d.taps()
		tmp := borrow(8 * k)
		defer giveBack(tmp)
		for h := 0; h < panel; h += 8 {
			o := p*panel + h
			planesToLanes(tmp, w[min(o, d.out)*k:], k, k, d.out-o)
			d.scatter(dst, tmp, p, h)
		}
	})
}

// planesToLanes writes n cells of up to 8 planes, next floats apart, as lanes;
// planes from have on are zero.
func planesToLanes(dst, src []float32, next, n, have int) {
	if have >= 8 {
		lanesIn(dst, 8, src, next, n)
		return
	}
	for i := range n {
		lane := dst[8*i : 8*i+8]
		for j := range lane {
			lane[j] = 0
			if j < have {
				lane[j] = src[j*next+i]
			}
		}
	}
}

// scatter moves lanes h … h+7 of panel p from the order of w to that of the blocks.
func (d *direct) scatter(dst, tmp []float32, p, h int) {
	k := 0
	for u := range d.kh {
		for c := range d.c {
			for v := range d.kw {
				at := (c*d.kh+u)*d.kw + v
				copy(dst[d.place(p, k)+h:][:8], tmp[8*at:8*at+8])
				k++
			}
		}
	}
}

// place returns where tap k of panel p lies in the packed weights.
func (d *direct) place(p, k int) int {
	block := k / d.depth * d.depth
	depth := min(d.depth, d.taps()-block)
	return d.panels()*panel*block + panel*(p*depth+k-block)
}

// packFlipped packs the weights w[c][out][kh][kw] for the gradient of the
// input: c and out are this convolution's, the taps are read backwards.
func (d *direct) packFlipped(dst, w []float32) {
	taps := d.kh * d.kw
	each(d.panels(), func(p int) {
		first := p * panel
		n := min(panel, d.out-first)
		for u := range d.kh {
			for c := range d.c {
				for v := range d.kw {
					lane := dst[d.place(p, (u*d.c+c)*d.kw+v):][:panel]
					clear(lane[n:])
					src := w[(c*d.out+first)*taps+(d.kh-1-u)*d.kw+d.kw-1-v:]
					for j := range lane[:n] {
						lane[j] = src[j*taps]
					}
				}
			}
		}
	})
}

// frame copies channels [c0,c1) of an image into the frame.
func (d *direct) frame(dst, x []float32, c0, c1 int) {
	r0, r1 := inside(d.top, d.spreadH, d.h, d.hp)
	q0, q1 := inside(d.left, d.spreadW, d.w, d.wp)
	for c := c0; c < c1; c++ {
		plane := dst[c*d.hp*d.wp : (c+1)*d.hp*d.wp]
		clear(plane)
		if q0 == q1 {
			continue // the image lies beside the frame
		}
		for r := r0; r < r1; r++ {
			row := x[(c*d.h+r)*d.w:][:d.w]
			at := (d.top+r*d.spreadH)*d.wp + d.left
			if d.spreadW == 1 {
				copy(plane[at+q0:], row[q0:q1])
				continue
			}
			for q := q0; q < q1; q++ {
				plane[at+q*d.spreadW] = row[q]
			}
		}
	}
}

// inside returns which of n cells, spread apart from start, lie in [0,size).
func inside(start, spread, n, size int) (lo, hi int) {
	if start < 0 {
		lo = (-start + spread - 1) / spread
	}
	if last := size - 1 - start; last >= 0 {
		hi = min(n, last/spread+1)
	}
	return min(lo, hi), hi
}

// reach returns the taps whose rows touch the image for output row i; the
// others would only add zeros.
func (d *direct) reach(i int) (lo, hi int) {
	if !d.copied {
		return 0, d.taps()
	}
	first := i * d.strideH
	u0 := 0
	for u0 < d.kh && first+u0*d.dilationH < d.top {
		u0++
	}
	u1 := d.kh
	for u1 > u0 && first+(u1-1)*d.dilationH > d.top+(d.h-1)*d.spreadH {
		u1--
	}
	return u0 * d.c * d.kw, u1 * d.c * d.kw
}

// An outlet is what happens to a tile on its way to the output.
type outlet struct {
	bias  []float32 // of whole groups of 8 channels
	floor float32
	add   bool
}

func newOutlet(bias []float32, channels int, relu, add bool) outlet {
	o := outlet{floor: float32(math.Inf(-1)), add: add}
	switch whole := (channels + 7) / 8 * 8; {
	case bias == nil && whole <= len(zeros):
		o.bias = zeros[:whole]
	case len(bias) == whole:
		o.bias = bias
	default:
		o.bias = make([]float32, whole)
		copy(o.bias, bias)
	}
	if relu {
		o.floor = 0
	}
	return o
}

var zeros [2048]float32

// run computes y from x and packed weights.
func (d *direct) run(y, x, packed []float32, out outlet) {
	blocks, parts := d.cut()
	if d.n >= Threads() {
		each(d.n, func(i int) {
			img, done := d.image(x[i*d.nextX:])
			defer done()
			for b := range blocks {
				d.work(img, packed, y[i*d.nextY:], out, d.first(b, blocks), d.first(b+1, blocks), 0, d.panels())
			}
		})
		return
	}
	for i := range d.n {
		img, done := d.image(x[i*d.nextX:])
		each(blocks*parts, func(j int) {
			b, q := j/parts, j%parts
			d.work(img, packed, y[i*d.nextY:], out, d.first(b, blocks), d.first(b+1, blocks), d.panels()*q/parts, d.panels()*(q+1)/parts)
		})
		done()
	}
}

// cut returns into how many blocks the rows (pixels, when flat) are cut, whose
// tiles stay in the second cache, and into how many parts the panels, so that
// there is work for every thread. Pixels that are packed are for one job alone.
func (d *direct) cut() (blocks, parts int) {
	rows, length, least, most := d.oh, d.ow, 1, math.MaxInt
	if d.flat() {
		rows, length, least = d.oh*d.ow, 1, 48
	}
	if d.packs() {
		least, most = 24, 192
	}
	per := min(most, max(least, (96<<10)/4/(d.panels()*panel)/length))
	blocks, parts = (rows+per-1)/per, 1
	if d.packs() && d.n < Threads() {
		blocks = max(blocks, min(4*Threads(), rows/least))
	}
	for blocks*parts < 4*Threads() && 2*parts <= d.panels() {
		parts *= 2
	}
	return blocks, parts
}

// first returns the first row (or pixel) of a block.
func (d *direct) first(block, blocks int) int {
	switch pixels := d.oh * d.ow; {
	case d.packs():
		return min(pixels, (pixels+5)/6*block/blocks*6)
	case d.flat():
		return pixels * block / blocks
	}
	return d.oh * block / blocks
}

// image returns the image as the taps read it, framed where needed.
func (d *direct) image(x []float32) (img []float32, done func()) {
	if !d.copied {
		return x, func() {}
	}
	f := borrow(d.c * d.hp * d.wp)
	For(d.c, grainFor(d.hp*d.wp), func(lo, hi int) { d.frame(f, x, lo, hi) })
	return f, func() { giveBack(f) }
}

// work computes rows [r0,r1) (pixels, when flat) of panels [p0,p1) of one image.
func (d *direct) work(img, packed, y []float32, out outlet, r0, r1, p0, p1 int) {
	length := d.ow
	if d.flat() {
		length = 1
	}
	ld := (p1-p0)*panel + 16
	tile := borrow(((r1-r0)*length+5)*ld + 64)
	defer giveBack(tile)
	var left []float32 // pixels packed by six
	if d.packs() {
		left = borrow((r1-r0+5)*d.depth + 8)
		defer giveBack(left)
	}
	for k := 0; k < d.taps(); k += d.depth {
		depth := min(d.depth, d.taps()-k)
		if left != nil {
			d.packPixels(left, img, k, depth, r0, r1)
		}
		for p := p0; p < p1; p++ {
			b := packed[d.panels()*panel*k+panel*p*depth:]
			t := tile[(p-p0)*panel:]
			if left != nil {
				tilesOf6((r1-r0+5)/6, depth, left, b, t, ld, min(k, 1))
				continue
			}
			if d.flat() {
				d.pixels(img[r0:], b, t, ld, k, depth, r1-r0)
				continue
			}
			for r := r0; r < r1; r++ {
				d.row(img, b, t[(r-r0)*length*ld:], ld, k, depth, r)
			}
		}
	}
	d.leave(tile, ld, y, out, r0*length, (r1-r0)*length, p0*panel, min(p1*panel, d.out))
}

// packPixels packs channels [k,k+depth) of pixels [r0,r1) as [six pixels][channel][6];
// pixels that are missing are zero.
func (d *direct) packPixels(dst, img []float32, k, depth, r0, r1 int) {
	plane := d.h * d.w
	for r := r0; r < r1; r += 6 {
		if (k+depth-1)*plane+r+8 <= d.c*plane && r+6 <= r1 {
			// eight lanes are copied where six count; the next ones follow over them
			isa.pack6(&img[k*plane+r], plane, &dst[(r-r0)*depth], depth)
			continue
		}
		for i := range depth {
			to := dst[(r-r0)*depth+6*i:][:6]
			clear(to[copy(to, img[(k+i)*plane+r:(k+i)*plane+min(r+6, r1)]):])
		}
	}
}

// pixels adds taps [k,k+depth) for n pixels of a 1×1 convolution.
func (d *direct) pixels(img, b, tile []float32, ld, k, depth, n int) {
	groups := (n + isa.tileRows - 1) / isa.tileRows
	for i := range groups {
		lo, hi := n*i/groups, n*(i+1)/groups
		isa.rows16at[hi-lo](depth, &img[lo], 1, &d.offs[k], &b[0], &tile[lo*ld], ld, min(k, 1))
	}
}

// row adds those of the taps [k,k+depth) that matter for output row r.
func (d *direct) row(img, b, tile []float32, ld, k, depth, r int) {
	first, last := d.reach(r)
	lo, hi := max(k, first), min(k+depth, last)
	if lo >= hi {
		if k == 0 && first >= last { // no tap touches the image
			for i := range d.ow {
				clear(tile[i*ld : i*ld+panel])
			}
		}
		return
	}
	add := 0
	if lo > first {
		add = 1
	}
	base := r * d.strideH * d.wp
	groups := (d.ow + isa.tileRows - 1) / isa.tileRows
	for i := range groups {
		a, e := d.ow*i/groups, d.ow*(i+1)/groups
		isa.rows16at[e-a](hi-lo, &img[base+a*d.strideW], d.strideW, &d.offs[lo], &b[(lo-k)*panel], &tile[a*ld], ld, add)
	}
}

// leave writes n pixels of channels [o0,o1) from the tile to the planes of y.
func (d *direct) leave(tile []float32, ld int, y []float32, out outlet, first, n, o0, o1 int) {
	plane := d.oh * d.ow
	for o := o0; o < o1; o += 8 {
		lanes := min(8, o1-o)
		if lanes == 8 && !out.add {
			lanesOut(y[o*plane+first:], plane, tile[o-o0:], ld, n, out.bias[o:], out.floor)
			continue
		}
		out.through(y[o*plane+first:], plane, tile[o-o0:], ld, n, lanes, o)
	}
}

// through writes fewer than 8 channels, by way of a buffer, or adds.
func (out outlet) through(y []float32, plane int, tile []float32, ld, n, lanes, o int) {
	if lanes == 8 {
		lanesAdd(y, plane, tile, ld, n)
		return
	}
	buf := borrow(8 * n)
	defer giveBack(buf)
	lanesOut(buf, n, tile, ld, n, out.bias[o:], out.floor)
	for j := range lanes {
		if out.add {
			axpy(y[j*plane:][:n], buf[j*n:(j+1)*n], 1)
		} else {
			copy(y[j*plane:], buf[j*n:(j+1)*n])
		}
	}
}

// lanesAdd adds n pixels of 8 lanes, ss floats apart, to 8 planes, ds apart.
func lanesAdd(dst []float32, ds int, src []float32, ss, n int) {
	whole := n / 8 * 8
	if whole > 0 {
		isa.transposeAdd(&src[0], ss, &dst[0], ds, n/8)
	}
	for j := range 8 {
		for i := whole; i < n; i++ {
			dst[j*ds+i] += src[i*ss+j]
		}
	}
}

// lanesOut writes n pixels of 8 lanes, ss floats apart, as 8 planes, ds apart.
func lanesOut(dst []float32, ds int, src []float32, ss, n int, bias []float32, floor float32) {
	if n >= 8 {
		isa.transposeOut(&src[0], ss, &dst[0], ds, n/8, &bias[0], floor)
		if n%8 != 0 { // the last 8 again, overlapping
			isa.transposeOut(&src[(n-8)*ss], ss, &dst[n-8], ds, 1, &bias[0], floor)
		}
		return
	}
	for j := range 8 {
		for i := range n {
			dst[j*ds+i] = max(src[i*ss+j]+bias[j], floor)
		}
	}
}

// lanesIn writes n cells of 8 planes, ss apart, as pixels of 8 lanes, ds apart.
func lanesIn(dst []float32, ds int, src []float32, ss, n int) {
	if n >= 8 {
		isa.transposeIn(&src[0], ss, &dst[0], ds, n/8)
		if n%8 != 0 {
			isa.transposeIn(&src[n-8], ss, &dst[(n-8)*ds], ds, 1)
		}
		return
	}
	for i := range n {
		for j := range 8 {
			dst[i*ds+j] = src[j*ss+i]
		}
	}
}
