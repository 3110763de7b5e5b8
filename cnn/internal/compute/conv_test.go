package compute

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// defined is the float64 definition of a convolution and its gradients, with
// the sum of absolute products beside each value, by which errors are measured.
type defined struct{ y, yAbs, dx, dxAbs, dw, dwAbs []float64 }

func define(g *Conv, x, w, bias, dy []float32) (d defined) {
	oh, ow := g.OutH(), g.OutW()
	in, out := g.C/g.Groups, g.Out/g.Groups
	zero := func(n int) []float64 { return make([]float64, n) }
	d = defined{zero(len(dy)), zero(len(dy)), zero(len(x)), zero(len(x)), zero(len(w)), zero(len(w))}
	for n := range g.N {
		for o := range g.Out {
			for i := range oh {
				for j := range ow {
					at := ((n*g.Out+o)*oh+i)*ow + j
					d.y[at] = float64(bias[o])
					d.yAbs[at] = math.Abs(d.y[at])
					for c := range in {
						for u := range g.Kh {
							for v := range g.Kw {
								r, q := i*g.StrideH-g.Top+u*g.DilationH, j*g.StrideW-g.Left+v*g.DilationW
								if r < 0 || q < 0 || r >= g.H || q >= g.W {
									continue
								}
								xi := ((n*g.C+o/out*in+c)*g.H+r)*g.W + q
								wi := ((o*in+c)*g.Kh+u)*g.Kw + v
								a, b, e := float64(x[xi]), float64(w[wi]), float64(dy[at])
								d.y[at] += a * b
								d.yAbs[at] += math.Abs(a * b)
								d.dx[xi] += b * e
								d.dxAbs[xi] += math.Abs(b * e)
								d.dw[wi] += a * e
								d.dwAbs[wi] += math.Abs(a * e)
							}
						}
					}
				}
			}
		}
	}
	return d
}

func random(r *rand.Rand, n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(r.NormFloat64())
	}
	return s
}

// worst returns the largest error of got in units of the sum of absolute products.
func worst(got []float32, want, abs []float64) (e float64, at int) {
	for i := range want {
		d := math.Abs(float64(got[i])-want[i]) / max(abs[i], 1e-30)
		if abs[i] == 0 && got[i] == 0 {
			d = 0
		}
		if !(d <= e) {
			e, at = d, i
		}
	}
	return e, at
}

func padded(g Conv, p int) Conv {
	g.Top, g.Bottom, g.Left, g.Right = p, p, p, p
	return g
}

func strided(g Conv, s int) Conv {
	g.StrideH, g.StrideW = s, s
	return g
}

