package check

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// A sliding is a problem in which a kernel moves over an image: C×H×W with
// Out×C×Kh×Kw. One definition serves every exercise that slides, so a mistake
// is written once.
type sliding struct {
	x, k            *cnn.Tensor
	bias            []float64
	stride, padding int
	flip            bool // true convolution
}

// run computes the Out×H×W map, with the mistakes of m.
func (s sliding) run(m mistakes) *cnn.Tensor {
	s.change(m)
	sh, sw := s.strides(m)
	h, w := s.size(m, 1, sh), s.size(m, 2, sw)
	if m.has("M7") {
		h, w = h-1, w-1
	}
	outs, channels := s.k.Dim(0), s.x.Dim(0)
	maps := outs
	switch {
	case m.has("M22"):
		maps = outs * channels
	case m.has("K16a"):
		maps = 1
	}
	y := cnn.Zeros(maps, h, w)
	switch {
	case m.has("M6b"):
		y = cnn.Zeros(maps, w, h)
	case m.has("K6"):
		y = cnn.Zeros(maps, max(h, s.x.Dim(1)), max(w, s.x.Dim(2)))
	}
	var carried float64
	for o := range maps {
		for i := range h {
			if m.has("A1b") {
				carried = 0
			}
			for j := range w {
				if m.has("K13") && (i%s.stride != 0 || j%s.stride != 0) {
					continue
				}
				v := s.cell(m, o, i, j)
				if m.has("A1a") || m.has("A1b") {
					carried += v
					v = carried
				}
				v += s.biasOf(m, o)
				if m.has("V22") {
					v = max(0, v)
				}
				if m.has("M6b") {
					y.Set(v, o, j, i)
				} else {
					y.Set(v, o, i, j)
				}
			}
		}
	}
	return y
}

func (s *sliding) change(m mistakes) {
	if m.has("M5b") { // a kernel of the other shape
		s.k = cnn.Transpose(s.k, 0, 1, 3, 2)
	}
	if m.has("K4a") {
		s.k = kernelSquare(s.k, s.k.Dim(2))
	}
	if m.has("K4b") {
		s.k = kernelSquare(s.k, s.k.Dim(3))
	}
	switch {
	case m.has("M11"):
		s.padding = 0
	case m.has("M15"):
		s.padding *= 2
	case m.has("K3"):
		s.padding = 1
	case m.has("K2"):
		s.stride, s.padding = s.padding, s.stride
	}
	switch {
	case m.has("M16a"):
		s.stride = 1
	case m.has("M17a"):
		s.stride++
	case m.has("M17b"):
		s.stride = max(1, s.stride-1)
	}
}

// kernelSquare is the part of a kernel that loops up to n on both axes read.
func kernelSquare(k *cnn.Tensor, n int) *cnn.Tensor {
	return fill(func(index []int) float64 { return k.At(index...) }, k.Dim(0), k.Dim(1), n, n)
}

// strides returns the strides from which the size of the result comes.
func (s sliding) strides(m mistakes) (h, w int) {
	h, w = s.stride, s.stride
	if m.has("K13") {
		return 1, 1
	}
	if m.has("M18a") {
		w = 1
	}
	if m.has("M18b") {
		h = 1
	}
	return h, w
}

// size returns the size of the result along an axis of the image.
func (s sliding) size(m mistakes, axis, stride int) int {
	p := 2 * s.padding
	switch {
	case m.has("M12"), m.has("K12a"):
		p = s.padding
	case m.has("K14"), m.has("M13a") && axis == 2, m.has("M13b") && axis == 1:
		p = 0
	}
	side := axis
	switch {
	case m.has("K5a"):
		side = 1
	case m.has("K5b"):
		side = 2
	}
	room := s.x.Dim(side) + p - s.k.Dim(axis+1)
	if room < 0 {
		panic("the kernel does not fit")
	}
	return room/stride + 1
}

// corner returns where a window starts in the image.
func (s sliding) corner(m mistakes, i, j int) (top, left int) {
	sh, sw := s.stride, s.stride
	switch {
	case m.has("M16b"), m.has("K13"):
		sh, sw = 1, 1
	case m.has("M18a"), m.has("M18c"):
		sw = 1
	case m.has("M18b"), m.has("M18d"):
		sh = 1
	}
	if m.has("K10") {
		sh, sw = 1, 1
	}
	top, left = i*sh-s.padding, j*sw-s.padding
	if m.has("K12a") || m.has("K12b") {
		top, left = i*sh, j*sw
	}
	if m.has("M13a") {
		left = j * sw
	}
	if m.has("M13b") {
		top = i * sh
	}
	if m.has("M19") {
		top, left = top+s.stride-1, left+s.stride-1
	}
	return top, left
}

// cell returns one element of the result, without the bias.
func (s sliding) cell(m mistakes, o, i, j int) float64 {
	top, left := s.corner(m, i, j)
	step := 1
	if m.has("K10") {
		step = s.stride
	}
	filter, channels := o, s.channels(m)
	if m.has("M22") {
		filter, channels = o/s.x.Dim(0), []int{o % s.x.Dim(0)}
	}
	var products []float64
	for _, c := range channels {
		for u := range s.k.Dim(2) {
			for v := range s.k.Dim(3) {
				products = append(products, s.pixel(m, c, top+step*u, left+step*v, u, v)*s.weight(m, filter, c, u, v))
			}
		}
	}
	sum := collect(m, products)
	if m.has("M21") {
		sum /= float64(s.x.Dim(0))
	}
	return sum
}

