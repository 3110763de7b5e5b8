package plotting

import (
	"image/color"

	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// A block is a part of a figure with its size, so that parts can be put
// beside and under each other without overlapping.
type block struct {
	w, h  float64
	nodes []scene.Node
}

func (b *block) add(nodes ...scene.Node) { b.nodes = append(b.nodes, nodes...) }

// at returns the block moved to x, y.
func (b block) at(x, y float64) scene.Node { return scene.Group{DX: x, DY: y, Nodes: b.nodes} }

// beside puts blocks in a row, centred on one line.
func beside(gap float64, blocks ...block) block {
	var row block
	for _, b := range blocks {
		row.h = max(row.h, b.h)
	}
	for i, b := range blocks {
		if i > 0 {
			row.w += gap
		}
		row.add(b.at(row.w, (row.h-b.h)/2))
		row.w += b.w
	}
	return row
}

// An alignment says where the narrower blocks of a stack lie.
type alignment float64

const (
	left   alignment = 0
	centre alignment = .5
)

// stack puts blocks under each other.
func stack(gap float64, a alignment, blocks ...block) block {
	var column block
	for _, b := range blocks {
		column.w = max(column.w, b.w)
	}
	for i, b := range blocks {
		if i > 0 {
			column.h += gap
		}
		column.add(b.at((column.w-b.w)*float64(a), column.h))
		column.h += b.h
	}
	return column
}

// padded puts empty space around a block.
func padded(b block, x, y float64) block {
	return block{b.w + 2*x, b.h + 2*y, []scene.Node{b.at(x, y)}}
}

// overlay draws blocks over each other.
func overlay(blocks ...block) block {
	var o block
	for _, b := range blocks {
		o.w, o.h = max(o.w, b.w), max(o.h, b.h)
		o.add(b.nodes...)
	}
	return o
}

// line is one line of text, as high as its size needs.
func line(s string, size float64, c color.Color) block {
	t := scene.Text{Y: size * 1.05, Size: size, Color: c, String: s}
	return block{t.Width(), size * 1.35, []scene.Node{t}}
}

// Text sizes.
const (
	titleSize   = 15
	labelSize   = 13
	captionSize = 11.5
)

// titled puts a title over a block and a caption under it; either may be empty.
func titled(title string, b block, caption string) block {
	parts := []block{b}
	if title != "" {
		parts = append([]block{line(title, titleSize, ink)}, parts...)
	}
	if caption != "" {
		parts = append(parts, line(caption, captionSize, muted))
	}
	return stack(10, centre, parts...)
}

// labelled puts a small heading over a part of a figure.
func labelled(label string, b block) block {
	return stack(6, centre, line(label, labelSize, ink), b)
}
