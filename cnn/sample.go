package cnn

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// A SampleOption changes how an image is read between its pixels.
type SampleOption func(*sampling)

type sampling struct{ align, nearest bool }

// AlignCorners puts −1 and 1 on the centres of the first and the last pixel.
// Without it they lie on the outer edges of the image, as in PyTorch.
func AlignCorners() SampleOption { return func(s *sampling) { s.align = true } }

// Nearest takes the nearest pixel instead of weighting four: the result then
// does not change when a coordinate moves a little, so the coordinates have the
// gradient 0.
func Nearest() SampleOption { return func(s *sampling) { s.nearest = true } }

func newSampling(op string, opts []SampleOption) (s sampling) {
	for _, o := range opts {
		if o == nil {
			panic(misuse(op, "", "an option is nil"))
		}
		o(&s)
	}
	return s
}

// base returns the coordinate of pixel i of n.
func (s sampling) base(i, n int) float64 {
	if !s.align {
		return float64(2*i+1)/float64(n) - 1
	}
	if n == 1 {
		return 0
	}
	return 2*float64(i)/float64(n-1) - 1
}

// pixel returns where a coordinate lies on an axis of n pixels, in pixels, and
// how fast it moves. What float32 rounded away from a pixel is put back on it.
func (s sampling) pixel(g float64, n int) (at, speed float64) {
	at, speed = ((g+1)*float64(n)-1)/2, float64(n)/2
	if s.align {
		at, speed = (g+1)/2*float64(n-1), float64(n-1)/2
	}
	if r := math.Round(at); math.Abs(at-r) < 2e-7*float64(n) {
		at = r
	}
	return at, speed
}

// AffineGrid returns where an affine transformation reads: for every output
// pixel the input coordinates (x, y), between −1 and 1 on the image,
//
//	x = a·x′ + b·y′ + c,   y = d·x′ + e·y′ + f
//
// with theta = a b c / d e f of 2×3, or one for every image, N×2×3. The result
// is height×width×2, or N×height×width×2, for [GridSample]. It is the inverse
// map, from output to input.
//
// Jaderberg et al., "Spatial transformer networks", 2015, equation 1.
func AffineGrid(theta *Tensor, height, width int, opts ...SampleOption) *Tensor {
	given("AffineGrid", theta)
	if n := len(theta.shape); n != 2 && n != 3 || theta.Dim(-2) != 2 || theta.Dim(-1) != 3 {
		fix := ""
		if n := theta.Size(); len(theta.shape) > 0 && theta.Dim(-1) == 6 {
			fix = reshaping("theta", []int{n / 6, 2, 3}[min(1, 6/n):])
		}
		panic(misfit("AffineGrid", "2×3, or N×2×3", fix, NamedShape{"theta", theta.Shape()}))
	}
	shape := append(theta.Shape()[:len(theta.shape)-2], height, width, 2)
	theta = theta.contiguous()
	y := result("AffineGrid", shape, theta)
	if y.IsShapeOnly() {
		return y
	}
	s, n := newSampling("AffineGrid", opts), theta.Size()/6
	each := func(f func(t, at int, base [3]float64)) {
		for at := range n * height * width {
			i, j := at/width%height, at%width
			f(at/(height*width)*6, at, [3]float64{s.base(j, width), s.base(i, height), 1})
		}
	}
	each(func(t, at int, base [3]float64) {
		for r := range 2 {
			var sum float64
			for c := range 3 {
				sum += float64(float64(theta.data()[t+3*r+c]) * base[c])
			}
			y.data()[2*at+r] = float32(sum)
		}
	})
	return y.made(func() {
		sums := make([]float64, theta.Size())
		each(func(t, at int, base [3]float64) {
			for r := range 2 {
				for c := range 3 {
					sums[t+3*r+c] += float64(float64(y.grad.data[2*at+r]) * base[c])
				}
			}
		})
		dt := theta.adding()
		for i, v := range sums {
			dt[i] += float32(v)
		}
	})
}

