// Package data has pictures to learn from: sets in memory, loaders for the
// usual files, folders of one's own pictures, augmentation, and seeded
// generators. Nothing in it downloads anything.
//
// Pictures are tensors of C×H×W with values from 0 to 1, labels count from 0.
package data

import (
	"fmt"
	"slices"

	"github.com/convnotes/convnotes/cnn"
)

// A Set is something to learn from: a number of samples, each an input and
// what should come out. For classes that is a tensor of one label.
//
// Two methods make a set, in a cell too.
type Set interface {
	Len() int
	Item(i int) (x, y *cnn.Tensor)
}

// A Batcher is a Set that copies many samples at once faster than by Item: x
// holds len(at) inputs, y as many targets.
type Batcher interface {
	Set
	Batch(x, y []float32, at []int)
	// Shapes returns the shape of one input and of one target.
	Shapes() (x, y []int)
}

// Images are labelled pictures in memory.
type Images struct {
	shape  []int // of one picture
	pixels []uint8
	floats []float32 // instead of pixels, for values that are no bytes
	labels []int
	names  []string
}

// NewImages returns a set of N×C×H×W pictures (or N×F features) with a label
// each; names, which may be nil, are those of the classes.
func NewImages(x *cnn.Tensor, labels []int, names []string) *Images {
	if x.Axes() < 2 || x.Dim(0) != len(labels) {
		panic(&cnn.ShapeError{Op: "NewImages", Shapes: []cnn.NamedShape{{Name: "pictures", Shape: x.Shape()}, {Name: "labels", Shape: []int{len(labels)}}},
			Problem: fmt.Sprintf("pictures of %s with %d labels", cnn.Dims(x.Shape()), len(labels)), Want: "N×C×H×W and N labels"})
	}
	return &Images{shape: x.Shape()[1:], floats: x.Values(), labels: slices.Clone(labels), names: names}
}

// fromBytes returns a set over pixels of 0 to 255.
func fromBytes(shape []int, pixels []uint8, labels []int, names []string) *Images {
	return &Images{shape: shape, pixels: pixels, labels: labels, names: names}
}

// Len returns the number of pictures.
func (s *Images) Len() int { return len(s.labels) }

// Item returns picture i, C×H×W, and its label.
func (s *Images) Item(i int) (x, y *cnn.Tensor) { return s.Image(i), cnn.Scalar(float64(s.Label(i))) }

// Image returns picture i, C×H×W.
func (s *Images) Image(i int) *cnn.Tensor {
	s.check(i)
	values := make([]float32, s.size())
	s.copy(values, i)
	return cnn.FromData(values, s.shape...)
}

// Label returns the class of picture i.
func (s *Images) Label(i int) int {
	s.check(i)
	return s.labels[i]
}

// Labels returns the classes of all pictures.
func (s *Images) Labels() []int { return slices.Clone(s.labels) }

// Classes returns the number of classes.
func (s *Images) Classes() int {
	if len(s.names) > 0 {
		return len(s.names)
	}
	n := 0
	for _, l := range s.labels {
		n = max(n, l+1)
	}
	return n
}

// ClassName returns the name of a class, or its number.
func (s *Images) ClassName(class int) string {
	if class >= 0 && class < len(s.names) {
		return s.names[class]
	}
	return fmt.Sprint(class)
}

// Tensors returns all pictures as N×C×H×W and the labels as a vector.
func (s *Images) Tensors() (x, y *cnn.Tensor) {
	values, labels := make([]float32, s.Len()*s.size()), make([]float32, s.Len())
	s.Batch(values, labels, seq(s.Len()))
	return cnn.FromData(values, append([]int{s.Len()}, s.shape...)...), cnn.FromData(labels, s.Len())
}

// Batch copies the pictures at the given places.
func (s *Images) Batch(x, y []float32, at []int) {
	n := s.size()
	for k, i := range at {
		s.copy(x[k*n:(k+1)*n], i)
		y[k] = float32(s.labels[i])
	}
}

// Shapes returns C×H×W and the shape of a number.
func (s *Images) Shapes() (x, y []int) { return s.shape, []int{} }

// copy writes picture i.
func (s *Images) copy(dst []float32, i int) {
	n := len(dst)
	if s.floats != nil {
		copy(dst, s.floats[i*n:(i+1)*n])
		return
	}
	for j, v := range s.pixels[i*n : (i+1)*n] {
		dst[j] = float32(v) / 255
	}
}

// Slice returns pictures from to to−1; the pictures are shared.
func (s *Images) Slice(from, to int) *Images {
	if from < 0 || to > s.Len() || from > to {
		panic(&cnn.UsageError{Op: "Slice", Problem: fmt.Sprintf("pictures %d to %d of %d", from, to, s.Len())})
	}
	c, n := *s, s.size()
	c.labels = s.labels[from:to]
	if s.floats != nil {
		c.floats = s.floats[from*n : to*n]
	} else {
		c.pixels = s.pixels[from*n : to*n]
	}
	return &c
}

// Head returns the first n pictures (all, if there are fewer).
func (s *Images) Head(n int) *Images { return s.Slice(0, min(n, s.Len())) }

// Split cuts a set in two: the first share of the pictures and the rest. Shuffle
// first where the pictures are sorted.
func (s *Images) Split(share float64) (first, rest *Images) {
	n := int(share*float64(s.Len()) + 0.5)
	return s.Slice(0, n), s.Slice(n, s.Len())
}

// Shuffled returns the pictures in an order drawn from seed.
func (s *Images) Shuffled(seed uint64) *Images {
	at := order(s.Len(), seed)
	c, n := *s, s.size()
	c.labels = make([]int, len(at))
	if s.floats != nil {
		c.floats = make([]float32, len(s.floats))
	} else {
		c.pixels = make([]uint8, len(s.pixels))
	}
	for k, i := range at {
		c.labels[k] = s.labels[i]
		if s.floats != nil {
			copy(c.floats[k*n:], s.floats[i*n:(i+1)*n])
		} else {
			copy(c.pixels[k*n:], s.pixels[i*n:(i+1)*n])
		}
	}
	return &c
}

// Only returns the pictures of the given classes, which are counted anew from 0.
func (s *Images) Only(classes ...int) *Images {
	var x []float32
	c := &Images{shape: s.shape}
	picture := make([]float32, s.size())
	for _, k := range classes {
		c.names = append(c.names, s.ClassName(k))
	}
	for i, l := range s.labels {
		if k := slices.Index(classes, l); k >= 0 {
			s.copy(picture, i)
			x = append(x, picture...)
			c.labels = append(c.labels, k)
		}
	}
	c.floats = x
	return c
}

// String describes the set.
func (s *Images) String() string {
	return fmt.Sprintf("%d pictures of %s in %d classes", s.Len(), cnn.Dims(s.shape), s.Classes())
}

func (s *Images) size() int {
	n := 1
	for _, d := range s.shape {
		n *= d
	}
	return n
}

func (s *Images) check(i int) {
	if i < 0 || i >= s.Len() {
		panic(&cnn.UsageError{Op: "Images", Problem: fmt.Sprintf("there is no picture %d", i), Fix: fmt.Sprintf("they are 0 to %d", s.Len()-1)})
	}
}

func seq(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}
