"""The LeNet run of trainings/main.go in PyTorch, on the same files:

    python cnn/peers/trainings.py [folder with Fashion-MNIST's files]
"""
import gzip
import math
import pathlib
import sys
import time

import numpy as np
import torch
import torch.nn as nn

from bench import lenet

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")


def load(part):
    x = np.frombuffer(gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16)
    y = np.frombuffer(gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8)
    return torch.tensor(x.reshape(-1, 1, 28, 28).astype(np.float32) / 255), torch.tensor(y.astype(np.int64))


torch.manual_seed(1)
(x, y), (tx, ty) = load("train"), load("t10k")
net = lenet()
optimizer = torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9)
epochs, batch = 8, 64
steps = epochs * math.ceil(len(x) / batch)
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: (1 + math.cos(math.pi * s / steps)) / 2)
began = time.time()
for _ in range(epochs):
    order = torch.randperm(len(x))
    for at in range(0, len(x), batch):
        i = order[at:at + batch]
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[i]), y[i]).backward()
        optimizer.step()
        schedule.step()
took = time.time() - began
with torch.inference_mode():
    accuracy = (net(tx).argmax(1) == ty).float().mean()
print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, the same LeNet run: accuracy {accuracy:.3f} in {took:.1f} s")
