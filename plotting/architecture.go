package plotting

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Architecture draws what leaves every layer of a network as a box: as high and
// as deep as the map, as thick as it has channels. Layers that change neither
// sizes nor have parameters, such as ReLU and dropout, are left out.
//
//	plotting.Architecture(net, 1, 1, 28, 28)
func Architecture(net layers.Layer, shape ...int) *Figure {
	all := drawnLayers(describe("Architecture", net, shape))
	parameters, macs := total(all)
	v := newVolumes(all)
	entries := make([]block, len(all))
	for i, l := range all {
		entries[i] = v.entry(l)
	}
	caption := sayf("%s parameters, %s multiply-adds", "%s 个参数，%s 次乘加", grouped(float64(parameters)), grouped(float64(macs)))
	body := stack(14, centre, inRows(entries, 780), kindLegend(all), line(caption, captionSize, muted))
	text := strings.Join(append([]string{caption}, lines(all)...), "\n")
	return newFigure(body, say("network of "+plural(len(all)-1, "layer")+": ", fmt.Sprintf("%d 层的网络：", len(all)-1))+sentence(lines(all)), text)
}

// drawnLayers leaves out what changes neither sizes nor has parameters.
func drawnLayers(all []layer) (kept []layer) {
	for i, l := range all {
		if i == 0 || l.parameters > 0 || l.kind != other || cnn.Dims(l.shape) != cnn.Dims(all[i-1].shape) {
			kept = append(kept, l)
		}
	}
	return kept
}

func (k kind) color() color.NRGBA {
	return [...]color.NRGBA{rgb(0xd3d9df), sky, rgb(0x5fc3a5), orange, pink, rgb(0xe6e2c8)}[k]
}

// volumes know how large boxes are drawn.
type volumes struct{ side, channels, values float64 }

func newVolumes(all []layer) volumes {
	v := volumes{1, 1, 1}
	for _, l := range all {
		if len(l.shape) == 3 {
			v.side, v.channels = max(v.side, float64(l.shape[1]), float64(l.shape[2])), max(v.channels, float64(l.shape[0]))
		} else {
			v.values = max(v.values, float64(l.shape[0]))
		}
	}
	return v
}

// entry is a box with its sizes and its name below.
func (v volumes) entry(l layer) block {
	const tallest = 118.0
	box := v.box(l)
	box = block{box.w, tallest, []scene.Node{box.at(0, (tallest-box.h)/2)}}
	name, detail, _ := strings.Cut(l.name, "(")
	detail = strings.TrimSuffix(detail, ")")
	labels := []block{box, line(cnn.Dims(l.shape), 11.5, ink), line(name, 10.5, muted)}
	if detail != "" {
		labels = append(labels, line(detail, 10.5, muted))
	} else {
		labels = append(labels, line(" ", 10.5, muted))
	}
	return stack(2, centre, labels...)
}

// box draws C×H×W as a solid, values as a bar.
func (v volumes) box(l layer) block {
	c := l.kind.color()
	line := scene.Style{Fill: c, Stroke: mix(c, ink, .45), Width: 1}
	if len(l.shape) == 1 {
		h := 16 + 96*math.Log(1+float64(l.shape[0]))/math.Log(1+v.values)
		return block{10, h, []scene.Node{scene.Rect{W: 10, H: h, Radius: 2, Style: line}}}
	}
	size := func(n int) float64 { return 10 + 74*math.Sqrt(float64(n)/v.side) }
	thick := 3 + 40*math.Log2(float64(l.shape[0])+1)/math.Log2(v.channels+1)
	h, depth := size(l.shape[1]), .38*size(l.shape[2])
	b := block{w: thick + depth, h: h + depth}
	p := func(x, y float64) scene.Point { return scene.Point{X: x, Y: y} }
	top, side := line, line
	top.Fill, side.Fill = mix(c, white, .45), mix(c, ink, .12)
	b.add(
		scene.Shape{Path: scene.Polygon(p(0, depth), p(depth, 0), p(depth+thick, 0), p(thick, depth)), Style: top},
		scene.Shape{Path: scene.Polygon(p(thick, depth), p(thick+depth, 0), p(thick+depth, h), p(thick, h+depth)), Style: side},
		scene.Rect{Y: depth, W: thick, H: h, Style: line})
	return b
}

// inRows puts entries beside each other with arrows between them, in as many
// rows as they need.
func inRows(entries []block, width float64) block {
	const gap = 26.0
	var rows []block
	row, w := block{}, 0.0
	for i, e := range entries {
		if row.w > 0 && w+gap+e.w > width {
			rows, row, w = append(rows, row), block{}, 0
		}
		if i > 0 {
			x := w
			row.add(scene.Arrow(muted, 1.2, scene.Point{X: x + 5, Y: 59}, scene.Point{X: x + gap - 5, Y: 59}))
			w += gap
		}
		row.add(e.at(w, 0))
		w += e.w
		row.w, row.h = w, max(row.h, e.h)
	}
	return stack(12, left, append(rows, row)...)
}

// kindLegend explains the colours that occur.
func kindLegend(all []layer) block {
	var entries []block
	for k := input; k <= other; k++ {
		for _, l := range all {
			if l.kind == k {
				swatch := block{12, 12, []scene.Node{scene.Rect{W: 12, H: 12, Radius: 2, Style: scene.Style{Fill: k.color(), Stroke: mix(k.color(), ink, .45), Width: 1}}}}
				entries = append(entries, beside(6, swatch, line(k.word(), 11.5, ink)))
				break
			}
		}
	}
	return wrapped(16, 600, entries)
}