var geometries = []struct {
	name string
	Conv
}{
	{"LeNet's first layer", padded(Conv{N: 2, C: 1, H: 28, W: 28, Out: 6, Kh: 5, Kw: 5}, 2)},
	{"LeNet's second layer", Conv{N: 3, C: 6, H: 14, W: 14, Out: 16, Kh: 5, Kw: 5}},
	{"Winograd, half a panel out", padded(Conv{N: 1, C: 16, H: 14, W: 15, Out: 24, Kh: 3, Kw: 3}, 1)},
	{"Winograd, half a panel in", padded(Conv{N: 2, C: 24, H: 7, W: 7, Out: 40, Kh: 3, Kw: 3}, 1)},
	{"Winograd without padding", Conv{N: 1, C: 8, H: 9, W: 37, Out: 8, Kh: 3, Kw: 3}},
	{"Winograd, unequal padding", Conv{N: 1, C: 16, H: 5, W: 6, Out: 16, Kh: 3, Kw: 3, Top: 2, Right: 2}},
	{"Winograd of 5×5", padded(Conv{N: 2, C: 16, H: 14, W: 15, Out: 24, Kh: 5, Kw: 5}, 2)},
	{"Winograd of 5×5 without padding", Conv{N: 1, C: 8, H: 7, W: 71, Out: 16, Kh: 5, Kw: 5}},
	{"Winograd of 5×5, unequal padding", Conv{N: 3, C: 24, H: 6, W: 5, Out: 8, Kh: 5, Kw: 5, Top: 3, Left: 1, Right: 4}},
	{"GoogLeNet's first layer, small", strided(padded(Conv{N: 1, C: 3, H: 23, W: 29, Out: 17, Kh: 7, Kw: 7}, 3), 2)},
	{"1×1", Conv{N: 2, C: 20, H: 6, W: 7, Out: 19, Kh: 1, Kw: 1}},
	{"1×1, pixels packed", Conv{N: 2, C: 20, H: 9, W: 11, Out: 97, Kh: 1, Kw: 1}},
	{"1×1, pixels packed, several blocks of taps", Conv{N: 1, C: 270, H: 10, W: 11, Out: 96, Kh: 1, Kw: 1}},
	{"1×1 with strides", Conv{N: 2, C: 5, H: 9, W: 8, Out: 10, Kh: 1, Kw: 1, StrideH: 2, StrideW: 3}},
	{"dilation", Conv{N: 1, C: 4, H: 11, W: 12, Out: 6, Kh: 3, Kw: 2, StrideH: 2, DilationH: 2, DilationW: 3, Top: 1, Bottom: 2, Left: 3}},
	{"groups", padded(Conv{N: 2, C: 12, H: 8, W: 8, Out: 18, Kh: 3, Kw: 3, Groups: 3}, 1)},
	{"groups by Winograd", padded(Conv{N: 2, C: 32, H: 8, W: 8, Out: 16, Kh: 3, Kw: 3, Groups: 2}, 1)},
	{"a group per channel", padded(Conv{N: 2, C: 7, H: 6, W: 6, Out: 7, Kh: 3, Kw: 3, Groups: 7}, 1)},
	{"windows that miss the image", strided(padded(Conv{N: 1, C: 2, H: 4, W: 4, Out: 3, Kh: 2, Kw: 2}, 5), 3)},
	{"several blocks of taps", padded(Conv{N: 1, C: 70, H: 3, W: 4, Out: 33, Kh: 3, Kw: 3}, 1)},
	{"AlexNet's first layer, small", strided(padded(Conv{N: 5, C: 3, H: 13, W: 13, Out: 21, Kh: 11, Kw: 11}, 2), 4)},
	{"few channels, dilated", Conv{N: 3, C: 3, H: 11, W: 19, Out: 7, Kh: 3, Kw: 2, DilationH: 2, DilationW: 3, Top: 3, Left: 5, Right: 1}},
	{"few channels, every second row", padded(Conv{N: 2, C: 2, H: 9, W: 23, Out: 8, Kh: 3, Kw: 3, StrideH: 2, StrideW: 1}, 1)},
	{"few channels, 1×1", Conv{N: 9, C: 4, H: 3, W: 9, Out: 3, Kh: 1, Kw: 1}},
	{"few channels, more padding than kernel", padded(Conv{N: 1, C: 1, H: 2, W: 8, Out: 5, Kh: 2, Kw: 2}, 7)},
	{"few channels, the last columns unread", padded(Conv{N: 1, C: 12, H: 6, W: 17, Out: 1, Kh: 1, Kw: 5, StrideH: 4}, 0)},
	{"one number", Conv{N: 1, C: 1, H: 1, W: 1, Out: 1, Kh: 1, Kw: 1}},
	{"one row", Conv{N: 1, C: 9, H: 1, W: 5, Out: 2, Kh: 1, Kw: 3, Left: 1, Right: 1}},
}

func complete(g Conv) Conv {
	for _, p := range []*int{&g.StrideH, &g.StrideW, &g.DilationH, &g.DilationW, &g.Groups} {
		*p = max(1, *p)
	}
	return g
}

