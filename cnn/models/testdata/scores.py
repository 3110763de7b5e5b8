"""Writes scores.json: the scores that torchvision's networks give with
weights and a picture that both sides draw alike (SplitMix64), so that nothing
large is stored.

    python cnn/models/testdata/scores.py > cnn/models/testdata/scores.json

Every value of a tensor is (2u - 1)·scale with u from the generator whose seed is
the tensor's name; scale is √(3 / fan-in) for weights of convolutions and linear
layers. Running variances and the scales of a normalisation are 1 + that/2.
"""
import json
import math
import zlib

import numpy as np
import torch
import torchvision


def draw(name, n):
    with np.errstate(over="ignore"):
        z = np.uint64(zlib.crc32(name.encode())) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / (1 << 23) - 1


def tensor(name, shape):
    n = int(np.prod(shape))
    v = draw(name, n)
    if len(shape) > 1:
        v = v * math.sqrt(3 / (n // shape[0]))
    elif name.endswith("running_var") or ".bn.weight" in name:
        v = 1 + v / 2
    else:
        v = v / 10
    return torch.tensor(v.reshape(shape), dtype=torch.float32)


result = {}
for name in ("alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "googlenet"):
    more = {"aux_logits": False, "transform_input": False, "init_weights": False} if name == "googlenet" else {}
    net = getattr(torchvision.models, name)(weights=None, **more).eval()
    state = net.state_dict()
    for k in state:
        if not k.endswith("num_batches_tracked"):
            state[k] = tensor(k, tuple(state[k].shape))
    net.load_state_dict(state)
    x = torch.tensor(draw("picture", 3 * 224 * 224).reshape(1, 3, 224, 224), dtype=torch.float32)
    with torch.inference_mode():
        y = net(x)[0]
    result[name] = {"names": len([k for k in state if not k.endswith("num_batches_tracked")]), "scores": [float(f"{v:.7g}") for v in y[:1000:25]], "norm": float(y.norm())}
print(json.dumps(result, indent=1))
