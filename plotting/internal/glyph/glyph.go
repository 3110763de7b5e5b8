// Package glyph knows the shapes of the letters in figures.
//
// Figures carry their text as outlines, so that they look the same in every
// browser and in every PNG, whether or not the machine has a Chinese font.
package glyph

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

//go:generate python3 subset.py /usr/share/fonts/truetype/wqy/wqy-microhei.ttc
//go:embed microhei.ttf.gz
var packed []byte

// Em is the number of units in which outlines and advances are measured: a
// letter of size 12 is drawn with its outline scaled by 12/Em.
const Em = 2048

// CapHeight is the height of a capital letter and of a digit.
const CapHeight = 1462

// A Glyph is the shape of one rune, y pointing down from the baseline.
type Glyph struct {
	Outline sfnt.Segments // in 64ths of a unit
	Advance int           // where the next rune starts
}

// Font returns the embedded font: Latin, Greek, mathematics and the Han of
// GB 2312.
var Font = sync.OnceValue(func() *sfnt.Font {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("glyph: the embedded font is broken: " + err.Error())
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		panic("glyph: the embedded font is broken: " + err.Error())
	}
	f, err := sfnt.Parse(data)
	if err != nil {
		panic("glyph: the embedded font is broken: " + err.Error())
	}
	return f
})

var (
	mu     sync.Mutex
	known  = map[rune]Glyph{}
	buffer sfnt.Buffer
)

// Of returns the shape of r: from the embedded font, else from a font of the
// system that has it, else a box.
func Of(r rune) Glyph {
	mu.Lock()
	defer mu.Unlock()
	g, ok := known[r]
	if !ok {
		g = look(r)
		known[r] = g
	}
	return g
}

// Width returns how far s reaches when written in the given size.
func Width(s string, size float64) float64 {
	sum := 0
	for _, r := range s {
		sum += Of(r).Advance
	}
	return float64(sum) * size / Em
}

// Embedded reports whether r can be drawn on every machine.
func Embedded(r rune) bool {
	mu.Lock()
	defer mu.Unlock()
	_, ok := own(r)
	return ok
}

// own looks for r in the embedded font, whose check mark looks like a root.
func own(r rune) (Glyph, bool) {
	if r == '✓' {
		return Glyph{tick(), 1420}, true
	}
	if g, ok := load(Font(), r); ok {
		return g, true
	}
	return derive(r)
}

func look(r rune) Glyph {
	if g, ok := own(r); ok {
		return g
	}
	for _, f := range systemFonts() {
		if g, ok := load(f, r); ok {
			return g
		}
	}
	return box
}

// load reads r at a size where one pixel is one unit.
func load(f *sfnt.Font, r rune) (Glyph, bool) {
	i, err := f.GlyphIndex(&buffer, r)
	if err != nil || i == 0 {
		return Glyph{}, false
	}
	outline, err := f.LoadGlyph(&buffer, i, fixed.I(Em), nil)
	if err != nil { // a bitmap or colour glyph
		return Glyph{}, false
	}
	advance, err := f.GlyphAdvance(&buffer, i, fixed.I(Em), font.HintingNone)
	if err != nil {
		return Glyph{}, false
	}
	return Glyph{append(sfnt.Segments(nil), outline...), advance.Round()}, true
}

// box stands for a rune that no font has.
var box = Glyph{Outline: append(frame(200, 1300, 0, 1462), frame(1200, 300, 100, 1362)...), Advance: 1500}

// frame goes around a rectangle that stands on the baseline; from right to
// left it is a hole.
func frame(left, right, bottom, top int) sfnt.Segments {
	corner := func(x, y int) [3]fixed.Point26_6 { return [3]fixed.Point26_6{fixed.P(x, -y)} }
	return sfnt.Segments{
		{Op: sfnt.SegmentOpMoveTo, Args: corner(left, bottom)},
		{Op: sfnt.SegmentOpLineTo, Args: corner(left, top)},
		{Op: sfnt.SegmentOpLineTo, Args: corner(right, top)},
		{Op: sfnt.SegmentOpLineTo, Args: corner(right, bottom)},
	}
}
