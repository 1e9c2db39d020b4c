"""HoMM against its formula."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dabench_plugins.homm import Homm, moment_distance

from tests.support.small_runs import batch_of, built, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)
LETTERS = "ijkl"


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_distance_is_that_of_the_whole_tensors(order: int) -> None:
    generator = np.random.default_rng(0)
    a, b = generator.normal(size=(9, 3)), generator.normal(size=(7, 3)) + 0.5
    tensors = []
    for x in (a, b):
        x = x - x.mean(axis=0) if order > 1 else x
        subscripts = ",".join(f"n{letter}" for letter in LETTERS[:order]) + f"->{LETTERS[:order]}"
        tensors.append(np.einsum(subscripts, *[x] * order) / len(x))
    expected = np.square(tensors[0] - tensors[1]).mean()
    assert moment_distance(torch.tensor(a), torch.tensor(b), order).item() == pytest.approx(expected, rel=1e-6)


def test_it_is_taken_of_tanh_of_the_hidden_layer() -> None:
    method = built(Homm, PROBLEM, plain=True, weight=100.0)
    batch = batch_of(PROBLEM, method)
    hidden = [torch.tanh(method.embed(x)) for x in (batch.source_x, batch.target_x)]
    expected = 100 * moment_distance(*hidden, 3).item()
    assert method.losses(batch)["homm"].item() == pytest.approx(expected, rel=1e-3, abs=1e-7)