// ways runs f for every way to convolve on this machine.
func ways(t *testing.T, f func(t *testing.T)) {
	oldISA, oldMethod := isa, method
	defer func() { isa, method = oldISA, oldMethod }()
	for _, set := range available() {
		for _, m := range []string{"winograd", "direct"} {
			isa, method = set, m
			t.Run(set.name+" "+m, f)
		}
	}
}

// A name that would force nothing is refused: a test that asks for a way gets it.
func TestWaysAreKnown(t *testing.T) {
	for _, f := range []func(){func() { choose("avx3") }, func() { way("Direct") }} {
		func() {
			defer func() {
				if s, ok := recover().(string); !ok || !strings.Contains(s, "take") {
					t.Errorf("panic with %q", s)
				}
			}()
			f()
		}()
	}
	for _, s := range available() {
		if got := choose(s.name).name; got != s.name {
			t.Errorf("chose %s for %s", got, s.name)
		}
	}
}

func TestConvMatchesItsDefinition(t *testing.T) {
	ways(t, func(t *testing.T) {
		for _, g := range geometries {
			t.Run(g.name, func(t *testing.T) { checkConv(t, complete(g.Conv), 1) })
		}
	})
}

func checkConv(t *testing.T, g Conv, seed uint64) {
	t.Helper()
	defer SetThreads(Threads())
	r := rand.New(rand.NewPCG(seed, 7))
	x, w, bias := random(r, g.N*g.C*g.H*g.W), random(r, g.Out*g.C/g.Groups*g.Kh*g.Kw), random(r, g.Out)
	dy := random(r, g.N*g.Out*g.OutH()*g.OutW())
	d := define(&g, x, w, bias, dy)
	if byWinograd(&g) {
		overMaps(d.yAbs, g.OutH()*g.OutW())
		overMaps(d.dxAbs, g.H*g.W)
		overMaps(d.dwAbs, g.Kh*g.Kw)
	}
	cache := new(Cache)
	checkPass(t, g, "forward", d.y, d.yAbs, func(out []float32, add bool) {
		kept := slices.Clone(out)
		g.Forward(out, x, w, bias, false, cache)
		if add {
			Add(out, out, kept)
		}
	})
	checkPass(t, g, "gradient of the input", d.dx, d.dxAbs, func(out []float32, add bool) { g.BackwardData(out, dy, w, add, cache) })
	checkPass(t, g, "gradient of the weights", d.dw, d.dwAbs, func(out []float32, add bool) { g.BackwardWeights(out, dy, x, add) })
	checkReLU(t, g, x, w)
}

// byWinograd tells whether g may be computed by Winograd's method, which loses a
// digit, and whose errors follow the largest values of a tile: where padding
// leaves one product of many, that one is as inexact as its neighbours.
func byWinograd(g *Conv) bool { return g.Kh == g.Kw && (g.Kh == 3 || g.Kh == 5) }

// overMaps replaces every value by the largest of its map (or kernel).
func overMaps(abs []float64, plane int) {
	for ; len(abs) > 0; abs = abs[plane:] {
		largest := slices.Max(abs[:plane])
		for i := range abs[:plane] {
			abs[i] = largest
		}
	}
}

// checkPass holds one pass to its definition, for several numbers of threads,
// writing and adding.
func checkPass(t *testing.T, g Conv, name string, want, abs []float64, run func(out []float32, add bool)) {
	t.Helper()
	limit := 3e-6
	if byWinograd(&g) {
		limit = 1e-5
	}
	var first []float32
	for _, threads := range []int{1, 2, 3, 8} {
		SetThreads(threads)
		out := make([]float32, len(want))
		for i := range out {
			out[i] = float32(math.NaN())
		}
		run(out, false)
		if e, at := worst(out, want, abs); !(e < limit) {
			t.Fatalf("%s of %+v, %d threads: value %d is %v, want %v (error %.1e)", name, g, threads, at, out[at], want[at], e)
		}
		if first == nil {
			first = slices.Clone(out)
		} else if !slices.Equal(first, out) {
			t.Fatalf("%s of %+v: %d threads give other bits than one", name, g, threads)
		}
		run(out, true)
		for i := range out {
			if math.Abs(float64(out[i]-2*first[i])) > 1e-4*(math.Abs(float64(first[i]))+abs[i]) {
				t.Fatalf("%s of %+v does not add: value %d is %v after %v", name, g, i, out[i], first[i])
			}
		}
	}
}

