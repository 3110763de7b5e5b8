package plotting

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Paths steps through the paths of a block whose layers lie side by side, such
// as the four of Inception, up to the joining of their channels.
//
//	plotting.Paths(inception, 1, 192, 28, 28)
func Paths(net layers.Layer, shape ...int) *Figure {
	all := describe("Paths", net, shape)
	at := slices.IndexFunc(all, func(l layer) bool { return len(l.paths) > 0 })
	if at < 0 {
		misuse("Paths", "nothing lies side by side in this network: want a layers.Concat or a network with one")
	}
	p := &pathFigure{in: all[at-1], block: all[at], paths: withoutActivations(all[at].paths)}
	p.measure()
	body := stack(12, centre, p.body(), p.captions())
	return newFigure(body, p.said()[0], strings.Join(append(p.said(), lines(all[at:at+1])...), "\n"), p.said()...).withLastStill()
}

// withoutActivations leaves out what changes neither sizes nor has parameters.
func withoutActivations(paths [][]layer) (kept [][]layer) {
	for _, path := range paths {
		var p []layer
		for i, l := range path {
			if i == 0 || l.kind != other || l.parameters > 0 || cnn.Dims(l.shape) != cnn.Dims(path[i-1].shape) {
				p = append(p, l)
			}
		}
		kept = append(kept, p)
	}
	return kept
}

// A pathFigure is what Paths draws.
type pathFigure struct {
	in       layer
	block    layer
	paths    [][]layer
	inputW   float64
	wide     []float64 // of the columns of layers
	barStart float64
}

const (
	pathBoxH  = 44.0
	pathRow   = 66.0
	pathGap   = 30.0
	pathBarW  = 54.0
	pathLarge = 12.5
	pathSmall = 11.0
)

func (p *pathFigure) measure() {
	for _, path := range p.paths {
		for i, l := range path {
			if i == len(p.wide) {
				p.wide = append(p.wide, 0)
			}
			p.wide[i] = max(p.wide[i], glyph.Width(l.name, pathLarge)+20, glyph.Width(p.detail(l), pathSmall)+20)
		}
	}
	p.inputW = max(glyph.Width(p.in.name, pathLarge), glyph.Width(cnn.Dims(p.in.shape), pathSmall)) + 20
	p.barStart = p.inputW + pathGap
	for _, w := range p.wide {
		p.barStart += w + pathGap
	}
}

func (p *pathFigure) detail(l layer) string {
	s := cnn.Dims(l.shape)
	if l.parameters > 0 {
		s += " · " + grouped(float64(l.parameters))
	}
	return s
}

// body draws the block pale, and over it in each frame what is spoken of.
func (p *pathFigure) body() block {
	n := len(p.paths)
	b := block{w: p.barStart + pathBarW + 12 + glyph.Width(cnn.Dims(p.block.shape), pathLarge), h: float64(n)*pathRow - (pathRow - pathBoxH)}
	for i := range p.paths {
		b.add(p.path(i, false)...)
		for _, frame := range []int{0, i + 1, n + 1} {
			b.add(scene.During(frame, frame, p.path(i, true)...))
		}
	}
	b.add(p.input(b.h, false)...)
	b.add(scene.During(0, n+1, p.input(b.h, true)...))
	b.add(p.bar(b.h)...)
	return b
}

func (p *pathFigure) input(h float64, strong bool) []scene.Node {
	return labelledBox(0, (h-pathBoxH)/2, p.inputW, p.in.kind.color(), strong, p.in.name, cnn.Dims(p.in.shape))
}

// path draws one row with its arrows.
func (p *pathFigure) path(i int, strong bool) (nodes []scene.Node) {
	h := float64(len(p.paths))*pathRow - (pathRow - pathBoxH)
	y := float64(i) * pathRow
	c, width := color.Color(rule), 1.2
	if strong {
		c, width = ink, 1.8
	}
	from, x := scene.Point{X: p.inputW + 2, Y: h / 2}, p.inputW+pathGap
	for k, l := range p.paths[i] {
		to := scene.Point{X: x - 2, Y: y + pathBoxH/2}
		if k == 0 {
			nodes = append(nodes, scene.Arrow(c, width, from, scene.Point{X: from.X + 8, Y: to.Y}, to))
		} else {
			nodes = append(nodes, scene.Arrow(c, width, from, to))
		}
		nodes = append(nodes, labelledBox(x, y, p.wide[k], l.kind.color(), strong, l.name, p.detail(l))...)
		from = scene.Point{X: x + p.wide[k] + 2, Y: y + pathBoxH/2}
		x += p.wide[k] + pathGap
	}
	return append(nodes, scene.Arrow(c, width, from, scene.Point{X: p.barStart - 3, Y: from.Y}))
}

