package compute

// Convolutions to at most 8 channels: the first layer of a small network, and
// the gradient of a small network's input. Lanes that were channels would be
// half empty, so they are pixels here: two vectors of 8 neighbours of a row,
// the last of a row overlapping those before it, for all channels at once.

// A few is a direct convolution done that way.
type few struct {
	*direct
	step  int     // floats from row to row of the frame; rows share the zeros between them
	size  int     // floats of a channel's frame
	tiles int     // of channels
	spots []int32 // where the taps read, as offs
}

// fewOf returns d as a convolution to few channels, if it is one.
func fewOf(d *direct) (*few, bool) {
	if d.out > 8 || d.ow < 8 || d.w < 8 || d.strideW != 1 || d.spreadW != 1 || d.spreadH != 1 || d.top < 0 || d.left < 0 {
		return nil, false
	}
	f := &few{direct: d, step: d.w, tiles: (d.out + 5) / 6}
	if right := d.wp - d.left - d.w; d.copied {
		f.step = max(d.w+d.left, d.w+right, d.ow)
	}
	f.size = d.hp*f.step + d.left
	for u := range d.kh {
		for c := range d.c {
			for v := range d.kw {
				f.spots = append(f.spots, int32(4*(c*f.size+u*d.dilationH*f.step+v*d.dilationW)))
			}
		}
	}
	return f, true
}

// tile returns the channels of tile i.
func (f *few) tile(i int) (o0, o1 int) { return f.out * i / f.tiles, f.out * (i + 1) / f.tiles }

// Packed weights lie as [tile][tap][channel], taps in the order of spots.

// pack packs the weights w[out][c][kh][kw] of a forward convolution, or
// w[c][out][kh][kw], read backwards, for the gradient of the input.
func (f *few) pack(dst, w []float32, flipped bool) {
	taps := f.kh * f.kw
	for i := range f.tiles {
		o0, o1 := f.tile(i)
		for u := range f.kh {
			for c := range f.c {
				for v := range f.kw {
					for o := o0; o < o1; o++ {
						at := (o*f.c+c)*taps + u*f.kw + v
						if flipped {
							at = (c*f.out+o)*taps + taps - 1 - u*f.kw - v
						}
						dst[0] = w[at]
						dst = dst[1:]
					}
				}
			}
		}
	}
}

// run computes y from x and packed weights.
func (f *few) run(y, x, packed []float32, out outlet) {
	if f.n >= Threads() {
		each(f.n, func(i int) {
			img := f.image(x[i*f.nextX:])
			f.rows(y[i*f.nextY:], img, packed, out, 0, f.oh)
			f.done(img)
		})
		return
	}
	for i := range f.n {
		img := f.image(x[i*f.nextX:])
		For(f.oh, grainFor(f.ow*f.out*f.taps()/8), func(lo, hi int) { f.rows(y[i*f.nextY:], img, packed, out, lo, hi) })
		f.done(img)
	}
}

// image returns the image as the taps read it. Rows above and below it hold
// anything: no tap that reads them is taken.
func (f *few) image(x []float32) []float32 {
	if !f.copied {
		return x
	}
	img := borrow(f.c*f.size + 8)
	for c := range f.c {
		f.lay(img[c*f.size:], x[c*f.h*f.w:])
	}
	return img
}

func (f *few) done(img []float32) {
	if f.copied {
		giveBack(img)
	}
}

// lay writes one channel into its frame and returns where the zeros behind it end.
func (f *few) lay(frame, x []float32) (end int) {
	begin := f.top*f.step + f.left
	rows := min(f.h, f.hp-f.top)
	if rows <= 0 {
		return 0
	}
	clear(frame[f.top*f.step : begin])
	isa.copyRows(&x[0], f.w, &frame[begin], f.step, rows)
	return begin + rows*f.step
}

// rows computes output rows [r0,r1) of one image.
func (f *few) rows(y, img, packed []float32, out outlet, r0, r1 int) {
	plane := f.oh * f.ow
	for r := r0; r < r1; r++ {
		if !out.add {
			f.row(y[r*f.ow:], plane, img, packed, out, r)
			continue
		}
		sums := borrow(f.out * f.ow)
		f.row(sums, f.ow, img, packed, out, r)
		for o := range f.out {
			axpy(y[o*plane+r*f.ow:][:f.ow], sums[o*f.ow:(o+1)*f.ow], 1)
		}
		giveBack(sums)
	}
}

