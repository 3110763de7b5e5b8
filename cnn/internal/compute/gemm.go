package compute

// Gemm computes C = A·B, or C += A·B with add, then adds bias[j] to every
// column j unless bias is nil, then replaces negative values by 0 when relu.
// cache belongs to B.
func (g *Product) Gemm(c, a, b, bias []float32, add, relu bool, cache *Cache) {
	if g.TransB {
		b = cache.get(packedB{g.K, g.N}, func() any { return transposed(b, g.N, g.K) }).([]float32)
	}
	if g.TransA {
		a = transposed(a, g.K, g.M)
	}
	const rows = 4
	For(g.M, max(rows, grainFor(g.N*g.K)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := c[i*g.N : (i+1)*g.N]
			if !add {
				clear(row)
			}
			g.row(row, a[i*g.K:(i+1)*g.K], b)
			finish(row, bias, relu)
		}
	})
}

type packedB struct{ k, n int }

// row adds one row of A times B to one row of C, four rows of B at a time and
// in blocks of columns that stay in the first cache.
func (g *Product) row(c, a, b []float32) {
	const block = 1024
	for j := 0; j < g.N; j += block {
		c := c[j:min(j+block, g.N)]
		k := 0
		for ; k+4 <= g.K; k += 4 {
			axpy4(c, a[k:k+4], b[k*g.N+j:], b[(k+1)*g.N+j:], b[(k+2)*g.N+j:], b[(k+3)*g.N+j:])
		}
		for ; k < g.K; k++ {
			axpy(c, b[k*g.N+j:], a[k])
		}
	}
}

// axpy4 adds four scaled rows at once: one load and store of y for four products.
func axpy4(y, a, x0, x1, x2, x3 []float32) {
	a0, a1, a2, a3 := a[0], a[1], a[2], a[3]
	x0, x1, x2, x3 = x0[:len(y)], x1[:len(y)], x2[:len(y)], x3[:len(y)]
	for j := range y {
		y[j] += (a0*x0[j] + a1*x1[j]) + (a2*x2[j] + a3*x3[j])
	}
}

func axpy(y, x []float32, a float32) {
	x = x[:len(y)]
	for j := range y {
		y[j] += a * x[j]
	}
}

// finish adds a bias per column and rectifies.
func finish(row, bias []float32, relu bool) {
	if bias != nil {
		for j, b := range bias[:len(row)] {
			row[j] += b
		}
	}
	if relu {
		rectify(row, row)
	}
}

// transposed returns the columns×rows transpose of a rows×columns matrix.
func transposed(x []float32, rows, columns int) []float32 {
	y := make([]float32, rows*columns)
	For(rows, grainFor(columns), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			for j, v := range x[i*columns : (i+1)*columns] {
				y[j*rows+i] = v
			}
		}
	})
	return y
}
