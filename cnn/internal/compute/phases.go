package compute

// The gradient of the input of a convolution with strides. Row r of the input,
// r + Top = q·StrideH + a, meets the taps a, a + StrideH, a + 2·StrideH … only:
// the rows of one phase a are a convolution of the output gradient with every
// StrideH-th tap and stride 1. All phases of rows and columns are channels of
// one such convolution, whose maps are then put between each other (Shi et al.,
// "Is the deconvolution layer the same as a convolutional layer?", 2016).

// A phases is one group of such a gradient.
type phases struct {
	*direct      // from the output gradient to the channels [row phase][column phase][channel]
	g            Conv
	channels     int
	rows, cols   int // phases that have taps
	fromH, fromW int // q of the first row and column of the maps
}

// phases returns the gradient of one group's input in phases; no dilation.
func (g *Conv) phases() *phases {
	p := &phases{g: *g, channels: g.C / g.Groups, rows: min(g.StrideH, g.Kh), cols: min(g.StrideW, g.Kw), fromH: g.Top / g.StrideH, fromW: g.Left / g.StrideW}
	kh, kw := (g.Kh+g.StrideH-1)/g.StrideH, (g.Kw+g.StrideW-1)/g.StrideW
	d := direct{
		n: g.N, c: g.Out / g.Groups, h: g.OutH(), w: g.OutW(), out: p.channels * p.rows * p.cols, kh: kh, kw: kw,
		strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, spreadH: 1, spreadW: 1,
		top: kh - 1 - p.fromH, left: kw - 1 - p.fromW,
		oh: (g.H-1+g.Top)/g.StrideH - p.fromH + 1, ow: (g.W-1+g.Left)/g.StrideW - p.fromW + 1,
	}
	d.nextX, d.nextY = g.Out*d.h*d.w, d.out*d.oh*d.ow
	p.direct = d.finish().plan()
	return p
}

func (g *Conv) planPhases() *phases {
	return planned(&plans.phases, &plans.Mutex, planKey{*g, isa.name, true}, g.phases)
}

// run computes or adds to dx from dy and w[c][channel][Kh][Kw] of group i.
func (p *phases) run(dx, dy, w []float32, add bool) {
	sub, maps := borrow(p.c*p.out*p.kh*p.kw), borrow(p.n*p.nextY)
	defer giveBack(sub)
	defer giveBack(maps)
	p.pick(sub, w)
	p.convolve(maps, dy, sub, newOutlet(nil, p.out, false, false), nil, 0, true)
	For(p.n*p.channels, grainFor(p.g.H*p.g.W), func(lo, hi int) {
		for j := lo; j < hi; j++ {
			i, c := j/p.channels, j%p.channels
			p.shuffle(dx[(i*p.g.C+c)*p.g.H*p.g.W:], maps[i*p.nextY:], c, add)
		}
	})
}

// pick sorts the taps by phases; where a phase has fewer the last is zero.
func (p *phases) pick(sub, w []float32) {
	clear(sub)
	g := &p.g
	for c := range p.c {
		for o := range p.channels {
			for u := range g.Kh {
				for v := range g.Kw {
					a, b := u%g.StrideH, v%g.StrideW
					at := (c*p.out+(a*p.cols+b)*p.channels+o)*p.kh + u/g.StrideH
					sub[at*p.kw+v/g.StrideW] = w[((c*p.channels+o)*g.Kh+u)*g.Kw+v]
				}
			}
		}
	}
}

// shuffle puts the maps of channel c between each other.
func (p *phases) shuffle(dx, maps []float32, c int, add bool) {
	g := &p.g
	for r := range g.H {
		row := dx[r*g.W : (r+1)*g.W]
		if !add {
			clear(row)
		}
		a, q := (r+g.Top)%g.StrideH, (r+g.Top)/g.StrideH-p.fromH
		if a >= p.rows {
			continue // no tap meets this row
		}
		for b := range p.cols {
			from := maps[(((a*p.cols+b)*p.channels+c)*p.oh+q)*p.ow:][:p.ow]
			for k, v := range from {
				if at := (k+p.fromW)*g.StrideW + b - g.Left; at >= 0 && at < g.W {
					row[at] += v
				}
			}
		}
	}
}
