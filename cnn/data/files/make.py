#!/usr/bin/env python3
"""Makes the files beside it from two Debian packages:

    apt-get download dataset-fashion-mnist python3-sklearn
    for p in *.deb; do dpkg -x "$p" tree; done
    python3 make.py tree

The first 5,000 training and 1,000 test pictures of Fashion-MNIST stay IDX
files; digits.csv.gz and the two photographs are copied as they are.
"""
import gzip
import pathlib
import shutil
import struct
import sys

tree, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent
fashion = tree / "usr/share/datasets/fashion-mnist"
sklearn = tree / "usr/lib/python3/dist-packages/sklearn/datasets"


def head(source, target, count):
    raw = gzip.decompress((fashion / source).read_bytes())
    axes = raw[3]
    start = 4 + 4 * axes
    size = (len(raw) - start) // struct.unpack(">I", raw[4:8])[0]
    cut = raw[:4] + struct.pack(">I", count) + raw[8:start] + raw[start:start + count * size]
    (here / target).write_bytes(gzip.compress(cut, 9, mtime=0))


for part, name, count in (("train", "train", 5000), ("t10k", "test", 1000)):
    head(f"{part}-images-idx3-ubyte.gz", f"fashion-{name}-images.idx.gz", count)
    head(f"{part}-labels-idx1-ubyte.gz", f"fashion-{name}-labels.idx.gz", count)
shutil.copyfile(sklearn / "data/digits.csv.gz", here / "digits.csv.gz")
for photo in ("china.jpg", "flower.jpg"):
    shutil.copyfile(sklearn / "images" / photo, here / photo)
