// Package cnn is a small compiled package for the engine's tests: functions,
// types, variables, constants and generics as a package has them that cells import.
package cnn

import (
	"fmt"
	"iter"
)

// MaxLayers and Eps are untyped constants.
const (
	MaxLayers = 16
	Eps       = 1e-7
	Version   = "0.1"
)

// DefaultSeed is a variable.
var DefaultSeed = 42

// A Mode is a named integer with a text.
type Mode int

// The modes.
const (
	Train Mode = iota
	Infer
)

func (m Mode) String() string { return [...]string{"Train", "Infer"}[m] }

// A Tensor holds numbers.
type Tensor struct {
	shape []int
	data  []float32
}

// New returns a tensor of zeros.
func New(shape ...int) *Tensor {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return &Tensor{shape, make([]float32, n)}
}

// Len is the number of elements.
func (t *Tensor) Len() int { return len(t.data) }

// At returns the element at an index, row by row: At(r, c) or At(i).
func (t *Tensor) At(index ...int) float32 { return t.data[t.offset(index)] }

// Set changes element i.
func (t *Tensor) Set(v float32, index ...int) { t.data[t.offset(index)] = v }

func (t *Tensor) offset(index []int) int {
	i := 0
	for k, x := range index {
		if k > 0 {
			i *= t.shape[k]
		}
		i += x
	}
	return i
}

// Each yields the elements with their index.
func (t *Tensor) Each() iter.Seq2[int, float32] {
	return func(yield func(int, float32) bool) {
		for i, v := range t.data {
			if !yield(i, v) {
				return
			}
		}
	}
}

// A Layer is an interface for cells to implement.
type Layer interface {
	Forward(x float64) float64
	Name() string
}

// Run calls a layer.
func Run(l Layer, x float64) string { return fmt.Sprintf("%s(%v)=%v", l.Name(), x, l.Forward(x)) }

// Apply calls f for each element.
func Apply(xs []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = f(x)
	}
	return out
}

// A Config has options.
type Config struct {
	LR    float64
	Steps int
}

// An Option changes a Config.
type Option func(*Config)

// WithLR sets the rate.
func WithLR(lr float64) Option { return func(c *Config) { c.LR = lr } }

// NewConfig applies options.
func NewConfig(options ...Option) Config {
	c := Config{LR: 0.1, Steps: 10}
	for _, o := range options {
		o(&c)
	}
	return c
}

// An ErrShape is an error with fields.
type ErrShape struct{ Want, Got int }

func (e *ErrShape) Error() string { return fmt.Sprintf("shape: want %d, got %d", e.Want, e.Got) }

// Check wraps an ErrShape where the sizes differ.
func Check(want, got int) error {
	if want == got {
		return nil
	}
	return fmt.Errorf("check: %w", &ErrShape{want, got})
}
