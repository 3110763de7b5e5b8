// Package cnn computes with tensors the way the lecture does: cross-correlate,
// pool, activate, differentiate.
//
// Images are C×H×W and batches N×C×H×W, row-major, as in PyTorch. Kernels are
// Out×C×Kh×Kw. A plain H×W tensor stands for one channel. Functions make new
// values, methods ask or give a view:
//
//	y := cnn.ReLU(cnn.CrossCorrelate(x, k, cnn.Padding(1)))
//	y.Shape(), y.At(0, 1)
//
// A function whose arguments do not fit panics with a *[ShapeError] (or, for a
// mistake that is not one of shape, with a *[UsageError]); the notebook shows
// its message. Reading files returns an error instead.
//
// Values are float32 inside and float64 at the fingertips: At, Set, Matrix and
// all scalars are float64. The definitions that fast functions are tested
// against, such as [CrossCorrelateSteps], sum in float64.
//
// # cnn beside torch
//
// For a student who knows PyTorch, or will read it next:
//
//	torch                                    cnn
//	torch.tensor([[1., 2.], [3., 4.]])       cnn.Matrix([]float64{1, 2}, []float64{3, 4})
//	torch.zeros(2, 3), torch.arange(6.)      cnn.Zeros(2, 3), cnn.Arange(6)
//	torch.manual_seed(1)                     cnn.Seed(1)
//	torch.randn(2, 3)                        cnn.Normal(0, 1, 2, 3)
//	x.shape, x.shape[0], x.numel()           x.Shape(), x.Dim(0), x.Size()
//	x[0, 1].item(), x[0, 1] = 5              x.At(0, 1), x.Set(5, 0, 1)
//	x[0], x[:, 1], x[..., 1:3]               x.Index(0), x.Channel(1), cnn.Slice(x, -1, 1, 3)
//	x.reshape(2, -1), x.flatten(1)           x.Reshape(2, -1), cnn.Flatten(x)
//	x.permute(0, 2, 3, 1), x.T               cnn.Transpose(x, 0, 2, 3, 1), cnn.Transpose(x)
//	torch.cat([a, b], 1), torch.stack(xs)    cnn.ConcatAlong(1, a, b), cnn.Stack(xs...)
//	a + b, a * b, 2 * a, a @ b               cnn.Add(a, b), cnn.Mul(a, b), cnn.Scale(a, 2), cnn.MatMul(a, b)
//	x.sum(), x.mean((2, 3)), x.amax(1)       cnn.Sum(x), cnn.Mean(x, 2, 3), cnn.Max(x, 1)
//	x.argmax(1)                              cnn.ArgMax(x, 1)
//	F.conv2d(x, w, b, stride=2, padding=1)   cnn.CrossCorrelate(x, w, cnn.Bias(b), cnn.Stride(2), cnn.Padding(1))
//	F.conv2d(x, w.flip(2, 3))                cnn.Convolve(x, w)
//	F.conv_transpose2d(x, w)                 cnn.CrossCorrelateTransposed(x, w)
//	F.max_pool2d(x, 2, ceil_mode=True)       cnn.MaxPool2D(x, 2, cnn.Ceil())
//	F.adaptive_avg_pool2d(x, 1).flatten(1)   cnn.GlobalAvgPool2D(x)
//	F.linear(x, w, b)                        cnn.Affine(x, w, b)
//	F.relu(x), x.softmax(-1)                 cnn.ReLU(x), cnn.Softmax(x)
//	F.cross_entropy(scores, labels)          cnn.CrossEntropy(scores, labels)
//	F.grid_sample(x, F.affine_grid(t, size)) cnn.GridSample(x, cnn.AffineGrid(t, h, w))
//	F.interpolate(x, (h, w), mode="bilinear") cnn.Resize(x, h, w)
//	w.requires_grad_(), loss.backward()      w = cnn.Parameter(w), loss.Backward()
//	w.grad, w.grad = None                    w.Grad(), w.ZeroGrad()
//	with torch.no_grad(): ...                cnn.NoGrad(func() { … })
//	x.detach(), x.clone(), loss.item()       x.Detach(), x.Clone(), loss.Item()
//	torch.autograd.gradcheck(f, (x,))        cnn.GradCheck(f, x)
//	x.numpy(), torch.from_numpy(a)           x.Values() or x.Data(), cnn.FromData(a, shape...)
//
// What differs, and why:
//
//   - F.conv2d is a cross-correlation, and here it is called so; [Convolve] is
//     the convolution of mathematics.
//   - One type of numbers, float32, on one device.
//   - A tensor is tracked when one of its inputs is a [Parameter]; there is no
//     flag to set on others. [Tensor.Backward] runs once for a graph.
//   - A tensor from [ShapeOnly] goes through every operation and tells the
//     sizes, as PyTorch's meta device does.
//   - [LocalResponseNorm] does not divide α by the number of channels: the
//     paper does not.
//   - [Same] padding also works with a stride.
//   - Every result has the same bits for any number of threads, and [Seed] is 1
//     at the start.
//
// # Gradients
//
// An operation returns its tensor together with a closure that adds to the
// gradients of its inputs, written right under the forward lines; Backward
// walks back through these closures. [Inspect] lists the graph, [BackwardSteps]
// walks it one step at a time, [GradCheck] compares a gradient with finite
// differences, and [CheckNaN] finds the operation that made the first NaN.
// [Value] is the same for single numbers.
package cnn
