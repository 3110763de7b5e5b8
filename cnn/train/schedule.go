package train

import "math"

// A Schedule returns the factor of the learning rate for step number step of
// steps.
type Schedule func(step, steps int) float64

// Constant keeps the rate.
func Constant() Schedule { return func(int, int) float64 { return 1 } }

// StepDecay multiplies the rate by factor after every period steps.
func StepDecay(period int, factor float64) Schedule {
	return func(step, _ int) float64 { return math.Pow(factor, float64(step/max(1, period))) }
}

// Cosine lets the rate sink to 0 along half a cosine:
// (1 + cos(π·step/steps))/2.
//
// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2016.
func Cosine() Schedule {
	return func(step, steps int) float64 { return (1 + math.Cos(math.Pi*float64(step)/float64(max(1, steps)))) / 2 }
}

// Warmup lets the rate rise from near 0 during the first steps, then follows
// another schedule.
func Warmup(first int, then Schedule) Schedule {
	return func(step, steps int) float64 {
		if step < first {
			return float64(step+1) / float64(first)
		}
		return then(step-first, steps-first)
	}
}
