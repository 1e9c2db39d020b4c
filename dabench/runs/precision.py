"""Whether training in bfloat16 pays on this machine: measured once for a kind of processor and a release of torch.

A processor without instructions for bfloat16 emulates it, and then a step takes several times as long as in float32.
"""

from __future__ import annotations

import json
import platform
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path

from dabench.config.settings import Precision
from dabench.data.folder import data_dir
from dabench.files import replacing
from dabench.hashing.canonical import sha256
from dabench.runs.machine import onednn_isa, processor
from dabench.seeding import isolated, reproducible

UNNAMED: Precision = "bf16"
"""What a row of a suite with `precision: auto` was trained in, where its variant says nothing."""
WORTH = 0.9  # of the time in float32: what bfloat16 may take at most, so that its fewer digits pay
IMAGES, ROUNDS = 16, 3


def automatic(device_kind: str) -> Precision:
    """The precision that `precision: auto` stands for on this machine: bf16 where it is quicker, else fp32.

    On a GPU nothing is measured: bf16 where it has units for it.
    """
    cost = bf16_cost(device_kind)
    if cost is not None:
        return "bf16" if cost <= WORTH else "fp32"
    import torch

    return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"


def bf16_cost(device_kind: str) -> float | None:
    """Time of a training step in bf16 over that in fp32 on this processor; None for a GPU.

    Measured at the first call, for less than a second, and kept in the data folder.
    """
    return _cost_here(data_dir() / "probes") if device_kind == "cpu" else None


@cache
def _cost_here(folder: Path) -> float:
    kind = {"torch": version("torch"), "processor": processor(), "isa": onednn_isa(), "machine": platform.machine()}
    file = folder / f"bf16-{sha256(kind)[:16]}.json"
    try:
        return float(json.loads(file.read_text(encoding="utf-8"))["bf16_cost"])
    except (OSError, ValueError, KeyError, TypeError):  # nobody has measured it yet, or what is there is cut off
        cost = round(measured_cost(), 2)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(file) as temporary:
            temporary.write_text(json.dumps(kind | {"bf16_cost": cost}), encoding="utf-8")
    except OSError:  # a folder that cannot be written: the next command measures again
        return cost
    return cost


def measured_cost() -> float:
    """Train a small convolutional network for a few steps in each precision, in turn; the quickest of each counts."""
    import torch
    from torch import nn

    with reproducible(), isolated(torch.device("cpu")):
        network = nn.Sequential(
            nn.Conv2d(3, 32, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(32, 48, 5), nn.MaxPool2d(2), nn.ReLU(),
            nn.Flatten(), nn.Linear(1200, 100), nn.ReLU(), nn.Linear(100, 10),
        ).to(memory_format=torch.channels_last)  # fmt: skip
        x = torch.randn(IMAGES, 3, 32, 32).contiguous(memory_format=torch.channels_last)

        def seconds(*, fast: bool) -> float:
            begun = time.thread_time()  # of this thread alone: other processes may keep the machine busy
            with torch.autocast("cpu", torch.bfloat16, enabled=fast):
                out = network(x)
            out.float().square().mean().backward()
            return time.thread_time() - begun

        rounds = [(seconds(fast=False), seconds(fast=True)) for _ in range(1 + ROUNDS)][1:]
    exact, fast = (float(min(times)) for times in zip(*rounds, strict=True))
    return fast / exact
