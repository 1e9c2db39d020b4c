"""Other ways to compute a training step, beside the one that is taken: what they would bring.

    python tests/benchmarks/tries.py convolutions|pooling|norms|optimisers|seeds|compiler

Microseconds of processor time, medians of rounds in turn, one thread. `docs/explanation/performance.md` has figures.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from dabench.backbones.ganin import GaninMnist
from dabench.backbones.mini_cnn import MiniCnn
from dabench.execution.optimisers import Sgd
from dabench.parallel.memory import keep_freed_memory
from dabench.runs.precision import automatic

Calls = dict[str, Callable[[], object]]

ROUNDS, TIMES = 9, 10
LAST = torch.channels_last
SHAPES = {
    "mini_cnn, first": (128, 3, 16, 16, 3, 1),
    "mini_cnn, second": (128, 16, 8, 32, 3, 1),
    "mini_cnn, third": (128, 32, 4, 48, 3, 1),
    "ganin_mnist, first": (128, 3, 32, 32, 5, 0),
    "ganin_mnist, second": (128, 32, 14, 48, 5, 0),
}
"""Images, channels, side, channels after it, side of the kernel, padding."""
SEEDS = 4


def show(title: str, calls: Calls, share: int = 1, gflop: float = 0) -> None:
    """Print the time of each call, or of a share of it, and what it does in a second if `gflop` says what it does."""
    took: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(ROUNDS + 1):
        for name, call in calls.items():
            begun = time.process_time()
            for _ in range(TIMES):
                call()
            if number:  # the first round warms up
                took[name].append((time.process_time() - begun) / TIMES / (share if name != "alone" else 1))
    medians = {name: statistics.median(values) for name, values in took.items()}
    rates = {name: f" ({gflop / value:.0f} GFLOP/s)" if gflop else "" for name, value in medians.items()}
    print(title, *(f"{name}: {1e6 * value:.0f}{rates[name]}" for name, value in medians.items()), sep="; ", flush=True)


def both_ways(function: Callable[..., Tensor], *inputs: Tensor) -> Callable[[], None]:
    """A call forward and backward."""
    grad = torch.randn_like(function(*inputs))

    def call() -> None:
        for x in inputs:
            x.grad = None
        function(*inputs).backward(grad)

    return call


def unfolded(x: Tensor, weight: Tensor, bias: Tensor, padding: int) -> Tensor:
    """A convolution as one matrix product of patches."""
    side = weight.shape[-1]
    patches = f.unfold(x, side, padding=padding).transpose(1, 2)
    out = f.linear(patches, weight.flatten(1), bias)
    width = x.shape[-1] + 2 * padding - side + 1
    return out.transpose(1, 2).unflatten(2, (width, width))


def convolutions() -> None:
    """Layouts, precisions, and products by hand, beside a product of 1,024³. bfloat16 only where `auto` takes it."""
    a = torch.randn(1024, 1024)
    show("product of 1,024³", {"fp32": lambda: a @ a}, gflop=2 * 1.024**3)
    precisions = (torch.float32,) if automatic("cpu") == "fp32" else (torch.float32, torch.bfloat16)
    for name, (rows, before, side, after, kernel, padding) in SHAPES.items():
        calls: Calls = {}
        for precision in precisions:
            for layout, order in (("channels last", LAST), ("channels first", torch.contiguous_format)):
                x, weight = (
                    torch.randn(shape).to(precision).to(memory_format=order)
                    for shape in ((rows, before, side, side), (after, before, kernel, kernel))
                )
                bias = torch.zeros(after, dtype=precision)
                given = x.requires_grad_(before > 3), weight.requires_grad_(), bias.requires_grad_()
                label = str(precision).removeprefix("torch.")
                calls[f"{layout}, {label}"] = both_ways(partial(f.conv2d, padding=padding), *given)
                if order != LAST and precision == torch.float32:
                    calls["unfolded, float32"] = both_ways(partial(unfolded, padding=padding), *given)
        out = side + 2 * padding - kernel + 1
        products = 2 if before == 3 else 3  # nothing needs the gradient of images
        show(name, calls, gflop=2e-9 * products * rows * before * after * kernel**2 * out**2)


def pooling() -> None:
    """Largest of four pixels."""
    x = torch.randn(128, 16, 16, 16)
    last, first = x.to(memory_format=LAST).requires_grad_(), x.clone().requires_grad_()

    def in_pairs(x: Tensor) -> Tensor:
        rows = torch.maximum(x[:, :, ::2], x[:, :, 1::2])
        return torch.maximum(rows[..., ::2], rows[..., 1::2])

    pool = partial(f.max_pool2d, kernel_size=2)
    calls = {"channels last": both_ways(pool, last), "channels first": both_ways(pool, first)}
    show("pooling", {**calls, "two maxima": both_ways(in_pairs, last)})


def norms() -> None:
    """Batch norm."""
    norm, x = nn.BatchNorm2d(16), torch.randn(128, 16, 16, 16)
    layouts = {"channels last": x.to(memory_format=LAST), "channels first": x.clone()}
    show("batch norm", {name: both_ways(norm, value.requires_grad_()) for name, value in layouts.items()})


def optimisers() -> None:
    """SGD for the weights of DANN on `mini_cnn`."""
    network = MiniCnn((3, 16, 16), 10, MiniCnn.Options(batch_norm=True))
    weights = [*network.parameters(), *network.domain_head().parameters()]
    for weight in weights:
        weight.grad = torch.randn_like(weight)
    made: dict[str, Any] = {"fused": Sgd(weights, 0.01, 0.9, fused=True)}
    made |= {name: torch.optim.SGD(weights, 0.01, 0.9, foreach=name == "foreach") for name in ("foreach", "one by one")}
    show(f"SGD of {len(weights)} tensors", {name: optimiser.step for name, optimiser in made.items()})


class Stacked(nn.Module):
    """The network of several seeds as one with groups: `mini_cnn` with three convolutions, or two and batch norm."""

    def __init__(self, seeds: int, widths: tuple[int, ...], norm: bool) -> None:
        super().__init__()
        layers, before = list[nn.Module](), 3
        for after in widths:
            layers.append(nn.Conv2d(before * seeds, after * seeds, 3, padding=1, groups=seeds))
            layers += [nn.BatchNorm2d(after * seeds)] if norm else []
            layers += [nn.MaxPool2d(2), nn.ReLU()]
            before = after
        self.seeds, self.size = seeds, before * (16 >> len(widths)) ** 2
        self.trunk = nn.Sequential(*layers)
        self.hidden = nn.Parameter(0.05 * torch.randn(seeds, self.size, 64))
        self.output = nn.Parameter(0.1 * torch.randn(seeds, 64, 10))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Images of all seeds (N, 3 S, 16, 16) and labels (S, N) -> the sum of their losses."""
        features = self.trunk(x).unflatten(1, (self.seeds, -1)).flatten(2).transpose(0, 1)
        hidden = f.relu(torch.bmm(f.layer_norm(features, (self.size,)), self.hidden))
        logits = torch.bmm(hidden, self.output)
        return self.seeds * f.cross_entropy(logits.flatten(0, 1), y.flatten())


