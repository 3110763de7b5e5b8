package plotting

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// A Prediction is what a network said about an image.
type Prediction struct {
	Image         Picture
	Probabilities []float64 // of the classes
	Truth         int       // the class it is; −1 when not known
}

// Predictions draws images, each with its most probable classes: blue is the
// truth, vermilion a wrong first choice.
func Predictions(names []string, predictions ...Prediction) *Figure {
	if len(predictions) == 0 {
		misuse("Predictions", "got no predictions")
	}
	names = ClassNames(names)
	tiles, lines, right, known := make([]block, len(predictions)), []string{}, 0, 0
	for i, p := range predictions {
		p.check(names, i)
	}
	room := nameRoom(names, len(predictions[0].Probabilities))
	for i, p := range predictions {
		tiles[i] = p.tile(names, room)
		lines = append(lines, p.text(names))
		if p.Truth >= 0 {
			known++
			if p.order()[0] == p.Truth {
				right++
			}
		}
	}
	about := say("predictions for "+plural(len(predictions), "image"), fmt.Sprintf("%d 幅图像的预测", len(predictions)))
	caption := ""
	if known > 0 {
		caption = sayf("%d of %d right", "%[2]d 幅中对了 %[1]d 幅", right, known)
		about += say(", ", "，") + caption
	}
	columns := min(len(tiles), max(1, int(740/(tiles[0].w+22))))
	body := titled("", tiled(columns, 22, tiles, make([]block, len(tiles))), caption)
	return newFigure(body, about+say(": ", "：")+sentence(lines), about+"\n"+strings.Join(lines, "\n"))
}

// nameRoom is the width that the names of classes get.
func nameRoom(names []string, classes int) (room float64) {
	for i := range classes {
		room = max(room, glyph.Width(className(names, i), 11.5))
	}
	return min(room, 72)
}

func (p Prediction) check(names []string, i int) {
	n := len(p.Probabilities)
	if n == 0 || len(names) != 0 && len(names) != n {
		misuse("Predictions", "prediction %d has %d probabilities for %d names: want as many", i, n, len(names))
	}
	if p.Truth >= n || p.Truth < -1 {
		misuse("Predictions", "prediction %d has the truth %d: want a class from 0 to %d, or -1", i, p.Truth, n-1)
	}
}

// order returns the classes, the most probable first.
func (p Prediction) order() []int {
	classes := make([]int, len(p.Probabilities))
	for i := range classes {
		classes[i] = i
	}
	slices.SortStableFunc(classes, func(a, b int) int {
		switch x, y := p.Probabilities[a], p.Probabilities[b]; {
		case x > y || math.IsNaN(y) && !math.IsNaN(x):
			return -1
		case x < y || math.IsNaN(x) && !math.IsNaN(y):
			return 1
		}
		return 0
	})
	return classes
}

// tile puts the image beside its three best classes.
func (p Prediction) tile(names []string, room float64) block {
	const side, bar, size, step = 68.0, 60.0, 11.5, 19.0
	channels := pictureChannels("Predictions", p.Image)
	picture := pixels(channels, side/float64(max(channels[0].rows, channels[0].cols)))
	picture = block{side, side, []scene.Node{picture.at((side-picture.w)/2, (side-picture.h)/2)}}
	order := p.order()
	best := order[:min(3, len(order))]
	list := block{w: room + 8 + bar + 40, h: step * float64(max(3, len(best)))}
	for i, class := range best {
		y, v := (float64(i)+.5)*step, p.Probabilities[class]
		name, c := shorten(className(names, class), size, room), p.color(class, i)
		list.add(scene.Text{X: room, Y: y, Size: size, Anchor: scene.End, Centred: true, Color: ink, String: name})
		list.add(scene.Rect{X: room + 8, Y: y - 6, W: bar, H: 12, Style: scene.Style{Fill: rgb(0xeceff2)}})
		if v > 0 {
			list.add(scene.Rect{X: room + 8, Y: y - 6, W: bar * min(v, 1), H: 12, Style: scene.Style{Fill: c}})
		}
		list.add(scene.Text{X: room + 8 + bar + 40, Y: y, Size: size, Anchor: scene.End, Centred: true, Color: ink, String: percent(v)})
	}
	list.add(p.verdict(names, room, list.h)...)
	list.h += 16
	return beside(10, picture, list)
}

func (p Prediction) color(class, rank int) color.NRGBA {
	switch {
	case class == p.Truth:
		return blue
	case rank == 0 && p.Truth >= 0:
		return red
	}
	return rgb(0x9aa5b1)
}

// verdict says whether the first choice is right, and what would have been.
func (p Prediction) verdict(names []string, room, y float64) []scene.Node {
	if p.Truth < 0 {
		return nil
	}
	text, c := say("✓ right", "✓ 正确"), blue
	if p.order()[0] != p.Truth {
		text, c = say("× it is "+className(names, p.Truth), mixed("× 应为", className(names, p.Truth))), rgb(0xb04e00)
	}
	return []scene.Node{scene.Text{X: room + 8, Y: y + 8, Size: 11.5, Centred: true, Color: c, String: shorten(text, 11.5, 102)}}
}

func (p Prediction) text(names []string) string {
	var parts []string
	for _, class := range p.order()[:min(3, len(p.Probabilities))] {
		parts = append(parts, className(names, class)+" "+percent(p.Probabilities[class]))
	}
	s := list(parts)
	if p.Truth >= 0 {
		s += say(" (it is "+className(names, p.Truth)+")", "（"+mixed("应为", className(names, p.Truth))+"）")
	}
	return s
}

func percent(v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	return fmt.Sprintf("%.0f %%", 100*v)
}

// shorten cuts a text that is wider than there is room.
func shorten(s string, size, room float64) string {
	if glyph.Width(s, size) <= room {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 && glyph.Width(string(runes)+"…", size) > room {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
