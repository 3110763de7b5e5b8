package plotting

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"github.com/convnotes/convnotes/plotting/internal/glyph"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Confusion draws how often each class was taken for which: counts[truth]
// [prediction], a row for every true class. The diagonal, what was right, is
// blue and the rest vermilion; the shade is the share of the row.
func Confusion(names []string, counts [][]int) *Figure {
	n := len(counts)
	checkConfusion(names, counts)
	names = ClassNames(names)
	right, total, widest := 0, 0, 0.0
	for i, row := range counts {
		right += row[i]
		for _, v := range row {
			total += v
			widest = max(widest, glyph.Width(fmt.Sprint(v), 13))
		}
	}
	g := squares(n, n, max(12, math.Floor(min(max(34, widest+12), 560/float64(n)))))
	if room := classRoom(names, n) + 8; float64(n)*room <= 560 {
		g.cw = max(g.cw, math.Ceil(room))
	}
	caption := sayf("%d of %d right: %s %%", "%[2]d 个中对了 %[1]d 个：%[3]s %%", right, total, number(100*float64(right)/float64(max(1, total))))
	about := say("confusion matrix, ", "混淆矩阵，") + caption
	body := titled("", confusionBlock(names, counts, g), caption)
	return newFigure(body, about+worst(names, counts), about+"\n"+confusionTable(names, counts))
}

func checkConfusion(names []string, counts [][]int) {
	if len(counts) == 0 || len(names) != 0 && len(names) != len(counts) {
		misuse("Confusion", "%d names for %d classes: want as many, or none", len(names), len(counts))
	}
	for i, row := range counts {
		if len(row) != len(counts) {
			misuse("Confusion", "row %d has %d counts: want %d, as many as rows", i, len(row), len(counts))
		}
		for j, v := range row {
			if v < 0 {
				misuse("Confusion", "counts[%d][%d] is %d: want no negative counts", i, j, v)
			}
		}
	}
}

func className(names []string, i int) string {
	if len(names) == 0 {
		return fmt.Sprint(i)
	}
	return names[i]
}

// classRoom is the width of the widest name.
func classRoom(names []string, classes int) (room float64) {
	for i := range classes {
		room = max(room, glyph.Width(className(names, i), 12))
	}
	return room
}

func confusionBlock(names []string, counts [][]int, g grid) block {
	room := classRoom(names, len(counts))
	turned := room > g.cw-4 // names over narrow columns are turned
	head := 16.0
	if turned {
		head = room + 4
	}
	left := 22 + room + 8
	b := block{w: left + g.w(), h: 22 + head + 4 + g.h()}
	top := b.h - g.h()
	b.add(cells(counts, g).at(left, top))
	b.add(scene.Text{X: left + g.w()/2, Y: 8, Size: 12.5, Anchor: scene.Middle, Centred: true, Color: ink, String: say("prediction", "预测")})
	b.add(upright(10, top+g.h()/2, say("truth", "真值")))
	for i := range counts {
		name := scene.Text{Size: 12, Centred: true, Color: muted, String: className(names, i)}
		row, column := name, name
		row.X, row.Y, row.Anchor = left-8, top+(float64(i)+.5)*g.ch, scene.End
		column.X, column.Y, column.Anchor = left+(float64(i)+.5)*g.cw, top-12, scene.Middle
		if turned {
			column.Y, column.Anchor, column.Angle = top-6, scene.Start, 90
		}
		b.add(row, column)
	}
	return b
}

// upright writes a label along a vertical axis.
func upright(x, y float64, s string) scene.Node {
	return scene.Text{X: x, Y: y, Size: 12.5, Anchor: scene.Middle, Centred: true, Angle: 90, Color: ink, String: s}
}

func cells(counts [][]int, g grid) block {
	b := block{w: g.w(), h: g.h()}
	for i, row := range counts {
		sum := 0
		for _, v := range row {
			sum += v
		}
		for j, v := range row {
			ground := confusionColor(i == j, float64(v)/float64(max(1, sum)))
			b.add(g.rect(i, j, 1, 1, scene.Style{Fill: ground}))
			if v > 0 && g.cw >= 18 {
				size := min(13, (g.cw-4)/glyph.Width(fmt.Sprint(v), 1))
				b.add(g.write(i, j, fmt.Sprint(v), size, on(ground)))
			}
		}
	}
	b.add(g.lines(edge, 1)...)
	b.add(g.rect(0, 0, g.rows, g.cols, scene.Style{Stroke: rule, Width: 1}))
	return b
}

// confusionColor makes rare mistakes visible: the shade grows with the root of
// the share. It stays so light that all numbers are written in one colour.
func confusionColor(right bool, share float64) color.NRGBA {
	const deepest = 2. / 3
	if right {
		return sequential(deepest * share)
	}
	return diverging(-deepest * math.Sqrt(share))
}

// worst names the most frequent mistake.
func worst(names []string, counts [][]int) string {
	a, b := 0, 0
	for i, row := range counts {
		for j, v := range row {
			if i != j && (a == b || v > counts[a][b]) {
				a, b = i, j
			}
		}
	}
	if a == b || counts[a][b] == 0 {
		return ""
	}
	truth, taken, times := className(names, a), className(names, b), counts[a][b]
	return say(fmt.Sprintf("; most often %s was taken for %s, %d times", truth, taken, times),
		"；"+mixed("最常见的错误是把", truth, "认成", taken)+fmt.Sprintf("，%d 次", times))
}

func confusionTable(names []string, counts [][]int) string {
	lines := []string{say("rows: truth, columns: prediction", "行：真值，列：预测")}
	for i, row := range counts {
		cells := make([]string, len(row))
		for j, v := range row {
			cells[j] = fmt.Sprintf("%4d", v)
		}
		lines = append(lines, strings.Join(cells, " ")+"  "+className(names, i))
	}
	return strings.Join(lines, "\n")
}
