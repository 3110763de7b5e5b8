package compute

import "math"

// Softmax computes y = eˣ/Σeˣ for each of rows rows of columns values; the
// row's largest value is taken off first, so nothing overflows.
func Softmax(y, x []float32, rows, columns int) {
	For(rows, grainFor(16*columns), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			softmax(y[r*columns:(r+1)*columns], x[r*columns:(r+1)*columns])
		}
	})
}

func softmax(y, x []float32) {
	top := float32(math.Inf(-1))
	for _, v := range x {
		top = max(top, v)
	}
	for i, v := range x {
		y[i] = v - top
	}
	eights(y, y, isa.exp8)
	share := 1 / sum64(y)
	for i, v := range y {
		y[i] = float32(float64(v) * share)
	}
}

// LogSoftmax computes y = x − log Σeˣ for each row.
func LogSoftmax(y, x []float32, rows, columns int) {
	if alone(16 * rows * columns) {
		logSoftmax(y, x, 0, rows, columns)
		return
	}
	For(rows, grainFor(16*columns), func(lo, hi int) { logSoftmax(y, x, lo, hi, columns) })
}

func logSoftmax(y, x []float32, lo, hi, columns int) {
	for r := lo; r < hi; r++ {
		y, x := y[r*columns:(r+1)*columns], x[r*columns:(r+1)*columns]
		top, sum := expSum(x)
		shift := top + math.Log(sum)
		for i, v := range x {
			y[i] = float32(float64(v) - shift)
		}
	}
}

// expSum returns the largest value of a row and the sum of eˣ⁻ᵗᵒᵖ.
func expSum(x []float32) (top, sum float64) {
	top = math.Inf(-1)
	for _, v := range x {
		top = max(top, float64(v))
	}
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	return top, sum
}

// SoftmaxBackward computes dx (+)= y·(dy − Σ dy·y) for each row.
func SoftmaxBackward(dx, dy, y []float32, rows, columns int, add bool) {
	For(rows, grainFor(4*columns), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			var dot float64
			for i := r * columns; i < (r+1)*columns; i++ {
				dot += float64(dy[i]) * float64(y[i])
			}
			for i := r * columns; i < (r+1)*columns; i++ {
				store(dx, i, y[i]*(dy[i]-float32(dot)), add)
			}
		}
	})
}

// LogSoftmaxBackward computes dx (+)= dy − eʸ·Σdy for each row; y is
// LogSoftmax's result.
func LogSoftmaxBackward(dx, dy, y []float32, rows, columns int, add bool) {
	For(rows, grainFor(16*columns), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			sum := sum64(dy[r*columns : (r+1)*columns])
			for i := r * columns; i < (r+1)*columns; i++ {
				store(dx, i, float32(float64(dy[i])-math.Exp(float64(y[i]))*sum), add)
			}
		}
	})
}
