package train

import (
	"fmt"
	"math"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
)

// A Result is how a network does on a set.
type Result struct {
	Loss     float64
	Accuracy float64 // NaN where the targets are no classes
	Samples  int
}

// String returns loss 0.512, accuracy 0.820.
func (r Result) String() string {
	if math.IsNaN(r.Accuracy) {
		return fmt.Sprintf("loss %.4g", r.Loss)
	}
	return fmt.Sprintf("loss %.4g, accuracy %.3f", r.Loss, r.Accuracy)
}

// batchOfEvaluation bounds the memory of an evaluation, not its result.
const batchOfEvaluation = 100

// Evaluate runs a network over a set, without training, and returns the mean
// cross-entropy and the accuracy.
func Evaluate(net layers.Layer, set data.Set) Result { return evaluate(net, set, cnn.CrossEntropy) }

func evaluate(net layers.Layer, set data.Set, loss func(output, target *cnn.Tensor) *cnn.Tensor) Result {
	r, right, classes := Result{}, 0, true
	outputs(net, set, func(output *cnn.Tensor, b data.Batch) {
		r.Loss += loss(output, b.Y).Item() * float64(len(b.At))
		r.Samples += len(b.At)
		n, ok := countRight(output, b.Y)
		right, classes = right+n, classes && ok
	})
	r.Loss /= float64(max(1, r.Samples))
	r.Accuracy = math.NaN()
	if classes {
		r.Accuracy = float64(right) / float64(max(1, r.Samples))
	}
	return r
}

// outputs calls f with what the network says of every batch.
func outputs(net layers.Layer, set data.Set, f func(output *cnn.Tensor, b data.Batch)) {
	lab := cnn.NewWorkspace()
	cnn.NoGrad(func() {
		data.NewLoader(set, batchOfEvaluation, nil, 1).Epoch(0, 0, false, func(_ int, b data.Batch) bool {
			f(net.Forward(lab.Lend(b.X)), b)
			lab.Reset()
			return true
		})
	})
}

// countRight counts the samples whose largest score is the target's class.
func countRight(output, target *cnn.Tensor) (n int, ok bool) {
	if output.Axes() != 2 || target.Axes() != 1 || output.Dim(1) < 2 {
		return 0, false
	}
	scores, labels := output.Values(), target.Values()
	classes := output.Dim(1)
	for i, label := range labels {
		if argMax(scores[i*classes:(i+1)*classes]) == int(label) {
			n++
		}
	}
	return n, true
}

func argMax(scores []float32) (best int) {
	for j, v := range scores {
		if v > scores[best] {
			best = j
		}
	}
	return best
}

// Accuracy returns the share of N×Classes scores whose largest is the label's.
func Accuracy(scores, labels *cnn.Tensor) float64 { return TopK(scores, labels, 1) }

// TopK returns the share of N×Classes scores in which fewer than k are larger
// than the label's (of equal ones, those before it count as larger).
func TopK(scores, labels *cnn.Tensor, k int) float64 {
	if scores.Axes() != 2 || labels.Axes() != 1 || scores.Dim(0) != labels.Dim(0) {
		panic(&cnn.ShapeError{Op: "TopK", Shapes: []cnn.NamedShape{{Name: "scores", Shape: scores.Shape()}, {Name: "labels", Shape: labels.Shape()}},
			Problem: fmt.Sprintf("scores %s with labels %s", cnn.Dims(scores.Shape()), cnn.Dims(labels.Shape())), Want: "N×Classes and N"})
	}
	values, classes, hits := scores.Values(), scores.Dim(1), 0
	for i, l := range labels.Values() {
		row, larger := values[i*classes:(i+1)*classes], 0
		for j, v := range row {
			if v > row[int(l)] || v == row[int(l)] && j < int(l) {
				larger++
			}
		}
		if larger < k {
			hits++
		}
	}
	return float64(hits) / float64(max(1, labels.Size()))
}

// A Confusion counts, for every true class (row), what was predicted (column).
type Confusion struct {
	Counts [][]int
	Names  []string // of the classes; may be nil
}

// NewConfusion runs a network over a set of classes and counts.
func NewConfusion(net layers.Layer, set data.Set) *Confusion {
	c := &Confusion{}
	outputs(net, set, func(output *cnn.Tensor, b data.Batch) {
		n := output.Dim(1)
		for len(c.Counts) < n {
			c.Counts = append(c.Counts, make([]int, n))
		}
		scores := output.Values()
		for i, l := range b.Y.Values() {
			c.Counts[int(l)][argMax(scores[i*n:(i+1)*n])]++
		}
	})
	if named, ok := set.(interface{ ClassName(int) string }); ok {
		for k := range c.Counts {
			c.Names = append(c.Names, named.ClassName(k))
		}
	}
	return c
}

// Accuracy returns trace / total.
func (c *Confusion) Accuracy() float64 {
	right, all := 0, 0
	for i, row := range c.Counts {
		for j, n := range row {
			all += n
			if i == j {
				right += n
			}
		}
	}
	return float64(right) / float64(max(1, all))
}

// Precision returns the share of the predictions of a class that are right; NaN
// without any.
func (c *Confusion) Precision(class int) float64 {
	predicted := 0
	for _, row := range c.Counts {
		predicted += row[class]
	}
	return float64(c.Counts[class][class]) / float64(predicted)
}

// Recall returns the share of the samples of a class that are found; NaN
// without any.
func (c *Confusion) Recall(class int) float64 {
	all := 0
	for _, n := range c.Counts[class] {
		all += n
	}
	return float64(c.Counts[class][class]) / float64(all)
}

// String returns the counts in columns.
func (c *Confusion) String() string {
	var b strings.Builder
	for _, row := range c.Counts {
		for _, n := range row {
			fmt.Fprintf(&b, "%6d", n)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// A Point of a learning curve is how a network does after training on a part of
// the data.
type Point struct {
	Samples        int
	Training, Test Result
}

// LearningCurve trains a new network on the first n pictures for every n of
// sizes, and evaluates it.
func LearningCurve(build func() layers.Layer, set *data.Images, test data.Set, sizes []int, o Options) ([]Point, error) {
	var curve []Point
	for _, n := range sizes {
		net, part := build(), set.Head(n)
		if err := Fit(net, part, o); err != nil {
			return curve, err
		}
		curve = append(curve, Point{part.Len(), Evaluate(net, part), Evaluate(net, test)})
	}
	return curve, nil
}

// A GradientSize tells how large the gradient of one weight tensor is.
type GradientSize struct {
	Name string
	Mean float64 // of the absolute values
}

// GradientSizes computes the loss of one batch and returns the size of the
// gradient of every weight (not bias), first layer first.
func GradientSizes(net layers.Layer, x, y *cnn.Tensor) (sizes []GradientSize) {
	for _, p := range net.Parameters() {
		p.ZeroGrad()
	}
	cnn.CrossEntropy(net.Forward(x), y).Backward()
	for _, p := range layers.NamedParameters(net) {
		if strings.HasSuffix(p.Name, "weight") && p.Tensor.Axes() > 1 {
			sizes = append(sizes, GradientSize{p.Name, cnn.Mean(cnn.Abs(p.Tensor.Grad())).Item()})
		}
	}
	return sizes
}
