// Package plotting draws what the lessons talk about: tensors as pictures and
// as heat maps, the kernel moving over an image, curves, networks.
//
// What there is:
//
//	tensors        Image, Images, ImageGrid, Matrix, Filters, FeatureMaps,
//	               FeatureColors, Augmented
//	steps          Slide, Connections, Pool, PoolBackward, ReceptiveField, Paths, Backpropagation
//	axes           Line, Scatter, Bars, Histogram, Func, Plot
//	networks       Architecture, Costs, Network, Graph, ReceptiveOverlay
//	training       Live, Training
//	results        Confusion, Predictions
//
// Every function returns a [Figure]; as the last expression of a cell it shows
// itself, and [Figure.Save] writes it to a file. A figure is a snapshot: it
// keeps the values that its arguments had when it was made. Labels are in the
// language of the session.
package plotting

import (
	"encoding/base64"
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// A Figure is a drawing for a notebook, with one frame or, for a stepper,
// several.
type Figure struct {
	body  block
	alt   string   // what a screen reader says
	text  string   // the same as plain text, with the numbers
	steps []string // what is said of each frame; empty when there is only one
	still int      // the frame that stands for all where pages do not turn
	words words    // in the language of the session when it was made
	once  sync.Once
	png   []byte // drawn when first asked for
}

func newFigure(body block, alt, text string, steps ...string) *Figure {
	return &Figure{body: body, alt: alt, text: text, steps: steps, words: currentWords()}
}

// withLastStill makes the last frame of a stepper stand for all.
func (f *Figure) withLastStill() *Figure {
	f.still = len(f.steps) - 1
	return f
}

// MIMEBundle returns the figure as a notebook front end wants it: HTML, a PNG
// for where HTML is not shown, and plain text.
func (f *Figure) MIMEBundle() map[string]any {
	return map[string]any{"text/html": f.HTML(), "image/png": f.PNG(), "text/plain": f.String()}
}

// String returns what the figure shows, in words and numbers.
func (f *Figure) String() string { return f.text }

// PNG returns the figure, or one frame of a stepper, as a PNG file with two
// pixels for every CSS pixel.
func (f *Figure) PNG() []byte {
	f.once.Do(func() { f.png = f.card().PNG(f.still) })
	return f.png
}

// SVG returns the figure, or one frame of a stepper, as an SVG file.
func (f *Figure) SVG() string { return f.card().SVG(f.still, f.alt) }

// HTML returns the figure as a piece of a web page that needs nothing else.
func (f *Figure) HTML() string {
	if len(f.steps) > 1 {
		return f.stepper()
	}
	return f.img("image/svg+xml", []byte(f.SVG()))
}

// Save writes the figure to a file whose name ends in .png, .svg or .html.
func (f *Figure) Save(name string) error {
	var data []byte
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".png":
		data = f.PNG()
	case ".svg":
		data = []byte(f.SVG())
	case ".html":
		data = fmt.Appendf(nil, "<!DOCTYPE html>\n<html lang=%q><meta charset=\"utf-8\"><title>%s</title>\n%s</html>\n",
			f.words.Language, html.EscapeString(f.alt), f.HTML())
	default:
		return fmt.Errorf("saving a figure to %s: want a name that ends in .png, .svg or .html", name)
	}
	return os.WriteFile(name, data, 0o644)
}

// margin is the space between the edge of the card and the drawing.
const margin = 16

// card puts the drawing on a ground of its own, because a page may be light or
// dark and the figure is read on both.
func (f *Figure) card() *scene.Scene {
	w, h := f.size()
	s := scene.New(w, h)
	s.Add(scene.Rect{X: .5, Y: .5, W: w - 1, H: h - 1, Radius: 8, Style: scene.Style{Fill: paper, Stroke: edge, Width: 1}})
	s.Add(f.body.at(margin, margin))
	return s
}

// size is that of the card, in whole pixels, so that a PNG of two pixels each
// is shown sharply.
func (f *Figure) size() (w, h float64) {
	return math.Ceil(f.body.w) + 2*margin, math.Ceil(f.body.h) + 2*margin
}

// img returns an image element that carries its data.
func (f *Figure) img(mime string, data []byte) string {
	w, h := f.size()
	return fmt.Sprintf(`<img alt="%s" width="%.0f" height="%.0f" style="max-width:100%%;height:auto;margin:4px 0" src="data:%s;base64,%s">`,
		html.EscapeString(f.alt), w, h, mime, base64.StdEncoding.EncodeToString(data))
}
