"""The choice of the device to compute on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dabench.errors import UsageError


def resolve_device(name: str) -> str:
    """The device as torch names it: `auto` takes the GPU where there is one.

    Raises:
        UsageError: `cuda` without a GPU that torch can use.
    """
    if name == "cpu" or (name == "auto" and not _may_have_gpu()):
        return "cpu"
    import torch  # takes seconds

    if name == "auto" and not torch.cuda.is_available():
        return "cpu"
    if not torch.cuda.is_available():
        raise UsageError(
            f"--device {name}: this torch ({torch.__version__}) finds no CUDA device. "
            "Take --device cpu, or --device auto, which takes a GPU where there is one."
        )
    return "cuda:0"


def _may_have_gpu() -> bool:
    """Whether torch must be asked for a GPU: not on Linux without the files of a driver (of NVIDIA, WSL or AMD)."""
    if "torch" in sys.modules or sys.platform != "linux":
        return True
    return any(any(Path("/dev").glob(pattern)) for pattern in ("nvidia*", "nvhost*", "nvmap", "dxg", "kfd"))


def default_workers(device: str) -> int:
    """One worker per core that this process may use; no more than four share a GPU."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if device == "cpu" else min(cores, 4)