// row computes row r of all channels, ld floats apart.
func (f *few) row(y []float32, ld int, img, packed []float32, out outlet, r int) {
	lo, hi := f.reach(r)
	if hi <= lo {
		lo, hi = 0, 0
	}
	for i := range f.tiles {
		o0, o1 := f.tile(i)
		w := &packed[(f.taps()*o0 + lo*(o1-o0))]
		for q := 0; q < f.ow; q += 16 {
			q0, q1 := min(q, f.ow-8), min(q+8, f.ow-8)
			isa.maps[o1-o0](hi-lo, &img[r*f.strideH*f.step+q0], q1-q0, &f.spots[lo], w, &y[o0*ld+q0], ld, &out.bias[o0], out.floor)
		}
	}
}

// The gradient of the weights towards few channels is, for every tap, the
// product of the output gradient with the input it meets, pixels as lanes, over
// whole maps: both lie in rows of the same length, with zeros behind those of
// the output gradient.

// weights computes dw[out][c][kh][kw] from dy and x; strideH is 1. Images are
// summed in at most 8 groups, whatever the number of threads.
func (f *few) weights(dw, dy, x []float32, add bool) {
	groups := min(f.n, 8)
	size := (f.taps() + 1) / 2 * 16 * f.out
	sums := borrow(groups * size)
	each(groups, func(i int) {
		s := sums[i*size : (i+1)*size]
		clear(s)
		f.sum(s, dy, x, f.n*i/groups, f.n*(i+1)/groups)
	})
	for i := 1; i < groups; i++ {
		axpy(sums[:size], sums[i*size:(i+1)*size], 1)
	}
	f.leave(dw, sums, add)
	giveBack(sums)
}

// sum adds up images [n0,n1), as [tile][two taps][channel][lane].
func (f *few) sum(sums, dy, x []float32, n0, n1 int) {
	cells := ((f.oh-1)*f.step + f.ow + 7) / 8 * 8
	frame, grad := borrow(f.c*f.size+8), borrow(f.out*cells+8)
	defer giveBack(frame)
	defer giveBack(grad)
	for n := n0; n < n1; n++ {
		for c := range f.c {
			to := frame[c*f.size:]
			clear(to[:f.top*f.step])
			end := f.lay(to, x[n*f.nextX+c*f.h*f.w:])
			clear(to[min(end, f.size) : f.size+8])
		}
		for o := range f.out {
			isa.copyRows(&dy[n*f.nextY+o*f.oh*f.ow], f.ow, &grad[o*cells], f.step, f.oh)
			clear(grad[o*cells+(f.oh-1)*f.step+f.ow : (o+1)*cells])
		}
		f.taps2(sums, frame, grad, cells)
	}
}

// taps2 adds one image, two taps at a time; an odd last one stands for two.
func (f *few) taps2(sums, frame, grad []float32, cells int) {
	for i := range f.tiles {
		o0, o1 := f.tile(i)
		for k := 0; k < f.taps(); k += 2 {
			a, b := int(f.spots[k])/4, int(f.spots[min(k+1, f.taps()-1)])/4
			isa.pairs[o1-o0](cells/8, &grad[o0*cells], cells, &frame[a], b-a, &sums[0])
			sums = sums[16*(o1-o0):]
		}
	}
}

// leave adds up the lanes and writes dw.
func (f *few) leave(dw, sums []float32, add bool) {
	for i := range f.tiles {
		o0, o1 := f.tile(i)
		for k := range f.taps() {
			u, c, v := k/(f.c*f.kw), k/f.kw%f.c, k%f.kw
			for o := o0; o < o1; o++ {
				l := (*[8]float32)(sums)
				store(dw, ((o*f.c+c)*f.kh+u)*f.kw+v, ((l[0]+l[1])+(l[2]+l[3]))+((l[4]+l[5])+(l[6]+l[7])), add)
				sums = sums[8:]
			}
		}
		sums = sums[f.taps()%2*8*(o1-o0):]
	}
}
