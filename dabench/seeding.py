"""Counter-based randomness: every draw is a pure function of (seed, purpose, step).

One seed spawns separate streams by purpose, so that adding a method or changing one stream shifts no other, and
resuming in the middle of a run needs no saved generator state.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    import torch  # takes seconds, which the parent process of runs need not wait for

# Purposes in use: init, init:<method>, order:source, order:target, order:labelled, order:paired,
# augmentation:<domain>:<view>, dropout, split, split:shots, split:paired, split:target, readout.


def stream(seed: int, purpose: str, step: int = 0) -> int:
    """The 63-bit seed of one stream.

    Args:
        seed: the run's seed.
        purpose: what the numbers are for, such as `init` or `order:source`.
        step: counts within the purpose (a step, an epoch).
    """
    digest = hashlib.blake2b(f"{seed}/{purpose}/{step}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def numpy_generator(seed: int, purpose: str, step: int = 0) -> np.random.Generator:
    """A NumPy generator of one stream."""
    return np.random.Generator(np.random.PCG64(stream(seed, purpose, step)))


@contextmanager
def drawing_from(seed: int, purpose: str, device: torch.device) -> Iterator[None]:
    """Within the block torch's global generators follow one stream; afterwards they are as they were."""
    with isolated(device):
        seed_torch(stream(seed, purpose), device)
        yield


def seed_torch(key: int, device: torch.device) -> None:
    """Seed the generators that layers such as dropout use on the CPU and on `device`.

    `torch.manual_seed` does the same for every backend there is, at many times the cost: this runs at every step.
    """
    import torch

    torch.default_generator.manual_seed(key)
    if device.type == "cuda":
        torch.cuda.default_generators[device.index or 0].manual_seed(key)


@contextmanager
def isolated(device: torch.device) -> Iterator[None]:
    """Give torch's global generators back as they were."""
    import torch

    devices = [device.index or 0] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        yield


@contextmanager
def reproducible(threads: int = 1) -> Iterator[None]:
    """One thread and deterministic algorithms only within the block; the process is left as it was found.

    The number of threads changes the order of summation and so the last bits of a result: it is one everywhere, in a
    worker process and in the caller's own.

    torch would also fill all new memory before something else is written there, which takes a fifth of a step of a
    small network. It changes only what reads memory that nobody has written. The mode is set by
    `set_deterministic_debug_mode`, which imports no compiler; `use_deterministic_algorithms` does, for seconds.
    """
    import torch

    # Deterministic cuBLAS needs this before its first use in the process.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = torch.get_num_threads(), torch.get_deterministic_debug_mode(), torch.backends.cudnn.benchmark
    memory: Any = torch.utils.deterministic  # its class is swapped in torch's own way, which mypy does not follow
    filled = memory.fill_uninitialized_memory
    torch.set_num_threads(threads)
    torch.set_deterministic_debug_mode("error")
    memory.fill_uninitialized_memory = False
    torch.backends.cudnn.benchmark = False
    try:
        with threadpool_limits(threads):
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.set_deterministic_debug_mode(before[1])
        memory.fill_uninitialized_memory = filled
        torch.backends.cudnn.benchmark = before[2]
