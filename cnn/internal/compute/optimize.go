package compute

import "math"

// SGD does one step of stochastic gradient descent in place:
//
//	d = g + decay·w,   v = momentum·v + d,   w = w − rate·v
//
// or w − rate·(d + momentum·v) with nesterov. A nil v means no momentum.
func SGD(w, g, v []float32, rate, momentum, decay float32, nesterov bool) {
	s := descent{rate, momentum, decay, nesterov}
	if alone(len(w)) {
		s.step(w, g, v, 0, len(w))
		return
	}
	For(len(w), grain, func(lo, hi int) { s.step(w, g, v, lo, hi) })
}

type descent struct {
	rate, momentum, decay float32
	nesterov              bool
}

// step does cells [lo,hi).
func (s descent) step(w, g, v []float32, lo, hi int) {
	if v != nil && !s.nesterov {
		n := (hi - lo) / 8
		if n > 0 {
			isa.momentum8(&w[lo], &v[lo], &g[lo], s.rate, s.momentum, s.decay, n)
		}
		lo += 8 * n
	}
	for i := lo; i < hi; i++ {
		d := g[i] + s.decay*w[i]
		if v != nil {
			v[i] = s.momentum*v[i] + d
			if s.nesterov {
				d += s.momentum * v[i]
			} else {
				d = v[i]
			}
		}
		w[i] -= s.rate * d
	}
}

// Adam does step number step (from 1) of Adam in place, with the decay added
// to the gradient:
//
//	m = β₁m + (1−β₁)d,   v = β₂v + (1−β₂)d²,   w = w − rate·m̂/(√v̂ + ε)
//
// m̂ = m/(1−β₁ˢᵗᵉᵖ), v̂ = v/(1−β₂ˢᵗᵉᵖ). Kingma and Ba, "Adam", algorithm 1.
func Adam(w, g, m, v []float32, rate, beta1, beta2, epsilon, decay float64, step int) {
	b1, b2 := float32(beta1), float32(beta2)
	p := &[8]float32{float32(decay), b1, 1 - b1, b2, 1 - b2,
		float32(rate / (1 - math.Pow(beta1, float64(step)))), float32(1 / (1 - math.Pow(beta2, float64(step)))), float32(epsilon)}
	For(len(w), grain, func(lo, hi int) {
		n := (hi - lo) / 8
		if n > 0 {
			isa.adam8(&w[lo], &m[lo], &v[lo], &g[lo], &p[0], n)
		}
		lo += 8 * n
		adam(w[lo:hi], m[lo:hi], v[lo:hi], g[lo:hi], p)
	})
}

func adam(w, m, v, g []float32, p *[8]float32) {
	decay, b1, a1, b2, a2, rate, scale, epsilon := p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]
	for i := range w {
		d := g[i] + decay*w[i]
		m[i] = b1*m[i] + a1*d
		v[i] = b2*v[i] + a2*d*d
		w[i] -= rate * m[i] / (float32(math.Sqrt(float64(v[i]*scale))) + epsilon)
	}
}

// RMSProp does one step in place, with the decay added to the gradient:
//
//	s = αs + (1−α)d²,   w = w − rate·d/(√s + ε)
func RMSProp(w, g, s []float32, rate, alpha, epsilon, decay float64) {
	a := float32(alpha)
	p := &[5]float32{float32(decay), a, 1 - a, float32(rate), float32(epsilon)}
	For(len(w), grain, func(lo, hi int) {
		n := (hi - lo) / 8
		if n > 0 {
			isa.rmsprop8(&w[lo], &s[lo], &g[lo], &p[0], n)
		}
		lo += 8 * n
		rmsprop(w[lo:hi], s[lo:hi], g[lo:hi], p)
	})
}

func rmsprop(w, s, g []float32, p *[5]float32) {
	decay, a, b, rate, epsilon := p[0], p[1], p[2], p[3], p[4]
	for i := range w {
		d := g[i] + decay*w[i]
		s[i] = a*s[i] + b*d*d
		w[i] -= rate * d / (float32(math.Sqrt(float64(s[i]))) + epsilon)
	}
}
