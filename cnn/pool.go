package cnn

import (
	"fmt"
	"math"
	"strings"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// A PoolStep is one position of a pooling window: what it covers, and the
// result.
type PoolStep struct {
	Row, Col       int // where the result goes in the output map
	Top, Left      int // where the window starts on the input map; negative inside the padding
	Cells          []Cell
	Value          float64
	Winner         int // for a maximum: which of Cells won; −1 for an average
	Image, Channel int
}

// A Cell is one cell under a window; cells of the padding are left out where
// they do not count.
type Cell struct {
	Row, Col int
	Value    float64
}

// String writes the step as y[0,1] = max(2, 1, 1, 1) = 2.
func (s PoolStep) String() string {
	values := make([]string, len(s.Cells))
	for i, c := range s.Cells {
		values[i] = short(c.Value)
	}
	if s.Winner >= 0 {
		return fmt.Sprintf("y[%d,%d] = max(%s) = %s", s.Row, s.Col, strings.Join(values, ", "), short(s.Value))
	}
	return fmt.Sprintf("y[%d,%d] = (%s)/%d = %s", s.Row, s.Col, strings.Join(values, " + "), len(s.Cells), short(s.Value))
}

// MaxPool2D takes the largest value of every size×size window of every map
// H×W, C×H×W or N×C×H×W. The window moves by its own size unless [Stride] says
// otherwise; options are [Stride], [Padding] (it never wins, and every window
// must reach the map), [Dilation] and [Ceil]. The gradient goes to the cell
// that won, the first of equal ones. [MaxPool2DSteps] is its definition.
func MaxPool2D(x *Tensor, size int, opts ...Option) *Tensor {
	return pooled("MaxPool2D", x, poolOf("MaxPool2D", x, size, opts), (*compute.Pool).Max)
}

// AvgPool2D averages every size×size window of every map; see [MaxPool2D]. The
// padding's zeros count unless [CountPadding] says otherwise; the cells beyond
// the padding that [Ceil] adds do not. [AvgPool2DSteps] is its definition.
func AvgPool2D(x *Tensor, size int, opts ...Option) *Tensor {
	return pooled("AvgPool2D", x, poolOf("AvgPool2D", x, size, opts), nil)
}

// GlobalAvgPool2D averages every map into one number: C×H×W gives C, N×C×H×W
// gives N×C.
func GlobalAvgPool2D(x *Tensor) *Tensor {
	needAxes("GlobalAvgPool2D", "C×H×W or N×C×H×W", x, 3, 4)
	return pooled("GlobalAvgPool2D", x, wholeMap(x), nil)
}

// GlobalMaxPool2D takes the largest value of every map: C×H×W gives C, N×C×H×W
// gives N×C.
func GlobalMaxPool2D(x *Tensor) *Tensor {
	needAxes("GlobalMaxPool2D", "C×H×W or N×C×H×W", x, 3, 4)
	return pooled("GlobalMaxPool2D", x, wholeMap(x), (*compute.Pool).Max)
}

// pooled applies a pool; a nil max means the average.
func pooled(op string, from *Tensor, g *compute.Pool, max func(*compute.Pool, []float32, []int32, []float32)) *Tensor {
	x := from.contiguous()
	shape := append(append(make([]int, 0, 8), x.shape[:len(x.shape)-2]...), g.OutH, g.OutW)
	if strings.HasPrefix(op, "Global") {
		shape = shape[:len(shape)-2]
	}
	y := result(op, shape, x)
	if y.IsShapeOnly() {
		return y
	}
	y.costs(y.Size() * g.Kh * g.Kw)
	if max == nil {
		g.Avg(y.data(), x.data())
		return y.made(func() {
			dx, add := x.into()
			g.AvgBackward(dx, y.grad.data, add)
		})
	}
	var winners []int32
	if y.tracked {
		winners = y.lab.ints(y.Size())
	}
	max(g, y.data(), winners, x.data())
	return y.made(func() {
		dx, add := x.into()
		g.MaxBackward(dx, y.grad.data, winners, add)
	})
}

// wholeMap is the pool of one window over the whole map.
func wholeMap(x *Tensor) *compute.Pool {
	h, w := x.Dim(-2), x.Dim(-1)
	return &compute.Pool{Planes: x.Size() / (h * w), H: h, W: w, Kh: h, Kw: w, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, OutH: 1, OutW: 1}
}

// poolOf checks the arguments and returns the geometry.
func poolOf(op string, x *Tensor, size int, opts []Option) *compute.Pool {
	atLeastIn(op, "a window", 1, size)
	needAxes(op, "H×W, C×H×W or N×C×H×W", x, 2, 3, 4)
	accepted := "Stride Padding Dilation Ceil "
	if strings.HasPrefix(op, "Avg") {
		accepted += "CountPadding "
	}
	w := newWindow(op, size, size, size, size, accepted, opts)
	w.x = x
	h, v := x.Dim(-2), x.Dim(-1)
	oh, ow := w.rows.outputSize(w, h), w.cols.outputSize(w, v)
	if !w.rows.touches(h, oh) || !w.cols.touches(v, ow) {
		panic(misuse(op, "use less padding or a larger window", "a window of %d with padding %d, %d, %d and %d would hold nothing but padding on maps of %d×%d", size, w.rows.before, w.rows.after, w.cols.before, w.cols.after, h, v))
	}
	return &compute.Pool{Planes: x.Size() / (h * v), H: h, W: v, Kh: size, Kw: size,
		StrideH: w.rows.stride, StrideW: w.cols.stride, DilationH: w.rows.dilation, DilationW: w.cols.dilation,
		Top: w.rows.before, Bottom: w.rows.after, Left: w.cols.before, Right: w.cols.after,
		OutH: oh, OutW: ow, CountPadding: w.countPadding}
}

// touches says whether each of the positions covers one of n cells.
func (a *axis) touches(n, positions int) bool {
	for i := range positions {
		first := i*a.stride - a.before // then every dilation cells
		if first < 0 {
			first += (-first + a.dilation - 1) / a.dilation * a.dilation
		}
		if first >= n || first > i*a.stride-a.before+a.extent()-1 {
			return false
		}
	}
	return true
}

// MaxPool2DSteps records every position of [MaxPool2D]: its definition.
func MaxPool2DSteps(x *Tensor, size int, opts ...Option) []PoolStep {
	g := poolOf("MaxPool2D", x, size, opts)
	g.CountPadding = false
	return poolSteps("MaxPool2DSteps", x, g, func(s *PoolStep) {
		s.Value = math.Inf(-1)
		for i, c := range s.Cells {
			if c.Value > s.Value || i == 0 {
				s.Value, s.Winner = c.Value, i
			}
		}
	})
}

// AvgPool2DSteps records every position of [AvgPool2D]: its definition.
func AvgPool2DSteps(x *Tensor, size int, opts ...Option) []PoolStep {
	return poolSteps("AvgPool2DSteps", x, poolOf("AvgPool2D", x, size, opts), func(s *PoolStep) {
		for _, c := range s.Cells {
			s.Value += c.Value
		}
		s.Value, s.Winner = s.Value/float64(len(s.Cells)), -1
	})
}

// poolSteps records every position with the cells that count and lets finish
// work out the result.
func poolSteps(op string, x *Tensor, g *compute.Pool, finish func(*PoolStep)) (steps []PoolStep) {
	const limit = 1 << 22
	if n := float64(g.Planes) * float64(g.OutH*g.OutW) * float64(g.Kh*g.Kw); n > limit {
		panic(misuse(op, "show the steps of a smaller image", "%.0f cells are too many to record: at most %d", n, limit))
	}
	x.need(op)
	values, channels := x.Values(), 1
	if len(x.shape) > 2 {
		channels = x.Dim(-3)
	}
	for p := range g.Planes {
		for i := range g.OutH {
			for j := range g.OutW {
				s := PoolStep{Row: i, Col: j, Top: i*g.StrideH - g.Top, Left: j*g.StrideW - g.Left, Image: p / channels, Channel: p % channels}
				for u := range g.Kh {
					for v := range g.Kw {
						c := Cell{Row: s.Top + u*g.DilationH, Col: s.Left + v*g.DilationW}
						onMap := c.Row >= 0 && c.Col >= 0 && c.Row < g.H && c.Col < g.W
						if onMap {
							c.Value = float64(values[(p*g.H+c.Row)*g.W+c.Col])
						}
						if onMap || g.CountPadding && c.Row < g.H+g.Bottom && c.Col < g.W+g.Right {
							s.Cells = append(s.Cells, c)
						}
					}
				}
				finish(&s)
				steps = append(steps, s)
			}
		}
	}
	return steps
}

// AdaptiveAvgPool2D averages every map into height×width cells, whatever its
// size: cell (i,j) takes rows ⌊i·H/height⌋ to ⌈(i+1)·H/height⌉−1 and columns
// likewise.
func AdaptiveAvgPool2D(x *Tensor, height, width int) *Tensor {
	return adaptive("AdaptiveAvgPool2D", x, height, width, func(values []float32, at []int) (float32, int) {
		var sum float64
		for _, i := range at {
			sum += float64(values[i])
		}
		return float32(sum / float64(len(at))), -1
	})
}

// AdaptiveMaxPool2D takes the largest value of height×width parts of every map;
// the parts are as in [AdaptiveAvgPool2D].
func AdaptiveMaxPool2D(x *Tensor, height, width int) *Tensor {
	return adaptive("AdaptiveMaxPool2D", x, height, width, func(values []float32, at []int) (float32, int) {
		best := at[0]
		for _, i := range at {
			if v := values[i]; v > values[best] || v != v && values[best] == values[best] {
				best = i
			}
		}
		return values[best], best
	})
}

// adaptive reduces the cells of every part; reduce returns the value and the
// cell that won, or −1 when all have an equal share.
func adaptive(op string, x *Tensor, height, width int, reduce func(values []float32, at []int) (float32, int)) *Tensor {
	needAxes(op, "H×W, C×H×W or N×C×H×W", x, 2, 3, 4)
	x = x.contiguous()
	h, w := x.Dim(-2), x.Dim(-1)
	y := result(op, append(x.Shape()[:len(x.shape)-2], height, width), x)
	if y.IsShapeOnly() {
		return y
	}
	parts := make([][]int, 0, height*width)
	for i := range height {
		for j := range width {
			parts = append(parts, part(i*h/height, ((i+1)*h+height-1)/height, j*w/width, ((j+1)*w+width-1)/width, w))
		}
	}
	winner := make([]int32, y.Size())
	for at := range winner {
		plane := at / len(parts) * h * w
		v, best := reduce(x.data()[plane:plane+h*w], parts[at%len(parts)])
		y.data()[at], winner[at] = v, int32(best)
	}
	return y.made(func() {
		dx := x.adding()
		for at, d := range y.grad.data {
			plane, cells := at/len(parts)*h*w, parts[at%len(parts)]
			if winner[at] >= 0 {
				dx[plane+int(winner[at])] += d
				continue
			}
			for _, i := range cells {
				dx[plane+i] += d / float32(len(cells))
			}
		}
	})
}

// part lists the cells of rows r0…r1−1 and columns q0…q1−1 of a map w wide.
func part(r0, r1, q0, q1, w int) (cells []int) {
	for r := r0; r < r1; r++ {
		for q := q0; q < q1; q++ {
			cells = append(cells, r*w+q)
		}
	}
	return cells
}
