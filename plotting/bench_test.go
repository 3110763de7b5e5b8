package plotting

import (
	"testing"

	"github.com/convnotes/convnotes/cnn"
)

// BenchmarkFigures measures making a figure and all that a notebook gets of it.
func BenchmarkFigures(b *testing.B) {
	steps := cnn.CrossCorrelateSteps(lectureInput(), lectureKernel())
	for _, f := range []struct {
		name string
		draw func() *Figure
	}{
		{"matrix 6×6", func() *Figure { return Matrix(lectureInput()) }},
		{"slide of 16 steps", func() *Figure { return Slide(lectureInput(), lectureKernel(), steps) }},
		{"image 28×28", func() *Figure { return Image(waves(1, 28, 28)) }},
		{"64 feature maps", func() *Figure { return FeatureMaps(waves(64, 14, 14)) }},
		{"training", func() *Figure { return reported().live.Figure() }},
	} {
		b.Run(f.name, func(b *testing.B) {
			for b.Loop() {
				f.draw().MIMEBundle()
			}
		})
	}
}
