"""A small problem of the track few_shot: stripes, and dim and noisy ones in the target."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import Tensor

from dabench import Problem
from dabench.methods.problem import Labelled
from tests.support.small_runs import built, dim_and_noisy, problem_of, stripes


@cache
def few_labels(shots: int = 2) -> Problem[Tensor, Tensor]:
    """Every class of three has so many labelled target examples."""
    x, y = stripes(60, 2)
    rows = torch.arange(3 * shots)
    plain = problem_of(*stripes(60, 1), dim_and_noisy(x, noise=10))
    return replace(plain, track="few_shot", few_shot=Labelled(rows, y[rows]))


def tuning(cls: Any, **options: Any) -> Any:
    """A method that begins to learn the target, with untrained weights."""
    method = built(cls, few_labels(), **options)
    method.enter(method.stages()[-1])
    return method
