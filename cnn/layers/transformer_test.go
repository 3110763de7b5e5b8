package layers

import (
	"testing"

	"github.com/convnotes/convnotes/cnn"
)

func localiser() Layer { return Sequential(Flatten(), Linear(64, 8), ReLU()) }

func TestTransformerBeginsWithTheIdentity(t *testing.T) {
	cnn.Seed(1)
	x := cnn.Normal(0, 1, 3, 1, 8, 8)
	for _, l := range []*Transformer{SpatialTransformer(localiser(), 8, 8, 8), SpatialAttention(localiser(), 8, 8, 8)} {
		y := l.Forward(x)
		if d := cnn.Max(cnn.Abs(cnn.Sub(x, y))).Item(); d > 1e-6 {
			t.Errorf("%s changes the picture by %v at first", l.Name(), d)
		}
		if got := l.Forward(cnn.ShapeOnly(3, 1, 8, 8)).Shape(); got[3] != 8 {
			t.Errorf("shapes alone give %v", got)
		}
	}
}

// The gradient reaches the localisation network: a transformer learns to shift
// a picture towards another.
func TestTransformerLearns(t *testing.T) {
	for name, l := range map[string]*Transformer{"six numbers": SpatialTransformer(localiser(), 8, 8, 8), "four": SpatialAttention(localiser(), 8, 8, 8)} {
		cnn.Seed(2)
		blob := func(at float64) *cnn.Tensor {
			x := cnn.Zeros(1, 1, 8, 8)
			for i := range 8 {
				for j := range 8 {
					d := (float64(i)-3.5)*(float64(i)-3.5) + (float64(j)-at)*(float64(j)-at)
					x.Set(1/(1+d), 0, 0, i, j)
				}
			}
			return x
		}
		from, to := blob(2), blob(4)
		var first, last float64
		for k := range 60 {
			for _, p := range l.Parameters() {
				p.ZeroGrad()
			}
			loss := cnn.MeanSquaredError(l.Forward(from), to)
			loss.Backward()
			for _, p := range l.Parameters() {
				p.Update(func(w, g []float32) {
					for i := range w {
						w[i] -= 0.3 * g[i]
					}
				})
			}
			if k == 0 {
				first = loss.Item()
			}
			last = loss.Item()
		}
		if last > first/3 {
			t.Errorf("%s: the distance went from %v to %v", name, first, last)
		}
		if c := l.Theta(from).At(0, 0, 2); c > -0.1 {
			t.Errorf("%s: it reads %v to the right, not to the left", name, c)
		}
	}
}
