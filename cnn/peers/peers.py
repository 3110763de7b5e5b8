"""Writes cnn/testdata/peers.jsonl.gz: random calls of every operation of package
cnn, computed by PyTorch in float64, forward and gradients.

    cnn/peers/run [cases for each operation] [output file]

Inputs are not stored: both sides draw them from the case's seed with the same
generator (SplitMix64). Results are stored as their shape and two inner products
with numbers drawn alike, and so is every gradient; the gradient to start from is
drawn too. That is a few numbers for each call, and no wrong cell or wrong order
leaves both products as they are.

cnn/peers_test.go reads the file. Only whoever adds an operation needs PyTorch.
"""
import gzip
import json
import math
import random
import sys

import numpy as np
import torch
import torch.nn.functional as F

MASK = (1 << 64) - 1
torch.set_num_threads(1)


def draw(seed, stream, n):
    """n numbers in [-1, 1), multiples of 2^-23: exact in float32."""
    with np.errstate(over="ignore"):
        z = (np.uint64((seed * 1000003 + stream * 7919) & MASK) + np.arange(1, n + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / (1 << 23) - 1


def products(seed, stream, t):
    """Two inner products of t with drawn numbers."""
    flat = t.detach().to(torch.float64).numpy().ravel()
    return [float(f"{float(np.dot(flat, draw(seed, stream + i, flat.size))):.8g}") for i in (0, 1)]


def per_side(x, p):
    top, bottom, left, right = p
    return F.pad(x, (left, right, top, bottom))


class Case:
    """One operation: sizes() draws arguments, f computes; kinds say how each input is drawn."""

    def __init__(self, name, sizes, f, kinds=None):
        self.name, self.sizes, self.f, self.kinds = name, sizes, f, kinds or {}

    def write(self, seed):
        r = random.Random(f"{self.name} {seed}")
        while True:
            shapes, options = self.sizes(r)
            inputs = []
            for i, shape in enumerate(shapes):
                v = draw(seed, i, math.prod(shape))
                kind = self.kinds.get(i, "")
                if kind.startswith("positive"):
                    v = v + 1.25
                elif kind == "probability":
                    v = v * 0.375 + 0.5
                elif kind == "label":
                    classes = options["classes"]
                    v = np.floor((v + 1) / 2 * classes)
                inputs.append(torch.tensor(v.reshape(shape), dtype=torch.float64, requires_grad=kind != "label" and not kind.endswith("constant")))
            try:
                y = self.f(inputs, options)
            except RuntimeError as e:
                if "size" in str(e) or "pad" in str(e) or "Output" in str(e) or "output" in str(e):
                    continue  # these arguments do not fit: draw others
                raise
            break
        line = {"op": self.name, "seed": seed, "in": shapes, **({"opt": options} if options else {}), "out": list(y.shape), "y": products(seed, 100, y)}
        wanted = [x for x in inputs if x.requires_grad]
        if y.requires_grad:
            start = torch.tensor(draw(seed, 200, y.numel()).reshape(y.shape), dtype=torch.float64)
            gradients = torch.autograd.grad(y, wanted, start, allow_unused=True)
            line["g"] = [products(seed, 300 + 2 * i, g) for i, g in enumerate(gradients)]
        return line


def conv_sizes(r):
    g = r.choice([1, 1, 1, 2, 3])
    c, out = g * r.randint(1, 3), g * r.randint(1, 4)
    kh, kw = r.choice([(1, 1), (3, 3), (3, 3), (5, 5), (2, 3), (4, 1)])
    o = {"stride": [r.randint(1, 3), r.randint(1, 3)], "pad": [r.randint(0, 2) for _ in range(4)], "dilation": [r.choice([1, 1, 2]), r.choice([1, 1, 2])], "groups": g}
    if r.random() < 0.5:
        o["stride"], o["dilation"] = [1, 1], [1, 1]
    shapes = [[r.randint(1, 3), c, r.randint(3, 14), r.randint(3, 14)], [out, c // g, kh, kw]]
    if r.random() < 0.5:
        shapes.append([out])
    return shapes, o


def conv(x, o):
    return F.conv2d(per_side(x[0], o["pad"]), x[1], x[2] if len(x) > 2 else None, o["stride"], 0, o["dilation"], o["groups"])


def same_sizes(r):
    c, out = r.randint(1, 3), r.randint(1, 3)
    return [[2, c, r.randint(2, 9), r.randint(2, 9)], [out, c, r.randint(1, 5), r.randint(1, 5)]], {}


def convolve(x, o):
    return conv([x[0], x[1].flip(2, 3)] + x[2:], o)


def transposed_sizes(r):
    g = r.choice([1, 1, 2])
    a, c = g * r.randint(1, 3), r.randint(1, 3)
    stride, dilation = [r.randint(1, 3), r.randint(1, 3)], [r.randint(1, 2), r.randint(1, 2)]
    o = {"stride": stride, "dilation": dilation, "groups": g, "pad": [r.randint(0, 1)] * 2 + [r.randint(0, 1)] * 2,
         "extra": [r.randint(0, s - 1) for s in stride]}
    shapes = [[r.randint(1, 2), a, r.randint(2, 7), r.randint(2, 7)], [a, c, r.randint(1, 4), r.randint(1, 4)]]
    if r.random() < 0.5:
        shapes.append([c * g])
    return shapes, o


def transposed(x, o):
    return F.conv_transpose2d(x[0], x[1], x[2] if len(x) > 2 else None, o["stride"], (o["pad"][0], o["pad"][2]), o["extra"], o["groups"], o["dilation"])


def pool_sizes(r, dilation=True):
    k = r.randint(1, 4)
    o = {"size": k, "stride": [r.randint(1, 3), r.randint(1, 3)], "half": [r.randint(0, k // 2), r.randint(0, k // 2)], "ceil": r.random() < 0.5, "count": r.random() < 0.5}
    o["dilation"] = [r.randint(1, 2), r.randint(1, 2)] if dilation and r.random() < 0.3 else [1, 1]
    return [[r.randint(1, 3), r.randint(1, 3), r.randint(4, 12), r.randint(4, 12)]], o


def max_pool(x, o):
    return F.max_pool2d(x[0], o["size"], o["stride"], o["half"], o["dilation"], o["ceil"])


def avg_pool(x, o):
    return F.avg_pool2d(x[0], o["size"], o["stride"], o["half"], o["ceil"], o["count"])


def image_sizes(r):
    return [[r.randint(1, 3), r.randint(1, 4), r.randint(1, 9), r.randint(1, 9)]], {}


def to_size(r):
    return image_sizes(r)[0], {"to": [r.randint(1, 9), r.randint(1, 9)]}


def any_shape(r):
    return [[r.randint(1, 5) for _ in range(r.randint(1, 4))]], {}


def broadcast_sizes(r):
    shape = [r.randint(1, 4) for _ in range(r.randint(1, 4))]
    cut = lambda: [1 if r.random() < 0.3 else n for n in shape][r.randint(0, len(shape)) if r.random() < 0.4 else 0:]
    return [cut(), cut()], {}


def axes_sizes(r):
    shapes, _ = any_shape(r)
    n = len(shapes[0])
    return shapes, {"axes": sorted(r.sample(range(n), r.randint(1, n)))}


def one_axis(r):
    shapes, _ = any_shape(r)
    return shapes, {"axes": [r.randrange(len(shapes[0]))]}


def concat_sizes(r):
    shapes, _ = any_shape(r)
    axis = r.randrange(len(shapes[0]))
    other = list(shapes[0])
    other[axis] = r.randint(1, 5)
    return shapes + [other], {"axes": [axis]}


def slice_sizes(r):
    shapes, _ = any_shape(r)
    axis = r.randrange(len(shapes[0]))
    a = r.randrange(shapes[0][axis])
    return shapes, {"axes": [axis, a, r.randint(a + 1, shapes[0][axis])]}


def permute_sizes(r):
    shapes, _ = any_shape(r)
    order = list(range(len(shapes[0])))
    r.shuffle(order)
    return shapes, {"axes": order}


def matmul_sizes(r):
    n, k, m = (r.choice([r.randint(1, 9), r.randint(1, 40)]) for _ in range(3))
    return [[n, k], [k, m]], {}


def affine_sizes(r):
    n, i, o = r.randint(1, 9), r.randint(1, 40), r.randint(1, 20)
    return [[n, i], [o, i], [o]], {}


def rows_sizes(r):
    return [[r.randint(1, 4) for _ in range(r.randint(0, 2))] + [r.randint(1, 12)]], {}


def class_sizes(r):
    n, c = r.randint(1, 8), r.randint(2, 12)
    return [[n, c], [n]], {"classes": c}


def probability_sizes(r):
    n, c = r.randint(1, 8), r.randint(2, 12)
    return [[n, c], [n, c]], {}


def pair_sizes(r):
    shapes, _ = any_shape(r)
    return shapes * 2, {}


def lrn_sizes(r):
    return [[r.randint(1, 2), r.randint(1, 9), r.randint(1, 4), r.randint(1, 4)]], {"size": r.choice([1, 3, 5, 7]), "value": [r.choice([1e-4, 0.25, 1.0]), r.choice([0.75, 0.5, 1.25]), r.choice([1.0, 2.0])]}


def lrn(x, o):
    alpha, beta, k = o["value"]
    return F.local_response_norm(x[0], o["size"], alpha * o["size"], beta, k)


def norm_sizes(r):
    c = r.randint(1, 4)
    return [[r.randint(2, 4), c, r.randint(1, 4), r.randint(1, 4)], [c], [c]], {}


def norm_with_sizes(r):
    shapes, o = norm_sizes(r)
    return shapes + [shapes[1], shapes[1]], o


def sample_sizes(r):
    n = r.randint(1, 3)
    return [[n, r.randint(1, 3), r.randint(2, 6), r.randint(2, 6)], [n, r.randint(1, 5), r.randint(1, 5), 2]], {"align": r.random() < 0.5, "nearest": r.random() < 0.3}


def sample(x, o):
    return F.grid_sample(x[0], x[1] * 1.25, "nearest" if o["nearest"] else "bilinear", "zeros", o["align"])


def affine_grid_sizes(r):
    return [[r.randint(1, 3), 2, 3]], {"to": [r.randint(1, 6), r.randint(1, 6)], "align": r.random() < 0.5}


def resize_sizes(r):
    shapes, o = to_size(r)
    o["align"], o["nearest"] = False, r.random() < 0.4
    if not o["nearest"]:
        o["align"] = r.random() < 0.5
    return shapes, o


def resize(x, o):
    if o["nearest"]:
        return F.interpolate(x[0], o["to"], mode="nearest")
    return F.interpolate(x[0], o["to"], mode="bilinear", align_corners=o["align"])


def matrix_sizes(r):
    c, out = r.randint(1, 2), r.randint(1, 3)
    return [[out, c, r.randint(1, 3), r.randint(1, 3)]], {"to": [c, r.randint(3, 5), r.randint(3, 5)], "stride": [r.randint(1, 2), r.randint(1, 2)], "pad": [r.randint(0, 1) for _ in range(4)]}


def as_matrix(x, o):
    c, h, w = o["to"]
    units = torch.eye(c * h * w, dtype=torch.float64).reshape(-1, c, h, w)
    return F.conv2d(per_side(units, o["pad"]), x[0], None, o["stride"]).flatten(1).T


def pad_sizes(r):
    shapes, _ = image_sizes(r)
    return shapes, {"pad": [r.randint(0, 3) for _ in range(4)]}


def value_sizes(*values):
    return lambda r: (any_shape(r)[0], {"value": [r.choice(values)]})


def channel_sizes(r):
    n, h, w = r.randint(1, 3), r.randint(1, 5), r.randint(1, 5)
    return [[n, r.randint(1, 4), h, w] for _ in range(r.randint(1, 4))], {}


def place_sizes(r):
    shapes, _ = any_shape(r)
    return shapes, {"axes": [r.randrange(shapes[0][0])]}


def channel_place(r):
    shapes, _ = image_sizes(r)
    return shapes, {"axes": [r.randrange(shapes[0][1])]}


def crop_sizes(r):
    shapes, _ = image_sizes(r)
    h, w = shapes[0][2:]
    top, left = r.randrange(h), r.randrange(w)
    return shapes, {"axes": [top, left, r.randint(1, h - top), r.randint(1, w - left)]}


def argmax(x, o):
    return x[0].argmax(o["axes"][0]).to(torch.float64)


CASES = [
    Case("CrossCorrelate", conv_sizes, conv),
    Case("Same", same_sizes, lambda x, o: F.conv2d(x[0], x[1], padding="same")),
    Case("Convolve", conv_sizes, convolve),
    Case("CrossCorrelateTransposed", transposed_sizes, transposed),
    Case("AsMatrix", matrix_sizes, as_matrix),
    Case("MaxPool2D", pool_sizes, max_pool),
    Case("AvgPool2D", lambda r: pool_sizes(r, False), avg_pool),
    Case("GlobalAvgPool2D", image_sizes, lambda x, o: F.adaptive_avg_pool2d(x[0], 1).flatten(1)),
    Case("GlobalMaxPool2D", image_sizes, lambda x, o: F.adaptive_max_pool2d(x[0], 1).flatten(1)),
    Case("AdaptiveAvgPool2D", to_size, lambda x, o: F.adaptive_avg_pool2d(x[0], o["to"])),
    Case("AdaptiveMaxPool2D", to_size, lambda x, o: F.adaptive_max_pool2d(x[0], o["to"])),
    Case("Pad", pad_sizes, lambda x, o: per_side(x[0], o["pad"])),
    Case("Flatten", image_sizes, lambda x, o: x[0].flatten(1)),
    Case("Reshape", image_sizes, lambda x, o: x[0].reshape(x[0].shape[3], -1)),
    Case("Transpose", permute_sizes, lambda x, o: x[0].permute(o["axes"])),
    Case("Flip", one_axis, lambda x, o: x[0].flip(o["axes"])),
    Case("Slice", slice_sizes, lambda x, o: x[0].narrow(o["axes"][0], o["axes"][1], o["axes"][2] - o["axes"][1])),
    Case("ConcatAlong", concat_sizes, lambda x, o: torch.cat(x, o["axes"][0])),
    Case("Stack", pair_sizes, lambda x, o: torch.stack(x)),
    Case("MatMul", matmul_sizes, lambda x, o: x[0] @ x[1]),
    Case("Affine", affine_sizes, lambda x, o: F.linear(x[0], x[1], x[2])),
    Case("Add", broadcast_sizes, lambda x, o: x[0] + x[1]),
    Case("Sub", broadcast_sizes, lambda x, o: x[0] - x[1]),
    Case("Mul", broadcast_sizes, lambda x, o: x[0] * x[1]),
    Case("Div", broadcast_sizes, lambda x, o: x[0] / x[1], {1: "positive"}),
    Case("Maximum", broadcast_sizes, lambda x, o: torch.maximum(x[0], x[1])),
    Case("Neg", any_shape, lambda x, o: -x[0]),
    Case("Scale", value_sizes(-2.0, 0.5, 3.0), lambda x, o: x[0] * o["value"][0]),
    Case("Shift", value_sizes(-2.0, 0.5, 3.0), lambda x, o: x[0] + o["value"][0]),
    Case("Pow", value_sizes(-1.0, 0.0, 0.5, 2.0, 3.0), lambda x, o: x[0] ** o["value"][0], {0: "positive"}),
    Case("Exp", any_shape, lambda x, o: x[0].exp()),
    Case("Log", any_shape, lambda x, o: x[0].log(), {0: "positive"}),
    Case("Sqrt", any_shape, lambda x, o: x[0].sqrt(), {0: "positive"}),
    Case("Abs", any_shape, lambda x, o: x[0].abs()),
    Case("Clamp", value_sizes(0.25, 0.5), lambda x, o: x[0].clamp(-o["value"][0], o["value"][0])),
    Case("Sum", axes_sizes, lambda x, o: x[0].sum(o["axes"])),
    Case("Mean", axes_sizes, lambda x, o: x[0].mean(o["axes"])),
    Case("Max", axes_sizes, lambda x, o: x[0].amax(o["axes"])),
    Case("Min", axes_sizes, lambda x, o: x[0].amin(o["axes"])),
    Case("ArgMax", one_axis, argmax),
    Case("Norm", value_sizes(1.0, 2.0, 3.0), lambda x, o: torch.linalg.vector_norm(x[0], o["value"][0])),
    Case("ReLU", any_shape, lambda x, o: F.relu(x[0])),
    Case("LeakyReLU", value_sizes(0.125, 0.25), lambda x, o: F.leaky_relu(x[0], o["value"][0])),
    Case("Sigmoid", any_shape, lambda x, o: x[0].sigmoid()),
    Case("Tanh", any_shape, lambda x, o: x[0].tanh()),
    Case("Softmax", rows_sizes, lambda x, o: F.softmax(x[0], -1)),
    Case("LogSoftmax", rows_sizes, lambda x, o: F.log_softmax(x[0], -1)),
    Case("CrossEntropy", class_sizes, lambda x, o: F.cross_entropy(x[0], x[1].long()), {1: "label"}),
    Case("CrossEntropy probabilities", probability_sizes, lambda x, o: F.cross_entropy(x[0], x[1].detach()), {1: "constant"}),
    Case("BinaryCrossEntropy", pair_sizes, lambda x, o: F.binary_cross_entropy(x[0], (x[1].detach() > 0).double()), {0: "probability", 1: "constant"}),
    Case("MeanSquaredError", pair_sizes, lambda x, o: F.mse_loss(x[0], x[1])),
    Case("OneHot", lambda r: ([[r.randint(1, 9)]], {"classes": r.randint(1, 6)}), lambda x, o: F.one_hot(x[0].long(), o["classes"]).double(), {0: "label"}),
    Case("LocalResponseNorm", lrn_sizes, lrn),
    Case("BatchNorm", norm_sizes, lambda x, o: F.batch_norm(x[0], None, None, x[1], x[2], True, 0, 1e-3)),
    Case("BatchNormWith", norm_with_sizes, lambda x, o: F.batch_norm(x[0], x[3], x[4], x[1], x[2], False, 0, 1e-3), {3: "constant", 4: "positive constant"}),
    Case("AffineGrid", affine_grid_sizes, lambda x, o: F.affine_grid(x[0], (x[0].shape[0], 1, *o["to"]), o["align"])),
    Case("GridSample", sample_sizes, sample),
    Case("Resize", resize_sizes, resize),
    Case("ThenReLU", conv_sizes, lambda x, o: F.relu(conv(x, o))),
    Case("Concat", channel_sizes, lambda x, o: torch.cat(x, 1)),
    Case("Index", place_sizes, lambda x, o: x[0][o["axes"][0]]),
    Case("Channel", channel_place, lambda x, o: x[0][:, o["axes"][0]]),
    Case("Crop", crop_sizes, lambda x, o: x[0][..., o["axes"][0]:o["axes"][0] + o["axes"][2], o["axes"][1]:o["axes"][1] + o["axes"][3]]),
]


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    path = sys.argv[2] if len(sys.argv) > 2 else "cnn/testdata/peers.jsonl.gz"
    text = "".join(json.dumps(c.write(seed), separators=(",", ":")) + "\n" for c in CASES for seed in range(n))
    with open(path, "wb") as f, gzip.GzipFile(fileobj=f, mode="wb", compresslevel=9, mtime=0, filename="") as z:
        z.write(text.encode())
    print(f"PyTorch {torch.__version__}: {len(CASES)} operations, {n} calls each, {len(text)} bytes of text in {path}")


main()
