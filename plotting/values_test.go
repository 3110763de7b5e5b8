package plotting

import (
	"image/color"
	"math"
	"testing"
)

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		values []float64
		v      float64
		want   string
	}{
		{[]float64{1, 2}, -1, "−1"},
		{[]float64{.5, 2}, 2, "2"},
		{[]float64{.5, 2}, .5, "0.5"},
		{[]float64{1.0 / 3}, 1.0 / 3, "0.33"},
		{[]float64{1.0 / 3}, .999, "1.00"},
		{[]float64{.25, .5}, .5, "0.5"},
		{[]float64{float64(float32(.1))}, float64(float32(.1)), "0.1"},
		{[]float64{1}, math.Copysign(0, -1), "0"},
		{[]float64{.25}, -.001, "0.00"},
		{[]float64{1e-4}, 1e-4, "0.0001"},
		{[]float64{.0024, -.91}, .0024, "0.00"},
		{[]float64{2e7}, 2e7, "2e+07"},
		{nil, math.NaN(), "NaN"},
		{nil, math.Inf(-1), "−∞"},
	} {
		if got := formatOf(test.values).String(test.v); got != test.want {
			t.Errorf("%g among %v is written %q, want %q", test.v, test.values, got, test.want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 999: "999", 61706: "61,706", 1009945728: "1,009,945,728", -1234: "−1,234"} {
		if got := grouped(v); got != want {
			t.Errorf("%g is written %q, want %q", v, got, want)
		}
	}
}

func TestNiceStep(t *testing.T) {
	for _, test := range []struct{ low, high, want float64 }{{0, 1, .2}, {0, 2.3, .5}, {1, 8, 2}, {-6, 6, 5}, {0, 0, 1}, {3, 3.001, .0002}} {
		if got := niceStep(test.low, test.high); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("from %g to %g in steps of %g, want %g", test.low, test.high, got, test.want)
		}
	}
}

// TestContrast asks for the ratio of WCAG 2.1 for text, on every shade that
// numbers are written on.
func TestContrast(t *testing.T) {
	const least = 4.5
	for i := range 101 {
		v := float64(i) / 100
		if c := sequential(v); contrast(c, on(c)) < least {
			t.Errorf("text on the sequential scale at %g has a contrast of %.2f", v, contrast(c, on(c)))
		}
		if c := diverging(2*v - 1); contrast(c, on(c)) < least {
			t.Errorf("text on the diverging scale at %g has a contrast of %.2f", 2*v-1, contrast(c, on(c)))
		}
		if c := toneScale([]float64{0, 1})(v); contrast(c, ink) < 7 {
			t.Errorf("text on the grey scale at %g has a contrast of %.2f", v, contrast(c, ink))
		}
		if c := inWindow(toneScale([]float64{0, 1})(v)); contrast(c, windowInk) < least || contrast(c, ink) < least {
			t.Errorf("text in a window at %g has a contrast of %.2f, weights of %.2f", v, contrast(c, ink), contrast(c, windowInk))
		}
	}
	for name, c := range map[string]struct{ a, b float64 }{
		"muted":   {contrast(muted, paper), least},
		"weight":  {contrast(weightInk, paper), least},
		"sum":     {contrast(blue, paper), least},
		"pale":    {contrast(muted, shade(blue, .18)), least},
		"padding": {contrast(paddingInk, inWindow(white)), least},
	} {
		if c.a < c.b {
			t.Errorf("%s text has a contrast of %.2f, want %g", name, c.a, c.b)
		}
	}
}

// inWindow is a ground under a window.
func inWindow(c color.NRGBA) color.NRGBA { return mix(c, orange, float64(windowTint.A)/255) }
