package data

import (
	"math"
	"math/rand/v2"

	"github.com/convnotes/convnotes/cnn"
)

// An Augmentation changes a picture of C×H×W at random without changing what it
// shows. It may return its argument, changed or not, or a new picture; the shape
// stays.
type Augmentation func(x *cnn.Tensor, r *rand.Rand) *cnn.Tensor

// At changes sample i of a set as a [Loader] with that seed does in an epoch.
func (a Augmentation) At(x *cnn.Tensor, seed uint64, epoch, i int) *cnn.Tensor {
	return a(x, rand.New(rand.NewPCG(seed, uint64(epoch)<<32|uint64(i))))
}

// Compose applies augmentations one after the other.
func Compose(all ...Augmentation) Augmentation {
	return func(x *cnn.Tensor, r *rand.Rand) *cnn.Tensor {
		for _, a := range all {
			x = a(x, r)
		}
		return x
	}
}

// RandomFlip flips left and right with probability ½. A flipped 6 is no 6:
// choose per data set.
func RandomFlip() Augmentation {
	return func(x *cnn.Tensor, r *rand.Rand) *cnn.Tensor {
		if r.IntN(2) == 0 {
			return x
		}
		return FlipH(x)
	}
}

// RandomShift moves the picture by up to cells pixels along each axis; what
// comes in is 0.
func RandomShift(cells int) Augmentation {
	return func(x *cnn.Tensor, r *rand.Rand) *cnn.Tensor {
		return Shift(x, r.IntN(2*cells+1)-cells, r.IntN(2*cells+1)-cells)
	}
}

// RandomCropPad surrounds the picture with padding zeros on each side and cuts a
// picture of the old size out at random, as is usual for CIFAR-10.
func RandomCropPad(padding int) Augmentation { return RandomShift(padding) }

// RandomAffine turns by up to degrees to either side, scales by a factor between
// low and high, and shifts by up to shift (a share of the picture's size).
func RandomAffine(degrees, low, high, shift float64) Augmentation {
	return func(x *cnn.Tensor, r *rand.Rand) *cnn.Tensor {
		between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
		return Affine(x, between(-degrees, degrees), between(low, high), 2*between(-shift, shift), 2*between(-shift, shift))
	}
}

// RandomResizeCrop cuts out a rectangle of at least the given share of the
// picture's area, ¾ to 4⁄3 of the picture's proportions, and scales it to the
// picture's size.
//
// Szegedy et al., "Going deeper with convolutions", 2015, section 6.
func RandomResizeCrop(least float64) Augmentation {
	return func(x *cnn.Tensor, r *rand.Rand) *cnn.Tensor {
		h, w := x.Dim(-2), x.Dim(-1)
		side := math.Sqrt(least + (1-least)*r.Float64())
		wider := math.Pow(min(math.Sqrt(4./3), 1/side), 2*r.Float64()-1) // both sides stay within the picture
		cells := func(n int, share float64) int { return min(n, max(1, int(float64(n)*share+0.5))) }
		return cnn.Resize(RandomCrop(x, cells(h, side/wider), cells(w, side*wider), r), h, w)
	}
}

// RandomErase sets a rectangle, with sides up to the given share of the
// picture's, to 0.
func RandomErase(share float64) Augmentation {
	return func(x *cnn.Tensor, r *rand.Rand) *cnn.Tensor {
		y := x.Clone()
		h, w := y.Dim(-2), y.Dim(-1)
		eh, ew := 1+r.IntN(max(1, int(share*float64(h)))), 1+r.IntN(max(1, int(share*float64(w))))
		top, left := r.IntN(h-eh+1), r.IntN(w-ew+1)
		for c := range y.Dim(0) {
			for i := range eh {
				for j := range ew {
					y.Set(0, c, top+i, left+j)
				}
			}
		}
		return y
	}
}

// ColorJitter multiplies the brightness, the contrast and (in three channels)
// the saturation by factors between 1−amount and 1+amount, and clamps to 0…1.
func ColorJitter(brightness, contrast, saturation float64) Augmentation {
	return func(x *cnn.Tensor, r *rand.Rand) *cnn.Tensor {
		factor := func(a float64) float64 { return 1 + a*(2*r.Float64()-1) }
		b, c, s := factor(brightness), factor(contrast), factor(saturation)
		y := cnn.Scale(x, b)
		mean := cnn.Mean(y).Item()
		y = cnn.Shift(cnn.Scale(cnn.Shift(y, -mean), c), mean)
		if x.Dim(0) == 3 {
			grey := cnn.Mean(y, 0).Reshape(1, x.Dim(1), x.Dim(2))
			y = cnn.Add(cnn.Scale(y, s), cnn.Scale(grey, 1-s))
		}
		return cnn.Clamp(y, 0, 1)
	}
}

// FlipH returns the picture mirrored left to right.
func FlipH(x *cnn.Tensor) *cnn.Tensor { return cnn.Flip(x, x.Axes()-1).Clone() }

// Shift returns the picture moved down and to the right; what comes in is 0.
func Shift(x *cnn.Tensor, down, right int) *cnn.Tensor {
	y := cnn.Zeros(x.Shape()...)
	h, w := x.Dim(-2), x.Dim(-1)
	from, to := x.Values(), y.Data()
	for p := 0; p < len(from); p += h * w {
		for i := max(0, down); i < min(h, h+down); i++ {
			for j := max(0, right); j < min(w, w+right); j++ {
				to[p+i*w+j] = from[p+(i-down)*w+j-right]
			}
		}
	}
	return y
}

// RandomCrop cuts a picture of height×width out at random.
func RandomCrop(x *cnn.Tensor, height, width int, r *rand.Rand) *cnn.Tensor {
	top, left := r.IntN(x.Dim(-2)-height+1), r.IntN(x.Dim(-1)-width+1)
	return x.Crop(top, left, height, width).Clone()
}

// CenterCrop cuts the middle of height×width out.
func CenterCrop(x *cnn.Tensor, height, width int) *cnn.Tensor {
	return x.Crop((x.Dim(-2)-height)/2, (x.Dim(-1)-width)/2, height, width).Clone()
}

// Affine turns the picture counter-clockwise by degrees about its middle, scales
// it, and shifts it right and down (1 is half of its size). It reads between
// pixels (bilinear); outside is 0.
func Affine(x *cnn.Tensor, degrees, scale, right, down float64) *cnn.Tensor {
	// the grid says for every output pixel where to read: the inverse map
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	a, b := cos/scale, -sin/scale
	c, d := sin/scale, cos/scale
	theta := cnn.FromValues([]float64{a, b, -(a*right + b*down), c, d, -(c*right + d*down)}, 1, 2, 3)
	batch := x.Reshape(append([]int{1}, x.Shape()...)...)
	return cnn.GridSample(batch, cnn.AffineGrid(theta, x.Dim(-2), x.Dim(-1))).Reshape(x.Shape()...)
}
