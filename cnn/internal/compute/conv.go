package compute

import (
	"fmt"
	"os"
	"sync"
)

// method forces a way to convolve, for tests: CNN_CONV=direct leaves Winograd out.
var method = way(os.Getenv("CNN_CONV"))

// way refuses a name that would force nothing.
func way(name string) string {
	if name != "" && name != "winograd" && name != "direct" {
		panic(fmt.Sprintf("cnn: CNN_CONV=%s is no way to convolve; leave it empty or take winograd or direct", name))
	}
	return name
}

// plans keeps what follows from geometries alone, for the steps of a loop.
var plans struct {
	sync.Mutex
	direct  map[planKey]*direct
	weights map[planKey]*weightsGrad
	phases  map[planKey]*phases
}

type planKey struct {
	Conv
	isa      string
	backward bool
}

const mostPlans = 512

// planned returns the entry of a geometry, made the first time.
func planned[T any](plans *map[planKey]*T, mu *sync.Mutex, key planKey, make func() *T) *T {
	mu.Lock()
	defer mu.Unlock()
	if p, ok := (*plans)[key]; ok {
		return p
	}
	if *plans == nil || len(*plans) >= mostPlans {
		*plans = map[planKey]*T{}
	}
	p := make()
	(*plans)[key] = p
	return p
}

func (g *Conv) planForward() *direct {
	return planned(&plans.direct, &plans.Mutex, planKey{*g, isa.name, false}, func() *direct { return g.forward().plan() })
}

func (g *Conv) planBackward() *direct {
	return planned(&plans.direct, &plans.Mutex, planKey{*g, isa.name, true}, func() *direct { return g.backward().plan() })
}

func (g *Conv) planWeights() *weightsGrad {
	return planned(&plans.weights, &plans.Mutex, planKey{*g, isa.name, false}, func() *weightsGrad { return newWeightsGrad(g.forward()) })
}

// Forward computes y (N×Out×OutH×OutW) from x and w, adds bias[o] unless bias
// is nil, and replaces negative values by 0 when relu. cache belongs to w.
func (g *Conv) Forward(y, x, w, bias []float32, relu bool, cache *Cache) {
	d := g.planForward()
	for i := range g.Groups {
		var b []float32
		if bias != nil {
			b = bias[i*d.out : (i+1)*d.out]
		}
		d.convolve(y[i*d.out*d.oh*d.ow:], x[i*d.c*d.h*d.w:], w[i*d.out*d.taps():], newOutlet(b, d.out, relu, false), cache, i, false)
	}
}

// BackwardData computes the gradient of x from that of y:
//
//	dx[n,c,r,q] = Σ dy[n,o,i,j] · w[o,c′,u,v]   over all o, i, j, u, v that touch x[n,c,r,q]
//
// cache belongs to w.
func (g *Conv) BackwardData(dx, dy, w []float32, add bool, cache *Cache) {
	if (g.StrideH > 1 || g.StrideW > 1) && g.DilationH == 1 && g.DilationW == 1 {
		p := g.planPhases()
		for i := range g.Groups {
			p.run(dx[i*p.channels*g.H*g.W:], dy[i*p.c*p.h*p.w:], w[i*p.c*p.channels*g.Kh*g.Kw:], add)
		}
		return
	}
	d := g.planBackward()
	for i := range g.Groups {
		d.convolve(dx[i*d.out*d.oh*d.ow:], dy[i*d.c*d.h*d.w:], w[i*d.out*d.taps():], newOutlet(nil, d.out, false, add), cache, i, true)
	}
}

// convolve does one group, by Winograd where it applies.
func (d *direct) convolve(y, x, w []float32, out outlet, cache *Cache, group int, flipped bool) {
	if n, ok := winogradOf(d); ok {
		u := cache.lend(packedWeights{winogradTiles, flipped, group, n.c, n.out}, n.size())
		if u.fresh {
			if flipped {
				n.transformFlipped(u.data, w)
			} else {
				n.transform(u.data, w)
			}
			u.ready()
		}
		n.run(y, x, u.data, out)
		u.done()
		return
	}
	if f := d.few; f != nil {
		taps := cache.lend(packedWeights{fewTaps, flipped, group, f.c, f.out}, f.out*f.taps()+1024)
		if taps.fresh {
			f.pack(taps.data, w, flipped)
			taps.ready()
		}
		f.run(y, x, taps.data, out)
		taps.done()
		return
	}
	panels := cache.lend(packedWeights{directPanels, flipped, group, panel, d.depth}, d.panels()*panel*d.taps()+1024)
	if panels.fresh {
		if flipped {
			d.packFlipped(panels.data, w)
		} else {
			d.pack(panels.data, w)
		}
		panels.ready()
	}
	d.run(y, x, panels.data, out)
	panels.done()
}

// BackwardWeights computes the gradient of w from that of y:
//
//	dw[o,c′,u,v] = Σ dy[n,o,i,j] · x[n,c,i·StrideH−Top+u·DilationH, j·StrideW−Left+v·DilationW]
func (g *Conv) BackwardWeights(dw, dy, x []float32, add bool) {
	d := g.planForward()
	for i := range g.Groups {
		dw, dy, x := dw[i*d.out*d.taps():], dy[i*d.out*d.oh*d.ow:], x[i*d.c*d.h*d.w:]
		if n, ok := winogradOf(d); ok && n.kernel == 3 {
			(&winogradWeights{winograd: n}).run(dw, dy, x, add)
		} else if d.few != nil && d.strideH == 1 {
			d.few.weights(dw, dy, x, add)
		} else {
			g.planWeights().run(dw, dy, x, add)
		}
	}
}

// BackwardBias sums dy (N×channels×plane) over everything but the channel.
func BackwardBias(db, dy []float32, n, channels, plane int, add bool) {
	if plane == 1 {
		sumColumns(db, dy, n, channels, add)
		return
	}
	For(channels, grainFor(n*plane), func(lo, hi int) {
		for o := lo; o < hi; o++ {
			store(db, o, float32(sumPlanes(dy[o*plane:], n, channels*plane, plane)), add)
		}
	})
}

// sumColumns sums n rows of x, eight columns side by side.
func sumColumns(y, x []float32, n, columns int, add bool) {
	if alone(n * columns) {
		eightColumns(y, x, n, columns, 0, columns, add)
		return
	}
	For((columns+7)/8, grainFor(8*n), func(lo, hi int) { eightColumns(y, x, n, columns, 8*lo, min(8*hi, columns), add) })
}

func eightColumns(y, x []float32, n, columns, lo, hi int, add bool) {
	scratch := borrow(16)
	defer giveBack(scratch)
	lanes := asDoubles(scratch)
	for j := lo; j < hi; j += 8 {
		clear(lanes)
		have := min(8, columns-j)
		if have == 8 {
			isa.sums8(&x[j], columns, n, &lanes[0])
		} else {
			for i := range n {
				for l, v := range x[i*columns+j:][:have] {
					lanes[l] += float64(v)
				}
			}
		}
		for l, v := range lanes[:have] {
			store(y, j+l, float32(v), add)
		}
	}
}

func store(y []float32, i int, v float32, add bool) {
	if add {
		v += y[i]
	}
	y[i] = v
}
