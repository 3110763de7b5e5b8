package plotting

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// A Window is how a layer moves over the one before it.
type Window struct {
	Name            string
	Size            int
	Stride, Padding int // a stride of 0 is 1
}

// ReceptiveField steps through layers and marks what one value of each depends
// on in all layers before it, down to an input of n×n cells. The field grows by
//
//	r ← r + (k − 1)·j,  j ← j·s
//
// with the size k and the stride s of each window, and the jump j between the
// fields of neighbours.
func ReceptiveField(n int, windows ...Window) *Figure {
	f := newField(n, windows)
	said := f.said()
	body := stack(12, centre, f.body(), captions(said))
	text := strings.Join(said, "\n")
	return newFigure(body, say("receptive field growing through "+plural(len(windows), "layer")+": ", fmt.Sprintf("感受野逐层扩大，共 %d 层：", len(windows)))+said[len(said)-1], text, said...).withLastStill()
}

// A fieldFigure is what ReceptiveField draws.
type fieldFigure struct {
	windows []Window
	sizes   []int // of the maps, the input first
	cell    float64
}

func newField(n int, windows []Window) *fieldFigure {
	if n < 1 || n > 64 {
		misuse("ReceptiveField", "an input of %d×%[1]d cells cannot be drawn: want 1 to 64", n)
	}
	if len(windows) == 0 {
		misuse("ReceptiveField", "got no windows: want one for each layer")
	}
	f := &fieldFigure{sizes: []int{n}}
	total := n
	for i, w := range windows {
		if w.Stride == 0 {
			w.Stride = 1
		}
		if w.Size < 1 || w.Stride < 1 || w.Padding < 0 || n+2*w.Padding < w.Size {
			misuse("ReceptiveField", "window %d (size %d, stride %d, padding %d) does not fit a map of %d×%[5]d", i, w.Size, w.Stride, w.Padding, n)
		}
		n = (n+2*w.Padding-w.Size)/w.Stride + 1
		f.windows, f.sizes, total = append(f.windows, w), append(f.sizes, n), total+n
	}
	f.cell = max(4, min(24, float64(int((760-60*float64(len(windows)))/float64(total))), float64(int(360/float64(f.sizes[0])))))
	return f
}

// span is the first and the last cell of a field along an axis.
type span struct{ first, last int }

// back returns the fields of the middle value of a layer, in it and in all
// layers before it.
func (f *fieldFigure) back(layer int) []span {
	spans := make([]span, layer+1)
	middle := f.sizes[layer] / 2
	spans[layer] = span{middle, middle}
	for l := layer; l > 0; l-- {
		w, s := f.windows[l-1], spans[l]
		spans[l-1] = span{s.first*w.Stride - w.Padding, s.last*w.Stride - w.Padding + w.Size - 1}
	}
	return spans
}

// grown returns the receptive field and the jump of a layer.
func (f *fieldFigure) grown(layer int) (r, j int) {
	r, j = 1, 1
	for _, w := range f.windows[:layer] {
		r, j = r+(w.Size-1)*j, j*w.Stride
	}
	return r, j
}

func (f *fieldFigure) name(layer int) string {
	if layer == 0 {
		return say("input", "输入")
	}
	if n := f.windows[layer-1].Name; n != "" {
		return n
	}
	return sayf("layer %d", "第 %d 层", layer)
}

func (f *fieldFigure) said() (said []string) {
	said = append(said, say("A cell of the input sees itself: r = 1, j = 1.", "输入的一个格子只看到自己：r = 1，j = 1。"))
	for l := 1; l <= len(f.windows); l++ {
		before, jump := f.grown(l - 1)
		r, j := f.grown(l)
		said = append(said, sayf("A value of %[1]s sees %[2]d×%[2]d cells: r = %[3]d + (%[4]d − 1)·%[5]d = %[2]d, j = %[6]d.", "%[1]s %[2]d×%[2]d 个格子：r = %[3]d + (%[4]d − 1)·%[5]d = %[2]d，j = %[6]d。",
			say(f.name(l), mixed(f.name(l), "的一个值看到")), r, before, f.windows[l-1].Size, jump, j))
	}
	return said
}

// body draws the maps beside each other, joined where fields project.
func (f *fieldFigure) body() block {
	const gap = 60.0
	h := float64(f.sizes[0]) * f.cell
	x := make([]float64, len(f.sizes))
	b := block{h: h + 42}
	for l, n := range f.sizes {
		g := squares(n, n, f.cell)
		x[l] = b.w
		y := (h - g.h()) / 2
		b.add(scene.Rect{X: x[l], Y: y, W: g.w(), H: g.h(), Style: scene.Style{Fill: white}})
		b.add(block{nodes: g.lines(edge, 1)}.at(x[l], y))
		b.add(scene.Rect{X: x[l], Y: y, W: g.w(), H: g.h(), Style: scene.Style{Stroke: rule, Width: 1}})
		label := func(dy, size float64, c color.Color, s string) scene.Text {
			return scene.Text{X: x[l] + g.w()/2, Y: h + dy, Size: size, Anchor: scene.Middle, Centred: true, Color: c, String: s}
		}
		b.add(label(16, 12.5, ink, f.name(l)), label(33, 11, muted, fmt.Sprintf("%d×%d", n, n)))
		b.w += g.w()
		if l+1 < len(f.sizes) {
			b.w += gap
		}
	}
	for l := range f.sizes {
		b.add(scene.During(l, l, f.fields(l, x, h)...))
	}
	return b
}

