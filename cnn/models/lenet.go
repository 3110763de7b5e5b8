package models

import (
	"fmt"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// LeNet returns LeNet-5 as it is built today, with ReLU and max pooling, for
// 1×28×28 pictures (and, without the padding, 32×32): 61,706 parameters.
func LeNet() *layers.Chain { return lenet(layers.ReLU, layers.MaxPool2D) }

// LeNetSigmoid returns LeNet-5 with sigmoid and average pooling, as d2l builds
// it: its gradients vanish on small data.
func LeNetSigmoid() *layers.Chain { return lenet(layers.Sigmoid, layers.AvgPool2D) }

func lenet(activation func() *layers.Function, pool func(int, ...cnn.Option) *layers.Pooling) *layers.Chain {
	return layers.Sequential(
		layers.Conv2D(1, 6, 5, cnn.Padding(2)), activation(), pool(2),
		layers.Conv2D(6, 16, 5), activation(), pool(2),
		layers.Flatten(),
		layers.Linear(400, 120), activation(),
		layers.Linear(120, 84), activation(),
		layers.Linear(84, 10),
	)
}

// LeNet5Original returns the network of 1998 for 1×32×32 pictures: trainable
// subsampling, a third layer whose maps see 3, 4 or 6 of the 6 maps before it,
// and an output that measures the distance to ten fixed bitmaps (the smallest
// wins; Forward returns the distances with a minus, so that the largest does).
// 60,000 parameters are trained, with 340,908 connections.
//
// LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to
// document recognition", 1998, section II.B.
func LeNet5Original() *layers.Chain {
	return layers.Sequential(
		layers.Conv2D(1, 6, 5), layers.ScaledTanh(), // C1
		Subsampling(6), layers.ScaledTanh(), // S2
		PartialConvolution(C3Table(), 5), layers.ScaledTanh(),
		Subsampling(16), layers.ScaledTanh(), // S4
		layers.Conv2D(16, 120, 5), layers.ScaledTanh(), // C5
		layers.Flatten(),
		layers.Linear(120, 84), layers.ScaledTanh(), // F6
		layers.Func("10 bitmaps", bitmapDistances),
	)
}

// C3Table returns which maps of S2 each map of C3 sees: six see three
// neighbours, six see four neighbours, three see four with a gap, one sees all.
func C3Table() (table [][]int) {
	for i := range 6 {
		table = append(table, []int{i, (i + 1) % 6, (i + 2) % 6})
	}
	for i := range 6 {
		table = append(table, []int{i, (i + 1) % 6, (i + 2) % 6, (i + 3) % 6})
	}
	for i := range 3 {
		table = append(table, []int{i, (i + 1) % 6, (i + 3) % 6, (i + 4) % 6})
	}
	return append(table, []int{0, 1, 2, 3, 4, 5})
}

// A Partial convolution has maps that see a choice of the input maps.
type Partial struct {
	table         [][]int
	size          int
	weights, bias []*cnn.Tensor
}

// PartialConvolution returns a convolution whose output map o sees the input
// maps table[o] only: (size²·len(table[o]) + 1) parameters for each.
func PartialConvolution(table [][]int, size int) *Partial {
	p := &Partial{table: table, size: size}
	for _, maps := range table {
		c := layers.Conv2D(len(maps), 1, size)
		p.weights, p.bias = append(p.weights, c.Weight()), append(p.bias, c.Bias())
	}
	return p
}

// Forward joins the output maps.
func (p *Partial) Forward(x *cnn.Tensor) *cnn.Tensor {
	outs := make([]*cnn.Tensor, len(p.table))
	for o, maps := range p.table {
		seen := make([]*cnn.Tensor, len(maps))
		for i, c := range maps {
			seen[i] = cnn.Slice(x, 1, c, c+1)
		}
		outs[o] = cnn.CrossCorrelate(cnn.Concat(seen...), p.weights[o], cnn.Bias(p.bias[o]))
	}
	return cnn.Concat(outs...)
}

// Parameters returns weight and bias of every map.
func (p *Partial) Parameters() (all []*cnn.Tensor) {
	for o := range p.table {
		all = append(all, p.weights[o], p.bias[o])
	}
	return all
}

// Name returns PartialConvolution(16 maps, 5×5).
func (p *Partial) Name() string {
	return fmt.Sprintf("PartialConvolution(%d maps, %s)", len(p.table), p.Kernel())
}

// Kernel returns the size of the kernels.
func (p *Partial) Kernel() string { return fmt.Sprintf("%d×%d", p.size, p.size) }

// Window returns what a receptive field needs.
func (p *Partial) Window() (extent, stride int) { return p.size, 1 }

// MultiplyAdds counts the maps each output map sees.
func (p *Partial) MultiplyAdds(_, out []int) (n int) {
	for _, maps := range p.table {
		n += len(maps) * p.size * p.size
	}
	return n * out[0] * out[2] * out[3]
}

// A Subsampler sums 2×2 cells, times a learned number, plus a learned bias.
type Subsampler struct{ coefficient, bias *cnn.Tensor }

// Subsampling returns LeNet's pooling with two parameters a map. A coefficient
// of ¼ and a bias of 0, its start, are average pooling.
func Subsampling(maps int) *Subsampler {
	return &Subsampler{cnn.Parameter(cnn.Full(0.25, maps, 1, 1)), cnn.Parameter(cnn.Zeros(maps, 1, 1))}
}

// Forward returns coefficient·(sum of the window) + bias.
func (s *Subsampler) Forward(x *cnn.Tensor) *cnn.Tensor {
	sum := cnn.Scale(cnn.AvgPool2D(x, 2), 4)
	return cnn.Add(cnn.Mul(sum, s.coefficient), s.bias)
}

// Parameters returns coefficients and biases.
func (s *Subsampler) Parameters() []*cnn.Tensor { return []*cnn.Tensor{s.coefficient, s.bias} }

// Name returns Subsampling(6).
func (s *Subsampler) Name() string { return fmt.Sprintf("Subsampling(%d)", s.coefficient.Dim(0)) }

// Window returns what a receptive field needs.
func (s *Subsampler) Window() (extent, stride int) { return 2, 2 }

// MultiplyAdds counts, as the paper does, every cell of a window.
func (s *Subsampler) MultiplyAdds(_, out []int) int { return 4 * out[0] * out[1] * out[2] * out[3] }

// bitmapDistances returns −Σ(x − bitmap)² for each of the ten bitmaps.
func bitmapDistances(x *cnn.Tensor) *cnn.Tensor {
	n := x.Dim(0)
	gap := cnn.Sub(x.Reshape(n, 1, 84), digitBitmaps())
	return cnn.Neg(cnn.Sum(cnn.Mul(gap, gap), 2))
}

// digitBitmaps returns ten stylised digits of 12 rows and 7 columns, +1 and −1:
// similar digits are near each other, as the paper wants. The drawings are ours.
func digitBitmaps() *cnn.Tensor {
	t := cnn.Full(-1, 10, 84)
	for d, segments := range [10]string{"abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"} {
		for _, s := range segments {
			for _, cell := range segmentCells[s] {
				t.Set(1, d, cell[0]*7+cell[1])
			}
		}
	}
	return t
}

// segmentCells are the cells of the strokes of a seven-segment digit.
var segmentCells = func() map[rune][][2]int {
	across := func(r int) (c [][2]int) {
		for q := 1; q < 6; q++ {
			c = append(c, [2]int{r, q})
		}
		return c
	}
	down := func(q, from, to int) (c [][2]int) {
		for r := from; r <= to; r++ {
			c = append(c, [2]int{r, q})
		}
		return c
	}
	return map[rune][][2]int{'a': across(1), 'g': across(6), 'd': across(11), 'f': down(0, 1, 6), 'b': down(6, 1, 6), 'e': down(0, 6, 11), 'c': down(6, 6, 11)}
}()
