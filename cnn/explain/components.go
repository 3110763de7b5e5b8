package explain

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/convnotes/convnotes/cnn"
)

// Components returns the n principal components of a layer's maps (C×H×W) as
// maps, n×H×W, and the share of the variance that each has. With x_p the C
// values at place p, m their mean and v_k the unit vector along which the places
// differ most once v_1 … v_(k−1) are taken out,
//
//	component k at p = v_k · (x_p − m)
//
// The sign of v_k, which is free, makes its entry of largest magnitude positive.
// Places that the layer takes for alike get alike values: three components, as
// red, green and blue, colour the picture by what the layer sees in it.
//
// Pearson, "On lines and planes of closest fit to systems of points in space", 1901.
func Components(maps *cnn.Tensor, n int) (components *cnn.Tensor, shares []float64) {
	if maps.Axes() == 4 && maps.Dim(0) == 1 {
		maps = maps.Index(0)
	}
	if maps.Axes() != 3 || n < 1 || n > maps.Dim(0) {
		panic(&cnn.ShapeError{Op: "Components", Shapes: []cnn.NamedShape{{Name: "maps", Shape: maps.Shape()}},
			Problem: fmt.Sprintf("cannot take %d components of %s", n, cnn.Dims(maps.Shape())), Want: "maps C×H×W and from 1 to C components", Fix: "take the maps of a layer with explain.At(net, i, x).Index(0)"})
	}
	c, h, w := maps.Dim(0), maps.Dim(1), maps.Dim(2)
	centred := centredMaps(maps)
	var product mat.Dense
	product.Mul(centred, centred.T())
	variance := mat.NewSymDense(c, product.RawMatrix().Data)
	var eigen mat.EigenSym
	if total := mat.Trace(variance); math.IsNaN(total) || math.IsInf(total, 0) || !eigen.Factorize(variance, true) {
		panic(&cnn.UsageError{Op: "Components", Problem: "the maps have values that are not finite", Fix: "look for them with plotting.FeatureMaps"})
	}
	var directions, projected mat.Dense
	eigen.VectorsTo(&directions)
	basis, values := mat.NewDense(n, c, nil), eigen.Values(nil) // rising
	for k := range n {
		basis.SetRow(k, positive(mat.Col(nil, c-1-k, &directions)))
		shares = append(shares, share(values[c-1-k], mat.Trace(variance)))
	}
	projected.Mul(basis, centred)
	return cnn.FromValues(projected.RawMatrix().Data, n, h, w), shares
}

// centredMaps is a row a map, less its mean.
func centredMaps(maps *cnn.Tensor) *mat.Dense {
	c, places := maps.Dim(0), maps.Dim(1)*maps.Dim(2)
	m, values := mat.NewDense(c, places, nil), maps.Values()
	for i := range c {
		row := values[i*places : (i+1)*places]
		mean := 0.0
		for _, v := range row {
			mean += float64(v) / float64(places)
		}
		for j, v := range row {
			m.Set(i, j, float64(v)-mean)
		}
	}
	return m
}

// positive turns a direction so that its entry of largest magnitude is positive.
func positive(v []float64) []float64 {
	largest := 0.0
	for _, x := range v {
		if math.Abs(x) > math.Abs(largest)*(1+1e-9) {
			largest = x
		}
	}
	if largest < 0 {
		for i := range v {
			v[i] = -v[i]
		}
	}
	return v
}

func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return max(0, part/whole)
}
