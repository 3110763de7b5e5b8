package plotting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// variants is how many epochs Augmented shows beside each original.
const variants = 5

// Augmented draws pictures (C×H×W or H×W) before and after an augmentation: in
// the first column the originals, beside each what a data.Loader with that seed
// makes of it in the first epochs, taking the pictures for the first samples of
// its set. The name is for people: "RandomShift(3)".
func Augmented(name string, augment data.Augmentation, seed uint64, pictures ...Picture) *Figure {
	if len(pictures) == 0 {
		misuse("Augmented", "got no pictures")
	}
	if augment == nil {
		misuse("Augmented", "got nil: want an augmentation, such as data.RandomFlip()")
	}
	var tiles, titles []block
	var lines []string
	for i, p := range pictures {
		before := tensorOf(p)
		tiles = append(tiles, augmentedTile(before))
		unchanged := 0
		for epoch := range variants {
			after := augment.At(before.Clone(), seed, epoch, i)
			tiles = append(tiles, augmentedTile(after))
			if slices.Equal(after.Values(), before.Values()) {
				unchanged++
			}
		}
		lines = append(lines, augmentedText(p, i, unchanged))
	}
	for i := range tiles {
		titles = append(titles, augmentedHead(i))
	}
	about := say(plural(len(pictures), "picture")+" before and after "+name, fmt.Sprintf("%d 幅图像在 %s 前后", len(pictures), name)) + sayf(", seed %d", "，种子 %d", seed)
	grid := tiled(1+variants, 12, tiles, titles)
	edge := (grid.w-12*variants)/(1+variants) + 6 // between the originals and the rest
	grid.add(scene.Line(rule, 1, scene.Point{X: edge}, scene.Point{X: edge, Y: grid.h}))
	return newFigure(titled(name, grid, sayf("seed %d", "种子 %d", seed)), about+say(": ", "：")+list(lines), about+"\n"+strings.Join(lines, "\n"))
}

// tensorOf copies what a picture shows.
func tensorOf(p Picture) *cnn.Tensor {
	channels := pictureChannels("Augmented", p)
	var values []float64
	for _, c := range channels {
		values = append(values, c.values...)
	}
	return cnn.FromValues(values, len(channels), channels[0].rows, channels[0].cols)
}

func augmentedTile(x *cnn.Tensor) block {
	channels := pictureChannels("Augmented", x)
	return pixels(channels, zoom(channels[0].cols, channels[0].rows, 96))
}

// augmentedHead stands over the tiles of the first row.
func augmentedHead(i int) block {
	switch {
	case i > variants:
		return block{}
	case i == 0:
		return padded(line(say("original", "原图"), labelSize, ink), 0, 1)
	}
	return padded(line(sayf("epoch %d", "第 %d 轮", i-1), labelSize, muted), 0, 1)
}

func augmentedText(p Picture, i, unchanged int) string {
	name := titleOf(p)
	if name == "" {
		name = sayf("picture %d", "第 %d 幅", i)
	}
	return name + sayf(" is changed in %d of %d epochs", "：%[2]d 轮中有 %[1]d 轮被改变", variants-unchanged, variants)
}
