package scene

import (
	"cmp"
	"image"
	"image/color"
	"maps"
	"slices"
)

// reduced returns an image with a palette of at most 256 colours, which takes a
// third of the space, if no pixel changes much; else the image itself. Areas
// keep their colours; the shades along the edges of letters are rounded.
func reduced(m *image.RGBA) image.Image {
	counts := map[color.RGBA]int{}
	runs(m, func(c color.RGBA, _, n int) { counts[c] += n })
	const most, like, near = 256, 14, 96
	if len(counts) > 10_000 {
		return m
	}
	colors := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(code(a), code(b)))
	})
	var kept []color.RGBA
	index := make(map[color.RGBA]uint8, len(colors))
	for _, c := range colors {
		best, distance := nearest(c, kept)
		switch {
		case len(kept) < most && (distance > like || counts[c] > len(m.Pix)/4000):
			best, kept = uint8(len(kept)), append(kept, c)
		case distance > near:
			return m
		}
		index[c] = best
	}
	return withPalette(m, kept, index)
}

func withPalette(m *image.RGBA, kept []color.RGBA, index map[color.RGBA]uint8) image.Image {
	palette := make(color.Palette, len(kept))
	for i, c := range kept {
		palette[i] = c
	}
	p := image.NewPaletted(m.Bounds(), palette)
	runs(m, func(c color.RGBA, at, n int) {
		for k, i := 0, index[c]; k < n; k++ {
			p.Pix[at+k] = i
		}
	})
	return p
}

// runs calls f for every run of n pixels of one colour, the first at a place.
func runs(m *image.RGBA, f func(c color.RGBA, at, n int)) {
	at := func(i int) color.RGBA { return color.RGBA{m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3]} }
	pixels := len(m.Pix) / 4
	for i := 0; i < pixels; {
		c, n := at(i), 1
		for i+n < pixels && at(i+n) == c {
			n++
		}
		f(c, i, n)
		i += n
	}
}

// nearest returns the colour with the smallest sum of differences.
func nearest(c color.RGBA, kept []color.RGBA) (best uint8, distance int) {
	distance = 1 << 10
	for i, k := range kept {
		d := apart(c.R, k.R) + apart(c.G, k.G) + apart(c.B, k.B) + apart(c.A, k.A)
		if d < distance {
			best, distance = uint8(i), d
		}
	}
	return best, distance
}

func apart(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }

func code(c color.RGBA) uint32 {
	return uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
}
