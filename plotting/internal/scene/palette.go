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
	for i := 0; i < len(m.Pix); i += 4 {
		counts[color.RGBA{m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3]}]++
	}
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
	for i := range p.Pix {
		p.Pix[i] = index[color.RGBA{m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3]}]
	}
	return p
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
