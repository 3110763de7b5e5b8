package plotting

import "github.com/convnotes/convnotes/plotting/internal/scene"

// paddingCells draws the cells of a grid around an input that does not fill it.
func paddingCells(x plane, g grid) []scene.Node {
	if g.rows == x.rows && g.cols == x.cols {
		return nil
	}
	return dashed(append(g.lines(rule, 1), g.rect(0, 0, g.rows, g.cols, scene.Style{Stroke: rule, Width: 1})))
}

// paddingZeros writes what counts around an input that lies at row top, column
// left of a grid.
func paddingZeros(x plane, g grid, top, left int, size float64) (nodes []scene.Node) {
	for i := range g.rows {
		for j := range g.cols {
			if !x.inside(i-top, j-left) && size > 0 {
				nodes = append(nodes, g.write(i, j, "0", size, paddingInk))
			}
		}
	}
	return nodes
}

// A fill puts a value into a cell of an output.
type fill struct {
	frame, row, col int
	value           float64
}

// filling draws an output that fills up in the course of the frames; all are
// the values that share its colours.
func filling(g grid, fills []fill, frames int, all []float64, f format) block {
	b := block{w: g.w(), h: g.h()}
	b.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Fill: white}))
	b.add(g.lines(rule, 1)...)
	tone, size := scaleOf(all), g.textSize(all, f, 14)
	var marks []scene.Node
	for _, c := range fills {
		ground := tone.color(c.value)
		style := scene.Style{Fill: ground}
		if g.hasLines() {
			style.Stroke, style.Width = white, 1
		}
		cell := []scene.Node{g.rect(c.row, c.col, 1, 1, style)}
		if size > 0 {
			cell = append(cell, g.write(c.row, c.col, f.String(c.value), size, on(ground)))
		}
		b.add(scene.During(c.frame, frames-1, cell...))
		marks = append(marks, scene.During(c.frame, c.frame, g.rect(c.row, c.col, 1, 1, scene.Style{Stroke: red, Width: 2.5})))
	}
	b.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Stroke: rule, Width: 1}))
	b.add(marks...)
	return b
}
