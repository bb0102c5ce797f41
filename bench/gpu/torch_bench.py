#!/usr/bin/env python3
"""Times PyTorch's CUDA kernels (cuBLAS, cuDNN) at the works that Kiln's benchmarks name.

    torch_bench.py OUT.json [--works NAME ...] [--seconds S] [--iterations N] [--device cpu]

Each work is done as the benchmarks do it: same shapes and layouts, float32, and a wait for the
device after every call, but where a name says -read<n> after every n-th. Four engines (on the CPU,
to try the script out, one: torch-cpu):

    torch-cuda         eager
    torch-cuda-graph   replayed from a CUDA graph
    torch-tf32         eager, with products in TF32
    torch-tf32-graph   both

cuDNN chooses its fastest algorithm by trial (torch.backends.cudnn.benchmark). Without TF32, results
are compared with the same computation in float64 on the CPU before they are timed.
"""

import argparse
import itertools
import json
import math
import re
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

device = "cuda"

WORKS = """
sgemm-64 sgemm-128 sgemm-256 sgemm-512 sgemm-1024 sgemm-2048
sgemm-256x784x256 sgemm-64x128x1024 sgemm-1x256x1024 sgemm-8x512x2048
conv-32x1x28-f10k5p0 conv-32x88x12-f20k5p0 conv-32x16x12-f24k3p1 conv-8x64x56-f64k3p1
conv-8x256x14-f256k3p1 conv-8x256x28-f128k1p0 conv-8x128x28-k3
conv-32x1x28-f10k5p0-train conv-32x88x12-f20k5p0-train conv-32x16x12-f24k3p1-train
conv-8x64x56-f64k3p1-train conv-8x256x14-f256k3p1-train conv-8x256x28-f128k1p0-train
conv-8x128x28-k3-train
maxpool-64x32x28-k2s2p0 avgpool-64x88x12-k3s1p1
maxpool-64x32x28-k2s2p0-train avgpool-64x88x12-k3s1p1-train
rnn-b64t64i128h256-fwd rnn-b64t64i128h256-train lstm-b64t64i128h256-fwd lstm-b64t64i128h256-train
gru-b64t64i128h256-fwd gru-b64t64i128h256-train
rnn-b1t100i128h128-fwd rnn-b1t100i128h128-train lstm-b1t100i128h128-fwd lstm-b1t100i128h128-train
gru-b1t100i128h128-fwd gru-b1t100i128h128-train
rnn-b32t32i64h64-fwd rnn-b32t32i64h64-train lstm-b32t32i64h64-fwd lstm-b32t32i64h64-train
gru-b32t32i64h64-fwd gru-b32t32i64h64-train
add-1000000 mul-1000000 relu-1000000 sigmoid-1000000 tanh-1000000 gelu-1000000 exp-1000000
softmax-256x1000 logsoftmax-256x1000 sum-256x1000 colsum-256x1000
batchnorm-64x32x28 batchnorm-64x32x28-train adam-12x35000 adam-6x25 momentum-12x35000
mlp-784-256-10-b256 cnn-mnist-b64 inception-mnist-b64 hihello-b1t6h5 longseq-b170t10h25x2
hihello-b1t6h5-read100
""".split()


class Work:
    """Something to time.

    run       does it once, queued; returns a tuple of tensors
    expected  the same in float64 on the CPU, or None where nothing is to compare
    wait      waits until the results are there
    """

    def __init__(self, family, run, expected=None, wait=None):
        self.family = family
        self.run = run
        self.expected = expected
        self.wait = wait or (lambda results: synchronize())


def synchronize():
    if device == "cuda":
        torch.cuda.synchronize()


def uniform(shape, low=-1.0, high=1.0):
    """On the CPU, so that float64 can be computed there; the seed is set once per work."""
    return torch.rand(shape) * (high - low) + low


def on_device(tensors):
    return [tensor.to(device) for tensor in tensors]


def forward(family, function, *operands):
    """A function of tensors, without gradients."""
    moved = on_device(operands)

    def run():
        with torch.no_grad():
            return (function(*moved),)

    def expected():
        with torch.no_grad():
            return (function(*[operand.double() for operand in operands]),)

    return Work(family, run, expected)


def trained(family, function, *operands):
    """A function of tensors, and from a gradient of its output those of all operands."""
    gradient = uniform(function(*operands).shape)

    def of(tensors, dy):
        leaves = [tensor.requires_grad_() for tensor in tensors]

        def run():
            y = function(*leaves)
            return (y.detach(),) + torch.autograd.grad(y, leaves, dy)

        return run

    run = of(on_device(operands), gradient.to(device))
    wide = [operand.double() for operand in operands]
    return Work(family, run, lambda: of(wide, gradient.double())())