// fields draws what the middle value of a layer depends on.
func (f *fieldFigure) fields(layer int, x []float64, h float64) (nodes []scene.Node) {
	spans := f.back(layer)
	var before scene.Rect
	for l := layer; l >= 0; l-- {
		n := f.sizes[l]
		first, last := max(0, spans[l].first), min(n-1, spans[l].last)
		c := palette[l%len(palette)]
		y := (h - float64(n)*f.cell) / 2
		r := scene.Rect{X: x[l] + float64(first)*f.cell, Y: y + float64(first)*f.cell, W: float64(last-first+1) * f.cell, H: float64(last-first+1) * f.cell}
		r.Style = scene.Style{Fill: color.NRGBA{c.R, c.G, c.B, 120}, Stroke: c, Width: 2}
		if l < layer {
			nodes = append(nodes, project(r, before)...)
		}
		nodes = append(nodes, r)
		before = r
	}
	return nodes
}

// project joins the corners of a field with those of the value it belongs to.
func project(from, to scene.Rect) []scene.Node {
	line := func(y1, y2 float64) scene.Node {
		l := scene.Line(muted, 1, scene.Point{X: from.X + from.W, Y: y1}, scene.Point{X: to.X, Y: y2})
		l.Dash = []float64{4, 3}
		return l
	}
	return []scene.Node{line(from.Y, to.Y), line(from.Y+from.H, to.Y+to.H)}
}

// growing returns the layers whose field is larger than that of those before,
// up to the first that sees a whole image. Of more than eight, only those are
// kept that see a good deal more than the one before.
func growing(rows []layers.Row, whole int) (kept []layers.Row) {
	last := 1
	for _, r := range rows {
		if r.Receptive > last && last < whole {
			kept, last = append(kept, r), r.Receptive
		}
	}
	for ratio := 1.1; len(kept) > 8; ratio *= 1.1 {
		thinned := kept[:1:1]
		for i, r := range kept[1:] {
			if i == len(kept)-2 || float64(r.Receptive) >= ratio*float64(thinned[len(thinned)-1].Receptive) {
				thinned = append(thinned, r)
			}
		}
		kept = thinned
	}
	return kept
}

// ReceptiveOverlay draws over an image how much of it one value in the middle
// of each layer's map sees.
func ReceptiveOverlay(image Picture, net layers.Layer) *Figure {
	channels := pictureChannels("ReceptiveOverlay", image)
	rows, cols := channels[0].rows, channels[0].cols
	if net == nil {
		misuse("ReceptiveOverlay", "got nil: want a network")
	}
	report := layers.Summary(net, 1, len(channels), rows, cols)
	k := max(1, zoom(cols, rows, 360))
	picture := pixels(channels, k)
	var entries []block
	var facts []string
	for i, row := range growing(report.Rows, max(rows, cols)) {
		c, dash := palette[i%len(palette)], dashes[i%len(dashes)]
		picture.add(centred(float64(row.Receptive)*k, picture.w, picture.h, c, dash)...)
		fact := fmt.Sprintf("%s: %d×%[2]d", row.Name, row.Receptive)
		if row.Receptive >= max(rows, cols) {
			fact += say(" (all of it)", "（整幅图像）")
		}
		facts = append(facts, fact)
		swatch := scene.Line(c, 3, scene.Point{X: 0, Y: 6}, scene.Point{X: 24, Y: 6})
		swatch.Dash = dash
		entries = append(entries, beside(8, block{24, 12, []scene.Node{swatch}}, line(fact, 12, ink)))
	}
	if len(entries) == 0 {
		misuse("ReceptiveOverlay", "no layer of this network has a window")
	}
	body := beside(20, picture, stack(6, left, entries...))
	about := say("receptive fields on an image: ", "图像上的感受野：")
	return newFigure(body, about+sentence(facts), about+strings.Join(facts, "\n"))
}

// centred is a square in the middle of an image, cut to it, with a light line
// under it, so that it is seen on any ground.
func centred(side, w, h float64, c color.Color, dash []float64) []scene.Node {
	rw, rh := min(side, w-3), min(side, h-3)
	r := scene.Rect{X: (w - rw) / 2, Y: (h - rh) / 2, W: rw, H: rh, Style: scene.Style{Stroke: white, Width: 4}}
	over := r
	over.Stroke, over.Width, over.Dash = c, 2.5, dash
	return []scene.Node{r, over}
}