// GridSample reads the image x at the points of a grid: x of H×W, C×H×W or
// N×C×H×W, the grid of H′×W′×2 (for the first two) or N×H′×W′×2 with
// coordinates (x, y) between −1 and 1, x to the right and y down. Between
// pixels the four neighbours are weighted by nearness (bilinear); outside the
// image there are zeros. [GridSampleSteps] is its definition.
//
// Where a coordinate meets a pixel exactly its gradient is the slope to the
// right and down.
//
// Jaderberg et al., "Spatial transformer networks", 2015, equations 5 to 7.
func GridSample(x, grid *Tensor, opts ...SampleOption) *Tensor {
	shape := sampleShape("GridSample", x, grid)
	x, grid = x.contiguous(), grid.contiguous()
	y := result("GridSample", shape, x, grid)
	if y.IsShapeOnly() {
		return y
	}
	s := newSampling("GridSample", opts)
	xs, points := fourAxes(x.shape), grid.Size()/2
	if len(x.shape) == 4 {
		points /= xs[0]
	}
	read := make([]reading, grid.Size()/2)
	for i := range read {
		read[i] = s.read(float64(grid.data()[2*i]), float64(grid.data()[2*i+1]), xs[2], xs[3])
	}
	gather(y.data(), x.data(), xs, read, points)
	return y.made(func() {
		spread(x, y.grad.data, xs, read, points)
		if grid.tracked {
			gridBackward(grid.adding(), y.grad.data, x.data(), xs, read, points)
		}
	})
}

func sampleShape(op string, x, grid *Tensor) []int {
	given(op, x, grid)
	xs, gs := x.shape, grid.shape
	ok := (len(xs) == 2 || len(xs) == 3) && len(gs) == 3 || len(xs) == 4 && len(gs) == 4 && xs[0] == gs[0]
	if !ok || gs[len(gs)-1] != 2 {
		fix := ""
		if len(xs) == 4 && xs[0] == 1 && len(gs) == 3 {
			fix = reshaping("grid", append([]int{1}, gs...))
		}
		panic(misfit(op, "N×C×H×W and N×H′×W′×2, or C×H×W and H′×W′×2", fix, NamedShape{"input", x.Shape()}, NamedShape{"grid", grid.Shape()}))
	}
	return append(slices.Clone(xs[:len(xs)-2]), gs[len(gs)-3], gs[len(gs)-2])
}

// A reading is one point between pixels: the pixels around it (−1 outside),
// their weights, and the slopes of the weights as the coordinates move.
type reading struct {
	at             [4]int
	weight, bx, by [4]float64
	row, col       [4]int
	pointX, pointY float64
}

// read works out which pixels of an h×w image a point needs.
func (s sampling) read(gx, gy float64, h, w int) (r reading) {
	px, sx := s.pixel(gx, w)
	py, sy := s.pixel(gy, h)
	r.pointX, r.pointY = px, py
	if !(math.Abs(px) < 1<<30 && math.Abs(py) < 1<<30) { // also NaN: nothing there
		r.at = [4]int{-1, -1, -1, -1}
		return r
	}
	if s.nearest {
		r.corner(0, int(math.RoundToEven(py)), int(math.RoundToEven(px)), h, w, 1)
		r.at[1], r.at[2], r.at[3] = -1, -1, -1
		return r
	}
	left, top := math.Floor(px), math.Floor(py)
	fx, fy := px-left, py-top
	for k := range 4 {
		wx, wy, dx, dy := 1-fx, 1-fy, -sx, -sy
		if k%2 == 1 {
			wx, dx = fx, sx
		}
		if k/2 == 1 {
			wy, dy = fy, sy
		}
		r.corner(k, int(top)+k/2, int(left)+k%2, h, w, wx*wy)
		r.bx[k], r.by[k] = dx*wy, wx*dy
	}
	return r
}

func (r *reading) corner(k, row, col, h, w int, weight float64) {
	r.row[k], r.col[k], r.weight[k], r.at[k] = row, col, weight, -1
	if row >= 0 && col >= 0 && row < h && col < w {
		r.at[k] = row*w + col
	}
}