def op(family, train, function, *operands):
    return (trained if train else forward)(family, function, *operands)


def gemm(m, k, n):
    return forward("Gemm", torch.matmul, uniform((m, k)), uniform((k, n)))


def conv(n, channels, side, filters, kernel, padding, stride, groups, train):
    def function(x, w, b):
        return F.conv2d(x, w, b, stride=stride, padding=padding, groups=groups)

    return op(
        "Conv",
        train,
        function,
        uniform((n, channels, side, side)),
        uniform((filters, channels // groups, kernel, kernel)),
        uniform((filters,)),
    )


def pool(kind, n, channels, side, kernel, stride, padding, train):
    of = F.max_pool2d if kind == "max" else F.avg_pool2d
    return op(
        "Pool", train, lambda x: of(x, kernel, stride, padding), uniform((n, channels, side, side))
    )


def recurrent(kind, batch, steps, features, hidden, train):
    net = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[kind](features, hidden)
    wide = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[kind](features, hidden).double()
    wide.load_state_dict(net.state_dict())
    net = net.to(device)
    x = uniform((steps, batch, features))
    gradient = uniform((steps, batch, hidden))

    def of(layer, given, dy):
        if not train:

            def evaluate():
                with torch.no_grad():
                    return (layer(given)[0],)

            return evaluate
        leaves = [given.requires_grad_()] + list(layer.parameters())

        def run():
            y = layer(given)[0]
            return (y.detach(),) + torch.autograd.grad(y, leaves, dy)

        return run

    run = of(net, x.to(device), gradient.to(device))
    return Work("Recurrent", run, lambda: of(wide, x.double(), gradient.double())())


def elementwise(name, n):
    functions = {
        "add": torch.add,
        "mul": torch.mul,
        "relu": torch.relu,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "gelu": F.gelu,
        "exp": torch.exp,
    }
    operands = [uniform((n,), -4, 4) for _ in range(2 if name in ("add", "mul") else 1)]
    return forward("Elementwise", functions[name], *operands)


def rows(name, count, columns):
    functions = {
        "softmax": lambda x: torch.softmax(x, 1),
        "logsoftmax": lambda x: torch.log_softmax(x, 1),
        "sum": lambda x: x.sum(1),
        "colsum": lambda x: x.sum(0),
    }
    return forward("Elementwise", functions[name], uniform((count, columns), -4, 4))


def batch_norm(n, channels, side, train):
    # the running statistics are updated, but are no result that is compared
    running = {}

    def function(x, w, b):
        key = (x.device, x.dtype)
        if key not in running:
            running[key] = (torch.zeros(channels).to(x), torch.ones(channels).to(x))
        mean, variance = running[key]
        return F.batch_norm(x, mean, variance, w, b, training=True, momentum=0.1, eps=1e-5)

    return op(
        "Elementwise",
        train,
        function,
        uniform((n, channels, side, side), -1, 2),
        uniform((channels,), 0.5, 1.5),
        uniform((channels,)),
    )


def fastest(optimizer, parameters, **options):
    """Its fused form, where this PyTorch has one."""
    try:
        return optimizer(parameters, fused=True, **options)
    except (TypeError, RuntimeError):
        return optimizer(parameters, **options)


def adam(parameters, rate, graph):
    return fastest(torch.optim.Adam, parameters, lr=rate, capturable=graph)


def optimizer_step(kind, count, size, graph):
    parameters = [nn.Parameter(uniform((size,)).to(device)) for _ in range(count)]
    for parameter in parameters:
        parameter.grad = uniform((size,), 0.1, 1).to(device)
    if kind == "adam":
        optimizer = adam(parameters, 1e-3, graph)
    else:
        optimizer = fastest(torch.optim.SGD, parameters, lr=1e-3, momentum=0.9)

    def run():
        optimizer.step()
        return ()

    return Work("Elementwise", run)


class Branches(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


class Speller(nn.Module):
    def __init__(self, characters, hidden, layers, linear):
        super().__init__()
        self.rnn = nn.RNN(characters, hidden, layers, batch_first=True)
        self.head = nn.Linear(hidden, characters) if linear else nn.Identity()

    def forward(self, x):
        return self.head(self.rnn(x)[0]).reshape(-1, x.size(2))


def inception_block(channels):
    return Branches(
        nn.Sequential(nn.Conv2d(channels, 16, 1)),
        nn.Sequential(nn.Conv2d(channels, 16, 1), nn.Conv2d(16, 24, 5, padding=2)),
        nn.Sequential(
            nn.Conv2d(channels, 16, 1),
            nn.Conv2d(16, 24, 3, padding=1),
            nn.Conv2d(24, 24, 3, padding=1),
        ),
        nn.Sequential(nn.AvgPool2d(3, 1, 1), nn.Conv2d(channels, 24, 1)),
    )


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 7 * 7, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def inception():
    return nn.Sequential(
        nn.Conv2d(1, 10, 5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        inception_block(10),
        nn.Conv2d(88, 20, 5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        inception_block(20),
        nn.Flatten(),
        nn.Linear(88 * 4 * 4, 10),
    )


def train_step(net, x, targets, rate, graph):
    """Forward, cross entropy, backward, Adam, the loss read back."""
    net = net.to(device)
    x = x.to(device)
    targets = targets.to(device)
    optimizer = adam(list(net.parameters()), rate, graph)

    def run():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(net(x), targets)
        loss.backward()
        optimizer.step()
        return (loss.detach(),)

    return Work("TrainStep", run, wait=lambda results: results[0].item())


def reading_now_and_then(work, every):
    """The training step, but only every n-th one's loss read back."""
    steps = itertools.count(1)

    def wait(results):
        if next(steps) % every == 0:
            results[0].item()

    return Work(work.family, work.run, wait=wait)


def images(net, batch, graph):
    pixels = uniform((batch, 1, 28, 28), 0, 1)
    return train_step(net, pixels, torch.randint(10, (batch,)), 1e-3, graph)


def spelling(batch, steps, hidden, layers, linear, rate, graph):
    given = F.one_hot(torch.randint(hidden, (batch, steps)), hidden).float()
    targets = torch.randint(hidden, (batch * steps,))
    return train_step(Speller(hidden, hidden, layers, linear), given, targets, rate, graph)


def build(name, graph):
    """The work of this name, so that a graph can capture it if that is wanted."""
    reading = re.fullmatch("(.+)-read([1-9][0-9]*)", name)
    if reading:
        return reading_now_and_then(build(reading[1], graph), int(reading[2]))
    torch.manual_seed(1)

    def match(pattern):
        found = re.fullmatch(re.sub(r"<(\w)>", r"(?P<\1>[0-9]+)", pattern), name)
        return found.groupdict() if found else None

    def number(found, key, unless=None):
        return int(found[key]) if found.get(key) else unless

    found = match("sgemm-<m>(x<k>x<n>)?")
    if found:
        m = number(found, "m")
        return gemm(m, number(found, "k", m), number(found, "n", m))
    found = match("conv-<n>x<c>x<h>-f<f>k<k>p<p>(s<s>)?(g<g>)?(?P<train>-train)?")
    if found:
        n, c, h, f, k, p = (number(found, key) for key in "nchfkp")
        stride, groups = number(found, "s", 1), number(found, "g", 1)
        return conv(n, c, h, f, k, p, stride, groups, bool(found["train"]))
    found = match("conv-<n>x<c>x<h>-k<k>(s<s>)?(?P<train>-train)?")
    if found:
        n, c, h, k = (number(found, key) for key in "nchk")
        return conv(n, c, h, c, k, k // 2, number(found, "s", 1), c, bool(found["train"]))
    found = match("(?P<kind>max|avg)pool-<n>x<c>x<h>-k<k>s<s>p<p>(?P<train>-train)?")
    if found:
        n, c, h, k, s, p = (number(found, key) for key in "nchksp")
        return pool(found["kind"], n, c, h, k, s, p, bool(found["train"]))
    found = match("(?P<kind>rnn|lstm|gru)-b<b>t<t>i<i>h<h>-(?P<pass>fwd|train)")
    if found:
        b, t, i, h = (number(found, key) for key in "btih")
        return recurrent(found["kind"], b, t, i, h, found["pass"] == "train")
    found = match("(?P<kind>add|mul|relu|sigmoid|tanh|gelu|exp)-<n>")
    if found:
        return elementwise(found["kind"], number(found, "n"))
    found = match("(?P<kind>softmax|logsoftmax|sum|colsum)-<r>x<c>")
    if found:
        return rows(found["kind"], number(found, "r"), number(found, "c"))
    found = match("batchnorm-<n>x<c>x<h>(?P<train>-train)?")
    if found:
        n, c, h = (number(found, key) for key in "nch")
        return batch_norm(n, c, h, bool(found["train"]))
    found = match("(?P<kind>adam|momentum)-<p>x<n>")
    if found:
        return optimizer_step(found["kind"], number(found, "p"), number(found, "n"), graph)
    found = match("mlp-<i>-<h>-<o>-b<b>")
    if found:
        i, h, o, b = (number(found, key) for key in "ihob")
        net = nn.Sequential(nn.Linear(i, h), nn.ReLU(), nn.Linear(h, o))
        return train_step(net, uniform((b, i), 0, 1), torch.randint(o, (b,)), 1e-3, graph)
    found = match("cnn-mnist-b<b>")
    if found:
        return images(cnn(), number(found, "b"), graph)
    found = match("inception-mnist-b<b>")
    if found:
        return images(inception(), number(found, "b"), graph)
    found = match("hihello-b<b>t<t>h<h>")
    if found:
        b, t, h = (number(found, key) for key in "bth")
        return spelling(b, t, h, 1, False, 1e-5, graph)
    found = match("longseq-b<b>t<t>h<h>x<l>")
    if found:
        b, t, h, layers = (number(found, key) for key in "bthl")
        return spelling(b, t, h, layers, True, 1e-3, graph)
    raise ValueError("there is no work " + name)


def check(results, expected):
    """Raises ValueError if a result is not that of float64, within what float32 allows."""
    for i, (actual, wanted) in enumerate(zip(results, expected)):
        wanted = wanted.double()
        difference = (actual.cpu().double() - wanted).abs().max().item()
        scale = max(wanted.pow(2).mean().sqrt().item(), 1e-30)
        # sums of up to some ten thousand terms; TF32 is off by 1e-3 and more
        if not difference <= 2e-4 * scale:
            raise ValueError(f"result {i} differs from float64 by {difference:.3g} of {scale:.3g}")


def as_graph(work):
    """Captures what the work does; returns what replays it."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            work.run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        results = work.run()

    def run():
        graph.replay()
        return results

    return run


def measure(run, wait, seconds, iterations):
    """The mean microseconds of a call, in each iteration, after as many seconds unmeasured."""

    def iteration():
        calls = 0
        begin = time.perf_counter()
        end = begin
        while end - begin < seconds:
            wait(run())
            calls += 1
            end = time.perf_counter()
        return (end - begin) / calls * 1e6

    for _ in range(2):
        iteration()
    return [iteration() for _ in range(iterations)]


def time_work(name, tf32, graph, seconds, iterations):
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    work = build(name, graph)
    # a first call lets cuDNN choose its algorithms
    first = work.run()
    synchronize()
    if work.expected and not tf32:
        check(first, work.expected())
    run = as_graph(work) if graph else work.run
    return work.family, measure(run, work.wait, seconds, iterations)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", help="where the figures go, as JSON")
    parser.add_argument("--works", nargs="+", default=WORKS)
    parser.add_argument("--seconds", type=float, default=0.1, help="of one iteration")
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    arguments = parser.parse_args()
    global device
    device = arguments.device
    version = f"PyTorch {torch.__version__}"
    modes = {"torch-cpu": (False, False)}
    if device == "cuda":
        if not torch.cuda.is_available():
            sys.exit("torch_bench.py: this PyTorch finds no CUDA device")
        torch.backends.cudnn.benchmark = True
        version += f", CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"
        version += f", {torch.cuda.get_device_name(0)}"
        modes = {
            "torch-cuda": (False, False),
            "torch-cuda-graph": (False, True),
            "torch-tf32": (True, False),
            "torch-tf32-graph": (True, True),
        }
    written = {"engines": {mode: version for mode in modes}, "failures": [], "results": []}
    for name in arguments.works:
        for engine, (tf32, graph) in modes.items():
            try:
                family, micros = time_work(
                    name, tf32, graph, arguments.seconds, arguments.iterations
                )
                if not all(math.isfinite(value) for value in micros):
                    raise ValueError("a time is no number")
                written["results"].append(
                    {"family": family, "work": name, "engine": engine, "micros": micros}
                )
                print(f"{name} {engine} {min(micros):.1f} to {max(micros):.1f} us", flush=True)
            except Exception as e:  # whatever one work does must not end the others
                reason = f"{type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''}"
                written["failures"].append({"work": name, "engine": engine, "reason": reason})
                print(f"{name} {engine} FAILED {reason}", flush=True)
            # after every work: a run that is broken off has kept what it measured
            with open(arguments.out, "w", encoding="utf-8") as file:
                json.dump(written, file, indent=1)
    if not written["results"]:
        sys.exit("torch_bench.py: nothing could be timed")


if __name__ == "__main__":
    main()
