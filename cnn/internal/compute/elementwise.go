package compute

import "math"

// grain is how many cells of an element-wise routine make a chunk.
const grain = 1 << 14

// alone tells whether n cells are for the caller alone: no function has to be
// made for other threads then.
func alone(n int) bool { return n <= grain || Threads() == 1 }

// Add computes y = a + b.
func Add(y, a, b []float32) {
	if alone(len(y)) {
		addTo(y, a, b)
		return
	}
	For(len(y), grain, func(lo, hi int) { addTo(y[lo:hi], a[lo:hi], b[lo:hi]) })
}

func addTo(y, a, b []float32) {
	a, b = a[:len(y)], b[:len(y)]
	n := len(y) / 8
	if n > 0 {
		isa.add8(&y[0], &a[0], &b[0], n)
	}
	for i := 8 * n; i < len(y); i++ {
		y[i] = a[i] + b[i]
	}
}

// Mul computes y = a · b, cell by cell.
func Mul(y, a, b []float32) {
	For(len(y), grain, func(lo, hi int) {
		y, a, b := y[lo:hi], a[lo:hi], b[lo:hi]
		n := len(y) / 8
		if n > 0 {
			isa.mul8(&y[0], &a[0], &b[0], n)
		}
		for i := 8 * n; i < len(y); i++ {
			y[i] = a[i] * b[i]
		}
	})
}

// Axpy computes y += s·x.
func Axpy(y, x []float32, s float32) {
	if alone(len(y)) {
		axpy(y, x, s)
		return
	}
	For(len(y), grain, func(lo, hi int) { axpy(y[lo:hi], x[lo:hi], s) })
}

// MulAdd computes y += a·b, cell by cell.
func MulAdd(y, a, b []float32) {
	For(len(y), grain, func(lo, hi int) {
		y, a, b := y[lo:hi], a[lo:hi], b[lo:hi]
		for i := range y {
			y[i] += a[i] * b[i]
		}
	})
}

// Scale computes y = s·x.
func Scale(y, x []float32, s float32) {
	For(len(y), grain, func(lo, hi int) {
		y, x := y[lo:hi], x[lo:hi]
		for i := range y {
			y[i] = s * x[i]
		}
	})
}

// ReLU computes y = max(0, x); NaN stays NaN.
func ReLU(y, x []float32) {
	if alone(len(y)) {
		rectify(y, x)
		return
	}
	For(len(y), grain, func(lo, hi int) { rectify(y[lo:hi], x[lo:hi]) })
}

func rectify(y, x []float32) {
	x = x[:len(y)]
	n := len(y) / 8
	if n > 0 {
		isa.relu8(&y[0], &x[0], n)
	}
	for i := 8 * n; i < len(y); i++ {
		y[i] = max(0, x[i])
	}
}

func axpy(y, x []float32, a float32) {
	x = x[:len(y)]
	n := len(y) / 8
	if n > 0 {
		isa.axpy8(&y[0], &x[0], a, n)
	}
	for i := 8 * n; i < len(y); i++ {
		y[i] += a * x[i]
	}
}

// ReLUBackward computes dx (+)= dy where y > 0, else 0; y is ReLU's result.
func ReLUBackward(dx, dy, y []float32, add bool) {
	if alone(len(dx)) {
		unrectify(dx, dy, y, add)
		return
	}
	For(len(dx), grain, func(lo, hi int) { unrectify(dx[lo:hi], dy[lo:hi], y[lo:hi], add) })
}

func unrectify(dx, dy, y []float32, add bool) {
	kernel := isa.reluGrad8
	if add {
		kernel = isa.reluGradAdd8
	}
	n := len(dx) / 8
	if n > 0 {
		kernel(&dx[0], &dy[0], &y[0], n)
	}
	for i := 8 * n; i < len(dx); i++ {
		var d float32
		if !(y[i] <= 0) { // a NaN lets the gradient through
			d = dy[i]
		}
		store(dx, i, d, add)
	}
}

// Map computes y = f(x), cell by cell.
func Map(y, x []float32, f func(float32) float32) {
	For(len(y), grain/4, func(lo, hi int) {
		for i, v := range x[lo:hi] {
			y[lo+i] = f(v)
		}
	})
}

// MapBackward computes dx (+)= dy · slope(x, y), cell by cell.
func MapBackward(dx, dy, x, y []float32, add bool, slope func(x, y float32) float32) {
	For(len(dx), grain/4, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			store(dx, i, dy[i]*slope(x[i], y[i]), add)
		}
	})
}

// Sigmoid computes y = 1/(1+e⁻ˣ) without overflow for any x.
func Sigmoid(y, x []float32) { inEights(y, x, isa.sigmoid8) }

// Tanh computes y = (eˣ−e⁻ˣ)/(eˣ+e⁻ˣ).
func Tanh(y, x []float32) { inEights(y, x, isa.tanh8) }

// inEights runs a kernel over y and x.
func inEights(y, x []float32, kernel func(y, x *float32, n int)) {
	if alone(4 * len(y)) {
		eights(y, x, kernel)
		return
	}
	For(len(y), grain/4, func(lo, hi int) { eights(y[lo:hi], x[lo:hi], kernel) })
}

// eights does the last cells, fewer than eight, beside zeros, so that a value gives
// the same wherever it stands.
func eights(y, x []float32, kernel func(y, x *float32, n int)) {
	n := len(y) / 8
	if n > 0 {
		kernel(&y[0], &x[0], n)
	}
	if rest := x[8*n : len(y)]; len(rest) > 0 {
		last := borrow(8)
		clear(last[copy(last, rest):])
		kernel(&last[0], &last[0], 1)
		copy(y[8*n:], last)
		giveBack(last)
	}
}

// Exp computes y = eˣ.
func Exp(y, x []float32) {
	Map(y, x, func(v float32) float32 { return float32(math.Exp(float64(v))) })
}

// Sum returns the sum of x in float64, in fixed parts joined in order.
func Sum(x []float32) float64 {
	return inParts(len(x), func(lo, hi int) float64 { return sum64(x[lo:hi]) })
}

// Dot returns Σ a·b in float64.
func Dot(a, b []float32) float64 {
	return inParts(len(a), func(lo, hi int) (sum float64) {
		for i := lo; i < hi; i++ {
			sum += float64(a[i]) * float64(b[i])
		}
		return sum
	})
}

// inParts adds up the sums of fixed parts of n cells.
func inParts(n int, part func(lo, hi int) float64) float64 {
	if n <= grain {
		return part(0, n)
	}
	sums := make([]float64, (n+grain-1)/grain)
	For(n, grain, func(lo, hi int) { sums[lo/grain] = part(lo, hi) })
	var sum float64
	for _, s := range sums {
		sum += s
	}
	return sum
}

func sum64(x []float32) float64 { return sumPlanes(x, 1, 0, len(x)) }

// sumPlanes adds n planes of x, next floats apart, in eight lanes side by side.
func sumPlanes(x []float32, n, next, plane int) (sum float64) {
	scratch := borrow(16)
	defer giveBack(scratch)
	lanes := asDoubles(scratch)
	clear(lanes)
	for i := range n {
		p := x[i*next:][:plane]
		if plane >= 8 {
			isa.sums8(&p[0], 8, plane/8, &lanes[0])
		}
		for _, v := range p[plane/8*8:] {
			sum += float64(v)
		}
	}
	for _, v := range lanes {
		sum += v
	}
	return sum
}