// bar is the joined output: a part for the channels of each path.
func (p *pathFigure) bar(h float64) (nodes []scene.Node) {
	n := len(p.paths)
	for i := range p.paths {
		y := float64(i) * pathRow
		part := scene.Rect{X: p.barStart, Y: y, W: pathBarW, H: pathBoxH, Style: scene.Style{Fill: white, Stroke: rule, Width: 1}}
		full := part
		c := palette[i%len(palette)]
		full.Fill, full.Stroke = c, mix(c, ink, .4)
		text := scene.Text{X: p.barStart + pathBarW/2, Y: y + pathBoxH/2, Size: 14, Anchor: scene.Middle, Centred: true, Color: on(c), String: fmt.Sprint(p.channels(i))}
		pale := text
		pale.Color = muted
		nodes = append(nodes, part, pale, scene.During(i+1, n+1, full, text))
		if i+1 < n {
			plus := scene.Text{X: p.barStart + pathBarW/2, Y: y + pathBoxH + (pathRow-pathBoxH)/2, Size: 14, Anchor: scene.Middle, Centred: true, Color: muted, String: "+"}
			nodes = append(nodes, scene.During(n+1, n+1, plus))
		}
	}
	sum := scene.Text{X: p.barStart + pathBarW + 12, Y: h / 2, Size: pathLarge, Centred: true, Color: ink, String: cnn.Dims(p.block.shape)}
	return append(nodes, scene.During(n+1, n+1, sum))
}

func (p *pathFigure) channels(path int) int {
	return p.paths[path][len(p.paths[path])-1].shape[0]
}

func labelledBox(x, y, w float64, c color.NRGBA, strong bool, name, detail string) []scene.Node {
	style, text, small := scene.Style{Fill: shade(c, .18), Stroke: rule, Width: 1}, muted, muted
	if strong {
		style, text, small = scene.Style{Fill: shade(c, .55), Stroke: mix(c, ink, .45), Width: 1.5}, ink, ink
	}
	at := func(dy, size float64, c color.Color, s string) scene.Text {
		return scene.Text{X: x + w/2, Y: y + dy, Size: size, Anchor: scene.Middle, Centred: true, Color: c, String: s}
	}
	return []scene.Node{
		scene.Rect{X: x, Y: y, W: w, H: pathBoxH, Radius: 5, Style: style},
		at(15, pathLarge, text, name), at(31, pathSmall, small, detail),
	}
}

// said is what each frame shows.
func (p *pathFigure) said() []string {
	said := []string{sayf("The input %s goes into all %d paths.", "输入 %s 同时进入 %d 条路径。", cnn.Dims(p.in.shape), len(p.paths))}
	var channels []string
	for i, path := range p.paths {
		parameters, macs := total(path)
		channels = append(channels, fmt.Sprint(p.channels(i)))
		said = append(said, sayf("Path %d: %d channels; %s parameters, %s multiply-adds.", "路径 %d：%d 个通道；%s 个参数，%s 次乘加。",
			i+1, p.channels(i), grouped(float64(parameters)), grouped(float64(macs))))
	}
	return append(said, sayf("Joined: %s = %d channels; %s parameters in all.", "拼接：%s = %d 个通道；共 %s 个参数。",
		strings.Join(channels, " + "), p.block.shape[0], grouped(float64(p.block.parameters))))
}

func (p *pathFigure) captions() block { return captions(p.said()) }

// captions shows one line in each frame.
func captions(said []string) block {
	b := block{h: 22}
	for _, s := range said {
		b.w = max(b.w, glyph.Width(s, 14))
	}
	for i, s := range said {
		b.add(scene.During(i, i, scene.Text{X: b.w / 2, Y: 11, Size: 14, Anchor: scene.Middle, Centred: true, Color: ink, String: s}))
	}
	return b
}