func checkReLU(t *testing.T, g Conv, x, w []float32) {
	t.Helper()
	plain, rectified := make([]float32, g.N*g.Out*g.OutH()*g.OutW()), make([]float32, g.N*g.Out*g.OutH()*g.OutW())
	g.Forward(plain, x, w, nil, false, nil)
	g.Forward(rectified, x, w, nil, true, nil)
	for i, v := range plain {
		if rectified[i] != max(v, 0) {
			t.Fatalf("ReLU of %+v makes %v of %v", g, rectified[i], v)
		}
	}
}

func FuzzConv(f *testing.F) {
	f.Add(uint64(1), uint64(0x123456789abcdef))
	f.Add(uint64(2), uint64(0xfedcba987654321))
	f.Fuzz(func(t *testing.T, seed, bits uint64) {
		g, ok := convFrom(bits)
		if !ok {
			t.Skip()
		}
		checkConv(t, g, seed)
	})
}

// convFrom draws a small geometry from the bits of a number.
func convFrom(bits uint64) (g Conv, ok bool) {
	draw := func(n uint64) int {
		v := bits % n
		bits /= n
		return int(v)
	}
	g = Conv{N: 1 + draw(3), Groups: 1 + draw(2), H: 1 + draw(12), W: 1 + draw(12), Kh: 1 + draw(5), Kw: 1 + draw(5),
		StrideH: 1 + draw(3), StrideW: 1 + draw(3), DilationH: 1 + draw(2), DilationW: 1 + draw(2),
		Top: draw(4), Bottom: draw(3), Left: draw(4), Right: draw(3)}
	g.C, g.Out = g.Groups*(1+draw(20)), g.Groups*(1+draw(20))
	if draw(4) == 0 { // Winograd's ways, which random numbers seldom meet
		g.Kw, g.StrideH, g.StrideW, g.DilationH, g.DilationW = g.Kh, 1, 1, 1, 1
		g.C, g.Out = g.Groups*8*(1+draw(3)), g.Groups*8*(1+draw(3))
	}
	if draw(8) == 7 {
		g.N += 7
	}
	return g, g.H+g.Top+g.Bottom > g.DilationH*(g.Kh-1) && g.W+g.Left+g.Right > g.DilationW*(g.Kw-1)
}

func TestRandomConvs(t *testing.T) {
	ways(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for done := 0; done < 60; {
			if g, ok := convFrom(r.Uint64()); ok {
				checkConv(t, g, r.Uint64())
				done++
			}
		}
	})
}

func TestBlocksOfTheWeightsGradientGiveTheSameBits(t *testing.T) {
	defer func(old int) { weightsBlock = old }(weightsBlock)
	r := rand.New(rand.NewPCG(5, 8))
	for _, c := range geometries {
		g := complete(c.Conv)
		g.N = 9
		x, dy := random(r, g.N*g.C*g.H*g.W), random(r, g.N*g.Out*g.OutH()*g.OutW())
		var first []float32
		for _, block := range []int{1 << 20, 1, 3000} {
			weightsBlock = block
			dw := make([]float32, g.Out*g.C/g.Groups*g.Kh*g.Kw)
			g.BackwardWeights(dw, dy, x, false)
			if first == nil {
				first = dw
			} else if !slices.Equal(first, dw) {
				t.Errorf("%s: blocks of %d floats give other bits", c.name, block)
			}
		}
	}
}
