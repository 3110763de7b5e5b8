package check

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// MaxPooling takes the largest value of every f×f window, s apart, of a matrix:
// func(x *cnn.Tensor, f, s int) *cnn.Tensor.
var MaxPooling = poolOperation([2]string{"max pooling", "最大池化"}, false,
	"M6a", "M6b", "M8", "M16b", "M40", "M42", "M43", "M44", "M45a", "M45b", "M47a", "M47b", "A1a", "A1b", "K2", "W1", "W2a", "W2b", "W4", "W9", "W10", "W11a", "W11b")

// AvgPooling averages every f×f window, s apart, of a matrix:
// func(x *cnn.Tensor, f, s int) *cnn.Tensor.
var AvgPooling = poolOperation([2]string{"average pooling", "平均池化"}, true,
	"M6a", "M6b", "M8", "M16b", "M41", "M42", "M43", "M47a", "M47b", "A1a", "A1b", "K2", "W2a", "W2b", "W4", "W6", "W7", "W12", "W13", "W14")

func poolOperation(name [2]string, mean bool, ids ...string) Operation {
	return Operation{
		name:      name,
		inputs:    "x f s",
		signature: (func(x *cnn.Tensor, f, s int) *cnn.Tensor)(nil),
		run:       func(m mistakes, args []any) any { return poolOf(args, mean).run(m) },
		draw: func(r *rand.Rand) []any {
			f, s := between(r, 2, 3), between(r, 2, 3)
			h, w := f+s+between(r, 0, 3), f+s+between(r, 0, 3)
			if r.IntN(2) == 0 {
				w = h
			}
			x := randomTensor(r, h, w)
			if r.IntN(2) == 0 { // all below zero
				for i := range count(x.Shape()) {
					index := unravel(i, x.Shape())
					x.Set(x.At(index...)-10, index...)
				}
			}
			return []any{x, f, s}
		},
		mistakes: ids,
		explain:  func(args []any, index []int) string { return poolOf(args, mean).explain(index[0], index[1]) },
	}
}

// A pool is a window of f×f that moves s cells at a time over a matrix.
type pool struct {
	x    *cnn.Tensor
	f, s int
	mean bool
}

func poolOf(args []any, mean bool) pool {
	return pool{args[0].(*cnn.Tensor), args[1].(int), args[2].(int), mean}
}

func (p pool) size(m mistakes, axis int) int {
	room := p.x.Dim(axis) - p.f
	if m.has("M47b") {
		return p.x.Dim(axis) / p.s
	}
	if m.has("M47a") {
		n := (room+p.s-1)/p.s + 1
		if (n-1)*p.s >= p.x.Dim(axis) {
			n-- // a window begins inside
		}
		return n
	}
	return room/p.s + 1
}

func (p pool) run(m mistakes) *cnn.Tensor {
	switch {
	case m.has("M43"):
		p.s = 1
	case m.has("W2a"):
		p.s = p.f
	case m.has("K2"):
		p.f, p.s = p.s, p.f
	}
	h, w := p.size(m, 0), p.size(m, 1)
	y := cnn.Zeros(h, w)
	if m.has("M6b") {
		y = cnn.Zeros(w, h)
	}
	var carried []float64
	for i := range h {
		if m.has("A1b") {
			carried = nil
		}
		for j := range w {
			values := p.window(m, i, j)
			cells := len(values)
			switch {
			case m.has("A1a"), m.has("A1b"):
				carried = append(carried, values...)
				values = carried
			case m.has("W9"):
				values = append(values, p.x.At(0, 0))
			case m.has("W10"):
				values = append(values, p.x.At(i, j))
			}
			v := p.reduce(m, values, cells)
			if m.has("M6b") {
				y.Set(v, j, i)
			} else {
				y.Set(v, i, j)
			}
		}
	}
	return y
}

// window returns the values under window i, j, row by row.
func (p pool) window(m mistakes, i, j int) []float64 {
	s := p.s
	switch {
	case m.has("M16b"):
		s = 1
	case m.has("W2b"): // in a map of the right size
		s = p.f
	}
	side := p.f
	switch {
	case m.has("W11a"):
		side++
	case m.has("W11b"):
		side--
	}
	var values []float64
	for u := range side {
		for v := range side {
			row, col := i*s+u, j*s+v
			if m.has("M6a") {
				row, col = col, row
			}
			if (m.has("M47a") || m.has("M47b") || m.has("W11a")) && (row >= p.x.Dim(0) || col >= p.x.Dim(1)) {
				continue
			}
			values = append(values, p.x.At(row, col))
		}
	}
	return values
}

