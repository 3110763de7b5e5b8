"""Measures package cnn beside PyTorch, ONNX Runtime and OpenVINO, in turn, in one
run, with the same number of threads, and prints medians and ratios.

    make bench-cnn              (after make peers)
    python cnn/peers/bench.py [--threads 1,2] [--rounds 5] [--only lenet,vgg16,...] [--markdown FILE]

--only takes groups (lenet, vgg16, googlenet, googlenet-train, vgg16-train, matmul, layers) or
beginnings of names (NiN, "GoogLeNet 3a").

A ratio is ours to the fastest peer: above 1 we are faster. Every round asks
everyone once, so that a neighbour on the machine disturbs all alike.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

import torch
import torch.nn as nn

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Ours:
    """The Go side: a process that answers one line for each question."""

    def __init__(self):
        binary = ROOT / ".cache" / "bench-cnn"
        binary.parent.mkdir(exist_ok=True)
        subprocess.run(["go", "build", "-o", binary, "./cnn/peers/bench"], cwd=ROOT, check=True)
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, work, batch, threads, repeats):
        self.process.stdin.write(f"{work} {batch} {threads} {repeats}\n")
        self.process.stdin.flush()
        return [float(v) for v in self.process.stdout.readline().split()]


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def vgg16():
    layers, c = [], 3
    for n, width in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(n):
            layers += [nn.Conv2d(c, width, 3, padding=1), nn.ReLU()]
            c = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 1000))


def unit(i, o, k, **kw):
    return nn.Sequential(nn.Conv2d(i, o, k, **kw), nn.ReLU())


class Inception(nn.Module):
    def __init__(self, i, one, three, five, pooled):
        super().__init__()
        self.paths = nn.ModuleList([
            unit(i, one, 1),
            nn.Sequential(unit(i, three[0], 1), unit(three[0], three[1], 3, padding=1)),
            nn.Sequential(unit(i, five[0], 1), unit(five[0], five[1], 5, padding=2)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), unit(i, pooled, 1))])

    def forward(self, x):
        return torch.cat([p(x) for p in self.paths], 1)


def googlenet():
    """The form of the paper: 5x5 and biases, no normalisation."""
    stages = [(192, 64, (96, 128), (16, 32), 32), (256, 128, (128, 192), (32, 96), 64), None,
              (480, 192, (96, 208), (16, 48), 64), (512, 160, (112, 224), (24, 64), 64), (512, 128, (128, 256), (24, 64), 64),
              (512, 112, (144, 288), (32, 64), 64), (528, 256, (160, 320), (32, 128), 128), None,
              (832, 256, (160, 320), (32, 128), 128), (832, 384, (192, 384), (48, 128), 128)]

    def pool():
        return nn.MaxPool2d(3, 2, 1)
    return nn.Sequential(
        unit(3, 64, 7, stride=2, padding=3), pool(), unit(64, 64, 1), unit(64, 192, 3, padding=1), pool(),
        *[pool() if s is None else Inception(*s) for s in stages],
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(1024, 1000))


NETWORKS = {"lenet": (lenet, (1, 28, 28), 10), "vgg16": (vgg16, (3, 224, 224), 1000), "googlenet": (googlenet, (3, 224, 224), 1000)}

# The convolutions of AlexNet, VGG, NiN and GoogLeNet, each once: C,H,O,K,S,P.
LAYERS = [
    ("AlexNet 1", (3, 227, 96, 11, 4, 0)), ("AlexNet 2", (96, 27, 256, 5, 1, 2)), ("AlexNet 3", (256, 13, 384, 3, 1, 1)), ("AlexNet 4", (384, 13, 384, 3, 1, 1)),
    ("VGG 1_1", (3, 224, 64, 3, 1, 1)), ("VGG 1_2", (64, 224, 64, 3, 1, 1)), ("VGG 2_2", (128, 112, 128, 3, 1, 1)), ("VGG 3_2", (256, 56, 256, 3, 1, 1)),
    ("VGG 4_2", (512, 28, 512, 3, 1, 1)), ("VGG 5_1", (512, 14, 512, 3, 1, 1)),
    ("NiN 1b", (96, 54, 96, 1, 1, 0)), ("NiN 2", (96, 26, 256, 5, 1, 2)), ("NiN 3b", (384, 12, 384, 1, 1, 0)), ("NiN 4", (384, 5, 10, 3, 1, 1)),
    ("GoogLeNet stem", (3, 224, 64, 7, 2, 3)), ("GoogLeNet 2", (64, 56, 192, 3, 1, 1)), ("GoogLeNet 3a 1x1", (192, 28, 64, 1, 1, 0)),
    ("GoogLeNet 3a 3x3", (96, 28, 128, 3, 1, 1)), ("GoogLeNet 3a 5x5", (16, 28, 32, 5, 1, 2)), ("GoogLeNet 4d 3x3", (144, 14, 288, 3, 1, 1)),
    ("GoogLeNet 4e 5x5", (32, 14, 128, 5, 1, 2)), ("GoogLeNet 5b 1x1", (832, 7, 384, 1, 1, 0)), ("GoogLeNet 5b 3x3", (192, 7, 384, 3, 1, 1))]


def repeated(f, n):
    f()
    times = []
    for _ in range(n):
        t = time.perf_counter()
        f()
        times.append((time.perf_counter() - t) * 1e3)
    return times


def torch_forward(name, batch, threads, repeats, cache={}):
    build, shape, _ = NETWORKS[name]
    if name not in cache:
        cache.clear()
        torch.manual_seed(1)
        cache[name] = build().eval()
    torch.set_num_threads(threads)
    x = torch.randn(batch, *shape)
    with torch.inference_mode():
        return repeated(lambda: cache[name](x), repeats)


def torch_train(name, batch, threads, repeats):
    build, shape, classes = NETWORKS[name]
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    net = build().train()
    step = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    x, y = torch.randn(batch, *shape), torch.arange(batch) % classes

    def one():
        step.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        step.step()
    return repeated(one, repeats)


def onnx_file(name, batch):
    path = ROOT / ".cache" / f"{name}-{batch}.onnx"
    if not path.exists():
        build, shape, _ = NETWORKS[name]
        torch.manual_seed(1)
        torch.onnx.export(build().eval(), (torch.randn(batch, *shape),), str(path), dynamo=False)
    return path


def ort_forward(name, batch, threads, repeats, cache={}):
    import onnxruntime as ort
    key = (name, batch, threads)
    if key not in cache:
        cache.clear()
        o = ort.SessionOptions()
        o.intra_op_num_threads, o.inter_op_num_threads = threads, 1
        cache[key] = ort.InferenceSession(str(onnx_file(name, batch)), o, providers=["CPUExecutionProvider"])
    s = cache[key]
    x = {s.get_inputs()[0].name: torch.randn(batch, *NETWORKS[name][1]).numpy()}
    return repeated(lambda: s.run(None, x), repeats)


def ov_forward(name, batch, threads, repeats, cache={}):
    import openvino as ov
    key = (name, batch, threads)
    if key not in cache:
        cache.clear()
        cache[key] = ov.Core().compile_model(str(onnx_file(name, batch)), "CPU",
                                             {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
    x = torch.randn(batch, *NETWORKS[name][1]).numpy()
    return repeated(lambda: cache[key](x), repeats)


def torch_matmul(n, threads, repeats):
    torch.set_num_threads(threads)
    a, b = torch.randn(n, n), torch.randn(n, n)
    return repeated(lambda: torch.mm(a, b), repeats)


def torch_conv(layer, batch, threads, repeats, backward):
    c, h, o, k, s, p = layer
    torch.set_num_threads(threads)
    conv, x = nn.Conv2d(c, o, k, s, p), torch.randn(batch, c, h, h)
    if not backward:
        with torch.inference_mode():
            return repeated(lambda: conv(x), repeats)
    x.requires_grad_()
    start, times = torch.ones_like(conv(x)), []
    for _ in range(repeats + 1):
        y = conv(x)
        t = time.perf_counter()
        torch.autograd.grad(y, (x, conv.weight, conv.bias), start)
        times.append((time.perf_counter() - t) * 1e3)
    return times[1:]


def works(ours, threads, only):
    """name, goal, repeats, {who: function returning milliseconds}"""
    def net(kind, name, batch, goal, repeats):
        who = {"ours": lambda: ours(f"{kind}:{name}", batch, threads, repeats)}
        if kind == "train":
            who["PyTorch"] = lambda: torch_train(name, batch, threads, repeats)
        else:
            who["PyTorch"] = lambda: torch_forward(name, batch, threads, repeats)
            who["ONNX Runtime"] = lambda: ort_forward(name, batch, threads, repeats)
            who["OpenVINO"] = lambda: ov_forward(name, batch, threads, repeats)
        return f"{name} {kind} batch {batch}", goal, who

    yield "lenet", *net("train", "lenet", 64, 3.5, 60)
    for batch, repeats in ((1, 5), (8, 2)):
        yield "vgg16", *net("forward", "vgg16", batch, 2.2, repeats)
    for batch, repeats in ((1, 12), (8, 4)):
        yield "googlenet", *net("forward", "googlenet", batch, 1.3, repeats)
    yield "googlenet-train", *net("train", "googlenet", 8, 1.7, 2)
    yield "vgg16-train", *net("train", "vgg16", 8, 2.5, 1)
    for n, repeats in ((512, 40), (1024, 15), (2048, 5)):
        yield "matmul", f"matrix product {n}", None, {
            "ours": lambda n=n, r=repeats: ours("matmul", n, threads, r), "PyTorch": lambda n=n, r=repeats: torch_matmul(n, threads, r)}
    for name, layer in LAYERS:
        for backward in (False, True):
            spec = ("bwd," if backward else "fwd,") + ",".join(map(str, layer))
            yield "layers", f"{name} {'backward' if backward else 'forward'}", 1.0, {
                "ours": lambda s=spec: ours("conv:" + s, 8, threads, 5),
                "PyTorch": lambda l=layer, b=backward: torch_conv(l, 8, threads, 5, b)}


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--threads", default="1,2")
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--only", default="")
    args.add_argument("--markdown")
    args = args.parse_args()
    only = set(filter(None, args.only.split(",")))
    ours, lines = Ours(), []

    def out(line):
        print(line, flush=True)
        lines.append(line)

    versions = [f"torch {torch.__version__}"]
    for m in ("onnxruntime", "openvino"):
        versions.append(f"{m} {__import__(m).__version__}")
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
    out(f"{time.strftime('%Y-%m-%d')}, {cpu}, {os.cpu_count()} cores; {', '.join(versions)}; commit "
        + subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip())
    for threads in map(int, args.threads.split(",")):
        peak = lambda: 2**30 / 1e6 / ours("peak", 1, threads, 1)[0] * threads
        out(f"\n### {threads} thread{'s' * (threads > 1)} (peak {peak():.0f} GFLOP/s)\n")
        out("| work | goal | ours, ms (spread) | PyTorch | ONNX Runtime | OpenVINO | ours ÷ fastest |")
        out("| --- | --- | --- | --- | --- | --- | --- |")
        for group, name, goal, who in works(ours, threads, only):
            if only and not any(o == group or name.startswith(o) for o in only):
                continue
            medians, peaks = {w: [] for w in who}, []
            for _ in range(args.rounds):
                if group == "matmul":
                    peaks.append(peak())
                for w, f in who.items():
                    time.sleep(0.3)  # until the threads of the last one no longer spin
                    medians[w].append(statistics.median(f()))
            m = {w: statistics.median(v) for w, v in medians.items()}
            peers = {w: v for w, v in m.items() if w != "ours"}
            fastest = min(peers, key=peers.get)
            ratios = [p / o for p, o in zip(medians[fastest], medians["ours"])]
            share = ""
            if group == "matmul":
                n = int(name.split()[-1])
                share = statistics.median(2 * n**3 / 1e6 / o / p for o, p in zip(medians["ours"], peaks))
                share = f" ({share * 100:.0f} % of peak)"
            cells = [f"{m[w]:.2f}" if w in m else "" for w in ("PyTorch", "ONNX Runtime", "OpenVINO")]
            out(f"| {name} | {goal or ''} | {m['ours']:.2f} ({min(medians['ours']):.2f}–{max(medians['ours']):.2f}){share} | {' | '.join(cells)} | **{statistics.median(ratios):.2f}** |")
    if args.markdown:
        pathlib.Path(args.markdown).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
