package plotting

import (
	"image/color"
	"math"
)

// The colours of figures. Those that tell things apart are Okabe and Ito's,
// which people with any kind of colour vision can distinguish ("Color
// Universal Design", 2008, https://jfly.uni-koeln.de/color/).
var (
	ink    = rgb(0x1f2933)
	muted  = rgb(0x5a6673)
	faint  = rgb(0x9aa5b1)
	rule   = rgb(0xc5ccd3)
	edge   = rgb(0xd9dde2)
	paper  = rgb(0xfcfcfa)
	white  = rgb(0xffffff)
	orange = rgb(0xe69f00)
	sky    = rgb(0x56b4e9)
	green  = rgb(0x009e73)
	blue   = rgb(0x0072b2)
	red    = rgb(0xd55e00) // vermilion
	pink   = rgb(0xcc79a7)
)

// weightInk is the dark orange of weights written as text.
var weightInk = rgb(0x9a4400)

// windowTint lies over the cells that a window covers; windowInk is that of its
// weights, paddingInk of the zeros around an input, with the contrast that text
// needs there.
var (
	windowTint = color.NRGBA{orange.R, orange.G, orange.B, 110}
	windowInk  = rgb(0x6e3000)
	paddingInk = rgb(0x4b5763)
)

// palette is the order in which curves and bars take colours.
var palette = []color.NRGBA{blue, red, green, pink, orange, sky, ink}

// shade returns c mixed with white: 0 is white, 1 is c.
func shade(c color.NRGBA, amount float64) color.NRGBA { return mix(white, c, amount) }

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

func mix(a, b color.NRGBA, t float64) color.NRGBA {
	f := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*t)) }
	return color.NRGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), f(a.A, b.A)}
}

// A scale gives a value its colour: from white to blue, and where there are
// negative values from vermilion over white to blue, with white at zero.
type scale struct{ low, high float64 }

// scaleOf spans the finite values.
func scaleOf(values []float64) scale {
	s := scale{math.Inf(1), math.Inf(-1)}
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
	if s.low > s.high {
		return scale{0, 0}
	}
	return s
}

func (s scale) color(v float64) color.NRGBA {
	switch {
	case math.IsNaN(v):
		return rule
	case s.low < 0:
		return diverging(v / max(-s.low, s.high))
	case s.low == s.high:
		return sequential(0.3)
	}
	return sequential((v - s.low) / (s.high - s.low))
}

// toneScale is a quiet scale of greys, for inputs that a coloured window moves
// over: text on it is always dark.
func toneScale(values []float64) func(v float64) color.NRGBA {
	s := scaleOf(values)
	low := min(s.low, 0)
	return func(v float64) color.NRGBA {
		if s.high == low || math.IsNaN(v) {
			return rgb(0xeef1f4)
		}
		return ramp((v-low)/(s.high-low), rgb(0xf6f8fa), rgb(0xcdd5de))
	}
}

func sequential(t float64) color.NRGBA {
	return ramp(t, rgb(0xf4f8fb), rgb(0xa9cfe8), rgb(0x4b9fd0), blue)
}

func diverging(t float64) color.NRGBA {
	if t < 0 {
		return ramp(-t, rgb(0xf7f7f5), rgb(0xf6cfae), rgb(0xe5944f), red)
	}
	return ramp(t, rgb(0xf7f7f5), rgb(0xa9cfe8), rgb(0x4b9fd0), blue)
}

func ramp(t float64, stops ...color.NRGBA) color.NRGBA {
	at := min(max(t, 0), 1) * float64(len(stops)-1)
	i := min(int(at), len(stops)-2)
	return mix(stops[i], stops[i+1], at-float64(i))
}

// on returns a colour of text that can be read on a ground: ink where that is
// clear, else white or black.
func on(ground color.NRGBA) color.NRGBA {
	const clear = 4.5 // WCAG 2.1, level AA
	switch black := rgb(0); {
	case contrast(ground, ink) >= clear:
		return ink
	case contrast(ground, white) > contrast(ground, black):
		return white
	default:
		return black
	}
}

// contrast is the ratio of WCAG 2.1, from 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= .04045 {
			return s / 12.92
		}
		return math.Pow((s+.055)/1.055, 2.4)
	}
	return .2126*linear(c.R) + .7152*linear(c.G) + .0722*linear(c.B)
}
