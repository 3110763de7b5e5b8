package plotting

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// A Bar is a named value.
type Bar struct {
	Name  string
	Value float64
}

// Bars draws values as horizontal bars under each other, with the numbers at
// their ends. Axes.X names what is measured.
func Bars(a Axes, bars ...Bar) *Figure {
	body := titled(a.Title, barBlock("Bars", bars, blue, number, 340), a.X)
	facts := make([]string, len(bars))
	for i, b := range bars {
		facts[i] = b.Name + say(": ", "：") + number(b.Value)
	}
	head := a.Title
	if head == "" {
		head = a.X
	}
	alt := sayf("bars of %s", "%s 的条形图", a.subject()) + say(": ", "：") + sentence(facts)
	return newFigure(body, alt, strings.TrimPrefix(head+"\n"+strings.Join(facts, "\n"), "\n"))
}

// barBlock draws bars that are together as long as length.
func barBlock(op string, bars []Bar, c color.Color, write func(float64) string, length float64) block {
	const height, gap, size = 18.0, 7.0, 12.0
	if len(bars) == 0 {
		misuse(op, "got no bars")
	}
	low, high, names, numbers := 0.0, 0.0, 0.0, 0.0
	for _, b := range bars {
		if !finite(b.Value) {
			misuse(op, "the value of %q is %g: want a finite number", b.Name, b.Value)
		}
		low, high = min(low, b.Value), max(high, b.Value)
		names = max(names, glyph.Width(b.Name, size))
		numbers = max(numbers, glyph.Width(write(b.Value), size))
	}
	unit := 0.0
	if high > low {
		unit = length / (high - low)
	}
	zero := names + 10 - low*unit
	if low < 0 {
		zero += numbers + 6 // numbers of negative bars stand left of them
	}
	b := block{w: zero + high*unit + 6 + numbers, h: float64(len(bars))*(height+gap) - gap}
	for i, bar := range bars {
		y := float64(i) * (height + gap)
		text := scene.Text{Y: y + height/2, Size: size, Centred: true, Color: ink, String: bar.Name, X: names, Anchor: scene.End}
		x, w, end, anchor := zero, bar.Value*unit, zero+bar.Value*unit+6, scene.Start
		if bar.Value < 0 {
			x, w, end, anchor = zero+bar.Value*unit, -bar.Value*unit, zero+bar.Value*unit-6, scene.End
		}
		b.add(text, scene.Rect{X: x, Y: y, W: w, H: height, Radius: min(2, w/2), Style: scene.Style{Fill: c}})
		b.add(scene.Text{X: end, Y: y + height/2, Size: size, Centred: true, Color: ink, Anchor: anchor, String: write(bar.Value)})
	}
	b.add(scene.Line(muted, 1, scene.Point{X: zero, Y: -3}, scene.Point{X: zero, Y: b.h + 3}))
	return b
}

// grouped writes a count with commas: 61,706.
func grouped(v float64) string {
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return strings.ReplaceAll(s, "-", "−")
}
