package plotting

import (
	"fmt"
	"strings"

	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Network draws fully connected layers of neurons, sizes[0] of them inputs. Of
// large layers, the first and the last neurons are drawn.
//
//	plotting.Network(4, 3, 1)
func Network(sizes ...int) *Figure {
	const gap, radius, step, most = 150.0, 13.0, 38.0, 8
	if len(sizes) < 2 {
		misuse("Network", "got %d layers: want the number of inputs and of neurons in every layer, such as 4, 3, 1", len(sizes))
	}
	tallest := 0
	for i, n := range sizes {
		if n < 1 {
			misuse("Network", "layer %d has %d neurons: want at least one", i, n)
		}
		tallest = max(tallest, len(excerpt(n, most)))
	}
	h := float64(tallest) * step
	b := block{w: float64(len(sizes)-1)*gap + 2*60, h: h + 44}
	columns := make([][]scene.Point, len(sizes))
	var circles []scene.Node
	for l, n := range sizes {
		x := 60 + float64(l)*gap
		shown := excerpt(n, most)
		for k, i := range shown {
			at := scene.Point{X: x, Y: h/2 + (float64(k)-float64(len(shown)-1)/2)*step}
			if i < 0 {
				circles = append(circles, dots(at)...)
				continue
			}
			columns[l] = append(columns[l], at)
			c := neuronKind(l, len(sizes)).color()
			circles = append(circles, scene.Ellipse{X: at.X, Y: at.Y, RX: radius, RY: radius, Style: scene.Style{Fill: shade(c, .7), Stroke: mix(c, ink, .45), Width: 1.4}})
		}
		circles = append(circles, under(x, h+14, 12.5, layerName(l, len(sizes))), under(x, h+32, 11, fmt.Sprint(n)))
	}
	for l := 1; l < len(sizes); l++ {
		for _, p := range columns[l-1] {
			for _, q := range columns[l] {
				b.add(scene.Line(rule, 1, scene.Point{X: p.X + radius, Y: p.Y}, scene.Point{X: q.X - radius, Y: q.Y}))
			}
		}
	}
	b.add(circles...)
	text := networkText(sizes)
	return newFigure(b, text, text)
}

func neuronKind(l, n int) kind {
	switch l {
	case 0:
		return input
	case n - 1:
		return dense
	}
	return convolution
}

func layerName(l, n int) string {
	switch {
	case l == 0:
		return say("input", "输入")
	case l == n-1:
		return say("output", "输出")
	case n == 3:
		return say("hidden", "隐藏层")
	}
	return sayf("hidden %d", "隐藏层 %d", l)
}

func under(x, y, size float64, s string) scene.Node {
	return scene.Text{X: x, Y: y, Size: size, Anchor: scene.Middle, Centred: true, Color: ink, String: s}
}

func dots(at scene.Point) (nodes []scene.Node) {
	for _, dy := range []float64{-8, 0, 8} {
		nodes = append(nodes, scene.Ellipse{X: at.X, Y: at.Y + dy, RX: 2, RY: 2, Style: scene.Style{Fill: muted}})
	}
	return nodes
}

// networkText counts the weights as well.
func networkText(sizes []int) string {
	names, parameters := make([]string, len(sizes)), 0
	for l, n := range sizes {
		names[l] = layerName(l, len(sizes)) + say(": ", "：") + fmt.Sprint(n)
		if l > 0 {
			parameters += (sizes[l-1] + 1) * n
		}
	}
	return sayf("fully connected network: %s; %s weights and biases", "全连接网络：%s；共 %s 个权重和偏置", strings.Join(names, " → "), grouped(float64(parameters)))
}
