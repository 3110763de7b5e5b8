package cnn

// A Number is what Sum adds.
type Number interface{ ~int | ~float64 }

// Sum adds.
func Sum[T Number](xs []T) (s T) {
	for _, x := range xs {
		s += x
	}
	return s
}

// Map calls f for each element.
func Map[T, U any](xs []T, f func(T) U) []U {
	out := make([]U, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

// A Matrix has rows and columns.
type Matrix[T any] struct {
	Rows, Cols int
	Data       []T
}

// NewMatrix returns a matrix of zeros.
func NewMatrix[T any](rows, cols int) *Matrix[T] {
	return &Matrix[T]{rows, cols, make([]T, rows*cols)}
}

// At returns an element.
func (m *Matrix[T]) At(i, j int) T { return m.Data[i*m.Cols+j] }

// Set changes an element.
func (m *Matrix[T]) Set(i, j int, v T) { m.Data[i*m.Cols+j] = v }
