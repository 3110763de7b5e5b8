package plotting

import (
	"fmt"
	"image"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// mostTiles is how many filters or maps a grid shows.
const mostTiles = 64

// Filters draws the weights of a convolutional layer, Out×In×Kh×Kw, with their
// numbers where these can be read. Blue is positive, vermilion negative, white
// zero; all share one scale. Filters with three input channels are shown in
// colour, each stretched to its own range. With several channels otherwise, a
// column is a filter and a row a channel.
func Filters(weights Picture) *Figure {
	all := filters("Filters", weights)
	k := all[0][0]
	size := cnn.Dims([]int{len(all[0]), k.rows, k.cols})
	what := say(plural(len(all), "filter")+" of "+size, fmt.Sprintf("%d 个 %s 的过滤器", len(all), size))
	about := what + rangeOf(spanOf(flatten(all)))
	var body block
	switch len(all[0]) {
	case 1, 3:
		body = filterTiles(all)
	default:
		body = filterTable(all)
	}
	text := about
	for i, filter := range all[:min(len(all), 4)] {
		for c, p := range filter[:min(len(filter), 3)] {
			text += sayf("\nfilter %d, channel %d\n", "\n过滤器 %d，通道 %d\n", i, c) + p.table()
		}
	}
	return newFigure(titled(titleOf(weights), body, ""), about, text)
}

// filterTiles draws filters of one channel or of three.
func filterTiles(all [][]plane) block {
	shown := all[:min(len(all), mostTiles)]
	k := all[0][0]
	cell := max(4, min(38, 150/float64(max(k.rows, k.cols))))
	if len(all) > 12 {
		cell = max(3, min(20, 64/float64(max(k.rows, k.cols))))
	}
	tiles, titles := make([]block, len(shown)), make([]string, len(shown))
	draw := filterDrawer(all, cell)
	for i, filter := range shown {
		if len(filter) == 3 {
			tiles[i] = pixels(stretched(filter), 56/float64(max(k.rows, k.cols)))
		} else {
			tiles[i] = draw(filter[0])
		}
		if len(all) > 1 {
			titles[i] = fmt.Sprint(i)
		}
	}
	columns := max(1, min(columnsFor(len(shown)), int(700/(tiles[0].w+14))))
	if len(shown) > 12 {
		columns = 8
	}
	grid := tiled(columns, 14, tiles, heads(titles, 11, muted))
	return titled("", grid, omitted(len(shown), len(all)))
}

// filterTable draws filters of several channels, at most 16 of 16.
func filterTable(all [][]plane) block {
	const most, gap, room = 16, 5.0, 58.0
	out, in := min(len(all), most), min(len(all[0]), most)
	k := all[0][0]
	cell := max(3, min(30, 620/float64(out*k.cols), 420/float64(in*k.rows)))
	cell = min(cell, 96/float64(max(k.rows, k.cols)))
	draw := filterDrawer(all, cell)
	w, h := cell*float64(k.cols)+gap, cell*float64(k.rows)+gap
	b := block{w: room + float64(out)*w - gap, h: 20 + float64(in)*h - gap}
	label := func(x, y float64, a scene.Anchor, s string) scene.Text {
		return scene.Text{X: x, Y: y, Size: 11, Anchor: a, Centred: true, Color: muted, String: s}
	}
	b.add(label(0, 8, scene.Start, say("filter", "过滤器")))
	for o := range out {
		b.add(label(room+float64(o)*w+(w-gap)/2, 8, scene.Middle, fmt.Sprint(o)))
		for c := range in {
			b.add(draw(all[o][c]).at(room+float64(o)*w, 20+float64(c)*h))
		}
	}
	for c := range in {
		b.add(label(0, 20+float64(c)*h+(h-gap)/2, scene.Start, sayf("channel %d", "通道 %d", c)))
	}
	caption := omitted(out, len(all))
	if in < len(all[0]) {
		caption += sayf("; channels: the first %d of %d", "；通道：前 %d 个，共 %d 个", in, len(all[0]))
	}
	return titled("", b, strings.TrimPrefix(strings.TrimPrefix(caption, "; "), "；"))
}

// filterDrawer draws planes on a scale that all filters share, where zero is
// white.
func filterDrawer(all [][]plane, cell float64) func(p plane) block {
	values := valuesOf(flatten(all))
	f, s := formatOf(values), scaleOf(values)
	s.low = min(s.low, -s.high)
	return func(p plane) block {
		g := squares(p.rows, p.cols, cell)
		return overlay(heatCells(p, g, s.color), numbers(p, g, f, g.textSize(values, f, 12), s.color))
	}
}

func flatten(all [][]plane) (flat []plane) {
	for _, f := range all {
		flat = append(flat, f...)
	}
	return flat
}

// stretched maps the values of a filter to 0 … 1.
func stretched(filter []plane) []plane {
	s := spanOf(filter)
	result := make([]plane, len(filter))
	for c, p := range filter {
		values := make([]float64, len(p.values))
		for i, v := range p.values {
			values[i] = .5
			if s.high > s.low {
				values[i] = (v - s.low) / (s.high - s.low)
			}
		}
		result[c] = plane{p.rows, p.cols, values}
	}
	return result
}

func omitted(shown, all int) string {
	if shown == all {
		return ""
	}
	return sayf("the first %d of %d", "前 %d 个，共 %d 个", shown, all)
}

// FeatureMaps draws the channels of C×H×W as a grid of pictures: what each
// filter of a layer sees. Dark blue is large; all maps share one scale.
func FeatureMaps(maps Picture) *Figure {
	all := planes("FeatureMaps", maps)
	shown := all[:min(len(all), mostTiles)]
	s := spanOf(all)
	tiles, titles, lines := make([]block, len(shown)), make([]string, len(shown)), []string{}
	for i, p := range shown {
		side := 96.0
		if len(shown) > 18 {
			side = 64
		}
		tiles[i] = heatPixels(p, s, side/float64(max(p.rows, p.cols)))
		titles[i] = fmt.Sprint(i)
		own := scaleOf(p.values)
		lines = append(lines, sayf("map %d: values %s to %s", "第 %d 张：值从 %s 到 %s", i, number(own.low), number(own.high)))
	}
	about := say(plural(len(all), "feature map")+" of "+all[0].size(), fmt.Sprintf("%d 张 %s 的特征图", len(all), all[0].size())) + rangeOf(s)
	columns := min(len(shown), 6)
	if len(shown) > 18 {
		columns = 8
	}
	caption := about
	if len(shown) < len(all) {
		caption += say("; ", "；") + omitted(len(shown), len(all))
	}
	body := titled(titleOf(maps), tiled(columns, 10, tiles, heads(titles, 11, muted)), caption)
	return newFigure(body, about, about+"\n"+strings.Join(lines, "\n"))
}

// heatPixels draws a plane with a pixel for every cell.
func heatPixels(p plane, s scale, zoom float64) block {
	picture := image.NewNRGBA(image.Rect(0, 0, p.cols, p.rows))
	for n, v := range p.values {
		picture.SetNRGBA(n%p.cols, n/p.cols, s.color(v))
	}
	b := block{w: max(1, float64(p.cols)*zoom), h: max(1, float64(p.rows)*zoom)}
	b.add(scene.Image{W: b.w, H: b.h, Picture: picture, Smooth: zoom < 1})
	b.add(scene.Rect{W: b.w, H: b.h, Style: scene.Style{Stroke: rule, Width: 1}})
	return b
}
