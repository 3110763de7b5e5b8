package plotting

import (
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/models"
)

// TestFieldsAgreeWithTheSummary holds the stepper's formula against
// layers.Summary, and the spans it marks against both.
func TestFieldsAgreeWithTheSummary(t *testing.T) {
	windows := []Window{{Size: 3}, {Size: 2, Stride: 2}, {Size: 5, Padding: 2}, {Size: 3, Stride: 3}}
	report := layers.Summary(layers.Sequential(
		layers.Conv2D(1, 1, 3), layers.MaxPool2D(2), layers.Conv2D(1, 1, 5, cnn.Padding(2)), layers.MaxPool2D(3),
	), 1, 1, 32, 32)
	f := newField(32, windows)
	for l, row := range report.Rows {
		r, j := f.grown(l + 1)
		if r != row.Receptive || j != row.Jump {
			t.Errorf("layer %d: r = %d, j = %d, want %d and %d", l, r, j, row.Receptive, row.Jump)
		}
		if n := f.sizes[l+1]; n != row.Out[2] {
			t.Errorf("layer %d has maps of %d, want %d", l, n, row.Out[2])
		}
		if s := f.back(l + 1)[0]; s.last-s.first+1 != r {
			t.Errorf("layer %d marks cells %d to %d of the input, want %d cells", l, s.first, s.last, r)
		}
	}
}

func TestOverlayShowsFewFields(t *testing.T) {
	rows := growing(layers.Summary(models.VGG(16), 1, 3, 224, 224).Rows, 224)
	if len(rows) < 4 || len(rows) > 8 || rows[len(rows)-1].Receptive != 212 {
		t.Errorf("%d fields of VGG-16 are drawn, the last of %d", len(rows), rows[len(rows)-1].Receptive)
	}
	if rows := growing(layers.Summary(models.LeNet5Original(), 1, 1, 32, 32).Rows, 32); len(rows) != 5 || rows[4].Receptive != 32 {
		t.Errorf("%d fields of LeNet-5 are drawn, want 5, 6, 14, 16 and 32", len(rows))
	}
}
