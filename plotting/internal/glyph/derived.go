package glyph

import (
	"math"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// raised and lowered are runes that the font lacks, as smaller forms of those
// it has.
var (
	raised = map[rune]rune{
		'⁰': '0', '⁴': '4', '⁵': '5', '⁶': '6', '⁷': '7', '⁸': '8', '⁹': '9', '⁺': '+', '⁻': '−', '⁼': '=', '⁽': '(', '⁾': ')',
		'ⁿ': 'n', 'ⁱ': 'i', 'ᵀ': 'T', 'ᵏ': 'k', 'ᵗ': 't', 'ˡ': 'l', 'ˣ': 'x', 'ʸ': 'y',
	}
	lowered = map[rune]rune{
		'₀': '0', '₁': '1', '₂': '2', '₃': '3', '₄': '4', '₅': '5', '₆': '6', '₇': '7', '₈': '8', '₉': '9', '₊': '+', '₋': '−',
		'ₐ': 'a', 'ₑ': 'e', 'ₒ': 'o', 'ₓ': 'x', 'ᵢ': 'i', 'ⱼ': 'j', 'ₖ': 'k', 'ₗ': 'l', 'ₘ': 'm', 'ₙ': 'n', 'ₚ': 'p', 'ₛ': 's', 'ₜ': 't',
	}
)

// derive makes a rune that the font lacks out of its other runes.
func derive(r rune) (Glyph, bool) {
	if base, ok := raised[r]; ok {
		return small(base, -620)
	}
	if base, ok := lowered[r]; ok {
		return small(base, 280)
	}
	if r == '⋆' { // the sign of cross-correlation
		return Glyph{star(620, 700, 400), 1240}, true
	}
	return Glyph{}, false
}

// small returns a rune at three fifths of its size, moved down by dy.
func small(r rune, dy int) (Glyph, bool) {
	g, ok := load(Font(), r)
	if !ok {
		return Glyph{}, false
	}
	for i := range g.Outline {
		for j, p := range g.Outline[i].Args {
			g.Outline[i].Args[j] = fixed.Point26_6{X: p.X * 3 / 5, Y: p.Y*3/5 + fixed.I(dy)}
		}
	}
	return Glyph{g.Outline, g.Advance*3/5 + 60}, true
}

// tick returns a check mark.
func tick() sfnt.Segments {
	corners := [][2]int{{170, 620}, {300, 740}, {525, 470}, {1130, 1270}, {1260, 1170}, {530, 230}}
	outline := make(sfnt.Segments, len(corners))
	for i, c := range corners {
		outline[i] = sfnt.Segment{Op: sfnt.SegmentOpLineTo, Args: [3]fixed.Point26_6{fixed.P(c[0], -c[1])}}
	}
	outline[0].Op = sfnt.SegmentOpMoveTo
	return outline
}

// star returns a star of five points about a centre above the baseline.
func star(x, y, radius float64) (outline sfnt.Segments) {
	for i := range 10 {
		r := radius
		if i%2 == 1 {
			r *= .382
		}
		sin, cos := math.Sincos(math.Pi * float64(i) / 5)
		op := sfnt.SegmentOp(sfnt.SegmentOpLineTo)
		if i == 0 {
			op = sfnt.SegmentOpMoveTo
		}
		outline = append(outline, sfnt.Segment{Op: op, Args: [3]fixed.Point26_6{fixed.P(int(x+r*sin), -int(y+r*cos))}})
	}
	return outline
}