def seeds() -> None:
    """A step of source-only for several seeds at once, per seed."""
    for name, rows, widths, norm in (("mini glyphs", 32, (16, 32, 48), False), ("mini digits", 64, (16, 32), True)):
        calls: Calls = {}
        for title, count in (("alone", 1), (f"{SEEDS} seeds in groups", SEEDS)):
            network = Stacked(count, widths, norm).to(memory_format=LAST)
            optimiser = Sgd(network.parameters(), 0.01, 0.9, fused=True)
            x = torch.randn(rows, 3 * count, 16, 16).to(memory_format=LAST)
            calls[title] = partial(_step, network, optimiser, x, torch.randint(0, 10, (count, rows)))
        show(f"{name}, per seed", calls, share=SEEDS)


def _step(network: nn.Module, optimiser: Sgd, x: Tensor, y: Tensor) -> None:
    optimiser.zero_grad()
    network(x, y).backward()
    optimiser.step()


def compiler() -> None:
    """Features of two networks, forward and backward, with and without `torch.compile`."""
    mini, ganin = MiniCnn.Options(batch_norm=True), GaninMnist.Options()
    for network, side in ((MiniCnn((3, 16, 16), 10, mini), 16), (GaninMnist((3, 32, 32), 10, ganin), 32)):
        network.to(memory_format=LAST)
        x = torch.randn(128, 3, side, side).to(memory_format=LAST).requires_grad_()
        begun = time.monotonic()
        calls = {"plain": both_ways(network.features, x), "compiled": both_ways(torch.compile(network.features), x)}
        calls["compiled"]()
        show(f"{type(network).__name__}, compiled in {time.monotonic() - begun:.0f} s", calls)


TRIES = {try_.__name__: try_ for try_ in (convolutions, pooling, norms, optimisers, seeds, compiler)}


def main(*names: str) -> None:
    """Make the named tries, or all."""
    torch.set_num_threads(1)
    keep_freed_memory()
    for name in names or TRIES:
        TRIES[name]()


if __name__ == "__main__":
    main(*sys.argv[1:])
