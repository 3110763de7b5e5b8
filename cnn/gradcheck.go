package cnn

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// A GradReport is what [GradCheck] found.
type GradReport struct {
	OK      bool
	Checked int            // elements compared
	Kinks   int            // elements left out, because the function bends there
	Worst   GradDifference // the element that differs most
	Limit   float64        // the largest Error that is still right
}

// A GradDifference compares the gradient of one element with its finite
// difference.
type GradDifference struct {
	Input    int   // which input
	Index    []int // which element of it
	Gradient float64
	Numeric  float64
	Error    float64 // |Gradient − Numeric|, in parts of the largest gradient of the input
}

// String says in a line whether the gradient is right, and where it is worst.
func (r GradReport) String() string {
	if r.Checked == 0 {
		return fmt.Sprintf("gradient NOT CHECKED: nothing to compare, %d elements lie on kinks", r.Kinks)
	}
	verdict, w := "gradient right", r.Worst
	if !r.OK {
		verdict = "gradient WRONG"
	}
	s := fmt.Sprintf("%s: %d elements compared, worst is input %d at %v: gradient %s, finite difference %s", verdict, r.Checked, w.Input, w.Index, number(w.Gradient), number(w.Numeric))
	if r.Kinks > 0 {
		s += fmt.Sprintf("; %d left out on kinks", r.Kinks)
	}
	return s
}

// GradCheck compares the gradients that Backward computes with finite
// differences: the result of f is multiplied by fixed random numbers and
// summed, and each element of each input is moved by ±h and ±h/2,
//
//	(4·D(h/2) − D(h))/3   with   D(h) = (f(x+h) − f(x−h)) / 2h,   h = 1/64.
//
// f must be the same function at every call. Elements where the difference
// quotients do not settle (a ReLU at 0, a tie of a maximum) have no gradient to
// compare with: they are counted as kinks.
//
// A result is right when no error exceeds 1 % of the largest gradient of that
// input, which float32 allows.
func GradCheck(f func(inputs []*Tensor) *Tensor, inputs ...*Tensor) GradReport {
	const limit = 0.01
	c := &gradCheck{f: f, limit: limit}
	for _, x := range inputs {
		c.inputs = append(c.inputs, Parameter(x.Clone()))
	}
	y := f(c.inputs)
	given("GradCheck", y)
	c.weigh(y)
	y.Backward(c.weights)
	r := GradReport{OK: true, Limit: limit}
	for i := range c.inputs {
		c.input(&r, i)
	}
	r.OK = r.Checked > 0 && r.Worst.Error <= limit
	return r
}

type gradCheck struct {
	f       func([]*Tensor) *Tensor
	inputs  []*Tensor
	weights *Tensor
	limit   float64
}

// weigh draws the numbers that the result is multiplied with.
func (c *gradCheck) weigh(y *Tensor) {
	random := rand.New(rand.NewPCG(1, 2))
	c.weights = Ones(y.shape...)
	if y.Size() > 1 {
		for i := range c.weights.storage.data {
			c.weights.storage.data[i] = float32(random.Float64() + 0.5)
			if random.IntN(2) == 0 {
				c.weights.storage.data[i] *= -1
			}
		}
	}
}

// value returns the weighted sum of the result.
func (c *gradCheck) value() (sum float64) {
	NoGrad(func() {
		y := c.f(c.inputs)
		for i, v := range y.Values() {
			sum += float64(v) * float64(c.weights.storage.data[i])
		}
	})
	return sum
}

// input compares all elements of one input.
func (c *gradCheck) input(r *GradReport, i int) {
	gradient := c.inputs[i].Grad().Values()
	scale := 1e-3
	for _, g := range gradient {
		if g := math.Abs(float64(g)); g <= math.MaxFloat32 { // a NaN or infinity is measured by the others
			scale = max(scale, g)
		}
	}
	for at, g := range gradient {
		numeric, smooth := c.difference(c.inputs[i], at, scale)
		if !smooth {
			r.Kinks++
			continue
		}
		r.Checked++
		d := GradDifference{i, indexOf(at, c.inputs[i].shape), float64(g), numeric, math.Abs(float64(g)-numeric) / scale}
		if math.IsNaN(d.Error) {
			d.Error = math.Inf(1)
		}
		if r.Checked == 1 || d.Error > r.Worst.Error {
			r.Worst = d
		}
	}
}

// difference returns the finite difference for one element, and whether the
// function is smooth there.
func (c *gradCheck) difference(x *Tensor, at int, scale float64) (numeric float64, smooth bool) {
	const h = 1.0 / 64
	x0, f0 := x.storage.data[at], c.value()
	slope := func(h float64) float64 {
		x.storage.touch()
		x.storage.data[at] = float32(float64(x0) + h)
		moved := float64(x.storage.data[at]) - float64(x0)
		s := (c.value() - f0) / moved
		x.storage.touch()
		x.storage.data[at] = x0
		return s
	}
	right, left, right2, left2 := slope(h), slope(-h), slope(h/2), slope(-h/2)
	wide, narrow := (right+left)/2, (right2+left2)/2
	bend, bend2 := math.Abs(right-left), math.Abs(right2-left2)
	settles := math.Abs(wide-narrow) <= c.limit*scale
	straight := bend2 <= 0.75*bend || bend2 <= 2*c.limit*scale
	return (4*narrow - wide) / 3, settles && straight
}