// gather fills y from x: points readings for every image, or the same for all
// when there are only that many.
func gather(y, x []float32, xs [4]int, read []reading, points int) {
	plane := xs[2] * xs[3]
	compute.For(xs[0]*xs[1], max(1, 1<<12/points), func(lo, hi int) {
		for p := lo; p < hi; p++ {
			of := ofImage(read, p/xs[1], points)
			for i := range of {
				var sum float64
				for k, at := range of[i].at {
					if at >= 0 {
						sum += of[i].weight[k] * float64(x[p*plane+at])
					}
				}
				y[p*points+i] = float32(sum)
			}
		}
	})
}

func ofImage(read []reading, n, points int) []reading {
	if len(read) == points {
		return read
	}
	return read[n*points : (n+1)*points]
}

// spread adds to the gradient of the image.
func spread(x *Tensor, dy []float32, xs [4]int, read []reading, points int) {
	dx := x.adding()
	if dx == nil {
		return
	}
	plane := xs[2] * xs[3]
	compute.For(xs[0]*xs[1], max(1, 1<<12/points), func(lo, hi int) {
		for p := lo; p < hi; p++ {
			of := ofImage(read, p/xs[1], points)
			for i := range of {
				for k, at := range of[i].at {
					if at >= 0 {
						dx[p*plane+at] += float32(of[i].weight[k]) * dy[p*points+i]
					}
				}
			}
		}
	})
}

// gridBackward adds to the gradient of the coordinates.
func gridBackward(dg, dy, x []float32, xs [4]int, read []reading, points int) {
	plane, channels := xs[2]*xs[3], xs[1]
	compute.For(len(read), max(1, 1<<12/channels), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			var gx, gy float64
			n := i / points
			for c := range channels {
				p := n*channels + c
				d := float64(dy[p*points+i%points])
				for k, at := range read[i].at {
					if at >= 0 {
						v := d * float64(x[p*plane+at])
						gx += v * read[i].bx[k]
						gy += v * read[i].by[k]
					}
				}
			}
			dg[2*i] += float32(gx)
			dg[2*i+1] += float32(gy)
		}
	})
}

// A SampleStep is one point that [GridSample] reads.
type SampleStep struct {
	Row, Col       int     // of the result
	X, Y           float64 // the point, in pixels: column and row
	Corners        []Corner
	Value          float64
	Image, Channel int
}

// A Corner is a pixel around the point; outside the image its value is 0.
type Corner struct {
	Row, Col      int
	Weight, Value float64
}

// String writes the step as y[0,0] = 0.36×5 + 0.24×6 + … = 5.6.
func (s SampleStep) String() string {
	terms := make([]string, len(s.Corners))
	for i, c := range s.Corners {
		terms[i] = short(c.Weight) + "×" + short(c.Value)
	}
	return fmt.Sprintf("y[%d,%d] = %s = %s", s.Row, s.Col, strings.Join(terms, " + "), short(s.Value))
}

// GridSampleSteps records every point of [GridSample]: its definition.
func GridSampleSteps(x, grid *Tensor, opts ...SampleOption) (steps []SampleStep) {
	shape := sampleShape("GridSampleSteps", x, grid)
	s, xs, ys := newSampling("GridSample", opts), fourAxes(x.shape), fourAxes(shape)
	x.need("GridSampleSteps")
	grid.need("GridSampleSteps")
	values, g := x.Values(), grid.Values()
	const limit = 1 << 20
	if n := cellsOf(shape); n > limit {
		panic(misuse("GridSampleSteps", "show the steps of a smaller image", "%d points are too many to record: at most %d", n, limit))
	}
	for p := range xs[0] * xs[1] {
		for i := range ys[2] * ys[3] {
			at := 2 * (p/xs[1]*ys[2]*ys[3] + i)
			r := s.read(float64(g[at]), float64(g[at+1]), xs[2], xs[3])
			step := SampleStep{Row: i / ys[3], Col: i % ys[3], X: r.pointX, Y: r.pointY, Image: p / xs[1], Channel: p % xs[1]}
			for k, at := range r.at {
				c := Corner{Row: r.row[k], Col: r.col[k], Weight: r.weight[k]}
				if at >= 0 {
					c.Value = float64(values[p*xs[2]*xs[3]+at])
				}
				if c.Weight > 0 {
					step.Corners = append(step.Corners, c)
					step.Value += float64(c.Weight * c.Value)
				}
			}
			steps = append(steps, step)
		}
	}
	return steps
}
