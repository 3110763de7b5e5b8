package plotting

import (
	"fmt"
	"strings"

	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Costs draws the parameters and the multiply-adds of every layer for an input
// of the given shape, as bars beside each other: where a network keeps its
// numbers, and where it spends its time.
//
//	plotting.Costs(net, 1, 1, 28, 28)
func Costs(net layers.Layer, shape ...int) *Figure {
	all := describe("Costs", net, shape)
	var left, right []Bar
	for _, l := range all {
		if l.parameters > 0 || l.macs > 0 {
			left, right = append(left, Bar{l.name, float64(l.parameters)}), append(right, Bar{"", float64(l.macs)})
		}
	}
	if len(left) == 0 {
		misuse("Costs", "none of the %d layers has parameters or multiply-adds", len(all)-1)
	}
	parameters, macs := total(all)
	p := say("parameters: ", "参数：") + grouped(float64(parameters))
	m := say("multiply-adds: ", "乘加：") + grouped(float64(macs))
	body := beside(28,
		underHead(p, barBlock("Costs", left, blue, grouped, 190), left),
		underHead(m, barBlock("Costs", right, red, grouped, 190), right))
	text := []string{sentence([]string{p, m})}
	for i, b := range left {
		text = append(text, fmt.Sprintf("%s: %s (%s), %s (%s)", b.Name, grouped(b.Value), share(b.Value, parameters), grouped(right[i].Value), share(right[i].Value, macs)))
	}
	return newFigure(body, sentence(text), strings.Join(text, "\n"))
}

func share(v float64, of int) string { return fmt.Sprintf("%.1f %%", 100*v/float64(max(1, of))) }

// underHead puts a heading where the bars begin.
func underHead(s string, bars block, list []Bar) block {
	names := 0.0
	for _, b := range list {
		names = max(names, glyph.Width(b.Name, 12))
	}
	x := names + 10
	text := scene.Text{X: x, Y: 8, Size: labelSize, Centred: true, Color: ink, String: s}
	return block{max(bars.w, x+text.Width()), bars.h + 28, []scene.Node{text, bars.at(0, 28)}}
}