// reduce makes one value of those of a window; a mean divides by cells.
func (p pool) reduce(m mistakes, values []float64, cells int) float64 {
	sum, largest, smallest, strongest := 0.0, math.Inf(-1), math.Inf(1), 0.0
	if m.has("M44") {
		largest = 0
	}
	for _, v := range values {
		sum += v
		largest, smallest = max(largest, v), min(smallest, v)
		if math.Abs(v) > math.Abs(strongest) {
			strongest = v
		}
	}
	mean := p.mean != (m.has("M40") || m.has("M41"))
	switch {
	case m.has("M42"):
		return sum
	case m.has("M45a"):
		return strongest
	case m.has("M45b"):
		return math.Abs(strongest)
	case m.has("W1"):
		return smallest
	case m.has("W4"):
		return values[0]
	case m.has("M8"):
		return values[len(values)-1]
	case m.has("W6"):
		return sum / float64(p.f)
	case m.has("W7"):
		return sum / float64(p.s*p.s)
	case m.has("W12"):
		return math.Trunc(sum / float64(cells))
	case m.has("W14"):
		return (sum + values[0]) / float64(cells)
	case m.has("W13"):
		return sum / 4
	case mean:
		return sum / float64(cells)
	}
	return largest
}

func (p pool) explain(i, j int) string {
	values := p.window(nil, i, j)
	words := shorts(values)
	text := fmt.Sprintf(say("The window starts at row %d, column %d: ", "窗口从第 %d 行、第 %d 列开始："), i*p.s, j*p.s)
	if p.mean {
		return text + fmt.Sprintf("(%s) / %d = %s", strings.Join(words, " + "), len(values), short(p.reduce(nil, values, len(values))))
	}
	return text + fmt.Sprintf("max(%s) = %s", strings.Join(words, ", "), short(p.reduce(nil, values, len(values))))
}

// MaxPoolingBackward sends every gradient of the result to the cell that won
// its window (the first of equals), windows f×f side by side:
// func(x, gradient *cnn.Tensor, f int) *cnn.Tensor, the shape of x.
var MaxPoolingBackward = poolBackward([2]string{"the gradient of max pooling", "最大池化的梯度"}, false, "M49", "B1", "B2", "B3", "B4", "B5", "B7", "B8")

// AvgPoolingBackward shares every gradient of the result among the cells of its
// window: func(x, gradient *cnn.Tensor, f int) *cnn.Tensor, the shape of x.
var AvgPoolingBackward = poolBackward([2]string{"the gradient of average pooling", "平均池化的梯度"}, true, "M50", "B1", "B5", "B6", "W6")

func poolBackward(name [2]string, mean bool, ids ...string) Operation {
	return Operation{
		name:      name,
		inputs:    "x gradient f",
		signature: (func(x, gradient *cnn.Tensor, f int) *cnn.Tensor)(nil),
		run: func(m mistakes, args []any) any {
			p := pool{args[0].(*cnn.Tensor), args[2].(int), args[2].(int), mean}
			return p.backward(m, args[1].(*cnn.Tensor))
		},
		draw: func(r *rand.Rand) []any {
			f, h, w := between(r, 2, 3), between(r, 1, 2), between(r, 1, 3)
			x := randomTensor(r, f*h, f*w)
			for i := range count(x.Shape()) { // no ties
				index := unravel(i, x.Shape())
				x.Set(x.At(index...)*64+float64(i), index...)
			}
			return []any{x, randomTensor(r, h, w), f}
		},
		mistakes: ids,
		explain: func(args []any, index []int) string {
			p := pool{args[0].(*cnn.Tensor), args[2].(int), args[2].(int), mean}
			i, j := index[0]/p.s, index[1]/p.s
			return fmt.Sprintf(say("This cell lies in window %d,%d, which holds %s; the gradient of the window is %s.", "这一格属于第 %d,%d 个窗口，窗口里是 %s；这个窗口的梯度是 %s。"),
				i, j, strings.Join(shorts(p.window(nil, i, j)), ", "), short(args[1].(*cnn.Tensor).At(i, j)))
		},
	}
}

func (p pool) backward(m mistakes, gradient *cnn.Tensor) *cnn.Tensor {
	dx := cnn.Zeros(p.x.Dim(0), p.x.Dim(1))
	for i := range gradient.Dim(0) {
		for j := range gradient.Dim(1) {
			values := p.window(nil, i, j)
			won := 0
			for n, v := range values {
				if v > values[won] {
					won = n
				}
			}
			for n := range values {
				share := 0.0
				switch {
				case m.has("B1") && n == 0: // the first cell, whoever won
					share = 1
				case m.has("B1"):
				case m.has("B2") && n == won: // the value itself
					share = values[won]
				case m.has("B2"):
				case m.has("B7"):
					share = boolean(n == 0 || values[n] > slices.Max(values[:n]))
				case m.has("B5"):
					share = boolean(n == len(values)-1)
				case m.has("M49"), m.has("M50"):
					share = 1
				case m.has("W6"):
					share = 1 / float64(p.f)
				case m.has("B6"): // as max pooling does
					share = boolean(n == won)
				case p.mean, m.has("B3"):
					share = 1 / float64(len(values))
				case n == won:
					share = 1
				}
				row, col := i*p.s+n/p.f, j*p.s+n%p.f
				if m.has("B8") {
					if n != won {
						continue
					}
					row, col = n/p.f, n%p.f
				}
				if g := gradient.At(i, j); m.has("B4") {
					dx.Set(share, row, col)
				} else {
					dx.Set(share*g, row, col)
				}
			}
		}
	}
	return dx
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
