package cnn

import "github.com/convnotes/convnotes/cnn/internal/compute"

// ReLU returns max(0, x): the rectified linear unit. Its slope is 0 on the left
// and 1 on the right; at 0 it is taken as 0.
func ReLU(x *Tensor) *Tensor {
	given("ReLU", x)
	x = x.contiguous()
	y := result("ReLU", x.shape, x)
	if y.IsShapeOnly() {
		return y
	}
	compute.ReLU(y.data(), x.data())
	return y.made(func() {
		dx, add := x.into()
		compute.ReLUBackward(dx, y.grad.data, y.data(), add)
	})
}

// LeakyReLU returns x where it is positive and slope·x elsewhere.
func LeakyReLU(x *Tensor, slope float64) *Tensor {
	s := float32(slope)
	return each("LeakyReLU", x, func(v float32) float32 {
		if v > 0 {
			return v
		}
		return s * v
	}, func(x, _ float32) float32 {
		if x > 0 {
			return 1
		}
		return s
	})
}

// Sigmoid returns σ(x) = 1/(1+e⁻ˣ), between 0 and 1, without overflow for any x.
// Its slope is σ(1−σ), at most ¼.
func Sigmoid(x *Tensor) *Tensor {
	return activate("Sigmoid", x, compute.Sigmoid, func(_, y float32) float32 { return y * (1 - y) })
}

// Tanh returns (eˣ−e⁻ˣ)/(eˣ+e⁻ˣ), between −1 and 1. Its slope is 1−y², at most 1.
func Tanh(x *Tensor) *Tensor {
	return activate("Tanh", x, compute.Tanh, func(_, y float32) float32 { return 1 - y*y })
}

// activate applies a function that compute has, with a slope given x and y.
func activate(op string, x *Tensor, f func(y, x []float32), slope func(x, y float32) float32) *Tensor {
	given(op, x)
	x = x.contiguous()
	y := result(op, x.shape, x)
	if y.IsShapeOnly() {
		return y
	}
	f(y.data(), x.data())
	return y.made(func() {
		dx, add := x.into()
		compute.MapBackward(dx, y.grad.data, x.data(), y.data(), add, slope)
	})
}
