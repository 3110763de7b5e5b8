package compute

import "math"

// LRN is the geometry and the constants of local response normalisation over
// Size neighbouring channels:
//
//	y[n,c,p] = x[n,c,p] · s⁻ᴮᵉᵗᵃ,   s = K + Alpha·Σ x[n,c′,p]²,   |c′−c| ≤ Size/2
//
// with p a place of the Plane = H·W places of a map. Krizhevsky, Sutskever and
// Hinton, "ImageNet classification with deep convolutional neural networks",
// section 3.3: Alpha is not divided by Size.
type LRN struct {
	N, C, Plane, Size int
	Alpha, Beta, K    float32
}

// Forward computes y and keeps the sums s in scale (as long as x).
func (g *LRN) Forward(y, scale, x []float32) {
	For(g.N*g.C, grainFor(8*g.Plane), func(lo, hi int) {
		for at := lo; at < hi; at++ {
			s := scale[at*g.Plane : (at+1)*g.Plane]
			clear(s)
			g.neighbours(at, func(near int) {
				for p, v := range x[near*g.Plane : (near+1)*g.Plane] {
					s[p] += v * v
				}
			})
			for p := range s {
				s[p] = g.K + g.Alpha*s[p]
				y[at*g.Plane+p] = x[at*g.Plane+p] * power(s[p], -g.Beta)
			}
		}
	})
}

// Backward computes dx (+)= dy·s⁻ᴮ − 2·Alpha·Beta·x·Σ dy·y/s over the same neighbours.
func (g *LRN) Backward(dx, dy, x, y, scale []float32, add bool) {
	For(g.N*g.C, grainFor(8*g.Plane), func(lo, hi int) {
		sums := make([]float32, g.Plane)
		for at := lo; at < hi; at++ {
			clear(sums)
			g.neighbours(at, func(near int) {
				for p := range sums {
					i := near*g.Plane + p
					sums[p] += dy[i] * y[i] / scale[i]
				}
			})
			for p := range sums {
				i := at*g.Plane + p
				store(dx, i, dy[i]*power(scale[i], -g.Beta)-2*g.Alpha*g.Beta*x[i]*sums[p], add)
			}
		}
	})
}

// neighbours calls f with every channel (counted through the batch) near at.
func (g *LRN) neighbours(at int, f func(near int)) {
	n, c := at/g.C, at%g.C
	for near := max(0, c-g.Size/2); near < min(g.C, c+g.Size/2+1); near++ {
		f(n*g.C + near)
	}
}

// power returns x to the e, faster for the exponent −¾ of the paper.
func power(x, e float32) float32 {
	if e == -0.75 {
		r := math.Sqrt(float64(x))
		return float32(1 / (r * math.Sqrt(r)))
	}
	return float32(math.Pow(float64(x), float64(e)))
}
