"""The loss of deep CORAL against the formula of its paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dabench.plugin.registry import Registry
from tests.support.toy_runs import method_and_batch


def test_deep_coral_is_the_papers_equation_1(registry: Registry, tmp_path: Path) -> None:
    method, batch = method_and_batch(registry, tmp_path, "deep_coral", "deep_coral.weight=3")
    source = method.predict(batch.source_x).detach().double().numpy()
    target = method.predict(batch.target_x).detach().double().numpy()
    n, d = source.shape

    def covariance(x: np.ndarray) -> np.ndarray:  # as the paper writes it, eq. 2 and 3
        ones = np.ones((1, n))
        return (x.T @ x - (ones @ x).T @ (ones @ x) / n) / (n - 1)

    expected = np.square(covariance(source) - covariance(target)).sum() / (4 * d * d)
    losses = method.losses(batch)
    assert losses["coral"].item() == pytest.approx(3 * expected, rel=1e-4)
    assert set(losses) == {"class", "coral"}
