package loops

// Conv is a cross-correlation of a 224×224 image with a 5×5 kernel.
func Conv() float64 {
	n, k := 224, 5
	in := make([][]float64, n)
	for i := range in {
		in[i] = make([]float64, n)
		for j := range in[i] {
			in[i][j] = float64((i*7+j*13)%17) * 0.25
		}
	}
	ker := make([][]float64, k)
	for i := range ker {
		ker[i] = make([]float64, k)
		for j := range ker[i] {
			ker[i][j] = float64(i-j) * 0.1
		}
	}
	h := n - k + 1
	out := make([][]float64, h)
	for i := range out {
		out[i] = make([]float64, h)
	}
	for i := 0; i < h; i++ {
		for j := 0; j < h; j++ {
			s := 0.0
			for u := 0; u < k; u++ {
				for v := 0; v < k; v++ {
					s += in[i+u][j+v] * ker[u][v]
				}
			}
			out[i][j] = s
		}
	}
	return out[10][20] + out[100][57]
}

// Matmul is the product of two 128×128 matrices.
func Matmul() float64 {
	n := 128
	a := make([][]float64, n)
	b := make([][]float64, n)
	c := make([][]float64, n)
	for i := 0; i < n; i++ {
		a[i] = make([]float64, n)
		b[i] = make([]float64, n)
		c[i] = make([]float64, n)
		for j := 0; j < n; j++ {
			a[i][j] = float64(i + j)
			b[i][j] = float64(i - j)
		}
	}
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			s := 0.0
			for k := 0; k < n; k++ {
				s += a[i][k] * b[k][j]
			}
			c[i][j] = s
		}
	}
	return c[3][5] + c[127][127]
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// Fib30 makes 1.3 million calls.
func Fib30() float64 { return float64(fib(30)) }

// Sieve counts the primes to a million.
func Sieve() float64 {
	n := 1000000
	s := make([]bool, n+1)
	c := 0
	for i := 2; i <= n; i++ {
		if !s[i] {
			c++
			for j := i * 2; j <= n; j += i {
				s[j] = true
			}
		}
	}
	return float64(c)
}
