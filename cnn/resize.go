package cnn

// Resize changes the size of every map H×W, C×H×W or N×C×H×W to height×width:
// bilinear between pixels (the border repeats), or with [Nearest] the pixel
// ⌊i·H/height⌋, as PyTorch's interpolate.
func Resize(x *Tensor, height, width int, opts ...SampleOption) *Tensor {
	needAxes("Resize", "H×W, C×H×W or N×C×H×W", x, 2, 3, 4)
	s := newSampling("Resize", opts)
	if s.align && s.nearest {
		panic(misuse("Resize", "leave one of them out", "AlignCorners means nothing for the nearest pixel"))
	}
	x = x.contiguous()
	y := result("Resize", append(x.Shape()[:len(x.shape)-2], height, width), x)
	if y.IsShapeOnly() {
		return y
	}
	xs := fourAxes(x.shape)
	read := make([]reading, 0, height*width)
	for i := range height {
		for j := range width {
			read = append(read, s.resized(i, j, height, width, xs[2], xs[3]))
		}
	}
	gather(y.data(), x.data(), xs, read, len(read))
	return y.made(func() { spread(x, y.grad.data, xs, read, len(read)) })
}

// resized says which pixels of an h×w image pixel (i,j) of the new size needs.
func (s sampling) resized(i, j, height, width, h, w int) (r reading) {
	if s.nearest {
		r.corner(0, i*h/height, j*w/width, h, w, 1)
		r.at[1], r.at[2], r.at[3] = -1, -1, -1
		return r
	}
	top, fy := s.between(i, height, h)
	left, fx := s.between(j, width, w)
	for k := range 4 {
		wx, wy := 1-fx, 1-fy
		if k%2 == 1 {
			wx = fx
		}
		if k/2 == 1 {
			wy = fy
		}
		r.corner(k, min(top+k/2, h-1), min(left+k%2, w-1), h, w, wx*wy)
	}
	return r
}

// between returns the pixel of n before pixel i of size, and how far beyond it
// the point lies.
func (s sampling) between(i, size, n int) (before int, fraction float64) {
	at := max(0, (float64(i)+0.5)*float64(n)/float64(size)-0.5)
	if s.align {
		at = float64(i) * float64(n-1) / float64(max(1, size-1))
	}
	before = min(int(at), n-1)
	return before, at - float64(before)
}
