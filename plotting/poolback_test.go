package plotting

import (
	"testing"

	"github.com/convnotes/convnotes/cnn"
)

// TestPoolBackwardAgreesWithTheGradient holds the figure's gradient against
// Backward's.
func TestPoolBackwardAgreesWithTheGradient(t *testing.T) {
	for name, test := range map[string]struct {
		pool  func(x *cnn.Tensor, size int, opts ...cnn.Option) *cnn.Tensor
		steps func(x *cnn.Tensor, size int, opts ...cnn.Option) []cnn.PoolStep
	}{
		"max":     {cnn.MaxPool2D, cnn.MaxPool2DSteps},
		"average": {cnn.AvgPool2D, cnn.AvgPool2DSteps},
	} {
		x := cnn.Parameter(waves(2, 5, 5))
		opts := []cnn.Option{cnn.Stride(2), cnn.Padding(1)}
		y := test.pool(x, 3, opts...)
		dy := waves(y.Shape()...)
		y.Backward(dy)
		p := &poolBack{pool: newPool("", x, test.steps(x, 3, opts...)), dys: planes("", dy)}
		p.distribute()
		for c, dx := range p.dxs {
			for n, v := range dx.values {
				want := x.Grad().At(c, n/dx.cols, n%dx.cols)
				if d := v - want; d > 1e-6 || d < -1e-6 {
					t.Errorf("%s: cell %d of channel %d gets %g, want %g", name, n, c, v, want)
				}
			}
		}
	}
}
