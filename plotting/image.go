package plotting

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// Image draws a tensor as a picture: H×W and 1×H×W in grey, 3×H×W in red,
// green and blue. Values from 0 to 1 are shown as they are. Others are
// stretched, and the caption says so: the smallest becomes black and the
// largest white; with negative values, zero becomes the middle grey.
func Image(p Picture) *Figure {
	channels := pictureChannels("Image", p)
	h, w := channels[0].rows, channels[0].cols
	about := aboutPicture(p, channels)
	body := titled(titleOf(p), pixels(channels, zoom(w, h, 280)), captionOf(channels))
	return newFigure(body, about, about+"\n"+shades(channels))
}

// Images draws several tensors as a grid of pictures, each as [Image] would;
// titles come from [Titled].
func Images(pictures ...Picture) *Figure { return ImageGrid(columnsFor(len(pictures)), pictures...) }

// ImageGrid is Images with a given number of columns.
func ImageGrid(columns int, pictures ...Picture) *Figure {
	if len(pictures) == 0 {
		misuse("Images", "got no pictures")
	}
	if columns < 1 {
		misuse("ImageGrid", "%d columns: want at least one", columns)
	}
	tiles, titles, lines := make([]block, len(pictures)), make([]string, len(pictures)), make([]string, len(pictures))
	for i, p := range pictures {
		channels := pictureChannels("Images", p)
		tiles[i] = pixels(channels, zoom(channels[0].cols, channels[0].rows, 128))
		titles[i] = titleOf(p)
		lines[i] = aboutPicture(p, channels)
	}
	about := say(plural(len(pictures), "picture")+": ", fmt.Sprintf("%d 幅图像：", len(pictures)))
	return newFigure(tiled(columns, 14, tiles, heads(titles, labelSize, ink)), about+sentence(lines), strings.TrimSpace(about)+"\n"+strings.Join(lines, "\n"))
}

// columnsFor keeps a grid wider than high and at most six columns wide.
func columnsFor(n int) int {
	if n <= 4 {
		return max(1, n)
	}
	return min(6, int(math.Ceil(math.Sqrt(float64(n)*1.4))))
}

// heads makes the titles of tiles.
func heads(titles []string, size float64, c color.NRGBA) []block {
	blocks := make([]block, len(titles))
	for i, t := range titles {
		if t != "" {
			blocks[i] = padded(line(t, size, c), 0, 1)
		}
	}
	return blocks
}

// tiled puts blocks into columns of equal width, each with its head over it.
func tiled(columns int, gap float64, tiles, heads []block) block {
	w := 0.0
	for i, t := range tiles {
		w = max(w, t.w, heads[i].w)
	}
	var b block
	for first := 0; first < len(tiles); first += columns {
		last := min(first+columns, len(tiles))
		if first > 0 {
			b.h += gap
		}
		h, head := 0.0, 0.0
		for i := first; i < last; i++ {
			h, head = max(h, tiles[i].h), max(head, heads[i].h)
		}
		for i := first; i < last; i++ {
			x := float64(i-first) * (w + gap)
			b.add(heads[i].at(x+(w-heads[i].w)/2, b.h), tiles[i].at(x+(w-tiles[i].w)/2, b.h+head+(h-tiles[i].h)/2))
		}
		b.h += head + h
		b.w = max(b.w, float64(last-first)*(w+gap)-gap)
	}
	return b
}

func pictureChannels(op string, p Picture) []plane {
	channels := planes(op, p)
	if n := len(channels); n != 1 && n != 3 {
		misuse(op, "%s has %d channels: want 1 (grey) or 3 (red, green, blue); draw channels one by one with FeatureMaps", cnn.Dims(p.Shape()), n)
	}
	return channels
}

func aboutPicture(p Picture, channels []plane) string {
	kind := say("grey picture", "灰度图像")
	if len(channels) == 3 {
		kind = say("colour picture", "彩色图像")
	}
	s := kind + " " + cnn.Dims(p.Shape()) + rangeOf(spanOf(channels))
	if t := titleOf(p); t != "" {
		s = t + say(": ", "：") + s
	}
	return s
}

func captionOf(channels []plane) string {
	s := spanOf(channels)
	size := cnn.Dims([]int{channels[0].rows, channels[0].cols})
	if s.low >= 0 && s.high <= 1 {
		return size
	}
	return size + rangeOf(s)
}

func spanOf(channels []plane) scale {
	var all []float64
	for _, c := range channels {
		all = append(all, c.values...)
	}
	return scaleOf(all)
}

// zoom returns how large to draw a pixel so that the longer side is about the
// given length. Pixels that are seen as such are of equal size.
func zoom(w, h int, length float64) float64 {
	k := length / float64(max(w, h))
	if k >= 1 && k < 4 {
		return math.Round(k)
	}
	return k
}

// pixels draws channels as one image.
func pixels(channels []plane, zoom float64) block {
	rows, cols := channels[0].rows, channels[0].cols
	tone := toneOf(spanOf(channels))
	picture := image.NewNRGBA(image.Rect(0, 0, cols, rows))
	for i := range rows {
		for j := range cols {
			r := tone(channels[0].at(i, j))
			c := color.NRGBA{r, r, r, 255}
			if len(channels) == 3 {
				c.G, c.B = tone(channels[1].at(i, j)), tone(channels[2].at(i, j))
			}
			picture.SetNRGBA(j, i, c)
		}
	}
	w, h := max(1, math.Round(float64(cols)*zoom)), max(1, math.Round(float64(rows)*zoom))
	b := block{w: w, h: h}
	b.add(scene.Image{W: w, H: h, Picture: picture, Smooth: zoom < 1})
	b.add(scene.Rect{W: w, H: h, Style: scene.Style{Stroke: rule, Width: 1}})
	return b
}

// toneOf maps values to 0 … 255.
func toneOf(s scale) func(v float64) uint8 {
	low, high := 0.0, 1.0
	switch {
	case s.low < 0:
		high = max(-s.low, s.high)
		low = -high
	case s.high > 1:
		low, high = s.low, s.high
	}
	if low == high {
		low = high - 1
	}
	return func(v float64) uint8 {
		if math.IsNaN(v) {
			return 0
		}
		return uint8(math.Round(255 * min(max((v-low)/(high-low), 0), 1)))
	}
}

// shades draws a picture with letters, at most 32 wide, for a terminal.
func shades(channels []plane) string {
	const dark = " .:-=+*#%@"
	rows, cols := channels[0].rows, channels[0].cols
	step := (max(rows, cols) + 31) / 32
	tone := toneOf(spanOf(channels))
	var b strings.Builder
	for i := 0; i < rows; i += step {
		for j := 0; j < cols; j += step {
			sum := 0
			for _, c := range channels {
				sum += int(tone(c.at(i, j)))
			}
			letter := dark[sum/len(channels)*(len(dark)-1)/255]
			b.WriteByte(letter)
			b.WriteByte(letter)
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}