func (s sliding) channels(m mistakes) []int {
	if m.has("M20a") {
		return []int{0}
	}
	if m.has("M20b") {
		return []int{s.x.Dim(0) - 1}
	}
	all := make([]int, s.x.Dim(0))
	for c := range all {
		all[c] = c
	}
	return all
}

func collect(m mistakes, products []float64) float64 {
	if m.has("M8") {
		return products[len(products)-1]
	}
	var sum float64
	largest := math.Inf(-1)
	for _, p := range products {
		sum += p
		largest = max(largest, p)
	}
	switch {
	case m.has("M9"):
		return sum / float64(len(products))
	case m.has("M10"):
		return largest
	}
	return sum
}

func (s sliding) biasOf(m mistakes, filter int) float64 {
	switch {
	case s.bias == nil, m.has("M26"):
		return 0
	case m.has("M27a"):
		return s.bias[0]
	case m.has("M27b"):
		return s.bias[len(s.bias)-1]
	case m.has("K1"):
		return -s.bias[filter]
	case m.has("M24"):
		return s.bias[filter] * float64(len(s.channels(m))*s.k.Dim(2)*s.k.Dim(3))
	case m.has("M25"):
		return s.bias[filter] * float64(s.x.Dim(0))
	}
	return s.bias[filter]
}

// pixel returns the image at row i and column j, 0 in the padding.
func (s sliding) pixel(m mistakes, c, i, j, u, v int) float64 {
	h, w := s.x.Dim(1), s.x.Dim(2)
	switch {
	case m.has("M6a"): // x[j+v, i+u]
		i, j = j, i
	case m.has("M6c"): // x[j+u, i+v]
		i, j = j-v+u, i-u+v
	}
	if m.has("M14") {
		return s.x.At(c, min(max(i, 0), h-1), min(max(j, 0), w-1))
	}
	if i < 0 || j < 0 || i >= h || j >= w {
		if m.has("M19") || m.has("K12b") { // also beyond the padding
			return 0
		}
		if i < -s.padding || j < -s.padding || i >= h+s.padding || j >= w+s.padding {
			panic("outside the padding")
		}
		return 0
	}
	return s.x.At(c, i, j)
}

// weight returns the kernel under the window's cell u, v.
func (s sliding) weight(m mistakes, o, c, u, v int) float64 {
	rows, cols := s.flip, s.flip
	switch {
	case m.has("M1"), m.has("M4"):
		rows, cols = !rows, !cols
	case m.has("M2"):
		rows, cols = false, true
	case m.has("M3"):
		rows, cols = true, false
	}
	if rows {
		u = s.k.Dim(2) - 1 - u
	}
	if cols {
		v = s.k.Dim(3) - 1 - v
	}
	if m.has("M5a") { // read beyond an oblong kernel
		u, v = v, u
	}
	switch {
	case m.has("M23"):
		o, c = c, o
	case m.has("K15"):
		c = 0
	case m.has("K16b"):
		o = 0
	}
	return s.k.At(o, c, u, v)
}

// explain shows the window of an element and its sum.
func (s sliding) explain(o, i, j int) string {
	top, left := s.corner(nil, i, j)
	var b strings.Builder
	fmt.Fprintf(&b, say("The window starts at row %d, column %d", "窗口从第 %d 行、第 %d 列开始"), top, left)
	if s.flip {
		b.WriteString(say(" (the kernel is flipped)", "（卷积核已翻转）"))
	}
	var terms []string
	var sum float64
	for c := range s.x.Dim(0) {
		for u := range s.k.Dim(2) {
			for v := range s.k.Dim(3) {
				x, w := s.pixel(nil, c, top+u, left+v, u, v), s.weight(nil, o, c, u, v)
				terms = append(terms, short(x)+"×"+bracket(w))
				sum += x * w
			}
		}
	}
	fmt.Fprintf(&b, say(":\n%s", "：\n%s"), strings.Join(terms, " + "))
	if s.bias != nil {
		fmt.Fprintf(&b, " + %s", bracket(s.bias[o]))
		sum += s.bias[o]
	}
	fmt.Fprintf(&b, " = %s", short(sum))
	return b.String()
}

func bracket(v float64) string {
	if v < 0 {
		return "(" + short(v) + ")"
	}
	return short(v)
}

// asVolume reads H×W as 1×H×W and Kh×Kw as 1×1×Kh×Kw.
func asVolume(t *cnn.Tensor, axes int) *cnn.Tensor {
	shape := t.Shape()
	for len(shape) < axes {
		shape = append([]int{1}, shape...)
	}
	v := cnn.Zeros(shape...)
	for i := range count(shape) {
		v.Set(t.At(unravel(i, t.Shape())...), unravel(i, shape)...)
	}
	return v
}

// plane returns the only map of a 1×H×W tensor, and several maps as they are.
func plane(t *cnn.Tensor) *cnn.Tensor {
	if t.Dim(0) != 1 {
		return t
	}
	p := cnn.Zeros(t.Dim(1), t.Dim(2))
	for i := range t.Dim(1) {
		for j := range t.Dim(2) {
			p.Set(t.At(0, i, j), i, j)
		}
	}
	return p
}

func between(r *rand.Rand, low, high int) int { return low + r.IntN(high-low+1) }
