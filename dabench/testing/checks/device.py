"""A method runs on the CPU and on a GPU."""

from __future__ import annotations

import numpy as np
import torch

from dabench.testing.checks.contract import well_formed
from dabench.testing.checks.difference import difference
from dabench.testing.conditions import QUIET
from dabench.testing.failure import CheckFailedError, CheckSkippedError
from dabench.testing.subject import Subject

SAME = 0.02  # of the largest score, after a few steps without dropout: sums are rounded otherwise on a GPU
STEPS = 4


def check_gpu(subject: Subject) -> None:
    """Trains on a GPU: the same bits twice, and nearly what the CPU gives."""
    if not torch.cuda.is_available():
        raise CheckSkippedError("no CUDA device")
    where = "a training on a GPU"
    first = subject.train(device="cuda:0", where=where)
    well_formed(first.scores, len(first.test_x), 3, "a GPU")
    changed = difference(first, subject.train(device="cuda:0", where=where, salt=1))
    if changed:
        raise CheckFailedError(
            expected="two trainings on the GPU with the same seed give the same bits",
            got=changed,
            fix="use deterministic operations: torch names the ones that are not when it refuses them",
        )
    cpu = subject.train(steps=STEPS, network=QUIET).scores
    gpu = subject.train(steps=STEPS, network=QUIET, device="cuda:0", where=where).scores
    worst = float(np.abs(cpu - gpu).max())
    if worst > SAME * max(1.0, float(np.abs(cpu).max())):
        raise CheckFailedError(
            expected=f"nearly the same scores on CPU and GPU after {STEPS} steps",
            got=f"scores that differ by up to {worst:.3g}",
            fix="draw random numbers that must be the same on the CPU and move them; check what depends on x.device",
        )
