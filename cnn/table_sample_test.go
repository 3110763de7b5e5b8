package cnn

import (
	"math"
)

func sampleRows() []row {
	steps := func(opts ...SampleOption) func([]*Tensor) ([]float64, []float64) {
		return same(func(in []*Tensor) (out []float64) {
			for _, s := range GridSampleSteps(in[0], in[1], opts...) {
				out = append(out, s.Value)
			}
			return out
		})
	}
	// between keeps sampling points away from pixels, where the slope jumps.
	between := func(n int) func([]*Tensor) {
		return func(in []*Tensor) {
			g := in[1].storage.data
			for i := range g {
				g[i] = (2*(float32(int(g[i]*4))+0.3+0.05*float32(i%7))+1)/float32(n) - 1
			}
		}
	}
	sample := func(name string, x, grid []int, opts ...SampleOption) row {
		return row{name: "GridSample" + name, shapes: [][]int{x, grid}, adjust: between(5), want: steps(opts...), op: func(in []*Tensor) *Tensor { return GridSample(in[0], in[1], opts...) },
			wrong: []func(){
				func() { GridSample(Zeros(2, 3, 4, 4), Zeros(1, 2, 2, 2)) }, func() { GridSample(Zeros(4, 4), Zeros(2, 2, 3)) }, func() { GridSample(Zeros(2, 3, 4, 4), Zeros(2, 2, 2)) },
			}}
	}
	affine := func(name string, theta []int, opts ...SampleOption) row {
		return row{name: "AffineGrid" + name, shapes: [][]int{theta}, op: func(in []*Tensor) *Tensor { return AffineGrid(in[0], 3, 4, opts...) },
			want: same(func(in []*Tensor) (out []float64) {
				t := in[0].Reshape(-1, 2, 3)
				for n := range t.Dim(0) {
					for i := range 3 {
						for j := range 4 {
							x, y := -1+(2*float64(j)+1)/4, -1+(2*float64(i)+1)/3
							if len(opts) > 0 {
								x, y = -1+2*float64(j)/3, float64(i)-1
							}
							for r := range 2 {
								out = append(out, t.At(n, r, 0)*x+t.At(n, r, 1)*y+t.At(n, r, 2))
							}
						}
					}
				}
				return out
			}),
			wrong: []func(){func() { AffineGrid(Zeros(3, 2), 2, 2) }, func() { AffineGrid(Zeros(6), 2, 2) }, func() { AffineGrid(Zeros(2, 3), 0, 2) }}}
	}
	// tent is linear interpolation written as a sum over all pixels: each counts
	// with 1 − its distance, where that is positive.
	tent := func(height, width int, align bool) func([]*Tensor) ([]float64, []float64) {
		place := func(i, size, n int) float64 {
			at := (float64(i)+0.5)*float64(n)/float64(size) - 0.5
			if align {
				at = float64(i) * float64(n-1) / float64(size-1)
			}
			return min(max(at, 0), float64(n-1))
		}
		return same(func(in []*Tensor) (out []float64) {
			x := in[0]
			h, w := x.Dim(-2), x.Dim(-1)
			for p := range x.Size() / (h * w) {
				for i := range height {
					for j := range width {
						var v float64
						for r := range h {
							for q := range w {
								near := max(0, 1-math.Abs(place(i, height, h)-float64(r))) * max(0, 1-math.Abs(place(j, width, w)-float64(q)))
								v += near * float64(x.Values()[(p*h+r)*w+q])
							}
						}
						out = append(out, v)
					}
				}
			}
			return out
		})
	}
	resize := func(name string, x []int, h, w int, align bool, opts ...SampleOption) row {
		return row{name: "Resize" + name, shapes: [][]int{x}, op: func(in []*Tensor) *Tensor { return Resize(in[0], h, w, opts...) }, want: tent(h, w, align),
			wrong: []func(){func() { Resize(Zeros(4), 2, 2) }, func() { Resize(Zeros(4, 4), 2, 0) }}}
	}
	nearest := row{name: "Resize nearest", shapes: [][]int{{2, 3, 5}}, op: func(in []*Tensor) *Tensor { return Resize(in[0], 7, 3, Nearest()) },
		want: picked([]int{2, 7, 3}, func(i []int) []int { return []int{i[0], i[1] * 3 / 7, i[2] * 5 / 3} })}
	return []row{
		affine("", []int{2, 3}), affine(" batch", []int{2, 2, 3}), affine(" aligned", []int{2, 2, 3}, AlignCorners()),
		sample("", []int{2, 3, 5, 5}, []int{2, 3, 4, 2}), sample(" matrix", []int{5, 5}, []int{3, 4, 2}), sample(" one image", []int{2, 5, 5}, []int{2, 2, 2}),
		sample(" aligned", []int{2, 3, 5, 4}, []int{2, 3, 4, 2}, AlignCorners()), sample(" nearest", []int{2, 3, 5, 5}, []int{2, 3, 4, 2}, Nearest()),
		resize("", []int{2, 3, 4, 5}, 7, 3, false), resize(" matrix, smaller", []int{6, 5}, 2, 3, false), resize(" aligned", []int{2, 4, 5}, 7, 3, true, AlignCorners()), nearest,
	}
}
